"""Trees, bushes, grass and flowers of the background: stamped once, used often."""

from __future__ import annotations

from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import brighten, from_oklch, mix, to_oklch
from imagebuild_sketch.pen import Sheet, blob, circle, ellipse, num, path, polygon, rect
from imagebuild_sketch.stage import Stage

__all__ = ["bare_tree", "conifer", "draw_flowers", "draw_grass", "round_tree", "tree_stamps"]


def tree_stamps(stage: Stage, distance: float, *, conifers: bool) -> list[str]:
    """Ids of a few trees, 100 units high with the foot at 0, 0, as they look at a distance."""
    chance = stage.chance.child(f"trees {distance:.2f}")
    palette = stage.palette
    stamps = []
    winter = stage.brief.season == "winter"
    for index, leaf in enumerate(palette.leaf):
        colour = palette.hazed(leaf, distance)
        trunk = palette.hazed("#6b4a38", distance)
        if (conifers and index % 3) or (winter and index % 2) or (conifers and winter):
            colour = palette.hazed(_needles(leaf), distance)
            snow = palette.hazed("#f4f7fb", distance) if winter else None
            stamps.append(stage.sheet.stamp(conifer(stage.sheet, colour, trunk, chance, snow)))
        elif winter:
            stamps.append(stage.sheet.stamp(bare_tree(palette.hazed("#5c4c48", distance), chance)))
        else:
            stamps.append(stage.sheet.stamp(round_tree(stage.sheet, colour, trunk, chance)))
    return stamps


def _needles(leaf: str) -> str:
    """The colour of needles: evergreen, whatever the leaves do."""
    light, _, hue = to_oklch(leaf)
    return from_oklch(0.4 + 0.2 * light, 0.085, 150 + 0.12 * (hue % 60)) if not 120 < hue < 240 else leaf


def conifer(sheet: Sheet, leaf: str, trunk: str, chance: Chance, snow: str | None = None) -> str:
    """A fir of four tiers, lit from the left."""
    parts = [rect(-3.2, -14, 6.4, 14, trunk)]
    fill = sheet.linear(
        (0, brighten(leaf, 0.05), 1),
        (0.45, leaf, 1),
        (0.55, brighten(leaf, -0.045), 1),
        (1, brighten(leaf, -0.09), 1),
        across=True,
    )
    for tier in range(4):
        low, half = -10.0 - tier * 19, 25.0 - tier * 5.0
        top = low - 36 + tier * 2
        dent = chance.between(2.5, 5)
        line = (
            f"M0 {num(top)}Q{num(half * 0.38)} {num(low - 12)} "
            f"{num(half)} {num(low)}Q{num(half * 0.5)} {num(low + dent)} 0 "
            f"{num(low + 1)}Q{num(-half * 0.5)} {num(low + dent)} {num(-half)} "
            f"{num(low)}Q{num(-half * 0.38)} {num(low - 12)} 0 {num(top)}Z"
        )
        parts.append(path(line, fill))
        if snow:
            cap = (
                f"M0 {num(top)}Q{num(half * 0.3)} {num(low - 14)} {num(half * 0.62)} "
                f"{num(low - 6)}Q{num(half * 0.2)} {num(low - 11)} 0 "
                f"{num(low - 7)}Q{num(-half * 0.3)} {num(low - 11)} {num(-half * 0.8)} "
                f"{num(low - 3)}Q{num(-half * 0.32)} {num(low - 14)} 0 {num(top)}Z"
            )
            parts.append(path(cap, snow, fill_opacity=0.92))
    return "".join(parts)


def round_tree(sheet: Sheet, leaf: str, trunk: str, chance: Chance) -> str:
    """A leafy tree of a few rounded masses, lit from the upper left."""
    parts = [path("M-3.6 0Q-2.6 -22 -3 -40L3 -40Q2.6 -22 3.8 0Z", trunk)]
    parts.append(path("M0 -26L-10 -42M0 -30L9 -44", "none", stroke=trunk, stroke_width=2.4))
    masses = ((-13, -48, 19), (14, -50, 18), (0, -70, 22), (2, -52, 20))
    fill = sheet.radial(
        (0, brighten(leaf, 0.085), 1), (0.55, leaf, 1), (1, brighten(leaf, -0.09), 1), x=0.36, y=0.3, radius=0.78
    )
    for x, y, r in masses:
        wobble = [chance.between(0.88, 1.1) for _ in range(8)]
        parts.append(path(blob(x + chance.between(-2, 2), y, r, r * 0.94, wobble), fill))
    return "".join(parts)


def bare_tree(bark: str, chance: Chance) -> str:
    """A leafless tree."""
    lines = ["M-3 0Q-1 -30 -1.5 -52L1.5 -52Q2 -30 3.4 0Z"]
    twigs = []
    for index in range(7):
        y = -30 - index * 6.5
        side = 1 if index % 2 else -1
        reach = (26 - index * 1.8) * chance.between(0.8, 1.1)
        twigs.append(
            f"M0 {num(y)}q{num(side * reach * 0.4)} -6 {num(side * reach * 0.75)} {num(-reach * 0.85)}"
            f"M{num(side * reach * 0.42)} {num(y - reach * 0.42)}q{num(side * 8)} -2 {num(side * 12)} -9"
        )
    twigs.append("M0 -50L-1 -92M0 -66L7 -84M0 -72L-8 -88")
    return path("".join(lines), bark) + path(
        "".join(twigs), "none", stroke=bark, stroke_width=1.9, stroke_linecap="round"
    )


def draw_grass(stage: Stage, top: float, bottom: float, colour: str, count: float) -> None:
    """Tufts of grass between two heights, larger towards the viewer."""
    chance = stage.chance.child(f"grass {top:.0f}")
    width = stage.frame.width
    blades: dict[int, list[str]] = {0: [], 1: []}
    for _ in range(min(500, stage.many(count * max(1.0, width / 1000)))):
        share = chance.unit()
        x, y = chance.between(0, width), top + (bottom - top) * share
        size = 7 + 20 * share
        tuft = "".join(
            (
                f"M{num(x + lean * 0.12 * size)} {num(y)}q{num(lean * 0.1 * size)} "
                f"{num(-size * 0.6)} {num(lean * 0.42 * size)} {num(-size * tall)}"
            )
            for lean, tall in ((-1, 0.8), (-0.2, 1.05), (0.5, 0.95), (1.1, 0.7))
        )
        blades[chance.whole(0, 1)].append(tuft)
    for index, shift in enumerate((0.07, -0.08)):
        if blades[index]:
            stage.sheet.add(
                path(
                    "".join(blades[index]),
                    "none",
                    stroke=brighten(colour, shift),
                    stroke_width=2.3,
                    stroke_linecap="round",
                    stroke_opacity=0.75,
                )
            )


def draw_flowers(stage: Stage, top: float, bottom: float, count: float, colours: tuple[str, ...]) -> None:
    """Small flowers in the grass between two heights."""
    chance = stage.chance.child(f"flowers {top:.0f}")
    width = stage.frame.width
    stamps = []
    for colour in colours:
        lit = stage.palette.lit(colour)
        petals = "".join(
            ellipse(0, -4.6, 2.9, 4.4, lit, transform=f"rotate({angle})") for angle in (0, 72, 144, 216, 288)
        )
        middle = circle(0, 0, 2.6, stage.palette.lit("#f6d24a"))
        stem = path(
            "M0 2q1 9 -1 17",
            "none",
            stroke=mix(stage.palette.lit(stage.palette.leaf[0]), stage.palette.shade, 0.2),
            stroke_width=1.6,
        )
        stamps.append(stage.sheet.stamp(stem + petals + middle))
    spots = sorted(
        (chance.unit() for _ in range(min(260, stage.many(count * max(1.0, width / 1000))))),
    )
    for share in spots:
        x, y = chance.between(0, width), top + (bottom - top) * share
        stage.sheet.add(stage.sheet.use(chance.pick(stamps), x, y, 0.55 + 1.25 * share, lean=chance.between(-14, 14)))


def fern(colour: str) -> str:
    """A fern or low leafy plant, 50 units high, foot at 0, 0."""
    leaves = "".join(
        f"M0 0Q{num(x * 0.35)} {num(y * 0.9)} {num(x)} {num(y)}Q{num(x * 0.75)} {num(y * 0.35)} 0 0Z"
        for x, y in ((-34, -18), (-24, -36), (-8, -46), (10, -45), (26, -34), (35, -16))
    )
    return path(leaves, colour) + polygon(((-1, 0), (1, 0), (0, -30)), brighten(colour, -0.06))
