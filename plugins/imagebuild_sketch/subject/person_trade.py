"""People who are told by what they wear or hold: trades, arts and tales."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.figure import Looks, Outfit, draw_standing, looks_of
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box, ring


def doctor(ink: Ink) -> str:
    """A doctor in a white coat with a stethoscope."""
    s = Drawing(ink)
    coat = ink.real("#eef1f4")
    looks = looks_of(ink, long=ink.variant % 2 == 0)
    draw_standing(s, looks, Outfit(coat, ink.real("#3c4763"), ink.dark), arms=("down", "hold"))
    s.path("M37 60H63L65 78H35Z", s.lit(coat))
    s.path("M45 29.5L50 48 55 29.5 53 31.5Q50 34 47 31.5Z", s.lit(ink.body))
    s.line("M50 48V77", ink.shade(coat, 0.2), 1)
    s.line("M43 30Q41 44 46 46M57 30Q59 40 56 44", ink.dark, 1.6)
    s.oval(46.5, 47.5, 2.6, s.ball(ink.real("#aab1bf")))
    s.rect(55, 46, 12, 15, s.lit(ink.accent), 1.5)
    s.line("M57.5 50H64M57.5 53.5H64M57.5 57H62", ink.light, 1)
    return str(s)


def chef(ink: Ink) -> str:
    """A cook with a tall hat and an apron."""
    s = Drawing(ink)
    white = ink.real("#f4f3ee")
    with s.moved("translate(7 14) scale(0.86)"):
        draw_standing(s, looks_of(ink, 1), Outfit(white, ink.real("#4a4f5c"), ink.dark), arms=("hip", "up"))
        s.path("M41 42H59L63 82H37Z", s.lit(ink.body))
        s.line("M41 42L45 30M59 42L55 30", ink.body, 1.6)
        s.line("M40 56H60", ink.shade(ink.body, 0.2), 1.6)
    s.line("M76 24V8", ink.real("#b07b4c"), 2.2)
    s.oval(76, 6.5, 3.4, ink.real("#c9955f"), 4.4)
    s.path("M41 19Q33 16 36 9 40 4 45 6 50 0 56 5 63 4 64 11 64 16 59 19L58.5 23H41.5Z", s.lit(white, 0.1))
    return str(s)


def barista(ink: Ink) -> str:
    """A barista in an apron who brings a steaming cup."""
    s = Drawing(ink)
    apron = ink.shade(ink.body, 0.3)
    outfit = Outfit(ink.tint(ink.body, 0.55), ink.real("#3a3f4d"), ink.dark)
    draw_standing(s, looks_of(ink, 4), outfit, arms=("hip", "hold"))
    s.path("M41 40H57L62 82H38Z", s.lit(apron))
    s.line("M41 40L45 30M57 40L55 30", apron, 1.6)
    s.rect(45, 62, 12, 9, ink.shade(apron, 0.18), 1.5)
    s.path("M57 45H72L70 57Q64.5 60 59 57Z", s.lit(ink.light))
    s.line("M71.5 48Q76.5 48 75.5 52T70.5 54.5", ink.light, 1.8)
    s.oval(64.5, 45, 7.4, ink.real("#6b3f26"), 1.6)
    s.line("M62 41Q59.5 38 62 35T62 30M67.5 41Q65 38 67.5 35T67.5 30", ink.shade(ink.light, 0.08), 1.4, 0.7)
    return str(s)


def teacher(ink: Ink) -> str:
    """A teacher who points at a blackboard."""
    s = Drawing(ink)
    s.path(box(32, 8, 68, 52, 2.5), s.lit(ink.real("#a9764f")))
    s.rect(35.5, 11.5, 61, 45, s.lit(ink.real("#2f6650")))
    s.line("M60 22H88M60 30H82M60 38H90M60 46H76", ink.light, 1.6, 0.85)
    s.line("M62 60L56 99M92 60L97 99", ink.real("#8a6248"), 3)
    with s.moved("translate(-18 4) scale(0.96)"):
        outfit = Outfit(ink.body, ink.shade(ink.accent, 0.2), ink.dark, "skirt")
        draw_standing(s, looks_of(ink, long=True), outfit, arms=("down", "wide"))
    s.line("M69 37.5L79 31", ink.real("#d9b072"), 1.8)
    return str(s)


def wizard(ink: Ink) -> str:
    """A wizard with a long beard, a pointed hat and a staff that shines."""
    s = Drawing(ink)
    white = ink.real("#e9e6e2")
    s.halo(83, 15, 16, ink.glow, 0.8)
    s.line("M82 98L83 22", ink.real("#7d5a3c"), 3.4)
    with s.moved("translate(6 14) scale(0.86)"):
        draw_standing(
            s,
            Looks(looks_of(ink).skin, white, "short"),
            Outfit(ink.body, ink.body, ink.dark, "robe"),
            arms=("down", "wide"),
            head=True,
        )
    s.path("M38 30Q40 36 49 35 58 36 60 30 62 46 54 58L49 66 44 58Q36 46 38 30Z", s.lit(white))
    with s.moved("translate(0 -4.5)"):
        s.path("M27 23Q49 13 71 23 62 28 49 27 36 28 27 23Z", s.lit(ink.shade(ink.body, 0.22)))
        s.path("M34 22Q44 14 48 5 54 3 59 7 56 9 57 12L63 22Q49 27 34 22Z", s.lit(ink.body))
        s.path("M35.5 19.5Q49 24 61.5 19L62.5 22Q49 26.5 34.5 22.5Z", ink.accent)
    s.sparkle(83, 15, 8, ink.glow)
    s.oval(83, 15, 3, ink.light)
    for x, y, r in ((42, 84, 2.4), (56, 74, 2), (52, 92, 2.6)):
        s.sparkle(x, y, r, ink.glow)
    return str(s)


def knight(ink: Ink) -> str:
    """A knight in armour with a sword and a shield."""
    s = Drawing(ink)
    steel = ink.real("#aab3c0")
    s.path("M91.5 0L94.5 5V29H88.5V5Z", s.across(ink.tint(steel, 0.4), steel))
    s.line("M85 30H98", ink.real("#d9a62e"), 3)
    s.line("M91.5 31V43", ink.real("#6d4a34"), 3.4)
    outfit = Outfit(steel, ink.shade(steel, 0.15), ink.shade(steel, 0.35))
    draw_standing(s, looks_of(ink), outfit, arms=("down", "wide"), head=False)
    s.oval(91.5, 35.5, 4, ink.shade(steel, 0.2))
    s.path("M38 6Q50 -1 62 6L61 24Q50 31 39 24Z", s.lit(steel, 0.2))
    s.path("M40 13H60V17H40Z", ink.dark)
    s.line("M50 8V26", ink.shade(steel, 0.25), 1.2)
    s.path("M50 4Q52 -2 62 0 60 6 50 6Z", s.lit(ink.accent))
    s.form("M12 40Q28 46 43 40 45 66 28 80 10 66 12 40Z", ink.body, "M28 40V82H50V38Z")
    s.path("M25.5 46H30V54H37V58.5H30V72H25.5V58.5H18V54H25.5Z", ink.light)
    return str(s)


def dancer(ink: Ink) -> str:
    """A ballerina on the tip of one foot, arms in a ring above her head."""
    s = Drawing(ink)
    looks = looks_of(ink, 2, long=True)
    s.line("M50 66Q52 84 50.5 97", looks.skin, 4.6)
    s.path("M48 90H53.5L51.5 100H50Z", s.lit(ink.body))
    s.line("M52 66Q64 70 66 78T53 85", looks.skin, 4.6)
    s.path("M57 81L50.5 86 53 88.5 59 84.5Z", s.lit(ink.body))
    s.blob("14,58 30,50 50,49 70,50 86,58 70,68 50,70 30,68", s.lit(ink.tint(ink.body, 0.45)))
    s.blob("20,57 35,51 50,50 65,51 80,57 66,64 50,65 34,64", s.lit(ink.tint(ink.body, 0.25)))
    s.path("M43 32Q50 36 57 32L56 54Q50 57 44 54Z", s.lit(ink.body))
    s.path("M47.5 25H52.5V33Q50 35 47.5 33Z", ink.shade(looks.skin, 0.14))
    for _ in s.both():
        s.line("M44 34Q30 24 33 10 36 3 45 2.5", looks.skin, 3.8)
    s.oval(50, 19, 7, s.lit(looks.skin), 8)
    s.path("M43 19Q42 10 50 10T57 19Q55 14 50 14T43 19Z", s.lit(looks.hair))
    s.oval(50, 9, 3.6, looks.hair)
    for x in (47.4, 52.6):
        s.oval(x, 19, 0.9, ink.dark)
    s.line("M48.2 23Q50 24.4 51.8 23", ink.real("#a8433a"), 0.9)
    return str(s)


def cyclist(ink: Ink) -> str:
    """A rider with a helmet, bent over a mountain bike."""
    s = Drawing(ink)
    looks = looks_of(ink, 2)
    tyre, legs = ink.real("#2f3340"), ink.real("#39445e")
    for x in (21, 79):
        s.line(ring(x, 80, 17), tyre, 4.4)
        s.line(ring(x, 80, 14), ink.real("#c9ced8"), 1)
        s.line(f"M{x - 13} 80H{x + 13}M{x} 67V93", ink.real("#b3bac6"), 0.6)
    s.line("M40 60L50 82", ink.shade(legs, 0.25), 7)
    s.line("M21 80L37 58 47 82ZM37 58L66 55M47 82L68 58", ink.accent, 3.6)
    s.line("M79 80L65 50L70 46", ink.shade(ink.accent, 0.25), 3.4)
    s.path("M29 54Q37 51 44 54L42 58H31Z", s.lit(tyre))
    s.line("M38 52L56 62 49 84", legs, 8)
    s.line("M46 86H57", tyre, 4.4)
    s.path("M33 54Q32 38 46 27 54 22 59 28 62 34 55 38 46 44 45 56Z", s.lit(ink.body))
    s.line("M56 32L62 44 71 45", ink.shade(ink.body, 0.16), 6)
    s.oval(72, 45.5, 3, looks.skin)
    s.oval(65, 20, 8, s.lit(looks.skin), 9)
    s.oval(69, 19, 1.1, ink.dark)
    s.line("M68 24.5Q70 25.5 71.5 24", ink.real("#a8433a"), 1)
    s.path("M54 18Q54 5 66 5 77 6 77 15Z", s.lit(ink.accent))
    s.line("M60 9Q66 7 72 9M59 13.5Q67 11 74 12.5", ink.shade(ink.accent, 0.3), 1.4)
    return str(s)


TRADES = (
    Subject(
        "doctor",
        ("doctor", "nurse", "physician", "medic", "healthcare", "pharmacist", "dentist"),
        "person", ("interior",), None, doctor,
    ),
    Subject("chef", ("chef", "cook", "baker"), "person", ("interior",), None, chef),
    Subject("barista", ("barista", "waiter", "waitress", "bartender"), "person", ("interior",), "#8a5a3c", barista),
    Subject(
        "teacher",
        ("teacher", "professor", "lecturer", "online course", "lesson", "tutor"),
        "person", ("interior",), None, teacher,
    ),
    Subject("wizard", ("wizard", "witch", "mage", "sorcerer", "magician"), "person", ("landscape",), "#5b4bb0", wizard),
    Subject("knight", ("knight", "warrior", "paladin"), "person", ("landscape",), "#b8323a", knight),
    Subject("dancer", ("dancer", "ballerina", "ballet", "dancing"), "person", ("interior",), "#e88fae", dancer),
    Subject(
        "cyclist",
        ("cyclist", "biker", "mountain biker", "cycling", "bike rider", "bike ride", "mountain biking"),
        "person", ("landscape",), None, cyclist,
    ),
)  # fmt: skip
