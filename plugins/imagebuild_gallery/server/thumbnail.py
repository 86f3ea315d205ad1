"""Small pictures for the page, made when they are first asked for; and SVG as pixels, for its text is never shown."""

from __future__ import annotations

import os
import re
import secrets
import threading
from pathlib import Path
from typing import Any

from imagebuild import StoredPicture
from imagebuild.errors import StoreError, UsageError
from imagebuild.media import probe

__all__ = ["WIDTHS", "Thumbnails", "rastered"]

WIDTHS = (160, 320, 640, 1280)
_FOLDER = "thumbs"
_MOST_BYTES = 300_000_000
_MOST_PIXELS = 100_000_000
_LARGEST_SVG = 4_000_000
_SVG_SIDE = 2048
_TALL = 4  # how much higher than wide a thumbnail may be
_ACTIVE = re.compile(rb"<!|<\?(?!xml )|<script|<foreignobject|<iframe|<audio|<video|include", re.IGNORECASE)
"""What no picture needs and a renderer should not even look at: documents types with entities, programs, inclusions."""
_USES = re.compile(rb"<use\b", re.IGNORECASE)
_MOST_USES = 1_000

_ready = threading.Event()
_setting_up = threading.Lock()


def _vips() -> Any:
    """The module pyvips, set up once: no loaders that libvips holds to be unsafe, no cache, one thread a picture."""
    import pyvips

    if not _ready.is_set():
        with _setting_up:
            if not _ready.is_set():
                pyvips.concurrency_set(1)
                pyvips.cache_set_max(0)
                pyvips.block_untrusted_set(True)
                _ready.set()
    return pyvips


class Thumbnails:
    """Keeps small WebP pictures below a folder that may be removed at any time. For many threads, two at work."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER
        self._turns = threading.Semaphore(2)

    def sweep(self) -> None:
        """Remove the oldest beyond 300 MB, and what a killed process left."""
        try:
            entries = [(entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(self._folder)]
        except FileNotFoundError:
            return
        total = 0
        for _, size, path in sorted(entries, reverse=True):
            total += size
            if total > _MOST_BYTES or path.endswith(".tmp"):
                Path(path).unlink(missing_ok=True)

    def get(self, digest: str, picture: StoredPicture, width: int) -> bytes:
        """A picture at most ``width`` pixels wide. Raises ``UsageError`` for what cannot be shown, ``StoreError``."""
        if width not in WIDTHS:
            raise UsageError(f"thumbnails are {', '.join(map(str, WIDTHS))} pixels wide")
        path = self._folder / f"{digest}-{width}.webp"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            pass
        with self._turns:
            data = _small(picture, width)
        self._keep(path, data)
        return data

    def _keep(self, path: Path, data: bytes) -> None:
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            os.replace(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)  # a full or read-only disk: it is made again next time


def _small(picture: StoredPicture, width: int) -> bytes:
    pyvips = _vips()
    data = _bytes(picture)
    try:
        if picture.media_type == "image/svg+xml":
            image = _rendered(data, width)
        else:
            _require_bounded(data)
            image = pyvips.Image.thumbnail_buffer(
                data, width, height=width * _TALL, size="down", fail_on="truncated", export_profile="srgb"
            )
        written: bytes = image.webpsave_buffer(Q=80, keep="none", effort=2)
    except pyvips.Error as error:
        raise UsageError("this picture cannot be shown small") from error
    return written


def rastered(picture: StoredPicture) -> bytes:
    """An SVG as a PNG, its longer side at most 2,048 pixels. Raises ``UsageError`` for one that cannot be shown."""
    pyvips = _vips()
    try:
        written: bytes = _rendered(_bytes(picture), _SVG_SIDE).pngsave_buffer(keep="none", compression=3)
    except pyvips.Error as error:
        raise UsageError("this svg cannot be shown") from error
    return written


def _rendered(data: bytes, side: int) -> Any:
    """The pixels of an SVG. It comes from memory and has no place, so that nothing beside it can be loaded."""
    head = data.removeprefix(b"\xef\xbb\xbf")
    if len(data) > _LARGEST_SVG or _ACTIVE.search(head.split(b"?>", 1)[-1] if head.startswith(b"<?xml ") else head):
        raise UsageError("this svg holds what no picture needs, and is not shown", hint="the step 'sanitize' mends it")
    if len(_USES.findall(data)) > _MOST_USES:
        raise UsageError("this svg is too intricate to be shown")
    found = probe(data)
    longest = max((found.width or 0, found.height or 0) if found else (0, 0))
    scale = min(side / longest, 16.0) if longest else 1.0
    pyvips = _vips()
    image: Any = None
    for last in (False, False, True):
        # Again each time: SVG counts as untrusted, and another plugin may just have blocked all such loaders.
        pyvips.operation_block_set("VipsForeignLoadSvg", False)
        try:
            image = pyvips.Image.svgload_buffer(data, scale=scale)
            break
        except pyvips.Error:
            if last:
                raise
    if image.width * image.height > 2 * _SVG_SIDE * _SVG_SIDE:
        raise UsageError("this svg is too large to be shown")
    return image


def _require_bounded(data: bytes) -> None:
    """Raise ``UsageError`` for a picture that would fill the memory once it is decoded."""
    found = probe(data)
    if found is None:
        raise UsageError("these bytes are no picture")
    if (found.width or 0) * (found.height or 0) > _MOST_PIXELS:
        raise UsageError("this picture has too many pixels to be shown")


def _bytes(picture: StoredPicture) -> bytes:
    try:
        return picture.path.read_bytes()
    except OSError as error:
        raise StoreError(f"a picture cannot be read: {(error.strerror or str(error)).lower()}") from error
