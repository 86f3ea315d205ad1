"""Reads what an edit asks for: a list of changes, in the order of the sentence."""

from __future__ import annotations

from msgspec import Struct

from imagebuild_sketch import subject
from imagebuild_sketch.brief import Figure
from imagebuild_sketch.brief.token import colour_at, matches, tokens
from imagebuild_sketch.brief.vocabulary import COLOURS, NUMBERS
from imagebuild_sketch.wordset import wordset

__all__ = ["Change", "read_changes"]

_CHANGES = {
    "lighten": "lighten,lighter,brighten,brighter,more light,lighten up,overexposed",
    "darken": "darken,darker,dim,dimmer,less light,underexposed",
    "soften": "less contrast,low contrast,faded,fade,matte,softer",
    "contrast": "contrast,more contrast,punchier,punchy,dramatic",
    "mute": "desaturate,desaturated,muted,less saturated,less colourful,less colorful,paler,pastel",
    "vivid": "saturate,saturated,more saturated,vivid,vibrant,more colourful,more colorful,colourful,colorful,pop",
    "blur": "blur,blurry,blurred,soft focus,out of focus,bokeh",
    "sharpen": "sharpen,sharper,sharp,crisp,crisper",
    "stripes": "stripe,racing stripe,striped",
    "border": "border,frame,framed,passe-partout",
    "night": "night,nighttime,at night,midnight,moonlight,moonlit,night time",
    "sunset": "sunset,golden hour,dusk,evening,sundown,sunrise,dawn,golden light",
    "warm": "warmer,warm",
    "cool": "cooler,cool,colder,cold",
    "autumn": "autumn,autumnal,fall,fall colors,fall colours,october,november",
    "winter": "winter,snow,snowy,snowing,snowfall,wintry,frost,frosty,christmas,snowflake",
    "spring": "spring,springtime,cherry blossom,blossom",
    "rain": "rain,rainy,raining,storm,stormy,downpour",
    "fog": "fog,foggy,mist,misty,haze,hazy",
    "grey": "black and white,greyscale,grayscale,monochrome,grey scale,gray scale",
    "sepia": "sepia,vintage,old photo,retro,aged,antique,nostalgic",
    "cutout": "remove background,remove the background,remove its background,transparent background,without background,"
    "without a background,no background,cut out,cutout,isolate,background transparent,delete the background,"
    "make the background transparent,background removal",
    "rotate": "rotate,rotated,turn around,rotate clockwise",
    "flip": "flip vertically,upside down,turn upside down,flipped vertically",
    "mirror": "mirror,mirrored,flip horizontally,flip,flipped,face the other way",
    "zoom": "zoom,zoom in,closer,crop,close up,close-up,tighter,bigger,larger",
    "pixelate": "pixelate,pixelated,pixel art,8-bit,8 bit,mosaic,pixels",
    "vignette": "vignette,dark edges,darken the edges,dark corners",
    "invert": "invert,inverted,negative",
    "grain": "grain,film grain,grainy,noise,noisy",
    "poster": "posterize,posterise,posterized,comic,screen print,flat colours,flat colors",
    "lines": "line art,sketch,line drawing,pencil drawing,outlines,pencil sketch,ink drawing",
}
_PHRASES = 4
_GREYS = wordset("white black grey gray silver")
_ADDING = wordset("add put place insert include with draw hang another plant")


class Change(Struct, frozen=True):
    """One change: its name, the colour it is to have, what it turns from, and the subject to add.

    ``backdrop`` is ``sky`` or ``background`` when that is what changes, and not the subject.
    """

    name: str
    colour: str | None = None
    source: str | None = None
    figure: Figure | None = None
    backdrop: str | None = None


def read_changes(prompt: str) -> list[Change]:
    """The changes an edit's prompt names; none where it names nothing known."""
    words = tokens(prompt, negations=False)
    found: list[tuple[int, Change]] = []
    used: set[int] = set()
    for at, length, name in matches(words, _CHANGES, longest=_PHRASES):
        if name in ("winter", "warm", "cool") and any(change.name == name for _, change in found):
            continue
        if used.intersection(range(at, at + length)):
            continue
        colour = _beside(words, at, length) if name in ("stripes", "border") else None
        if colour:
            used |= {colour[1], colour[1] + 1} if colour[2] == 2 else {colour[1]}
        found.append((at, Change(name, COLOURS[colour[0]] if colour else None)))
        used.update(range(at, at + length))
    found += _added(words, used)
    found += _recoloured(words, used)
    return [change for _, change in sorted(found, key=lambda pair: pair[0])]


def _beside(words: tuple[str, ...], at: int, length: int) -> tuple[str, int, int] | None:
    """The colour before "stripes", or after "a border in"."""
    for start in (*range(max(0, at - 3), at), *range(at + length, min(len(words), at + length + 3))):
        named = colour_at(words, start)
        if named:
            return named[0], start, named[1]
    return None


def _added(words: tuple[str, ...], used: set[int]) -> list[tuple[int, Change]]:
    """Subjects that come after a word of adding."""
    found: list[tuple[int, Change]] = []
    adding = False
    for at, word in enumerate(words):
        if word in _ADDING:
            adding = True
        elif word in (".", ";", "make", "change", "turn", "remove"):
            adding = False
        if not adding or at in used or not word[0].isalpha():
            continue
        subjects = subject.find(words[at : at + 3]) if subject.find([word]) else []
        if subjects and not any(change.figure and change.figure.subject == subjects[0] for _, change in found):
            colour = next(
                (colour_at(words, back) for back in (at - 1, at - 2) if back >= 0 and colour_at(words, back)), None
            )
            count = next((NUMBERS[words[back]] for back in (at - 1, at - 2) if back >= 0 and words[back] in NUMBERS), 1)
            if colour:
                used |= {at - 1, at - 2}
            name = colour[0] if colour else None
            found.append((at, Change("add", figure=Figure(subjects[0], COLOURS[name] if name else None, name, count))))
            used.add(at)
    return found


def _recoloured(words: tuple[str, ...], used: set[int]) -> list[tuple[int, Change]]:
    """Colours that belong to nothing else: the last one of a clause is what is wanted, one before it what is there."""
    found: list[tuple[int, Change]] = []
    source: str | None = None
    at = 0
    while at < len(words):
        named = colour_at(words, at)
        if named is None or at in used:
            source = None if words[at] in (".", ";") else source
            at += 1
            continue
        rest = words[at + named[1] :]
        if _goes_on(rest) and source is None and named[0] not in _GREYS:
            source = COLOURS[named[0]]
        else:
            around = words[max(0, at - 3) : at + named[1] + 2]
            backdrop = next((word for word in ("sky", "background") if word in around), None)
            found.append((at, Change("recolour", COLOURS[named[0]], source, backdrop=backdrop)))
            source = None
        at += named[1]
    return found


def _goes_on(rest: tuple[str, ...]) -> bool:
    """Whether "to", "into" or a colour after a noun follows: the colour just read is what is to be replaced."""
    for index, word in enumerate(rest[:5]):
        if word in (".", ";", ",", "and"):
            return False
        if colour_at(rest, index):
            return True
    return False
