"""The checks of this plugin, one module each. They load pyvips only when they are applied."""

from __future__ import annotations

from imagebuild import Check
from imagebuild_pixels.check.aspect import Aspect
from imagebuild_pixels.check.blank import Blank
from imagebuild_pixels.check.credentials import Credentials
from imagebuild_pixels.check.custom import Custom
from imagebuild_pixels.check.distinct import Distinct
from imagebuild_pixels.check.max_bytes import MaxBytes
from imagebuild_pixels.check.max_size import MaxSize
from imagebuild_pixels.check.min_size import MinSize
from imagebuild_pixels.check.similar import Similar
from imagebuild_pixels.check.text import Text
from imagebuild_pixels.check.transparent import Transparent
from imagebuild_pixels.check.type import Type

__all__ = ["CHECKS"]

CHECKS: tuple[type[Check], ...] = (
    Aspect,
    Blank,
    Credentials,
    Custom,
    Distinct,
    MaxBytes,
    MaxSize,
    MinSize,
    Similar,
    Text,
    Transparent,
    Type,
)
"""Every check, by name."""
