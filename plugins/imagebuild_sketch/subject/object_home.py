"""Things that stand about the house."""

from math import cos, radians, sin

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box

WOOD = "#a9744a"


def book(ink: Ink) -> str:
    """An open book, lying towards us."""
    s = Drawing(ink)
    paper = ink.real("#fbf4e4")
    s.path("M2 34Q2 31 5 31H95Q98 31 98 34V90Q98 93 95 93H56Q53 97 50 97T44 93H5Q2 93 2 90Z", s.lit(ink.body))
    for _ in s.both():
        for step in (3, 2, 1):
            s.path(
                f"M50 {34 + step}Q36 22 8 {26 + step * 1.5}L{7 - step * 0.5} {84 + step * 1.5}Q36 79 50 {90 + step}Z",
                ink.shade(paper, 0.06 + 0.04 * step),
            )
    s.path("M50 34Q36 21 8 26V84Q36 79 50 90Z", s.across(paper, ink.shade(paper, 0.16)))
    s.path("M50 34Q64 21 92 26V84Q64 79 50 90Z", s.across(ink.shade(paper, 0.2), paper))
    for y in range(36, 78, 7):
        s.line(f"M14 {y - 1.5}Q34 {y - 4} 44 {y + 4}", ink.shade(paper, 0.32), 1.3)
        s.line(f"M86 {y - 1.5}Q66 {y - 4} 56 {y + 4}", ink.shade(paper, 0.32), 1.3)
    s.path("M66 24.5H74V52L70 48 66 52Z", s.down(ink.accent, ink.shade(ink.accent, 0.15)))
    return str(s)


def books(ink: Ink) -> str:
    """A stack of three closed books."""
    s = Drawing(ink)
    paper = ink.real("#fbf4e4")
    for x, y, w, h, colour in (
        (6, 78, 88, 22, ink.body),
        (14, 58, 78, 20, ink.accent),
        (8, 36, 72, 22, ink.shade(ink.body, 0.35)),
    ):
        s.path(box(x, y, w, h, 4), s.lit(colour))
        s.rect(x + 8, y + 3.5, w - 6, h - 7, s.down(paper, ink.shade(paper, 0.16)), 3)
        for dy in (0.35, 0.5, 0.65):
            s.line(f"M{x + 12} {y + h * dy}H{x + w}", ink.shade(paper, 0.2), 0.6)
        s.rect(x, y, 11, h, s.lit(ink.shade(colour, 0.08)), 4)
        s.line(f"M{x + 3} {y + 5}V{y + h - 5}M{x + 7} {y + 5}V{y + h - 5}", ink.tint(colour, 0.4), 1.1)
    s.path("M60 36H68V50L64 46 60 50Z", ink.glow)
    return str(s)


def lamp(ink: Ink) -> str:
    """A desk lamp on a jointed arm."""
    s = Drawing(ink)
    steel = ink.real("#aab1bf")
    lit = 0.85 if ink.night else 0.35
    s.path("M58 38L92 60 88 100H26Z", ink.glow, 0.34 if ink.night else 0.22)
    s.halo(76, 46, 22, ink.glow, lit)
    s.line("M32 90L20 52 56 24", s.lit(steel), 4)
    s.line("M31 88L20.5 54 55 25", ink.tint(steel, 0.5), 1)
    s.oval(20, 52, 5, s.ball(ink.accent))
    s.oval(76, 47, 9, s.ball(ink.tint(ink.glow, 0.5), 0.1))
    s.path("M50 18Q56 10 64 14 84 16 96 48 97 52 93 53L57 41Q53 40 53 36 50 26 50 18Z", s.lit(ink.body, 0.22))
    s.path("M96 48Q98 53 93 53L57 41Q53 40 53 36 76 44 96 48Z", ink.shade(ink.body, 0.3))
    s.gleam("M57 20Q62 16 68 19 60 22 60 32 57 28 57 20Z", 0.4)
    s.path("M12 96Q12 88 32 88T52 96V97Q52 100 49 100H15Q12 100 12 97Z", s.lit(ink.body))
    return str(s)


def chair(ink: Ink) -> str:
    """A dining chair with slatted back."""
    s = Drawing(ink)
    wood = ink.real(WOOD)
    for x in (30, 66):
        s.rect(x, 60, 5, 36, ink.shade(wood, 0.3), 1.5)
    for x in (22, 71):
        s.rect(x, 4, 6, 58, s.across(wood, ink.shade(wood, 0.2)), 3)
    for y in (8, 22, 36):
        s.rect(24, y, 52, 8, s.lit(ink.tint(wood, 0.08)), 3)
    s.path("M22 56H78L86 68H14Z", s.lit(ink.body))
    s.path("M14 67H86V72Q86 75 83 75H17Q14 75 14 72Z", s.lit(ink.shade(ink.body, 0.2)))
    s.gleam("M25 58H50L44 64H19Z", 0.25)
    s.rect(17, 75, 66, 5, ink.shade(wood, 0.12))
    for x in (16, 78):
        s.rect(x, 75, 6, 25, s.across(wood, ink.shade(wood, 0.2)), 1.5)
    s.rect(20, 88, 60, 3.5, s.lit(ink.shade(wood, 0.1)))
    return str(s)


def sofa(ink: Ink) -> str:
    """A two-seat sofa with cushions."""
    s = Drawing(ink)
    for x in (12, 82):
        s.path(f"M{x} 88H{x + 7}L{x + 5} 100H{x + 2}Z", ink.real(WOOD))
    s.form(box(10, 30, 80, 46, 11), ink.shade(ink.body, 0.1))
    s.line("M50 32V66", ink.shade(ink.body, 0.3), 1)
    for x in (16, 51):
        s.path(box(x, 62, 33.5, 14, 5), s.lit(ink.tint(ink.body, 0.14)))
    s.path(box(8, 74, 84, 16, 3), s.lit(ink.shade(ink.body, 0.12)))
    for x in (0, 82):
        s.path(box(x, 50, 18, 41, 8), s.lit(ink.body, 0.2))
        s.oval(x + 9, 59, 5, ink.shade(ink.body, 0.16))
    with s.moved("rotate(-12 30 52)"):
        s.path(box(20, 44, 20, 19, 4), s.lit(ink.accent))
    with s.moved("rotate(9 70 52)"):
        s.path(box(61, 45, 19, 18, 4), s.lit(ink.light))
    s.gleam("M16 38Q18 33 26 33H46V35H28Q20 35 18 42Z", 0.35)
    return str(s)


def clock(ink: Ink) -> str:
    """A twin-bell alarm clock at ten past ten."""
    s = Drawing(ink)
    s.line("M26 88L20 98M74 88L80 98", ink.shade(ink.body, 0.35), 6)
    s.line("M38 10Q50 2 62 10", ink.wire, 3)
    for side in s.both():
        with s.moved("rotate(-38 26 18)"):
            s.path("M10 22Q10 6 26 6T42 22Z", s.lit(ink.accent if side < 0 else ink.shade(ink.accent, 0.12)))
    s.oval(50, 56, 41, s.lit(ink.body, 0.2))
    s.oval(50, 56, 33, s.lit(ink.light, 0.08))
    for hour in range(12):
        angle = radians(hour * 30)
        inner = 25 if hour % 3 == 0 else 27.5
        x1, y1, x2, y2 = (at for r in (inner, 29.5) for at in (50 + r * sin(angle), 56 - r * cos(angle)))
        s.line(f"M{x1} {y1}L{x2} {y2}", ink.dark, 2.4 if hour % 3 == 0 else 1.2)
    s.line("M50 56L35.5 47", ink.dark, 4)
    s.line("M50 56L69 42", ink.dark, 2.8)
    s.line("M50 56V76", ink.accent, 1.3)
    s.oval(50, 56, 3.4, ink.accent)
    s.gleam("M14 50Q18 26 40 18 24 30 19 54 14 56 14 50Z", 0.4)
    return str(s)


def picture_frame(ink: Ink) -> str:
    """A framed landscape."""
    s = Drawing(ink)
    s.path(box(4, 14, 92, 86, 3), s.lit(ink.body, 0.2))
    s.path("M4 100L15 89H85L96 100Z", ink.shade(ink.body, 0.25), 0.7)
    s.rect(12, 22, 76, 70, ink.shade(ink.body, 0.3), 1)
    s.rect(14, 24, 72, 66, ink.light)
    view = box(21, 31, 58, 52)
    s.path(view, s.down(ink.real("#9fd0ea"), ink.real("#f5e3c8")))
    with s.inside(view):
        s.oval(64, 44, 6, ink.glow)
        s.path("M16 74L38 44 52 62 62 52 86 78V90H16Z", s.lit(ink.real("#6d7fa3")))
        s.path("M38 44L44 52 39 55 34 50Z", ink.light)
        s.path("M16 74Q40 62 86 76V90H16Z", s.lit(ink.real("#5c9a66")))
    s.line("M34 14L50 2 66 14", ink.wire, 1.2)
    s.oval(50, 2.5, 2, ink.wire)
    return str(s)


HOME_OBJECTS = (
    Subject(
        "book", ("book", "open book", "novel", "reading", "textbook"), "object", ("interior", "product"), None, book
    ),
    Subject(
        "books",
        ("books", "stack of books", "pile of books", "library", "bookstack"),
        "object",
        ("interior", "product"),
        None,
        books,
    ),
    Subject("lamp", ("lamp", "desk lamp", "table lamp"), "object", ("interior", "product"), None, lamp),
    Subject("chair", ("chair", "stool"), "object", ("interior", "product"), None, chair),
    Subject("sofa", ("sofa", "couch", "armchair", "settee"), "object", ("interior", "product"), None, sofa),
    Subject("clock", ("clock", "alarm clock", "watch"), "object", ("interior", "product"), None, clock),
    Subject(
        "picture frame",
        ("picture frame", "photo frame", "framed picture", "painting on a wall"),
        "object",
        ("interior", "product"),
        "#b98a4e",
        picture_frame,
    ),
)
