"""The colours of one picture, in harmony: from the hour, the season, the mood and the colours the prompt names."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from imagebuild_sketch.brief import Brief
from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import from_oklch, hue_apart, lightness, mix, retone, to_oklch, turn

__all__ = ["Palette", "make_palette"]


class Palette(Struct, frozen=True):
    """Hex colours. ``lamp`` is the light's own colour, ``shade`` that of shadows, ``dim`` how much night takes away.

    ``sky`` runs from the zenith to the horizon; ``land`` and ``leaf`` are as they look in white light: scenes pass
    natural colours through :meth:`lit` and, by distance, :meth:`hazed`.
    """

    sky: tuple[str, str, str]
    lamp: str
    cloud: str
    land: tuple[str, ...]
    leaf: tuple[str, ...]
    water: tuple[str, str]
    accent: str
    second: str
    paper: str
    shade: str
    tint: str
    tint_share: float
    dim: float
    night: bool

    def lit(self, colour: str) -> str:
        """A natural colour as it looks in this light."""
        light, chroma, hue = to_oklch(colour)
        dimmed = from_oklch(light * self.dim, chroma * (0.55 + 0.45 * self.dim), hue)
        return mix(dimmed, self.tint, self.tint_share)

    def hazed(self, colour: str, distance: float) -> str:
        """A colour seen through air: ``distance`` 0 is at hand, 1 is the horizon."""
        return mix(self.lit(colour), self.sky[2], distance)


# Per hour: sky from zenith to horizon, lamp, cloud, shadow, tint of the light with its share, brightness.
_L = from_oklch
_HOURS: dict[str, tuple[tuple[str, str, str], str, str, str, str, float, float]] = {
    "day": (
        (_L(0.66, 0.125, 247), _L(0.80, 0.085, 235), _L(0.945, 0.035, 205)),
        _L(0.98, 0.05, 100), _L(0.985, 0.008, 220), _L(0.36, 0.07, 265), _L(0.95, 0.06, 95), 0.06, 1.0,
    ),
    "dawn": (
        (_L(0.66, 0.075, 275), _L(0.82, 0.075, 10), _L(0.93, 0.075, 70)),
        _L(0.97, 0.075, 85), _L(0.93, 0.045, 30), _L(0.40, 0.075, 300), _L(0.83, 0.085, 35), 0.20, 0.93,
    ),
    "sunset": (
        (_L(0.44, 0.105, 295), _L(0.69, 0.155, 30), _L(0.88, 0.125, 75)),
        _L(0.96, 0.11, 90), _L(0.80, 0.12, 35), _L(0.28, 0.08, 310), _L(0.62, 0.15, 35), 0.27, 0.80,
    ),
    "dusk": (
        (_L(0.33, 0.085, 275), _L(0.52, 0.105, 315), _L(0.78, 0.105, 50)),
        _L(0.93, 0.09, 80), _L(0.58, 0.10, 330), _L(0.22, 0.07, 285), _L(0.42, 0.10, 300), 0.34, 0.66,
    ),
    "night": (
        (_L(0.19, 0.055, 272), _L(0.29, 0.075, 266), _L(0.44, 0.085, 250)),
        _L(0.96, 0.03, 95), _L(0.42, 0.055, 262), _L(0.14, 0.045, 272), _L(0.34, 0.09, 262), 0.36, 0.52,
    ),
}  # fmt: skip

# Per season: land from near to far, leaves of trees.
_LANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "spring": (
        (_L(0.72, 0.145, 132), _L(0.77, 0.13, 126), _L(0.74, 0.10, 142)),
        (_L(0.70, 0.13, 138), _L(0.82, 0.085, 355), _L(0.78, 0.13, 122), _L(0.87, 0.06, 350)),
    ),
    "summer": (
        (_L(0.64, 0.135, 138), _L(0.70, 0.13, 130), _L(0.66, 0.09, 150)),
        (_L(0.53, 0.115, 148), _L(0.59, 0.125, 142), _L(0.64, 0.13, 134), _L(0.48, 0.09, 155)),
    ),
    "autumn": (
        (_L(0.66, 0.12, 75), _L(0.72, 0.125, 82), _L(0.62, 0.10, 60)),
        (_L(0.65, 0.165, 52), _L(0.58, 0.165, 38), _L(0.75, 0.15, 78), _L(0.51, 0.145, 30)),
    ),
    "winter": (
        (_L(0.955, 0.012, 240), _L(0.92, 0.022, 245), _L(0.87, 0.035, 250)),
        (_L(0.46, 0.055, 195), _L(0.52, 0.05, 205), _L(0.42, 0.05, 185), _L(0.60, 0.04, 215)),
    ),
    "desert": (
        (_L(0.78, 0.105, 68), _L(0.82, 0.095, 76), _L(0.72, 0.105, 52)),
        (_L(0.56, 0.09, 145), _L(0.60, 0.10, 138), _L(0.52, 0.08, 150), _L(0.64, 0.09, 130)),
    ),
}


def make_palette(brief: Brief, chance: Chance, tints: tuple[str, ...] = ()) -> Palette:
    """The palette of a picture; ``tints`` are colours of reference pictures, the strongest first."""
    sky, lamp, cloud, shade, tint, share, dim = _HOURS[brief.time]
    land, leaf = _LANDS["desert" if brief.has("desert") else brief.season or "summer"]
    shift = chance.between(-9, 9)
    accent = brief.colours[0] if brief.colours else from_oklch(0.68, 0.165, chance.pick((28, 45, 70, 350, 15)) + shift)
    second = brief.colours[1] if len(brief.colours) > 1 else _companion(accent, chance)
    made = Palette(
        sky=(turn(sky[0], shift), turn(sky[1], shift), turn(sky[2], shift / 2)),
        lamp=lamp,
        cloud=cloud,
        land=tuple(turn(colour, shift / 2) for colour in land),
        leaf=tuple(turn(colour, shift / 2) for colour in leaf),
        water=(mix(sky[2], _L(0.68, 0.09, 225), 0.55), mix(shade, _L(0.45, 0.10, 238), 0.65)),
        accent=accent,
        second=second,
        paper=from_oklch(0.965, 0.014, 85 + shift),
        shade=shade,
        tint=tint,
        tint_share=share,
        dim=dim,
        night=brief.time in ("night", "dusk"),
    )
    if brief.ground:
        land = tuple(mix(colour, retone(brief.ground, light=lightness(colour)), 0.8) for colour in made.land)
        made = replace(made, land=land)
    made = _weathered(made, brief.weather)
    made = _moody(made, brief.mood)
    made = _named(made, brief)
    return _referred(made, tints)


def _companion(accent: str, chance: Chance) -> str:
    light, chroma, hue = to_oklch(accent)
    step = chance.pick((150, 180, 205, 60, -55))
    return from_oklch(0.62 if light > 0.66 else 0.76, max(0.07, chroma * 0.75), hue + step)


def _over_sky(palette: Palette, colour: str, share: float) -> Palette:
    first, second, third = (mix(one, retone(colour, light=lightness(one)), share) for one in palette.sky)
    water = (mix(palette.water[0], colour, share * 0.4), mix(palette.water[1], retone(colour, light=0.35), share * 0.4))
    return replace(palette, sky=(first, second, third), water=water)


def _weathered(palette: Palette, weather: str | None) -> Palette:
    depths = {
        "storm": (0.72, 0.75),
        "rain": (0.55, 0.84),
        "fog": (0.45, 1.0),
        "cloudy": (0.42, 0.95),
        "snow": (0.4, 0.98),
    }
    if weather not in depths:
        return palette
    grey, dark = depths[weather]

    def dull(colour: str) -> str:
        light, chroma, hue = to_oklch(colour)
        return from_oklch(light * dark, chroma * (1 - grey * 0.75), hue)

    first, second, third = (dull(colour) for colour in palette.sky)
    return replace(
        palette,
        sky=(first, second, third),
        cloud=dull(palette.cloud),
        water=(dull(palette.water[0]), dull(palette.water[1])),
        dim=palette.dim * (0.5 + dark / 2),
    )


def _moody(palette: Palette, mood: str | None) -> Palette:
    if mood == "dark":
        palette = replace(palette, dim=palette.dim * 0.78)
        return _dimmed(palette, 0.82, 0.8)
    if mood == "calm":
        return _dimmed(palette, 1.02, 0.72)
    if mood == "happy":
        return _dimmed(palette, 1.01, 1.2)
    if mood == "cozy":
        return replace(palette, tint=_L(0.75, 0.13, 62), tint_share=palette.tint_share + 0.07)
    if mood == "magical":
        return _enchanted(palette)
    if mood == "elegant":
        return replace(_dimmed(palette, 0.96, 0.6), accent=palette.accent)
    return palette


def _enchanted(palette: Palette) -> Palette:
    """Violet air, teal leaves, and more light in the dark than there should be."""
    teal, violet = _L(0.7, 0.13, 185), _L(0.6, 0.15, 290)
    palette = _over_sky(palette, _L(0.5, 0.16, 300), 0.45)
    if palette.night:
        palette = replace(palette, sky=(_L(0.24, 0.10, 285), _L(0.40, 0.14, 300), _L(0.70, 0.12, 318)))
    return replace(
        palette,
        leaf=tuple(mix(colour, teal if index % 3 else violet, 0.75) for index, colour in enumerate(palette.leaf)),
        land=tuple(mix(colour, teal, 0.55) for colour in palette.land),
        tint=violet,
        tint_share=palette.tint_share * 0.5,
        dim=max(palette.dim, 0.74) if palette.night else palette.dim,
    )


def _dimmed(palette: Palette, light: float, chroma: float) -> Palette:
    def changed(colour: str) -> str:
        old_light, old_chroma, hue = to_oklch(colour)
        return from_oklch(min(1.0, old_light * light), old_chroma * chroma, hue)

    first, second, third = (changed(colour) for colour in palette.sky)
    return replace(
        palette,
        sky=(first, second, third),
        land=tuple(changed(colour) for colour in palette.land),
        leaf=tuple(changed(colour) for colour in palette.leaf),
    )


def _named(palette: Palette, brief: Brief) -> Palette:
    """Colours that belong to no subject colour the sky and the leaves a little: they set the tone of the picture."""
    if not brief.colours or brief.scene in ("emblem", "pattern", "abstract", "diagram"):
        return palette
    palette = _over_sky(palette, brief.colours[0], 0.35)
    tone = brief.colours[-1]
    return replace(palette, leaf=(*palette.leaf[:2], mix(palette.leaf[2], tone, 0.55), palette.leaf[3]))


def _referred(palette: Palette, tints: tuple[str, ...]) -> Palette:
    if not tints:
        return palette
    first = tints[0]
    palette = _over_sky(palette, first, 0.38)
    apart = max(
        tints, key=lambda colour: to_oklch(colour)[1] + hue_apart(to_oklch(colour)[2], to_oklch(first)[2]) / 1800
    )
    return replace(
        palette,
        accent=mix(palette.accent, apart, 0.5),
        second=mix(palette.second, first, 0.5),
        paper=mix(palette.paper, retone(first, light=0.95), 0.6),
        tint=mix(palette.tint, first, 0.5),
        tint_share=palette.tint_share + 0.1,
        land=tuple(mix(colour, retone(first, light=lightness(colour)), 0.3) for colour in palette.land),
        leaf=tuple(mix(colour, retone(first, light=lightness(colour)), 0.25) for colour in palette.leaf),
    )
