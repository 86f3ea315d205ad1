"""Pictures for ideas that product sites, docs and shops speak of: agreement, progress, overview, a game's next move."""

from itertools import pairwise

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.figure import looks_of
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, ring


def handshake(ink: Ink) -> str:
    """Two hands that shake, one sleeve in each colour."""
    s = Drawing(ink)
    one, two = looks_of(ink).skin, looks_of(ink, 1).skin
    s.path("M0 36L20 32 30 66 4 76Z", s.lit(ink.body))
    s.path("M100 36L80 32 70 66 96 76Z", s.lit(ink.accent))
    s.path("M18 34L25 32.5 34 64 27 66ZM82 34L75 32.5 66 64 73 66Z", s.lit(ink.light))
    s.path("M76 36L60 33Q54 32 49 36L36 48Q33 52 37 54 42 56 47 51L54 47 74 64 78 60Z", s.lit(two))
    fist = "M25 36L40 33Q46 33 50 36L40 46Q36 50 39 54 43 57 49 52L54 48 72 63Q76 67 72 70 69 73 66 70 67 75 62 76"
    s.path(f"{fist} 59 77 57 74 56 79 51 79 48 78 47 76 44 80 40 77L28 64Z", s.lit(one))
    s.line("M66 70L56 61M57 74L48 66M47 76L40 69", ink.shade(one, 0.24), 1.5)
    s.line("M50 36L40 46Q36 50 39 54 43 57 49 52L54 48", ink.shade(two, 0.28), 1.3)
    for x, y, low in ((50, 10, 22), (32, 14, 24), (68, 14, 24)):
        s.line(f"M{x} {y}L{50 + (x - 50) * 0.72} {low}", ink.glow, 2.6)
    return str(s)


def checklist(ink: Ink) -> str:
    """A clipboard with a list, two of three done."""
    s = Drawing(ink)
    s.path(box(14, 8, 72, 92, 6), s.lit(ink.body))
    s.path(box(20, 15, 60, 79, 3), s.lit(ink.light, 0.08))
    s.path("M36 16V10Q36 6 40 6H43Q44 0 50 0T57 6H60Q64 6 64 10V16Z", s.lit(ink.real("#9aa2b2")))
    s.oval(50, 6.5, 2.2, ink.light)
    for at, y in enumerate((26, 48, 70)):
        done = at < 2
        s.path(box(26, y, 13, 13, 3), s.lit(ink.accent) if done else ink.shade(ink.light, 0.2))
        if done:
            s.line(f"M29 {y + 6.5}L31.6 {y + 9.4} 36 {y + 3.8}", "#ffffff", 2)
        else:
            s.rect(28, y + 2, 9, 9, ink.light, 2)
        s.line(f"M45 {y + 4}H73M45 {y + 10}H{64 - at * 4}", ink.shade(ink.light, 0.24), 2.6)
    return str(s)


def dashboard(ink: Ink) -> str:
    """A window with figures, bars, a line and a ring."""
    s = Drawing(ink)
    s.path(box(0, 14, 100, 78, 6), s.lit(ink.dark, 0.16))
    s.path(box(2.5, 23, 95, 66.5, 3.5), s.lit(ink.light, 0.06))
    for dot, tone in ((7, "#e8685a"), (12, "#f0b93a"), (17, "#68b06a")):
        s.oval(dot, 18.6, 1.6, ink.real(tone))
    s.rect(2.5, 23, 15, 66.5, ink.shade(ink.body, 0.25), 3)
    for y in (30, 40, 50, 60):
        s.rect(6, y, 8, 3.4, ink.tint(ink.body, 0.5 if y > 30 else 0.9), 1.6)
    for x, tone in ((22, ink.body), (47.5, ink.accent), (73, ink.tint(ink.body, 0.3))):
        s.rect(x, 27, 21, 14, ink.shade(ink.light, 0.07), 2.5)
        s.rect(x + 3, 30, 9, 3, ink.shade(ink.light, 0.25), 1.5)
        s.rect(x + 3, 35, 14, 3.4, tone, 1.7)
    s.rect(22, 45, 46, 40, ink.shade(ink.light, 0.07), 2.5)
    for at, h in enumerate((12, 19, 15, 25, 21, 31)):
        s.path(
            box(26 + at * 6.8, 82 - h, 4.4, h, 1.2),
            ink.accent if at == 5 else s.down(ink.tint(ink.body, 0.2), ink.body),
        )
    s.rect(72.5, 45, 21.5, 40, ink.shade(ink.light, 0.07), 2.5)
    s.line(ring(83.2, 59, 6.6), ink.tint(ink.body, 0.6), 4.2)
    s.line("M83.2 52.4A6.6 6.6 0 1 1 77 61.4", ink.body, 4.2)
    s.line("M76 74H90M76 79H86", ink.shade(ink.light, 0.24), 2)
    return str(s)


def chessboard(ink: Ink) -> str:
    """A chess board with a king and a pawn."""
    s = Drawing(ink)
    dark, light = ink.shade(ink.body, 0.3), ink.light
    s.path("M20 58H80L100 94V99H0V94Z", ink.shade(ink.body, 0.55))
    rows = ((60, 22.5, 77.5), (67, 18.5, 81.5), (75.5, 13.8, 86.2), (84.5, 8.8, 91.2), (93.5, 4, 96))
    for at, ((y, x, end), (low, x2, end2)) in enumerate(pairwise(rows)):
        for cell in range(6):
            a, b = x + (end - x) * cell / 6, x + (end - x) * (cell + 1) / 6
            c, d = x2 + (end2 - x2) * (cell + 1) / 6, x2 + (end2 - x2) * cell / 6
            s.poly(f"{a},{y} {b},{y} {c},{low} {d},{low}", light if (cell + at) % 2 == 0 else dark)
    king, pawn = ink.accent, ink.real("#f3ead6")
    s.line("M36 2V14M31.5 6.5H40.5", ink.shade(king, 0.1), 3.2)
    s.path("M27 20Q27 12 36 12T45 20L42 30H30Z", s.lit(king))
    s.path("M30 30H42L45 62H27Z", s.across(ink.tint(king, 0.15), ink.shade(king, 0.25)))
    s.path(box(27, 28, 18, 4.5, 2), s.lit(king))
    s.path("M22 76Q22 68 29 62H43Q50 68 50 76Z", s.lit(ink.shade(king, 0.1)))
    s.path(box(20, 74, 32, 6, 3), s.lit(king))
    s.oval(68, 48, 7.5, s.ball(pawn))
    s.path("M64 54H72L75.5 72H60.5Z", s.across(pawn, ink.shade(pawn, 0.25)))
    s.path("M55 84Q55 76 62 71H74Q81 76 81 84Z", s.lit(ink.shade(pawn, 0.06)))
    s.path(box(53, 82, 30, 6, 3), s.lit(pawn))
    return str(s)


def inbox(ink: Ink) -> str:
    """An empty tray with an arrow that points into it."""
    s = Drawing(ink)
    s.path("M22 38H78L98 68V92Q98 98 92 98H8Q2 98 2 92V68Z", s.lit(ink.shade(ink.body, 0.2)))
    s.path("M27 44H73L88 67H68Q66 79 50 79T32 67H12Z", s.lit(ink.shade(ink.light, 0.08)))
    s.path("M2 68H32Q34 81 50 81T68 68H98V92Q98 98 92 98H8Q2 98 2 92Z", s.lit(ink.body))
    s.gleam("M6 71H28V74H6Z", 0.3)
    s.path("M44 4H56V32H68L50 54 32 32H44Z", s.lit(ink.accent))
    return str(s)


def violin(ink: Ink) -> str:
    """A violin with its bow."""
    s = Drawing(ink)
    dark = ink.real("#3a2a24")
    with s.moved("rotate(28 50 50)"):
        s.path(box(47, 6, 6, 48, 2), s.lit(dark))
        s.path("M45.5 8Q43 -1 50 -2T54.5 8Z", s.lit(dark))
        for y in (2, 6.5):
            s.line(f"M42 {y}H58", dark, 2)
        d = "M50 42Q66 40 67 51 67 57 61 60 58 64 62 69 71 73 70 85 69 100 50 100"
        d += "T30 85Q29 73 38 69 42 64 39 60 33 57 33 51 34 40 50 42Z"
        s.path(d, s.lit(ink.shade(ink.body, 0.3)))
        with s.moved("translate(2.5 3.6) scale(0.95)"):
            s.path(d, s.lit(ink.body, 0.22))
        s.path("M47.5 42H52.5L54 76H46Z", s.lit(dark))
        s.line("M42 63Q39 68 42 72T41 79M58 63Q61 68 58 72T59 79", dark, 1.5)
        s.path("M43 79H57V81.5H43Z", ink.light)
        s.path("M46.5 84H53.5L52 96H48Z", dark)
        s.line("M48.8 8V88M51.2 8V88", ink.light, 0.6)
    s.line("M93 3L72 99", ink.real("#8a5a3a"), 2.4)
    s.line("M90 4L69.5 97", ink.light, 1)
    return str(s)


def bowl(ink: Ink) -> str:
    """A steaming bowl of noodles with an egg, greens and chopsticks."""
    s = Drawing(ink)
    stick, broth = ink.real("#a06a3f"), ink.real("#d99a4e")
    s.line("M62 46L92 8M70 48L98 14", stick, 2.8)
    s.oval(50, 52, 47, s.lit(ink.tint(ink.body, 0.2)), 14)
    s.oval(50, 52, 42, broth, 11.4)
    for x in (24, 32, 40, 48):
        s.line(f"M{x} 50Q{x + 6} 43 {x + 12} 51T{x + 22} 53", ink.real("#f3d68a"), 2.4)
    s.oval(66, 49, 9, ink.real("#fbf7ea"), 6)
    s.oval(66.5, 49, 4.8, ink.real("#f0a52e"), 3.2)
    s.blob("26,46 31,40 37,41 40,46 35,50 28,50", s.lit(ink.real("#5fa552")))
    for x, y in ((50, 58), (56, 56), (30, 57), (80, 54)):
        s.oval(x, y, 2, ink.real("#7fb85a"), 1.3)
    s.path("M3 53Q9 64 50 66T97 53Q96 84 70 92H30Q4 84 3 53Z", s.lit(ink.body))
    s.line("M7 69Q30 78 50 78T93 69", ink.light, 2.4, 0.85)
    s.path("M32 91H68L65 100H35Z", s.lit(ink.shade(ink.body, 0.2)))
    s.gleam("M10 65Q16 68 22 69 22 82 30 89 14 82 10 65Z", 0.25)
    if not ink.flat:
        s.line("M38 34Q33 28 38 22T38 10M52 34Q47 28 52 22T52 10", ink.shade(ink.light, 0.08), 2.4, 0.6)
    return str(s)


def camel(ink: Ink) -> str:
    """A camel with a saddle cloth."""
    s = Drawing(ink)
    far = ink.shade(ink.body, 0.2)
    s.path("M26 60H33L32 98H26ZM62 60H69L67 98H61Z", s.lit(far))
    s.line("M16 50Q10 58 13 70", far, 2.6)
    s.oval(13, 72, 2.6, ink.shade(ink.body, 0.4), 4)
    humps = "M14 56Q14 44 24 40 26 22 36 22 44 24 45 36 48 38 50 35 53 20 62 22 70 26 71 42 78 42 80 30"
    s.path(
        f"{humps} 78 16 85 12 90 8 96 14L100 20Q99 25 92 24 88 26 88 34 87 58 70 63L32 66Q16 66 14 56Z", s.lit(ink.body)
    )
    s.path("M18 58H27L24.5 76 25 98H18.5L18 78ZM70 58H78L76.5 78 77 98H70.5L69.5 78Z", s.lit(ink.shade(ink.body, 0.06)))
    for x in (18, 25.5, 60.5, 70):
        s.rect(x, 95.5, 7.5, 4.5, ink.shade(ink.body, 0.45), 2)
    s.path("M40 33Q48 40 54 32L60 60Q48 65 37 61Z", s.lit(ink.accent))
    s.line("M38 55Q48 60 59 54", ink.light, 2)
    s.line("M42 38Q48 43 54.5 37", ink.glow, 1.8)
    s.path("M83 14Q81 8 84 5 88 8 88 12Z", s.lit(far))
    s.oval(91, 15.5, 1.5, ink.dark)
    s.line("M94 21Q97 21.4 98.6 19.6", ink.shade(ink.body, 0.45), 1)
    return str(s)


CONCEPTS = (
    Subject(
        "handshake",
        ("handshake", "shaking hands", "partnership", "agreement", "deal", "partner"),
        "symbol", ("product",), None, handshake,
    ),
    Subject(
        "checklist",
        ("checklist", "clipboard", "to do list", "todo list", "task list", "survey", "questionnaire", "onboarding",
         "todo", "task", "exam"),
        "object", ("product",), None, checklist,
    ),
    Subject(
        "dashboard",
        ("dashboard", "analytics", "admin panel", "data visualization", "data visualisation", "control panel"),
        "object", ("product",), None, dashboard,
    ),
    Subject(
        "chess board", ("chess board", "chess", "chessboard", "strategy"), "object", ("product",), "#a9764f", chessboard
    ),
    Subject("inbox", ("inbox", "empty inbox", "download", "tray"), "object", ("product",), None, inbox),
    Subject("violin", ("violin", "fiddle", "cello", "orchestra"), "object", ("interior",), "#b5652f", violin),
    Subject(
        "bowl",
        ("bowl", "ramen", "bowl of ramen", "soup", "bowl of soup", "noodle", "stew", "curry", "salad", "rice bowl"),
        "food", ("interior",), None, bowl,
    ),
    Subject("camel", ("camel", "dromedary", "caravan"), "animal", ("landscape",), "#cf9f63", camel),
)  # fmt: skip
