"""Elements to SVG text: one form for one drawing, in UTF-8."""

from __future__ import annotations

from imagebuild_pixels.svg.node import SVG, XLINK, Element
from imagebuild_pixels.svg.rule import WRITTEN_ELEMENTS

__all__ = ["write"]

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE = {**_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


def write(root: Element, metadata: str = "") -> bytes:
    """The drawing as a file; ``metadata`` is XML of our own to stand first in it."""
    spaces = f' xmlns="{SVG}"'
    if any(name.startswith("xlink:") for element in root.all() for name in element.attributes):
        spaces += f' xmlns:xlink="{XLINK}"'
    parts: list[str] = []
    _write(root, spaces, f"<metadata>{metadata}</metadata>" if metadata else "", parts)
    return "".join([*parts, "\n"]).encode("utf-8")


def _write(element: Element, spaces: str, first: str, parts: list[str]) -> None:
    values = "".join(f' {name}="{value.translate(_VALUE)}"' for name, value in element.attributes.items())
    inner = [first] if first else []
    for child in element.children:
        if isinstance(child, Element):
            _write(child, "", "", inner)
        elif element.name in WRITTEN_ELEMENTS:
            inner.append(child.translate(_TEXT))
    end = f">{''.join(inner)}</{element.name}>" if inner else "/>"
    parts.append(f"<{element.name}{spaces}{values}{end}")
