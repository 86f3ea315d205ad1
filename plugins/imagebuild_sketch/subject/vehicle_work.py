"""Vehicles with a job."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, ring


def tractor(ink: Ink) -> str:
    """A farm tractor."""
    s = Drawing(ink)
    s.line("M76 44V24", ink.wire, 3.4)
    s.path("M18 54L24 16H54L60 50V70H18Z", ink.shade(ink.body, 0.3))
    s.path("M24 50L28 22H49L54 50Z", s.glass())
    s.gleam("M31 46L40 24H46L37 46Z", 0.35)
    s.rect(17, 11, 44, 7, s.lit(ink.body), 3)
    s.form("M14 56Q26 44 44 52L52 48H86Q96 48 96 58V76H46Z", ink.body, "M40 68H100V80H40Z", 0.2)
    s.line("M70 56H88M70 61H88", ink.shade(ink.body, 0.3), 1.6)
    s.rect(91, 53, 6, 7, ink.glow if ink.night else ink.light, 2)
    if ink.night:
        s.halo(95, 56, 12, ink.glow)
    for cx, cy, r in ((28, 73, 27), (82, 84, 16)):
        for at in range(16):
            with s.moved(f"rotate({at * 22.5} {cx} {cy})"):
                s.rect(cx - r * 0.11, cy - r, r * 0.22, r * 0.3, "#2b2f3a", 0.6)
        s.oval(cx, cy, r * 0.93, s.lit("#2f3340"))
        s.oval(cx, cy, r * 0.55, s.lit(ink.accent, 0.2))
        s.oval(cx, cy, r * 0.24, ink.shade(ink.accent, 0.35))
    return str(s)


def helicopter(ink: Ink) -> str:
    """A helicopter facing left."""
    s = Drawing(ink)
    s.line("M22 92H64Q70 92 72 88M30 92V80M54 92V80", ink.wire, 3)
    s.path("M54 44L94 46V54L62 66Z", s.lit(ink.shade(ink.body, 0.14)))
    s.path("M86 30H94L97 56H88Z", s.lit(ink.body))
    s.line(ring(92, 38, 8.5), ink.wire, 1.2, 0.5)
    s.line("M86 32L98 44M98 32L86 44", ink.wire, 1.8)
    s.line("M45 30V18", ink.wire, 4)
    s.path("M34 34Q34 27 42 27H54Q60 27 62 34Z", s.lit(ink.shade(ink.body, 0.25)))
    d = "M8 62Q8 34 40 32H56Q74 36 74 58 74 82 52 82H28Q8 82 8 62Z"
    s.form(d, ink.body, "M0 72Q40 80 80 66V90H0Z", 0.2)
    with s.inside(d):
        s.path("M0 30H38V60Q30 66 6 66Z", s.glass())
        s.path("M10 34L26 34 10 60Z", "#ffffff", 0.2)
        s.rect(0, 68, 90, 4, ink.light)
    s.path(box(43, 41, 15, 17, 3), s.glass())
    s.path("M2 17Q45 11 88 17L88 19.5Q45 21.5 2 19.5Z", s.lit(ink.wire, 0.2))
    s.oval(45, 17.5, 4, s.ball(ink.accent))
    return str(s)


def submarine(ink: Ink) -> str:
    """A round little submarine with its periscope."""
    s = Drawing(ink)
    s.line("M52 30V13Q52 8 57 8H66", s.lit(ink.shade(ink.body, 0.2)), 5)
    s.rect(63, 4.5, 6, 7, s.glass(), 1.5)
    s.path("M34 50L38 30Q39 26 43 26H62Q66 26 67 30L71 50Z", s.lit(ink.shade(ink.body, 0.08)))
    s.rect(2, 65, 12, 7, ink.shade(ink.body, 0.3))
    s.path("M8 52L1 44V62L6 66ZM8 84L1 92V75L6 71Z", s.lit(ink.accent))
    s.path("M10 60L18 46H28L22 66ZM10 76L18 92H28L22 70Z", s.lit(ink.shade(ink.body, 0.24)))
    d = "M8 68Q10 50 44 46 96 42 98 68 96 92 44 90 10 86 8 68Z"
    s.form(d, ink.body, "M0 78Q50 86 100 70V100H0Z", 0.2)
    with s.inside(d):
        s.path("M0 80Q50 86 100 78V84Q50 92 0 86Z", ink.light, 0.85)
    for x in (36, 56, 76):
        s.oval(x, 66, 8, s.lit(ink.accent))
        s.oval(x, 66, 5.5, s.glass())
        s.gleam(ring(x - 1.8, 64, 1.4), 0.8)
    s.gleam("M24 54Q50 48 80 52 50 52 26 58Z", 0.35)
    if ink.night:
        s.halo(96, 68, 12, ink.glow)
    return str(s)


def satellite(ink: Ink) -> str:
    """A satellite with two solar wings."""
    s = Drawing(ink)
    steel = ink.real("#c9ced8")
    with s.moved("translate(4 4) scale(0.92) rotate(-28 50 50)"):
        s.line("M12 50H88", ink.shade(steel, 0.25), 3)
        for x in (-4, 70):
            s.path(box(x, 36, 34, 28, 2), s.lit(ink.body, 0.25))
            s.line(f"M{x + 11.3} 36V64M{x + 22.6} 36V64M{x} 50H{x + 34}", ink.tint(ink.body, 0.45), 1)
        s.form(box(37, 30, 26, 40, 3), ink.light, box(54, 28, 12, 44), 0.16)
        s.rect(37, 40, 26, 20, s.lit(ink.accent, 0.2))
        s.line("M43.5 40V60M50 40V60M56.5 40V60", ink.shade(ink.accent, 0.2), 0.8)
        s.line("M50 30V18", ink.shade(steel, 0.2), 2.4)
        s.path("M34 10Q50 34 66 10Z", s.lit(steel, 0.2))
        s.line("M50 18V6", ink.shade(steel, 0.3), 1.6)
        s.oval(50, 5, 2.6, s.ball(ink.glow))
    return str(s)


def ufo(ink: Ink) -> str:
    """A flying saucer with its beam."""
    s = Drawing(ink)
    s.path("M34 56H66L88 99H12Z", ink.glow, 0.5 if ink.night else 0.35)
    dome = "M28 38Q28 10 50 10T72 38Q50 46 28 38Z"
    s.path(dome, s.lit(ink.real("#a9dbe6"), 0.3), 0.9)
    s.blob("50,20 58,24 60,32 56,40 44,40 40,32 42,24", s.lit(ink.real("#7cc26a")))
    s.eye(46, 29, 2.4)
    s.eye(54, 29, 2.4)
    s.gleam("M33 32Q34 17 45 14 38 22 37 34Z", 0.6)
    d = "M2 46Q20 32 50 34T98 46Q86 62 50 62T2 46Z"
    s.form(d, ink.body, "M0 48Q50 60 100 46V70H0Z", 0.24)
    for x, y in ((14, 46.5), (32, 50.5), (50, 52), (68, 50.5), (86, 46.5)):
        s.oval(x, y, 3.4, s.ball(ink.glow))
    s.path("M30 60Q50 66 70 60L66 66Q50 70 34 66Z", s.lit(ink.shade(ink.body, 0.35)))
    return str(s)


WORK_VEHICLES = (
    Subject("tractor", ("tractor",), "vehicle", ("landscape",), "#c9402f", tractor),
    Subject("helicopter", ("helicopter", "chopper"), "vehicle", ("city", "landscape"), None, helicopter),
    Subject("submarine", ("submarine",), "vehicle", ("sea",), "#f2b233", submarine),
    Subject("satellite", ("satellite", "space station", "probe"), "space", ("space",), "#2f5fa8", satellite),
    Subject("ufo", ("ufo", "flying saucer", "alien"), "space", ("space", "landscape"), "#8d98ab", ufo),
)
