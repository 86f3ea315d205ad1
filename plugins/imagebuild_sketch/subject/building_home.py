"""Houses and other small buildings of the country."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box

SLATE, WOOD, STONE = "#4d5468", "#a9744a", "#b9b3aa"


def _cross_window(s: Drawing, x: float, y: float, w: float, h: float) -> None:
    """A window in a light frame with one cross bar."""
    frame = s.ink.real("#fbf6ec")
    s.rect(x - 1.4, y - 1.4, w + 2.8, h + 2.8, frame, 1)
    s.pane(x, y, w, h)
    s.line(f"M{x + w / 2} {y}V{y + h}M{x} {y + h / 2}H{x + w}", frame, 0.9)
    if s.ink.night:
        s.halo(x + w / 2, y + h / 2, w * 1.3, s.ink.glow, 0.4)


def house(ink: Ink) -> str:
    """A gabled family house with a wing."""
    s = Drawing(ink)
    slate = ink.real(SLATE)
    s.form(box(72, 22, 10, 26), ink.real("#a8604c"), box(78, 20, 6, 30), 0.2)
    s.rect(70.5, 20, 13, 4, ink.shade(ink.real("#a8604c"), 0.15), 1)
    s.form(box(46, 52, 48, 47), ink.shade(ink.body, 0.1), box(46, 52, 48, 7), 0.22)
    s.path("M38 54L46 34H86Q88 34 89 36L97 54Q98 57 95 57H40Z", s.lit(ink.shade(slate, 0.12)))
    s.form("M8 99V50L31 26 54 50V99Z", ink.body, "M8 50L31 26 54 50V58L31 34 8 58Z", 0.2)
    s.path("M31 17L58 46Q60 48 58 50L56.5 51.5Q55 53 53 51L31 28 9 51Q7 53 5.5 51.5L4 50Q2 48 4 46Z", s.lit(slate))
    s.form("M24 99V76Q24 70 31 70T38 76V99Z", ink.accent, box(33, 68, 8, 32), 0.14)
    s.oval(35, 86, 1.1, ink.light)
    s.oval(31, 46, 5, ink.real("#fbf6ec"))
    s.oval(31, 46, 3.7, s.glass())
    _cross_window(s, 62, 66, 11, 13)
    _cross_window(s, 79, 66, 11, 13)
    s.rect(20, 97, 22, 3, ink.real(STONE), 1)
    for x, r in ((61, 6), (70, 7), (80, 6), (90, 6.5)):
        s.oval(x, 98.5 - r * 0.6, r, s.ball(ink.real("#5f9a58"), 0.2), r * 0.75)
    return str(s)


def cabin(ink: Ink) -> str:
    """A log cabin with a stone chimney."""
    s = Drawing(ink)
    roof = ink.real("#5a4038")
    s.form(box(68, 16, 13, 36, 1), ink.real(STONE), box(76, 16, 6, 40), 0.2)
    for x, y in ((69.5, 22), (74, 28), (69.5, 34)):
        s.rect(x, y, 5, 3, ink.shade(ink.real(STONE), 0.15), 1)
    wall = "M12 99V56L50 26 88 56V99Z"
    s.path(wall, s.lit(ink.body))
    with s.inside(wall):
        for y in range(31, 100, 8):
            s.rect(10, y, 80, 2, ink.shade(ink.body, 0.2), 1)
            s.rect(10, y + 2, 80, 1, ink.tint(ink.body, 0.16), 1)
        s.path("M50 26L90 57V64L50 36 10 66V56Z", ink.shade(ink.body, 0.5), 0.5)
    s.path("M50 16L97 54Q99 56 97 58L95 60Q93 62 91 60L50 28 9 60Q7 62 5 60L3 58Q1 56 3 54Z", s.lit(roof, 0.12))
    s.path("M50 16L97 54Q98.5 55.5 97.5 57L50 20 2.5 57Q1.5 55.5 3 54Z", ink.real("#fbf6ec"), 0.22)
    s.form(box(42, 68, 18, 31, 2), ink.shade(ink.body, 0.35), box(51, 66, 10, 34), 0.16)
    s.oval(56.5, 85, 1.2, ink.glow)
    _cross_window(s, 21, 69, 13, 13)
    _cross_window(s, 68, 69, 13, 13)
    _cross_window(s, 45, 44, 10, 10)
    for x in (9, 85):
        for y in (65, 75, 85, 95):
            s.oval(x + 3, y, 3.4, s.ball(ink.tint(ink.body, 0.2)))
    return str(s)


def barn(ink: Ink) -> str:
    """A gambrel-roofed barn with crossed doors."""
    s = Drawing(ink)
    trim, roof = ink.real("#fbf6ec"), ink.real(SLATE)
    wall = "M12 99V50L24 28 50 14 76 28 88 50V99Z"
    s.form(wall, ink.body, "M60 0H100V100H60Z", 0.1)
    if not ink.flat:
        with s.inside(wall):
            for x in range(20, 90, 8):
                s.line(f"M{x} 10V100", ink.shade(ink.body, 0.16), 0.6)
    s.line("M8 54L20.5 27 50 11 79.5 27 92 54", roof, 5.5)
    s.line("M13 54L24 30 50 16.5 76 30 87 54", trim, 1.8)
    s.rect(30, 62, 40, 37, trim)
    for x in (32, 51):
        s.rect(x, 64, 17, 35, ink.shade(ink.body, 0.14))
        s.line(f"M{x + 1} 65L{x + 16} 98M{x + 16} 65L{x + 1} 98", trim, 1.8)
    s.rect(41, 33, 18, 18, trim, 1)
    s.rect(43, 35, 14, 14, s.glass() if ink.night else ink.shade(ink.body, 0.5))
    s.line("M43 35L57 49M57 35L43 49", trim, 1.5)
    return str(s)


def tent(ink: Ink) -> str:
    """A ridge tent, its door folded open."""
    s = Drawing(ink)
    s.line("M50 18L2 97M50 18L98 97", ink.real(WOOD), 2)
    s.line("M46 12L53 22M54 12L47 22", ink.real(WOOD), 2)
    s.path("M50 20Q66 58 96 98H50Z", s.lit(ink.shade(ink.body, 0.16)))
    s.path("M50 20Q34 58 4 98H50Z", s.lit(ink.body))
    dark = s.down(ink.tint(ink.glow, 0.3), ink.glow) if ink.night else s.down(ink.shade(ink.body, 0.65), ink.dark)
    s.path("M50 34Q58 72 72 98H28Q42 72 50 34Z", dark)
    if ink.night:
        s.halo(50, 80, 34, ink.glow, 0.5)
    s.path("M50 34Q44 76 24 98H38Q50 80 50 34Z", s.lit(ink.tint(ink.body, 0.3)))
    s.path("M50 34Q56 76 76 98H62Q50 80 50 34Z", s.lit(ink.body))
    s.line("M38 90Q43 84 46 74M62 90Q57 84 54 74", ink.accent, 2)
    s.gleam("M48 28Q36 60 12 94 34 62 48 28Z", 0.3)
    s.rect(2, 97, 96, 3, ink.shade(ink.body, 0.35), 1.5)
    return str(s)


def church(ink: Ink) -> str:
    """A village church with a pointed steeple."""
    s = Drawing(ink)
    roof = ink.real(SLATE)
    s.form(box(40, 58, 54, 41), ink.shade(ink.body, 0.06), box(40, 58, 54, 6), 0.2)
    s.path("M36 60L46 38H86L98 60Z", s.lit(roof))
    s.form(box(10, 44, 34, 55), ink.body, box(33, 40, 12, 60), 0.12)
    s.path("M6 46L27 10 48 46Z", s.lit(roof))
    s.path("M27 10L48 46H34Z", ink.shade(roof, 0.25), 0.7)
    s.line("M27 1V12M23 4.5H31", ink.accent, 1.8)
    s.form("M20 99V82Q20 75 27 72 34 75 34 82V99Z", ink.real(WOOD), box(27, 70, 8, 30), 0.2)
    s.oval(27, 56, 5.6, ink.real("#fbf6ec"))
    s.oval(27, 56, 4.2, s.glass())
    s.line("M27 52V60M23 56H31", ink.real("#fbf6ec"), 0.9)
    for x in (52, 66, 80):
        s.path(f"M{x} 88V74Q{x} 68 {x + 4} 66 {x + 8} 68 {x + 8} 74V88Z", s.glass())
        s.rect(x - 1, 87, 10, 2, ink.real("#fbf6ec"), 0.5)
        if ink.night:
            s.halo(x + 4, 78, 10, ink.glow, 0.4)
    s.rect(6, 96, 90, 4, ink.real(STONE), 1)
    return str(s)


def windmill(ink: Ink) -> str:
    """A tower mill with four lattice sails."""
    s = Drawing(ink)
    s.form("M36 42H64L72 99H28Z", ink.body, "M54 40H80V100H60Z", 0.14)
    s.rect(26, 66, 48, 4, s.lit(ink.real(WOOD)), 1)
    s.line("M28 66V60H72V66M36 60V66M44 60V66M56 60V66M64 60V66", ink.real("#7d5634"), 1)
    s.path("M33 43Q34 24 50 23 66 24 67 43Z", s.lit(ink.real("#8c4a3e")))
    s.form("M44 99V84Q44 79 50 79T56 84V99Z", ink.real(WOOD), box(51, 78, 6, 22), 0.2)
    s.pane(46.5, 50, 7, 8, 3)
    for angle in (38, 128, 218, 308):
        with s.moved(f"rotate({angle} 50 36)"):
            s.line("M50 36V1", ink.real("#6d4c33"), 1.8)
            s.rect(50.5, 2, 9, 25, ink.light, 0.5, 0.92)
            s.line("M50.5 7H59.5M50.5 12H59.5M50.5 17H59.5M50.5 22H59.5M55 2V27", ink.real("#a08463"), 0.6)
    s.oval(50, 36, 3.4, s.ball(ink.real("#6d4c33")))
    return str(s)


HOMES = (
    Subject(
        "house",
        ("house", "home", "family house", "villa", "bungalow"),
        "building",
        ("landscape", "city"),
        "#efc888",
        house,
    ),
    Subject(
        "cabin",
        ("cabin", "log cabin", "cottage", "hut", "lodge", "chalet", "tavern", "inn", "pub"),
        "building",
        ("forest", "landscape"),
        "#b5794a",
        cabin,
    ),
    Subject("barn", ("barn", "farm", "farmhouse"), "building", ("landscape",), "#b8433a", barn),
    Subject("tent", ("tent", "camping tent"), "building", ("forest", "landscape"), "#e08a35", tent),
    Subject("church", ("church", "chapel", "steeple"), "building", ("landscape", "city"), "#ece2d0", church),
    Subject("windmill", ("windmill", "mill"), "building", ("landscape",), "#e9dcc6", windmill),
)
