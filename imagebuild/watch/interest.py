"""Which files a project rests on, so that a change of one of them is worth a look."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from imagebuild.session import LOCK_FILE, STATE_FOLDER
from imagebuild.spec import SPEC_FILE, Spec, files_of

__all__ = ["Interest", "normal"]

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".svg")
_TEXTS = (".yaml", ".yml", ".md", ".txt", ".j2", ".jinja", ".json", ".py", ".lock")
_CLOSED = frozenset({".git", STATE_FOLDER, ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv"})
_PASSING = re.compile(
    r"(~|\.sw[a-z]|\.tmp|\.temp|\.bak|\.part|\.crdownload|\.orig)$|^(4913|\.#.*|#.*#|\.goutputstream-.*)$"
)
"""Names that editors and browsers give to files on their way: vim, emacs, gedit and others."""


class Interest(Struct, frozen=True):
    """Paths relative to the project, with forward slashes.

    ``files`` are read by a build, ``folders`` were listed for patterns, so that what is added there may count.
    ``digests`` are those of the bytes that were read, where they are known. While the spec is wrong nobody knows what
    it will rest on: with ``anything`` every text and picture counts, but for what is never the spec's.
    """

    files: frozenset[str] = frozenset({SPEC_FILE, LOCK_FILE})
    folders: frozenset[str] = frozenset()
    digests: Mapping[str, str] = field(default_factory=dict)
    anything: bool = False
    home: str | None = None

    @classmethod
    def of(cls, spec: Spec, *, home: Path) -> Interest:
        """What the project rests on by its spec; ``home`` is the store, which may lie inside of it."""
        named = {path for target in spec.targets.values() for path in files_of(target)}
        plugins = {plugin.path for plugin in spec.plugins}
        files = frozenset(map(normal, {SPEC_FILE, LOCK_FILE, *spec.files, *named, *plugins}))
        folders = frozenset(normal("" if folder == "." else folder) for folder in spec.folders)
        digests = {normal(path): digest for path, digest in spec.files.items()}
        return cls(files, folders, digests, home=_inside(spec.root, home))

    @property
    def watched(self) -> frozenset[str]:
        """The folders in which something of interest lies or may appear, and all above them; empty: the project."""
        found = {""}
        for start in (*self.folders, *(posixpath.dirname(path) for path in self.files)):
            folder = start
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    def concerns(self, path: str) -> bool:
        """Whether a change of this file can change what is built."""
        path = normal(path)
        if path in self.files:
            return True
        folder, name = posixpath.split(path)
        if _PASSING.search(name) or self.is_closed(folder):
            return False
        ending = posixpath.splitext(name)[1].lower()
        if folder in self.folders:
            return ending not in _PICTURES
        return self.anything and ending in _PICTURES + _TEXTS

    def is_closed(self, folder: str) -> bool:
        """Whether a folder is never the spec's."""
        if self.home is not None and (folder == self.home or folder.startswith(self.home + "/")):
            return True
        return not _CLOSED.isdisjoint(folder.split("/"))


def normal(path: str) -> str:
    """A relative path in one form on every system: macOS hands out decomposed names."""
    return unicodedata.normalize("NFC", path.replace(os.sep, "/"))


def _inside(root: Path, home: Path) -> str | None:
    """Where a folder lies in the project, None when it does not."""
    try:
        return normal(os.fspath(home.resolve().relative_to(root.resolve())))
    except ValueError:
        return None
