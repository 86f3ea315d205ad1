"""Mountains, weather, and what one meets outdoors."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, smooth


def mountain(ink: Ink) -> str:
    """A snow-capped peak between two lower ones."""
    s = Drawing(ink)
    snow = ink.light
    s.path("M0 100L24 44 52 100Z", s.lit(ink.shade(ink.body, 0.12)))
    s.path("M54 100L78 36 100 100Z", s.lit(ink.shade(ink.body, 0.18)))
    s.path("M78 36L100 100H82L76 70 80 56Z", ink.shade(ink.body, 0.36))
    s.path("M78 36L84.5 55 81 52 78 57 74 51 71 55Z", snow)
    s.path("M24 44L31 60 27 57 24 62 20 56 17 60.5Z", snow)
    s.path("M8 100L48 6 90 100Z", s.lit(ink.body))
    s.path("M48 6L90 100H60L52 76 57 60 48 42 51 26Z", ink.shade(ink.body, 0.25))
    s.path("M48 6L62 37 57 34 52 42 47 34 41 43 38 35 34.5 38Z", s.lit(snow, 0.06))
    s.path("M48 6L62 37 57 34 52 42 49 37 51 26Z", ink.shade(snow, 0.14))
    s.path("M0 100Q24 86 50 94T100 92V100Z", s.lit(ink.real("#5c8f63")))
    return str(s)


def sun(ink: Ink) -> str:
    """The sun with its rays."""
    s = Drawing(ink)
    s.halo(50, 50, 50, ink.body, 0.4)
    for at in range(12):
        with s.moved(f"rotate({at * 30} 50 50)"):
            low = 20.0 if at % 2 else 22.0
            s.path(
                f"M50 {3 if at % 2 else 8}Q53 {low - 6} 55.5 {low}H44.5Q47 {low - 6} 50 {3 if at % 2 else 8}Z",
                s.down(ink.tint(ink.body, 0.2), ink.body) if at % 2 else ink.accent,
            )
    s.oval(50, 50, 27, s.ball(ink.body, 0.22))
    s.gleam("M29 48Q31 34 44 29 36 36 34 50 29 54 29 48Z", 0.4)
    return str(s)


def moon(ink: Ink) -> str:
    """A crescent moon with two stars."""
    s = Drawing(ink)
    if ink.night:
        s.halo(48, 50, 50, ink.body, 0.35)
    d = "M62 6A46 46 0 1 0 96 66A38 38 0 0 1 62 6Z"
    s.path(d, s.ball(ink.body, 0.2))
    with s.inside(d):
        for x, y, r in ((28, 44, 6), (24, 66, 4), (44, 72, 7), (62, 84, 5), (40, 26, 4)):
            s.oval(x, y, r, ink.shade(ink.body, 0.1))
            s.oval(x + 0.8, y + 0.8, r * 0.8, ink.shade(ink.body, 0.05))
    for x, y, r in ((80, 26, 9), (66, 44, 5)):
        s.sparkle(x, y, r, ink.glow if ink.night else ink.accent)
    return str(s)


def cloud(ink: Ink) -> str:
    """A fair-weather cloud."""
    s = Drawing(ink)
    s.path(
        "M30 76Q10 76 10 60 10 46 24 43 26 22 47 20 62 19 69 31 84 28 90 44 98 48 97 60 95 76 78 76Z",
        s.lit(ink.shade(ink.body, 0.14)),
    )
    d = "M20 84Q2 83 3 67 4 54 17 52 18 34 36 31 52 29 60 42 72 38 80 48 83 53 82 57 96 58 96 71 95 84 80 84Z"
    s.path(d, s.down(ink.tint(ink.body, 0.4), ink.shade(ink.body, 0.06)))
    with s.inside(d):
        s.blob("0,72 20,74 40,68 62,74 82,66 100,62 100,90 0,90", ink.shade(ink.body, 0.16), 0.55)
    s.gleam("M22 54Q24 40 37 37 28 43 28 56Z", 0.7)
    return str(s)


def campfire(ink: Ink) -> str:
    """A fire on crossed logs."""
    s = Drawing(ink)
    s.halo(50, 56, 46, ink.glow, 0.8 if ink.night else 0.35)
    s.path(
        "M50 4Q56 20 68 30 84 46 78 68 72 88 50 88T22 68Q18 50 32 38 34 46 38 48 38 26 50 4Z",
        s.down(ink.body, ink.shade(ink.body, 0.12)),
    )
    s.path(
        "M52 26Q56 38 64 46 72 58 68 72 62 86 50 86T32 72Q28 60 38 52 40 58 44 60 44 42 52 26Z",
        ink.tint(ink.accent, 0.05),
    )
    s.path(
        "M50 48Q54 58 58 64 62 74 58 80 54 86 50 86T41 80Q38 72 43 66 45 70 47 70 46 58 50 48Z",
        ink.tint(ink.glow, 0.45),
    )
    wood = ink.real("#8a5d3b")
    for x in (12, 88):
        s.oval(x, 95, 8, s.ball(ink.real("#8d929d")), 5)
    for side in s.both():
        s.line("M16 82L80 94", ink.shade(wood, 0.1 if side < 0 else 0.25), 10)
        s.line("M17 80L76 91", ink.tint(wood, 0.2), 1.6)
        s.oval(15.5, 82, 3.6, ink.tint(wood, 0.5), 4.8)
        s.oval(15.5, 82, 1.8, ink.shade(wood, 0.1), 2.4)
    return str(s)


def snowman(ink: Ink) -> str:
    """A snowman with hat and scarf."""
    s = Drawing(ink)
    snow = ink.real("#f2f6fa")
    s.line("M30 56L8 42M14 46L10 36M70 56L92 42M86 46L90 36", ink.real("#7a5236"), 2.8)
    s.oval(50, 80, 27, s.ball(snow, 0.14), 20.5)
    s.line("M30 62Q50 74 70 62", ink.shade(snow, 0.12), 3)
    s.oval(50, 54, 21, s.ball(snow, 0.14), 18)
    s.oval(50, 31, 15.5, s.ball(snow, 0.14))
    for y in (54.0, 62.0, 76.0):
        s.oval(50, y, 2, ink.dark)
    s.path("M35 42Q50 51 65 42L67 48Q50 58 33 48Z", s.lit(ink.body))
    s.path("M56 49L65 47 69 66 60 68Z", s.lit(ink.shade(ink.body, 0.15)))
    s.line("M61.5 64.5L62 68M65 63.5L66 67", ink.light, 1)
    for x in (44.0, 56.0):
        s.oval(x, 28, 2, ink.dark)
    s.path("M50 31.5L68 35.5 50 36.5Z", s.lit(ink.real("#ee8434")))
    for x, y in ((43.0, 38.0), (46.5, 40.0), (53.5, 40), (57, 38)):
        s.oval(x, y, 0.9, ink.dark)
    s.path("M36 18L37 2Q37 0 39 0H61Q63 0 63 2L64 18Z", s.lit(ink.dark, 0.2))
    s.path("M36.3 13L36 18H64L63.7 13Z", ink.accent)
    s.rect(29, 17, 42, 4.5, s.lit(ink.dark, 0.2), 2.2)
    return str(s)


def crystal(ink: Ink) -> str:
    """A cut gem."""
    s = Drawing(ink)
    for points, tone in (
        ("26,22 74,22 62,40 38,40", 0.3),
        ("26,22 38,40 4,44", 0.14),
        ("74,22 96,44 62,40", -0.05),
        ("4,44 38,40 50,100", -0.02),
        ("38,40 62,40 50,100", 0.18),
        ("62,40 96,44 50,100", -0.22),
        ("26,22 50,22 38,40", 0.5),
        ("74,22 50,22 62,40", 0.2),
    ):
        s.poly(points, ink.tint(ink.body, tone) if tone >= 0 else ink.shade(ink.body, -tone))
    if not ink.flat:
        s.path("M4 44L50 100 96 44Z", s.across(ink.tint(ink.body, 0.3), ink.shade(ink.body, 0.2)), 0.25)
        s.line(
            "M26 22L4 44 50 100 96 44 74 22ZM4 44L38 40H62L96 44M26 22L38 40 50 100 62 40 74 22M38 40L50 22 62 40",
            ink.tint(ink.body, 0.65),
            0.8,
            0.8,
        )
    for x, y, r in ((88, 14, 9), (12, 16, 5.5)):
        s.sparkle(x, y, r, ink.glow)
    return str(s)


def wave(ink: Ink) -> str:
    """A breaking wave."""
    s = Drawing(ink)
    d = smooth(
        "0,100! 0,84! 14,78 22,60 30,36 48,20 70,18 88,30 94,46! 84,40 72,42 66,52 68,66 77,78 88,87 98,95! 98,100!"
    )
    s.form(d, ink.body, "M0 96Q30 90 40 70T62 60Q66 80 100 84V104H0Z", 0.16)
    with s.inside(d):
        s.line("M14 96Q34 84 38 62T60 36M30 98Q48 88 50 66T66 46M48 99Q60 92 60 72", ink.tint(ink.body, 0.4), 2)
    for x, y, r in (
        (93, 46, 6),
        (86, 38, 6),
        (76, 31, 6.5),
        (64, 25, 6),
        (52, 24, 5),
        (97, 55, 4),
        (84, 56, 2.2),
        (78, 50, 1.8),
    ):
        s.oval(x, y, r, s.ball(ink.light, 0.08))
    s.blob("0,92 16,88 30,94 46,90 62,95 80,93 97,96 99,100! 0,100!", ink.light)
    return str(s)


NATURE = (
    Subject("mountain", ("mountain", "peak", "alp", "summit"), "nature", ("landscape",), "#6d7fa3", mountain),
    Subject("sun", ("sun", "sunshine"), "nature", ("landscape", "sea", "product"), "#f8b933", sun),
    Subject("moon", ("moon", "crescent", "crescent moon"), "nature", ("space", "landscape"), "#f1dfa6", moon),
    Subject("cloud", ("cloud",), "nature", ("landscape", "product"), "#dbe8f4", cloud),
    Subject(
        "campfire",
        ("campfire", "camp fire", "bonfire", "fire", "flame"),
        "nature",
        ("forest", "landscape"),
        "#ec5b2b",
        campfire,
    ),
    Subject("snowman", ("snowman", "snow man"), "nature", ("landscape", "forest"), "#d8463c", snowman),
    Subject(
        "crystal",
        ("crystal", "gem", "diamond", "jewel", "gemstone", "ruby", "emerald"),
        "nature",
        ("product",),
        "#38b6d8",
        crystal,
    ),
    Subject("wave", ("wave", "breaker"), "nature", ("sea",), "#2f8fc0", wave),
)
