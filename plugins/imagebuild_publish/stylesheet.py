"""The manifest as custom properties of CSS."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imagebuild import Image, Variant
from imagebuild.errors import PublishError
from imagebuild_publish.link import Links
from imagebuild_publish.srcset import Source, series_of, sources_of

__all__ = ["stylesheet"]

_NAME_OUTSIDE = re.compile(r"[^\w-]")
_STRING_OUTSIDE = re.compile(r"""["\\<\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]""")
_HEX = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?")


def stylesheet(header: str, images: Iterable[Image], links: Links) -> str:
    """Properties of ``:root`` for each picture. Raises :class:`PublishError` where two would have one name."""
    properties: dict[str, str] = {}
    owners: dict[str, Image] = {}
    for image in images:
        for stem, name, value in _properties(image, links):
            key = _name(f"--img-{stem}{name}")
            if key in properties:
                pair = " and ".join(dict.fromkeys((f"'{owners[key].id}'", f"'{image.id}'")))
                hint = "rename one of them, or leave it out by 'targets'"
                raise PublishError(f"two values of {pair} would have the property '{key}'", hint=hint)
            properties[key], owners[key] = value, image
    lines = "".join(f"  {key}: {value};\n" for key, value in properties.items())
    return f"/* {header} */\n:root {{\n{lines}}}\n"


def _properties(image: Image, links: Links) -> Iterable[tuple[str, str, str]]:
    """Stem, ending and value of each property of a picture."""
    for labels, variants in series_of(image.variants).items():
        stem = "-".join((image.slug, *labels))
        sources = sources_of(variants)
        fallback = sources[-1].largest
        yield stem, "", _url(links.url(fallback.path))
        yield stem, "-set", _image_set([source.largest for source in sources], links)
        for width, found in _by_width(sources).items():
            yield stem, f"-{width}", _image_set(found, links)
        if fallback.width and fallback.height:
            yield stem, "-ratio", f"{fallback.width} / {fallback.height}"
    color, lqip = image.facts.get("color"), image.facts.get("lqip")
    if isinstance(color, str) and _HEX.fullmatch(color):
        yield image.slug, "-color", color
    if isinstance(lqip, str) and lqip.startswith("data:image/"):
        yield image.slug, "-lqip", _url(lqip)


def _by_width(sources: Iterable[Source]) -> dict[int, list[Variant]]:
    """For each width, the file of each type that has it."""
    widths: dict[int, dict[str, Variant]] = {}
    for source in sources:
        for variant in source.variants:
            if variant.width:
                widths.setdefault(variant.width, {}).setdefault(source.type, variant)
    return {width: list(found.values()) for width, found in sorted(widths.items())}


def _image_set(variants: Iterable[Variant], links: Links) -> str:
    """The first type that the browser knows (CSS Images Level 4, 2.3)."""
    return f"image-set({', '.join(f'{_url(links.url(each.path))} type({_string(each.type)})' for each in variants)})"


def _url(address: str) -> str:
    return f"url({_string(address)})"


def _string(text: str) -> str:
    """A string (CSSOM, "serialize a string"); ``<`` is escaped too, which might end a ``<style>``."""
    return '"' + _STRING_OUTSIDE.sub(lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def _name(text: str) -> str:
    """A custom property's name (CSSOM, "serialize an identifier")."""
    return _NAME_OUTSIDE.sub(lambda match: f"\\{match[0]}" if match[0].isprintable() else f"\\{ord(match[0]):x} ", text)
