"""What the provider understood of a prompt."""

from __future__ import annotations

from imagebuild_sketch.brief.brief import Brief, Figure
from imagebuild_sketch.brief.reader import read
from imagebuild_sketch.brief.sentence import describe

__all__ = ["Brief", "Figure", "describe", "read"]
