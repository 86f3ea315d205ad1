"""Grounds without a subject: a gradient that melts from colour to colour, and textures of wood, paper and stone.

Sites lay text over them, so that nothing in them may draw the eye.
"""

from __future__ import annotations

from imagebuild_sketch.colour import brighten, from_oklch, mix, to_oklch, turn
from imagebuild_sketch.pen import circle, num, path, rect
from imagebuild_sketch.scene.table import draw_table_top
from imagebuild_sketch.stage import Stage

__all__ = ["draw_gradient", "draw_texture"]

_MATERIALS = {
    "paper": "#f1e9d8", "concrete": "#a9abad", "linen": "#e4d9c4", "stone": "#9a9690", "marble": "#eceae8",
    "leather": "#7a4f35", "canvas": "#e6dcc6", "fabric": "#8f9bb0", "sand": "#e0c998", "grass": "#6f9f52",
}  # fmt: skip


def draw_gradient(stage: Stage, tones: list[str]) -> None:
    """From the first colour to the last across the picture, with soft lights of colours near them."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    chance = stage.chance.child("gradient")
    steps = 4 * (len(tones) - 1)
    stops = [(step / steps, _between(tones, step / 4), 1.0) for step in range(steps + 1)]
    sheet.add(rect(0, 0, width, height, sheet.linear(*stops, across=True, slant=0.8)))
    reach = max(width, height)
    for index in range(6):
        near = turn(brighten(tones[index % len(tones)], 0.06), (-24, 18, 30)[index % 3])
        x, y = width * chance.between(0.0, 1.0), height * chance.between(0.0, 1.0)
        sheet.add(circle(x, y, reach * chance.between(0.4, 0.62), sheet.glow(near, 0.3)))


def _between(tones: list[str], place: float) -> str:
    """A colour between two of the tones on the way around the hues, so that it never turns grey."""
    at = min(int(place), len(tones) - 2)
    share = place - at
    one, other = to_oklch(tones[at]), to_oklch(tones[at + 1])
    gap = (other[2] - one[2] + 180) % 360 - 180
    light, chroma = (start + (end - start) * share for start, end in zip(one[:2], other[:2], strict=True))
    return from_oklch(light, chroma, one[2] + gap * share)


def draw_texture(stage: Stage) -> None:
    """The surface of a material, evenly lit; of paper where none is named."""
    width, height, sheet = stage.frame.width, stage.frame.height, stage.sheet
    chance = stage.chance.child("texture")
    if any(word in stage.brief.words for word in ("wood", "wooden", "planks", "oak")):
        draw_table_top(stage, -8)
        return
    named = next((_MATERIALS[word] for word in stage.brief.words if word in _MATERIALS), _MATERIALS["paper"])
    tone = stage.brief.colours[0] if stage.brief.colours else named
    sheet.add(rect(0, 0, width, height, sheet.linear((0, brighten(tone, 0.015), 1), (1, brighten(tone, -0.015), 1))))
    for index in range(9):
        cloud = brighten(tone, 0.035 if index % 2 else -0.035)
        x, y = width * chance.unit(), height * chance.unit()
        sheet.add(circle(x, y, max(width, height) * chance.between(0.2, 0.4), sheet.glow(cloud, 0.7)))
    for shade, count in ((mix(brighten(tone, -0.1), "#6b5a45", 0.1), 420), (brighten(tone, 0.07), 420)):
        fibres = []
        for _ in range(min(2000, stage.many(count * width * height / 1_000_000))):
            x, y, bend = width * chance.unit(), height * chance.unit(), chance.between(-14, 14)
            dx, dy = chance.between(-26, 26), chance.between(-9, 9)
            fibres.append(f"M{num(x)} {num(y)}q{num(dx / 2)} {num(dy / 2 + bend * 0.4)} {num(dx)} {num(dy)}")
        sheet.add(path("".join(fibres), "none", stroke=shade, stroke_width=1.5, stroke_opacity=0.4))
