"""Furry animals that sit and look at us."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, smooth


def _whiskers(s: Drawing, y: float, colour: str) -> None:
    for _ in s.both():
        s.line(f"M32 {y}L16 {y - 3}M32 {y + 3}L16 {y + 4}", colour, 0.8)


def fox(ink: Ink) -> str:
    """A sitting fox, brush curled at its side."""
    s = Drawing(ink)
    sock = ink.shade(ink.body, 0.55)
    tail = smooth("60,98! 80,100 94,90 97,74 92,60 86,50! 83,60 78,68 70,74 62,82")
    s.form(tail, ink.shade(ink.body, 0.06), "M60 98Q90 90 86 50L100 60V104H60Z", 0.16)
    with s.inside(tail):
        s.blob("78,44 100,44 102,66 94,64 90,68 86,62 80,64 76,60", ink.light)
    s.form(
        smooth("40,46 31,62 27,82 29,97 36,100! 64,100! 71,97 73,82 69,62 60,46"),
        ink.body,
        "M58 40H80V104H64Q70 70 58 40Z",
        0.14,
    )
    s.path("M36 50Q50 44 64 50 66 66 50 82 34 66 36 50Z", ink.light)
    for x in (39, 53):
        s.path(f"M{x} 66Q{x - 1} 86 {x - 1} 100H{x + 9}Q{x + 9} 86 {x + 8} 66Z", s.lit(ink.body))
        s.path(f"M{x - 0.5} 88Q{x + 4} 84 {x + 8.5} 88L{x + 9} 100H{x - 1}Z", sock)
    for side in s.both():
        s.path("M19 33Q17 12 24 2 38 8 46 20Z", s.lit(ink.body if side < 0 else ink.shade(ink.body, 0.1)))
        s.path("M24 24Q22 14 26 8 33 12 38 19Z", sock)
    head = smooth("50,62! 40,57 24,50 10,40! 20,30 30,18 50,14 70,18 80,30 90,40! 76,50 60,57")
    s.form(head, ink.body, "M54 10Q60 40 50 62H100V10Z", 0.1)
    with s.inside(head):
        for _ in s.both():
            s.path("M8 41Q28 32 40 42 47 48 50 64L20 62Z", ink.light)
    for x in (35, 65):
        s.eye(x, 38, 3.4)
    s.path("M44 55Q50 52.5 56 55 54 61 50 62.5 46 61 44 55Z", ink.dark)
    s.gleam("M46.5 55.5Q49 54.5 51 55L48 57Z", 0.5)
    return str(s)


def cat(ink: Ink) -> str:
    """A sitting cat with a raised tail."""
    s = Drawing(ink)
    s.line("M64 93Q92 98 91 76 90 64 82 62 76 62 77 68", ink.shade(ink.body, 0.12), 7.5)
    s.form(
        smooth("40,46 31,62 26,82 28,97 34,100! 66,100! 72,97 74,82 69,62 60,46"),
        ink.body,
        "M58 40H80V104H64Q70 70 58 40Z",
        0.14,
    )
    s.path("M38 54Q50 48 62 54 62 72 50 82 38 72 38 54Z", ink.tint(ink.body, 0.6))
    for x in (39, 53):
        s.path(
            f"M{x} 68Q{x - 1} 86 {x - 1} 97Q{x - 1} 100 {x + 2} 100H{x + 6}"
            f"Q{x + 9} 100 {x + 9} 97 {x + 9} 86 {x + 8} 68Z",
            s.lit(ink.tint(ink.body, 0.08)),
        )
        s.line(f"M{x + 2.5} 97V100M{x + 5.5} 97V100", ink.shade(ink.body, 0.25), 0.8)
    for _ in s.both():
        s.path("M22 34Q18 14 22 4 36 9 46 20Z", s.lit(ink.body))
        s.path("M26 24Q24 15 26 10 33 13 38 19Z", ink.real("#e9a3a0"))
    head = smooth("50,60 34,58 22,50 19,38 24,25 36,17 50,15 64,17 76,25 81,38 78,50 66,58")
    s.form(head, ink.body, "M60 10Q76 40 56 64H100V10Z", 0.1)
    with s.inside(head):
        for d in ("M47 10H53L51 26Q50 28 49 26Z", "M38 12H43L43 23Q42 25 41 23Z", "M57 12H62L59 23Q58 25 57 23Z"):
            s.path(d, ink.shade(ink.body, 0.3))
        for _ in s.both():
            s.path(
                "M16 38L26 40.5Q28 41.5 26 42.5L16 43ZM16 47L26 46.5Q28 47 26 48.5L18 52Z",
                ink.shade(ink.body, 0.3),
            )
    s.oval(50, 51, 11, ink.tint(ink.body, 0.6), 7.5)
    for x in (37, 63):
        s.oval(x, 38, 4.8, ink.real("#f4e08a") if not ink.night else ink.glow)
        s.oval(x, 38, 2.4, ink.dark, 4.4)
        s.oval(x - 1, 36.2, 1.1, "#ffffff")
    s.path("M46.5 46H53.5Q53 50 50 50.5 47 50 46.5 46Z", ink.real("#c9686c"))
    s.line("M50 50.5V53Q47 56.5 43.5 54M50 53Q53 56.5 56.5 54", ink.shade(ink.body, 0.6), 1)
    _whiskers(s, 50, ink.shade(ink.body, 0.5) if ink.flat else ink.light)
    return str(s)


def dog(ink: Ink) -> str:
    """A sitting dog with hanging ears and a collar."""
    s = Drawing(ink)
    s.line("M68 94Q86 92 90 74", ink.shade(ink.body, 0.1), 8)
    s.form(
        smooth("38,50 30,66 26,84 28,97 34,100! 66,100! 72,97 74,84 70,66 62,50"),
        ink.body,
        "M58 40H80V104H64Q70 70 58 40Z",
        0.14,
    )
    s.path("M37 56Q50 50 63 56 64 76 50 88 36 76 37 56Z", ink.light)
    for x in (38, 53):
        s.path(
            f"M{x} 70Q{x - 1} 86 {x - 2} 96Q{x - 2} 100 {x + 2} 100H{x + 7}"
            f"Q{x + 11} 100 {x + 11} 96 {x + 10} 86 {x + 9} 70Z",
            s.lit(ink.tint(ink.body, 0.06)),
        )
        s.line(f"M{x + 2.5} 96.5V100M{x + 6.5} 96.5V100", ink.shade(ink.body, 0.25), 0.9)
    head = smooth("50,58 36,57 28,48 26,32 30,16 40,8 50,7 60,8 70,16 74,32 72,48 64,57")
    s.form(head, ink.body, "M60 4Q76 40 58 64H100V4Z", 0.1)
    with s.inside(head):
        s.path("M46 4H54L57 36H43Z", ink.light)
    s.rect(33, 57, 34, 6, s.lit(ink.accent), 3)
    s.oval(50, 65, 4, s.ball(ink.glow))
    s.blob("50,36 60,40 66,48 62,56 50,60 38,56 34,48 40,40", s.lit(ink.light, 0.1))
    for _ in s.both():
        s.blob("32,12 22,14 13,26 10,42 14,54 22,55 27,46 30,30 34,20", s.lit(ink.shade(ink.body, 0.36)))
    for eye in (39.5, 60.5):
        s.eye(eye, 33, 3.4)
    s.path("M43 43Q50 39 57 43 57 48 50 51 43 48 43 43Z", ink.dark)
    s.gleam("M45.5 43Q49 41 52 42L47 45Z", 0.5)
    s.path("M46 55H54Q54 63 50 63.5 46 63 46 55Z", ink.real("#e5787c"))
    s.line("M50 50V54Q45 58 41 54.5M50 54Q55 58 59 54.5", ink.dark, 1.1)
    return str(s)


def bear(ink: Ink) -> str:
    """A sitting bear with a pale belly."""
    s = Drawing(ink)
    for _ in s.both():
        s.blob("30,60 18,66 12,80 17,86 25,82 32,72", s.lit(ink.shade(ink.body, 0.1)))
    s.form(
        smooth("50,46 34,52 25,68 24,86 32,97 50,99 68,97 76,86 75,68 66,52"),
        ink.body,
        "M62 44Q84 70 60 100H100V40Z",
        0.12,
    )
    s.oval(50, 76, 16, s.lit(ink.tint(ink.body, 0.42), 0.08), 18)
    for _ in s.both():
        s.oval(26, 92, 12, s.lit(ink.shade(ink.body, 0.06)), 8)
        s.oval(24, 92.5, 6, ink.tint(ink.body, 0.4), 4.6)
        s.oval(27, 14, 11, s.lit(ink.body))
        s.oval(27, 14, 6, ink.tint(ink.body, 0.35))
    head = smooth("50,58 32,56 21,46 20,32 27,19 38,10 50,7 62,10 73,19 80,32 79,46 68,56")
    s.form(head, ink.body, "M62 6Q80 40 58 62H100V6Z", 0.1)
    s.oval(50, 45, 14, s.lit(ink.tint(ink.body, 0.5), 0.08), 11)
    for x in (36, 64):
        s.eye(x, 33, 3.2)
    s.path("M43.5 39Q50 35.5 56.5 39 56 44.5 50 46 44 44.5 43.5 39Z", ink.dark)
    s.gleam("M46 39Q49 37.5 51 38L47.5 41Z", 0.5)
    s.line("M50 45V48.5Q46 52.5 42.5 50M50 48.5Q54 52.5 57.5 50", ink.dark, 1.2)
    return str(s)


def rabbit(ink: Ink) -> str:
    """A sitting rabbit, ears up."""
    s = Drawing(ink)
    pink = ink.real("#eaaaa8")
    s.oval(76, 89, 8, s.ball(ink.light))
    s.form(
        smooth("50,54 36,60 27,74 25,90 31,99 50,100 69,99 75,90 73,74 64,60"),
        ink.body,
        "M60 50Q84 76 60 102H100V50Z",
        0.12,
    )
    s.blob("50,64 40,72 38,86 50,94 62,86 60,72", ink.light)
    for side in s.both():
        s.oval(31, 95, 12, s.lit(ink.tint(ink.body, 0.1)), 5.4)
        with s.moved("rotate(-9 40 36)"):
            s.oval(38, 20, 7.6, s.lit(ink.body if side < 0 else ink.shade(ink.body, 0.08)), 19.5)
            s.oval(38, 22, 4, pink, 15)
    for x in (41, 59):
        s.oval(x, 85, 5, s.lit(ink.tint(ink.body, 0.14)), 7)
    head = smooth("50,66 36,64 27,56 27,46 33,37 42,32 50,31 58,32 67,37 73,46 73,56 64,64")
    s.form(head, ink.body, "M60 26Q76 50 58 70H100V26Z", 0.1)
    s.oval(44.5, 58, 6, ink.light, 5)
    s.oval(55.5, 58, 6, ink.light, 5)
    s.rect(47, 60, 6, 6, "#ffffff", 1.4)
    for x in (37, 63):
        s.eye(x, 47, 3.4)
        s.oval(x + (-5 if x < 50 else 5), 56, 3.2, pink, 2.2, 0.7)
    s.path("M46.5 52H53.5Q53 56 50 56.5 47 56 46.5 52Z", ink.real("#cc6a70"))
    _whiskers(s, 57, ink.shade(ink.body, 0.35))
    return str(s)


FURRY_ANIMALS = (
    Subject("fox", ("fox", "vixen"), "animal", ("forest", "landscape"), "#e0702e", fox),
    Subject("cat", ("cat", "kitten", "kitty"), "animal", ("interior",), "#8d93a3", cat),
    Subject("dog", ("dog", "puppy", "hound"), "animal", ("interior", "landscape"), "#c98a4e", dog),
    Subject("bear", ("bear", "grizzly", "teddy bear", "teddy"), "animal", ("forest",), "#8f5d3c", bear),
    Subject("rabbit", ("rabbit", "bunny", "hare"), "animal", ("landscape", "forest"), "#b39b88", rabbit),
)
