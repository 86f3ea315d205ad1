"""The check ``credentials``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, Picture
from imagebuild_pixels.check.finished import listed, pictures_of
from imagebuild_pixels.credential import has_credentials

__all__ = ["Credentials"]


class Credentials(Check):
    """The finished pictures still carry content credentials (C2PA), where the original carried some.

    Steps that encode a picture anew take the credentials away; signing it again at the end gives it new ones. Whether
    they are valid is not judged. With false, no finished picture may carry any. Files that are no pictures are passed
    over.
    """

    name = "credentials"
    version = "1"
    wants = frozenset({"original"})
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "wanted",
            "boolean",
            "Whether the pictures must keep their content credentials (true) or must have none (false).",
            default=True,
            main=True,
            example="wanted: true",
        ),
    )

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Judge by the containers."""
        files = pictures_of(pictures, context.target)
        carrying = [file.name for file in files if has_credentials(file.picture.data)]
        if not context.options["wanted"]:
            measured = f"in {listed(carrying)}" if carrying else "none"
            return CheckResult(not carrying, measured, "no content credentials")
        wanted = "content credentials in every picture"
        if context.original is None or not has_credentials(context.original.data):
            return CheckResult(True, "none in the original", wanted)
        lost = [file.name for file in files if file.name not in carrying]
        return CheckResult(not lost, f"lost in {listed(lost)}" if lost else "kept", wanted)
