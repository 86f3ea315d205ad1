"""Whether the state of a project is this machine's own.

What lies in the state folder is believed: which files were written, what was made and which checks passed. A stranger's
project may bring such a folder along, and must not be believed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from imagebuild.errors import StoreError
from imagebuild.repository import Repository

__all__ = ["require_own_state"]


def require_own_state(folder: Path) -> None:
    """Raise ``StoreError`` for a state folder that came with the project, or that links lead out of.

    In a checkout git knows; where there is none, only links are found.
    """
    name = folder.name
    hint = f"remove '{name}' and run the command again; what is made anew costs time only"
    if link := next(_links(folder), None):
        shown = link.relative_to(folder.parent).as_posix()
        raise StoreError(f"'{shown}' is a link, and the project is untrusted", hint=hint)
    if not folder.is_dir() or next(folder.iterdir(), None) is None:
        return
    repository = Repository.around(folder.parent)
    if repository is not None and repository.tracks(name):
        raise StoreError(f"'{name}' came with the project, and the project is untrusted", hint=hint)
    if repository is None and any((above / ".git").exists() for above in folder.absolute().parents):
        hint += ", or let git work here: 'git status' says what is in its way"
        raise StoreError(f"git does not say whether '{name}' came with the project, which is untrusted", hint=hint)


def _links(folder: Path) -> Iterator[Path]:
    """The links in a folder and below, itself included."""
    if folder.is_symlink():
        yield folder
        return
    for where, folders, files in os.walk(folder):
        yield from (path for each in (*folders, *files) if (path := Path(where, each)).is_symlink())
