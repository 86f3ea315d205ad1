"""Tools of the workshop and the studio."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, ring

STEEL, WOOD = "#c3c9d4", "#b98a55"


def pencil(ink: Ink) -> str:
    """A pencil standing on its point, at a slant, with the line it drew."""
    s = Drawing(ink)
    s.line("M4 97Q16 86 24 95T44 94 62 97", ink.accent, 2.4)
    with s.moved("rotate(38 50 50)"):
        s.path("M41 86L50 110 59 86Z", s.across(ink.real("#f0cf9c"), ink.real("#c79b66")))
        s.path("M46.5 100.5L50 110 53.5 100.5Q50 102.5 46.5 100.5Z", ink.dark)
        s.rect(41, 8, 6, 78, ink.tint(ink.body, 0.22))
        s.rect(47, 8, 6, 78, ink.body)
        s.rect(53, 8, 6, 78, ink.shade(ink.body, 0.2))
        s.path("M41 86Q44 82 47 86 50 82 53 86 56 82 59 86V80H41Z", ink.body, 0)
        s.rect(41, 0, 18, 9, s.across(ink.real("#e3e6ec"), ink.real("#8d95a5")))
        s.line("M41 3H59M41 6H59", ink.real("#8d95a5"), 0.8)
        s.path("M41 0V-6Q41 -10 45 -10H55Q59 -10 59 -6V0Z", s.across(ink.real("#f2a0a4"), ink.real("#cf6f78")))
    return str(s)


def palette(ink: Ink) -> str:
    """A painter's palette with a brush across it."""
    s = Drawing(ink)
    wood = ink.real("#d9a86c")
    d = "M46 18C74 16 96 34 96 56 96 74 82 78 72 76 62 74 58 80 62 86"
    d += " 66 94 58 100 46 99 20 98 3 80 4 57 5 34 22 20 46 18Z"
    with s.moved("translate(1.5 1)"):
        s.path(d + ring(70, 66, 0.1), ink.shade(wood, 0.3))
    s.path(d, s.lit(wood, 0.2))
    s.oval(44, 82, 6.5, ink.shade(wood, 0.35))
    colours = (ink.body, ink.accent, ink.real("#e2513f"), ink.real("#4fa35b"), ink.shade(ink.body, 0.4), ink.light)
    for (x, y, r), colour in zip(
        ((22, 66, 8), (23, 45, 8), (38, 31, 7.5), (57, 31, 7.5), (75, 40, 7), (80, 59, 6)), colours, strict=True
    ):
        s.blob(
            f"{x - r},{y} {x - r * 0.5},{y - r * 0.9} {x + r * 0.4},{y - r * 0.8} {x + r},{y + 1} "
            f"{x + r * 0.5},{y + r * 0.8} {x - r * 0.4},{y + r * 0.9}",
            s.ball(colour, 0.2),
        )
        s.gleam(ring(x - r * 0.3, y - r * 0.35, r * 0.22), 0.6)
    with s.moved("rotate(40 58 52)"):
        s.path(
            "M55.5 40L57 -14Q58 -17 59 -14L60.5 40Z", s.across(ink.tint(ink.accent, 0.1), ink.shade(ink.accent, 0.3))
        )
        s.path("M54.5 38H61.5L63 56H53Z", s.across(ink.real("#e8ebf0"), ink.real("#8d95a5")))
        s.path(
            "M53 56H63Q66 64 62 72L58 80Q54 74 53 70 50 63 53 56Z",
            s.across(ink.tint(ink.body, 0.15), ink.shade(ink.body, 0.25)),
        )
    return str(s)


def key(ink: Ink) -> str:
    """A house key, bow up."""
    s = Drawing(ink)
    with s.moved("rotate(28 50 50)"):
        s.path("M44 44H56V92L50 98 44 92Z", s.across(ink.tint(ink.body, 0.2), ink.shade(ink.body, 0.2)))
        for y, w in ((64, 13), (74, 9), (84, 14)):
            s.path(box(54, y, w, 6, 1.5), s.lit(ink.shade(ink.body, 0.08)))
        s.line("M48 50V90", ink.shade(ink.body, 0.25), 1.4)
        hole = "M43 16a7 7 0 1 0 14 0a7 7 0 1 0 -14 0Z"
        s.path("M25 23a25 25 0 1 1 50 0a25 25 0 1 1 -50 0Z" + hole, s.ball(ink.body, 0.28))
        s.line("M31 24a19 19 0 1 1 38 0a19 19 0 1 1 -38 0Z", ink.tint(ink.body, 0.35), 1.4)
        s.rect(40, 45, 20, 5, s.lit(ink.shade(ink.body, 0.12)), 2)
    return str(s)


def padlock(ink: Ink) -> str:
    """A closed padlock."""
    s = Drawing(ink)
    s.line("M29 48V30Q29 8 50 8T71 30V48", s.across(ink.real("#e3e6ec"), ink.real("#8d95a5")), 10)
    s.form(box(12, 42, 76, 57, 10), ink.body, box(66, 40, 30, 60), 0.14)
    s.rect(12, 50, 76, 3, ink.shade(ink.body, 0.15))
    s.rect(12, 88, 76, 3, ink.shade(ink.body, 0.15))
    s.path("M50 59a8 8 0 0 1 4.5 14.6L57 84H43L45.5 73.6A8 8 0 0 1 50 59Z", ink.shade(ink.body, 0.62))
    s.gleam(box(18, 56, 4, 30, 2), 0.4)
    return str(s)


def gear(ink: Ink) -> str:
    """A big gear and a small one in mesh."""
    s = Drawing(ink)
    for cx, cy, r, teeth, turn, colour in ((40, 60, 28, 10, 0, ink.body), (81, 24, 12.5, 8, 12, ink.accent)):
        size = r * 0.3
        for at in range(teeth):
            with s.moved(f"rotate({at * 360 / teeth + turn} {cx} {cy})"):
                s.path(
                    f"M{cx - size} {cy - r * 0.9}L{cx - size * 0.7} {cy - r * 1.3}H{cx + size * 0.7}"
                    f"L{cx + size} {cy - r * 0.9}Z",
                    ink.shade(colour, 0.04),
                )
        hole = r * 0.42
        s.path(
            ring(cx, cy, r) + f"M{cx - hole} {cy}a{hole} {hole} 0 1 0 {2 * hole} 0a{hole} {hole} 0 1 0 {-2 * hole} 0Z",
            s.ball(colour, 0.22),
        )
        s.line(ring(cx, cy, r * 0.72), ink.shade(colour, 0.22), r * 0.1)
        s.line(ring(cx, cy, r * 0.47), ink.tint(colour, 0.35), r * 0.06)
    return str(s)


def wrench(ink: Ink) -> str:
    """An open-ended wrench, upright at a slant."""
    s = Drawing(ink)
    with s.moved("rotate(35 50 50)"):
        d = "M42 34Q28 26 32 10 34 3 40 -2V16L50 21 60 16V-2Q66 3 68 10 72 26 58 34L57 72"
        d += "Q66 77 66 88 65 102 50 103 35 102 34 88 34 77 43 72Z"
        hole = "M44 88a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z"
        s.path(d + hole, s.across(ink.tint(ink.body, 0.25), ink.shade(ink.body, 0.22)))
        s.path("M53 35H58L57 72Q55 71 53 72Z", ink.shade(ink.body, 0.3), 0.6)
        s.rect(46, 40, 6, 28, ink.shade(ink.body, 0.25), 3)
        s.gleam("M36 8Q33 20 42 28 38 18 38 5Z", 0.5)
    return str(s)


def hammer(ink: Ink) -> str:
    """A claw hammer with a wooden handle."""
    s = Drawing(ink)
    steel = ink.real("#8d96a6")
    with s.moved("translate(4 6) scale(0.94) rotate(24 50 50)"):
        s.path("M45 22H55L57 98Q57 102 53 102H47Q43 102 43 98Z", s.across(ink.real("#d2a26a"), ink.real("#8f6237")))
        s.path("M43.5 66H56.5L57 98Q57 102 53 102H47Q43 102 43 98Z", s.across(ink.body, ink.shade(ink.body, 0.25)))
        for y in (74, 82, 90):
            s.line(f"M45 {y}H55", ink.shade(ink.body, 0.3), 1.4)
        s.path("M40 6H62Q78 4 92 18L90 22Q78 16 66 24H40Z", s.down(ink.tint(steel, 0.4), ink.shade(steel, 0.15)))
        s.path("M34 8H42V23H34Z", ink.shade(steel, 0.2))
        s.path(box(20, 3, 16, 25, 3), s.down(ink.tint(steel, 0.4), ink.shade(steel, 0.2)))
        s.gleam(box(23, 6, 10, 3, 1.5), 0.6)
    return str(s)


def magnifier(ink: Ink) -> str:
    """A magnifying glass."""
    s = Drawing(ink)
    s.line("M66 66L90 93", s.lit(ink.shade(ink.body, 0.3)), 13)
    s.line("M67 63L88 88", ink.tint(ink.body, 0.12), 3)
    s.line("M60 60L68 68", ink.real("#9aa2b2"), 7)
    s.oval(39, 39, 37, s.lit(ink.body, 0.22))
    s.oval(39, 39, 29.5, s.lit(ink.real("#cfe6f1"), 0.3))
    s.line("M23 34Q27 22 40 20", "#ffffff", 4.5)
    s.oval(21, 42, 2.4, "#ffffff")
    s.path("M64 26A29.5 29.5 0 0 1 22 63Q60 66 64 26Z", ink.shade(ink.real("#cfe6f1"), 0.18), 0.7)
    return str(s)


def anchor(ink: Ink) -> str:
    """A ship's anchor with a turn of rope."""
    s = Drawing(ink)
    paint = s.lit(ink.body, 0.2)
    s.line(ring(50, 11, 7.5), paint, 5)
    s.rect(45.5, 18, 9, 76, s.across(ink.tint(ink.body, 0.18), ink.shade(ink.body, 0.2)), 2)
    s.rect(28, 27, 44, 8, paint, 4)
    s.path(
        "M2 66L16 52 30 68 22 67Q27 84 46 87H54Q73 84 78 67L70 68 84 52 98 66 89 66"
        "Q86 92 54 99L50 100 46 99Q14 92 11 66Z",
        paint,
    )
    s.gleam("M14 68Q18 84 36 91 22 90 14 68Z", 0.3)
    s.line("M56 10Q74 14 68 30 62 44 48 46 34 48 38 62 42 70 56 68", ink.real("#d8b27a"), 3.6)
    s.rect(45.5, 36, 4.5, 22, ink.tint(ink.body, 0.12))
    s.rect(50, 36, 4.5, 22, ink.shade(ink.body, 0.14))
    return str(s)


TOOLS = (
    Subject("pencil", ("pencil", "pen", "crayon"), "object", ("product", "interior"), "#f2b233", pencil),
    Subject(
        "palette",
        ("palette", "paintbrush", "paint brush", "paint palette", "artist palette", "art supplies"),
        "object",
        ("interior", "product"),
        None,
        palette,
    ),
    Subject("key", ("key", "house key"), "object", ("product",), "#e3ae3b", key),
    Subject("padlock", ("padlock", "lock", "security"), "object", ("product",), "#e3ae3b", padlock),
    Subject("gear", ("gear", "cog", "cogwheel", "settings"), "object", ("product",), None, gear),
    Subject("wrench", ("wrench", "spanner"), "object", ("product",), "#8d98ab", wrench),
    Subject("hammer", ("hammer", "mallet"), "object", ("product",), "#d8463c", hammer),
    Subject("magnifying glass", ("magnifying glass", "magnifier", "loupe"), "object", ("product",), None, magnifier),
    Subject("anchor", ("anchor",), "object", ("sea", "product"), "#33507a", anchor),
)
