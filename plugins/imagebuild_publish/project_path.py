"""Paths in the project, as options of a spec name them."""

from __future__ import annotations

import unicodedata
from posixpath import normpath

__all__ = ["clean_path", "path_fault"]


def path_fault(path: str) -> str | None:
    """What is wrong with a path of a spec, before the engine judges the paths of files."""
    if not path.strip():
        return "is empty"
    if "\\" in path:
        return "holds a backslash; write '/' between folders"
    if path.startswith(("/", "~")) or path[1:2] == ":":
        return "is not relative to the project"
    if ".." in path.split("/"):
        return "holds '..'"
    return "holds a control character" if any(unicodedata.category(char) == "Cc" for char in path) else None


def clean_path(path: str) -> str:
    """A path without needless dots and slashes; ``.`` for the project's folder."""
    return normpath(path)
