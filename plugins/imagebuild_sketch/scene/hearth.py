"""A fireplace with a fire in it: the light of a winter evening, and what people ask of a cosy room."""

from __future__ import annotations

from imagebuild_sketch.colour import brighten
from imagebuild_sketch.pen import circle, ellipse, num, path, rect
from imagebuild_sketch.stage import Stage

__all__ = ["draw_fireplace"]


def draw_fireplace(stage: Stage, x: float, foot: float, width: float) -> None:
    """Chimney, mantel and a burning fire; ``x`` is the middle, ``foot`` where it meets the floor."""
    sheet, palette = stage.sheet, stage.palette
    brick, wood = palette.lit("#a8604a"), palette.lit("#6d4a36")
    left, tall = x - width / 2, width * 0.92
    top = foot - tall
    sheet.add(rect(left + width * 0.14, 0, width * 0.72, top, palette.lit("#b97a62")))
    sheet.add(rect(left, top, width, tall, sheet.linear((0, brighten(brick, 0.04), 1), (1, brighten(brick, -0.05), 1))))
    joints = []
    for row in range(1, 11):
        y = top + tall * row / 11
        joints.append(f"M{num(left)} {num(y)}h{num(width)}")
        start = left + width * (0.08 if row % 2 else 0.16)
        joints.extend(f"M{num(start + width * 0.16 * column)} {num(y)}v{num(-tall / 11)}" for column in range(6))
    sheet.add(path("".join(joints), "none", stroke=brighten(brick, 0.1), stroke_width=2, stroke_opacity=0.5))
    sheet.add(rect(left - width * 0.07, top - width * 0.07, width * 1.14, width * 0.09, wood, rx=5))
    mouth = f"M{num(x - width * 0.33)} {num(foot)}v{num(-tall * 0.42)}"
    mouth += f"a{num(width * 0.33)} {num(width * 0.3)} 0 0 1 {num(width * 0.66)} 0V{num(foot)}Z"
    sheet.add(path(mouth, "#2a1a1c"))
    sheet.add(circle(x, foot - tall * 0.2, width * 0.9, sheet.glow("#ffb35a", 0.6)))
    for share, tone in ((1.0, "#e8552b"), (0.68, "#f59a32"), (0.38, "#ffe08a")):
        sheet.add(path(_flame(x, foot - width * 0.06, width * 0.4 * share, tall * 0.52 * share), tone))
    for lean in (-9, 8):
        log = rect(x - width * 0.24, foot - width * 0.1, width * 0.48, width * 0.075, "#5a3a2a", rx=width * 0.035,
                   transform=f"rotate({lean} {num(x)} {num(foot - width * 0.06)})")  # fmt: skip
        sheet.add(log)
    sheet.add(ellipse(x, foot + width * 0.05, width * 0.75, width * 0.1, sheet.glow("#ffb35a", 0.7)))
    for place, tone in ((-0.36, "#c8553d"), (0.3, "#5f8f7a")):
        sheet.add(rect(x + width * place, top - width * 0.2, width * 0.07, width * 0.13, palette.lit(tone), rx=4))


def _flame(x: float, foot: float, width: float, tall: float) -> str:
    points = ((-0.5, 0.18), (-0.36, 0.5), (-0.2, 0.36), (0.02, 1.0), (0.22, 0.46), (0.4, 0.6), (0.5, 0.2))
    line = f"M{num(x - width * 0.34)} {num(foot)}"
    before = (-0.34, 0.0)
    for px, py in points:
        bend = f"{num(x + width * (before[0] + px) / 2)} {num(foot - tall * (py + before[1]) / 2)}"
        line += f"Q{bend} {num(x + width * px)} {num(foot - tall * py)}"
        before = (px, py)
    return line + f"Q{num(x + width * 0.46)} {num(foot)} {num(x + width * 0.34)} {num(foot)}Z"
