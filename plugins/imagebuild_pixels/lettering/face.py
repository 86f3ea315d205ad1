"""The fonts of a step's options, opened."""

from __future__ import annotations

from imagebuild import StepContext
from imagebuild_pixels.given import Given
from imagebuild_pixels.lettering.font import built_in, read_font
from imagebuild_pixels.lettering.shaping import Typeface

__all__ = ["typeface_of"]


def typeface_of(context: StepContext, weight: str) -> Typeface:
    """The fonts that the options name; the built-in one is as heavy as ``weight`` unless they say. ``StepError``."""
    given = Given(context.options)
    chosen = given.text("weight")
    file, fallback = context.files.get("font"), context.files.get("fallback")
    fonts = [read_font(file, "font", chosen) if file else built_in(chosen or weight)]
    if fallback:
        fonts.append(read_font(fallback, "fallback", chosen, near=True))
    return Typeface(tuple(fonts), given.text("direction") or "auto", given.text("language") or "und")
