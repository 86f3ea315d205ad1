"""A drawing reduced to what may stay. What is taken out because of what it could do is named, the rest just goes."""

from __future__ import annotations

import base64
import binascii
import re

from msgspec import Struct, field

from imagebuild.media import probe
from imagebuild_pixels.svg import css
from imagebuild_pixels.svg.node import SVG, Element
from imagebuild_pixels.svg.rule import (
    ANIMATIONS,
    ATTRIBUTES,
    CSS_PROPERTIES,
    ELEMENTS,
    HARMLESS_ELEMENTS,
    LIMITS,
    PRESENTATION,
    WRITTEN_ELEMENTS,
)

__all__ = ["Cleaned", "clean"]

_FRAGMENT = re.compile(r"#[^\s\"'()<>\\#]+")
_DATA = re.compile(r"data:(image/(?:png|jpeg|webp));base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_ID = re.compile(r"[^\s\"'()<>\\#]+")
_ARIA = re.compile(r"aria-[a-z]+")
_ODD = re.compile(r"url\s*\(|script\s*:|[\\@<>]", re.IGNORECASE)
"""What no number, name or path holds: nothing acts on it here, and it goes all the same."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINKS = ("href", "xlink:href")
_WORDS = ("title", "desc")
"""Elements that hold nothing but characters."""

_DRAWING_SPACES = frozenset({"http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML", SVG, ""})
_MAX_EMBEDDED = 64_000_000
"""Pixels of all embedded pictures together."""


class Cleaned(Struct):
    """What is left, what was dangerous in it, and the parts that style sheets make use of: selector and id."""

    root: Element
    dangers: list[str] = field(default_factory=list)
    style_uses: list[tuple[str, str]] = field(default_factory=list)


def clean(root: Element) -> Cleaned:
    """The drawing with allowed elements and attributes alone; ``root`` is an ``svg`` element and is not changed."""
    cleaning = _Cleaning()
    kept = cleaning.element(root)
    assert kept is not None  # an svg element is allowed
    return Cleaned(kept, cleaning.dangers, cleaning.style_uses)


class _Cleaning:
    """One pass over a drawing."""

    def __init__(self) -> None:
        self.dangers: list[str] = []
        self.style_uses: list[tuple[str, str]] = []
        self._embedded = 0

    def element(self, element: Element) -> Element | None:
        if element.namespace != SVG or element.name not in ELEMENTS:
            if element.namespace in _DRAWING_SPACES and element.name not in HARMLESS_ELEMENTS:
                self.dangers.append(f"element '{element.name[:40]}'")
            return None
        if element.name == "style":
            return self._style(element)
        kept = Element(element.name)
        for name, value in element.attributes.items():
            clean = self._attribute(element, name, value)
            if clean is not None:
                kept.attributes[name] = clean
        if "href" in kept.attributes:
            kept.attributes.pop("xlink:href", None)
        if not self._is_of_use(kept):
            return None
        for child in element.children:
            if isinstance(child, str):
                if element.name in WRITTEN_ELEMENTS:
                    kept.children.append(_CONTROL.sub("", child))
            elif (inner := self.element(child)) is not None and element.name not in _WORDS:
                kept.children.append(inner)
        return kept

    def _is_of_use(self, kept: Element) -> bool:
        """Whether an element still does something harmless without what it has lost."""
        if kept.name in ANIMATIONS:
            name = kept.attributes.get("attributeName", "")
            changes = name in ATTRIBUTES | CSS_PROPERTIES and name not in ("id", "class")
            if kept.name != "animateMotion" and not changes:
                self.dangers.append(f"{kept.name} of '{name[:40]}'")
                return False
        needs_link = kept.name in ("use", "image", "mpath")
        return not needs_link or any(link in kept.attributes for link in _LINKS)

    def _attribute(self, element: Element, name: str, value: str) -> str | None:
        """The value when the attribute may stay."""
        if name in _LINKS:
            return self._link(element, value)
        if name == "style":
            kept = css.clean_declarations(value, self.dangers)
            return ";".join(f"{key}:{text}" for key, text in kept.items()) or None
        if name not in ATTRIBUTES and not _ARIA.fullmatch(name):
            if name.lower().startswith("on") or name == "xml:base":
                self.dangers.append(f"attribute '{name[:40]}'")
            return None
        clean = _value(name, value)
        if clean is None:
            self.dangers.append(f"{name} '{value[:40]}'")
        return clean

    def _link(self, element: Element, value: str) -> str | None:
        """A reference to a part of the drawing, or an embedded picture where one belongs."""
        text = value.strip()
        if element.name in ("image", "feImage"):
            embedded = self._embed(text)
            if embedded is not None:
                return embedded
        if element.name != "image" and _FRAGMENT.fullmatch(text):
            return text
        self.dangers.append(f"link '{text[:40]}'")
        return None

    def _embed(self, text: str) -> str | None:
        match = _DATA.fullmatch(text)
        if match is None:
            return None
        try:
            data = base64.b64decode("".join(match[2].split()), validate=True)
        except (binascii.Error, ValueError):
            return None
        found = probe(data)
        if found is None or found.media_type != match[1].lower() or not found.width or not found.height:
            return None
        self._embedded += found.width * found.height
        if self._embedded > _MAX_EMBEDDED:
            return None
        return f"data:{found.media_type};base64,{base64.b64encode(data).decode()}"

    def _style(self, element: Element) -> Element | None:
        kind = element.attributes.get("type", "text/css").strip().lower()
        if kind not in ("text/css", ""):
            self.dangers.append(f"style of type '{kind[:40]}'")
            return None
        sheet = css.clean_sheet("".join(child for child in element.children if isinstance(child, str)))
        self.dangers += sheet.dangers
        self.style_uses += sheet.uses
        media = _value("media", element.attributes.get("media", ""))
        kept = Element("style", attributes={"media": media} if media else {}, children=[sheet.text])
        return kept if sheet.text else None


def _value(name: str, value: str) -> str | None:
    """The value of an attribute when it is harmless; white space at its ends goes."""
    value = value.strip()
    if _CONTROL.search(value):
        return None
    if name in PRESENTATION or name in ("from", "to", "by", "values", "media"):
        parts = value.split(";") if name == "values" else [value]
        cleaned = [css.clean_value(part) for part in parts]
        return None if None in cleaned else ";".join(part for part in cleaned if part is not None)
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name in LIMITS:
        return value if all(number <= LIMITS[name] for number in _numbers(value)) else None
    is_words = name == "class" or name.startswith("aria-")
    return value if is_words or not _ODD.search(value) else None


def _numbers(value: str) -> list[float]:
    try:
        return [float(part) for part in re.split(r"[\s,]+", value) if part]
    except ValueError:
        return [float("inf")]
