"""The check ``max_bytes``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture
from imagebuild_pixels.check.finished import finished

__all__ = ["MaxBytes"]


class MaxBytes(Check):
    """No finished file is larger than this, or all together are not.

    Every file counts, also icons, style sheets and data. A kB is 1000 bytes, a KiB 1024.
    """

    name = "max_bytes"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "bytes",
            "bytes",
            "How large a file may be.",
            least=1,
            required=True,
            main=True,
            example="bytes: 300kB",
        ),
        Option(
            "per",
            "choice",
            "Whether the limit holds for each file, or for all files of the target together.",
            default="file",
            choices=("file", "total"),
            example="per: total",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by the lengths."""
        options: Mapping[str, Any] = context.options
        limit: int = options["bytes"]
        wanted = f"at most {_shown(limit)}"
        if options["per"] == "total":
            size = sum(len(picture.data) for picture in pictures)
            return CheckResult(size <= limit, f"{_shown(size)} in {len(pictures)} files", f"{wanted} together")
        if not pictures:
            return CheckResult(True, "no file", wanted)
        file = max(finished(pictures, context.target), key=lambda each: len(each.picture.data))
        size = len(file.picture.data)
        return CheckResult(
            size <= limit, f"{_shown(size)} ({file.name})" if len(pictures) > 1 else _shown(size), wanted
        )


def _shown(size: int) -> str:
    """To the byte, so that what is one byte too large does not look as if it fitted."""
    return f"{size / 1000:.3f}".rstrip("0").rstrip(".") + " kB"
