"""Checks of the pictures that go in, made before a call is paid: type, size, alpha, bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from imagebuild import Reference, Request
from imagebuild.errors import ProviderError, RequestError, StoreError
from imagebuild.media import probe
from imagebuild_openai.rule import PICTURES_IN

__all__ = ["reference_problems"]

MOST_PICTURE = 50 * 1_000_000
MOST_MASK = 4 * 1_000_000
MOST_PAYLOAD = 512 * 1_000_000
MOST_PIXELS = 100_000_000


def reference_problems(request: Request) -> Iterator[ProviderError]:
    """What is wrong with the pictures of a resolved request, whose bytes exist by now; nothing has been paid.

    Limits: png, jpeg, webp (and for ``api: responses`` gif) under 50 MB each, 512 MB in all with what base64 adds; a
    mask or markup is a png under 4 MB, as large as the first picture, with transparent pixels. Sources: types of the
    openai package 3.54.0 and OpenAI's documentation, 2026-11.
    """
    allowed = PICTURES_IN["images" if request.options.get("api") == "images" else "responses"]
    first: bytes | None = None
    payload = 0
    for picture in (*([request.parent] if request.parent else []), *request.inputs):
        try:
            data = picture.read()
        except (OSError, StoreError) as error:
            yield _unreadable(picture, error)
            continue
        first = data if first is None else first
        payload += len(data)
        yield from _picture(picture, data, allowed)
    for name, overlay in (("mask", request.mask), ("markup", request.markup)):
        if overlay is not None:
            try:
                data = overlay.read()
            except (OSError, StoreError) as error:
                yield _unreadable(overlay, error)
                continue
            payload += len(data)
            yield from _overlay(name, overlay, data, first)
    if payload * 4 // 3 > MOST_PAYLOAD:
        message = f"the pictures have {_megabytes(payload)}, more than one request takes"
        yield RequestError(message, hint="send fewer or smaller ones: 384 MB are the most")


def _unreadable(picture: Reference, error: OSError | StoreError) -> ProviderError:
    reason = error.strerror or error if isinstance(error, OSError) else error.message
    return RequestError(f"'{picture.name}' cannot be read: {reason}")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _picture(picture: Reference, data: bytes, allowed: tuple[str, ...]) -> Iterator[ProviderError]:
    found = probe(data)
    media_type = found.media_type if found else None
    if media_type not in allowed:
        kinds = ", ".join(kind.removeprefix("image/") for kind in allowed)
        message = f"'{picture.name}' is {media_type or 'no picture'}, expected one of {kinds}"
        yield RequestError(message, hint="convert it to png")
    elif media_type == "image/gif" and _frames_of_gif(data) > 1:
        yield RequestError(f"'{picture.name}' is an animated gif", hint="give one of its frames, as png")
    if len(data) >= MOST_PICTURE:
        message = f"'{picture.name}' has {_megabytes(len(data))}, expected less than {_megabytes(MOST_PICTURE)}"
        yield RequestError(message, hint="scale it down, or save it as jpeg or webp")


def _overlay(name: str, overlay: Reference, data: bytes, first: bytes | None) -> Iterator[ProviderError]:
    """What is wrong with a mask or markup over the first picture."""
    found = probe(data)
    if found is None or found.media_type != "image/png" or found.width is None or found.height is None:
        message = f"'{overlay.name}' is {found.media_type if found else 'no picture'}, but a {name} must be png"
        yield RequestError(message, hint="save it as png with an alpha channel")
        return
    if len(data) >= MOST_MASK:
        message = (
            f"'{overlay.name}' has {_megabytes(len(data))}, but a {name} must have less than {_megabytes(MOST_MASK)}"
        )
        yield RequestError(message, hint="save it with fewer colours: only its alpha channel counts")
    if found.width * found.height > MOST_PIXELS:
        message = f"'{overlay.name}' has {found.width}x{found.height} pixels, more than a picture may have"
        yield RequestError(message, hint="scale it to the size of the picture")
        return
    if first is not None and (found.width, found.height) not in (sizes := _sizes(first)):
        shown = f"{sizes[0][0]}x{sizes[0][1]}" if sizes else "of another size"
        message = f"'{overlay.name}' is {found.width}x{found.height}, but the picture under it is {shown}"
        yield RequestError(message, hint=f"a {name} must be as large as the first picture, pixel for pixel")
    if (fault := _alpha_fault(data)) is not None:
        message = f"'{overlay.name}' {fault}"
        what = "where the picture may change" if name == "mask" else "everywhere but where something is drawn"
        yield RequestError(message, hint=f"make it transparent {what}")


def _sizes(data: bytes) -> list[tuple[int, int]]:
    """Width and height of a picture, and as it is shown where its EXIF says that it is to be turned."""
    found = probe(data)
    if found is None or found.width is None or found.height is None:
        return []
    sizes = [(found.width, found.height)]
    if found.media_type == "image/jpeg" and _is_turned(data):
        sizes.insert(0, (found.height, found.width))
    return sizes


def _is_turned(data: bytes) -> bool:
    image = _opened(data)
    return image is not None and image.get_typeof("orientation") != 0 and 5 <= image.get("orientation") <= 8


def _alpha_fault(data: bytes) -> str | None:
    """Why a png has nothing transparent in it."""
    import pyvips

    image = _opened(data)
    if image is None:
        return "is a damaged png"
    if not image.hasalpha():
        return "has no alpha channel"
    try:
        return None if image[image.bands - 1].min() == 0 else "has no transparent pixel"
    except pyvips.Error:
        return "is a damaged png"


def _opened(data: bytes) -> Any:
    """The picture, None when it cannot be read."""
    import pyvips

    try:
        return pyvips.Image.new_from_buffer(data, "")
    except pyvips.Error:
        return None


def _frames_of_gif(data: bytes) -> int:
    """How many frames a gif has, two being as good as more. Source: GIF89a, sections 18 to 26."""
    frames, at = 0, 13 + _table(data[10:11])
    while at < len(data) and frames < 2:
        block = data[at]
        if block == 0x2C:
            frames += 1
            at = _after_blocks(data, at + 11 + _table(data[at + 9 : at + 10]))
        elif block == 0x21:
            at = _after_blocks(data, at + 2)
        else:
            break
    return frames


def _table(packed: bytes) -> int:
    """Bytes of the colour table that a packed field announces."""
    return 3 << ((packed[0] & 7) + 1) if packed and packed[0] & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
