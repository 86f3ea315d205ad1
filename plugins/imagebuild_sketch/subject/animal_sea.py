"""Animals of the sea."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, ring, smooth


def fish(ink: Ink) -> str:
    """A reef fish with two pale bands, swimming right."""
    s = Drawing(ink)
    s.blob("22,52! 10,34 3,28! 2,44 8,54 2,66 4,82! 12,74", s.lit(ink.shade(ink.body, 0.12)))
    s.blob("34,36! 42,18 60,12 74,16! 72,24 78,36!", s.lit(ink.shade(ink.body, 0.16)))
    s.blob("42,74! 46,88 60,92 66,88! 64,82 68,72!", s.lit(ink.shade(ink.body, 0.22)))
    body = smooth("18,54 32,38 52,28 74,30 90,40 98,53 90,66 74,77 52,79 32,69")
    s.form(body, ink.body, "M10 62Q60 84 100 54V90H10Z", 0.14)
    with s.inside(body):
        for d in ("M66 20Q56 52 66 86H76Q66 54 78 20Z", "M34 20Q26 54 34 86H42Q34 54 44 20Z"):
            s.path(d, s.lit(ink.light, 0.08))
    s.blob("58,56! 46,56 42,64 48,72 56,68!", s.lit(ink.shade(ink.body, 0.25)))
    s.line("M55 58L47 61M55 61L49 66", ink.tint(ink.body, 0.3), 0.9)
    s.oval(84, 47, 5, "#ffffff")
    s.eye(85, 47, 3.2)
    s.line("M96 58Q92 62 88 60", ink.shade(ink.body, 0.5), 1.4)
    s.gleam("M46 35Q60 28 74 33 60 35 48 41Z", 0.35)
    if not ink.flat:
        for x, y, r in ((90, 22, 3), (97, 14, 2), (86, 11, 1.6)):
            s.line(ring(x, y, r), ink.tint(ink.body, 0.6), 0.9)
    return str(s)


def whale(ink: Ink) -> str:
    """A blue whale blowing."""
    s = Drawing(ink)
    spray = ink.real("#8fcbe6")
    s.line("M32 34Q32 20 22 16 15 14 14 21M32 34Q32 20 42 16 49 14 50 21M32 32V12", spray, 3)
    for x in (12, 52):
        s.oval(x, 26, 1.8, spray)
    body = smooth(
        "3,66 5,52 16,41 34,37 52,42 66,54 76,62 83,58 84,48 76,40! 86,35 90,42 91,45! 93,40 97,33! 100,42 "
        "97,50 93,56 92,70 84,84 66,94 42,97 18,92 6,81"
    )
    s.form(body, ink.body, "M60 96Q88 84 92 50L104 60V104H30Z", 0.16)
    with s.inside(body):
        s.blob("0,68 14,72 34,72 50,80 62,98 30,104 0,92", s.lit(ink.light, 0.1))
        for d in ("M3 78Q26 78 44 86", "M6 84Q26 84 42 92", "M14 91Q26 90 36 95"):
            s.line(d, ink.shade(ink.light, 0.2), 1.2)
    s.path("M44 76Q58 78 62 92 62 96 58 95 46 92 40 80Z", s.lit(ink.shade(ink.body, 0.2)))
    s.eye(26, 63, 2.6)
    s.line("M4 68Q16 74 28 71", ink.shade(ink.body, 0.5), 1.4)
    s.gleam("M12 50Q22 41 36 41 48 43 56 50 36 44 12 54Z", 0.25)
    return str(s)


SEA_ANIMALS = (
    Subject("fish", ("fish", "goldfish", "clownfish"), "animal", ("sea",), "#f0803a", fish),
    Subject("whale", ("whale", "blue whale"), "animal", ("sea",), "#3f7fb5", whale),
)
