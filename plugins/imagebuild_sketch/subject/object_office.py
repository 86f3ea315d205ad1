"""Things of the desk and the office."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, heart_at


def envelope(ink: Ink) -> str:
    """A sealed envelope."""
    s = Drawing(ink)
    d = box(3, 30, 94, 68, 5)
    s.path(d, s.lit(ink.body))
    with s.inside(d):
        s.path("M0 100L42 62H58L100 100V104H0Z", s.lit(ink.tint(ink.body, 0.14)))
        s.path("M0 28H100V32L56 72Q50 77 44 72L0 32Z", ink.shade(ink.body, 0.32))
        s.path("M0 26H100V29L56 69Q50 74 44 69L0 29Z", s.lit(ink.tint(ink.body, 0.24)))
    s.oval(50, 68, 8.5, s.ball(ink.accent))
    s.path(
        heart_at(50, 68.5, 5),
        ink.light,
    )
    return str(s)


def folder(ink: Ink) -> str:
    """A folder with papers in it."""
    s = Drawing(ink)
    s.path("M6 26Q6 20 12 20H36Q40 20 42 24L46 30H88Q94 30 94 36V96H6Z", s.lit(ink.shade(ink.body, 0.22)))
    with s.moved("rotate(-3 50 60)"):
        s.rect(16, 24, 62, 60, ink.shade(ink.light, 0.08), 2)
    s.rect(20, 30, 64, 56, s.lit(ink.light, 0.06), 2)
    s.line("M27 38H62M27 44H74", ink.shade(ink.light, 0.25), 2)
    s.form("M2 52Q1.5 47 7 47H93Q98.5 47 98 52L94 95Q93.5 100 88 100H12Q6.5 100 6 95Z", ink.body, "M0 84H100V104H0Z")
    s.gleam("M6 50H94V52H6Z", 0.4)
    s.rect(38, 66, 24, 9, ink.tint(ink.body, 0.45), 2)
    return str(s)


def document(ink: Ink) -> str:
    """A page of text with a chart and a turned corner."""
    s = Drawing(ink)
    s.path("M18 4Q18 0 22 0H64L86 22V96Q86 100 82 100H22Q18 100 18 96Z", s.lit(ink.light, 0.1))
    s.path("M64 0L86 22H68Q64 22 64 18Z", s.lit(ink.shade(ink.light, 0.2)))
    s.rect(26, 12, 26, 6, ink.body, 2)
    for y, w in ((28, 52), (36, 44), (44, 50)):
        s.line(f"M27.5 {y}H{26 + w}", ink.shade(ink.light, 0.22), 2.4)
    s.rect(26, 52, 52, 38, ink.tint(ink.body, 0.72), 3)
    for x, h, colour in (
        (32, 12, ink.tint(ink.body, 0.25)),
        (43, 20, ink.body),
        (54, 15, ink.accent),
        (65, 28, ink.body),
    ):
        s.path(box(x, 86 - h, 7, h, 1.5), s.down(colour, ink.shade(colour, 0.12)))
    return str(s)


def trophy(ink: Ink) -> str:
    """A winner's cup."""
    s = Drawing(ink)
    for _ in s.both():
        s.line("M28 16H12Q6 16 8 26 12 46 34 48", s.lit(ink.shade(ink.body, 0.1)), 5)
    s.path("M44 54H56L58 80H42Z", s.across(ink.tint(ink.body, 0.1), ink.shade(ink.body, 0.3)))
    bowl = "M22 8H78Q80 44 66 56 58 62 50 62T34 56Q20 44 22 8Z"
    s.path(bowl, s.across(ink.tint(ink.body, 0.3), ink.shade(ink.body, 0.22)))
    with s.inside(bowl):
        s.path("M62 4Q66 44 50 64H90V4Z", ink.shade(ink.body, 0.25), 0.55)
    s.rect(19, 4, 62, 7, s.across(ink.tint(ink.body, 0.4), ink.shade(ink.body, 0.12)), 3.5)
    s.path("M50 20L53.8 28.5 63 29.5 56 35.5 58 44.5 50 39.8 42 44.5 44 35.5 37 29.5 46.2 28.5Z", ink.light)
    s.rect(38, 66, 24, 5, s.lit(ink.body), 2.5)
    s.path("M32 86Q32 79 38 79H62Q68 79 68 86Z", s.lit(ink.body))
    s.path(box(26, 84, 48, 16, 2.5), s.lit(ink.dark, 0.2))
    s.rect(38, 89, 24, 6, ink.body, 1.5)
    s.gleam("M29 15H34Q33 38 41 50 30 42 29 15Z", 0.5)
    return str(s)


def calendar(ink: Ink) -> str:
    """A wall calendar with a marked day."""
    s = Drawing(ink)
    s.path(box(5, 12, 90, 88, 7), s.lit(ink.light, 0.1))
    s.path("M5 38V19Q5 12 12 12H88Q95 12 95 19V38Z", s.lit(ink.body))
    for x in (27, 73):
        s.oval(x, 25, 5, ink.shade(ink.body, 0.35))
        s.line(f"M{x} 25V6", s.across(ink.real("#9aa2b2"), ink.real("#9aa2b2")) if ink.flat else ink.real("#aab1bf"), 5)
    for at in range(15):
        x, y = 15 + at % 5 * 15, 47 + at // 5 * 17
        s.rect(x, y, 10.5, 11, ink.accent if at == 8 else ink.shade(ink.light, 0.1 if at < 12 else 0.05), 2.5)
    s.line("M63 69.5L65.5 72.5 70 66.5", "#ffffff", 1.8)
    s.gleam("M10 17H60V19.5H10Z", 0.3)
    return str(s)


def chart(ink: Ink) -> str:
    """Rising bars under an ink.wire."""
    s = Drawing(ink)
    for at, height in enumerate((26, 42, 36, 62)):
        colour = ink.accent if at == 3 else ink.shade(ink.body, 0.24 - 0.08 * at)
        s.form(box(8 + at * 22, 96 - height, 17, height, 2.5), colour, box(19 + at * 22, 20, 7, 80), 0.14)
    s.line("M10 58L34 38 52 46 84 12", ink.wire, 4)
    s.path("M92 3L90 21 75 7Z", ink.wire)
    for x, y in ((10, 58), (34, 38), (52, 46)):
        s.oval(x, y, 3.6, ink.light)
        s.oval(x, y, 2, ink.dark)
    s.rect(2, 95, 96, 5, s.lit(ink.dark, 0.2), 2.5)
    return str(s)


OFFICE_OBJECTS = (
    Subject(
        "envelope",
        ("envelope", "letter", "mail", "email", "e mail", "newsletter"),
        "object",
        ("product",),
        None,
        envelope,
    ),
    Subject("folder", ("folder", "archive"), "object", ("product",), "#eeb748", folder),
    Subject("document", ("document", "report", "invoice", "contract"), "object", ("product",), None, document),
    Subject("trophy", ("trophy", "award", "prize", "winner"), "object", ("product",), "#eeb53a", trophy),
    Subject("calendar", ("calendar", "schedule"), "object", ("product",), "#d8463c", calendar),
    Subject("chart", ("chart", "bar chart", "graph", "growth", "statistics"), "symbol", ("product",), None, chart),
)
