"""The page itself: cards, sums and style sheet, rendered by the templates beside this module."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from msgspec import Struct

from imagebuild import Image
from imagebuild_gallery.amount import Bill, bill_of, excerpt, is_paid, money, weight
from imagebuild_gallery.card import LONGEST_TAG, Card, card_of
from imagebuild_gallery.display import Files
from imagebuild_gallery.name import anchors
from imagebuild_gallery.sheet import picture_rule, policy, tag_rules

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Content", "Filter", "render"]

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What HTML forbids (WHATWG HTML, 13.1.4 and 3.2.5) or UTF-8 cannot hold."""

_ALT_FILTERS = (
    ("alt-missing", "without alt text", "No alt text"),
    ("alt-decorative", "marked as decorative", "Decorative"),
)


class Content(Struct, frozen=True):
    """What a page is made of."""

    title: str
    project: str
    images: Sequence[Image]
    files: Files
    prompts: bool
    costs: bool
    stages: bool


class Filter(Struct, frozen=True):
    """A choice of cards that a link shows."""

    anchor: str
    label: str
    short: str
    count: int


def render(content: Content) -> str:
    """The whole page as text that UTF-8 can hold."""
    tags = anchors("tag", sorted({tag for image in content.images for tag in image.tags}))
    cards = _cards(content, tags)
    filters = _filters(cards, tags)
    rules = [picture_rule(card, image) for card, image in zip(cards, content.images, strict=True)]
    style = "\n".join([_style(), *filter(None, rules), tag_rules(item.anchor for item in filters)])
    page = (
        _environment()
        .get_template("page.html")
        .render(
            content=content,
            cards=cards,
            filters=filters,
            style=style,
            policy=policy(style),
            total=_total(content),
            weight=weight(sum(variant.bytes for image in content.images for variant in image.variants)),
            count=sum(len(image.variants) for image in content.images),
        )
    )
    return _NOT_TEXT.sub("\ufffd", page.replace("\r\n", "\n").replace("\r", "\n"))


def _cards(content: Content, tags: Mapping[str, str]) -> list[Card]:
    places = anchors("picture", [image.id for image in content.images])
    return [
        card_of(
            image,
            content.files,
            places[image.id],
            tags,
            prompts=content.prompts,
            costs=content.costs,
            stages=content.stages,
        )
        for image in content.images
    ]


def _filters(cards: Sequence[Card], tags: Mapping[str, str]) -> list[Filter]:
    """Tags, then what is to be done about texts for those who do not see the pictures."""
    named = [*((anchor, f"tagged “{tag}”", tag) for tag, anchor in _short(tags)), *_ALT_FILTERS]
    found = [
        Filter(anchor, label, short, sum(anchor in card.classes for card in cards)) for anchor, label, short in named
    ]
    return [item for item in found if item.count]


def _short(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(excerpt(tag, LONGEST_TAG).text, anchor) for tag, anchor in tags.items()]


def _total(content: Content) -> Bill | None:
    stages = [stage for image in content.images for stage in image.stages]
    return bill_of(stages) if content.costs and is_paid(stages) else None


@cache
def _style() -> str:
    return _source("page.css")


@cache
def _environment() -> Environment:
    # Jinja2 loads with the first page, so that a build that publishes nothing does not pay for it.
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["money"] = money
    return environment


def _source(name: str) -> str:
    return (files("imagebuild_gallery") / name).read_text("utf-8")
