"""Which pictures may be asked for by digest, and where their bytes are."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import astuple

from imagebuild.digest import digest_file
from imagebuild.errors import StoreError, UsageError
from imagebuild.media import probe
from imagebuild.partial import PARTIALS
from imagebuild.session import STATE_FOLDER
from imagebuild.store import Store
from imagebuild.view import OutputView, PictureView
from imagebuild.viewer import StoredPicture

__all__ = ["PictureShelf"]

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_PARTIAL = re.compile(r"[\w.-]{1,255}\Z")
_HEADER = 1 << 16  # bytes of a file that tell its type


class PictureShelf:
    """Gives pictures that views of this project have named, and no others. For many threads."""

    def __init__(self, root: Path, home: Path) -> None:
        self._root = root
        self._stores = (Store.originals(home), Store.derivatives(root / STATE_FOLDER))
        self._guard = threading.Lock()
        self._named: set[str] = set()
        self._paths: dict[str, str] = {}

    def name(self, view: object) -> None:
        """Let the pictures of a view be asked for."""
        found = list(_pictures(view))
        outputs = (each for each in getattr(view, "outputs", ()) if isinstance(each, OutputView))
        paths = {each.picture.digest: each.path for each in outputs}
        with self._guard:
            self._named.update(picture.digest for picture in found)
            self._paths.update(paths)

    def picture(self, digest: str) -> StoredPicture:
        """As :meth:`imagebuild.viewer.Studio.picture`."""
        with self._guard:
            is_named, output = digest in self._named, self._paths.get(digest)
        if not _DIGEST.match(digest) or not is_named:
            raise UsageError("there is no such picture in this project")
        for store in self._stores:
            path = store.objects.path(digest)
            if path.is_file():
                return _typed(path)
        if output is not None and (path := self._root / output).is_file() and digest_file(os.fspath(path)) == digest:
            return _typed(path)
        raise StoreError(f"the bytes of picture {digest[:12]} are gone")

    def partial(self, file: str) -> StoredPicture:
        """As :meth:`imagebuild.viewer.Studio.partial`."""
        path = self._root / PARTIALS / file
        if not _PARTIAL.match(file) or file.startswith(".") or path.is_symlink() or not path.is_file():
            raise UsageError("there is no such partial picture")
        return _typed(path)


def _typed(path: Path) -> StoredPicture:
    """A file with the type that its bytes say."""
    try:
        with path.open("rb") as file:
            found = probe(file.read(_HEADER))
    except OSError as error:
        raise StoreError(f"a picture cannot be read: {(error.strerror or str(error)).lower()}") from error
    if found is None:
        raise UsageError("these bytes are no picture")
    return StoredPicture(path, found.media_type)


def _pictures(view: object) -> Iterable[PictureView]:
    """Every picture in a view, wherever it stands."""
    if isinstance(view, PictureView):
        yield view
    elif isinstance(view, tuple):
        for item in view:
            yield from _pictures(item)
    elif isinstance(view, Struct):
        for value in astuple(view):
            if isinstance(value, tuple | Struct):
                yield from _pictures(value)
