"""Things of tales and games: what a dungeon, a quest or a pirate's map is made of."""

from imagebuild_sketch.subject.entry import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, box

WOOD = "#8a5a3a"


def dragon(ink: Ink) -> str:
    """A flying dragon, breathing fire to the right."""
    s = Drawing(ink)
    belly, horn = ink.tint(ink.body, 0.45), ink.real("#efe3c8")
    s.blob("56,46 66,30 82,14 92,4! 90,22 96,24! 88,33 90,40! 78,43 68,52", s.lit(ink.shade(ink.body, 0.34)))
    s.line("M66 44L91 7M67 46L94 25", ink.shade(ink.body, 0.48), 1.4)
    s.path("M38 66Q24 86 8 80 0 75 5 68L1 61 12 64Q13 74 22 70 30 66 32 56Z", s.lit(ink.shade(ink.body, 0.1)))
    s.blob("30,62 36,48 50,42 64,46 72,56 68,68 54,77 38,74", s.lit(ink.body))
    s.blob("40,70 52,66 64,60 70,57 68,67 55,76 42,74", s.lit(belly))
    legs = "M60 66L66 84Q67 89 74 88 73 92 68 92H63Q59 92 57 84L52 70Z"
    legs += "M42 70L40 86Q41 91 47 91 46 95 41 95H36Q32 95 33 86L35 68Z"
    s.path(legs, s.lit(ink.shade(ink.body, 0.16)))
    s.path("M60 48Q66 34 74 33L84 45Q76 46 74 56L66 62Z", s.lit(ink.body))
    s.path("M70 36Q75 30 83 33L97 42Q100 46 95 48L84 48Q74 48 70 43Z", s.lit(ink.tint(ink.body, 0.08)))
    s.path("M74 33Q68 28 66 22 75 24 79 31ZM79 32Q77 26 79 20 84 26 84 33Z", s.lit(horn))
    s.oval(82, 38, 2.4, ink.glow)
    s.oval(82.6, 38, 1.1, ink.dark)
    s.oval(95, 43, 0.9, ink.dark)
    s.line("M84 46.4L95 46", ink.shade(ink.body, 0.4), 1)
    s.blob("44,50 36,30 22,14 6,8! 12,22 2,26! 12,36 8,46! 22,48 34,60", s.lit(ink.shade(ink.body, 0.18)))
    s.line("M42 52L8 10M40 54L4 27M38 57L10 45", ink.shade(ink.body, 0.38), 1.5)
    for x, y in ((34, 50), (41, 44.5), (49, 42), (57, 43)):
        s.poly(f"{x - 3},{y + 2} {x},{y - 5} {x + 3.4},{y + 1}", ink.accent)
    s.poly("4,69 -1,58 9,62", ink.accent)
    return str(s)


def sword(ink: Ink) -> str:
    """A sword that stands on its point."""
    s = Drawing(ink)
    steel, gold = ink.real("#c3cad4"), ink.real("#dfae38")
    with s.moved("rotate(38 50 50)"):
        s.path("M44 34H56V90L50 100 44 90Z", s.across(ink.tint(steel, 0.55), ink.shade(steel, 0.18)))
        s.path("M50 34H56V90L50 100Z", ink.shade(steel, 0.25), 0.6)
        s.line("M50 38V84", ink.shade(steel, 0.35), 1.4)
        s.path("M28 28Q50 22 72 28L70 36Q50 31 30 36Z", s.lit(gold))
        s.path(box(45.5, 8, 9, 20, 2), s.lit(ink.body))
        s.line("M45.5 13L54.5 17M45.5 19L54.5 23", ink.shade(ink.body, 0.35), 1.5)
        s.oval(50, 4, 6, s.ball(gold))
        s.oval(50, 31, 3.4, s.ball(ink.accent))
    return str(s)


def potion(ink: Ink) -> str:
    """A round flask with a glowing potion."""
    s = Drawing(ink)
    s.halo(50, 64, 48, ink.tint(ink.body, 0.4), 0.55)
    flask = "M41 18H59V36Q86 44 86 68 86 99 50 99T14 68Q14 44 41 36Z"
    s.path(flask, ink.tint(ink.body, 0.82))
    with s.inside(flask):
        s.path("M0 60Q25 53 50 59T100 57V104H0Z", s.down(ink.tint(ink.body, 0.2), ink.shade(ink.body, 0.2)))
        s.oval(50, 59.5, 40, ink.tint(ink.body, 0.42), 4)
        for x, y, r in ((36, 76, 4), (56, 84, 3), (64, 70, 5), (45, 90, 2.4), (50, 70, 2.2)):
            s.oval(x, y, r, ink.tint(ink.body, 0.6), None, 0.8)
    s.path(box(37, 15, 26, 7, 3), s.lit(ink.tint(ink.body, 0.7)))
    s.path("M42 1H58Q60 8 58 16H42Q40 8 42 1Z", s.lit(ink.real("#b98a5a")))
    s.gleam("M22 68Q22 52 36 45 28 56 30 74Z", 0.65)
    s.sparkle(76, 34, 7, ink.glow)
    s.sparkle(86, 48, 4, ink.glow)
    s.sparkle(20, 36, 5, ink.glow)
    return str(s)


def treasure_chest(ink: Ink) -> str:
    """An open chest full of coins."""
    s = Drawing(ink)
    wood, gold = ink.real(WOOD), ink.real("#f0bd3c")
    s.path("M10 48Q8 12 28 12H72Q92 12 90 48Z", s.lit(ink.shade(wood, 0.45)))
    s.path("M16 46Q15 19 30 19H70Q85 19 84 46Z", ink.shade(wood, 0.65))
    s.line("M10 46Q8 12 28 12H72Q92 12 90 46", s.lit(gold) if not ink.flat else gold, 4)
    s.halo(50, 46, 40, ink.glow, 0.7)
    heap = "22,52 34,46 46,41 58,43 70,47 79,53 28,48 40,47 52,47 64,50 50,36"
    for x, y in (map(float, spot.split(",")) for spot in heap.split()):
        s.oval(x, y, 7, s.ball(gold))
        s.oval(x, y, 4.4, ink.shade(gold, 0.14))
    s.path("M62 34L67 28 72 34 67 41Z", s.lit(ink.accent))
    s.oval(32, 39, 4.4, s.ball(ink.body))
    s.form(box(6, 52, 88, 46, 3), wood, box(60, 52, 40, 48))
    s.line("M6 67H94M6 83H94", ink.shade(wood, 0.28), 1.4)
    for x in (6, 84):
        s.rect(x, 52, 10, 46, s.lit(gold), 2)
    s.rect(6, 52, 88, 6, s.lit(gold), 2)
    s.path(box(40, 50, 20, 22, 4), s.lit(ink.shade(gold, 0.1)))
    s.path("M50 56Q54 56 54 60 54 62 52 63L53 68H47L48 63Q46 62 46 60 46 56 50 56Z", ink.dark)
    return str(s)


def coins(ink: Ink) -> str:
    """Three stacks of coins, and one that leans against them."""
    s = Drawing(ink)
    for x, count in ((24, 5), (52, 9), (79, 3)):
        for at in range(count):
            y = 92 - at * 8.4
            s.path(
                f"M{x - 19} {y - 5}V{y}A19 6 0 0 0 {x + 19} {y}V{y - 5}Z", s.across(ink.body, ink.shade(ink.body, 0.3))
            )
            s.oval(x, y - 5, 19, s.lit(ink.tint(ink.body, 0.3)), 6)
        s.oval(x, y - 5, 12.5, ink.shade(ink.body, 0.06), 3.6)
    s.oval(72, 82, 17, s.ball(ink.shade(ink.body, 0.08)))
    s.oval(72, 82, 12.5, s.lit(ink.tint(ink.body, 0.25)))
    star = "M72 73L74.6 79.2 81 79.6 76 83.8 77.8 90.4 72 86.8 66.2 90.4 68 83.8 63 79.6 69.4 79.2Z"
    s.path(star, ink.shade(ink.body, 0.2))
    return str(s)


def treasure_map(ink: Ink) -> str:
    """An old map with coasts, a route and a cross."""
    s = Drawing(ink)
    paper = ink.real("#ead5a4")
    s.path("M4 18L35 8 66 18 96 8V84L66 94 35 84 4 94Z", s.lit(paper, 0.1))
    s.path("M35 8L66 18V94L35 84Z", ink.shade(paper, 0.1))
    s.blob("12,34 24,26 33,34 40,30 47,40 42,52 30,50 22,58 13,50", s.lit(ink.real("#a9b97a"), 0.1))
    s.blob("62,56 74,48 88,52 90,66 80,78 66,74", s.lit(ink.real("#a9b97a"), 0.1))
    for x, y in ((22, 40), (28, 37)):
        s.poly(f"{x - 4},{y + 4} {x},{y - 4} {x + 4},{y + 4}", ink.real("#8a7250"))
    for x, y in ((28, 58), (34, 63), (41, 66), (48, 66), (55, 64), (62, 63), (68, 63)):
        s.oval(x, y, 1.5, ink.body)
    s.line("M73 59L80 67M80 59L73 67", ink.body, 3.4)
    s.oval(76, 28, 9, ink.shade(paper, 0.14))
    s.path("M76 17L78.4 26 87 28 78.4 30 76 39 73.6 30 65 28 73.6 26Z", ink.accent)
    s.line("M14 72Q18 69 22 72T30 72M14 78Q18 75 22 78T30 78", ink.real("#7aa5b4"), 1.4)
    return str(s)


def galleon(ink: Ink) -> str:
    """A wooden ship of old under full sail."""
    s = Drawing(ink)
    wood, canvas = ink.real(WOOD), ink.real("#f2e8d2")
    s.line("M30 70V16M54 70V4M76 70V20M88 64L99 52", ink.shade(wood, 0.2), 2.6)
    masts = ((30, 20, 40, 12), (30, 42, 62, 14), (54, 10, 32, 14), (54, 35, 60, 16), (76, 24, 42, 10), (76, 44, 62, 12))
    for x, top, low, w in masts:
        left, right, middle = x - w, x + w, (top + low) / 2
        bulge = f"Q{right + 5} {middle} {right} {low}Q{x} {low - 5} {left} {low}Q{left + 5} {middle} {left} {top}Z"
        s.path(f"M{left} {top}H{right}{bulge}", s.lit(canvas, 0.1))
    s.path("M42 43H69Q71 47 70.5 51H43.5Q45 47 42 43Z", ink.body)
    s.path("M54 4L70 0 66 5 70 9 54 8Z", ink.body)
    hull = "M4 56L16 60V68H84L96 62Q96 84 84 92H22Q8 86 4 56Z"
    s.path(hull, s.lit(wood))
    with s.inside(hull):
        s.line("M0 74H100M0 83H100", ink.shade(wood, 0.28), 1.2)
        s.line("M2 62L16 67H100", ink.real("#dfae38"), 2.4)
    for x in (28, 42, 56, 70):
        s.rect(x, 75, 6, 5.5, ink.dark, 1)
    s.path("M10 94Q20 86 32 91T56 91 80 91 94 94Q70 98 52 97T10 94Z", ink.real("#dcecf2"))
    return str(s)


TALES = (
    Subject("dragon", ("dragon", "wyvern"), "animal", ("landscape",), "#4f9a58", dragon),
    Subject("sword", ("sword", "blade", "dagger", "katana"), "object", ("product",), "#8c3a3a", sword),
    Subject(
        "potion",
        ("potion", "magic potion", "potion bottle", "magic potion bottle", "elixir", "flask", "poison"),
        "object", ("product",), "#9a4fd0", potion,
    ),
    Subject(
        "treasure chest",
        ("treasure chest", "treasure", "chest", "loot"),
        "object", ("product",), "#d8413a", treasure_chest,
    ),
    Subject(
        "coin",
        ("coin", "gold coin", "money", "cash", "savings", "pricing", "price", "payment", "finance", "budget", "salary",
         "investment"),
        "object", ("product",), "#eeb53a", coins,
    ),
    Subject("map", ("map", "treasure map", "atlas", "world map"), "object", ("product",), "#c23b32", treasure_map),
    Subject(
        "galleon",
        ("galleon", "pirate ship", "longship", "viking ship", "viking longship", "tall ship", "sailing ship"),
        "vehicle", ("sea",), "#b8323a", galleon,
    ),
)  # fmt: skip
