"""The subjects alone, with nothing behind them: what a transparent background asks for."""

from __future__ import annotations

from imagebuild_sketch.scene.abstract import draw_ribbons
from imagebuild_sketch.scene.diagram import draw_diagram_shapes
from imagebuild_sketch.scene.emblem import draw_mark
from imagebuild_sketch.scene.motif import draw_motif
from imagebuild_sketch.scene.pattern import draw_repeat
from imagebuild_sketch.scene.portrait import draw_bust
from imagebuild_sketch.stage import Stage

__all__ = ["draw_cutout"]


def draw_cutout(stage: Stage) -> None:
    """The hero and its companions, as large as they fit; no ground, no shadow that leaves the subject."""
    scene, width, height = stage.brief.scene, stage.frame.width, stage.frame.height
    unit = min(width, height)
    if scene == "emblem":
        draw_mark(stage, width / 2, height / 2, unit * 0.86)
        return
    if scene == "pattern":
        draw_repeat(stage)
        return
    if scene == "abstract":
        draw_ribbons(stage)
        return
    if scene == "diagram":
        draw_diagram_shapes(stage)
        return
    if scene == "portrait":
        draw_bust(stage, width / 2, height, unit * 0.98)
        return
    figures = [figure for figure in stage.brief.figures[:4] for _ in range(min(figure.count, 4))][:5]
    if not figures:
        stage.sheet.add(stage.standing(draw_motif(stage), width / 2, height / 2 + unit * 0.44, unit * 0.88))
        return
    count = len(figures)
    step = min(width / (count + 0.12), height)
    size = min(unit * 0.88, step * (0.94 if count > 1 else 1.0))
    for index, figure in enumerate(figures):
        x = width / 2 + (index - (count - 1) / 2) * step
        stage.put(figure, x, height / 2 + size * 0.5, size)
