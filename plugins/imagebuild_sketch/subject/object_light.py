"""Lamps, candles and machines that make a picture or a sound."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, smooth

STEEL = "#c9ced8"


def candle(ink: Ink) -> str:
    """A pillar candle on a dish."""
    s = Drawing(ink)
    s.halo(50, 22, 34, ink.glow, 0.85 if ink.night else 0.5)
    s.path("M8 88H92Q90 100 76 100H24Q10 100 8 88Z", s.lit(ink.accent, 0.2))
    s.oval(50, 88, 42, s.lit(ink.tint(ink.accent, 0.2)), 5.5)
    d = "M30 44Q30 40 50 40T70 44V86Q66 91 50 91T30 86Z"
    s.path(d, s.across(ink.tint(ink.body, 0.2), ink.shade(ink.body, 0.2)))
    s.oval(50, 43, 20, s.lit(ink.tint(ink.body, 0.4)), 4.5)
    s.path("M30 44V64Q32 69 34.5 64V54Q36 51 38 54V58Q40 62 42 58V47Z", ink.tint(ink.body, 0.3))
    s.line("M50 43V33", ink.dark, 1.8)
    s.path("M50 4Q62 20 60 28 58 37 50 37T40 28Q40 18 50 4Z", s.down("#f0803c", ink.glow))
    s.path("M50 18Q56 26 55 30 54 35 50 35T45 30Q45 25 50 18Z", ink.tint(ink.glow, 0.6))
    return str(s)


def lantern(ink: Ink) -> str:
    """A storm lantern, lit."""
    s = Drawing(ink)
    s.line("M24 40Q16 4 50 4T76 40", ink.shade(ink.body, 0.35), 2.6)
    s.path("M38 22H62L70 34H30Z", s.lit(ink.body))
    s.rect(42, 14, 16, 9, s.lit(ink.shade(ink.body, 0.15)), 2.5)
    s.halo(50, 60, 44, ink.glow, 0.8 if ink.night else 0.4)
    s.path("M30 38H70Q78 60 70 82H30Q22 60 30 38Z", s.down(ink.tint(ink.glow, 0.5), ink.tint(ink.glow, 0.15)), 0.9)
    s.path("M50 46Q60 58 59 66 57 76 50 76T41 66Q41 56 50 46Z", s.down("#f0803c", ink.glow))
    s.path("M50 58Q55 65 54 69 53 74 50 74T46 69Q46 64 50 58Z", ink.tint(ink.glow, 0.7))
    s.gleam("M33 44Q27 60 33 76L37 76Q32 60 37 44Z", 0.6)
    s.line("M22 38V84M78 38V84", ink.shade(ink.body, 0.2), 3.4)
    s.rect(18, 33, 64, 7, s.lit(ink.body), 3)
    s.path("M22 82H78L82 97Q82 100 79 100H21Q18 100 18 97Z", s.lit(ink.body))
    s.rect(20, 80, 60, 5, s.lit(ink.shade(ink.body, 0.2)), 2)
    s.oval(50, 92, 3.5, s.ball(ink.accent))
    return str(s)


def street_lamp(ink: Ink) -> str:
    """A Victorian street lamp."""
    s = Drawing(ink)
    pole = s.across(ink.tint(ink.body, 0.2), ink.shade(ink.body, 0.2))
    s.halo(50, 24, 34, ink.glow, 0.9 if ink.night else 0.3)
    s.rect(47.5, 42, 5, 54, pole)
    s.path("M36 100Q36 92 44 90L46 74H54L56 90Q64 92 64 100Z", pole)
    s.rect(44.5, 72, 11, 3, pole, 1.5)
    s.line("M38 52H62", s.ink.shade(ink.body, 0.1), 3)
    s.oval(36.5, 52, 2.6, s.ball(ink.accent))
    s.oval(63.5, 52, 2.6, s.ball(ink.accent))
    s.path("M36 14H64L58 40H42Z", s.down(ink.tint(ink.glow, 0.5), ink.glow) if ink.night else s.glass())
    s.oval(50, 28, 4, ink.tint(ink.glow, 0.5))
    s.line("M36 14L42 40M64 14L58 40M50 14V20", ink.shade(ink.body, 0.1), 1.8)
    s.path("M32 15Q40 4 50 3 60 4 68 15Z", s.lit(ink.body))
    s.rect(40, 39, 20, 4.5, s.lit(ink.body), 1.5)
    s.oval(50, 2.6, 2.6, s.ball(ink.accent))
    return str(s)


def microphone(ink: Ink) -> str:
    """A studio microphone on its stand."""
    s = Drawing(ink)
    s.line("M22 40V46Q22 72 50 72T78 46V40", ink.shade(ink.body, 0.4), 4.5)
    s.line("M50 72V94", s.ink.shade(ink.body, 0.4), 5)
    s.path("M26 100Q26 92 36 92H64Q74 92 74 100Z", s.lit(ink.shade(ink.body, 0.3)))
    s.form(box(32, 2, 36, 60, 18), ink.body, box(54, 0, 20, 66))
    head = box(32, 2, 36, 34, 18)
    s.path("M32 34V20Q32 2 50 2T68 20V34Z", s.lit(ink.real(STEEL), 0.25))
    with s.inside(head):
        for y in range(8, 34, 5):
            s.line(f"M32 {y}H68", ink.shade(ink.real(STEEL), 0.25), 1)
        for x in range(37, 68, 6):
            s.line(f"M{x} 2V34", ink.shade(ink.real(STEEL), 0.25), 1)
    s.rect(31, 33, 38, 5, s.lit(ink.accent), 1.5)
    s.oval(50, 50, 3.5, ink.glow if ink.night else ink.light)
    s.gleam("M37 18Q38 8 46 6 41 12 41 24H37Z", 0.6)
    return str(s)


def television(ink: Ink) -> str:
    """A retro television set."""
    s = Drawing(ink)
    s.line("M50 28L32 4M50 28L70 6", ink.wire, 2)
    s.oval(32, 4, 2.6, ink.accent)
    s.oval(70, 6, 2.6, ink.accent)
    s.path("M24 90L18 100H24L34 90ZM76 90L82 100H76L66 90Z", ink.real("#8a5d3b"))
    s.form(box(4, 26, 92, 66, 9), ink.body, box(4, 82, 92, 10))
    s.path(box(10, 32, 62, 53, 10), ink.shade(ink.body, 0.4))
    screen = box(13, 35, 56, 47, 9)
    s.path(screen, s.lit(ink.glow, 0.3) if ink.night else s.lit(ink.real("#7fb6cf"), 0.3))
    with s.inside(screen):
        s.path("M8 84L30 58 42 70 52 60 76 84Z", ink.shade(ink.real("#7fb6cf"), 0.3), 0.8)
        s.oval(56, 47, 5, ink.light, opacity=0.9)
        s.gleam("M13 35H40L18 82H8Z", 0.2)
    for y in (42, 57):
        s.oval(84, y, 5, s.ball(ink.light))
        s.line(f"M84 {y}L86.5 {y - 2.5}", ink.dark, 1.4)
    for y in (70, 74, 78):
        s.line(f"M79 {y}H89", ink.shade(ink.body, 0.4), 1.5)
    return str(s)


def gamepad(ink: Ink) -> str:
    """A game controller."""
    s = Drawing(ink)
    with s.moved("translate(0 12)"):
        s.line("M50 22V12Q50 4 60 4", ink.wire, 2.6)
        d = smooth(
            "50,24 72,20 86,26 94,44 99,68 95,84 84,87 74,76 64,66 50,64 36,66 26,76 16,87 5,84 1,68 6,44 14,26 28,20"
        )
        s.form(d, ink.body, "M0 74Q30 50 50 60T100 70V90H0Z", 0.16)
        s.path("M24 34H32V41H39V49H32V56H24V49H17V41H24Z", s.lit(ink.dark, 0.2))
        for x, y, colour in (
            (73, 34, ink.real("#e2574c")),
            (82, 44, ink.glow),
            (64, 44, ink.real("#58a866")),
            (73, 54, ink.accent),
        ):
            s.oval(x, y, 4.6, s.ball(colour, 0.2))
        s.rect(44, 38, 12, 4, ink.shade(ink.body, 0.4), 2)
        for x in (40, 60):
            s.oval(x, 56, 6.5, ink.shade(ink.body, 0.4))
            s.oval(x, 55, 5, s.ball(ink.dark, 0.3))
        s.gleam("M14 34Q18 26 30 24 22 30 18 40Z", 0.4)
    return str(s)


LIGHTS = (
    Subject("candle", ("candle", "candlelight"), "object", ("interior", "product"), "#f3ead6", candle),
    Subject("lantern", ("lantern", "oil lamp"), "object", ("forest", "interior"), "#b5523a", lantern),
    Subject(
        "street lamp",
        ("street lamp", "street light", "streetlight", "lamppost", "lamp post"),
        "object",
        ("city",),
        "#3b4558",
        street_lamp,
    ),
    Subject("microphone", ("microphone", "mic", "podcast"), "object", ("product", "interior"), None, microphone),
    Subject("television", ("television", "tv", "tv set"), "object", ("interior", "product"), "#c9723f", television),
    Subject(
        "gamepad",
        ("gamepad", "game controller", "controller", "joystick", "video game"),
        "object",
        ("product", "interior"),
        None,
        gamepad,
    ),
)
