"""The kind of remote store ``folder``: a folder on a disk or a network share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from imagebuild import Remote, RemoteStore
from imagebuild_publish.folder_remote import FolderRemote

__all__ = ["FolderStore"]

_ELSEWHERE = re.compile(r"(?:^|[/\\])([A-Za-z][A-Za-z0-9+.-]+:(?=[/\\])|[\w.-]+@[\w.-]+:)")
"""What begins an address of another sort, wherever it stands: the path has been joined to the project's by then. A
letter alone is a drive."""


class FolderStore(RemoteStore):
    """Keeps pictures in a folder on a disk or a network share, which all who work on the project can reach.

    Its address is a path: absolute, with ``~`` for the home folder, or relative to the project. The folder is made by
    the first build that writes to it, if the one above it is there. What is made in it takes over its rights, so that
    one that a group may write stays writable for the group.
    """

    name = "folder"
    version = "1"
    schemes = ("",)

    def fault(self, address: str) -> str | None:
        """What cannot be a path, or is meant to be something else."""
        if not address.strip():
            return "is empty"
        if any(unicodedata.category(char) == "Cc" for char in address):
            return "holds a control character"
        if found := _ELSEWHERE.search(address):
            return f"holds '{found[1]}', expected the path of a folder or an address like s3://BUCKET/PREFIX"
        return None

    def open(self, address: str, options: Mapping[str, Any], environ: Mapping[str, str]) -> Remote:
        """The folder; whether it is there shows when something is asked of it."""
        return FolderRemote(address)
