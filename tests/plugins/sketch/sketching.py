"""What the tests of the provider sketch share: one call, and what can be measured of its picture."""

from __future__ import annotations

import hashlib
from typing import Any

import pyvips

from imagebuild import ProviderContext, Reference, Request, Result
from imagebuild_sketch import SketchProvider

SMALL = "128x128"


def reference(data: bytes, name: str = "a.png") -> Reference:
    return Reference(name, hashlib.sha256(data).hexdigest(), "image/png", lambda: data)


def generate(
    prompt: str, *, inputs: tuple[bytes, ...] = (), candidate: int = 1, take: int = 1, **options: Any
) -> Result:
    request = Request(
        prompt, {"size": SMALL, **options}, inputs=tuple(map(reference, inputs)), candidate=candidate, take=take
    )
    return _run(request)


def edit(
    parent: bytes,
    prompt: str,
    *,
    mask: bytes | None = None,
    inputs: tuple[bytes, ...] = (),
    candidate: int = 1,
    **options: Any,
) -> bytes:
    request = Request(
        prompt,
        options,
        parent=reference(parent, "parent.png"),
        mask=reference(mask, "mask.png") if mask else None,
        inputs=tuple(map(reference, inputs)),
        candidate=candidate,
    )
    return _run(request).pictures[0].data


def _run(request: Request) -> Result:
    provider = SketchProvider()
    resolution = provider.resolve(request)
    assert resolution.problems == ()
    return provider.generate(resolution.request, ProviderContext("test", "key"))


def drawn(prompt: str, **options: Any) -> bytes:
    return generate(prompt, **options).pictures[0].data


def pixels(data: bytes) -> pyvips.Image:
    return pyvips.Image.new_from_buffer(data, "")


def apart(first: bytes, second: bytes) -> float:
    """Mean difference of two pictures' colours, 0 to 255."""
    one, two = (pixels(data) for data in (first, second))
    one, two = (image.flatten(background=[255, 255, 255]) if image.hasalpha() else image for image in (one, two))
    return float((one - two).abs().avg())


def light(data: bytes) -> float:
    return float(pixels(data).colourspace("b-w").extract_band(0).avg())


def colour(data: bytes, x: float, y: float) -> tuple[float, ...]:
    image = pixels(data)
    return tuple(image.getpoint(int(x * image.width), int(y * image.height)))


def plain(red: int, green: int, blue: int, *, width: int = 96, height: int = 96) -> pyvips.Image:
    return (
        pyvips.Image.black(width, height, bands=3)
        .linear(1, [red, green, blue])
        .cast("uchar")
        .copy(interpretation="srgb")
    )


def disc(ground: tuple[int, int, int], paint: tuple[int, int, int], side: int = 96) -> bytes:
    """A disc of one colour on a ground of another."""
    image = plain(*ground, width=side, height=side).draw_circle(list(paint), side // 2, side // 2, side // 4, fill=True)
    return bytes(image.pngsave_buffer())


def hole(side: int = 96) -> bytes:
    """A mask whose left half is transparent."""
    alpha = pyvips.Image.black(side // 2, side).join(pyvips.Image.black(side - side // 2, side) + 255, "horizontal")
    return bytes(plain(0, 0, 0, width=side, height=side).bandjoin(alpha.cast("uchar")).pngsave_buffer())
