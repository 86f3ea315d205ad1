"""The size a drawing has by itself, and the drawing at another one. Rules: SVG 2, chapter 8; CSS Values 4, 6.2."""

from __future__ import annotations

import re

from imagebuild.errors import StepError
from imagebuild_pixels.svg.node import Element

__all__ = ["at_size", "natural_size"]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?"
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*(px|pt|pc|mm|cm|in|q|)\s*", re.IGNORECASE)
_BOX = re.compile(rf"\s*({_NUMBER})[\s,]+({_NUMBER})[\s,]+({_NUMBER})[\s,]+({_NUMBER})\s*")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "q": 96 / 101.6}


def natural_size(root: Element, target: str) -> tuple[float, float]:
    """Width and height in CSS pixels, by the root's ``width`` and ``height``, else by its ``viewBox``."""
    width, height = _length(root, "width"), _length(root, "height")
    box = _box(root)
    if width is None and height is None and box:
        return box[2], box[3]
    if box and width is not None and height is None:
        return width, width * box[3] / box[2]
    if box and height is not None and width is None:
        return height * box[2] / box[3], height
    if width is None or height is None:
        raise StepError(f"'{target}' is an svg without a size", hint='its root needs a viewBox, such as "0 0 100 100"')
    return width, height


def at_size(root: Element, width: int, height: int, target: str) -> Element:
    """The same drawing ``width`` × ``height`` pixels large; by its ``preserveAspectRatio`` where the shape differs."""
    attributes = dict(root.attributes)
    if _box(root) is None:
        own_width, own_height = natural_size(root, target)
        attributes["viewBox"] = f"0 0 {own_width:.6g} {own_height:.6g}"
    attributes["width"], attributes["height"] = str(width), str(height)
    return Element(root.name, root.namespace, attributes, root.children)


def _length(root: Element, name: str) -> float | None:
    match = _LENGTH.fullmatch(root.attributes.get(name, ""))
    pixels = float(match[1]) * _PIXELS[match[2].lower()] if match else 0.0
    return pixels if 0 < pixels < 1e6 else None


def _box(root: Element) -> tuple[float, float, float, float] | None:
    match = _BOX.fullmatch(root.attributes.get("viewBox", ""))
    if match is None or not 0 < float(match[3]) < 1e9 or not 0 < float(match[4]) < 1e9:
        return None
    return float(match[1]), float(match[2]), float(match[3]), float(match[4])
