"""One target as the page shows it: every text and number ready, nothing left for the template to work out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from imagebuild import Image, Variant
from imagebuild_gallery.amount import Excerpt, bill_of, excerpt, is_paid, weight
from imagebuild_gallery.display import Display, Files, display_of, is_passive
from imagebuild_gallery.history import Comparison, Moment, comparisons_of, history_of

__all__ = ["Card", "LONGEST_TAG", "File", "card_of"]

_BRIEF = 220
_LONGEST_TEXT = 1000
_LONGEST_ID = 200
LONGEST_TAG = 60
_COLOUR = re.compile(r"#[0-9a-f]{6}(?:[0-9a-f]{2})?\Z")

AltState: TypeAlias = Literal["written", "decorative", "missing"]


class File(Struct, frozen=True):
    """A row of the table of files; ``href`` leads to it where it is safe to open, else it is only named."""

    format: str
    label: str
    size: str
    weight: str
    path: str
    name: str
    href: str | None


class Card(Struct, frozen=True):
    """What the page says of one target."""

    anchor: str
    id: str
    classes: tuple[str, ...]
    alt: Excerpt
    alt_state: AltState
    picture: Display | None
    withheld: bool
    size: str
    formats: str
    weight: str
    cost: str | None
    colour: str | None
    digest: str
    source_type: str | None
    axes: tuple[tuple[str, Excerpt], ...]
    tags: tuple[tuple[str, str], ...]
    brief: Excerpt | None
    maker: str
    moments: tuple[Moment, ...]
    comparisons: tuple[Comparison, ...]
    files: tuple[File, ...]

    @property
    def picture_alt(self) -> str:
        """The picture's own text where it has one; a decorative picture is named by the heading beside it."""
        return f"{self.id}, without alt text" if self.alt_state == "missing" else str(self.alt)


def card_of(
    image: Image, files: Files, anchor: str, tags: Mapping[str, str], *, prompts: bool, costs: bool, stages: bool
) -> Card:
    """Everything about ``image``; ``tags`` names the place of each tag on the page."""
    picture = display_of(image, files)
    moments = history_of(image, files if stages else {}, prompts=prompts, costs=costs)
    shown = [variant for variant in image.variants if variant.sha256 in files]
    state = _alt_state(image)
    return Card(
        anchor=anchor,
        id=excerpt(image.id, _LONGEST_ID).text,
        classes=(*(tags[tag] for tag in sorted(set(image.tags))), *([] if state == "written" else [f"alt-{state}"])),
        alt=excerpt(image.alt or "", _LONGEST_TEXT),
        alt_state=state,
        picture=picture,
        withheld=len(shown) < len(image.variants),
        size=_size(image.width, image.height),
        formats=", ".join(sorted({variant.format.upper() for variant in image.variants})),
        weight=weight(sum(variant.bytes for variant in image.variants)),
        cost=str(bill_of(image.stages)) if costs and is_paid(image.stages) else None,
        colour=_colour(image.facts.get("color")),
        digest=image.sha256,
        source_type=image.digital_source_type,
        axes=tuple((name, excerpt(_plain(value), _LONGEST_TEXT)) for name, value in sorted(image.axes.items())),
        tags=tuple((excerpt(tag, LONGEST_TAG).text, tags[tag]) for tag in sorted(set(image.tags))),
        brief=_brief(moments),
        maker=_maker(moments),
        moments=moments,
        comparisons=comparisons_of(moments, picture) if stages else (),
        files=tuple(_file(variant, files) for variant in sorted(image.variants, key=_order)),
    )


def _alt_state(image: Image) -> AltState:
    if image.alt is None:
        return "missing"
    return "decorative" if image.decorative else "written"


def _brief(moments: tuple[Moment, ...]) -> Excerpt | None:
    """The beginning of the first prompt, on one line."""
    first = next((moment.prompt for moment in moments if moment.prompt), None)
    return excerpt(" ".join(first.text.split()), _BRIEF) if first else None


def _maker(moments: tuple[Moment, ...]) -> str:
    """Provider and model of the last call."""
    calls = [moment for moment in moments if moment.kind in ("generate", "edit")]
    return " · ".join(part for part in (calls[-1].maker, calls[-1].model) if part) if calls else ""


def _order(variant: Variant) -> tuple[str, int, str]:
    return variant.format, -(variant.width or 0), variant.path


def _file(variant: Variant, files: Files) -> File:
    name = files[variant.sha256][0] if variant.sha256 in files else None
    labels = ", ".join(f"{key} {value}" for key, value in sorted(variant.labels.items()) if key not in _SAID)
    return File(
        variant.format.upper(),
        labels,
        _size(variant.width, variant.height),
        weight(variant.bytes),
        variant.path,
        name or "",
        name if is_passive(variant.type) else None,
    )


_SAID = ("width", "height", "format")
"""Labels that other columns show."""


def _size(width: int | None, height: int | None) -> str:
    return f"{width} × {height}" if width and height else ""


def _colour(value: object) -> str | None:
    """A colour that may stand in a style sheet, None for anything else."""
    return value if isinstance(value, str) and _COLOUR.match(value) else None


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
