"""Applies changes to a picture, one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from imagebuild_sketch import raster, tone
from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import channels
from imagebuild_sketch.edit import overlay, region
from imagebuild_sketch.edit.change import Change
from imagebuild_sketch.edit.subject_mask import central
from imagebuild_sketch.raster import Image

__all__ = ["apply_changes", "cut_out"]


def apply_changes(image: Image, changes: list[Change], chance: Chance) -> Image:
    """The picture after all changes; after a visible one of its own when there are none."""
    if not changes:
        return overlay.ribbon(image, chance.child("ribbon"))
    added = 0
    focus: _Focus | None = None
    for index, change in enumerate(changes):
        own = chance.child(f"{index} {change.name}")
        if change.figure:
            image = overlay.add_figure(image, change.figure, added, own)
            added += 1
        elif change.name in ("recolour", "stripes"):
            focus = focus if focus and change.name == "stripes" else _focus(image, change)
            image, focus = (_recolour if change.name == "recolour" else _stripes)(image, change, focus, own)
        elif change.name in _PLAIN:
            image = _PLAIN[change.name](image)
        else:
            image = _SEEDED[change.name](image, change, own)
        image = image.copy_memory()
    return image


def cut_out(image: Image) -> Image:
    """The background made transparent, with a soft edge."""
    inside = central(region.background(image).invert())
    alpha = inside.gaussblur(0.7, precision="integer").cast("uchar")
    kept = image.extract_band(3)
    return raster.join_alpha(image.extract_band(0, n=3), (alpha < kept).ifthenelse(alpha, kept))


_Focus = tuple[region.Salient, Image]
"""What a sentence is about: found by its hue before it gets another, and remembered for the words that follow."""


def _focus(image: Image, change: Change) -> _Focus:
    if change.backdrop:
        return region.backdrop(image, sky=change.backdrop == "sky")
    if change.source:
        found = region.salient(image, change.source)
        return found, (region.member(image, found) if found.vivid else region.background(image).invert())
    inside = central(region.background(image).invert())
    if inside.max() == 0:
        inside = raster.plain_alpha(image)
    found = region.salient(image, within=inside)
    if not found.vivid:
        found = region.salient(image)
    if not found.vivid:
        return found, inside
    mask = region.member(image, found)
    mask = (inside < mask).ifthenelse(inside, mask)
    if mask.avg() < 0.01 * inside.avg():
        return replace(found, vivid=False), inside
    return found, mask


def _recolour(image: Image, change: Change, focus: _Focus, chance: Chance) -> tuple[Image, _Focus]:
    del chance
    colour, (found, mask) = change.colour or "#808080", focus
    if not found.vivid:
        tinted = tone.tinted(tone.saturate(image, 0.6), colour, 0.45)
        return region.mix_in(image, tinted.extract_band(0, n=3), mask), focus
    painted = region.recolour(image, found, colour, mask)
    red, green, blue = channels(colour)
    return painted, (replace(found, luma=0.299 * red + 0.587 * green + 0.114 * blue), mask.copy_memory())


def _stripes(image: Image, change: Change, focus: _Focus, chance: Chance) -> tuple[Image, _Focus]:
    return overlay.stripes(image, focus[0], focus[1], change.colour, chance), focus


def _night(image: Image, change: Change, chance: Chance) -> Image:
    del change
    sky = region.background(image, sky=True)
    dark = tone.curve(tone.saturate(image, 0.75), (0.36, 0.43, 0.62), (4, 8, 26))
    return overlay.vignette(overlay.stars(dark, sky, chance), 0.5)


def _sunset(image: Image) -> Image:
    """Low warm light, and a sky from violet to gold where there is one."""
    sky = (region.background(image, sky=True) * 0.72).rint().cast("uchar")
    warm = overlay.veil(tone.curve(image, (1.02, 0.84, 0.68), (14, 2, 0)), "#ff8a3c", 0.1, 0.05)
    glow = overlay.dusk(warm)
    return region.mix_in(warm, glow.extract_band(0, n=3), sky)


def _turned(image: Image, goal: str, hue_of: str, width: float) -> Image:
    """One hue of nature in place of another."""
    found = region.salient(image, hue_of)
    return region.recolour(image, found, goal, region.member(image, found, width=width)) if found.vivid else image


def _autumn(image: Image, change: Change, chance: Chance) -> Image:
    del change
    gold = _turned(image, "#cf7a2c", "#4f9a48", 0.55)
    return overlay.falling(tone.curve(gold, (1.05, 0.97, 0.86), (6, 1, 0)), "leaves", chance)


def _spring(image: Image, change: Change, chance: Chance) -> Image:
    del change
    green = _turned(image, "#74b65a", "#c98a1f", 0.93)
    return overlay.falling(tone.curve(green, (1.0, 1.03, 1.0), (4, 6, 5)), "petals", chance)


def _winter(image: Image, change: Change, chance: Chance) -> Image:
    del change
    white = _turned(image, "#eaf1f7", "#4f9a48", 0.5)
    cold = tone.curve(tone.saturate(white, 0.6), (0.86, 0.9, 0.94), (26, 30, 38))
    return overlay.falling(cold, "snow", chance)


def _rain(image: Image, change: Change, chance: Chance) -> Image:
    del change
    wet = tone.curve(tone.saturate(image, 0.55), (0.68, 0.73, 0.8), (6, 10, 18))
    return overlay.falling(wet, "rain", chance)


def _zoom(image: Image) -> Image:
    width, height = image.width, image.height
    inner = image.crop(
        round(width * 0.14), round(height * 0.14), max(1, round(width * 0.72)), max(1, round(height * 0.72))
    )
    return inner.thumbnail_image(width, height=height, size="force")


_Plain = Callable[[Image], Image]
_PLAIN: Mapping[str, _Plain] = {
    "lighten": lambda image: tone.curve(image, (0.78,) * 3, (58,) * 3),
    "darken": lambda image: tone.curve(image, (0.62,) * 3, (0,) * 3),
    "contrast": lambda image: tone.contrast(image, 1.35),
    "soften": lambda image: tone.contrast(image, 0.68),
    "vivid": lambda image: tone.saturate(image, 1.5),
    "mute": lambda image: tone.saturate(image, 0.5),
    "blur": tone.blur,
    "sharpen": tone.sharpen,
    "sunset": _sunset,
    "warm": lambda image: tone.curve(image, (1.07, 1.0, 0.86), (6, 1, 0)),
    "cool": lambda image: tone.curve(image, (0.86, 0.98, 1.06), (0, 2, 8)),
    "fog": lambda image: overlay.veil(tone.contrast(image, 0.85), "#e6ebef", 0.42, 0.68),
    "grey": tone.grey,
    "sepia": lambda image: overlay.vignette(tone.sepia(image), 0.4),
    "cutout": cut_out,
    "rotate": lambda image: image.rot90(),
    "flip": lambda image: image.flipver(),
    "mirror": lambda image: image.fliphor(),
    "zoom": _zoom,
    "pixelate": lambda image: tone.blocks(image, 64),
    "vignette": overlay.vignette,
    "invert": tone.invert,
    "poster": tone.poster,
    "lines": tone.lines,
}
_SEEDED: Mapping[str, Callable[[Image, Change, Chance], Image]] = {
    "border": lambda image, change, chance: overlay.border(image, change.colour),
    "night": _night,
    "autumn": _autumn,
    "spring": _spring,
    "winter": _winter,
    "rain": _rain,
    "grain": lambda image, change, chance: raster.grain(image, f"edit {chance.bits()}", 16),
}
