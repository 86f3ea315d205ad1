"""Animals with wings or fins."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, smooth

BEAK = "#f0a23c"


def _branch(s: Drawing, y: float) -> None:
    wood = s.ink.real("#7d5636")
    s.line(f"M4 {y + 3}Q40 {y - 1} 96 {y + 1}M72 {y}L86 {y - 9}", s.ink.shade(wood, 0.1), 5)
    s.line(f"M5 {y + 1.5}Q40 {y - 2.5} 95 {y - 0.5}", s.ink.tint(wood, 0.2), 1.2)
    s.path(f"M86 {y - 9}Q88 {y - 18} 97 {y - 18} 96 {y - 10} 86 {y - 9}Z", s.lit(s.ink.real("#5f9f55")))


def bird(ink: Ink) -> str:
    """A songbird on a twig."""
    s = Drawing(ink)
    _branch(s, 92)
    s.path("M30 60L4 80Q2 83 6 83L14 82 12 87Q13 89 16 88L40 74Z", s.lit(ink.shade(ink.body, 0.3)))
    s.line("M46 80V91M58 80V91", ink.real(BEAK), 2)
    body = smooth("28,66 32,50 44,38 52,22 64,12 78,14 86,25 86,40 84,58 76,74 62,83 46,83 34,78")
    s.form(body, ink.body, "M30 84Q70 84 84 50L100 60V100H20Z", 0.14)
    with s.inside(body):
        s.blob("90,36 78,40 70,52 66,68 60,84 84,86 96,60", ink.light)
        s.blob("90,36 80,40 74,50 80,58 92,52", ink.accent)
    s.path("M85 24L99 30 86 34Q84 29 85 24Z", s.lit(ink.real(BEAK)))
    s.eye(76, 25, 3.2)
    s.path("M42 46Q62 46 64 58 62 74 40 76 24 78 16 74 32 66 42 46Z", s.lit(ink.shade(ink.body, 0.2)))
    s.line("M44 68Q52 66 57 60M36 73Q46 73 52 69", ink.shade(ink.body, 0.4), 1.2)
    s.gleam("M54 24Q60 15 70 16 62 20 58 30Z", 0.25)
    return str(s)


def owl(ink: Ink) -> str:
    """An owl on a branch, all eyes."""
    s = Drawing(ink)
    _branch(s, 94)
    body = smooth("50,10 34,10 18,2! 18,20 17,40 18,64 26,84 40,94 50,96 60,94 74,84 82,64 83,40 82,20 82,2! 66,10")
    s.form(body, ink.body, "M60 0Q84 50 56 100H100V0Z", 0.1)
    s.blob("50,50 36,54 31,68 36,84 50,91 64,84 69,68 64,54", s.lit(ink.tint(ink.body, 0.45), 0.06))
    for row, (y, xs) in enumerate(((63, (42, 50, 58)), (71, (38, 46, 54, 62)), (79, (42, 50, 58)))):
        for x in xs:
            s.line(f"M{x - 2.5} {y}Q{x} {y + 3.5} {x + 2.5} {y}", ink.shade(ink.body, 0.1 + 0.05 * row), 1.4)
    for side in s.both():
        s.path("M18 42Q10 64 22 84 34 78 32 56 28 44 18 42Z", s.lit(ink.shade(ink.body, 0.24 if side < 0 else 0.32)))
        s.oval(34.5, 33, 16, s.lit(ink.tint(ink.body, 0.3), 0.08))
        s.oval(34.5, 33, 11.5, "#fffaf0")
        s.oval(35.5, 33, 8.6, s.ball(ink.glow if ink.night else ink.real("#f3b33d"), 0.15))
        s.oval(36, 33, 5.2, ink.dark)
        for x in (38, 42, 46):
            s.line(f"M{x} 90V95", ink.real(BEAK), 3)
    for x in (34, 62):
        s.oval(x, 30.5, 1.7, "#ffffff")
    s.path("M44.5 40Q50 36 55.5 40L50 52Z", s.lit(ink.real(BEAK)))
    s.path("M18 2Q36 8 50 22 64 8 82 2 68 14 50 30 32 14 18 2Z", s.lit(ink.shade(ink.body, 0.24)))
    return str(s)


def penguin(ink: Ink) -> str:
    """A penguin, wings a little out."""
    s = Drawing(ink)
    for _ in s.both():
        s.oval(39, 96.5, 10, s.lit(ink.real(BEAK)), 4)
        s.blob("27,42 18,52 10,70 13,74 24,68 32,58", s.lit(ink.shade(ink.body, 0.15)))
    body = smooth("50,2 34,6 26,20 26,36 22,56 22,78 32,94 50,97 68,94 78,78 78,56 74,36 74,20 66,6")
    s.form(body, ink.body, "M62 0Q84 50 58 100H100V0Z", 0.12)
    s.path(
        smooth("50,22! 42,16 33,20 32,32 37,42 30,56 29,76 36,90 50,94 64,90 71,76 70,56 63,42 68,32 67,20 58,16"),
        s.lit(ink.light, 0.1),
    )
    for x in (41, 59):
        s.eye(x, 26, 3)
    s.path("M43 31Q50 27 57 31 55 37 50 40 45 37 43 31Z", s.lit(ink.real(BEAK)))
    s.line("M44.5 33Q50 35.5 55.5 33", ink.shade(ink.real(BEAK), 0.3), 0.8)
    s.path("M31 42Q50 54 69 42L71 48Q50 60 29 48Z", s.lit(ink.accent))
    s.path("M58 50L66 48 69 66 61 67Z", s.lit(ink.shade(ink.accent, 0.12)))
    return str(s)


def butterfly(ink: Ink) -> str:
    """A butterfly with open wings."""
    s = Drawing(ink)
    edge = ink.shade(ink.body, 0.6)
    for side in s.both():
        tone = 0.0 if side < 0 else 0.08
        s.blob("48,46! 34,20 16,8 4,12 3,28 10,44 26,54 48,56!", edge)
        s.blob("48,52! 30,54 16,62 14,76 22,90 34,92 44,78 49,62!", edge)
        s.blob("46,46! 34,25 18,13 8,16 8,28 14,41 28,50 46,53!", s.lit(ink.shade(ink.body, tone), 0.25))
        s.blob("46,56! 32,57 20,64 18,75 24,86 33,87 41,76 46,64!", s.lit(ink.shade(ink.accent, tone), 0.2))
        s.line("M46 49L14 24M46 51L20 44M46 58L25 80M46 60L36 84", edge, 1.1, 0.6)
        for x, y, r in ((9.5, 18, 2), (9, 26, 1.7), (12, 34, 1.5), (26, 88.5, 1.5), (19.5, 82, 1.5)):
            s.oval(x, y, r * 0.9, ink.light)
        s.line("M49 32Q44 16 34 9", ink.wire, 1.3)
        s.oval(34, 9, 1.8, ink.wire)
    s.oval(50, 56, 3.6, s.lit(ink.wire, 0.2), 23)
    s.oval(50, 33, 4.4, s.lit(ink.wire, 0.2))
    return str(s)


WINGED_ANIMALS = (
    Subject(
        "bird", ("bird", "robin", "songbird", "sparrow", "finch"), "animal", ("forest", "landscape"), "#3f86b8", bird
    ),
    Subject("owl", ("owl",), "animal", ("forest",), "#8a6248", owl),
    Subject("penguin", ("penguin",), "animal", ("sea", "landscape"), "#35405a", penguin),
    Subject("butterfly", ("butterfly", "moth"), "animal", ("landscape", "forest"), "#f0832f", butterfly),
)
