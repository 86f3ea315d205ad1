"""Things one wears, carries or gives."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, heart_at


def umbrella(ink: Ink) -> str:
    """An open umbrella."""
    s = Drawing(ink)
    s.line("M50 4V1", ink.wire, 2.4)
    s.line("M50 50V88Q50 97 58.5 97T67 89", s.lit(ink.real("#8a5d3b")), 4)
    dome = "M2 54C4 24 24 5 50 5S96 24 98 54Q90 47 82 54 74 47 66 54 58 47 50 54 42 47 34 54 26 47 18 54 10 47 2 54Z"
    s.path(dome, s.ball(ink.body, 0.25))
    with s.inside(dome):
        s.path("M50 4Q30 22 34 56L18 58Q16 24 50 4Z", ink.tint(ink.body, 0.3), 0.65)
        s.path("M50 4Q70 22 66 56L82 58Q84 24 50 4Z", ink.shade(ink.body, 0.25), 0.65)
        s.line("M50 5V54", ink.shade(ink.body, 0.2), 0.8)
    s.gleam("M10 42Q16 22 34 12 20 26 16 44 10 46 10 42Z", 0.3)
    return str(s)


def backpack(ink: Ink) -> str:
    """A school backpack with a front pocket."""
    s = Drawing(ink)
    s.line("M38 14Q38 3 50 3T62 14", ink.shade(ink.body, 0.4), 5)
    for x in (8, 80):
        s.path(box(x, 54, 12, 36, 6), s.lit(ink.shade(ink.body, 0.3)))
    s.form("M16 44Q16 10 50 10T84 44V90Q84 100 74 100H26Q16 100 16 90Z", ink.body, box(66, 8, 20, 94), 0.14)
    s.path("M22 40Q22 16 50 16T78 40Q64 47 50 47T22 40Z", s.lit(ink.tint(ink.body, 0.12)))
    s.line("M22 40Q36 47 50 47T78 40", ink.shade(ink.body, 0.35), 1.5)
    s.form(box(25, 58, 50, 35, 7), ink.shade(ink.body, 0.12), box(60, 56, 20, 40), 0.14)
    s.line("M29 66H71", ink.accent, 2.4)
    s.path("M66 66H71L70 77Q68.5 79 67 77Z", s.lit(ink.accent))
    for x in (34, 61):
        s.rect(x, 38, 5, 16, s.lit(ink.real("#8a5d3b")), 1)
        s.rect(x - 1, 47, 7, 5, s.lit(ink.glow), 1)
    s.gleam("M27 34Q28 22 40 19 32 26 31 36Z", 0.35)
    return str(s)


def shoe(ink: Ink) -> str:
    """A running shoe, toe to the right."""
    s = Drawing(ink)
    d = "M6 38Q6 32 12 33 20 40 30 36L36 30Q40 27 43 31 54 50 70 58 92 62 96 74 98 84 94 88H8Q4 84 5 70 8 54 6 38Z"
    s.form(d, ink.body, "M0 78Q50 84 100 68V96H0Z", 0.16)
    with s.inside(d):
        s.path("M70 56Q80 66 80 92H104V56Z", s.lit(ink.tint(ink.body, 0.2)))
        s.path("M0 50Q18 54 22 92H0Z", s.lit(ink.shade(ink.body, 0.2)))
        s.path("M24 84Q40 82 50 62L58 66Q50 86 34 92Z", ink.light)
        s.path("M40 86Q52 82 60 68L66 70Q60 84 50 92Z", ink.accent)
    s.path("M6 36Q10 32 13 34 22 40 31 36L37 29.5 41 34Q30 46 18 45 9 44 6 36Z", ink.shade(ink.body, 0.5))
    for x, y in ((44, 41), (50, 47), (57, 52.5)):
        s.line(f"M{x} {y}L{x - 9} {y + 7}", ink.light, 3)
    s.path(
        "M3 86Q3 83 7 84 50 90 94 82 99 81 99 87 98 100 88 100H16Q4 100 3 86Z",
        s.down(ink.light, ink.shade(ink.light, 0.2)),
    )
    s.line("M4 92.5Q50 96 98 90.5", ink.accent, 2)
    return str(s)


def gift(ink: Ink) -> str:
    """A wrapped gift with a bow."""
    s = Drawing(ink)
    ribbon = ink.accent
    for side in s.both():
        tone = ribbon if side < 0 else ink.shade(ribbon, 0.1)
        s.path("M50 30Q20 36 16 22 14 8 28 7 42 8 50 30Z", s.lit(tone))
        s.path("M48 28Q30 28 25 20 24 14 30 14 40 16 48 28Z", ink.shade(tone, 0.3))
    s.form(box(12, 46, 76, 54, 3), ink.body, box(66, 40, 30, 64), 0.14)
    s.rect(12, 46, 76, 5, ink.shade(ink.body, 0.35), 0, 0.5)
    s.rect(42, 46, 16, 54, s.across(ribbon, ink.shade(ribbon, 0.18)))
    s.form(box(6, 29, 88, 18, 3), ink.tint(ink.body, 0.08), box(70, 20, 30, 30), 0.14)
    s.rect(42, 29, 16, 18, s.across(ink.tint(ribbon, 0.1), ink.shade(ribbon, 0.12)))
    s.path(box(43, 21, 14, 11, 4), s.lit(ink.shade(ribbon, 0.12)))
    s.gleam("M10 32H36V34.5H10Z", 0.35)
    return str(s)


def package(ink: Ink) -> str:
    """A cardboard box in three faces."""
    s = Drawing(ink)
    s.path("M50 4L96 25 50 48 4 25Z", s.lit(ink.tint(ink.body, 0.3), 0.1))
    s.path("M4 25L50 48V100L4 77Z", s.lit(ink.body, 0.1))
    s.path("M96 25L50 48V100L96 77Z", s.lit(ink.shade(ink.body, 0.22), 0.1))
    tape = ink.tint(ink.accent, 0.35)
    s.path("M24 16L33 11.7 79 33.5 70 38Z", tape)
    s.path("M70 38L79 33.5V48L70 52.5Z", ink.shade(tape, 0.2))
    s.path("M12 66L30 75V83L12 74Z", ink.light)
    s.line("M15 70L26 75.5M15 73L22 76.5", ink.shade(ink.light, 0.4), 1)
    s.line("M4 25L50 48 96 25M50 48V100", ink.shade(ink.body, 0.3), 0.8)
    return str(s)


def blocks(ink: Ink) -> str:
    """Five toy building blocks: a wall with an arch roof."""
    s = Drawing(ink)
    red, green = ink.real("#e2574c"), ink.real("#58a866")
    for x, y, w, h, colour in ((6, 68, 28, 32, ink.body), (36, 68, 28, 32, ink.accent), (66, 68, 28, 32, green)):
        s.form(box(x, y, w, h, 3), colour, box(x + w - 7, y, 8, h), 0.16)
        s.gleam(box(x + 3, y + 3, w - 10, 2.5, 1.2), 0.4)
    s.form(box(20, 38, 28, 30, 3), red, box(41, 36, 8, 34), 0.16)
    s.form(box(50, 38, 28, 30, 3), ink.tint(ink.body, 0.25), box(71, 36, 8, 34), 0.16)
    s.form("M49 6Q51 4 53 6L79 35Q80 38 77 38H23Q20 38 21 35Z", ink.accent, "M52 4L62 40H84Z", 0.16)
    s.path("M20 75L26 87H14Z", ink.light)
    s.oval(50, 84, 7, ink.light)
    s.path("M80 76L82.5 82 89 82.5 84 86.5 85.5 93 80 89.5 74.5 93 76 86.5 71 82.5 77.5 82Z", ink.light)
    s.path(box(27.5, 47, 12, 12, 1.5), ink.light)
    s.path(heart_at(64, 54, 7.5), ink.light)
    return str(s)


CARRIED = (
    Subject("umbrella", ("umbrella", "parasol", "brolly"), "object", ("product", "city"), None, umbrella),
    Subject(
        "backpack",
        ("backpack", "rucksack", "school bag", "schoolbag", "knapsack"),
        "object",
        ("product",),
        None,
        backpack,
    ),
    Subject("shoe", ("shoe", "sneaker", "trainer", "running shoe", "boot"), "object", ("product",), None, shoe),
    Subject("gift", ("gift", "present", "gift box", "giftbox"), "object", ("product", "interior"), "#d8463c", gift),
    Subject(
        "package",
        ("package", "box", "parcel", "cardboard box", "carton", "delivery"),
        "object",
        ("product",),
        "#c99a63",
        package,
    ),
    Subject(
        "building blocks",
        ("building block", "toy block", "block", "toy"),
        "object",
        ("interior", "product"),
        None,
        blocks,
    ),
)
