"""Trees and what grows beneath them."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, smooth

BARK = "#8a5d3b"


def tree(ink: Ink) -> str:
    """A broadleaf tree with a round, layered crown."""
    s = Drawing(ink)
    bark = ink.real(BARK)
    s.form("M44 100Q47 90 46 70L45 50H55L54 70Q53 90 57 100Z", bark, "M51 40H60V100H52Z", 0.2)
    s.line("M50 66L36 50M50 62L64 46", bark, 3.4)
    crown = "8,52 10,40 20,32 22,18 36,12 46,3 60,5 70,14 82,20 84,34 93,44 88,58 76,64 64,70 50,66 36,71 22,66"
    s.blob(crown, s.lit(ink.shade(ink.body, 0.12)))
    with s.inside(smooth(crown)):
        s.blob("4,50 8,36 20,28 22,14 36,8 46,0 58,4 66,14 68,28 60,42 50,52 34,58 16,60", s.ball(ink.body, 0.16))
        s.blob("18,38 22,24 34,16 46,12 52,22 44,36 30,44", ink.tint(ink.body, 0.16), 0.8)
        s.blob("62,62 70,52 84,46 96,44 94,64 76,72", ink.shade(ink.body, 0.3), 0.6)
    for x, y in ((27, 50), (60, 22), (68, 42)):
        s.line(f"M{x} {y}Q{x + 4} {y + 3.5} {x + 8} {y}", ink.shade(ink.body, 0.22), 1.6)
    return str(s)


def pine(ink: Ink) -> str:
    """A fir of four tiers."""
    s = Drawing(ink)
    s.form("M45 100V82H55V100Z", ink.real(BARK), "M51 80H60V100H51Z", 0.2)
    tiers = ((62, 90, 34), (44, 72, 28.5), (25, 54, 22.5), (2, 34, 16))
    for step, (top, low, half) in enumerate(tiers):
        colour = ink.tint(ink.body, 0.05 * step)
        d = smooth(
            f"50,{top}! {50 + half * 0.45},{low - 14} {50 + half},{low}! {50 + half * 0.5},{low + 2} "
            f"50,{low + 4} {50 - half * 0.5},{low + 2} {50 - half},{low}! {50 - half * 0.45},{low - 14}"
        )
        s.form(d, colour, f"M50 {top}L56 {low}L50 {low + 5}H90V{top}Z", 0.2)
        if step and not ink.flat:
            with s.inside(smooth("50,62! 66,76 84,90! 50,94 16,90! 34,76") if step == 1 else d):
                s.line(
                    f"M{50 - half * 0.7} {low - 1}Q{50 - half * 0.2} {low - 16} 48 {top + 6}",
                    ink.tint(colour, 0.25),
                    1.4,
                    0.7,
                )
    return str(s)


def palm(ink: Ink) -> str:
    """A leaning palm with coconuts, on its patch of sand."""
    s = Drawing(ink)
    trunk = "M40 98Q42 66 52 36L59 37Q52 68 53 98Z"
    s.path("M14 100Q22 91 46 91T84 100Z", s.lit(ink.real("#ecd29a")))
    s.form(trunk, ink.real("#a87b4f"), "M50 98Q50 66 58 36H70V100Z", 0.2)
    with s.inside(trunk):
        for y in range(44, 96, 7):
            s.line(f"M36 {y}Q50 {y + 5} 62 {y}", ink.real("#7b5636"), 1.2)
    back, front = ink.shade(ink.body, 0.22), ink.body
    for d in ("M56 34Q66 12 84 8 80 20 60 36Z", "M54 34Q46 10 30 4 30 16 50 36Z"):
        s.path(d, s.lit(back))
    for d in (
        "M56 33Q84 22 98 46 88 38 78 40 66 38 56 36Z",
        "M54 33Q26 18 6 36 20 32 28 37 40 34 54 36Z",
        "M56 35Q80 40 82 70 74 58 66 54 60 46 55 37Z",
        "M54 35Q28 36 20 64 30 54 38 51 48 44 54 37Z",
    ):
        s.path(d, s.lit(front))
    for d in ("M57 34Q80 28 94 42", "M53 34Q30 24 10 35", "M57 37Q74 46 80 64", "M52 37Q34 42 24 58"):
        s.line(d, ink.tint(ink.body, 0.3), 1, 0.8)
    for x, y in ((51, 39), (58, 40), (55, 44)):
        s.oval(x, y, 3.6, s.ball(ink.real("#7a4f2e")))
    return str(s)


def cactus(ink: Ink) -> str:
    """A saguaro with two arms and a flower."""
    s = Drawing(ink)
    s.path("M10 100Q26 92 50 92T90 100Z", s.lit(ink.real("#e3bf86")))
    s.line("M40 66H28Q20 66 20 58V44", ink.body, 13)
    s.line("M60 56H73Q81 56 81 48V32", ink.shade(ink.body, 0.14), 13)
    stem = "M36 98V22Q36 6 50 6T64 22V98Z"
    s.form(stem, ink.body, "M54 0H70V100H54Z", 0.16)
    for x in (43.0, 50.0, 57.0):
        s.line(f"M{x} {16 if x == 50 else 22}V92", ink.shade(ink.body, 0.25), 1.1)
    s.line("M20 44V58Q20 66 28 66H36M81 32V48Q81 56 73 56H64", ink.shade(ink.body, 0.3), 1.1)
    for x, y in (
        (40, 34),
        (46.5, 48),
        (40, 60),
        (53.5, 34),
        (53.5, 66),
        (60, 50),
        (46.5, 80),
        (60, 80),
        (20, 48),
        (81, 38),
    ):
        s.line(f"M{x - 1.2} {y - 1.2}L{x + 1.2} {y + 1.2}M{x + 1.2} {y - 1.2}L{x - 1.2} {y + 1.2}", ink.light, 0.7)
    for angle in (-60, -20, 20, 60):
        with s.moved(f"rotate({angle} 50 9)"):
            s.oval(50, 4.5, 3, s.lit(ink.real("#e8638f")), 5)
    s.oval(50, 8, 2.6, ink.glow)
    return str(s)


def mushroom(ink: Ink) -> str:
    """A spotted toadstool with a small one beside it."""
    s = Drawing(ink)
    stalk = ink.real("#f4e9d6")
    for x in (76, 84):
        s.line(f"M{x} 99Q{x + 2} 90 {x + 6} 86", ink.real("#5f9a58"), 1.8)
    s.form("M74 99Q76 88 75 80H84Q83 90 87 99Z", stalk, "M80 78H90V100H81Z")
    s.form("M65 82Q66 66 79.5 66T94 82Q80 86 65 82Z", ink.shade(ink.body, 0.08))
    s.oval(76, 73, 2.6, ink.light)
    s.oval(86, 76, 2, ink.light)
    s.form("M32 99Q39 78 37 54H59Q57 78 65 99Q48 102 32 99Z", stalk, "M50 50H70V102H54Q52 76 50 50Z", 0.14)
    s.path("M37 62Q48 70 59 62L60 70Q48 77 36 70Z", ink.shade(stalk, 0.1))
    s.path("M8 56Q48 72 90 56L70 48H26Z", ink.shade(stalk, 0.22))
    cap = "M4 54Q6 10 48 8 91 10 94 54 92 60 84 58 48 48 14 58 5 60 4 54Z"
    s.path(cap, s.ball(ink.body, 0.3))
    with s.inside(cap):
        for x, y, rx, ry in (
            (46, 28, 9, 7.5),
            (22, 40, 6.5, 6),
            (71, 38, 8, 7),
            (56, 12, 6, 3.6),
            (8, 54, 5, 6),
            (44, 47, 5, 3.4),
            (90, 55, 6, 7),
            (28, 20, 4.5, 4),
        ):
            s.oval(x, y, rx, s.lit(ink.light, 0.1), ry)
    for x in (22, 28, 66):
        s.line(f"M{x} 100Q{x - 1} 92 {x - 5} 87M{x + 2} 100Q{x + 3} 93 {x + 6} 90", ink.real("#5f9a58"), 1.8)
    return str(s)


TREES = (
    Subject(
        "tree",
        ("tree", "oak", "oak tree", "maple", "beech", "broadleaf"),
        "plant",
        ("landscape", "forest"),
        "#58a052",
        tree,
    ),
    Subject(
        "cherry tree",
        ("cherry tree", "cherry blossom", "sakura", "blossoming tree"),
        "plant",
        ("landscape",),
        "#f0a5c2",
        tree,
    ),
    Subject(
        "pine",
        ("pine", "pine tree", "fir", "fir tree", "spruce", "conifer", "christmas tree", "evergreen"),
        "plant",
        ("forest", "landscape"),
        "#2f7a5b",
        pine,
    ),
    Subject("palm", ("palm", "palm tree", "coconut palm"), "plant", ("sea", "landscape"), "#3f9a5f", palm),
    Subject(
        "cactus", ("cactus", "cacti", "saguaro", "succulent"), "plant", ("landscape", "interior"), "#4f9d62", cactus
    ),
    Subject("mushroom", ("mushroom", "toadstool", "fungus", "fungi"), "plant", ("forest",), "#d8402f", mushroom),
)
