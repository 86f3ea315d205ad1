"""The check ``similar``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, OptionProblem, Picture
from imagebuild_pixels.check.likeness import distance, look_at

__all__ = ["Similar"]

_SVG = "image/svg+xml"


class Similar(Check):
    """The picture is still like the one that was picked before it, or is no longer.

    What is compared are the originals, before any step. Likeness is a number from 0 to 64: at how many places of a
    grid of eight by eight shape or colour differ. Another size or format makes 0, a small edit 2 to 10, another
    composition 20 and more. It passes where there was no picture before, and for SVG.
    """

    name = "similar"
    version = "1"
    wants = frozenset({"original", "previous"})
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "most",
            "integer",
            "By how much of 64 the picture may differ from the one before.",
            least=0,
            most=64,
            main=True,
            example="most: 12",
        ),
        Option(
            "least",
            "integer",
            "By how much of 64 the picture must differ from the one before.",
            least=1,
            most=64,
            example="least: 4",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """One limit is needed, and two must leave room."""
        most, least = options.get("most"), options.get("least")
        if most is None and least is None:
            return [OptionProblem("most", "'similar' needs 'most' or 'least'", "for example: similar: 12")]
        if most is not None and least is not None and most < least:
            return [OptionProblem("most", f"'most' of 'similar' is {most}, less than 'least', {least}", "swap them")]
        return []

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Compare two originals."""
        options: Mapping[str, Any] = context.options
        wanted = _words(options)
        original, previous = context.original, context.previous
        if original is None or previous is None or _SVG in (original.media_type, previous.media_type):
            return CheckResult(True, "nothing to compare with", wanted)
        looks = look_at(original, context.target), look_at(previous, f"{context.target}, as it was")
        apart = distance(*looks)
        return CheckResult(
            options.get("least", 0) <= apart <= options.get("most", 64), f"{apart} of 64 from the one before", wanted
        )


def _words(options: Mapping[str, Any]) -> str:
    limits = [f"at {name} {options[name]} of 64" for name in ("least", "most") if name in options]
    return " and ".join(limits)
