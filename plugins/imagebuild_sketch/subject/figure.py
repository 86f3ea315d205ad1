"""How a standing person is put together: looks that vary from one to the next, clothes, and what the arms do.

Trades and groups share it, so that each of them only draws what makes it one.
"""

from collections.abc import Mapping

from msgspec import Struct

from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.subject.shape import Drawing, smooth

__all__ = ["Looks", "Outfit", "draw_head", "draw_standing", "looks_of"]

_SKINS = ("#e3ab84", "#8f5b3d", "#f0c6a4", "#b97f57", "#6f4630", "#d99f78")
_HAIRS = ("#43302f", "#211c20", "#b9793a", "#2b2326", "#1e1a1c", "#7a4a2c")
_LONG = ("long", "curls", "bun", "bob", "curls", "long")
_SHORT = ("short", "short", "short", "curls", "short", "beard")


class Looks(Struct, frozen=True):
    """Skin and hair; ``cut`` is short, beard, bob, long, bun or curls."""

    skin: str
    hair: str
    cut: str


class Outfit(Struct, frozen=True):
    """Clothes: ``top``, ``legs`` and ``shoes`` are colours. ``cut`` is trousers, skirt, robe, or bust for no legs."""

    top: str
    legs: str
    shoes: str
    cut: str = "trousers"


def looks_of(ink: Ink, step: int = 0, *, long: bool = False) -> Looks:
    """The looks of the person that the ink's variant stands for; ``step`` tells people of one group apart."""
    at = (ink.variant + step) % len(_SKINS)
    return Looks(ink.real(_SKINS[at]), ink.real(_HAIRS[at]), (_LONG if long else _SHORT)[at])


_ARMS: Mapping[str, tuple[str, tuple[float, float]]] = {
    "down": ("M65 36Q71 46 71 58", (71.3, 62)),
    "hip": ("M65 36L77 48 67 57", (66, 58)),
    "up": ("M65 36L78 30 80 15", (80.3, 11)),
    "hold": ("M65 36L71 51 60 54", (58, 54)),
    "wide": ("M65 36Q78 39 88 36", (91.5, 35)),
}
"""The arm to the right of the picture, and where its hand is."""


def draw_standing(
    s: Drawing, looks: Looks, outfit: Outfit, *, arms: tuple[str, str] = ("down", "down"), head: bool = True
) -> None:
    """A person from the front, 100 units tall; ``arms`` as seen, left then right."""
    ink = s.ink
    if head:
        _draw_hair_behind(s, looks)
    if outfit.cut == "robe":
        s.form("M40 40L60 40 72 99H28Z", outfit.top, "M58 40L62 99H80V40Z")
    elif outfit.cut != "bust":
        for _ in s.both():
            s.path("M38 100Q35 100 36 97L39 93H47.5V100Z", s.lit(outfit.shoes))
        if outfit.cut == "skirt":
            s.path("M40 74H47L46.5 95H40.5ZM53 74H60L59.5 95H53.5Z", s.lit(ink.shade(looks.skin, 0.06)))
            s.form("M38 56H62L68 80Q50 85 32 80Z", outfit.legs, "M57 56L60 84H72V56Z")
        else:
            s.path("M37.5 56H62.5L61 95H53L50 68 47 95H39Z", s.lit(outfit.legs, 0.18))
    s.path("M46 22H54V31Q50 34 46 31Z", ink.shade(looks.skin, 0.16))
    s.form("M44 29H56Q66 30 67 38L63 62H37L33 38Q34 30 44 29Z", outfit.top, "M58 28Q61 44 57 63H80V28Z")
    s.path("M45 28.5Q50 35 55 28.5L56 30Q50 37.5 44 30Z", looks.skin)
    for side, pose in zip((-1, 1), arms, strict=True):
        line, hand = _ARMS[pose]
        sleeve = ink.shade(outfit.top, 0.1 if side > 0 else 0.04)
        with s.moved("matrix(-1 0 0 1 100 0)" if side < 0 else "translate(0 0)"):
            s.line(line, sleeve, 7.6)
            s.oval(hand[0], hand[1], 3.6, looks.skin)
    if head:
        draw_head(s, looks)


def draw_head(s: Drawing, looks: Looks) -> None:
    """Face and the hair before it."""
    ink = s.ink
    for _ in s.both():
        s.oval(38.6, 15.5, 2, ink.shade(looks.skin, 0.08), 2.6)
    s.path(smooth("50,2 58,5 61,13 58.5,21 50,27 41.5,21 39,13 42,5"), s.lit(looks.skin))
    if looks.cut == "beard":
        s.path(
            "M39 15Q40.5 20 46 18.5 50 17.6 54 18.5 59.5 20 61 15 61.5 23 56 27 50 30.5 44 27 38.5 23 39 15Z",
            looks.hair,
        )
    _draw_hair_before(s, looks)
    for _ in s.both():
        s.oval(45.8, 14.6, 1.1, ink.dark, 1.4)
        s.oval(42.8, 18.6, 1.9, "#d9604f", 1.3, 0.4)
    s.line("M47 20.4Q50 23 53 20.4", ink.real("#a8433a") if looks.cut != "beard" else ink.tint(looks.skin, 0.3), 1.2)


def _draw_hair_behind(s: Drawing, looks: Looks) -> None:
    dark = s.ink.shade(looks.hair, 0.14)
    if looks.cut == "long":
        s.path("M38 12Q36 0.5 50 0.5T62 12Q62 26 66 37 58 41 50 40 42 41 34 37 38 26 38 12Z", dark)
    elif looks.cut == "bob":
        s.path("M37.5 12Q36 0.5 50 0.5T62.5 12Q63 21 62 27 50 30 38 27 37 21 37.5 12Z", dark)
    elif looks.cut == "curls":
        for x, y, r in ((40, 7, 6), (50, 5, 5.5), (60, 7, 6), (37, 14, 5), (63, 14, 5), (38, 20, 4.4), (62, 20, 4.4)):
            s.oval(x, y, r, dark)
    elif looks.cut == "bun":
        s.oval(50, 3.5, 5, dark)


def _draw_hair_before(s: Drawing, looks: Looks) -> None:
    paint = s.lit(looks.hair, 0.12)
    if looks.cut in ("short", "beard"):
        s.path("M38 14Q36 2 48 0.8 62 -0.8 62.5 10L62 15Q60.5 8.5 56 7.5 48 10 43 7.5 39.5 9 38 14Z", paint)
    elif looks.cut == "curls":
        for x, y, r in ((42.5, 5, 4.2), (48, 3.6, 4.2), (54, 4, 4.2), (58.5, 7, 3.6), (40, 9, 3)):
            s.oval(x, y, r, paint)
    else:
        s.path("M38 16Q36.5 2 50 1.5 63.5 2 62 16 60.5 10 53 6 47 12 38 16Z", paint)
