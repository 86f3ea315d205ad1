from __future__ import annotations

from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuild_openai.size import Rules, Size, advice, format_size, parse_size, rules_for

FREE = rules_for()
OLD = rules_for(("1024x1024", "1536x1024", "1024x1536"))
ANY_RULES = st.sampled_from([FREE, OLD, rules_for(frames=2), rules_for(frames=12), rules_for(frames=16)])
ANY_SIZE = st.tuples(st.integers(1, 9999), st.integers(1, 9999))


@pytest.mark.parametrize("text", ["1920x1080", "1920×1080", "1920 x 1080", "1920X1080", " 1920 * 1080 "])
def test_a_size_is_understood_however_it_is_written(text: str) -> None:
    assert parse_size(text) == (1920, 1080)


@pytest.mark.parametrize("text", ["", "big", "1920", "1920x", "0x16", "1e3x16", "-16x16", "16x16x16", 1024, None])
def test_anything_else_is_no_size(text: object) -> None:
    assert parse_size(text) is None


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ((1024, 1024), None),
        ((1536, 864), None),
        ((3840, 2160), None),
        ((2160, 3840), None),
        ((2880, 2880), None),
        ((1440, 480), None),
        ((816, 816), None),
        ((1024, 640), None),
        ((1920, 1080), "both edges must be divisible by 16"),
        ((800, 800), "there must be 655,360 pixels at least"),
        ((512, 512), "there must be 655,360 pixels at least"),
        ((3840, 2176), "there may be 8,294,400 pixels at most"),
        ((3856, 2144), "no edge may be longer than 3840 pixels"),
        ((1456, 480), "the ratio must be between 1:3 and 3:1"),
        ((480, 1456), "the ratio must be between 1:3 and 3:1"),
        ((500, 300), "both edges must be divisible by 16 and there must be 655,360 pixels at least"),
    ],
)
def test_the_rules_of_free_sizes(size: Size, fault: str | None) -> None:
    assert FREE.fault(size) == fault


@pytest.mark.parametrize(("frames", "largest"), [(2, 960), (9, 960), (10, 816), (12, 816), (13, 720), (16, 720)])
def test_a_gif_may_be_as_large_as_was_measured(frames: int, largest: int) -> None:
    rules = rules_for(frames=frames)
    assert rules.fault((largest, largest)) is None
    assert rules.fault((largest + 16, largest + 16)) == (
        "there may be 8,294,400 pixels at most on the sheet that holds all frames"
    )


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        (
            (1920, 1080),
            "write 'options: {size: 1920x1088}' and then crop to 1920x1080; also near: 1936x1088, 1904x1072",
        ),
        ((1000, 1000), "write 'options: {size: 1008x1008}' and then crop to 1000x1000; also near: 992x992, 1024x1024"),
        ((512, 512), "write 'options: {size: 816x816}' and then scale to 512x512; also near: 832x832, 848x848"),
        (
            (4000, 4000),
            "write 'options: {size: 2880x2880}' and then scale to 4000x4000; also near: 2864x2864, 2848x2848",
        ),
    ],
)
def test_a_refused_size_comes_with_what_to_write(wanted: Size, hint: str) -> None:
    assert advice(wanted, FREE).hint == hint


def test_a_shape_that_is_too_steep_is_cropped_from_one_that_holds_it() -> None:
    best = advice((3000, 500), FREE).sizes[0]
    assert best[0] >= 3000
    assert best[1] >= 500
    assert advice((3000, 500), FREE).hint.startswith(f"write 'options: {{size: {format_size(best)}}}' and then crop")


def test_a_model_of_fixed_sizes_offers_its_own() -> None:
    assert OLD.fault((1920, 1080)) == "the model makes 1024x1024, 1536x1024, 1024x1536 alone"
    assert advice((1920, 1080), OLD).hint == (
        "write 'options: {size: 1536x1024}' and then crop to 16:9 and scale to 1920x1080; "
        "also near: 1024x1024, 1024x1536"
    )
    assert advice((1000, 1000), OLD).hint.startswith("write 'options: {size: 1024x1024}' and then crop to 1000x1000")


@given(ANY_SIZE, ANY_RULES)
def test_every_suggestion_is_legal(wanted: Size, rules: Rules) -> None:
    found = advice(wanted, rules)
    assert 2 <= len(found.sizes) <= 3
    assert len(set(found.sizes)) == len(found.sizes)
    assert [rules.fault(size) for size in found.sizes] == [None] * len(found.sizes)


@given(ANY_SIZE, ANY_RULES)
def test_what_the_hint_says_gives_what_was_asked(wanted: Size, rules: Rules) -> None:
    found = advice(wanted, rules)
    width, height = found.sizes[0]
    if f"then crop to {format_size(wanted)}" in found.hint:
        assert width >= wanted[0]
        assert height >= wanted[1]
    elif f"then scale to {format_size(wanted)}" in found.hint:
        assert width * wanted[1] == height * wanted[0]
    else:
        ratio = gcd(*wanted)
        shape = f"{wanted[0] // ratio}:{wanted[1] // ratio}"
        assert f"then crop to {shape} and scale to {format_size(wanted)}" in found.hint


@given(ANY_RULES, st.data())
def test_a_legal_size_is_its_own_best_suggestion(rules: Rules, data: st.DataObject) -> None:
    size = data.draw(st.sampled_from(sorted(rules.legal())))
    assert rules.fault(size) is None
    assert advice(size, rules).sizes[0] == size


@given(st.integers(1, 240), st.integers(1, 240))
def test_the_legal_sizes_are_those_without_a_fault(columns: int, rows: int) -> None:
    size = (columns * 16, rows * 16)
    assert (size in LEGAL) is (FREE.fault(size) is None)


LEGAL = frozenset(FREE.legal())
