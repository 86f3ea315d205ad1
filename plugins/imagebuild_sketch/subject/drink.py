"""What one drinks from, and what one makes it with."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, heart_at, smooth

COFFEE, STEEL = "#6b4226", "#c9ced8"


def _steam(s: Drawing, x: float, low: float, high: float) -> None:
    """Two wisps above a hot drink."""
    for dx in (-7, 7):
        middle = (low + high) / 2
        s.line(
            f"M{x + dx} {low}Q{x + dx - 6} {(low + middle) / 2} {x + dx} {middle}T{x + dx} {high}",
            s.ink.real("#b9c4cf"),
            2.6,
            0.7,
        )


def cup(ink: Ink) -> str:
    """A cup of coffee on its saucer."""
    s = Drawing(ink)
    _steam(s, 44, 32, 4)
    s.oval(46, 93, 45, s.lit(ink.shade(ink.body, 0.16)), 7)
    s.oval(46, 91, 45, s.lit(ink.tint(ink.body, 0.22)), 6.5)
    s.oval(45, 91, 26, ink.shade(ink.body, 0.2), 3.6)
    s.line("M77 50Q95 46 94 60 92 74 71 76", s.across(ink.body, ink.shade(ink.body, 0.25)), 6)
    d = "M10 42H80Q80 72 68 85 62 91 54 91H36Q28 91 22 85 10 72 10 42Z"
    s.path(d, s.across(ink.tint(ink.body, 0.14), ink.shade(ink.body, 0.2)))
    with s.inside(d):
        s.path("M60 40Q64 76 48 94H90V40Z", ink.shade(ink.body, 0.25), 0.4)
    s.oval(45, 42, 35, s.lit(ink.tint(ink.body, 0.35)), 8)
    s.oval(45, 42.5, 31.5, ink.shade(ink.body, 0.28), 6.2)
    s.oval(45, 43.8, 30, s.lit(ink.real(COFFEE)), 5)
    s.gleam("M17 56Q18 72 27 82 21 72 21 56Z", 0.45)
    return str(s)


def mug(ink: Ink) -> str:
    """A straight mug with a heart on it."""
    s = Drawing(ink)
    _steam(s, 42, 22, 2)
    s.line("M70 48H80Q90 48 90 58V66Q90 78 78 78H70", s.across(ink.body, ink.shade(ink.body, 0.2)), 7.5)
    d = "M12 32H72V92Q72 100 64 100H20Q12 100 12 92Z"
    s.form(d, ink.body, box(54, 30, 20, 72), 0.14)
    s.oval(42, 32, 30, s.lit(ink.tint(ink.body, 0.35)), 6.5)
    s.oval(42, 32.5, 26.5, s.lit(ink.real(COFFEE)), 4.8)
    s.path(heart_at(41, 68, 16), ink.light)
    s.gleam(box(17, 44, 4, 46, 2), 0.35)
    return str(s)


def teapot(ink: Ink) -> str:
    """A round-bellied teapot, spout to the right."""
    s = Drawing(ink)
    s.line("M24 50Q4 42 5 62 6 78 26 82", s.lit(ink.shade(ink.body, 0.16)), 6.5)
    s.path("M72 76Q82 66 83 52 84 42 96 36L99 41Q92 46 92 58 90 74 70 84Z", s.lit(ink.shade(ink.body, 0.1)))
    d = smooth("48,34 66,38 78,52 80,70 72,88 60,96 36,96 24,88 16,70 18,52 30,38")
    s.path(d, s.ball(ink.body, 0.25))
    with s.inside(d):
        s.path("M10 66Q48 76 90 66V74Q48 84 10 74Z", s.lit(ink.light, 0.1))
        for x in range(18, 84, 10):
            s.oval(x, 74.5 - abs(x - 48) * 0.05, 1.6, ink.accent)
    s.path("M26 40Q30 26 48 26T70 40Q48 46 26 40Z", s.lit(ink.tint(ink.body, 0.12)))
    s.line("M26 40Q48 46.5 70 40", ink.shade(ink.body, 0.25), 1.2)
    s.oval(48, 21, 6, s.ball(ink.accent))
    s.rect(32, 94, 32, 6, s.lit(ink.shade(ink.body, 0.16)), 2.5)
    s.gleam("M24 58Q26 46 36 42 28 50 27 62 24 64 24 58Z", 0.5)
    return str(s)


def bottle(ink: Ink) -> str:
    """A wine-shaped bottle with a label."""
    s = Drawing(ink)
    d = "M43 8H57V30Q57 36 62 41 69 48 69 58V94Q69 100 63 100H37Q31 100 31 94V58Q31 48 38 41 43 36 43 30Z"
    s.path(d, s.across(ink.tint(ink.body, 0.14), ink.shade(ink.body, 0.3)))
    with s.inside(d):
        s.rect(60, 0, 20, 100, ink.shade(ink.body, 0.4), 0, 0.4)
        s.rect(30, 60, 40, 27, s.across(ink.light, ink.shade(ink.light, 0.14)))
        s.rect(30, 63, 40, 1.4, ink.accent)
        s.rect(30, 82.5, 40, 1.4, ink.accent)
        s.rect(40, 8, 20, 18, s.across(ink.accent, ink.shade(ink.accent, 0.25)))
    s.path("M50 66L54 74 50 79 46 74Z", ink.shade(ink.body, 0.1))
    s.rect(41.5, 2, 17, 8, s.across(ink.accent, ink.shade(ink.accent, 0.25)), 2)
    s.gleam("M36 57Q36 49 42 44 44 42 45 38 46 46 41 50 39 53 39 58H36Z", 0.4)
    s.gleam(box(35.5, 88, 3, 9, 1.5), 0.3)
    return str(s)


def glass(ink: Ink) -> str:
    """A tall glass of a cold drink with a straw and a slice."""
    s = Drawing(ink)
    s.line("M52 82L66 6 78 3", ink.accent, 3.4)
    d = "M20 22H76L70 95Q69.5 100 64 100H32Q26.5 100 26 95Z"
    s.path(d, ink.tint(ink.body, 0.85), 0.75)
    with s.inside(d):
        s.path("M10 38Q48 43 90 38V110H10Z", s.lit(ink.body, 0.25), 0.92)
        for x, y, turn in ((32, 44, -12), (48, 52, 14), (36, 66, 24)):
            with s.moved(f"rotate({turn} {x + 7} {y + 7})"):
                s.rect(x, y, 14, 14, ink.tint(ink.body, 0.7), 3, 0.6)
        s.path("M60 39L58 100H84V39Z", ink.shade(ink.body, 0.3), 0.3)
    s.oval(48, 39.5, 26, ink.tint(ink.body, 0.35), 3)
    s.line("M20.5 23.5L26 95Q26.5 99 32 99H64Q69.5 99 70 95L75.5 23.5", ink.tint(ink.body, 0.75), 1.8)
    s.oval(24, 24, 13, s.lit(ink.real("#f2b632")))
    s.oval(24, 24, 10.5, ink.real("#fdf0bf"))
    for angle in range(0, 180, 45):
        with s.moved(f"rotate({angle} 24 24)"):
            s.line("M15 24H33", ink.real("#f2b632"), 1.3)
    s.gleam("M28 46L32 92H36L33 46Z", 0.5)
    return str(s)


def coffee_maker(ink: Ink) -> str:
    """A filter coffee machine with its jug."""
    s = Drawing(ink)
    s.form("M16 30H36V96H16Z", ink.shade(ink.body, 0.14), box(28, 28, 10, 70), 0.16)
    s.form("M14 10Q14 4 20 4H80Q86 4 86 10V32Q86 36 82 36H14Z", ink.body, box(10, 28, 80, 10), 0.16)
    s.form("M44 36H76L71 46H49Z", ink.shade(ink.body, 0.35))
    s.rect(10, 90, 78, 10, s.lit(ink.body), 3)
    s.rect(40, 87, 42, 4, s.lit(ink.real(STEEL)), 1.5)
    s.line("M76 60H84Q90 60 89 68L87 78Q86 82 80 81", ink.wire, 4)
    jug = "M46 56H76Q74 60 78 68 81 78 77 87H45Q41 78 44 68 48 60 46 56Z"
    s.path(jug, s.lit(ink.real("#cfe3ec"), 0.2), 0.85)
    with s.inside(jug):
        s.rect(38, 68, 46, 22, s.lit(ink.real(COFFEE)))
    s.rect(44, 52, 34, 5, s.lit(ink.dark, 0.1), 2)
    s.line("M61 46V52", ink.real(COFFEE), 1.8)
    s.gleam("M49 66Q46 76 49 84 51 76 52 66Z", 0.5)
    s.rect(22, 14, 22, 9, s.lit(ink.dark, 0.1), 2)
    s.line("M26 18.5H36", ink.glow, 1.8)
    for x, colour in ((58, ink.accent), (70, ink.light)):
        s.oval(x, 18.5, 4, s.ball(colour))
    s.gleam("M18 8H82V10.5H18Z", 0.35)
    return str(s)


DRINKS = (
    Subject(
        "cup",
        (
            "cup",
            "coffee",
            "coffee cup",
            "cup of coffee",
            "tea cup",
            "teacup",
            "cup of tea",
            "espresso",
            "cappuccino",
            "latte",
        ),
        "food",
        ("interior", "product"),
        None,
        cup,
    ),
    Subject("mug", ("mug", "coffee mug", "hot chocolate", "cocoa"), "food", ("interior", "product"), None, mug),
    Subject("teapot", ("teapot", "tea pot", "kettle", "tea"), "food", ("interior", "product"), None, teapot),
    Subject(
        "bottle",
        ("bottle", "wine bottle", "wine", "bottle of wine"),
        "food",
        ("product", "interior"),
        "#3c7a52",
        bottle,
    ),
    Subject(
        "glass",
        ("glass", "drink", "juice", "lemonade", "cocktail", "glass of water", "drinking glass", "iced tea"),
        "food",
        ("product", "interior"),
        "#ef9a3d",
        glass,
    ),
    Subject(
        "coffee maker",
        ("coffee maker", "coffee machine", "espresso machine", "coffeemaker"),
        "object",
        ("interior", "product"),
        None,
        coffee_maker,
    ),
)
