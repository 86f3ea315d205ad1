"""More animals: of the farm, the pond and the plain."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, smooth

BEAK = "#f0a23c"


def duck(ink: Ink) -> str:
    """A duck on the water."""
    s = Drawing(ink)
    s.path("M2 88Q14 83 26 88T50 88T74 88T98 88V96Q50 101 2 96Z", s.lit(ink.real("#7cc0de")))
    body = smooth(
        "6,58! 16,64 30,58 46,56 56,50 58,36 54,26 58,14 70,8 82,12 87,24 84,36 80,46 "
        "86,60 84,76 72,88 50,92 26,90 12,80"
    )
    s.form(body, ink.body, "M0 82Q50 92 78 70T80 40L100 50V100H0Z", 0.12)
    s.path("M84 21Q94 20 99 25 98 31 84 32Q80 27 84 21Z", s.lit(ink.real(BEAK)))
    s.line("M85 27Q92 28 97 26", ink.shade(ink.real(BEAK), 0.3), 1)
    s.eye(75, 22, 3)
    s.blob("26,66! 42,60 60,62 68,68 64,78 50,83 36,80! 38,76 30,74! 32,71", s.lit(ink.shade(ink.body, 0.12)))
    s.line("M4 93Q16 89 28 93T52 93T76 93T96 92", ink.tint(ink.real("#7cc0de"), 0.5), 1.4)
    return str(s)


def bee(ink: Ink) -> str:
    """A bee in flight."""
    s = Drawing(ink)
    stripe = "#3a2c26"
    for x, y, turn, tone in ((60, 28, 24, 0.75), (44, 26, -18, 0.9)):
        with s.moved(f"rotate({turn} {x} 48)"):
            s.oval(x, y, 13, s.lit(ink.tint("#a9d3e6", tone * 0.5)), 23, 0.85)
            s.line(f"M{x} 46V{y - 8}M{x} 40L{x + 5} {y - 2}", "#ffffff", 0.9, 0.8)
    s.path("M10 60L0 64 11 68Z", stripe)
    body = smooth("8,64 16,50 34,44 56,44 74,50 80,64 74,78 56,85 34,84 16,78")
    s.path(body, s.ball(ink.body, 0.22))
    with s.inside(body):
        for x in (22, 41, 60):
            s.path(f"M{x} 38Q{x + 8} 64 {x} 92H{x + 9}Q{x + 17} 64 {x + 9} 38Z", s.lit(stripe, 0.1))
        s.gleam("M16 54Q30 47 56 49 34 51 18 60Z", 0.4)
    s.oval(82, 62, 15, s.ball(ink.shade(ink.body, 0.04), 0.2))
    s.line("M82 48Q82 36 90 34M88 49Q92 40 98 41", stripe, 1.8)
    s.oval(90.5, 34, 2.2, stripe)
    s.oval(98, 41, 2.2, stripe)
    s.eye(87, 59, 3)
    s.line("M85 68Q89 71 92 67", stripe, 1.4)
    s.oval(80, 68, 2.8, "#ee8f6a", 2, 0.7)
    return str(s)


def lion(ink: Ink) -> str:
    """A sitting lion with a full mane."""
    s = Drawing(ink)
    mane = ink.real("#8f5226")
    s.line("M68 94Q90 96 92 78", ink.shade(ink.body, 0.12), 5)
    s.oval(92, 74, 5, mane, 7)
    s.form(
        smooth("40,50 30,66 26,84 28,97 34,100! 66,100! 72,97 74,84 70,66 60,50"),
        ink.body,
        "M58 40H80V104H64Q70 70 58 40Z",
    )
    for x in (38, 53):
        s.path(
            f"M{x} 72L{x - 2} 96Q{x - 2} 100 {x + 2} 100H{x + 7}Q{x + 11} 100 {x + 11} 96L{x + 9} 72Z",
            s.lit(ink.tint(ink.body, 0.1)),
        )
        s.line(f"M{x + 2.5} 96.5V100M{x + 6.5} 96.5V100", ink.shade(ink.body, 0.3), 0.9)
    petals = "50,1 60,5 70,5 76,13 84,20 84,31 88,40 83,50 80,60 70,65 62,73 "
    petals += "50,71 38,73 30,65 20,60 17,50 12,40 16,31 16,20 24,13 30,5 40,5"
    s.blob(petals, s.ball(mane, 0.14))
    s.blob("50,8 64,11 74,20 78,36 74,52 64,62 50,66 36,62 26,52 22,36 26,20 36,11", ink.shade(mane, 0.14))
    for _ in s.both():
        s.oval(31, 20, 7, s.lit(ink.body))
        s.oval(31, 21, 3.8, ink.tint(ink.body, 0.45))
    head = smooth("50,60 38,58 30,48 28,34 33,22 42,16 50,15 58,16 67,22 72,34 70,48 62,58")
    s.form(head, ink.body, "M60 10Q74 40 56 64H100V10Z", 0.1)
    s.path("M45 26H55L56 42H44Z", ink.tint(ink.body, 0.2))
    s.oval(44.5, 50, 7.5, ink.light, 6)
    s.oval(55.5, 50, 7.5, ink.light, 6)
    for eye in (39, 61):
        s.eye(eye, 35, 3)
    s.path("M44.5 41.5Q50 39 55.5 41.5 54.5 46 50 47 45.5 46 44.5 41.5Z", ink.dark)
    s.line("M50 47V51Q46.5 54.5 43 52M50 51Q53.5 54.5 57 52", ink.dark, 1.1)
    return str(s)


def deer(ink: Ink) -> str:
    """A stag, head on, to the shoulder."""
    s = Drawing(ink)
    horn = ink.real("#8a6a4c")
    for _ in s.both():
        s.line("M42 34Q38 20 26 16 16 12 14 1M30 17Q28 8 32 1M20 12Q12 14 6 8M38 25Q40 14 46 10", horn, 3.2)
        s.path("M35 40Q20 32 8 40 16 52 36 48Z", s.lit(ink.body))
        s.path("M33 42Q22 37 14 41 20 47 34 46Z", ink.real("#e9b9a6"))
    s.form("M36 60Q30 84 18 100H82Q70 84 64 60Z", ink.body, "M58 56Q64 80 62 100H100V56Z")
    s.path("M40 72Q50 80 60 72L57 100H43Z", ink.light)
    head = smooth("50,90 42,86 38,74 34,58 32,44 38,34 50,30 62,34 68,44 66,58 62,74 58,86")
    s.form(head, ink.body, "M56 26Q62 60 50 92H100V26Z", 0.12)
    s.blob("50,90 42,86 40,76 44,70 56,70 60,76 58,86", ink.light)
    s.path("M43 76Q50 72 57 76 56 82 50 84 44 82 43 76Z", ink.dark)
    s.line("M50 84V87M46 88Q50 90 54 88", ink.shade(ink.body, 0.5), 1)
    for eye in (39, 61):
        s.eye(eye, 54, 3.2)
    for x, y in ((46, 40), (54, 40), (50, 46)):
        s.oval(x, y, 1.4, ink.light, opacity=0.8)
    return str(s)


def frog(ink: Ink) -> str:
    """A sitting frog, wide of mouth."""
    s = Drawing(ink)
    for _ in s.both():
        s.blob("30,60 14,60 3,76 6,90 22,95 38,90 40,74", s.lit(ink.shade(ink.body, 0.14)))
        s.path("M2 100Q2 93 10 92H30Q38 92 40 100Z", s.lit(ink.shade(ink.body, 0.06)))
    s.blob("50,48 30,56 24,74 30,94 50,99 70,94 76,74 70,56", s.lit(ink.body))
    s.blob("50,64 38,70 36,84 42,95 50,97 58,95 64,84 62,70", s.lit(ink.tint(ink.body, 0.55), 0.06))
    for x in (38, 54):
        s.path(
            f"M{x} 76Q{x - 2} 90 {x - 4} 95Q{x - 4} 100 {x} 100H{x + 8}"
            f"Q{x + 12} 100 {x + 12} 95Q{x + 10} 90 {x + 8} 76Z",
            s.lit(ink.tint(ink.body, 0.08)),
        )
    for _ in s.both():
        s.oval(30, 24, 13, s.lit(ink.body))
        s.oval(30, 24, 9, "#fffaf0")
        s.oval(31, 25, 5.5, ink.dark)
        s.oval(29, 22.5, 1.8, "#ffffff")
    head = smooth("50,24 68,28 84,42 86,54 76,66 50,70 24,66 14,54 16,42 32,28")
    s.form(head, ink.body, "M66 20Q82 44 56 74H100V20Z", 0.1)
    s.line("M20 50Q50 66 80 50", ink.shade(ink.body, 0.5), 1.8)
    for x in (46, 54):
        s.oval(x, 41, 1.1, ink.shade(ink.body, 0.5))
    s.oval(24, 53, 4, ink.real("#ef9a8a"), 2.6, 0.7)
    s.oval(76, 53, 4, ink.real("#ef9a8a"), 2.6, 0.7)
    return str(s)


def octopus(ink: Ink) -> str:
    """An octopus with curling arms."""
    s = Drawing(ink)
    for d in ("M34 58Q10 54 8 74 8 84 16 82", "M66 58Q90 54 92 74 92 84 84 82"):
        s.line(d, ink.shade(ink.body, 0.22), 8)
    for d in (
        "M40 62Q22 70 22 86 22 98 10 95",
        "M60 62Q78 70 78 86 78 98 90 95",
        "M46 62Q40 80 38 90 34 100 26 96",
        "M54 62Q60 80 62 90 66 100 74 96",
    ):
        s.line(d, s.lit(ink.shade(ink.body, 0.08)), 9)
    d = smooth("50,3 70,8 82,26 80,44 70,56 68,68 60,74 50,72 40,74 32,68 30,56 20,44 18,26 30,8")
    s.path(d, s.ball(ink.body, 0.22))
    for x, y, r in ((34, 18, 3.4), (44, 11, 2.2), (28, 30, 2.2)):
        s.oval(x, y, r, ink.tint(ink.body, 0.3))
    for x in (39, 61):
        s.oval(x, 42, 7, "#ffffff")
        s.eye(x + 1, 43, 4.4)
        s.oval(x + (-7 if x < 50 else 7), 54, 3.4, ink.tint(ink.accent, 0.2), 2.2, 0.7)
    s.path("M43 53Q50 56 57 53 56 61 50 61.5 44 61 43 53Z", ink.shade(ink.body, 0.55))
    return str(s)


FARM_ANIMALS = (
    Subject("duck", ("duck", "duckling", "goose", "rubber duck"), "animal", ("sea", "landscape"), "#f6cf4a", duck),
    Subject("bee", ("bee", "honeybee", "honey bee", "bumblebee"), "animal", ("landscape", "forest"), "#f6c233", bee),
    Subject("lion", ("lion", "lioness"), "animal", ("landscape",), "#e3a94c", lion),
    Subject("deer", ("deer", "stag", "reindeer", "elk", "moose"), "animal", ("forest",), "#b07a4c", deer),
    Subject("frog", ("frog", "toad"), "animal", ("forest", "landscape"), "#6bb04a", frog),
    Subject("octopus", ("octopus", "squid", "kraken"), "animal", ("sea",), "#d9607f", octopus),
)
