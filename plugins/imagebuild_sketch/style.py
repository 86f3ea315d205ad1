"""Styles: how a drawing looks from another hand. Some change the palette, some the pixels."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from imagebuild_sketch import raster, tone
from imagebuild_sketch.brief import Brief
from imagebuild_sketch.colour import from_oklch, mix, to_oklch
from imagebuild_sketch.palette import Palette
from imagebuild_sketch.pen import curve, num, path
from imagebuild_sketch.stage import Stage

__all__ = ["Style", "paper_edge", "style_of"]


class Style(Struct, frozen=True):
    """What a style does. ``screen`` is its step in levels; ``blocks`` counts those of pixel art on the short side."""

    name: str
    flat: bool = False
    screen: int = 5
    wash: bool = False
    lines: bool = False
    grey: bool = False
    blocks: int = 0

    def palette(self, palette: Palette) -> Palette:
        """The palette as this style has it."""
        change = {"watercolor": _washed, "retro": _faded, "neon": _electric}.get(self.name)
        return change(palette) if change else palette

    def finish(self, image: raster.Image) -> raster.Image:
        """The rendered pixels as this style has them."""
        if self.wash:
            image = tone.washed(image, 7)
        if self.lines:
            image = tone.lines(image)
        if self.blocks:
            image = tone.blocks(image, self.blocks)
        if self.grey:
            image = tone.grey(image)
        return raster.screen(image, self.screen) if self.screen else image


_STYLES = {
    "illustration": Style("illustration"),
    "flat": Style("flat", flat=True, screen=0),
    "minimal": Style("minimal", flat=True, screen=0),
    "watercolor": Style("watercolor", wash=True),
    "line": Style("line", flat=True, lines=True, screen=0),
    "pixel": Style("pixel", blocks=112, screen=0),
    "retro": Style("retro", screen=15),
    "neon": Style("neon"),
    "mono": Style("mono", grey=True),
    "photo": Style("photo"),
    "isometric": Style("isometric", screen=0),
}


def style_of(brief: Brief) -> Style:
    """The style a brief asks for."""
    return _STYLES[brief.style]


def _each(palette: Palette, light: tuple[float, float], chroma: float) -> Palette:
    """Every colour with lightness squeezed to ``light`` and chroma multiplied."""

    def changed(colour: str) -> str:
        old_light, old_chroma, hue = to_oklch(colour)
        return from_oklch(light[0] + (light[1] - light[0]) * old_light, old_chroma * chroma, hue)

    return replace(
        palette,
        sky=(changed(palette.sky[0]), changed(palette.sky[1]), changed(palette.sky[2])),
        land=tuple(changed(colour) for colour in palette.land),
        leaf=tuple(changed(colour) for colour in palette.leaf),
        water=(changed(palette.water[0]), changed(palette.water[1])),
        accent=changed(palette.accent),
        second=changed(palette.second),
        cloud=changed(palette.cloud),
    )


def _washed(palette: Palette) -> Palette:
    return replace(_each(palette, (0.2, 1.0), 0.85), shade=mix(palette.shade, "#8a90b0", 0.4))


def _faded(palette: Palette) -> Palette:
    warm = _each(palette, (0.08, 0.95), 0.88)
    return replace(
        warm,
        sky=(mix(warm.sky[0], "#2f8f8a", 0.45), mix(warm.sky[1], "#e9b872", 0.5), mix(warm.sky[2], "#f6dfb0", 0.65)),
        tint=mix(palette.tint, "#e8a760", 0.6),
        tint_share=palette.tint_share + 0.14,
        paper="#f3e6c8",
    )


def _electric(palette: Palette) -> Palette:
    return replace(
        palette,
        sky=("#120a2e", "#3b1266", "#d6339a"),
        lamp="#ff7ad0",
        cloud="#6a2a8c",
        water=("#7a2f9c", "#160b38"),
        accent="#27e5e0",
        second="#ff3fa8",
        shade="#0b0620",
        tint="#7a2ad0",
        tint_share=0.42,
        dim=0.6,
        paper="#140c30",
        night=True,
    )


def paper_edge(stage: Stage) -> str:
    """The unpainted edge of a watercolour's paper, with an uneven inner line."""
    width, height = stage.frame.width, stage.frame.height
    chance = stage.chance.child("edge")
    corners = ((0.0, 0.0, 1, 0), (width, 0.0, 0, 1), (width, height, -1, 0), (0.0, height, 0, -1))
    points = []
    for x, y, along_x, along_y in corners:
        for step in range(9):
            deep = chance.between(26, 58)
            px, py = x + along_x * width * step / 9, y + along_y * height * step / 9
            points.append((min(max(px, deep), width - deep), min(max(py, deep), height - deep)))
    outer = f"M-9 -9H{num(width + 9)}V{num(height + 9)}H-9Z"
    return path(outer + curve(points, closed=True), "#fbf8f0", fill_rule="evenodd")
