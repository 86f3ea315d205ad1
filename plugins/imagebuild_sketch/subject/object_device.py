"""Things with a plug, a lens or strings."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, smooth

STEEL = "#c9ced8"


def camera(ink: Ink) -> str:
    """A compact camera, lens to the viewer."""
    s = Drawing(ink)
    with s.moved("translate(0 4)"):
        s.rect(14, 20, 14, 8, s.lit(ink.dark, 0.15), 2)
        s.rect(72, 21, 14, 7, s.lit(ink.accent), 2)
        s.path("M32 28L37 14Q38 11 42 11H58Q62 11 63 14L68 28Z", s.lit(ink.real(STEEL), 0.2))
        s.rect(43, 15, 14, 8, ink.dark, 1.5)
        d = box(3, 26, 94, 70, 9)
        s.path(d, s.lit(ink.real(STEEL), 0.2))
        with s.inside(d):
            s.rect(0, 42, 100, 42, s.lit(ink.body))
        s.oval(50, 62, 31, s.lit(ink.dark, 0.25))
        s.oval(50, 62, 25.5, s.lit(ink.real("#e3e6ec"), 0.25))
        s.oval(50, 62, 22, s.lit(ink.dark, 0.1))
        s.oval(50, 62, 15, s.ball(ink.real("#3b5f8f"), 0.35))
        s.oval(50, 62, 7, ink.shade(ink.real("#3b5f8f"), 0.5))
        s.gleam("M38 56Q41 49 48 48 42 53 41 61Z", 0.7)
        s.oval(55, 67, 2, "#ffffff", opacity=0.5)
        s.oval(86, 34, 3.6, s.ball(ink.glow))
        s.gleam("M6 33Q7 28 12 28H44V30H14Q9 31 8 38Z", 0.5)
    return str(s)


def phone(ink: Ink) -> str:
    """A smartphone with a few apps."""
    s = Drawing(ink)
    s.path(box(25, 0.5, 50, 99.5, 8), s.lit(ink.dark, 0.2))
    screen = box(28, 3.5, 44, 93.5, 5.5)
    s.path(screen, s.lit(ink.body, 0.28))
    with s.inside(screen):
        s.oval(74, 84, 30, ink.tint(ink.body, 0.25), opacity=0.5)
        s.oval(30, 100, 26, ink.shade(ink.body, 0.2), opacity=0.5)
    s.rect(42, 6.5, 16, 4, ink.dark, 2)
    s.rect(33, 16, 34, 18, ink.light, 4, 0.95)
    s.oval(41, 25, 5, s.ball(ink.accent))
    s.line("M50 22H62M50 28H58", ink.shade(ink.light, 0.3), 2)
    colours = (ink.light, ink.accent, ink.tint(ink.body, 0.6), ink.glow, ink.light, ink.shade(ink.body, 0.3))
    for at, colour in enumerate(colours):
        s.rect(33 + at % 3 * 12.3, 41 + at // 3 * 13, 9.4, 9.4, s.lit(colour, 0.1), 2.6)
    s.rect(41, 92, 18, 1.8, ink.light, 0.9)
    s.gleam("M28 9Q28 4 34 4H56L28 62Z", 0.12)
    return str(s)


def laptop(ink: Ink) -> str:
    """An open laptop with windows on its screen."""
    s = Drawing(ink)
    with s.moved("translate(0 9)"):
        s.path(box(11, 22, 78, 58, 5), s.lit(ink.dark, 0.2))
        screen = box(14.5, 25.5, 71, 50, 2)
        s.path(screen, s.lit(ink.body, 0.25))
        with s.inside(screen):
            s.oval(80, 80, 34, ink.tint(ink.body, 0.25), opacity=0.5)
        s.rect(22, 33, 36, 27, ink.light, 2.5)
        s.rect(22, 33, 36, 5, ink.shade(ink.light, 0.14), 2.5)
        for x, colour in ((25, "#e2574c"), (28.5, ink.glow), (32, "#5fb36a")):
            s.oval(x, 35.5, 1.1, colour)
        s.line("M26 43H44M26 48H52M26 53H48", ink.shade(ink.light, 0.28), 1.8)
        s.rect(50, 46, 28, 22, s.lit(ink.tint(ink.accent, 0.1)), 2.5)
        for x, h in ((55, 7), (61, 12), (67, 9), (73, 15)):
            s.rect(x - 1.8, 65 - h, 3.6, h, ink.light, 0.8)
        s.gleam("M14.5 25.5H46L22 75.5H14.5Z", 0.1)
        s.path("M3 80H97V83Q97 91 88 91H12Q3 91 3 83Z", s.down(ink.real("#dde1e8"), ink.real("#a7aebc")))
        s.path("M40 80H60Q60 84 56 84H44Q40 84 40 80Z", ink.real("#9aa1b0"))
    return str(s)


def headphones(ink: Ink) -> str:
    """Over-ear headphones."""
    s = Drawing(ink)
    s.line("M15 66V52Q15 9 50 9T85 52V66", s.lit(ink.dark, 0.25), 8)
    s.line("M24 26Q33 9.5 50 9.5T76 26", s.lit(ink.body), 10)
    s.gleam("M29 17Q38 6.5 52 7 40 9 32 20Z", 0.5)
    for side in s.both():
        s.form(box(20, 54, 15, 40, 7), ink.dark)
        s.path(
            "M24 52Q6 50 4 74 6 98 24 96Q27 96 27 92V56Q27 52 24 52Z",
            s.lit(ink.body if side < 0 else ink.shade(ink.body, 0.14), 0.2),
        )
        s.path("M11 62Q8 67 8 74T11 86Q14 86 14 82V66Q14 62 11 62Z", ink.tint(ink.body, 0.35))
        s.line("M15 46V54", ink.real(STEEL), 4)
    return str(s)


def light_bulb(ink: Ink) -> str:
    """A glowing bulb."""
    s = Drawing(ink)
    s.halo(50, 40, 50, ink.glow, 0.75 if ink.night else 0.4)
    bulb = smooth("50,4 66,7 79,19 83,36 78,50 69,61 64,74! 36,74! 31,61 22,50 17,36 21,19 34,7")
    s.path(bulb, s.ball(ink.body, 0.3))
    with s.inside(bulb):
        s.path("M66 2Q84 36 58 78H100V2Z", ink.shade(ink.body, 0.25), 0.4)
    s.line("M42 74V52Q36 50 36 44T43 38 48 46V52H52V46Q52 38 57 38T64 44 58 52V74", ink.light, 2.4)
    s.rect(35, 72, 30, 7, s.across(ink.real("#dfe3ea"), ink.real("#8b93a3")), 2.5)
    s.rect(36, 80, 28, 6, s.across(ink.real("#dfe3ea"), ink.real("#8b93a3")), 2.5)
    s.rect(38, 87, 24, 6, s.across(ink.real("#dfe3ea"), ink.real("#8b93a3")), 2.5)
    s.path("M43 93H57Q56 100 50 100T43 93Z", s.lit(ink.dark, 0.2))
    s.gleam("M25 36Q26 20 40 13 32 22 30 38 26 42 25 36Z", 0.65)
    return str(s)


def guitar(ink: Ink) -> str:
    """An acoustic guitar, leaning."""
    s = Drawing(ink)
    with s.moved("rotate(14 50 55)"):
        neck = ink.real("#6d4630")
        s.path("M44.5 14L43.5 1Q50 -2 56.5 1L55.5 14Z", s.lit(ink.shade(neck, 0.15)))
        for y in (3.5, 8, 12.5):
            s.oval(42, y, 1.7, ink.real(STEEL))
            s.oval(58, y, 1.7, ink.real(STEEL))
        d = smooth(
            "50,44 61,42 69,48 69,56 65,63 68,70 76,77 78,87 70,96 50,99 30,96 22,87 24,77 32,70 35,63 31,56 "
            "31,48 39,42"
        )
        s.path(d, s.ball(ink.body, 0.3))
        s.line(d, ink.shade(ink.body, 0.4), 1.6)
        s.oval(50, 66, 9.6, s.lit(ink.tint(ink.body, 0.35)))
        s.oval(50, 66, 8, ink.shade(neck, 0.5))
        s.rect(46, 13, 8, 46, s.across(ink.tint(neck, 0.1), ink.shade(neck, 0.25)))
        for y in range(18, 58, 5):
            s.line(f"M46.3 {y}H53.7", ink.real("#d9c9a8"), 0.8)
        s.rect(41, 84, 18, 4.5, ink.shade(neck, 0.2), 1.5)
        for x in (47.6, 49.2, 50.8, 52.4):
            s.line(f"M{x} 12V86", ink.light, 0.45)
    return str(s)


DEVICES = (
    Subject("camera", ("camera", "photo camera", "photography"), "object", ("product", "interior"), "#3f4658", camera),
    Subject(
        "phone",
        ("phone", "smartphone", "mobile", "mobile phone", "cell phone", "cellphone", "app"),
        "object",
        ("product", "interior"),
        None,
        phone,
    ),
    Subject(
        "laptop",
        ("laptop", "computer", "notebook computer", "monitor", "website"),
        "object",
        ("product", "interior"),
        None,
        laptop,
    ),
    Subject(
        "headphones",
        (
            "headphones",
            "headphone",
            "headset",
            "earphones",
            "music",
            "customer support",
            "customer service",
            "help desk",
        ),
        "object",
        ("product", "interior"),
        None,
        headphones,
    ),
    Subject(
        "light bulb",
        ("light bulb", "lightbulb", "bulb", "idea"),
        "object",
        ("product", "interior"),
        "#f6c744",
        light_bulb,
    ),
    Subject("guitar", ("guitar", "acoustic guitar", "ukulele"), "object", ("interior", "product"), "#c9803f", guitar),
)
