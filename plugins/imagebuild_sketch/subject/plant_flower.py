"""Flowers, a leaf, and a plant for the window sill."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing

GREEN, CLAY = "#4f9a56", "#c56f4a"


def _stem(s: Drawing, top: float) -> None:
    """A green stem to the ground with a leaf to either side."""
    green = s.ink.real(GREEN)
    s.line(f"M50 {top}Q52 80 50 99", s.ink.shade(green, 0.1), 3.6)
    s.path("M50 92Q30 92 22 70 44 70 50 92Z", s.lit(green))
    s.path("M50 86Q70 84 78 62 56 64 50 86Z", s.lit(s.ink.shade(green, 0.12)))
    s.line("M50 92Q40 82 28 74M50 86Q60 76 72 67", s.ink.tint(green, 0.3), 0.9)


def flower(ink: Ink) -> str:
    """A daisy-like flower of ten petals."""
    s = Drawing(ink)
    _stem(s, 40)
    for layer, (length, colour) in enumerate(((32, ink.shade(ink.body, 0.14)), (29, ink.body))):
        for at in range(8):
            with s.moved(f"rotate({at * 45 + layer * 22.5} 50 34)"):
                s.path(
                    f"M50 34Q39 {34 - length * 0.62} 43 {34 - length + 4}Q50 {34 - length - 2} 57 {34 - length + 4}"
                    f"Q61 {34 - length * 0.62} 50 34Z",
                    s.down(ink.tint(colour, 0.22), colour),
                )
    s.oval(50, 34, 11, s.ball(ink.accent))
    if not ink.flat:
        for x, y in ((46, 30), (51, 29), (55, 33), (46, 36), (51, 35), (54, 39), (48, 40)):
            s.oval(x, y, 1, ink.shade(ink.accent, 0.25))
    return str(s)


def sunflower(ink: Ink) -> str:
    """A sunflower, its face to the viewer."""
    s = Drawing(ink)
    _stem(s, 40)
    for layer, (tip, colour) in enumerate(((0, ink.shade(ink.body, 0.14)), (4, ink.body))):
        for at in range(14):
            with s.moved(f"rotate({at * 360 / 14 + layer * 12.86} 50 35)"):
                s.path(
                    f"M50 {tip}Q58 {tip + 10} 54 24H46Q42 {tip + 10} 50 {tip}Z", s.down(ink.tint(colour, 0.2), colour)
                )
    s.oval(50, 35, 17.5, s.ball(ink.real("#6b432a"), 0.2))
    if not ink.flat:
        for r, count in ((14, 18), (9.5, 12), (5, 7)):
            for at in range(count):
                with s.moved(f"rotate({at * 360 / count} 50 35)"):
                    s.oval(50, 35 - r, 1.2, ink.real("#a06a3a"))
    return str(s)


def tulip(ink: Ink) -> str:
    """One tulip between two long leaves."""
    s = Drawing(ink)
    green = ink.real(GREEN)
    s.line("M50 40Q52 70 50 99", ink.shade(green, 0.1), 4)
    s.path("M50 100Q30 94 22 54 44 66 51 100Z", s.lit(green))
    s.path("M50 100Q74 90 80 46 56 62 49 100Z", s.lit(ink.shade(green, 0.14)))
    s.line("M50 98Q40 82 28 62M51 97Q62 78 74 56", ink.tint(green, 0.3), 0.9)
    s.path("M50 4Q62 16 64 34L50 50 36 34Q38 16 50 4Z", s.lit(ink.shade(ink.body, 0.25)))
    s.path("M30 8Q44 12 52 30 54 46 50 54 28 54 26 32 25 18 30 8Z", s.lit(ink.body))
    s.path("M70 8Q56 12 50 28 46 46 50 54 72 54 74 32 75 18 70 8Z", s.lit(ink.shade(ink.body, 0.1)))
    s.path("M50 18Q60 30 59 46 56 54 50 54 44 54 41 46 40 30 50 18Z", s.lit(ink.tint(ink.body, 0.12)))
    s.gleam("M31 14Q27 30 32 44 36 30 31 14Z", 0.3)
    return str(s)


def rose(ink: Ink) -> str:
    """A rose in bloom."""
    s = Drawing(ink)
    green = ink.real(GREEN)
    s.line("M50 50Q54 76 49 99", ink.shade(green, 0.15), 3.2)
    s.path("M51 66L56 62 52.5 70ZM50 88L45 84 50 92Z", ink.shade(green, 0.25))
    for d, tone in (("M51 84Q32 84 22 66 42 62 51 84Z", 0.0), ("M52 76Q72 76 82 58 60 54 52 76Z", 0.12)):
        s.path(d, s.lit(ink.shade(green, tone)))
    s.line("M51 84Q40 74 28 69M52 76Q64 66 76 61", ink.tint(green, 0.3), 0.9)
    s.path("M50 60Q36 60 30 48L42 52 50 56 58 52 70 48Q64 60 50 60Z", s.lit(green))
    dark = ink.shade(ink.body, 0.22)
    s.blob("22,30 24,14 38,6 50,3 64,6 76,14 79,30 72,46 58,55 42,55 28,46", s.lit(dark))
    s.blob("22,22 34,28 46,40 50,55 38,55 26,46 20,34", s.lit(ink.body))
    s.blob("79,20 66,27 54,40 48,55 62,55 74,46 81,33", s.lit(ink.shade(ink.body, 0.08)))
    s.blob("30,18 40,24 50,30 62,24 71,17 70,32 62,44 50,48 38,44 31,32", s.lit(ink.tint(ink.body, 0.1)))
    s.blob("36,16 44,9 56,8 65,15 62,24 50,29 39,24", s.lit(ink.shade(ink.body, 0.18)))
    s.blob("41,16 49,11.5 59,14 58,20 50,24 43,21", s.lit(ink.body))
    s.line("M45 17Q50 13 55.5 16 55 20.5 50.5 20.5 48.5 19 51 17.5", ink.shade(ink.body, 0.35), 1.3)
    return str(s)


def leaf(ink: Ink) -> str:
    """A single leaf with its veins."""
    s = Drawing(ink)
    with s.moved("rotate(8 50 50)"):
        d = "M30 84C6 56 22 14 86 6 92 60 66 96 30 84Z"
        s.path("M12 99Q18 88 32 78L35 83Q22 92 17 101 13 103 12 99Z", s.lit(ink.shade(ink.body, 0.25)))
        s.path(d, s.lit(ink.body, 0.2))
        with s.inside(d):
            s.path("M24 92Q50 60 86 6L100 100Z", ink.shade(ink.body, 0.18), 0.8)
            vein = ink.tint(ink.body, 0.4)
            s.line("M26 87Q52 58 80 14", vein, 2.2)
            s.line("M40 70Q30 60 24 60M50 57Q38 44 30 42M60 45Q50 32 44 29M70 30Q64 22 59 18", vein, 1.3)
            s.line("M40 70Q50 74 56 88M50 57Q62 62 70 74M60 45Q72 48 80 56M70 30Q80 32 86 36", vein, 1.3, 0.75)
    return str(s)


def potted_plant(ink: Ink) -> str:
    """A big-leaved plant in a pot of the body colour."""
    s = Drawing(ink)
    green = ink.real(GREEN)
    s.line(
        "M50 70V30M50 70Q40 54 28 44M50 70Q60 54 74 44M50 66Q36 60 20 62M50 66Q64 60 82 64", ink.shade(green, 0.3), 2
    )
    for d, tone in (
        ("M50 46Q36 26 50 2 64 26 50 46Z", 0.1),
        ("M44 62Q18 52 14 20 42 30 44 62Z", 0.0),
        ("M56 62Q82 52 88 20 58 30 56 62Z", 0.18),
        ("M42 70Q20 74 6 56 30 46 42 70Z", 0.08),
        ("M58 70Q80 76 95 58 70 46 58 70Z", 0.24),
    ):
        s.path(d, s.lit(ink.shade(green, tone), 0.2))
    s.line(
        "M50 42V12M43 58Q32 40 20 28M57 58Q68 40 82 28M40 68Q26 60 12 57M60 68Q74 61 89 59", ink.tint(green, 0.35), 1
    )
    s.form("M30 72H70L65 97Q64.5 100 61 100H39Q35.5 100 35 97Z", ink.body, "M56 60H80V104H52Z", 0.16)
    s.form("M27 66H73V74Q73 76 71 76H29Q27 76 27 74Z", ink.tint(ink.body, 0.08), "M58 60H80V80H58Z", 0.14)
    s.gleam("M36 79H40L42 95H39Z", 0.3)
    return str(s)


FLOWERS = (
    Subject(
        "flower",
        ("flower", "daisy", "blossom", "bloom", "petal"),
        "plant",
        ("landscape", "forest", "interior"),
        "#e86a9a",
        flower,
    ),
    Subject("sunflower", ("sunflower",), "plant", ("landscape",), "#f6b92c", sunflower),
    Subject("tulip", ("tulip",), "plant", ("landscape", "interior"), "#e0467c", tulip),
    Subject("rose", ("rose",), "plant", ("interior", "landscape"), "#d32f45", rose),
    Subject("leaf", ("leaf", "foliage"), "plant", ("forest", "product"), "#58a84f", leaf),
    Subject(
        "potted plant",
        ("potted plant", "plant", "house plant", "houseplant", "pot plant", "plant pot", "flower pot", "flowerpot"),
        "plant",
        ("interior", "product"),
        CLAY,
        potted_plant,
    ),
)
