"""Drawings to pixels, by librsvg in a process of its own, within bounds of time, memory and size."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Sequence

from imagebuild.errors import StepError
from imagebuild_pixels.raster import Image, vips
from imagebuild_pixels.svg import child
from imagebuild_pixels.svg.node import Element
from imagebuild_pixels.svg.rule import TEXT_ELEMENTS
from imagebuild_pixels.svg.viewport import at_size
from imagebuild_pixels.svg.writer import write

__all__ = ["MAX_EDGE", "MAX_PIXELS", "render"]

MAX_EDGE = 16_384
MAX_PIXELS = 64_000_000
_PROCESSOR_SECONDS = 60
_SECONDS = 300
_LOCALE = {"LC_ALL": "C", "LANG": "C", "LANGUAGE": ""}
"""A drawing can hold parts for some languages; those of the machine must not decide which is drawn."""

_HANDED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")
"""What of the environment the process needs to find pyvips; keys and other secrets are none of its business."""


def render(root: Element, sizes: Sequence[tuple[int, int]], target: str) -> list[Image]:
    """The pixels of a safe drawing at each of these sizes: 8 bit sRGB with alpha.

    Raises ``StepError`` for letters, which would look different on another machine, and beyond the bounds.
    """
    _refuse_text(root, target)
    for width, height in sizes:
        if max(width, height) > MAX_EDGE or width * height > MAX_PIXELS:
            limit = f"at most {MAX_EDGE} an edge and {MAX_PIXELS // 1_000_000} megapixels"
            raise StepError(f"'{target}' would be {width}x{height} pixels, expected {limit}", hint="make it smaller")
    drawings = [write(at_size(root, width, height, target)) for width, height in sizes]
    answer = _ask(b"".join(struct.pack(">I", len(drawing)) + drawing for drawing in drawings), target)
    return _pictures(answer, sizes, target)


def _refuse_text(root: Element, target: str) -> None:
    for element in root.all():
        if element.name in TEXT_ELEMENTS and any(isinstance(part, str) and part.strip() for part in element.children):
            raise StepError(
                f"'{target}' has text, which is drawn in a font of this machine and looks different on another",
                hint="turn text into outlines in a drawing program, or use a step 'text' after rasterize",
            )


def _ask(drawings: bytes, target: str) -> bytes:
    # -P: the folder that the build runs in is not searched for modules.
    command = [sys.executable, "-P", str(child.__file__), str(_PROCESSOR_SECONDS)]
    environ = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and file, no shell; what strangers wrote is input only
            command, input=drawings, capture_output=True, timeout=_SECONDS, check=False, env={**environ, **_LOCALE}
        )
    except subprocess.TimeoutExpired as error:
        raise StepError(f"'{target}' was not drawn within {_SECONDS} seconds", hint="simplify the drawing") from error
    if done.returncode < 0:
        message = f"'{target}' takes more than {_PROCESSOR_SECONDS} seconds or {child.MEMORY // 10**9} GB to draw"
        raise StepError(message, hint="simplify the drawing")
    if done.returncode:
        reason = " ".join(done.stderr.decode("utf-8", "replace").split())[-200:]
        raise StepError(f"'{target}' cannot be drawn: {reason}", hint="does a browser show it?")
    return done.stdout


def _pictures(answer: bytes, sizes: Sequence[tuple[int, int]], target: str) -> list[Image]:
    pictures, at = [], 0
    for size in sizes:
        found = struct.unpack_from(">II", answer, at)
        if found != size:
            raise StepError(f"'{target}' was drawn at {found[0]}x{found[1]}, expected {size[0]}x{size[1]}")
        end = at + 8 + size[0] * size[1] * 4
        image = vips().Image.new_from_memory(answer[at + 8 : end], *size, 4, "uchar")
        pictures.append(image.copy(interpretation="srgb"))
        at = end
    return pictures
