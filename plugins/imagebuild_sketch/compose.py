"""From a brief to the SVG text of one picture: the same text on every platform."""

from __future__ import annotations

from msgspec import Struct

from imagebuild_sketch.brief import Brief
from imagebuild_sketch.chance import Chance
from imagebuild_sketch.palette import make_palette
from imagebuild_sketch.pen import Sheet, group, num
from imagebuild_sketch.scene import SCENES
from imagebuild_sketch.scene.cutout import draw_cutout
from imagebuild_sketch.scene.weather import draw_weather
from imagebuild_sketch.stage import DETAILS, Frame, Stage
from imagebuild_sketch.style import Style, paper_edge, style_of

__all__ = ["Drawing", "compose"]


class Drawing(Struct, frozen=True):
    """A composed picture: its SVG text, and what is to be done with its pixels."""

    svg: str
    style: Style


def compose(
    brief: Brief,
    *,
    size: tuple[int, int],
    seed: str,
    quality: str = "medium",
    transparent: bool = False,
    mirrored: bool = False,
    tints: tuple[str, ...] = (),
) -> Drawing:
    """Draw the brief at a size in pixels; ``seed`` tells attempts at the same brief apart."""
    chance = Chance(seed)
    frame = Frame.of(*size)
    style = style_of(brief)
    palette = style.palette(make_palette(brief, chance.child("palette"), tints))
    sheet = Sheet()
    stage = Stage(brief, frame, palette, chance, sheet, DETAILS[quality], flat=style.flat or brief.scene == "emblem")
    if transparent:
        draw_cutout(stage)
    else:
        SCENES[brief.scene](stage)
        draw_weather(stage)
        if style.wash:
            sheet.add(paper_edge(stage))
    markup = sheet.markup()
    if mirrored:
        markup = group(markup, transform=f"matrix(-1 0 0 1 {num(frame.width)} 0)")
    width, height = size
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {num(frame.width)} {num(frame.height)}" preserveAspectRatio="none">'
    )
    return Drawing(f"{root}{markup}</svg>", style)
