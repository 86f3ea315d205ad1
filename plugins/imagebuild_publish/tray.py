"""All files in one folder under their published names, for a program to take them from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from imagebuild import PublisherContext
from imagebuild_publish.naming import NamedFile

__all__ = ["Tray", "laid_out"]

_SINCE = 1_000_000_000  # 2001-09-09, in seconds
_SPAN = 7  # hex digits: eight years and a half, in seconds


class Tray(Struct, frozen=True):
    """A folder that holds the files, and the path of a JSON file, outside it, that describes them."""

    folder: Path
    manifest: Path


@contextmanager
def laid_out(files: Sequence[NamedFile], text: str, context: PublisherContext) -> Iterator[Tray]:
    """The files in a folder, and ``text`` in the manifest's file.

    It is the folder that a publisher before this one filled, where it holds just these bytes; else one that is gone
    afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="imagebuild-") as passing:
        manifest = Path(passing, "images.json")
        manifest.write_bytes(text.encode("utf-8"))
        folder = _delivered(files, context) or _filled(files, context, Path(passing, "pictures"))
        yield Tray(folder, manifest)


def _delivered(files: Sequence[NamedFile], context: PublisherContext) -> Path | None:
    for publication in reversed(context.published):
        names = {publication.files.get(file.variant.path) for file in files}
        folder = context.root / publication.location
        if names == {file.name for file in files} and all(_holds(folder / file.name, file) for file in files):
            return folder
    return None


def _holds(path: Path, file: NamedFile) -> bool:
    try:
        return sha256(path.read_bytes()).hexdigest() == file.variant.sha256
    except OSError:
        return False


def _filled(files: Sequence[NamedFile], context: PublisherContext, folder: Path) -> Path:
    """Readable by all, as rsync takes the rights over; a file's time tells its bytes, so that rsync sees changes."""
    folder.mkdir()
    folder.chmod(0o755)
    for file in files:
        path = folder / file.name
        path.write_bytes(context.read(file.variant.sha256))
        path.chmod(0o644)
        time = _SINCE + int(file.variant.sha256[:_SPAN], 16)
        os.utime(path, (time, time))
    return folder
