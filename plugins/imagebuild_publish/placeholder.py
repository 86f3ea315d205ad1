"""Words in braces that a command's arguments may hold."""

from __future__ import annotations

import re

__all__ = ["PLACEHOLDER", "PLACEHOLDERS"]

PLACEHOLDERS = ("folder", "manifest")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
