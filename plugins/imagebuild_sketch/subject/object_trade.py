"""Things of trade, talk and play."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, heart_at, ring, smooth

STEEL = "#aab1bf"


def shopping_cart(ink: Ink) -> str:
    """A full shopping cart."""
    s = Drawing(ink)
    s.form(box(36, 16, 20, 36, 2), ink.accent, box(49, 14, 10, 40))
    s.path(box(58, 26, 22, 26, 2), s.lit(ink.real("#58a866")))
    s.oval(68, 22, 8, s.ball(ink.real("#e2574c")))
    s.path("M24 36H96L86 70H34Z", s.lit(ink.body))
    for x in range(34, 92, 11):
        s.line(f"M{x} 39L{x + (58 - x) * 0.18} 67", ink.tint(ink.body, 0.45), 1.8)
    s.line("M28 47H92M30 58H88", ink.tint(ink.body, 0.45), 1.8)
    s.line("M3 22H16Q19 22 20 26L34 76Q35 80 39 80H86", ink.shade(ink.body, 0.4), 4.5)
    s.line("M3 22H11", ink.accent, 6)
    for x in (42, 80):
        s.oval(x, 91, 8.5, s.lit("#2f3340"))
        s.oval(x, 91, 3.6, ink.real("#c9ced8"))
    return str(s)


def shopping_bag(ink: Ink) -> str:
    """A paper carrier bag."""
    s = Drawing(ink)
    s.line("M34 40V22Q34 4 50 4T66 22V40", ink.shade(ink.body, 0.45), 4)
    s.form("M16 30H84L91 96Q91 100 87 100H13Q9 100 9 96Z", ink.body, "M72 28H90V104H78Z", 0.18)
    s.path("M16 30H84L85 38H15Z", ink.shade(ink.body, 0.14))
    s.oval(34, 41, 3, ink.shade(ink.body, 0.45))
    s.oval(66, 41, 3, ink.shade(ink.body, 0.45))
    s.line("M34 41V36M66 41V36", ink.shade(ink.body, 0.45), 4)
    s.path(heart_at(50, 68, 13), ink.light)
    s.gleam("M20 44L16 92H20L25 44Z", 0.35)
    return str(s)


def speech_bubble(ink: Ink) -> str:
    """Two speech bubbles, one answering the other."""
    s = Drawing(ink)
    s.form(
        "M14 4H66Q76 4 76 14V42Q76 52 66 52H36L20 66V52H14Q4 52 4 42V14Q4 4 14 4Z", ink.body, box(0, 44, 90, 30), 0.14
    )
    for x in (24, 40, 56):
        s.oval(x, 28, 4.5, ink.light)
    s.gleam("M10 16Q10 9 18 9H44V11.5H20Q13 11.5 12.5 18Z", 0.4)
    s.form(
        "M44 46H86Q96 46 96 56V78Q96 88 86 88H84V100L68 88H44Q34 88 34 78V56Q34 46 44 46Z",
        ink.accent,
        box(30, 80, 70, 30),
    )
    s.line("M46 61H84M46 72H72", ink.light, 4)
    return str(s)


def target(ink: Ink) -> str:
    """A target with an arrow in the middle."""
    s = Drawing(ink)
    s.line("M26 88L18 99M70 88L78 99", ink.real("#8a5d3b"), 5)
    for r, colour in ((44, ink.body), (34.5, ink.light), (25, ink.body), (15.5, ink.light), (7, ink.body)):
        s.oval(48, 53, r, s.ball(colour, 0.14))
    s.line("M48 53L84 17", ink.wire, 3.4)
    s.path("M78 23L80 10 92 0 92 9 100 8 90 20Z", s.lit(ink.accent))
    return str(s)


def server(ink: Ink) -> str:
    """A rack of three servers."""
    s = Drawing(ink)
    s.form(box(12, 4, 76, 93, 5), ink.dark, box(70, 0, 20, 100), 0.2)
    s.rect(18, 96, 12, 4, ink.dark, 1)
    s.rect(70, 96, 12, 4, ink.dark, 1)
    for y in (11, 39, 67):
        s.form(box(18, y, 64, 24, 3), ink.body, box(16, y + 17, 70, 8), 0.16)
        for x, colour in ((26, ink.real("#5fd07a")), (34, ink.glow), (42, ink.accent)):
            s.oval(x, y + 12, 2.6, colour)
            if ink.night:
                s.halo(x, y + 12, 6, colour)
        for x in range(54, 78, 5):
            s.line(f"M{x} {y + 7}V{y + 17}", ink.shade(ink.body, 0.4), 2)
        s.gleam(box(20, y + 2, 60, 2, 1), 0.35)
    return str(s)


def ball(ink: Ink) -> str:
    """A football."""
    s = Drawing(ink)
    d = ring(50, 54, 45)
    s.path(d, s.ball(ink.light, 0.16))
    with s.inside(d):
        for turn in range(0, 360, 72):
            with s.moved(f"rotate({turn} 50 54)"):
                s.line("M50 38V20M32 20L50 20 68 20", ink.shade(ink.light, 0.3), 1.8)
                s.path("M36 2H64L60 17 50 23 40 17Z", s.lit(ink.body))
        s.path("M50 37L66 49 60 68H40L34 49Z", s.lit(ink.body))
        s.path("M76 10Q98 60 40 98L60 104H104V10Z", ink.shade(ink.light, 0.6), 0.16)
    s.gleam("M14 46Q18 26 34 18 24 30 20 50Z", 0.6)
    return str(s)


def pumpkin(ink: Ink) -> str:
    """A ribbed pumpkin."""
    s = Drawing(ink)
    s.path("M46 32Q48 18 40 10L50 6Q58 16 56 32Z", s.lit(ink.real("#6d8a3f")))
    s.line("M56 24Q68 10 80 16 88 20 84 26", ink.real("#6d8a3f"), 2)
    for side in s.both():
        tone = 0.16 if side < 0 else 0.26
        s.oval(24, 64, 22, s.lit(ink.shade(ink.body, tone)), 31)
        s.oval(36, 64, 21, s.lit(ink.shade(ink.body, tone - 0.1)), 34)
    s.oval(50, 65, 17, s.lit(ink.body), 35)
    s.gleam(smooth("18,56 20,46 26,40 24,50 22,62"), 0.4)
    s.gleam(smooth("44,50 45,42 49,36 48,46 47,58"), 0.3)
    if ink.night:
        s.halo(50, 70, 30, ink.glow, 0.5)
    return str(s)


TRADE = (
    Subject(
        "shopping cart",
        ("shopping cart", "shopping trolley", "cart", "trolley"),
        "object",
        ("product",),
        None,
        shopping_cart,
    ),
    Subject(
        "shopping bag",
        ("shopping bag", "paper bag", "bag", "tote", "tote bag"),
        "object",
        ("product",),
        None,
        shopping_bag,
    ),
    Subject(
        "speech bubble",
        ("speech bubble", "chat bubble", "chat", "conversation", "dialogue"),
        "symbol",
        ("product",),
        None,
        speech_bubble,
    ),
    Subject("target", ("target", "bullseye", "goal", "dartboard"), "symbol", ("product",), "#d8463c", target),
    Subject(
        "server",
        ("server", "data center", "data centre", "database", "server rack"),
        "object",
        ("interior", "product"),
        None,
        server,
    ),
    Subject("ball", ("ball", "football", "soccer ball"), "object", ("product", "landscape"), "#2b3550", ball),
    Subject("pumpkin", ("pumpkin", "squash", "gourd"), "food", ("product", "landscape"), "#ee8430", pumpkin),
)
