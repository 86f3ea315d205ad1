"""What a sprite's users read: a style sheet that shows each icon, and an index with the same places as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from imagebuild.errors import StepError
from imagebuild_pixels.geometry import Size

__all__ = ["Face", "Icon", "identifiers", "index_of", "style_of"]

_NOT_IN_A_NAME = re.compile(r"[^\w-]+")


class Icon(Struct, frozen=True):
    """One icon's name and place, in CSS pixels."""

    name: str
    left: int
    top: int
    size: Size


class Face(Struct, frozen=True):
    """The picture of all icons at one scale: its address, if there is one, and size in pixels."""

    scale: int
    url: str | None
    size: Size


def identifiers(names: Sequence[str]) -> list[str]:
    """The names as CSS identifiers. Raises ``StepError`` where two become the same."""
    found: dict[str, str] = {}
    for name in names:
        identifier = _NOT_IN_A_NAME.sub("-", name.lower()).strip("-") or "icon"
        if identifier in found:
            message = f"'{found[identifier]}' and '{name}' would both be called '{identifier}'"
            raise StepError(message, hint="rename one of the files or targets")
        found[identifier] = name
    return list(found)


def style_of(icons: Sequence[Icon], faces: Sequence[Face], size: Size, prefix: str) -> str:
    """The style sheet: ``<span class="icon icon-star"></span>`` shows the icon `star`."""
    lines = [
        f".{prefix} {{",
        "  display: inline-block;",
        "  background-repeat: no-repeat;",
        f"  background-size: {_px(size[0])} {_px(size[1])};",
        f"  background-image: {_url(faces[0].url)};",
    ]
    if len(faces) > 1:
        choices = ", ".join(f"{_url(face.url)} {face.scale}x" for face in faces)
        lines.append(f"  background-image: image-set({choices});")
    lines.append("}")
    for icon in icons:
        lines += [
            f".{prefix}-{icon.name} {{",
            f"  width: {_px(icon.size[0])};",
            f"  height: {_px(icon.size[1])};",
            f"  background-position: {_px(-icon.left)} {_px(-icon.top)};",
            "}",
        ]
    return "\n".join(lines) + "\n"


def index_of(icons: Sequence[Icon], faces: Sequence[Face], size: Size) -> str:
    """The same as JSON, with sorted keys."""
    index: Mapping[str, object] = {
        "version": 1,
        "width": size[0],
        "height": size[1],
        "images": [
            {
                "scale": face.scale,
                "width": face.size[0],
                "height": face.size[1],
                **({"url": face.url} if face.url else {}),
            }
            for face in faces
        ],
        "icons": {
            icon.name: {"x": icon.left, "y": icon.top, "width": icon.size[0], "height": icon.size[1]} for icon in icons
        },
    }
    return json.dumps(index, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _px(length: int) -> str:
    return f"{length}px" if length else "0"


def _url(address: str | None) -> str:
    return f'url("{address}")'
