"""What a picture costs: a range before it is made, and the sum once the service has said what it used.

Tokens of a picture are estimated as OpenAI's calculator does (sources in ``models.json``):
``ceil(q * round(q * short / long) * (2,000,000 + width * height) / 4,000,000)``. What goes in is known only roughly:
a prompt has a token for every 2 to 6 characters, an input picture 200 to 6,500 tokens, and a main-line model reads and
writes some hundred to some thousand tokens around the call. How many tokens a picture is to a model that describes it
is its own business: of earlier ones tables are known, from tens at ``low`` to 10,000 patches of 32 pixels at
``original`` (the openai/codex repository, 2026-04), each up to 2.46 tokens (third parties, 2025); the ranges hold them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from imagebuild import Cost, Request
from imagebuild_openai.model import Catalog, Entry
from imagebuild_openai.size import parse_size, rules_for

__all__ = ["MOST_WRITTEN", "actual", "estimate", "estimate_words", "picture_tokens", "words_cost"]

_MILLION = 1_000_000
PER_PARTIAL = 100
AUTO_SIZES = ((1024, 1024), (1536, 1024))


class Range(NamedTuple):
    """From ``low`` to ``high``."""

    low: float
    high: float

    def plus(self, other: Range) -> Range:
        """Both together."""
        return Range(self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> Range:
        """That many times as much."""
        return Range(self.low * factor, self.high * factor)


INPUT_PICTURE = Range(200, 6_500)
MAIN_READS = Range(200, 3_000)
MAIN_WRITES = Range(100, 3_000)
PICTURE_FOR_MAIN = Range(80, 3_000)
PICTURE_READ = {
    "low": Range(20, 3_000),
    "auto": Range(20, 6_500),
    "high": Range(20, 6_500),
    "original": Range(20, 25_000),
}
"""Tokens of a picture that is described, by how closely it is looked at."""

MOST_WRITTEN = 4_000
"""Tokens that a model may write for a description, its thoughts included: the call says so."""


def picture_tokens(q: float, width: int, height: int) -> int:
    """Output tokens of one picture; ``q`` stands for its quality."""
    short, long = sorted((width, height))
    return math.ceil(q * round(q * short / long) * (2_000_000 + width * height) / 4_000_000)


def estimate(options: Mapping[str, Any], catalog: Catalog, request: Request) -> Cost:
    """What a resolved request will cost, from low to high; unknown when a price or the way to count is."""
    model = image_model_of(options)
    entry, prices = catalog.find(model), catalog.prices(model)
    if entry is None or options["output_format"] == "svg" or not {"text_in", "image_in", "image_out"} <= prices.keys():
        return Cost.of_unknown()
    made = _output(options, entry)
    if made is None:
        return Cost.of_unknown()
    partial = request.hints.get("partial_images", 0)
    made = made.plus(_exactly(PER_PARTIAL * (partial if isinstance(partial, int) else 0)))
    pictures = len(request.inputs) + sum(
        reference is not None for reference in (request.parent, request.mask, request.markup)
    )
    prompt = Range(len(request.prompt) / 6, len(request.prompt) / 2)
    cost = made.times(prices["image_out"] * options.get("n", 1)).plus(prompt.times(prices["text_in"]))
    cost = cost.plus(INPUT_PICTURE.times(pictures * prices["image_in"]))
    if options["api"] == "responses":
        main = catalog.prices(options["model"])
        if not {"in", "out"} <= main.keys():
            return Cost.of_unknown()
        read = MAIN_READS.plus(prompt).plus(PICTURE_FOR_MAIN.times(pictures))
        rewritten = MAIN_WRITES.times(prices["text_in"])
        cost = cost.plus(read.times(main["in"])).plus(MAIN_WRITES.times(main["out"])).plus(Range(0, rewritten.high))
    return Cost(cost.low / _MILLION, cost.high / _MILLION)


def estimate_words(request: Request, catalog: Catalog, told: str) -> Cost:
    """What a resolved request for a description will cost; ``told`` are the instructions that go with it."""
    prices = catalog.prices(str(request.options["model"]))
    if not {"in", "out"} <= prices.keys():
        return Cost.of_unknown()
    characters = len(told) + len(request.prompt)
    read = PICTURE_READ[str(request.options["detail"])].plus(Range(characters / 6, characters / 2))
    cost = read.times(prices["in"]).plus(Range(10, MOST_WRITTEN).times(prices["out"]))
    return Cost(cost.low / _MILLION, cost.high / _MILLION)


def words_cost(usage: object, model: str, catalog: Catalog) -> float | None:
    """US dollars of a call that wrote words, by its usage; None when a count or a price is missing."""
    cost = _text_cost(usage, catalog.prices(model))
    return None if cost is None else cost / _MILLION


def image_model_of(options: Mapping[str, Any]) -> str:
    """The image model of resolved options."""
    return str(options.get("image_model" if options["api"] == "responses" else "model", ""))


def _exactly(value: float) -> Range:
    return Range(value, value)


def _output(options: Mapping[str, Any], entry: Entry) -> Range | None:
    """Tokens of one picture: of the dearest and the cheapest way to take ``auto`` at its word."""
    by_quality: Mapping[str, float] = entry.tokens.get("q", {})
    factors: Mapping[str, list[float]] = entry.tokens.get("factor", {})
    qualities = list(by_quality) if options["quality"] == "auto" else [options["quality"]]
    sizes = list(_sizes(options))
    if not sizes or not qualities or any(quality not in by_quality for quality in qualities):
        return None
    lows, highs = [], []
    for quality in qualities:
        low, high = factors.get(quality, (1, 1))
        counts = [picture_tokens(by_quality[quality], width, height) for width, height in sizes]
        lows.append(min(counts) * low)
        highs.append(max(counts) * high)
    return Range(min(lows), max(highs))


def _sizes(options: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """The sizes it may get; for a gif that of the sheet with all frames."""
    size = parse_size(options["size"])
    for width, height in [size] if size else AUTO_SIZES if options["size"] == "auto" else ():
        if options["output_format"] == "gif":
            frames = rules_for(frames=options.get("frame_count", 9))
            yield from ((width * columns, height * rows) for columns, rows in frames.sheets)
        else:
            yield width, height


def actual(usage: Mapping[str, Any], options: Mapping[str, Any], catalog: Catalog) -> float | None:
    """US dollars of a call by its usage, None when a count or a price is missing.

    ``usage`` has ``image`` (input, output and details, as both APIs report them), ``main`` for the Responses API,
    ``svg`` with its ``model``, and ``factor`` where the service gives a discount (0.5 for a batch). Input that was
    cached is charged fully where no price for it is known.
    """
    parts = [_image_cost(usage.get("image"), catalog.prices(image_model_of(options)))]
    if options["api"] == "responses":
        parts.append(_text_cost(usage.get("main"), catalog.prices(str(options.get("model", "")))))
    svg = usage.get("svg")
    if options["output_format"] == "svg" or svg is not None:
        author = svg.get("model") if isinstance(svg, Mapping) else None
        parts.append(_text_cost(svg, catalog.prices(str(author or ""))))
    known = [part for part in parts if part is not None]
    factor = _number(usage.get("factor", 1))
    if len(known) < len(parts) or factor is None:
        return None
    return sum(known) * factor / _MILLION


def _number(value: object) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
    return float(value) if good and isinstance(value, int | float) else None


def _block(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _image_cost(usage: object, prices: Mapping[str, float]) -> float | None:
    counts = _block(usage)
    details = _block(counts.get("input_tokens_details"))
    text, image = _number(details.get("text_tokens")), _number(details.get("image_tokens"))
    out = _number(counts.get("output_tokens"))
    if text is None or image is None or out is None or not {"text_in", "image_in", "image_out"} <= prices.keys():
        return None
    cached_text, cached_image = _cached(counts, text, image)
    saved = cached_text * (prices["text_in"] - prices.get("text_cached", prices["text_in"]))
    saved += cached_image * (prices["image_in"] - prices.get("image_cached", prices["image_in"]))
    return text * prices["text_in"] + image * prices["image_in"] + out * prices["image_out"] - saved


def _cached(counts: Mapping[str, Any], text: float, image: float) -> tuple[float, float]:
    """Cached tokens of text and of pictures; a bare sum is taken for text first, whose discount is the smaller."""
    details = _block(counts.get("cached_tokens_details"))
    of_text, of_image = _number(details.get("cached_text_tokens")), _number(details.get("cached_image_tokens"))
    if of_text is None or of_image is None:
        total = _number(counts.get("cached_tokens")) or 0.0
        of_text, of_image = min(total, text), max(total - text, 0.0)
    return min(of_text, text), min(of_image, image)


def _text_cost(usage: object, prices: Mapping[str, float]) -> float | None:
    counts = _block(usage)
    read, written = _number(counts.get("input_tokens")), _number(counts.get("output_tokens"))
    if read is None or written is None or not {"in", "out"} <= prices.keys():
        return None
    details = _block(counts.get("input_tokens_details"))
    cached = min(_number(counts.get("cached_tokens", details.get("cached_tokens"))) or 0.0, read)
    saved = cached * (prices["in"] - prices.get("cached", prices["in"]))
    return read * prices["in"] + written * prices["out"] - saved
