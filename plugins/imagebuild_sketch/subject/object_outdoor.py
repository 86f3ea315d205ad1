"""Larger things that stand outdoors, clean energy among them, and the table."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box


def wind_turbine(ink: Ink) -> str:
    """A wind turbine, its blades coloured at the tips."""
    s = Drawing(ink)
    white, grey = ink.real("#f0f2f4"), ink.real("#b9c0ca")
    s.path("M47.8 38H52.2L54.5 100H45.5Z", s.across(white, grey))
    for turn in (8, 128, 248):
        with s.moved(f"rotate({turn} 50 36)"):
            s.path("M48.4 36Q46 24 49 1 52.5 12 52.5 28L51.6 36Z", s.across(white, grey))
            s.path("M48 9L49 1Q51 5 51.7 10.5Z", ink.body)
    s.oval(50, 36, 4.2, s.ball(white))
    s.oval(50, 36, 1.7, ink.body)
    return str(s)


def solar_panel(ink: Ink) -> str:
    """A tilted solar panel on its stand."""
    s = Drawing(ink)
    steel = ink.real("#aab1bf")
    s.line("M50 70V97M32 74L24 97M68 74L76 97", steel, 4)
    s.line("M16 98H84", ink.shade(steel, 0.3), 4)
    s.path("M22 22H78Q80 22 81 24L98 76Q99 80 95 80H5Q1 80 2 76L19 24Q20 22 22 22Z", s.lit(ink.light, 0.15))
    d = "M23 26H77L93.5 76H6.5Z"
    s.path(d, s.lit(ink.shade(ink.body, 0.12), 0.22))
    with s.inside(d):
        for x in (31, 41, 50, 59, 69):
            s.line(f"M{x} 24L{50 + (x - 50) * 1.75} 78", ink.tint(ink.body, 0.5), 1.1)
        s.line("M0 41H100M0 58H100", ink.tint(ink.body, 0.5), 1.1)
        s.gleam("M38 20H54L30 80H6Z", 0.22)
    return str(s)


def battery(ink: Ink) -> str:
    """A battery, three quarters full, with a bolt."""
    s = Drawing(ink)
    s.path(box(38, 2, 24, 10, 3), s.lit(ink.dark, 0.2))
    s.path(box(20, 8, 60, 92, 9), s.lit(ink.dark, 0.2))
    s.path(box(26, 14, 48, 80, 5), ink.shade(ink.light, 0.1))
    s.path(box(26, 34, 48, 60, 5), s.across(ink.tint(ink.body, 0.2), ink.shade(ink.body, 0.12)))
    s.path("M54 38L36 68H48L44 90 65 58H52Z", ink.light)
    s.gleam("M30 18H35V90H30Z", 0.3)
    return str(s)


def bench(ink: Ink) -> str:
    """A park bench."""
    s = Drawing(ink)
    iron = ink.real("#474d5a")
    for _ in s.both():
        s.line("M12 99L15 70V30M24 99L22 72", iron, 4)
        s.line("M14 58H26", iron, 4)
    for y in (30, 42, 54):
        s.path(box(3, y, 94, 8.5, 3), s.lit(ink.body))
    s.path("M10 68H90L97 76Q97 80 93 80H7Q3 80 3 76Z", s.lit(ink.tint(ink.body, 0.12)))
    s.line("M7 73.5H93", ink.shade(ink.body, 0.25), 1)
    return str(s)


def market_stall(ink: Ink) -> str:
    """A market stall with a striped awning and crates of fruit."""
    s = Drawing(ink)
    wood = ink.real("#b07b4c")
    s.line("M10 30V98M90 30V98", ink.shade(wood, 0.2), 4)
    s.rect(12, 32, 76, 30, ink.shade(wood, 0.55), 0, 0.35)
    s.path(box(4, 62, 92, 36, 2), s.lit(wood))
    s.line("M4 74H96M4 86H96", ink.shade(wood, 0.22), 1.2)
    tones = ("#d8413a", "#ee8a2c", "#7fae3c", "#e8c33a")
    for crate, tone in enumerate(tones):
        x = 6 + crate * 22.4
        for row, count in ((0, 4), (1, 3)):
            for at in range(count):
                s.oval(x + 3 + row * 2.4 + at * 4.9, 53 - row * 4.2, 3.1, s.ball(ink.real(tone)))
        s.path(box(x - 0.5, 54, 21.5, 10, 1), s.lit(ink.tint(wood, 0.2)))
        s.line(f"M{x} 59H{x + 20.5}", ink.shade(wood, 0.2), 1)
    for at in range(6):
        x = 2 + at * 16
        colour = ink.body if at % 2 == 0 else ink.light
        top = f"M{12 + at * 12.67} 4H{24.67 + at * 12.67}"
        s.path(f"{top}L{x + 16} 26V31Q{x + 16} 36 {x + 8} 36T{x} 31V26Z", s.lit(colour, 0.1))
    s.path(box(30, 76, 40, 14, 2), s.lit(ink.light))
    s.line("M36 81H64M36 85.5H56", ink.shade(ink.light, 0.35), 1.6)
    return str(s)


def table(ink: Ink) -> str:
    """A wooden table with a cloth runner and a vase."""
    s = Drawing(ink)
    wood, leaf = ink.real("#b07b4c"), ink.real("#5fa552")
    for _ in s.both():
        s.path("M8 52H17L14 100H9Z", s.lit(ink.shade(wood, 0.2)))
        s.path("M24 52H30L28.5 84H25Z", ink.shade(wood, 0.4))
    s.path(box(1, 43, 98, 9, 3), s.lit(wood))
    s.path("M36 43H64V66L50 72 36 66Z", s.lit(ink.body))
    s.line("M36 62L50 68 64 62", ink.light, 1.4)
    s.line("M50 30L43 13M50 30V8M50 30L58 14", leaf, 1.8)
    for x, y, tone in ((43, 12, ink.accent), (50, 7, ink.light), (58, 13, ink.accent)):
        s.oval(x, y, 4.2, s.ball(tone))
    s.path("M45 26H55Q53 32 57 37 57 43 50 43T43 37Q47 32 45 26Z", s.lit(ink.accent))
    return str(s)


OUTDOOR = (
    Subject(
        "wind turbine",
        ("wind turbine", "turbine", "wind farm", "wind energy", "wind power", "renewable energy", "clean energy"),
        "building", ("landscape",), None, wind_turbine,
    ),
    Subject(
        "solar panel",
        ("solar panel", "solar", "solar energy", "solar farm", "photovoltaic"),
        "building", ("landscape",), "#2f5fa8", solar_panel,
    ),
    Subject("battery", ("battery", "charging", "accumulator"), "object", ("product",), "#57a85a", battery),
    Subject("bench", ("bench", "park bench"), "object", ("landscape",), "#b07b4c", bench),
    Subject(
        "market stall",
        ("market stall", "stall", "farmers market", "farmer's market", "farmer s market", "food stand", "kiosk"),
        "building", ("city",), None, market_stall,
    ),
    Subject("table", ("table", "dining table", "dinner table"), "object", ("interior",), None, table),
)  # fmt: skip
