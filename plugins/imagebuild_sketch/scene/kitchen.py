"""A kitchen's units: what tells a kitchen from any other room."""

from __future__ import annotations

from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import circle, rect
from imagebuild_sketch.stage import Stage

__all__ = ["draw_kitchen"]


def draw_kitchen(stage: Stage, x: float, foot: float, width: float, tall: float) -> None:
    """A cooker with its hood between cupboards, from ``x`` to the right; ``tall`` reaches to the upper cupboards."""
    sheet, palette = stage.sheet, stage.palette
    front = palette.lit(mix(palette.second, "#f4efe6", 0.55))
    top, steel = palette.lit("#8a6248"), palette.lit("#b4bac4")
    counter, part = foot - tall * 0.4, width / 3
    stage.shadow(x + width * 0.5, foot + 4, width * 1.05, 0.35)
    for index in range(3):
        left = x + part * index
        tone = steel if index == 1 else front
        fill = sheet.linear((0, brighten(tone, 0.03), 1), (1, brighten(tone, -0.04), 1))
        sheet.add(rect(left + 2, counter, part - 4, foot - counter, fill, rx=4))
        if index == 1:
            sheet.add(rect(left + part * 0.14, counter + tall * 0.13, part * 0.72, tall * 0.19, "#3a3f4c", rx=6))
            for knob in range(4):
                sheet.add(circle(left + part * (0.2 + 0.2 * knob), counter + tall * 0.065, part * 0.045, "#59606c"))
            hood = counter - tall * 0.42
            sheet.add(
                rect(left + part * 0.3, 0, part * 0.4, hood, steel), rect(left, hood, part, tall * 0.07, steel, rx=4)
            )
            pot = palette.lit(palette.accent)
            base = counter - tall * 0.024
            sheet.add(rect(left + part * 0.2, base - tall * 0.11, part * 0.6, tall * 0.11, pot, rx=7))
            sheet.add(
                rect(left + part * 0.14, base - tall * 0.125, part * 0.72, tall * 0.022, brighten(pot, 0.06), rx=4)
            )
            sheet.add(circle(left + part * 0.5, base - tall * 0.135, part * 0.05, brighten(pot, -0.12)))
            continue
        upper = foot - tall
        sheet.add(rect(left + 2, upper, part - 4, tall * 0.34, fill, rx=4))
        for y in (counter + tall * 0.06, upper + tall * 0.26):
            sheet.add(rect(left + part * 0.38, y, part * 0.24, tall * 0.014, steel, rx=4))
    sheet.add(rect(x - 8, counter - tall * 0.024, width + 16, tall * 0.03, top, rx=4))
