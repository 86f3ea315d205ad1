"""The steps of this plugin, one module each. They load pyvips only when they are applied."""

from __future__ import annotations

from imagebuild import Step
from imagebuild_pixels.step.border import Border
from imagebuild_pixels.step.convert import Convert
from imagebuild_pixels.step.crop import Crop
from imagebuild_pixels.step.favicon import Favicon
from imagebuild_pixels.step.grid import Grid
from imagebuild_pixels.step.metadata import Metadata
from imagebuild_pixels.step.optimize import Optimize
from imagebuild_pixels.step.pad import Pad
from imagebuild_pixels.step.placeholder import Placeholder
from imagebuild_pixels.step.rasterize import Rasterize
from imagebuild_pixels.step.remove_background import RemoveBackground
from imagebuild_pixels.step.resize import Resize
from imagebuild_pixels.step.responsive import Responsive
from imagebuild_pixels.step.sanitize import Sanitize
from imagebuild_pixels.step.sheet import Sheet
from imagebuild_pixels.step.social import Social
from imagebuild_pixels.step.sprite import Sprite
from imagebuild_pixels.step.text import Text
from imagebuild_pixels.step.trim import Trim
from imagebuild_pixels.step.watermark import Watermark

__all__ = ["STEPS"]

STEPS: tuple[type[Step], ...] = (
    Border,
    Convert,
    Crop,
    Favicon,
    Grid,
    Metadata,
    Optimize,
    Pad,
    Placeholder,
    Rasterize,
    RemoveBackground,
    Resize,
    Responsive,
    Sanitize,
    Sheet,
    Social,
    Sprite,
    Text,
    Trim,
    Watermark,
)
"""Every step, by name."""
