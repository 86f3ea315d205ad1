"""People as they stand, sit and move, in everyday clothes. Who is who comes from the ink's variant."""

from msgspec.structs import replace

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.figure import Outfit, draw_head, draw_standing, looks_of
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box

_POSES = (("down", "hip"), ("up", "down"), ("down", "down"), ("hip", "down"), ("down", "up"), ("hold", "down"))


def _everyday(ink: Ink, *, skirt: bool = False) -> Outfit:
    legs = ink.shade(ink.accent, 0.18) if skirt else ink.real("#3c4763")
    return Outfit(ink.body, legs, ink.real("#39333a"), "skirt" if skirt else "trousers")


def woman(ink: Ink) -> str:
    """A standing woman."""
    s = Drawing(ink)
    draw_standing(
        s, looks_of(ink, long=True), _everyday(ink, skirt=ink.variant % 2 == 0), arms=_POSES[ink.variant % len(_POSES)]
    )
    return str(s)


def man(ink: Ink) -> str:
    """A standing man."""
    s = Drawing(ink)
    draw_standing(s, looks_of(ink, 3), _everyday(ink), arms=_POSES[(ink.variant + 2) % len(_POSES)])
    return str(s)


def child(ink: Ink) -> str:
    """A child: a girl or a boy."""
    return (girl if ink.variant % 2 == 0 else boy)(ink)


def girl(ink: Ink) -> str:
    """A girl with longer hair."""
    return _young(ink, long=True)


def boy(ink: Ink) -> str:
    """A boy with short hair."""
    return _young(ink, long=False)


def _young(ink: Ink, *, long: bool) -> str:
    """A large head on a small body."""
    s = Drawing(ink)
    looks = looks_of(ink, 1 if long else 4, long=long)
    looks = replace(looks, cut="short") if looks.cut == "beard" else looks
    with s.moved("translate(8 24) scale(0.84 0.76)"):
        arms = _POSES[(ink.variant + 1) % len(_POSES)]
        draw_standing(s, looks, _everyday(ink, skirt=long), arms=arms, head=False)
    with s.moved("translate(-10 14) scale(1.2)"):
        draw_head(s, looks)
    return str(s)


def person(ink: Ink) -> str:
    """A walker with a bag over the shoulder."""
    s = Drawing(ink)
    draw_standing(s, looks_of(ink, long=ink.variant % 2 == 1), _everyday(ink), arms=("down", "down"))
    s.line("M39 31L62 56", ink.shade(ink.accent, 0.2), 2.2)
    s.path(box(57, 53, 15, 13, 3), s.lit(ink.accent, 0.2))
    s.line("M57 58H72", ink.shade(ink.accent, 0.25), 1)
    return str(s)


def family(ink: Ink) -> str:
    """Two grown-ups with a child between them."""
    s = Drawing(ink)
    with s.moved("translate(-20 0)"):
        draw_standing(s, looks_of(ink, long=True), _everyday(ink, skirt=True), arms=("hip", "down"))
    with s.moved("translate(21 0)"):
        draw_standing(s, looks_of(ink, 3), Outfit(ink.accent, ink.real("#3c4763"), ink.dark), arms=("down", "hip"))
    looks = looks_of(ink, 1, long=True)
    with s.moved("translate(22 46) scale(0.56 0.54)"):
        draw_standing(s, looks, Outfit(ink.glow, ink.shade(ink.body, 0.3), ink.dark), arms=("up", "up"), head=False)
    with s.moved("translate(14 39) scale(0.72)"):
        draw_head(s, looks)
    return str(s)


def _seated(s: Drawing, x: float, step: int, colour: str, *, long: bool) -> None:
    """Head and shoulders behind a table."""
    looks = looks_of(s.ink, step, long=long)
    with s.moved(f"translate({x - 40} 21) scale(0.8)"):
        draw_standing(s, looks, Outfit(colour, colour, colour, "bust"), arms=("hold", "hold"))


def team(ink: Ink) -> str:
    """Three people at a table with a laptop and papers."""
    s = Drawing(ink)
    wood = ink.real("#b98258")
    _seated(s, 50, 2, ink.accent, long=True)
    _seated(s, 20, 0, ink.body, long=False)
    _seated(s, 80, 4, ink.tint(ink.body, 0.35), long=False)
    s.path("M12 70H88L99 84H1Z", s.lit(wood))
    s.path(box(1, 84, 98, 5, 2), ink.shade(wood, 0.25))
    for _ in s.both():
        s.path(box(12, 89, 6, 11), ink.shade(wood, 0.35))
    s.path("M40 64H60L62 77H38Z", s.lit(ink.real("#c9ced8"), 0.2))
    s.oval(50, 70.5, 1.8, ink.light)
    for x in (16, 72):
        s.path(f"M{x + 2} 74H{x + 12}L{x + 14} 80H{x}Z", ink.light)
        s.line(f"M{x + 3.5} 76.2H{x + 9}M{x + 3} 78H{x + 10}", ink.shade(ink.light, 0.3), 0.7)
    return str(s)


def desk_worker(ink: Ink) -> str:
    """Someone at a desk behind a laptop, with a cup and a plant."""
    s = Drawing(ink)
    wood, leaf = ink.real("#b98258"), ink.real("#5fa552")
    with s.moved("translate(-2 2) scale(1.04)"):
        draw_standing(
            s,
            looks_of(ink, long=ink.variant % 2 == 0),
            Outfit(ink.body, ink.body, ink.body, "bust"),
            arms=("hold", "hold"),
        )
    s.path(box(1, 70, 98, 7, 2.5), s.lit(wood))
    s.path("M8 77H15L13 100H9ZM85 77H92L91 100H87Z", ink.shade(wood, 0.25))
    s.path("M15 77H85V93H15Z", ink.shade(wood, 0.45), 0.5)
    s.path("M31 46Q31 43.5 33.5 43.5H66.5Q69 43.5 69 46L70 70H30Z", s.lit(ink.real("#c9ced8"), 0.22))
    s.oval(50, 57, 3, ink.light)
    s.path("M78 60H90L88.5 70H79.5Z", s.lit(ink.accent))
    s.line("M84 60L80 48M84 60V45M84 60L89 49", leaf, 2.6)
    s.path(box(12, 61, 9, 9, 2), s.lit(ink.tint(ink.accent, 0.3)))
    s.line("M12 63.5Q8 63.5 8 66T12 68.5", ink.tint(ink.accent, 0.3), 1.6)
    return str(s)


def meditating(ink: Ink) -> str:
    """Someone seated with crossed legs on a mat, palms on the knees."""
    s = Drawing(ink)
    looks = looks_of(ink, long=True)
    legs = ink.shade(ink.body, 0.28)
    s.path("M4 94Q4 90 10 90H90Q96 90 96 94T90 100H10Q4 100 4 94Z", s.lit(ink.accent))
    with s.moved("translate(-4 1) scale(1.08)"):
        draw_standing(s, looks, Outfit(ink.body, ink.body, ink.body, "bust"), arms=("down", "down"), head=True)
    s.path("M38 64Q50 60 62 64L90 80Q95 86 88 90L54 93H46L12 90Q5 86 10 80Z", s.lit(legs))
    s.path("M30 91Q46 80 70 84L76 91Z", s.lit(ink.tint(legs, 0.12)))
    for x in (26, 74):
        s.oval(x, 92, 6, looks.skin, 3)
    for _ in s.both():
        s.line("M28 60L22 78", ink.shade(ink.body, 0.08), 7.6)
        s.oval(21, 81, 3.8, looks.skin)
    return str(s)


STANDING = (
    Subject("woman", ("woman", "women", "lady", "female"), "person", ("interior",), None, woman),
    Subject("girl", ("girl", "schoolgirl"), "person", ("landscape",), None, girl),
    Subject("boy", ("boy", "schoolboy"), "person", ("landscape",), None, boy),
    Subject("man", ("man", "men", "guy", "gentleman", "male"), "person", ("interior",), None, man),
    Subject(
        "child",
        ("child", "children", "kid", "toddler", "pupil", "schoolchild"),
        "person", ("landscape",), None, child,
    ),
    Subject(
        "person",
        ("person", "people", "human", "figure", "traveller", "traveler", "hiker", "student", "tourist", "friend",
         "customer", "user"),
        "person", ("landscape", "city", "forest"), None, person,
    ),
    Subject("family", ("family", "parent"), "person", ("landscape",), None, family),
    Subject(
        "team",
        ("team", "meeting", "team meeting", "colleague", "coworker", "co worker", "brainstorming", "business meeting",
         "interview", "collaboration"),
        "person", ("interior",), None, team,
    ),
    Subject(
        "desk worker",
        ("desk worker", "remote work", "remote work from home", "remote worker", "programmer", "developer", "coder",
         "freelancer", "working from home", "work from home", "office worker", "home office", "working on a laptop",
         "on a laptop", "at a computer", "software engineer", "writer", "coding", "programming"),
        "person", ("interior",), None, desk_worker,
    ),
    Subject(
        "meditation",
        ("meditating", "meditation", "yoga", "yogi", "mindfulness", "wellness", "lotus pose"),
        "person", ("landscape",), None, meditating,
    ),
)  # fmt: skip
