"""The colours a subject is drawn in, chosen by the scene around it."""

from msgspec import Struct

from imagebuild_sketch.colour import from_oklch, to_oklch

_COOL, _WARM, _OCHRE = 265.0, 80.0, 60.0  # hues that shadows lean to, lights, and the shadows of yellow
_LEAN = 14.0  # how far at most, in degrees


class Ink(Struct, frozen=True):
    """Hex colours and manner of one drawing.

    ``body`` is the subject's main colour, ``glow`` that of lit windows and flames. ``night`` lights the lamps, ``flat``
    leaves out gradients and small highlights (icons, logos). ``id_prefix`` keeps the ids of two drawings in one
    picture apart. ``variant`` tells people apart: skin, hair, what they do with their hands.
    """

    body: str
    accent: str
    dark: str
    light: str
    glow: str
    night: bool = False
    flat: bool = False
    id_prefix: str = "s"
    variant: int = 0

    @property
    def wire(self) -> str:
        """For thin parts that stand before the sky: dark by day, a middle tone at night."""
        return self.shade(self.light, 0.4) if self.night else self.dark

    def shade(self, colour: str, amount: float) -> str:
        """The colour in shadow: darker by ``amount`` (0 to 1) and slightly cooler.

        Yellows, which would turn to olive, go towards ochre.
        """
        light, chroma, hue = to_oklch(colour)
        return from_oklch(light * (1 - amount), chroma, _leaning(hue, _shadow_of(hue), amount))

    def tint(self, colour: str, amount: float) -> str:
        """The colour in light: lighter by ``amount`` (0 to 1) and slightly warmer."""
        light, chroma, hue = to_oklch(colour)
        return from_oklch(light + (1 - light) * amount, chroma * (1 - 0.5 * amount), _leaning(hue, _WARM, amount))

    def real(self, colour: str) -> str:
        """A thing's natural colour (wood, steel, leaf) as it looks in this light."""
        if not self.night:
            return colour
        light, chroma, hue = to_oklch(colour)
        return from_oklch(light * 0.87, chroma * 0.9, _leaning(hue, _shadow_of(hue), 0.3))


def _shadow_of(hue: float) -> float:
    return _OCHRE if 65 < hue < 115 else _COOL


def _leaning(hue: float, goal: float, amount: float) -> float:
    gap = (goal - hue + 180) % 360 - 180
    return (hue + max(-_LEAN, min(_LEAN, gap)) * min(1.0, 1.5 * amount)) % 360
