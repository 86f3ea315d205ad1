"""More to eat: from the garden and the snack bar."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, smooth

GREEN, BUN = "#5fa552", "#d9944a"


def burger(ink: Ink) -> str:
    """A hamburger."""
    s = Drawing(ink)
    bun = ink.real(BUN)
    s.form("M8 84H92V88Q92 100 80 100H20Q8 100 8 88Z", bun, box(0, 93, 100, 10))
    s.path(box(5, 70, 90, 15, 7), s.lit(ink.real("#7a4630")))
    s.path("M8 64H92L80 70 72 80 62 70H20Z", s.lit(ink.real("#f7c94f")))
    s.path(box(7, 58, 86, 9, 4.5), s.lit(ink.body))
    wavy = "M3 54H97Q99 60 93 61 88 66 81 61 74 66 66 61 58 66 50 61 42 66 34 61 26 66 18 61 11 66 6 61 1 59 3 54Z"
    s.path(wavy, s.lit(ink.real("#6fb552")))
    s.path("M6 54Q6 14 50 14T94 54Q94 57 90 57H10Q6 57 6 54Z", s.ball(bun, 0.25))
    for x, y, turn in (
        (30, 30, -30),
        (46, 23, 10),
        (62, 27, 30),
        (38, 40, 0),
        (56, 38, -20),
        (72, 38, 40),
        (22, 43, -40),
    ):
        with s.moved(f"rotate({turn} {x} {y})"):
            s.oval(x, y, 2.6, ink.tint(bun, 0.65), 1.5)
    s.gleam("M13 44Q16 26 34 20 22 30 18 46Z", 0.35)
    return str(s)


def cupcake(ink: Ink) -> str:
    """A cupcake with a swirl and a cherry."""
    s = Drawing(ink)
    d = "M20 62H80L72 97Q71 100 68 100H32Q29 100 28 97Z"
    s.path(d, s.lit(ink.accent))
    with s.inside(d):
        for at in range(7):
            x = 22 + at * 9.3
            s.path(f"M{x} 60H{x + 4}L{x + 4 + (50 - x) * 0.2} 104H{x + (50 - x) * 0.2}Z", ink.shade(ink.accent, 0.16))
    for y, half, tone in ((58, 38, 0.14), (44, 30, 0.06), (31, 21, 0.0), (20, 12, 0.0)):
        s.blob(
            f"{50 - half},{y + 4} {50 - half * 0.9},{y - 5} {50 - half * 0.3},{y - 9} {50 + half * 0.4},{y - 9} "
            f"{50 + half * 0.95},{y - 4} {50 + half},{y + 4} {50 + half * 0.5},{y + 9} {50 - half * 0.4},{y + 9}",
            s.lit(ink.shade(ink.body, tone), 0.2),
        )
    for x, y, turn in (
        (34, 42, 30),
        (60, 46, -30),
        (46, 56, 60),
        (70, 58, 10),
        (40, 30, -20),
        (58, 32, 40),
        (26, 58, -50),
    ):
        with s.moved(f"rotate({turn} {x} {y})"):
            s.rect(x - 2.6, y - 0.9, 5.2, 1.8, ink.light if turn > 0 else ink.glow, 0.9)
    s.line("M51 8Q53 3 58 2", ink.real("#6d4a31"), 1.4)
    s.oval(50, 12, 6, s.ball(ink.real("#d32f45")))
    return str(s)


def lemon(ink: Ink) -> str:
    """A lemon and a half."""
    s = Drawing(ink)
    s.path("M30 24Q34 6 54 4 52 22 34 26Z", s.lit(ink.real(GREEN)))
    s.line("M33 23Q40 12 50 8", ink.real("#a8d48f"), 1)
    d = smooth("2,54! 8,48 14,32 30,23 50,25 64,36 70,52 76,60! 70,68 62,80 44,88 24,82 10,68")
    s.path(d, s.ball(ink.body, 0.25))
    s.gleam("M16 46Q20 34 32 31 24 40 21 52Z", 0.5)
    s.oval(69, 73, 28, s.lit(ink.shade(ink.body, 0.06)), 27)
    s.oval(69, 73, 25, ink.real("#fdf6da"), 24)
    for at in range(8):
        with s.moved(f"rotate({at * 45} 69 73)"):
            s.path("M69 70L61.5 54Q69 48 76.5 54Z", s.down(ink.tint(ink.body, 0.35), ink.tint(ink.body, 0.1)))
    s.oval(69, 73, 2.4, ink.real("#fdf6da"))
    return str(s)


def carrot(ink: Ink) -> str:
    """A carrot with its leaves."""
    s = Drawing(ink)
    green = ink.real(GREEN)
    with s.moved("translate(4.5 8) scale(0.91) rotate(34 50 50)"):
        for d, tone in (
            ("M46 20Q30 8 34 -10 46 0 48 20Z", 0.1),
            ("M54 20Q70 8 66 -10 54 0 52 20Z", 0.22),
            ("M50 22Q40 2 50 -16 60 2 50 22Z", 0),
        ):
            s.path(d, s.lit(ink.shade(green, tone)))
        d = smooth("50,18 62,18 70,26 68,42 62,66 55,92 50,108 45,92 38,66 32,42 30,26 38,18")
        s.path(d, s.across(ink.tint(ink.body, 0.18), ink.shade(ink.body, 0.16)))
        with s.inside(d):
            s.line("M28 36H44M72 46H58M32 56H46M66 66H54M36 76H48", ink.shade(ink.body, 0.22), 2)
        s.gleam("M37 28Q38 44 42 58 36 46 34 32Z", 0.4)
    return str(s)


def strawberry(ink: Ink) -> str:
    """A strawberry."""
    s = Drawing(ink)
    d = smooth("50,22 70,18 88,28 91,46 82,68 66,88 50,99 34,88 18,68 9,46 12,28 30,18")
    s.path(d, s.ball(ink.body, 0.28))
    for y, xs in (
        (38, (24, 42, 60, 78)),
        (52, (18, 34, 50, 66, 82)),
        (66, (28, 44, 58, 73)),
        (79, (36, 50, 63)),
        (90, (50,)),
    ):
        for x in xs:
            s.path(f"M{x} {y - 2.8}Q{x + 2.6} {y + 2} {x} {y + 2.2} {x - 2.6} {y + 2} {x} {y - 2.8}Z", ink.glow)
    green = ink.real(GREEN)
    s.line("M50 20Q50 8 57 2", ink.shade(green, 0.15), 4)
    s.path(
        "M50 16Q62 6 80 12 78 20 68 22 76 28 74 36 62 34 56 26 54 36 50 42 "
        "46 36 44 26 38 34 26 36 24 28 32 22 22 20 20 12 38 6 50 16Z",
        s.lit(green),
    )
    s.gleam("M16 46Q15 34 22 29 19 38 21 50Z", 0.5)
    return str(s)


MORE_FOODS = (
    Subject("burger", ("burger", "hamburger", "cheeseburger"), "food", ("product", "interior"), "#d8402f", burger),
    Subject("cupcake", ("cupcake", "muffin"), "food", ("product", "interior"), "#ee8fb0", cupcake),
    Subject("lemon", ("lemon", "citrus"), "food", ("product",), "#f4d03f", lemon),
    Subject("carrot", ("carrot", "vegetable"), "food", ("product",), "#ee7f2e", carrot),
    Subject("strawberry", ("strawberry", "berry"), "food", ("product",), "#dc3145", strawberry),
)
