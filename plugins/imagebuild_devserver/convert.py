"""Pixels made into other files: formats, sizes, frames, blurs. pyvips loads with the first use."""

from __future__ import annotations

import base64
from typing import Any

__all__ = ["animate", "blur", "convert", "flatten", "pixels", "resize", "wrap_in_svg"]


def convert(data: bytes, form: str, quality: int = 85) -> bytes:
    """The picture as ``png``, ``jpeg``, ``webp`` or ``gif``."""
    return _save(_load(data), form, quality)


def flatten(data: bytes, form: str) -> bytes:
    """The picture on white, without an alpha channel."""
    return _save(_on_white(_load(data)), form)


def resize(data: bytes, width: int, height: int, form: str) -> bytes:
    """The picture squeezed to a size."""
    picture = _load(data)
    return _save(picture.resize(width / picture.width, vscale=height / picture.height), form)


def pixels(data: bytes, across: int) -> bytes:
    """Red, green and blue of the picture on white, squeezed to a square ``across`` pixels wide, row by row."""
    picture = _on_white(_load(data)).colourspace("srgb")
    small = picture.resize(across / picture.width, vscale=across / picture.height, kernel="linear")
    return bytes(small.cast("uchar").extract_band(0, n=3).write_to_memory())


def blur(data: bytes, strength: float, form: str) -> bytes:
    """The picture as it may look while it is made."""
    picture = _load(data)
    small = picture.resize(1 / strength)
    back = small.resize(picture.width / small.width, vscale=picture.height / small.height, kernel="linear")
    return _save(back, form)


def animate(data: bytes, frames: int, milliseconds: int) -> bytes:
    """A GIF in which the picture comes up from the dark and goes back."""
    import pyvips

    picture = _on_white(_load(data)).colourspace("srgb")
    lights = [0.55 + 0.45 * min(index, frames - index) / max(1, frames // 2) for index in range(frames)]
    strip = pyvips.Image.arrayjoin([(picture * light).cast("uchar") for light in lights], across=1)
    strip = strip.copy(interpretation="srgb")
    strip.set_type(pyvips.GValue.gint_type, "page-height", picture.height)
    strip.set_type(pyvips.GValue.array_int_type, "delay", [milliseconds] * frames)
    return bytes(strip.write_to_buffer(".gif"))


def wrap_in_svg(data: bytes, width: int, height: int) -> bytes:
    """An SVG that shows the PNG it holds: this server authors no vector drawing."""
    inner = base64.b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{inner}"/></svg>'
    ).encode()


def _load(data: bytes) -> Any:
    import pyvips

    return pyvips.Image.new_from_buffer(data, "")


def _on_white(picture: Any) -> Any:
    return picture.flatten(background=[255, 255, 255]) if picture.hasalpha() else picture


def _save(picture: Any, form: str, quality: int = 85) -> bytes:
    if form == "jpeg":
        picture = _on_white(picture)
    settings = {"Q": max(1, quality)} if form in ("jpeg", "webp") else {}
    return bytes(picture.write_to_buffer(f".{form}", **settings))
