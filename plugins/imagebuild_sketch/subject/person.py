"""A bust, and two who come close to people: they wear their own faces, see ``figure`` for those who stand."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, ring, smooth

SKIN, HAIR = "#d99f78", "#43302f"


def _face(s: Drawing, y: float) -> None:
    """Eyes, nose, mouth and cheeks about the height of the eyes."""
    ink = s.ink
    skin = ink.real(SKIN)
    for x in (41, 59):
        s.oval(x, y, 1.9, ink.dark, 2.3)
        s.oval(x - 0.6, y - 0.8, 0.6, "#ffffff")
        s.oval(x + (-4 if x < 50 else 4), y + 8, 3.4, ink.real("#e07a68"), 2.4, 0.45)
    s.line(f"M37.5 {y - 5}Q41 {y - 7} 44 {y - 5.5}M56 {y - 5.5}Q59 {y - 7} 62.5 {y - 5}", ink.real(HAIR), 1.4)
    s.line(f"M50 {y + 1}Q52.5 {y + 6} 49.5 {y + 6.5}", ink.shade(skin, 0.2), 1.3)
    s.path(f"M44 {y + 11}Q50 {y + 13} 56 {y + 11} 55 {y + 16.5} 50 {y + 16.5} 45 {y + 16.5} 44 {y + 11}Z", "#ffffff")
    s.line(f"M44 {y + 11}Q50 {y + 13} 56 {y + 11}", ink.real("#a8493f"), 1)


def _shoulders(s: Drawing) -> None:
    """Upper body and neck of a bust."""
    ink = s.ink
    skin = ink.real(SKIN)
    s.form("M6 100Q6 80 24 75L40 70H60L76 75Q94 80 94 100Z", ink.body, "M64 66Q74 84 72 100H100V66Z")
    s.path("M41 58H59V72Q56 79 50 79T41 72Z", s.lit(ink.shade(skin, 0.12)))


def portrait(ink: Ink) -> str:
    """A woman with a bob, head and shoulders."""
    s = Drawing(ink)
    skin, hair = ink.real(SKIN), ink.real(HAIR)
    s.blob("50,5 32,8 22,22 20,44 17,62 26,70 40,70 60,70 74,70 83,62 80,44 78,22 68,8", s.lit(ink.shade(hair, 0.2)))
    _shoulders(s)
    s.path("M40 70Q42 82 50 82T60 70L66 72Q62 88 50 88T34 72Z", s.lit(ink.shade(ink.body, 0.25)))
    s.form(
        smooth("50,14 64,17 71,30 70,46 63,60 50,67 37,60 30,46 29,30 36,17"), skin, "M60 10Q72 40 50 70H90V10Z", 0.08
    )
    _face(s, 42)
    s.path("M26 44Q22 12 50 9 78 12 75 46 74 34 66 26 52 28 44 19 38 30 29 34 27 40 26 44Z", s.lit(hair, 0.12))
    s.path("M26 38Q25 56 31 67L20 65Q17 48 26 38ZM74 38Q75 56 69 67L80 65Q83 48 74 38Z", s.lit(hair, 0.1))
    s.line("M44 19Q58 14 66 26", ink.tint(hair, 0.25), 1)
    for x in (30.5, 69.5):
        s.oval(x, 55, 1.8, ink.accent)
    return str(s)


def robot(ink: Ink) -> str:
    """A friendly robot."""
    s = Drawing(ink)
    steel = ink.real("#b9c1ce")
    s.line("M50 12V5", ink.shade(steel, 0.2), 2.4)
    s.oval(50, 4.5, 3.6, s.ball(ink.glow if ink.night else ink.accent))
    if ink.night:
        s.halo(50, 4.5, 9, ink.glow)
    for x in (35, 54):
        s.rect(x + 1.5, 84, 8, 10, s.across(ink.tint(steel, 0.3), ink.shade(steel, 0.2)))
        s.path(
            f"M{x - 3} 100V97Q{x - 3} 92 {x + 3} 92H{x + 8}Q{x + 14} 92 {x + 14} 97V100Z",
            s.lit(ink.shade(ink.body, 0.2)),
        )
    for _ in s.both():
        s.line("M28 60Q16 62 15 76", s.lit(steel), 5)
        s.path("M8 80Q8 73 15 73T22 80V87H18V81H12V87H8Z", s.lit(ink.shade(ink.body, 0.15)))
        s.path(box(13, 26, 10, 16, 3.5), s.lit(ink.shade(ink.body, 0.25)))
    s.form(box(26, 53, 48, 34, 9), ink.body, box(60, 50, 20, 40), 0.14)
    s.rect(42, 48, 16, 7, s.across(ink.tint(steel, 0.3), ink.shade(steel, 0.2)), 2)
    s.path(box(34, 61, 32, 17, 4), s.lit(ink.light, 0.08))
    s.line("M38 70H43L46 64 50 75 53.5 68 55 70H62", ink.accent, 1.8)
    s.form(box(20, 12, 60, 38, 13), ink.tint(ink.body, 0.14), box(66, 10, 20, 44), 0.12)
    s.path(box(26, 18, 48, 26, 9), s.lit(ink.dark, 0.14))
    for x in (39, 61):
        if ink.night:
            s.halo(x, 29, 10, ink.glow, 0.7)
        s.oval(x, 29, 5, ink.glow if ink.night else ink.real("#7fe0ee"))
        s.oval(x - 1.5, 27.5, 1.5, "#ffffff")
    s.line("M44 37Q50 41 56 37", ink.glow if ink.night else ink.real("#7fe0ee"), 2)
    s.gleam("M30 24Q31 20 36 20H44L32 36Z", 0.14)
    return str(s)


def astronaut(ink: Ink) -> str:
    """An astronaut, one hand raised."""
    s = Drawing(ink)
    suit, fold = ink.real("#eceef3"), ink.real("#c4cad6")
    s.path(box(24, 42, 52, 38, 9), s.lit(ink.shade(fold, 0.2)))
    s.line("M67 56Q82 54 88 36", suit if ink.flat else s.lit(suit), 12)
    s.oval(88.5, 33, 6.5, s.lit(ink.body))
    s.line("M33 56Q20 62 19 74", s.lit(suit), 12)
    s.oval(19, 77, 6.5, s.lit(ink.body))
    for x in (33, 52):
        s.path(f"M{x} 76H{x + 15}V92H{x}Z", s.across(suit, fold))
        s.path(f"M{x - 2} 100V95Q{x - 2} 90 {x + 3} 90H{x + 13}Q{x + 17} 90 {x + 17} 95V100Z", s.lit(ink.body))
    s.form("M38 46H62Q70 46 70 56V80Q70 84 66 84H34Q30 84 30 80V56Q30 46 38 46Z", suit, box(58, 44, 20, 44), 0.1)
    s.path(box(38, 58, 24, 14, 3), s.lit(fold))
    for x, colour in ((43, ink.real("#e2574c")), (50, ink.glow), (57, ink.body)):
        s.oval(x, 62.5, 2, colour)
    s.line("M42 68.5H58", ink.shade(fold, 0.3), 1.6)
    s.rect(30, 77, 40, 4, ink.body)
    s.oval(50, 29, 25, ink.shade(fold, 0.1), 23.5)
    s.oval(50, 27, 25, s.ball(suit, 0.16), 24)
    for x in (22, 72):
        s.path(box(x, 21, 6, 13, 2.5), s.lit(ink.body))
    visor = ring(50, 28, 18.5, 15.5)
    s.path(visor, s.lit(ink.shade(ink.accent, 0.06), 0.1))
    with s.inside(visor):
        s.path(ring(51, 29.5, 17.5, 15), s.lit(ink.dark, 0.3))
        s.path("M36 44Q50 30 66 38V46H36Z", ink.shade(ink.body, 0.25), 0.8)
    s.gleam("M36 26Q37 17 47 15.5 41 20 39.5 29Z", 0.75)
    for x, y, r in ((57, 22, 1), (61, 28, 0.7), (53, 27, 0.6)):
        s.oval(x, y, r, "#ffffff")
    return str(s)


PEOPLE = (
    Subject("portrait", ("portrait", "face", "headshot", "avatar", "bust"), "person", ("interior",), None, portrait),
    Subject("robot", ("robot", "android", "bot", "chatbot", "machine"), "person", ("interior", "city"), None, robot),
    Subject("astronaut", ("astronaut", "cosmonaut", "spaceman"), "person", ("space",), "#e8713a", astronaut),
)
