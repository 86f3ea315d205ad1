"""Larger furniture."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box

WOOD = "#b07b4c"


def bed(ink: Ink) -> str:
    """A made bed seen from its foot end."""
    s = Drawing(ink)
    wood = ink.real(WOOD)
    s.form("M8 90V30Q8 20 18 20H82Q92 20 92 30V90Z", wood, box(8, 44, 90, 10))
    for x in (15, 52):
        s.path(box(x, 38, 33, 22, 7), s.lit(ink.light, 0.12))
        s.line(f"M{x + 6} 53Q{x + 16} 57 {x + 27} 53", ink.shade(ink.light, 0.14), 1.2)
    s.form("M4 70Q4 56 16 55H84Q96 56 96 70V90H4Z", ink.body, "M0 80Q50 86 100 78V94H0Z")
    s.path("M6 66Q7 56 16 55H84Q93 56 94 66Q50 72 6 66Z", s.lit(ink.light, 0.08))
    s.line("M30 74Q34 82 32 88M68 74Q64 82 66 88", ink.shade(ink.body, 0.25), 1.4)
    s.path(box(2, 84, 96, 9, 3), s.lit(ink.shade(wood, 0.1)))
    for x in (6, 86):
        s.rect(x, 92, 8, 8, ink.shade(wood, 0.3), 1.5)
    return str(s)


def desk(ink: Ink) -> str:
    """A writing desk with drawers."""
    s = Drawing(ink)
    wood = ink.real(WOOD)
    s.line("M24 40L20 98M70 40V60", ink.shade(wood, 0.25), 5)
    s.form(box(58, 44, 34, 52, 3), ink.body, box(84, 40, 10, 60))
    for y in (48, 64, 80):
        s.path(box(62, y, 26, 12.5, 2), s.lit(ink.tint(ink.body, 0.16), 0.1))
        s.rect(71, y + 5, 8, 2.4, ink.accent, 1.2)
    s.rect(60, 96, 6, 4, ink.dark)
    s.rect(84, 96, 6, 4, ink.dark)
    s.line("M10 40L8 98", wood, 5)
    s.path(box(2, 36, 96, 8, 3), s.lit(wood, 0.2))
    for x, h, colour in ((12, 20, ink.accent), (18, 24, ink.body), (24, 18, ink.shade(ink.body, 0.35))):
        s.rect(x, 36 - h, 5.4, h, s.lit(colour), 1)
    s.path(box(74, 24, 11, 12, 2), s.lit(ink.light))
    s.line("M77 24L75 12M80 24V9M83 24L86 13", ink.real("#5fa552"), 2)
    return str(s)


def bookshelf(ink: Ink) -> str:
    """A tall shelf full of books."""
    s = Drawing(ink)
    wood = ink.real(WOOD)
    s.path(box(14, 1, 72, 99, 3), s.lit(wood))
    s.rect(19, 6, 62, 88, ink.shade(wood, 0.42))
    colours = (
        ink.body,
        ink.accent,
        ink.shade(ink.body, 0.3),
        ink.light,
        ink.tint(ink.body, 0.35),
        ink.shade(ink.accent, 0.25),
    )
    for shelf, low in enumerate((33, 63, 93)):
        x = 21.0
        for at in range(9):
            width, height = (5.5, 7, 4.5, 6)[(at * 3 + shelf) % 4], (20, 23, 17, 21, 24)[(at * 2 + shelf) % 5]
            if x + width > 70 - shelf * 4:
                break
            colour = colours[(at + shelf * 2) % 6]
            s.rect(x, low - height, width, height, s.lit(colour, 0.1), 0.8)
            s.rect(x, low - height * 0.75, width, 2, ink.shade(colour, 0.2))
            x += width + 0.6
        s.rect(19, low, 62, 4.5, s.lit(ink.tint(wood, 0.1)))
    s.path(box(70, 23, 9, 10, 1.5), s.lit(ink.accent))
    s.line("M74.5 23V13M74.5 21L70 15M74.5 21L79 15", ink.real("#5fa552"), 2)
    s.oval(72, 57, 6, s.ball(ink.real("#6aa9d0")))
    s.oval(70, 87, 6, s.ball(ink.glow))
    return str(s)


def door(ink: Ink) -> str:
    """A panelled front door with a fanlight."""
    s = Drawing(ink)
    frame = ink.real("#efe6d6")
    s.path(box(18, 8, 64, 90, 2), s.lit(frame))
    s.form(box(25, 15, 50, 83, 1.5), ink.body, box(64, 10, 14, 90))
    s.path("M31 34Q31 21 50 21T69 34Z", s.glass())
    s.line("M50 21V34M39 24L44 34M61 24L56 34", ink.shade(ink.body, 0.2), 1.4)
    for x, y, h in ((31, 39, 22), (53, 39, 22), (31, 67, 25), (53, 67, 25)):
        s.path(box(x, y, 16, h, 1.5), ink.shade(ink.body, 0.18))
        s.path(box(x + 1.5, y + 1.5, 14.5, h - 1.5, 1.5), s.lit(ink.tint(ink.body, 0.06)))
    s.oval(70.5, 63, 2.6, s.ball(ink.accent))
    s.path(box(14, 5, 72, 6, 1.5), s.lit(frame))
    s.path(box(12, 96, 76, 4, 1), s.lit(ink.real("#b9b3aa")))
    return str(s)


ROOM_OBJECTS = (
    Subject("bed", ("bed", "bedroom", "mattress", "sleep", "insomnia"), "object", ("interior",), None, bed),
    Subject("desk", ("desk", "workspace", "workplace"), "object", ("interior",), None, desk),
    Subject("bookshelf", ("bookshelf", "bookcase"), "object", ("interior",), None, bookshelf),
    Subject("door", ("door", "front door", "doorway"), "object", ("interior", "city"), "#2f7a6a", door),
)
