"""Animals that walk, from the side."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, smooth


def horse(ink: Ink) -> str:
    """A standing horse, head to the right."""
    s = Drawing(ink)
    far, mane, hoof = ink.shade(ink.body, 0.25), ink.shade(ink.body, 0.55), ink.dark
    for d in ("M33 58Q40 66 37 76L36 95H31L32 78 28 66Z", "M56 60H65L63 78 62 95H57L58 78Z"):
        s.path(d, far)
    s.rect(30, 94, 7, 6, hoof, 1.5)
    s.rect(56, 94, 7, 6, hoof, 1.5)
    s.path("M16 45Q4 46 5 66 5 78 2 86 12 82 13 68 13 58 19 52Z", s.lit(mane))
    trunk = smooth(
        "16,46 24,41 38,44 52,43 60,38 67,24 75,12 79,3! 83,10 88,16 93,26 97,33 95,39 90,40 84,36 80,34 "
        "78,44 76,54 72,62 66,67 54,66 42,67 32,68 22,62 16,55"
    )
    s.form(trunk, ink.body, "M12 62Q50 56 72 56 80 46 78 30L100 40V80H10Z", 0.14)
    s.form(
        "M17 48Q34 48 35 62 34 70 29 77L28 95H22L22 79Q21 72 18 66 14 56 17 48Z",
        ink.body,
        "M36 50Q32 68 26 77L25 100H42V50Z",
        0.1,
    )
    s.form("M64 56Q76 54 75 64L72 78 71 95H65L66 78 63 66Z", ink.body, "M76 52Q72 66 70 78L68 100H82V52Z", 0.1)
    s.rect(21, 94, 8, 6, hoof, 1.5)
    s.rect(64, 94, 8, 6, hoof, 1.5)
    s.path("M78 8Q70 8 63 22 58 32 54 42 58 46 63 45 66 40 68 34 71 33 72 28 75 25 75 20 79 16 80 12Z", s.lit(mane))
    s.path("M78 8Q83 8 85 16 80 16 77 12Z", mane)
    s.eye(85, 20, 1.7)
    s.oval(94, 34, 0.9, hoof)
    s.line("M91 38Q93 37.5 95 38", mane, 0.8)
    return str(s)


def elephant(ink: Ink) -> str:
    """A walking elephant, trunk curled."""
    s = Drawing(ink)
    far, nail = ink.shade(ink.body, 0.2), ink.tint(ink.body, 0.55)
    for x in (24, 54):
        s.rect(x, 66, 13, 33, far, 4)
    s.line("M9 44Q3 54 5 66", ink.shade(ink.body, 0.15), 2.4)
    s.oval(5, 67, 2, ink.shade(ink.body, 0.5), 3)
    body = smooth("8,54 10,38 20,27 36,22 52,23 66,28 72,44 70,64 62,78 40,80 22,80 10,70")
    s.form(body, ink.body, "M0 66Q40 80 80 56V90H0Z", 0.14)
    for x in (12, 44):
        s.form(
            f"M{x} 71H{x + 15}V97Q{x + 15} 100 {x + 12} 100H{x + 3}Q{x} 100 {x} 97Z",
            ink.body,
            f"M{x + 9} 70H{x + 16}V102H{x + 9}Z",
            0.1,
        )
        for dx in (2.5, 7, 11.5):
            s.oval(x + dx, 99, 1.9, nail, 1.6)
    trunk = smooth(
        "58,28 66,16 78,13 88,18 93,30 93,46 92,62 93,74 97,76! 99,82 94,87 87,85 83,76 83,62 80,52 72,54 62,48"
    )
    s.form(trunk, ink.body, "M90 10Q84 40 90 70L84 90H104V10Z", 0.14)
    for y in (56, 62, 68, 74):
        s.line(f"M85 {y}Q88 {y + 1.5} 91 {y}", ink.shade(ink.body, 0.22), 0.9)
    s.path("M78 52Q80 62 89 62 92 62 91 60 84 58 84 50Z", s.lit(ink.light))
    s.blob("62,16 48,18 42,32 46,50 56,58 66,54 70,40 70,24", s.lit(ink.tint(ink.body, 0.1)))
    s.blob("60,22 51,24 47,34 50,46 57,52 63,48 65,38 66,28", ink.real("#e0a9a6"), 0.55)
    s.eye(80, 31, 2.1)
    s.line("M77 26.5Q80 25 83 26.5", ink.shade(ink.body, 0.4), 1)
    return str(s)


def turtle(ink: Ink) -> str:
    """A tortoise under its patterned shell."""
    s = Drawing(ink)
    skin = ink.tint(ink.body, 0.35)
    for x in (20, 60):
        s.rect(x + 6, 80, 12, 18, ink.shade(skin, 0.25), 5)
    s.path("M6 82Q0 86 0 92 8 90 14 86Z", s.lit(skin))
    s.form(smooth("70,82 76,68 80,54 88,47 96,50 99,59 95,67 88,70 86,78 78,90"), skin, "M90 40L84 90H104V40Z", 0.12)
    for x in (14, 56):
        s.form(
            f"M{x} 80H{x + 16}L{x + 17} 95Q{x + 17} 100 {x + 12} 100H{x + 4}Q{x} 100 {x} 95Z",
            skin,
            f"M{x + 10} 78H{x + 18}V102H{x + 10}Z",
            0.12,
        )
    s.eye(91, 55, 2)
    s.line("M90 63.5Q94 64.5 97.5 62", ink.shade(skin, 0.5), 1)
    shell = "M6 82C6 50 22 32 44 32S82 50 82 82Q82 86 78 86H10Q6 86 6 82Z"
    s.path(shell, s.ball(ink.body, 0.3))
    with s.inside(shell):
        seam = ink.shade(ink.body, 0.3)
        s.line(
            "M34 48H54L62 64 54 80H34L26 64ZM34 48L30 30M54 48L60 30M26 64H4M62 64H86M34 80L32 90M54 80L56 90",
            seam,
            2.4,
        )
        if not ink.flat:
            s.path("M37 51H51L57 62H32Z", ink.tint(ink.body, 0.2), 0.5)
    s.rect(2, 79, 84, 7.5, s.lit(ink.tint(ink.body, 0.18)), 3.7)
    return str(s)


WILD_ANIMALS = (
    Subject("horse", ("horse", "pony", "stallion", "mare"), "animal", ("landscape",), "#a8693f", horse),
    Subject("elephant", ("elephant",), "animal", ("landscape",), "#8f9bb0", elephant),
    Subject("turtle", ("turtle", "tortoise"), "animal", ("sea", "landscape"), "#4f9a6a", turtle),
)
