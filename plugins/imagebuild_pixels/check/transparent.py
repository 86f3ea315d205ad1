"""The check ``transparent``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, OptionProblem, Picture
from imagebuild_pixels.check.checkerboard import painted_checkerboard
from imagebuild_pixels.check.finished import Finished, first_frame, largest, listed, rasters_of
from imagebuild_pixels.raster import Image, header

__all__ = ["Transparent"]

_CLEAR = 128
"""Below this alpha what is behind shows more than the picture."""
_OPAQUE = 250
"""From this alpha on nothing is seen through; lossy codecs do not keep 255 everywhere."""
_CORNER = 0.02
"""Size of a corner, as a share of the shorter edge."""


class Transparent(Check):
    """The picture is really transparent, or really opaque.

    With true, a share of its pixels must be clear, in the picture's own alpha. Image models that cannot do that paint
    a checkerboard of grey squares instead: it is recognised and named. With false, every pixel must be opaque. All
    finished pictures are looked at, of an animation the first frame. A JPEG, which can only be opaque, is passed over
    where a picture of another type stands beside it, as is SVG and every file that is no picture.
    """

    name = "transparent"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "wanted",
            "boolean",
            "Whether the picture must be transparent (true) or opaque (false).",
            default=True,
            main=True,
            example="wanted: true",
        ),
        Option(
            "least",
            "number",
            "How many percent of the pixels must be clear.",
            default=1,
            least=0.01,
            most=100,
            example="least: 20",
        ),
        Option(
            "corners",
            "boolean",
            "Whether all four corners must be clear too, as they are around a subject that is cut out.",
            default=False,
            example="corners: true",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """Corners of an opaque picture are never clear."""
        if options["corners"] and not options["wanted"]:
            message = "'corners' of 'transparent' asks for clear corners, but 'wanted' is false"
            return [OptionProblem("corners", message, "leave one of them out")]
        return []

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by the alpha of every picture; pictures without one are not decoded."""
        files = rasters_of(pictures, context.target)
        wanted = _words(context.options)
        if context.options["wanted"]:
            files = [file for file in files if file.picture.media_type != "image/jpeg"] or files
        if not files:
            return CheckResult(True, "no picture made of pixels", wanted)
        if context.options["wanted"]:
            return _transparent(files, context.options, wanted)
        return _opaque(files, wanted)


def _words(options: Mapping[str, Any]) -> str:
    if not options["wanted"]:
        return "opaque all over"
    return f"at least {options['least']} % transparent" + (", and all corners" if options["corners"] else "")


def _transparent(files: Sequence[Finished], options: Mapping[str, Any], wanted: str) -> CheckResult:
    least: float = options["least"]
    shares: dict[str, float] = {}
    for file in files:
        alpha = _alpha(file)
        if alpha is None:
            return CheckResult(False, _without_alpha(files, file), wanted)
        shares[file.name] = float((alpha < _CLEAR).avg()) / 255 * 100
        if options["corners"] and (corner := _closed_corner(alpha)) and shares[file.name] >= least:
            return CheckResult(False, f"the {corner} corner is not clear{_of(file, files)}", wanted)
    name = min(shares, key=lambda each: shares[each])
    file = next(each for each in files if each.name == name)
    measured = f"{_percent(shares[name])} transparent"
    if shares[name] >= least:
        return CheckResult(True, measured, wanted)
    return CheckResult(False, _board_in(files) or measured + _of(file, files), wanted)


def _opaque(files: Sequence[Finished], wanted: str) -> CheckResult:
    for file in files:
        alpha = _alpha(file)
        if alpha is not None and alpha.min() < _OPAQUE:
            share = float((alpha < _OPAQUE).avg()) / 255 * 100
            return CheckResult(False, f"{_percent(share)} can be seen through{_of(file, files)}", wanted)
    return CheckResult(True, "opaque all over", wanted)


def _alpha(file: Finished) -> Image | None:
    return first_frame(file).extract_band(3) if header(file.picture, file.name).hasalpha() else None


def _without_alpha(files: Sequence[Finished], file: Finished) -> str:
    return _board_in(files) or f"opaque all over{_of(file, files)}"


def _board_in(files: Sequence[Finished]) -> str | None:
    """The painted checkerboard of the largest picture, in words."""
    found = largest(files)
    side = painted_checkerboard(first_frame(found[0])) if found else None
    return f"a painted checkerboard of {side} px squares" if side else None


def _closed_corner(alpha: Image) -> str | None:
    side = max(1, round(min(alpha.width, alpha.height) * _CORNER))
    right, bottom = alpha.width - side, alpha.height - side
    corners = {"top left": (0, 0), "top right": (right, 0), "bottom left": (0, bottom), "bottom right": (right, bottom)}
    closed = (name for name, (x, y) in corners.items() if alpha.crop(x, y, side, side).max() >= _CLEAR)
    return next(closed, None)


def _of(file: Finished, files: Sequence[Finished]) -> str:
    return f" ({listed([file.name])})" if len(files) > 1 else ""


def _percent(share: float) -> str:
    """Two digits that count, and never nothing where there is something."""
    return f"{share:.2g} %" if share < 99.5 else f"{share:.4g} %"
