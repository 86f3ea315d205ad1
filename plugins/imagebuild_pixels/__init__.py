"""Steps and checks that look at pixels: sizes, crops, formats, texts, marks and sheets, on libvips."""

from __future__ import annotations

import imagebuild
from imagebuild_pixels.check import CHECKS
from imagebuild_pixels.step import STEPS

__all__ = ["imagebuild_checks", "imagebuild_steps"]


@imagebuild.hookimpl
def imagebuild_steps() -> list[imagebuild.Step]:
    """One object of each step."""
    return [step() for step in STEPS]


@imagebuild.hookimpl
def imagebuild_checks() -> list[imagebuild.Check]:
    """One object of each check."""
    return [check() for check in CHECKS]
