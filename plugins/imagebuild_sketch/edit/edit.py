"""One edit from request to bytes: decode, change, keep what the mask protects, encode."""

from __future__ import annotations

from imagebuild import Reference, Request
from imagebuild.errors import ProviderError
from imagebuild_sketch import raster, tone
from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import channels, mix
from imagebuild_sketch.edit.apply import apply_changes, cut_out
from imagebuild_sketch.edit.change import Change, read_changes
from imagebuild_sketch.edit.region import mean_colour
from imagebuild_sketch.option import MEDIA_TYPES, Settings
from imagebuild_sketch.picture import Sketched
from imagebuild_sketch.raster import Image
from imagebuild_sketch.reference import tints_of

__all__ = ["edit"]


def edit(request: Request) -> Sketched:
    """The parent, changed. Raises ``ProviderError`` for a parent or mask that cannot be used."""
    assert request.parent is not None
    settings = Settings.of(request.options)
    before = raster.decode(request.parent.read(), request.parent.name)
    mask = _mask(request.mask, before, request.parent.name) if request.mask else None
    if settings.size:
        before = _cover(before, settings.size)
        mask = _cover(mask, settings.size) if mask is not None else None
    attempt = (request.candidate - 1) + 101 * (request.take - 1)
    chance = Chance(f"sketch-1 edit|{' '.join(request.prompt.split())}|{attempt}")
    changes = read_changes(request.prompt)
    after = apply_changes(before, changes, chance)
    after = _leaning_to(after, tints_of(request.inputs))
    after = _varied(after, attempt, chance)
    if settings.background == "transparent" and not any(change.name == "cutout" for change in changes):
        after = cut_out(after)
    if (settings.size or mask is not None) and (after.width, after.height) != (before.width, before.height):
        after = _cover(after, (before.width, before.height))
    if mask is not None:
        after = mask.ifthenelse(before, after, blend=True).copy(interpretation="srgb")
    media_type = MEDIA_TYPES[settings.output_format]
    alpha = settings.output_format != "jpeg" and settings.background != "opaque" and after.extract_band(3).min() < 255
    data = raster.encode(after, media_type, settings.output_compression, alpha=alpha)
    return Sketched(data, media_type, _sentence(changes))


def _mask(reference: Reference, parent: Image, name: str) -> Image:
    """What the mask protects: 255 where the parent stays."""
    mask = raster.decode(reference.read(), reference.name)
    if (mask.width, mask.height) != (parent.width, parent.height):
        raise ProviderError(
            f"mask '{reference.name}' is {mask.width}x{mask.height}, but '{name}' is {parent.width}x{parent.height}",
            hint=f"make the mask {parent.width}x{parent.height} pixels",
        )
    kept = mask.extract_band(3)
    if kept.min() == 255:
        raise ProviderError(
            f"mask '{reference.name}' has no transparent pixels, so nothing may change",
            hint="make transparent what is to be painted anew",
        )
    return kept.copy_memory()


def _cover(image: Image, size: tuple[int, int]) -> Image:
    """The picture at a size: scaled until it covers it, the rest cut off evenly."""
    if (image.width, image.height) == size:
        return image
    return image.thumbnail_image(size[0], height=size[1], crop="centre", size="both").copy_memory()


def _leaning_to(image: Image, tints: tuple[str, ...]) -> Image:
    """The colours moved a little towards those of the reference pictures."""
    if not tints:
        return image
    goal = mix(tints[0], tints[-1], 0.3)
    here = channels(mean_colour(image))
    shift = [0.2 * (there - now) for there, now in zip(channels(goal), here, strict=True)]
    return tone.curve(image, (1.0, 1.0, 1.0), shift)


def _varied(image: Image, attempt: int, chance: Chance) -> Image:
    """Attempts beyond the first lean to another light."""
    if attempt == 0:
        return image
    own = chance.child("variation")
    return tone.curve(image, [own.between(0.86, 1.08) for _ in range(3)], [own.between(-6, 10) for _ in range(3)])


def _sentence(changes: list[Change]) -> str:
    if not changes:
        return "a wash of colour and a ribbon, as nothing in the prompt names a change"
    parts = [f"add {change.figure.subject.name}" if change.figure else change.name for change in changes]
    return "changed: " + ", ".join(parts)
