"""Finds the project that a folder belongs to."""

from __future__ import annotations

from pathlib import Path

from imagebuild.errors import UsageError

__all__ = ["SPEC_FILE", "find_root"]

SPEC_FILE = "imagebuild.yaml"


def find_root(start: Path) -> Path:
    """The nearest folder from ``start`` upwards that holds a spec. Raises `UsageError`."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / SPEC_FILE).is_file():
            return folder
    raise UsageError(
        f"there is no {SPEC_FILE} in '{start}' or above", hint="'imagebuild init' writes one to start from"
    )
