"""The step ``sign``: content credentials by C2PA, with the original as the parent."""

from __future__ import annotations

import imagebuild
from imagebuild_c2pa.step import Sign

__all__ = ["Sign", "imagebuild_steps"]


@imagebuild.hookimpl
def imagebuild_steps() -> list[imagebuild.Step]:
    """The one step of this plugin."""
    return [Sign()]
