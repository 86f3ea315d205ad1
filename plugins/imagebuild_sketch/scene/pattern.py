"""A pattern that repeats without a seam: the picture's edges meet those of its neighbours."""

from __future__ import annotations

from imagebuild_sketch.brief import Figure
from imagebuild_sketch.colour import brighten, from_oklch, mix, to_oklch
from imagebuild_sketch.pen import circle, group, num, path, rect
from imagebuild_sketch.scene.motif import draw_motif
from imagebuild_sketch.stage import Stage

__all__ = ["draw_pattern", "draw_repeat"]


def draw_pattern(stage: Stage) -> None:
    """A plain ground with motifs in staggered rows."""
    colours = stage.brief.colours
    hero = stage.brief.hero
    base = colours[1] if len(colours) > 1 else (hero.colour or hero.subject.own_colour if hero else None)
    _, chroma, hue = to_oklch(base or stage.palette.accent)
    dark = stage.brief.time == "night" or stage.brief.mood == "dark"
    ground = from_oklch(
        0.3 if dark else 0.93, 0.04 if chroma > 0.03 else 0.02, hue + stage.chance.child("ground").pick((160, 195, 60))
    )
    if len(colours) > 1:
        ground = mix(colours[1], "#ffffff", 0.35)
    stage.sheet.add(rect(0, 0, stage.frame.width, stage.frame.height, ground))
    draw_repeat(stage)


def draw_repeat(stage: Stage) -> None:
    """The motifs alone. Each that crosses an edge is drawn again at the opposite one."""
    width, height = stage.frame.width, stage.frame.height
    cell = 1000 / max(3, min(6, round(4 * stage.detail**0.35)))
    columns, rows = max(2, round(width / cell)), 2 * max(1, round(height / cell / 2 * 1.1))
    step_x, step_y = width / columns, height / rows
    size = min(step_x * 0.86, step_y * 1.05)
    chance = stage.chance.child("pattern")
    stamps = _motifs(stage)
    small = _fillers(stage)
    for row in range(rows):
        for column in range(columns):
            x = step_x * (column + (0.5 if row % 2 else 0.0) + 0.25)
            y = step_y * (row + 0.5)
            lean, scale = chance.pick((-18.0, 12.0, 38.0, -42.0)), size / 100 * chance.between(0.88, 1.08)
            stamp = stamps[(column + 2 * row) % len(stamps)]
            _repeat(stage, stamp, x, y, scale, lean, size * 0.75, mirrored=chance.likely(0.4))
            _repeat(stage, small[(row + column) % len(small)], x + step_x / 2, y, size / 100 * 0.9, lean, size * 0.2)


def _repeat(
    stage: Stage, stamp: str, x: float, y: float, scale: float, lean: float, reach: float, *, mirrored: bool = False
) -> None:
    width, height = stage.frame.width, stage.frame.height
    x, y = x % width, y % height
    for dx in (-width, 0.0, width):
        for dy in (-height, 0.0, height):
            px, py = x + dx, y + dy
            if -reach < px < width + reach and -reach < py < height + reach:
                stage.sheet.add(stage.sheet.use(stamp, px, py, scale, lean=lean, mirrored=mirrored))


def _motifs(stage: Stage) -> list[str]:
    """Stamps centred at 0, 0: the subjects, each in two or three colours."""
    palette, colours = stage.palette, stage.brief.colours
    stamps: list[str] = []
    centred = "translate(-50 -52)"
    for figure in stage.brief.figures[:4]:
        own = figure.colour or figure.subject.own_colour or palette.accent
        _, chroma, _ = to_oklch(own)
        third = mix(own, palette.second, 0.6 if chroma < 0.05 else 0.35)
        if figure.subject.kind in ("animal", "person", "food"):
            third = brighten(own, -0.08)
        tones = [*(colours[:3]), own][:3] if colours else [own, brighten(own, 0.1), third]
        drawn = (stage.draw(Figure(figure.subject, tone)) for tone in tones)
        stamps.extend(stage.sheet.stamp(group(markup, transform=centred)) for markup in drawn)
    if not stamps and stage.brief.has("leaves"):
        stamps.extend(stage.sheet.stamp(_leaf(tone)) for tone in colours or ("#4f8a5b", "#7fae6a", "#2f6b52"))
    if not stamps:
        stamps = [
            stage.sheet.stamp(group(draw_motif(stage), transform=centred)),
            *(stage.sheet.stamp(_leaf(tone)) for tone in (palette.second, palette.accent)),
        ]
    return stamps


def _leaf(tone: str) -> str:
    veins = "".join(
        f"M0 {num(y)}L{num(side * (18 - abs(y) * 0.16))} {num(y - 13)}" for y in (26, 10, -6, -20) for side in (-1, 1)
    )
    return (
        path("M0 46Q34 16 0 -46Q-34 16 0 46Z", tone)
        + path("M0 46Q34 16 0 -46Z", brighten(tone, -0.05))
        + path(f"M0 54V-36{veins}", "none", stroke=brighten(tone, 0.16), stroke_width=2.2, stroke_linecap="round")
    )


def _fillers(stage: Stage) -> list[str]:
    first = (
        mix(stage.palette.accent, "#ffffff", 0.25)
        if not stage.brief.colours
        else mix(stage.brief.colours[0], "#ffffff", 0.4)
    )
    second = mix(stage.palette.second, "#ffffff", 0.2)
    dot = circle(0, 0, 7, first) + circle(-17, 10, 3.6, second) + circle(13, 14, 3, second)
    twig = (
        path("M-14 10Q0 4 12 -12", "none", stroke=second, stroke_width=3, stroke_linecap="round")
        + circle(13, -14, 5, first)
        + circle(-4, 3, 4, first)
    )
    return [stage.sheet.stamp(dot), stage.sheet.stamp(twig)]
