"""Vehicles of the water, the air and space."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box


def sailboat(ink: Ink) -> str:
    """A sloop under full sail."""
    s = Drawing(ink)
    s.rect(48.6, 4, 2.8, 78, s.across(ink.real("#b98a5a"), ink.real("#7d5634")), 1.2)
    s.form("M54 8Q82 36 90 72H54Z", ink.light, "M54 8Q76 40 76 72H96V8Z", 0.1)
    s.form("M46 16Q40 52 12 72H46Z", ink.tint(ink.body, 0.25), "M46 16Q44 52 30 72H46Z", 0.12)
    s.line("M54 40H74M54 56H83.5", ink.shade(ink.light, 0.16), 0.7)
    s.path("M51 4L64 8 51 12Z", ink.accent)
    hull = "M8 79H94Q88 96 76 98.5 50 101 28 98.5 14 95 8 79Z"
    s.form(hull, ink.body, "M0 90Q50 95 100 86V104H0Z", 0.25)
    with s.inside(hull):
        s.rect(0, 79, 100, 4.5, ink.light)
    s.gleam("M12 85H60Q40 88 14 87Z", 0.25)
    return str(s)


def ship(ink: Ink) -> str:
    """An ocean liner, bow to the right."""
    s = Drawing(ink)
    for x in (34, 54):
        s.form(f"M{x} 42L{x + 2} 18H{x + 13}L{x + 13} 42Z", ink.accent)
        s.path(f"M{x + 1.5} 24L{x + 2} 18H{x + 13}V24Z", ink.dark)
    s.line("M78 60V24M74 32H82", "#596070", 1.4)
    s.form(box(26, 38, 48, 14, 2), ink.light, box(60, 36, 20, 20))
    s.form(box(17, 50, 66, 14, 2), ink.light, box(66, 48, 20, 20))
    for x in range(31, 70, 8):
        s.pane(x, 42, 4.5, 4.5, 1)
    for x in range(22, 78, 8):
        s.pane(x, 55, 4.5, 4.5, 1)
    hull = "M3 64Q50 67 98 60 93 76 87 92 84.5 99 78 99H20Q12 99 10 93Z"
    s.form(hull, ink.body, "M0 78Q50 82 100 74V104H0Z", 0.14)
    with s.inside(hull):
        s.rect(0, 92, 100, 8, ink.shade(ink.accent, 0.25))
        s.line("M3 66.5Q50 69 97 62.5", ink.light, 1.8)
    for x in range(20, 80, 10):
        s.oval(x, 76, 2, ink.glow if ink.night else ink.tint(ink.body, 0.6))
    return str(s)


def rocket(ink: Ink) -> str:
    """A round-bellied rocket on its flame."""
    s = Drawing(ink)
    s.halo(50, 88, 18, ink.glow)
    s.path("M39 74Q36 88 50 100 64 88 61 74Z", s.down("#f0803c", ink.glow))
    s.path("M44 74Q43 84 50 92 57 84 56 74Z", ink.tint(ink.glow, 0.6))
    fin = "M36 48Q20 56 21 82 28 74 40 72Z"
    for side in s.both():
        s.path(fin, s.lit(ink.body if side < 0 else ink.shade(ink.body, 0.2)))
    hull = "M50 1C66 13 71 34 68 54 67 63 64 70 62 75H38C36 70 33 63 32 54 29 34 34 13 50 1Z"
    s.form(hull, ink.light, "M56 0Q62 40 54 80H80V0Z", 0.13)
    with s.inside(hull):
        s.path("M20 0H80V23Q50 30 20 23Z", s.lit(ink.body))
        s.path("M57 0Q60 14 61 25L80 22V0Z", ink.shade(ink.body, 0.2), 0.75)
        s.rect(20, 66, 60, 3, ink.accent)
    s.rect(40, 74, 20, 5, s.lit("#596070"), 2)
    s.oval(50, 42, 10, s.lit(ink.shade(ink.body, 0.1)))
    s.oval(50, 42, 7, s.glass())
    s.gleam("M45 41Q46 37 50 36.5L47 44Q45 44 45 41Z", 0.6)
    s.path("M48 56Q50 54 52 56L53 86Q50 90 47 86Z", s.lit(ink.body))
    return str(s)


def airplane(ink: Ink) -> str:
    """An airliner climbing to the right."""
    s = Drawing(ink)
    with s.moved("rotate(-12 50 55)"):
        s.path("M58 50L44 26Q43 24 46 24H50Q52 24 53.5 26L72 49Z", s.lit(ink.shade(ink.body, 0.25)))
        s.path("M5 26H13Q16 26 18 29L32 50 14 56Z", s.lit(ink.body))
        hull = "M7 46Q9 44 20 46L34 47H78Q94 48 98 58 98 65 82 66H42Q16 64 7 46Z"
        s.form(hull, ink.light, "M0 58Q50 64 100 59V70H0Z", 0.15)
        s.path("M82 50Q91 51 94.5 55.5H85Q82 55.5 82 53Z", s.glass())
        for x in range(34, 78, 6):
            s.oval(x, 54, 1.5, ink.glow if ink.night else ink.shade(ink.body, 0.2))
        with s.inside(hull):
            s.path("M0 58H100V61H0Z", ink.body)
        s.path("M6 48Q14 48 20 51L8 56Q5 56 4 54Z", s.lit(ink.shade(ink.body, 0.15)))
        s.form(box(44, 70, 17, 8, 4), ink.body)
        s.path("M42 61L70 60Q62 74 41 88 38 90 35 90H32Q30 90 31 87Z", s.lit(ink.body))
        s.gleam("M44 62L67 61Q62 66 58 69Z", 0.2)
    return str(s)


def hot_air_balloon(ink: Ink) -> str:
    """A striped balloon with a wicker basket."""
    s = Drawing(ink)
    s.line("M40 72L44 88M60 72L56 88M47 74L48 88M53 74L52 88", ink.real("#8a6a48"), 0.9)
    skin = "M50 1C74 1 88 18 88 37 88 55 70 66 61 76H39C30 66 12 55 12 37 12 18 26 1 50 1Z"
    s.path(skin, s.ball(ink.body))
    with s.inside(skin):
        s.path("M50 0C30 6 26 20 26 37S34 66 43 77H39C22 66 10 55 10 37Z", ink.light, 0)
        for d in (
            "M50 0C30 4 24 20 24 37S36 66 43 77H47C42 66 36 54 36 37S40 6 50 0Z",
            "M50 0C58 6 64 20 64 37S58 66 53 77H57C64 66 76 54 76 37S70 4 50 0Z",
        ):
            s.path(d, s.down(ink.light, ink.shade(ink.light, 0.1)))
        s.path("M62 0Q86 40 54 80H100V0Z", ink.shade(ink.body, 0.4), 0.2)
        s.path("M6 44Q50 58 94 44V50Q50 64 6 50Z", ink.accent)
    s.gleam("M22 34Q22 16 38 8 28 18 27 36 25 40 22 34Z", 0.4)
    s.rect(38, 74, 24, 3.5, ink.shade(ink.body, 0.3), 1.5)
    if ink.night:
        s.halo(50, 68, 22, ink.glow, 0.8)
    s.path("M47 84Q46 79 50 76 54 79 53 84Z", s.down(ink.glow, "#f0803c"))
    s.form("M41.5 87H58.5L57 98Q56.8 100 54.5 100H45.5Q43.2 100 43 98Z", ink.real("#b07a45"), box(51, 80, 20, 30), 0.2)
    s.line("M42.5 91.5H57.5M43 95.5H57", ink.real("#8a5a30"), 0.7)
    s.rect(40.5, 85.5, 19, 3, s.lit(ink.real("#8a5a30")), 1.5)
    return str(s)


AFAR_VEHICLES = (
    Subject(
        "sailboat",
        ("sailboat", "sailing boat", "boat", "yacht", "sail boat", "dinghy"),
        "vehicle",
        ("sea",),
        None,
        sailboat,
    ),
    Subject(
        "ship",
        ("ship", "ocean liner", "cruise ship", "ferry", "steamer", "cargo ship"),
        "vehicle",
        ("sea",),
        "#2b4a73",
        ship,
    ),
    Subject(
        "rocket",
        ("rocket", "spaceship", "spacecraft", "rocket ship", "launch"),
        "space",
        ("space", "landscape"),
        "#e2513f",
        rocket,
    ),
    Subject(
        "airplane",
        ("airplane", "aeroplane", "plane", "aircraft", "airliner", "jet", "travel", "flight", "vacation", "trip"),
        "vehicle",
        ("landscape", "city", "sea"),
        None,
        airplane,
    ),
    Subject(
        "hot air balloon",
        ("hot air balloon", "air balloon"),
        "vehicle",
        ("landscape", "forest", "sea"),
        "#e2583f",
        hot_air_balloon,
    ),
)
