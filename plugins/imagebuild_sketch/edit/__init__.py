"""Edits: a picture is given, and the prompt says what is to become of it."""

from __future__ import annotations

from imagebuild_sketch.edit.edit import edit

__all__ = ["edit"]
