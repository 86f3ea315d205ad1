"""What one eats."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, smooth


def cake(ink: Ink) -> str:
    """A two-tier birthday cake with candles."""
    s = Drawing(ink)
    for x in (36, 50, 64):
        s.rect(x - 1.6, 14, 3.2, 18, s.across(ink.accent, ink.shade(ink.accent, 0.2)), 1)
        s.halo(x, 9, 8, ink.glow)
        s.path(f"M{x} 2Q{x + 5} 9 {x} 13 {x - 5} 9 {x} 2Z", s.down("#f0803c", ink.glow))
    s.oval(50, 95, 48, s.lit(ink.real("#d5dae3")), 5)
    for x, y, w, h in ((10, 62, 80, 33), (24, 30, 52, 34)):
        s.form(box(x, y, w, h, 4), ink.light, box(x + w * 0.72, y, w, h), 0.1)
        with s.inside(box(x, y, w, h, 4)):
            s.rect(x, y + h * 0.62, w, h * 0.16, ink.tint(ink.body, 0.4))
            count = w // 13
            step = w / count
            drip = f"M{x} {y}H{x + w}V{y + 8}"
            for at in range(count):
                low = y + (16 if at % 2 else 12)
                left = x + w - (at + 1) * step
                drip += f"V{low - 4}q{-step / 2} {9 if at % 2 else 7} {-step} 0L{left} {y + 8}"
            s.path(drip + "Z", s.lit(ink.body))
    for x in (18, 34, 50, 66, 82):
        s.oval(x, 61, 3.6, s.ball(ink.shade(ink.accent, 0.05)))
    return str(s)


def bread(ink: Ink) -> str:
    """A crusty loaf with three cuts."""
    s = Drawing(ink)
    d = smooth("4,80 4,62 14,46 34,36 58,32 80,38 94,52 97,68 94,84 80,94 50,98 20,95")
    s.path(d, s.ball(ink.body, 0.28))
    with s.inside(d):
        s.path("M0 84Q50 92 100 78V104H0Z", ink.shade(ink.body, 0.22), 0.6)
        for x in (16, 40, 64):
            s.path(f"M{x} 74Q{x + 4} 50 {x + 24} 36Q{x + 24} 58 {x} 74Z", ink.shade(ink.body, 0.2))
            s.path(f"M{x + 2} 73Q{x + 8} 52 {x + 24} 38Q{x + 22} 58 {x + 2} 73Z", s.lit(ink.tint(ink.body, 0.6)))
        if not ink.flat:
            for x, y in ((12, 66), (34, 78), (58, 80), (80, 72), (88, 58), (46, 88), (70, 90), (24, 86)):
                s.oval(x, y, 0.9, ink.tint(ink.body, 0.6))
    s.gleam("M14 58Q22 46 34 42 26 52 18 62 14 62 14 58Z", 0.3)
    for x, y in ((30, 16), (48, 11), (66, 17)):
        s.line(f"M{x} {y + 10}q-4 -4 0 -8t0 -8", ink.real("#b9c4cf"), 2.2, 0.6)
    return str(s)


def apple(ink: Ink) -> str:
    """An apple with a leaf."""
    s = Drawing(ink)
    s.line("M50 30Q49 18 55 8", ink.real("#6d4a31"), 3.8)
    s.path("M54 20Q58 4 82 6 78 24 54 20Z", s.lit(ink.real("#5fa552")))
    s.line("M57 18Q66 12 76 9", ink.real("#a8d48f"), 1)
    d = smooth("50,30 60,24 76,24 89,34 93,52 87,74 74,93 62,99 50,96 38,99 26,93 13,74 7,52 11,34 24,24 40,24")
    s.path(d, s.ball(ink.body, 0.3))
    with s.inside(d):
        s.path("M76 20Q88 60 56 100H100V20Z", ink.shade(ink.body, 0.25), 0.45)
    s.path("M38 29Q50 37 62 29 56 33 50 33 44 33 38 29Z", ink.shade(ink.body, 0.4))
    s.gleam("M18 46Q20 34 31 31 24 38 23 52 18 54 18 46Z", 0.55)
    return str(s)


def pizza(ink: Ink) -> str:
    """A slice of pizza, cheese dripping."""
    s = Drawing(ink)
    crust = ink.real("#d3924a")
    s.path("M10 26Q50 12 90 26L54 97Q50 101 46 97Z", s.lit(ink.shade(crust, 0.1)))
    cheese = "M14 26Q50 14 86 26L76 46V58Q76 62 73 62T70 58V54L62 72V84Q62 88 59 88T56 84L52 93Q50 96 48 93Z"
    s.path(cheese, s.lit(ink.real("#f7cf5f")))
    with s.inside(cheese):
        for x, y, r in ((34, 36, 9), (62, 36, 9.5), (50, 60, 9), (84, 28, 6)):
            s.oval(x, y, r, s.ball(ink.body, 0.2))
            s.oval(x - 2, y - 2, 1.4, ink.tint(ink.body, 0.3))
            s.oval(x + 3, y + 2, 1.2, ink.shade(ink.body, 0.25))
        for x, y, turn in ((46, 44, 20), (68, 54, -30), (50, 78, 50), (24, 30, 70)):
            with s.moved(f"rotate({turn} {x} {y})"):
                s.oval(x, y, 4.2, ink.real("#5c9a4c"), 2)
    s.path("M6 20Q50 -2 94 20 97 22 95 26L93 29Q91 32 87 30 50 16 13 30 9 32 7 29L5 26Q3 22 6 20Z", s.lit(crust, 0.2))
    s.gleam("M12 21Q50 3 88 21 50 8 12 24Z", 0.35)
    return str(s)


def ice_cream(ink: Ink) -> str:
    """Three scoops on a waffle cone."""
    s = Drawing(ink)
    cone = ink.real("#dca25a")
    d = "M28 54H72L53 97Q50 101 47 97Z"
    s.path(d, s.lit(cone))
    with s.inside(d):
        for x in range(-20, 120, 9):
            s.line(f"M{x} 50L{x + 30} 104M{x} 50L{x - 30} 104", ink.shade(cone, 0.18), 1.1)
    for x, y, r, colour in ((36, 38, 19, ink.light), (65, 38, 19, ink.accent), (50, 24, 20, ink.body)):
        s.oval(x, y, r, s.ball(colour, 0.2))
    for x, y, turn in ((40, 18, 30), (52, 14, -40), (60, 22, 60), (46, 28, -20), (56, 30, 10)):
        with s.moved(f"rotate({turn} {x} {y})"):
            s.rect(x - 2.5, y - 0.8, 5, 1.6, ink.light if turn > 0 else ink.accent, 0.8)
    s.rect(22, 50, 56, 8, s.lit(ink.shade(cone, 0.08)), 4)
    s.oval(52, 5, 5, s.ball(ink.real("#d32f45")))
    s.gleam("M35 20Q37 11 45 9 39 14 38 23Z", 0.5)
    return str(s)


def doughnut(ink: Ink) -> str:
    """An iced ring doughnut with sprinkles."""
    s = Drawing(ink)
    dough = ink.real("#d69a55")
    hole = "M37 53a13 12 0 1 0 26 0a13 12 0 1 0 -26 0Z"
    s.path("M3 54a47 45 0 1 1 94 0a47 45 0 1 1 -94 0Z" + hole, s.ball(dough, 0.25))
    icing = smooth("50,12 72,16 88,32 92,52 86,62 80,74 70,74 62,86 50,82 40,88 30,78 20,76 14,62 8,52 12,32 28,16")
    s.path(icing + hole, s.ball(ink.body, 0.18))
    s.line("M37 52Q38 42 50 41T63 52", ink.shade(ink.body, 0.25), 2)
    colours = (ink.light, ink.accent, ink.glow, ink.shade(ink.body, 0.4))
    for at, (x, y) in enumerate(
        (
            (30, 28),
            (44, 22),
            (58, 26),
            (72, 28),
            (80, 42),
            (78, 58),
            (68, 66),
            (54, 74),
            (40, 74),
            (28, 64),
            (18, 54),
            (20, 40),
            (32, 44),
            (66, 40),
            (32, 56),
            (56, 34),
            (70, 52),
        )
    ):
        with s.moved(f"rotate({at * 67 % 180} {x} {y})"):
            s.rect(x - 3.2, y - 1, 6.4, 2, colours[at % 4], 1)
    s.gleam("M15 42Q20 26 36 19 24 30 20 46 15 50 15 42Z", 0.4)
    return str(s)


FOODS = (
    Subject("cake", ("cake", "birthday cake", "birthday", "tart"), "food", ("interior", "product"), "#e8829f", cake),
    Subject(
        "bread",
        ("bread", "loaf", "loaf of bread", "sourdough", "baguette"),
        "food",
        ("interior", "product"),
        "#c98543",
        bread,
    ),
    Subject("apple", ("apple", "fruit"), "food", ("product", "interior"), "#d83a3a", apple),
    Subject("pizza", ("pizza", "pizza slice", "slice of pizza"), "food", ("product", "interior"), "#cf4a33", pizza),
    Subject(
        "ice cream",
        ("ice cream", "ice cream cone", "icecream", "gelato", "sundae"),
        "food",
        ("product", "interior"),
        "#f08fb0",
        ice_cream,
    ),
    Subject("doughnut", ("doughnut", "donut", "pastry"), "food", ("product", "interior"), "#ee7fa6", doughnut),
)
