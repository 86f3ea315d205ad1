"""Where pictures are made: each wish drawn once and kept for a while, damaged where a fault wants it."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from imagebuild.media import probe
from imagebuild_devserver.convert import convert, flatten, resize
from imagebuild_devserver.encoding import Base64
from imagebuild_devserver.fault import Fault
from imagebuild_devserver.option import Options

__all__ = ["Draw", "Studio", "Wish"]

Draw: TypeAlias = "Callable[[str, Mapping[str, object], bytes | None, int | None], bytes]"

_KEPT = 256_000_000
_VARIETY = 8


class Wish(Struct, frozen=True):
    """A picture to be drawn: without ``parent`` from nothing."""

    prompt: str
    options: Options
    model: str
    parent: bytes | None = None
    inputs: tuple[bytes, ...] = ()
    mask: bytes | None = None
    markup: bytes | None = None

    @property
    def shown(self) -> Sequence[bytes]:
        """All pictures that the model looks at."""
        return [data for data in (self.parent, *self.inputs, self.mask, self.markup) if data]


class Studio:
    """Draws wishes. The same wish made again gives another picture, as a service does."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._kept: OrderedDict[tuple[str, int, int | None], Base64] = OrderedDict()
        self._weight = 0

    def takes(self, wish: Wish, count: int) -> list[int]:
        """The numbers of the next ``count`` pictures of this wish."""
        name = _name(wish)
        with self._lock:
            first = self._counts.get(name, 0)
            self._counts[name] = first + count
        return [(first + index) % _VARIETY + 1 for index in range(count)]

    def draw(self, wish: Wish, take: int, fault: Fault | None = None, partial: int | None = None) -> Base64:
        """The picture. Faults touch what is final only."""
        key = (_name(wish), take, partial)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        if found is None:
            found = Base64(self._draw(wish.prompt, _told(wish, take), wish.parent, partial))
            with self._lock:
                other = self._kept.get(key)
                self._weight += len(found.text) - (len(other.text) if other else 0)
                self._kept[key] = found
                while self._weight > _KEPT:
                    self._weight -= len(self._kept.popitem(last=False)[1].text)
        return found if fault is None or partial is not None else _damaged(found, fault, wish.options)


def _name(wish: Wish) -> str:
    told = repr((wish.prompt, wish.options, wish.model)).encode()
    return hashlib.sha256(told + b"".join(hashlib.sha256(data).digest() for data in wish.shown)).hexdigest()


def _told(wish: Wish, take: int) -> Mapping[str, object]:
    options = wish.options
    told: dict[str, object] = {
        "size": options.size,
        "width": options.width,
        "height": options.height,
        "quality": options.quality,
        "background": options.background,
        "output_format": options.output_format,
        "compression": options.compression,
        "frames": options.frames,
        "frame_ms": options.frame_ms,
        "model": wish.model,
        "take": take,
    }
    if wish.inputs:
        told["inputs"] = wish.inputs
    if wish.mask or wish.markup:
        told["mask" if wish.mask else "markup"] = wish.mask or wish.markup
    return told


def _damaged(picture: Base64, fault: Fault, options: Options) -> Base64:
    data, form = picture.data, options.output_format
    match fault.kind:
        case "bad_base64":
            return Base64(data, picture.text[:-5] + b"!*?")
        case "empty_base64":
            return Base64(b"", b"")
        case "not_a_picture":
            return Base64(b"<!doctype html><title>no picture</title>")
        case "truncated_picture":
            return Base64(data[: len(data) * 3 // 5])
        case "wrong_type":
            return Base64(convert(data, "png" if form == "webp" else "webp"))
        case "wrong_size":
            found = probe(data)
            if found is None or found.width is None or found.height is None:
                return picture
            return Base64(resize(data, found.width // 2, found.height // 2, form))
        case "opaque":
            return Base64(flatten(data, form))
    return picture
