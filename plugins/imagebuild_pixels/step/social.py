"""The step `social`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild_pixels.canvas import window
from imagebuild_pixels.encode import Settings, encode, fields_of
from imagebuild_pixels.geometry import GRAVITIES, SMART, Size, covering, inside
from imagebuild_pixels.given import Given
from imagebuild_pixels.network import NETWORKS, Card
from imagebuild_pixels.raster import Image, load, resized
from imagebuild_pixels.rewrite import has_pixels

__all__ = ["Social"]

_QUALITY = 85
"""A little more than elsewhere, because networks compress once more."""


class Social(Step):
    """Cuts cards for link previews and posts out of each picture, in the size that each network asks for.

    `open-graph` is what Facebook, LinkedIn, Slack, Discord, WhatsApp and most others show for a link; the rest is for
    networks with a card of their own and for posts. Nothing is enlarged: a picture that is too small gives the largest
    card of the same shape, down to the least width that the network shows large. Results have the label `name`.
    """

    name = "social"
    version = "1"
    marks = True
    options = (
        Option(
            "networks",
            "choice",
            "Which cards to make: one, several or `all`.",
            default=["open-graph"],
            choices=(*NETWORKS, "all"),
            least=1,
            many=True,
            main=True,
            example="networks: [open-graph, pinterest, instagram-story]",
        ),
        Option(
            "gravity",
            "choice",
            "What a crop keeps: `attention` and `entropy` look at the pixels.",
            default="attention",
            choices=(*SMART, *GRAVITIES),
            example="gravity: north",
        ),
        Option(
            "enlarge",
            "boolean",
            "Scale a picture up that is too small for a card.",
            default=False,
            example="enlarge: true",
        ),
        Option(
            "format",
            "choice",
            "The format of the cards; every network takes jpeg and png.",
            default="jpeg",
            choices=("jpeg", "png", "webp"),
            example="format: png",
        ),
        Option(
            "quality",
            "integer",
            "Quality of jpeg and webp; 85 by itself.",
            least=1,
            most=100,
            example="quality: 90",
        ),
        Option(
            "background",
            "colour",
            "What a jpeg shows where the picture is transparent.",
            default="white",
            example="background: '#fdf6e3'",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """A png has no quality."""
        given = Given(options)
        if given.has("quality") and given.text("format") == "png":
            return [OptionProblem("quality", "'quality' means nothing for png", "it is for jpeg and webp")]
        return []

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> list[Picture]:
        """All cards of each picture, in the order of the option."""
        results: list[Picture] = []
        for picture in pictures:
            results += _cards(picture, context) if has_pixels(picture) else [picture]
        return results


def _cards(picture: Picture, context: StepContext) -> Iterator[Picture]:
    given = Given(context.options)
    names = given.texts("networks")
    image, fields = load(picture, context.target), fields_of(picture, context.target)
    for name in NETWORKS if "all" in names else dict.fromkeys(names):
        size = _size((image.width, image.height), name, NETWORKS[name], context)
        yield encode(
            _cut(image, size, given.text("gravity") or "attention"),
            given.text("format") or "jpeg",
            target=context.target,
            source_type=context.source_type,
            fields=fields,
            settings=Settings(
                quality=given.integer("quality") or _QUALITY, background=given.text("background") or "#ffffff"
            ),
            labels={**picture.labels, "name": name},
        )


def _size(own: Size, name: str, card: Card, context: StepContext) -> Size:
    """The card's size, or the largest of its shape within the picture."""
    wanted = card.width, card.height
    if Given(context.options).flag("enlarge") or (own[0] >= wanted[0] and own[1] >= wanted[1]):
        return wanted
    largest = inside(wanted, own)
    if largest[0] < card.least:
        raise StepError(
            f"'{context.target}' is {own[0]}x{own[1]}, too small for '{name}': a card of {wanted[0]}x{wanted[1]} must "
            f"be at least {card.least} wide",
            hint="use a larger picture, or 'enlarge: true'",
        )
    return largest


def _cut(image: Image, size: Size, gravity: str) -> Image:
    """The picture scaled until it just covers the card, and cut to it."""
    scaled = resized(image, *covering((image.width, image.height), size))
    return scaled.crop(*window(scaled, size, gravity), *size)
