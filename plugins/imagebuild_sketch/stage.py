"""What a scene draws on: the frame, the brief, the palette, and how a subject is put into the picture."""

from __future__ import annotations

from msgspec import Struct

from imagebuild_sketch.brief import Brief, Figure
from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import brighten, from_oklch, lightness, mix, retone, to_oklch
from imagebuild_sketch.palette import Palette
from imagebuild_sketch.pen import Sheet, ellipse, group, num
from imagebuild_sketch.subject import Subject
from imagebuild_sketch.subject.ink import Ink
from imagebuild_sketch.wordset import wordset

__all__ = ["DETAILS", "Frame", "Stage"]

DETAILS = {"low": 0.45, "medium": 1.0, "high": 1.5, "xhigh": 2.0, "max": 2.6}
"""How many trees, stars and blades of grass a quality is worth."""

_SHINING = wordset("campfire candle lantern sun moon star planet")
"""Subjects that are lights themselves: no hour darkens them."""

_SHORT_SIDE = 1000.0


class Frame(Struct, frozen=True):
    """The picture's area in user units: the short side is 1000, whatever the size in pixels."""

    width: float
    height: float

    @classmethod
    def of(cls, width: int, height: int) -> Frame:
        """The frame of a size in pixels."""
        scale = _SHORT_SIDE / min(width, height)
        return cls(width * scale, height * scale)

    @property
    def wide(self) -> float:
        """Width over height."""
        return self.width / self.height


class Stage(Struct, frozen=True):
    """One picture while a scene composes it. ``left`` says that the light comes from the left, as subjects have it."""

    brief: Brief
    frame: Frame
    palette: Palette
    chance: Chance
    sheet: Sheet
    detail: float = 1.0
    flat: bool = False

    def many(self, count: float) -> int:
        """How many of something, by the quality asked for."""
        return max(1, round(count * self.detail))

    def hero_size(self, share: float = 0.5) -> float:
        """A side for the hero's box: ``share`` of the height, but never wider than the frame allows."""
        return min(self.frame.height * share, self.frame.width * 0.72)

    def ink(self, subject: Subject, colour: str | None, *, distance: float = 0.0) -> Ink:
        """The colours a subject is drawn in here; with ``distance`` it takes on the air's colour."""
        palette = self.palette
        body = colour or subject.own_colour or palette.accent
        if not self.flat and subject.name not in _SHINING:
            body = palette.lit(body) if palette.night or palette.dim < 0.9 else body
            body = brighten(body, 0.06) if palette.night and lightness(body) < 0.4 else body
        if self.brief.style == "neon":
            body = retone(body, light=0.7, chroma=0.19)
        if distance:
            body = mix(body, palette.sky[2], distance)
        _, chroma, hue = to_oklch(body)
        accent = self.brief.colours[0] if self.brief.colours and not colour else palette.second
        return Ink(
            body=body,
            accent=accent if self.flat else palette.lit(accent),
            dark=from_oklch(
                0.27 if not palette.night else 0.2, min(0.05, 0.02 + chroma * 0.2), hue if chroma > 0.03 else 270
            ),
            light=from_oklch(0.95 if not palette.night else 0.84, 0.02, 85),
            glow=from_oklch(0.88, 0.13, 85),
            night=palette.night and not self.flat,
            flat=self.flat,
            id_prefix=self.sheet.fresh(),
            variant=self._variant(subject),
        )

    def _variant(self, subject: Subject) -> int:
        """Who the next person is: from one to the next of a picture they differ."""
        if subject.kind not in ("person", "symbol"):
            return 0
        return self.chance.child("looks").whole(0, 5) + self.sheet.drawn

    def draw(self, figure: Figure, *, colour: str | None = None, distance: float = 0.0) -> str:
        """A subject's markup in its own box of 100 by 100."""
        return figure.subject.draw(self.ink(figure.subject, colour or figure.colour, distance=distance))

    def put(
        self,
        figure: Figure,
        x: float,
        ground: float,
        size: float,
        *,
        colour: str | None = None,
        distance: float = 0.0,
        mirrored: bool = False,
        lean: float = 0.0,
    ) -> None:
        """Stand a subject with the middle of its foot at ``x``, ``ground`` in a box of ``size``."""
        self.sheet.add(
            self.standing(
                self.draw(figure, colour=colour, distance=distance), x, ground, size, mirrored=mirrored, lean=lean
            )
        )

    def standing(
        self, markup: str, x: float, ground: float, size: float, *, mirrored: bool = False, lean: float = 0.0
    ) -> str:
        """Markup of a 100 by 100 box, moved to stand somewhere; ``lean`` turns it by degrees about its middle."""
        scale = size / 100
        turned = f" rotate({num(lean)} 50 50)" if lean else ""
        across = f"{num(-scale)} {num(scale)}" if mirrored else f"{num(scale)} {num(scale)}"
        left = x + 50 * scale if mirrored else x - 50 * scale
        return group(markup, transform=f"translate({num(left)} {num(ground - 100 * scale)}) scale({across}){turned}")

    def shadow(self, x: float, ground: float, width: float, strength: float = 0.4, flatness: float = 0.16) -> None:
        """A soft shadow on the ground below and to the right, away from the light."""
        if self.flat:
            return
        colour = self.palette.shade
        fill = self.sheet.radial((0, colour, strength), (0.55, colour, strength * 0.55), (1, colour, 0))
        self.sheet.add(ellipse(x + width * 0.06, ground, width * 0.6, width * flatness * 0.6, fill))
        self.sheet.add(ellipse(x, ground, width * 0.42, width * flatness * 0.26, fill))
