"""Towers, and what cities are made of."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box

STONE = "#b9b3aa"


def castle(ink: Ink) -> str:
    """A keep between two round towers with pointed roofs."""
    s = Drawing(ink)
    roof = ink.accent
    s.form("M36 60V30H39V26H43V30H48V26H52V30H57V26H61V30H64V60Z", ink.shade(ink.body, 0.14))
    s.path("M40 27L50 6 60 27Z", s.lit(ink.shade(roof, 0.12)))
    s.line("M50 7V1", ink.wire, 1)
    s.path("M50 1L60 3.5 50 6Z", roof)
    s.path("M48 38Q50 34 52 38V45H48Z", s.glass())
    s.form("M24 99V56H30V51H36V56H41V51H47V56H53V51H59V56H64V51H70V56H76V99Z", ink.body, box(24, 92, 60, 10))
    for x in (6, 72):
        s.form(box(x, 42, 22, 57), ink.body, box(x + 14, 40, 10, 60), 0.16)
        s.rect(x - 2, 40, 26, 7, s.lit(ink.shade(ink.body, 0.08)), 1)
        s.path(f"M{x - 3} 41L{x + 11} 14 {x + 25} 41Z", s.lit(roof))
        s.path(f"M{x + 11} 14L{x + 25} 41H{x + 15}Z", ink.shade(roof, 0.22), 0.7)
        s.line(f"M{x + 11} 15V7", ink.wire, 1)
        s.path(f"M{x + 11} 7L{x + 20} 9.5 {x + 11} 12Z", ink.tint(roof, 0.2))
        s.path(f"M{x + 8} 63V57Q{x + 11} 52 {x + 14} 57V63Z", s.glass())
        s.path(f"M{x + 8} 83V77Q{x + 11} 72 {x + 14} 77V83Z", s.glass())
    s.path("M38 99V80Q38 68 50 68T62 80V99Z", ink.shade(ink.body, 0.35))
    s.path("M41 99V81Q41 71 50 71T59 81V99Z", s.lit(ink.real("#7d5634")))
    s.line("M47 73V99M53 73V99M41.5 82H58.5M41 91H59", ink.real("#4f3826"), 1)
    for x, y in ((30, 66), (66, 62), (29, 84), (68, 78), (10, 92), (84, 90)):
        s.rect(x, y, 5, 2.4, ink.shade(ink.body, 0.14), 0.8)
    return str(s)


def lighthouse(ink: Ink) -> str:
    """A banded tower on a rock, its lantern lit."""
    s = Drawing(ink)
    if ink.night:
        s.beam("M50 16L-3 2V32Z", ink.glow, start=1, end=0)
        s.beam("M50 16L103 2V32Z", ink.glow, start=0, end=1)
        s.halo(50, 16, 26, ink.glow, 0.8)
    s.form("M12 99Q16 86 30 86L38 82H64Q72 88 80 89 88 92 89 99Z", ink.real("#8d8f98"), "M56 80H100V100H50Z", 0.2)
    s.form(box(64, 70, 20, 20), ink.light, box(76, 70, 10, 20))
    s.path("M61 71L66 61H82L87 71Z", s.lit(ink.body))
    s.pane(70, 76, 6, 7, 1)
    tower = "M40 28H60L67 89H33Z"
    s.path(tower, s.across(ink.light, ink.shade(ink.light, 0.16)))
    with s.inside(tower):
        for y, h in ((36, 12), (60, 13), (85, 10)):
            s.rect(20, y, 60, h, s.across(ink.tint(ink.body, 0.12), ink.shade(ink.body, 0.2)))
    for y in (51, 75):
        s.rect(48, y - 1, 4.5, 6.5, s.glass() if ink.night else ink.shade(ink.body, 0.5), 2)
    s.rect(35, 25, 30, 4, s.lit(ink.wire, 0.1), 1)
    s.line("M36.5 25V20.5H63.5V25M42 20.5V25M58 20.5V25", ink.wire, 1)
    s.rect(42, 11, 16, 14, s.down(ink.tint(ink.glow, 0.5), ink.glow) if ink.night else s.glass())
    s.oval(50, 18, 3.5, ink.tint(ink.glow, 0.4))
    s.line("M42.5 11V25M57.5 11V25", ink.wire, 1.4)
    s.path("M38 12Q42 4 50 3 58 4 62 12Z", s.lit(ink.body))
    s.line("M50 4V0.8", ink.wire, 1.6)
    return str(s)


def skyscraper(ink: Ink) -> str:
    """An office tower among two lower ones."""
    s = Drawing(ink)
    towers = ((6, 44, 30, ink.shade(ink.body, 0.2)), (66, 34, 28, ink.shade(ink.body, 0.28)), (30, 10, 40, ink.body))
    for number, (x, y, w, colour) in enumerate(towers):
        s.form(box(x, y, w, 99 - y, 1.5), colour, box(x + w * 0.7, y, w, 99), 0.14)
        columns = 4 if number == 2 else 3
        step = (w - 4) / columns
        for row in range(int((84 - y) // 8)):
            for column in range(columns):
                lit = ink.night and (row * 3 + column * 5 + number) % 4 != 1
                paint = s.glass() if lit or not ink.night else ink.shade(colour, 0.35)
                s.rect(x + 2 + column * step + 0.8, y + 5 + row * 8, step - 1.6, 5, paint, 0.6)
    s.rect(38, 5, 24, 6, s.lit(ink.shade(ink.body, 0.15)), 1)
    s.line("M50 5V0", ink.wire, 1.6)
    s.rect(40, 86, 20, 14, s.glass(), 1)
    s.line("M50 86V99", ink.shade(ink.body, 0.4), 1)
    s.rect(36, 83, 28, 3.5, ink.accent, 1)
    s.rect(2, 98, 96, 2, ink.real(STONE), 1)
    return str(s)


def bridge(ink: Ink) -> str:
    """A suspension bridge between two towers."""
    s = Drawing(ink)

    def sag(x: float) -> float:
        """Height of the cable: a parabola between the towers, and half of one on either side."""
        return 64 - 46 * min(1.0, ((x - 50) / 24 if 26 <= x <= 74 else (min(x, 100 - x) - 2) / 24) ** 2)

    for x in range(6, 97, 4):
        s.line(f"M{x} {sag(x)}V70", ink.shade(ink.body, 0.1), 0.5)
    s.line("M" + "L".join(f"{x} {sag(x)}" for x in range(2, 99, 2)), ink.shade(ink.body, 0.15), 1.6)
    for x in (22, 70):
        for dx in (0, 5.5):
            s.rect(x + dx, 12, 2.8, 88, s.across(ink.tint(ink.body, 0.15), ink.shade(ink.body, 0.2)), 0.6)
        for y in (14, 30, 46):
            s.rect(x, y, 8.3, 3.4, ink.shade(ink.body, 0.12), 0.5)
        s.line(f"M{x + 2} 92L{x + 6.5} 76M{x + 6.5} 92L{x + 2} 76", ink.shade(ink.body, 0.2), 1)
        s.form(box(x - 4, 92, 16, 8, 1.5), ink.real(STONE), box(x + 6, 90, 8, 12), 0.2)
        if ink.night:
            s.halo(x + 4, 13, 8, ink.glow, 0.9)
    s.rect(0, 68, 100, 5.5, s.down(ink.body, ink.shade(ink.body, 0.3)), 1)
    s.line("M1 69H99", ink.tint(ink.body, 0.4), 0.8)
    return str(s)


def shop(ink: Ink) -> str:
    """A shop front under a striped awning."""
    s = Drawing(ink)
    s.form(box(10, 12, 80, 87, 3), ink.shade(ink.light, 0.08), box(70, 10, 20, 90), 0.08)
    s.rect(6, 8, 88, 9, s.lit(ink.shade(ink.body, 0.2)), 2)
    s.rect(28, 22, 44, 12, s.lit(ink.dark, 0.1), 2)
    s.line("M35 28H65", ink.glow, 2.4)
    s.rect(14, 58, 42, 30, ink.shade(ink.body, 0.2), 1)
    s.rect(16, 58, 38, 28, s.glass())
    s.gleam("M18 86L34 58H40L24 86Z", 0.3)
    for x, r in ((23, 3.4), (31, 4), (40, 3.4), (48, 4)):
        s.oval(x, 86 - r, r, s.ball(ink.accent))
    s.rect(62, 54, 22, 46, ink.shade(ink.body, 0.2), 1)
    s.rect(65, 58, 16, 28, s.glass(), 0.6)
    s.oval(66, 90, 1.2, ink.glow)
    if ink.night:
        s.halo(40, 74, 34, ink.glow, 0.4)
    for at in range(8):
        x = 6 + at * 11
        colour = ink.body if at % 2 == 0 else ink.light
        s.path(f"M{x} 40H{x + 11}V56A5.5 5.5 0 0 1 {x} 56Z", s.down(colour, ink.shade(colour, 0.14)))
    s.rect(6, 38, 88, 3.5, ink.shade(ink.body, 0.3), 1)
    s.rect(6, 97, 88, 3, ink.real(STONE), 1)
    return str(s)


TALL_BUILDINGS = (
    Subject("castle", ("castle", "fortress", "palace"), "building", ("landscape",), "#c9c0b4", castle),
    Subject("lighthouse", ("lighthouse",), "building", ("sea",), "#d8463c", lighthouse),
    Subject(
        "skyscraper",
        ("skyscraper", "office building", "office tower", "tower block", "high rise", "building", "office"),
        "building",
        ("city",),
        None,
        skyscraper,
    ),
    Subject("bridge", ("bridge", "suspension bridge"), "building", ("sea", "city"), "#c5523d", bridge),
    Subject(
        "shop",
        ("shop", "store", "storefront", "shop front", "bakery", "cafe", "coffee shop", "market"),
        "building",
        ("city",),
        None,
        shop,
    ),
)
