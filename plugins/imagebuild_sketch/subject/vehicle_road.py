"""Vehicles on wheels, facing right."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, ring


def car(ink: Ink) -> str:
    """A compact hatchback from the side."""
    s = Drawing(ink)
    body = (
        "M4 82V73Q4 65 12 63L26 60 37 42Q40 38 46 38H64Q70 38 74 42L86 59 91 61Q97 63 97 71V83Q97 88 92 88H9Q4 88 4 82Z"
    )
    s.form(body, ink.body, box(0, 75, 100, 14), 0.2)
    with s.inside(body):
        for x in (25, 75):
            s.oval(x, 88, 14.5, ink.shade(ink.body, 0.55))
    s.path("M33 60L42 45Q43.5 43 46 43H55V60Z", s.glass())
    s.path("M59 60V43H64Q68 43 70 45.5L80 60Z", s.glass())
    s.gleam("M41 57L49 45H52L44.5 57Z")
    s.gleam("M6 70Q8 66 14 65L28 62H90Q94 64 95 68Z", 0.22)
    s.line("M57 62V84", ink.shade(ink.body, 0.3), 0.8)
    s.rect(60, 66, 7, 2, ink.shade(ink.body, 0.4), 1)
    s.path("M97 68H91Q88 68 88 71V73H97Z", ink.glow if ink.night else ink.light)
    s.rect(4, 68, 4, 6, "#d9483b", 1)
    if ink.night:
        s.halo(95, 71, 12, ink.glow)
    s.wheel(25, 88, 12)
    s.wheel(75, 88, 12)
    return str(s)


def bus(ink: Ink) -> str:
    """A city bus from the side."""
    s = Drawing(ink)
    body = "M4 84V32Q4 24 12 24H88Q94 24 95 31L97 56V84Q97 89 92 89H9Q4 89 4 84Z"
    s.form(body, ink.body, box(0, 78, 100, 12), 0.2)
    s.gleam("M5 32Q5 26 12 26H88Q92 26 93.5 31H5Z", 0.3)
    with s.inside(body):
        s.rect(0, 66, 100, 5, ink.light)
        for x in (26, 74):
            s.oval(x, 89, 13, ink.shade(ink.body, 0.55))
    for x in (10, 26, 42, 58):
        s.pane(x, 36, 13, 20, 2.5)
    s.path("M75 36H91L93.5 58H75Z", s.glass())
    s.line("M74 36V84", ink.shade(ink.body, 0.3), 0.8)
    s.rect(90, 74, 6, 5, ink.glow if ink.night else ink.light, 2)
    if ink.night:
        s.halo(95, 76, 12, ink.glow)
    s.wheel(26, 89, 11)
    s.wheel(74, 89, 11)
    return str(s)


def truck(ink: Ink) -> str:
    """A delivery truck from the side."""
    s = Drawing(ink)
    s.rect(8, 78, 84, 9, "#3a4050", 2)
    s.form(box(3, 26, 62, 56, 4), ink.light, box(0, 70, 70, 14), 0.12)
    s.rect(3, 46, 62, 9, ink.accent)
    for x in (18, 34, 50):
        s.line(f"M{x} 28V80", ink.shade(ink.light, 0.14), 0.7)
    cab = "M67 86V45Q67 41 71 41H82Q86 41 88 44.5L95 59Q97 62 97 66V82Q97 86 93 86Z"
    s.form(cab, ink.body, box(60, 76, 40, 14), 0.2)
    s.path("M72 60V48Q72 46 74 46H81Q83.5 46 84.5 48L90.5 60Z", s.glass())
    s.rect(72, 65, 6, 2, ink.shade(ink.body, 0.4), 1)
    s.rect(91, 70, 6, 6, ink.glow if ink.night else ink.light, 2)
    if ink.night:
        s.halo(95, 73, 12, ink.glow)
    for x in (20, 44, 80):
        s.wheel(x, 89, 11)
    return str(s)


def bicycle(ink: Ink) -> str:
    """A town bicycle with a basket's worth of handlebar."""
    s = Drawing(ink)
    for x in (24, 76):
        s.line(ring(x, 77, 20.5), "#2f3340", 3.4)
        s.line(ring(x, 77, 17.5), ink.real("#c9ced8"), 1)
        for dx, dy in ((17, 0), (0, 17), (12, 12), (12, -12)):
            s.line(f"M{x - dx} {77 - dy}L{x + dx} {77 + dy}", ink.real("#b3bac6"), 0.5)
    s.line("M24 77L39 50 48 77ZM39 50L67 46M48 77L69 53", ink.body, 3.8)
    s.line("M37 44L39 50M65.5 38L67 46 76 77", ink.shade(ink.body, 0.22), 3.8)
    s.line("M37.5 52.5L66 48.5", ink.tint(ink.body, 0.4), 1)
    s.line("M65.5 38Q64 33 70 32 77 31 78 36", "#3a4050", 3.2)
    s.line("M74 32.5Q78 32 78 36", ink.accent, 3.6)
    s.path("M28 41Q29 38 34 39L45 40Q47 41 45 43L38 45Q30 45 28 41Z", s.lit("#3a4050"))
    s.oval(48, 77, 6, s.lit(ink.real("#c9ced8"), 0.25))
    s.oval(48, 77, 2.4, "#596070")
    s.line("M48 77L54 86M51 87H58", "#3a4050", 2.4)
    s.oval(24, 77, 3, "#596070")
    s.oval(76, 77, 3, "#596070")
    return str(s)


def train(ink: Ink) -> str:
    """A steam locomotive under its smoke."""
    s = Drawing(ink)
    steam = ink.real("#e9eef2")
    for x, y, r in ((40, 9, 8), (52, 12, 9), (64, 15, 8.5), (74, 22, 6.5)):
        s.oval(x, y, r, s.ball(steam, 0.1))
    s.form("M70 50V34L67 28H83L80 34V50Z", ink.shade(ink.body, 0.45))
    s.rect(66, 27, 18, 4, ink.accent, 1.5)
    s.form("M52 50V44Q52 39 57 39T62 44V50Z", ink.accent)
    s.form(box(34, 45, 58, 30, 9), ink.body, box(30, 62, 70, 16), 0.22)
    s.gleam(box(38, 49, 50, 4, 2), 0.35)
    for x in (50, 66, 82):
        s.rect(x, 45, 2.6, 30, ink.accent)
    s.form(box(6, 33, 32, 46, 2), ink.body, box(28, 30, 12, 50), 0.2)
    s.rect(2, 27, 40, 7, s.lit(ink.shade(ink.body, 0.45)), 3)
    s.pane(12, 40, 19, 16, 3)
    s.rect(5, 74, 90, 8, "#3a4050", 2)
    s.path("M88 80H94L100 98H84Z", s.lit("#596070"))
    s.oval(92, 53, 4.5, ink.glow if ink.night else ink.light)
    if ink.night:
        s.halo(94, 53, 13, ink.glow)
    for x, r in ((18, 13), (46, 13), (67, 8.5), (82, 8.5)):
        s.oval(x, 100 - r, r, s.lit("#2f3340"))
        s.oval(x, 100 - r, r * 0.72, s.lit(ink.shade(ink.accent, 0.08)))
        s.oval(x, 100 - r, r * 0.5, "#3a4050")
        s.oval(x, 100 - r, r * 0.2, ink.accent)
    s.line("M18 91L46 91", ink.real("#c9ced8"), 2.6)
    return str(s)


ROAD_VEHICLES = (
    Subject(
        "car",
        ("car", "automobile", "auto", "hatchback", "sedan", "taxi", "cab"),
        "vehicle",
        ("city", "landscape"),
        "#d9483b",
        car,
    ),
    Subject("bus", ("bus", "school bus", "city bus"), "vehicle", ("city", "landscape"), "#e8a628", bus),
    Subject(
        "truck",
        ("truck", "lorry", "van", "delivery truck", "delivery van"),
        "vehicle",
        ("city", "landscape"),
        None,
        truck,
    ),
    Subject("bicycle", ("bicycle", "bike"), "vehicle", ("city", "landscape"), None, bicycle),
    Subject(
        "train",
        ("train", "locomotive", "steam train", "steam engine", "railway"),
        "vehicle",
        ("landscape", "city"),
        "#2f6f5e",
        train,
    ),
)
