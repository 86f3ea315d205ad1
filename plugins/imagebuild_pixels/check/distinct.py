"""The check ``distinct``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture
from imagebuild_pixels.check.likeness import distance, look_at

__all__ = ["Distinct"]

_SVG = "image/svg+xml"


class Distinct(Check):
    """The candidates of a target differ from each other, so that there is something to choose from.

    Likeness is a number from 0 to 64: at how many places of a grid of eight by eight shape or colour differ. Another
    size or format makes 0, a small edit 2 to 10, another composition 20 and more. SVG candidates are passed over.
    """

    name = "distinct"
    version = "1"
    wants = frozenset({"candidates"})
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "least",
            "integer",
            "By how much of 64 each candidate must differ from each other one.",
            default=4,
            least=1,
            most=64,
            main=True,
            example="least: 10",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Compare each candidate with each other."""
        options: Mapping[str, Any] = context.options
        least: int = options["least"]
        wanted = f"at least {least} of 64 apart"
        looks = {
            number: look_at(candidate, f"{context.target}, candidate {number}")
            for number, candidate in enumerate(context.candidates, 1)
            if candidate.media_type != _SVG
        }
        pairs = [(distance(looks[one], looks[two]), one, two) for one, two in combinations(looks, 2)]
        if not pairs:
            return CheckResult(True, "nothing to compare with", wanted)
        nearest, one, two = min(pairs)
        return CheckResult(nearest >= least, f"candidates {one} and {two} are {nearest} apart", wanted)
