"""Diagrams: the subjects on cards in a row, joined by arrows."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import brighten, mix
from imagebuild_sketch.pen import num, path, polygon, rect
from imagebuild_sketch.scene.spot import soft_ground
from imagebuild_sketch.stage import Stage

__all__ = ["draw_diagram", "draw_diagram_shapes"]

_BOXES = frozenset(("box", "block", "step", "node", "card", "square"))


def draw_diagram(stage: Stage) -> None:
    """A calm ground with a faint grid of dots, and the row."""
    width, height = stage.frame.width, stage.frame.height
    ground, shape = soft_ground(stage)
    stage.sheet.add(rect(0, 0, width, height, ground))
    dots = "".join(
        f"M{num(x * 50 + 25)} {num(y * 50 + 25)}h.01"
        for x in range(min(80, int(width / 50) + 1))
        for y in range(min(80, int(height / 50) + 1))
    )
    stage.sheet.add(
        path(dots, "none", stroke=mix(shape, stage.palette.shade, 0.12), stroke_width=5, stroke_linecap="round")
    )
    draw_diagram_shapes(stage)


def draw_diagram_shapes(stage: Stage) -> None:
    """Cards with subjects, or plain numbered colours where the prompt only says boxes, and the arrows between."""
    width, height = stage.frame.width, stage.frame.height
    figures = [figure for figure in stage.brief.figures if figure.subject.name != "arrow"]
    items: list[Figure | None] = [figure for figure in figures for _ in range(min(figure.count, 5))]
    if len(items) < 2:
        items = [items[0] if items else None] * 3
    items = items[:6]
    upright = height > width * 1.15
    long, short = (height, width) if upright else (width, height)
    count = len(items)
    step = long * 0.94 / count
    side = min(step * 0.72, short * 0.56)
    for index in range(count - 1):
        start = long * 0.03 + step * (index + 0.5) + side * 0.56
        _draw_arrow(stage, start, start + step - side * 1.12, short / 2, side, upright=upright)
    tones = (
        *stage.brief.colours,
        stage.palette.accent,
        stage.palette.second,
        mix(stage.palette.accent, stage.palette.second, 0.5),
        "#e5b04a",
        "#5f93c8",
        "#7fae6a",
    )
    for index, figure in enumerate(items):
        along = long * 0.03 + step * (index + 0.5)
        x, y = (short / 2, along) if upright else (along, short / 2)
        _draw_card(stage, figure, x, y, side, tones[index % len(tones)])


def _draw_card(stage: Stage, figure: Figure | None, x: float, y: float, side: float, tone: str) -> None:
    half, r = side / 2, side * 0.14
    if not stage.flat:
        stage.shadow(x, y + half * 1.04, side * 1.05, 0.3, 0.12)
    if figure is None or figure.subject.name in _BOXES:
        fill = tone if stage.flat else stage.sheet.linear((0, brighten(tone, 0.05), 1), (1, brighten(tone, -0.04), 1))
        stage.sheet.add(rect(x - half, y - half, side, side, fill, rx=r))
        light = mix(tone, "#ffffff", 0.72)
        stage.sheet.add(rect(x - half * 0.6, y - half * 0.55, side * 0.3, side * 0.3, light, rx=side * 0.06))
        for index, share in enumerate((0.6, 0.42)):
            stage.sheet.add(
                rect(
                    x - half * 0.6,
                    y + half * (0.28 + 0.28 * index),
                    side * share,
                    side * 0.07,
                    mix(tone, "#ffffff", 0.5),
                    rx=side * 0.035,
                )
            )
        return
    stage.sheet.add(
        rect(x - half, y - half, side, side, mix(tone, "#ffffff", 0.84), rx=r, stroke=tone, stroke_width=side * 0.022)
    )
    stage.put(figure, x, y + half * 0.72, side * 0.72)


def _draw_arrow(stage: Stage, start: float, end: float, across: float, side: float, *, upright: bool) -> None:
    colour = mix(stage.palette.shade, soft_ground(stage)[1], 0.22)
    thick, head = side * 0.04, side * 0.12
    points = [(end, across), (end - head, across - head * 0.72), (end - head, across + head * 0.72)]
    line = (start, across, end - head * 0.9, across)
    if upright:
        points = [(b, a) for a, b in points]
        line = (across, start, across, end - head * 0.9)
    stage.sheet.add(
        path(
            f"M{num(line[0])} {num(line[1])}L{num(line[2])} {num(line[3])}",
            "none",
            stroke=colour,
            stroke_width=thick,
            stroke_linecap="round",
        )
    )
    stage.sheet.add(polygon(points, colour, stroke=colour, stroke_width=thick * 0.6, stroke_linejoin="round"))
