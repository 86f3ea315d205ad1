"""The step `favicon`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild_pixels import ico, xmp
from imagebuild_pixels.backdrop import beneath
from imagebuild_pixels.canvas import with_alpha
from imagebuild_pixels.colour import rgba
from imagebuild_pixels.container import rewritten
from imagebuild_pixels.encode import encode
from imagebuild_pixels.geometry import length as length_of
from imagebuild_pixels.given import Given
from imagebuild_pixels.icon import icon_of
from imagebuild_pixels.raster import Image
from imagebuild_pixels.svg.drawing import MEDIA_TYPE as SVG
from imagebuild_pixels.svg.drawing import is_svg, safe, written

__all__ = ["Favicon"]

_IN_ICO = (16, 32, 48)
_TOUCH = 180
_PLAIN = (192, 512)
_MASKABLE = 512
_ROOM = "10%"


class Favicon(Step):
    """Makes all icons of a web site from one square picture: favicon.ico, touch icons and the web app manifest.

    Results have the label `name`: `favicon` (ico with 16, 32 and 48 pixels), `apple-touch-icon` (180), `icon-192`,
    `icon-512`, `icon-maskable-512`, `site` (webmanifest), and `icon` where the picture is an SVG. With
    `output: "{{ name }}.{{ ext }}"` the files have the names that browsers look for and the manifest states. A picture
    of pixels must be at least 512 pixels wide and nearly square.
    """

    name = "favicon"
    version = "1"
    marks = True
    options = (
        Option("name", "text", "Name of the site in the manifest; the target's id by itself.", example="name: My site"),
        Option(
            "short_name",
            "text",
            "Name where there is little room, such as below an icon.",
            example="short_name: Site",
        ),
        Option(
            "background",
            "colour",
            "Ground of the touch and the maskable icon; by itself that of an opaque picture's edge, else white.",
            example="background: '#0b7285'",
        ),
        Option(
            "theme",
            "colour",
            "Colour of the browser's frame, in the manifest; the background by itself.",
            example="theme: '#0b7285'",
        ),
        Option(
            "padding",
            "length",
            "Ground around the maskable icon, of which a mask may leave only the inner circle of 80 %; by itself 10 %, "
            "none for a picture that fills its square.",
            most=256,
            example="padding: 15%",
        ),
        Option(
            "path",
            "text",
            "What stands before the file names in the manifest.",
            default="",
            example="path: /icons/",
        ),
        Option(
            "display",
            "choice",
            "How the site is shown when it is installed.",
            default="standalone",
            choices=("standalone", "browser", "minimal-ui", "fullscreen"),
            example="display: browser",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """The ground is for icons that must not be transparent."""
        background = Given(options).text("background")
        if background is None or rgba(background)[3] == 255:
            return []
        return [OptionProblem("background", f"expected an opaque colour, found '{background}'", "leave out its alpha")]

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """All icons and the manifest of the one picture."""
        if len(pictures) != 1:
            raise StepError(
                f"'{context.target}' comes to 'favicon' as {len(pictures)} pictures, expected one",
                hint="put 'favicon' before steps that make several",
            )
        return _Making(pictures[0], context).all()


def _part(edge: int, length: int | str) -> int:
    """A margin in pixels, which leaves something of the icon."""
    return min(length_of(length, (edge, edge)), (edge - 1) // 2)


class _Making:
    """One favicon: where the pixels come from, and what is made of them."""

    def __init__(self, picture: Picture, context: StepContext) -> None:
        self._context = context
        self._given = Given(context.options)
        self._root = safe(picture.data, context.target) if is_svg(picture) else None
        self._icon = icon_of(picture, self._root, context.target)
        self._ground = self._given.text("background") or self._icon.ground or "#ffffff"

    def all(self) -> list[Picture]:
        """Every result, the icon file first."""
        made = [self._ico(), self._png(self._touch(), "apple-touch-icon")]
        made += [self._png(self._icon.at(edge), f"icon-{edge}") for edge in _PLAIN]
        made.append(self._png(self._maskable(), f"icon-maskable-{_MASKABLE}"))
        if self._root is not None:
            made.append(Picture(written(self._root, self._context.source_type), SVG, {"name": "icon"}))
        return [*made, self._manifest()]

    def _ico(self) -> Picture:
        """The mark stands in the largest entry, so that the file carries it once."""
        largest = max(_IN_ICO)
        entries = {edge: self._entry(edge, marked=edge == largest) for edge in _IN_ICO}
        return Picture(ico.pack(entries), ico.MEDIA_TYPE, {"name": "favicon"})

    def _entry(self, edge: int, *, marked: bool) -> bytes:
        """A PNG with alpha even where it is opaque: Windows asks for it."""
        image = with_alpha(self._icon.at(edge))
        data = bytes(image.pngsave_buffer(filter="all", compression=9, keep="none"))
        packet = xmp.build({}, self._context.source_type) if marked else b""
        return rewritten(data, "png", packet)

    def _png(self, image: Image, name: str) -> Picture:
        return encode(
            image,
            "png",
            target=self._context.target,
            source_type=self._context.source_type,
            labels={"name": name},
        )

    def _touch(self) -> Image:
        """Opaque, since systems put black behind what is not; with room around a picture that has its own shape."""
        return beneath(self._icon.at(_TOUCH, 0 if self._icon.opaque else _part(_TOUCH, _ROOM)), self._ground)

    def _maskable(self) -> Image:
        padding = self._given.length("padding")
        if padding is None:
            padding = 0 if self._icon.fills else _ROOM
        return beneath(self._icon.at(_MASKABLE, _part(_MASKABLE, padding)), self._ground)

    def _manifest(self) -> Picture:
        name = self._given.text("name") or self._context.target.partition("[")[0]
        path = self._given.text("path") or ""
        icons: list[Mapping[str, str]] = [
            {"src": f"{path}icon-{edge}.png", "sizes": f"{edge}x{edge}", "type": "image/png"} for edge in _PLAIN
        ]
        maskable = f"icon-maskable-{_MASKABLE}.png"
        sizes = f"{_MASKABLE}x{_MASKABLE}"
        icons.append({"src": path + maskable, "sizes": sizes, "type": "image/png", "purpose": "maskable"})
        if self._root is not None:
            icons.append({"src": f"{path}icon.svg", "sizes": "any", "type": SVG})
        says = {
            "name": name,
            "short_name": self._given.text("short_name") or name,
            "icons": icons,
            "theme_color": self._given.text("theme") or self._ground,
            "background_color": self._ground,
            "display": self._given.text("display"),
        }
        text = json.dumps(says, ensure_ascii=False, indent=2) + "\n"
        return Picture(text.encode("utf-8"), "application/manifest+json", {"name": "site"})
