"""Signs and emblems."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, ring


def star(ink: Ink) -> str:
    """A five-pointed star with soft corners."""
    s = Drawing(ink)
    d = (
        "M46 6Q50 -1 54 6L64.5 29 91 32.5Q99 34 93 40L74 58.5 78.5 86Q80 94 72.5 90.5L50 78 27.5 90.5Q20 94 21.5 86"
        "L26 58.5 7 40Q1 34 9 32.5L35.5 29Z"
    )
    with s.moved("translate(0 6)"):
        s.path(d, s.ball(ink.body, 0.25))
        with s.inside(d):
            for points in (
                "50,0 50,50 64.5,29",
                "97,33 50,50 74,58.5",
                "76,95 50,50 50,78",
                "22,95 50,50 26,58.5",
                "3,33 50,50 35.5,29",
            ):
                s.poly(points, ink.shade(ink.body, 0.14), 0.55)
        s.gleam("M46 12L38 31 26 33 41 35Z", 0.4)
    return str(s)


def heart(ink: Ink) -> str:
    """A heart."""
    s = Drawing(ink)
    d = "M50 97C18 76 3 56 3 36 3 18 16 8 29 8 39 8 46 14 50 23 54 14 61 8 71 8 84 8 97 18 97 36 97 56 82 76 50 97Z"
    s.path(d, s.ball(ink.body, 0.25))
    with s.inside(d):
        s.path("M84 6Q92 50 36 92L50 104H104V6Z", ink.shade(ink.body, 0.2), 0.45)
    s.gleam("M13 38Q12 20 27 17 20 23 19.5 40 14 46 13 38Z", 0.6)
    return str(s)


def crown(ink: Ink) -> str:
    """A crown with five points."""
    s = Drawing(ink)
    with s.moved("translate(0 6.5)"):
        d = "M10 78L4 34 26 52 50 16 74 52 96 34 90 78Z"
        s.path("M26 52L34 30 44 52ZM74 52L66 30 56 52Z", ink.shade(ink.body, 0.28))
        s.form(d, ink.body, "M50 16L64 80H100V10Z", 0.12)
        s.path(box(9, 76, 82, 17, 3), s.lit(ink.shade(ink.body, 0.12), 0.25))
        s.line("M12 79H88M12 90H88", ink.tint(ink.body, 0.4), 1.2)
        for x, y, r in ((4.5, 32, 4.5), (50, 13, 6), (95.5, 32, 4.5), (34, 28, 3.6), (66, 28, 3.6)):
            s.oval(x, y, r, s.ball(ink.accent if r != 3.6 else ink.light))
        for x, colour in ((50, ink.real("#d5364b")), (28, ink.real("#3f8fd0")), (72, ink.real("#3f8fd0"))):
            s.path(f"M{x} 78.5L{x + 6} 84.5 {x} 90.5 {x - 6} 84.5Z", s.lit(colour, 0.25))
        s.path("M50 54L57 63 50 72 43 63Z", s.lit(ink.real("#d5364b"), 0.25))
        s.gleam("M10 44L24 56 18 70 13.5 70Z", 0.3)
    return str(s)


def shield(ink: Ink) -> str:
    """A shield with a tick."""
    s = Drawing(ink)
    d = "M50 2Q70 14 92 14 96 62 50 99 4 62 8 14 30 14 50 2Z"
    s.path(d, s.lit(ink.light, 0.16))
    inner = "M50 11Q68 20.5 84.5 21.5 86 58 50 89 14 58 15.5 21.5 32 20.5 50 11Z"
    s.path(inner, s.lit(ink.body))
    with s.inside(inner):
        s.rect(50, 0, 50, 100, ink.shade(ink.body, 0.2))
    s.line("M32 51L45 64 69 36", ink.light, 8)
    return str(s)


def flag(ink: Ink) -> str:
    """A waving flag on a pole."""
    s = Drawing(ink)
    s.rect(9, 8, 5, 92, s.across(ink.real("#e3e6ec"), ink.real("#8d95a5")), 2.5)
    s.oval(11.5, 6, 5, s.ball(ink.accent))
    d = "M14 14Q34 4 54 14T96 12Q92 26 92 36T96 62Q74 72 54 62T14 64Z"
    s.path(d, s.lit(ink.body))
    with s.inside(d):
        s.path("M14 14Q22 10 30 9V62Q22 61 14 64ZM54 14Q66 20 76 18V68Q64 67 54 62Z", ink.shade(ink.body, 0.22), 0.6)
        s.path("M10 38Q34 27 54 37T100 35V43Q74 51 54 45T10 46Z", ink.light)
    s.gleam("M18 15Q34 8 50 15V18Q34 11 18 18Z", 0.3)
    return str(s)


def globe(ink: Ink) -> str:
    """A desk globe on its stand."""
    s = Drawing(ink)
    wood = ink.real("#8a5d3b")
    s.rect(46, 84, 8, 10, wood)
    s.path("M26 100Q27 92 40 92H60Q73 92 74 100Z", s.lit(wood))
    s.line("M31.5 12L28.5 7A42 42 0 0 0 71.5 79L68.5 74", s.lit(ink.real("#d9a441")), 4)
    s.oval(50, 43, 36, s.ball(ink.body, 0.25))
    land = ink.real("#69b06a")
    with s.inside(ring(50, 43, 36)):
        s.blob("20,22 32,12 44,12 46,20 38,26 40,34 32,38 28,46 20,42 12,34", s.lit(land))
        s.blob("32,48 42,50 48,58 42,68 38,78 32,70 28,58", s.lit(land))
        s.blob("56,16 70,12 84,22 90,38 82,42 76,36 68,38 62,30 54,26", s.lit(land))
        s.blob("60,42 72,42 78,50 74,60 68,70 62,60 56,50", s.lit(land))
        s.path("M70 4Q88 44 44 82H100V4Z", ink.shade(ink.body, 0.45), 0.28)
    s.gleam("M22 38Q24 22 38 14 29 24 27 40Z", 0.5)
    s.oval(28.5, 7, 2.8, wood)
    s.oval(71.5, 79, 2.8, wood)
    return str(s)


def planet(ink: Ink) -> str:
    """A ringed planet, floating."""
    s = Drawing(ink)
    ring_paint = s.across(ink.tint(ink.accent, 0.3), ink.shade(ink.accent, 0.2))
    with s.moved("rotate(-18 50 50)"):
        s.line("M2 52A48 13 0 0 1 98 52", ring_paint, 5)
        d = ring(50, 50, 31)
        s.path(d, s.ball(ink.body, 0.3))
        with s.inside(d):
            for y, h, tone in ((26, 6, 0.25), (38, 9, 0.14), (62, 7, 0.2)):
                s.path(f"M10 {y}Q50 {y + 6} 90 {y}V{y + h}Q50 {y + h + 6} 10 {y + h}Z", ink.tint(ink.body, tone), 0.8)
            s.oval(40, 58, 6, ink.shade(ink.body, 0.16), 3.6)
            s.path("M66 16Q82 52 46 84H100V10Z", ink.shade(ink.body, 0.5), 0.3)
        s.line("M2 52A48 13 0 0 0 98 52", ring_paint, 5)
        s.line("M6 57A46 11 0 0 0 94 57", ink.tint(ink.accent, 0.6), 1)
    s.oval(86, 16, 5, s.ball(ink.light))
    for x, y, r in ((14, 16, 1.6), (28, 8, 1), (92, 82, 1.6), (10, 84, 1.2)):
        s.oval(x, y, r, ink.glow)
    return str(s)


def compass(ink: Ink) -> str:
    """A pocket compass."""
    s = Drawing(ink)
    s.line(ring(50, 8, 5.5), ink.shade(ink.body, 0.15), 3.5)
    s.rect(45, 11, 10, 8, s.lit(ink.shade(ink.body, 0.1)), 2)
    s.oval(50, 58, 42, s.lit(ink.body, 0.25))
    s.oval(50, 58, 34.5, ink.shade(ink.body, 0.25))
    s.oval(50, 58, 33, s.lit(ink.light, 0.1))
    for at in range(16):
        with s.moved(f"rotate({at * 22.5} 50 58)"):
            s.line("M50 28V32" if at % 4 == 0 else "M50 28V29.5", ink.dark, 2 if at % 4 == 0 else 1)
    with s.moved("rotate(36 50 58)"):
        s.path("M50 32L56.5 58H43.5Z", s.lit(ink.real("#d8402f")))
        s.path("M50 32L56.5 58H50Z", ink.real("#a92d24"))
        s.path("M50 84L56.5 58H43.5Z", ink.shade(ink.light, 0.25))
        s.path("M50 84L56.5 58H50Z", ink.shade(ink.light, 0.42))
    s.oval(50, 58, 3.6, s.ball(ink.body))
    s.gleam("M21 54Q24 36 40 29 30 38 27 56Z", 0.6)
    return str(s)


def balloon(ink: Ink) -> str:
    """Three party balloons on strings."""
    s = Drawing(ink)
    for cx, cy, colour, rx in (
        (26, 38, ink.accent, 18),
        (74, 36, ink.shade(ink.body, 0.3), 18),
        (50, 28, ink.body, 22),
    ):
        ry = rx * 1.2
        s.line(f"M{cx} {cy + ry + 4}Q{(cx + 50) / 2 + 3} 78 50 99", ink.shade(ink.light, 0.45), 0.9)
        s.path(f"M{cx} {cy + ry - 2}L{cx - 3.5} {cy + ry + 4}H{cx + 3.5}Z", ink.shade(colour, 0.2))
        s.path(
            f"M{cx} {cy - ry}C{cx + rx * 1.3} {cy - ry} {cx + rx * 1.2} {cy + ry * 0.5} {cx} {cy + ry}"
            f"C{cx - rx * 1.2} {cy + ry * 0.5} {cx - rx * 1.3} {cy - ry} {cx} {cy - ry}Z",
            s.ball(colour, 0.28),
        )
        with s.moved(f"rotate(28 {cx - rx * 0.4} {cy - ry * 0.4})"):
            s.gleam(ring(cx - rx * 0.4, cy - ry * 0.4, rx * 0.14, rx * 0.32), 0.6)
    return str(s)


def kite(ink: Ink) -> str:
    """A diamond kite with a ribboned tail."""
    s = Drawing(ink)
    s.line("M42 66Q34 76 44 84T40 99", ink.wire, 1)
    for x, y, turn in ((38, 74, 30), (45, 84, -20), (43, 93, 40)):
        with s.moved(f"rotate({turn} {x} {y})"):
            s.path(f"M{x} {y}L{x - 7} {y - 4}V{y + 4}ZM{x} {y}L{x + 7} {y - 4}V{y + 4}Z", s.lit(ink.accent))
    s.path("M62 2L44 34 18 22Z", s.lit(ink.tint(ink.body, 0.25), 0.1))
    s.path("M62 2L86 44 44 34Z", s.lit(ink.body, 0.1))
    s.path("M18 22L44 34 42 68Z", s.lit(ink.accent, 0.1))
    s.path("M86 44L42 68 44 34Z", s.lit(ink.shade(ink.accent, 0.14), 0.1))
    s.line("M62 2L42 68M18 22L86 44", ink.light, 1.2)
    return str(s)


SYMBOLS = (
    Subject("star", ("star",), "symbol", ("space", "product"), "#f6bc36", star),
    Subject("heart", ("heart", "love"), "symbol", ("product",), "#e23b55", heart),
    Subject("crown", ("crown", "tiara"), "symbol", ("product",), "#eeb53a", crown),
    Subject("shield", ("shield", "protection"), "symbol", ("product",), None, shield),
    Subject("flag", ("flag", "banner flag", "pennant"), "symbol", ("landscape", "product"), "#d8463c", flag),
    Subject("globe", ("globe", "earth", "world"), "object", ("product", "interior", "space"), "#3f8fd0", globe),
    Subject("planet", ("planet", "saturn", "ringed planet"), "space", ("space",), "#c98550", planet),
    Subject("compass", ("compass",), "object", ("product", "landscape"), "#cf9a3e", compass),
    Subject("balloon", ("balloon", "party balloon"), "object", ("product", "landscape"), "#e2475a", balloon),
    Subject("kite", ("kite",), "object", ("landscape",), "#e2475a", kite),
)
