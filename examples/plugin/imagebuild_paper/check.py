"""The check ``paper-ink``: whether printing a picture would soak the paper."""

from __future__ import annotations

from collections.abc import Sequence

import imagebuild
from imagebuild.errors import StepError


class PaperInk(imagebuild.Check):
    """Wants pictures to need no more than so much ink: 0 is white, 100 is black all over."""

    name = "paper-ink"
    version = "1"
    options = (
        imagebuild.Option(
            "most",
            "integer",
            "How dark a picture may be on average.",
            default=70,
            least=0,
            most=100,
            main=True,
            example="most: 60",
        ),
    )

    def check(
        self, pictures: Sequence[imagebuild.Picture], context: imagebuild.CheckContext
    ) -> imagebuild.CheckResult:
        """Measure the darkest."""
        most = int(str(context.options["most"]))
        darkest = max((_ink(picture, context.target) for picture in pictures), default=0)
        return imagebuild.CheckResult(darkest <= most, f"ink {darkest}", f"ink {most} or less")


def _ink(picture: imagebuild.Picture, target: str) -> int:
    import pyvips  # here, so that the plugin itself loads quickly

    try:
        image = pyvips.Image.new_from_buffer(picture.data, "", fail_on="truncated")
        image = image.flatten(background=[255, 255, 255]) if image.hasalpha() else image
        light: float = image.colourspace("b-w").cast("uchar").avg()
        return round(100 - light * 100 / 255)
    except pyvips.Error as error:
        raise StepError(
            f"a picture of '{target}' cannot be measured: {picture.media_type}",
            hint="'paper-ink' looks at pictures of pixels",
        ) from error
