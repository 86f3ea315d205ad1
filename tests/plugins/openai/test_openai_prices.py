from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from imagebuild import Cost, Reference, Request
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.model import build_catalog
from imagebuild_openai.price import actual, picture_tokens
from imagebuild_openai.settings import parse_settings

TODAY = date(2026, 11, 23)
CATALOG = build_catalog()
PICTURE = Reference("a.png")


def estimate(options: dict[str, Any], request: Request | None = None, **settings: Any) -> Cost:
    parsed, _ = parse_settings(settings, {}, today=TODAY)
    provider = OpenAIProvider(parsed, today=lambda: TODAY)
    asked = request or Request("")
    resolved = provider.resolve(Request(asked.prompt, options, asked.parent, asked.inputs, asked.mask))
    return provider.estimate(resolved.request)


def images(model: str, **options: Any) -> Cost:
    return estimate({"api": "images", "model": model, **options})


@pytest.mark.parametrize(
    ("model", "quality", "published"),
    [
        ("gpt-image-2", "low", 0.006),
        ("gpt-image-2", "medium", 0.053),
        ("gpt-image-2", "high", 0.211),
        ("gpt-image-2.5-sunburst", "low", 0.006),
        ("gpt-image-2.5-sunburst", "medium", 0.013),
        ("gpt-image-2.5-sunburst", "high", 0.053),
        ("gpt-image-2.5-flare", "xhigh", 0.094),
        ("gpt-image-2.5-flare", "max", 0.211),
    ],
)
def test_a_picture_of_1024x1024_costs_what_is_published(model: str, quality: str, published: float) -> None:
    cost = images(model, quality=quality)
    assert cost.low == cost.high
    assert round(cost.low, 3) == published


@pytest.mark.parametrize(
    ("quality", "size", "measured"),
    [("low", "1536x1024", 664), ("high", "1536x1024", 1353), ("high", "3840x2160", 3337)],
)
def test_what_was_measured_of_the_newest_model_is_within_its_range(quality: str, size: str, measured: int) -> None:
    cost = images("gpt-image-2.6-sunburst", quality=quality, size=size)
    assert cost.low < measured * 30 / 1e6 < cost.high


def test_a_portrait_costs_what_a_landscape_does() -> None:
    assert picture_tokens(48, 1536, 1024) == picture_tokens(48, 1024, 1536)


def test_auto_quality_may_be_any() -> None:
    cost = images("gpt-image-2", quality="auto")
    assert cost.low == images("gpt-image-2", quality="low").low
    assert cost.high == images("gpt-image-2", quality="high").high


def test_auto_size_is_a_range() -> None:
    cost = images("gpt-image-2", size="auto")
    assert cost.low < cost.high


def test_several_pictures_cost_several_times_as_much() -> None:
    assert images("gpt-image-2", n=4).low == pytest.approx(4 * images("gpt-image-2").low)


def test_each_partial_picture_costs_a_hundred_tokens() -> None:
    more = images("gpt-image-2", partial_images=3).low - images("gpt-image-2").low
    assert more == pytest.approx(300 * 30 / 1e6)


def test_a_gif_costs_its_whole_sheet() -> None:
    sheet = images("gpt-image-2", format="gif", size="720x720", frame_count=9).low
    assert sheet == pytest.approx(picture_tokens(48, 2160, 2160) * 30 / 1e6)


def test_what_goes_in_is_counted() -> None:
    plain = estimate({"api": "images"})
    prompted = estimate({"api": "images"}, Request("a long prompt " * 100))
    edited = estimate({"api": "images"}, Request("", parent=PICTURE, inputs=(PICTURE, PICTURE)))
    assert plain.low < prompted.low < edited.low
    assert plain.high < prompted.high < edited.high


def test_the_main_line_model_is_counted_with_the_responses_api() -> None:
    cheap, dear = estimate({"model": "gpt-6-luna"}), estimate({"model": "gpt-6-astra"})
    assert estimate({"api": "images"}).high < cheap.high < dear.high


@pytest.mark.parametrize(
    "options",
    [
        {"image_model": "gpt-image-9"},
        {"model": "gpt-9"},
        {"model": "gpt-5"},
        {"image_model": "gpt-image-1.5"},
        {"image_model": "gpt-image-1-mini"},
        {"format": "svg", "svg": {"model": "gpt-6-luna"}},
    ],
)
def test_what_nobody_can_tell_is_unknown_and_never_nothing(options: dict[str, Any]) -> None:
    assert estimate(options) == Cost.of_unknown()


@pytest.mark.parametrize("settings", [{"profile": "azure"}, {"profile": "litellm"}, {"service_tier": "priority"}])
def test_prices_of_another_service_or_tier_are_unknown_until_they_are_set(settings: dict[str, Any]) -> None:
    options = {"api": "images", "model": "gpt-image-2", "size": "1024x1024", "quality": "high"}
    assert not estimate(options, **settings).known
    prices = {"gpt-image-2": {"text_in": 0, "image_in": 0, "image_out": 10}}
    assert estimate(options, **settings, prices=prices).low == pytest.approx(7024 * 10 / 1e6, rel=0.01)


RESPONSES = {"api": "responses", "model": "gpt-6.1-sol", "image_model": "gpt-image-2", "output_format": "png"}
IMAGES = {"api": "images", "model": "gpt-image-2", "output_format": "png"}
USED = {
    "input_tokens": 300,
    "input_tokens_details": {"text_tokens": 100, "image_tokens": 200},
    "output_tokens": 1000,
    "total_tokens": 1300,
}
PAID = (100 * 5 + 200 * 8 + 1000 * 30) / 1e6


def test_the_images_api_costs_what_it_used() -> None:
    assert actual({"image": USED}, IMAGES, CATALOG) == pytest.approx(PAID)


def test_the_main_line_model_is_paid_too() -> None:
    usage = {"image": USED, "main": {"input_tokens": 1000, "output_tokens": 500}}
    assert actual(usage, RESPONSES, CATALOG) == pytest.approx(PAID + (1000 * 2 + 500 * 10) / 1e6)


def test_a_batch_costs_half() -> None:
    assert actual({"image": USED, "factor": 0.5}, IMAGES, CATALOG) == pytest.approx(PAID / 2)


@pytest.mark.parametrize(
    ("cached", "saved"),
    [
        ({"cached_tokens_details": {"cached_text_tokens": 40, "cached_image_tokens": 100}}, 40 * 3.75 + 100 * 6),
        ({"cached_tokens": 140}, 100 * 3.75 + 40 * 6),
        ({"cached_tokens": 99_999}, 100 * 3.75 + 200 * 6),
        ({"cached_tokens": None}, 0),
    ],
)
def test_cached_input_is_cheaper(cached: dict[str, Any], saved: float) -> None:
    assert actual({"image": {**USED, **cached}}, IMAGES, CATALOG) == pytest.approx(PAID - saved / 1e6)


def test_cached_words_are_cheaper_where_their_price_is_known() -> None:
    main = {"input_tokens": 1000, "output_tokens": 0, "input_tokens_details": {"cached_tokens": 400}}
    usage = {"image": USED, "main": main}
    known = build_catalog(prices={"gpt-6.1-sol": {"cached": 0.5}})
    assert actual(usage, RESPONSES, CATALOG) == pytest.approx(PAID + 1000 * 2 / 1e6)
    assert actual(usage, RESPONSES, known) == pytest.approx(PAID + (600 * 2 + 400 * 0.5) / 1e6)


def test_who_wrote_an_svg_is_paid() -> None:
    usage = {"image": USED, "svg": {"model": "gpt-6-astra", "input_tokens": 100, "output_tokens": 200}}
    assert actual(usage, {**IMAGES, "output_format": "svg"}, CATALOG) == pytest.approx(
        PAID + (100 * 10 + 200 * 50) / 1e6
    )


@pytest.mark.parametrize(
    ("usage", "options"),
    [
        ({}, IMAGES),
        ({"image": None}, IMAGES),
        ({"image": {"output_tokens": 5}}, IMAGES),
        ({"image": {**USED, "output_tokens": None}}, IMAGES),
        ({"image": {**USED, "output_tokens": -5}}, IMAGES),
        ({"image": {**USED, "output_tokens": "1000"}}, IMAGES),
        ({"image": USED, "factor": None}, IMAGES),
        ({"image": USED}, RESPONSES),
        ({"image": USED, "main": {"input_tokens": 5}}, RESPONSES),
        ({"main": {"input_tokens": 1, "output_tokens": 1}}, RESPONSES),
        ({"image": USED, "main": {"input_tokens": 1, "output_tokens": 1}}, {**RESPONSES, "model": "gpt-9"}),
        ({"image": USED}, {**IMAGES, "model": "gpt-image-9"}),
        ({"image": USED}, {**IMAGES, "output_format": "svg"}),
        ({"image": USED, "svg": {"model": "gpt-9", "input_tokens": 1, "output_tokens": 1}}, IMAGES),
    ],
)
def test_a_missing_count_or_price_makes_the_sum_unknown(usage: dict[str, Any], options: dict[str, Any]) -> None:
    assert actual(usage, options, CATALOG) is None
