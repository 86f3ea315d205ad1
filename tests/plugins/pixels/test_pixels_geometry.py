from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuild_pixels.geometry import (
    FITS,
    GRAVITIES,
    around,
    covering,
    fitted,
    inside,
    length,
    place,
    scaled,
    within,
)

EDGE = st.integers(1, 10_000)
SIZE = st.tuples(EDGE, EDGE)
RATIO = st.floats(0.01, 100)


def test_places_of_the_nine_gravities() -> None:
    found = {gravity: place((100, 60), (40, 20), gravity) for gravity in GRAVITIES}
    assert found == {
        "center": (30, 20),
        "north": (30, 0),
        "northeast": (60, 0),
        "east": (60, 20),
        "southeast": (60, 40),
        "south": (30, 40),
        "southwest": (0, 40),
        "west": (0, 20),
        "northwest": (0, 0),
    }


@pytest.mark.parametrize(("value", "wanted"), [(7, 7), ("5%", 3), ("2.5%", 2), ("100%", 60), ("0%", 0)])
def test_lengths_are_pixels_or_a_part_of_the_shorter_edge(value: int | str, wanted: int) -> None:
    assert length(value, (100, 60)) == wanted


@pytest.mark.parametrize(
    ("fit", "enlarge", "scale", "box"),
    [
        ("cover", False, (600, 400), (400, 400)),
        ("contain", False, (400, 267), (400, 400)),
        ("inside", False, (400, 267), (400, 267)),
        ("outside", False, (600, 400), (600, 400)),
        ("fill", False, (400, 400), (400, 400)),
    ],
)
def test_how_a_large_picture_meets_a_box(fit: str, enlarge: bool, scale: object, box: object) -> None:
    plan = fitted((1200, 800), 400, 400, fit, enlarge=enlarge)
    assert (plan.scale, plan.box) == (scale, box)


@pytest.mark.parametrize(
    ("fit", "scale", "box"),
    [
        ("cover", (300, 200), (200, 200)),
        ("contain", (300, 200), (400, 400)),
        ("inside", (300, 200), (300, 200)),
        ("outside", (300, 200), (300, 200)),
        ("fill", (200, 200), (200, 200)),
    ],
)
def test_a_small_picture_is_not_enlarged(fit: str, scale: object, box: object) -> None:
    plan = fitted((300, 200), 400, 400, fit, enlarge=False)
    assert (plan.scale, plan.box) == (scale, box)


@pytest.mark.parametrize(
    ("fit", "scale", "box"),
    [
        ("cover", (600, 400), (400, 400)),
        ("contain", (400, 267), (400, 400)),
        ("inside", (400, 267), (400, 267)),
        ("outside", (600, 400), (600, 400)),
        ("fill", (400, 400), (400, 400)),
    ],
)
def test_a_small_picture_is_enlarged_on_request(fit: str, scale: object, box: object) -> None:
    plan = fitted((300, 200), 400, 400, fit, enlarge=True)
    assert (plan.scale, plan.box) == (scale, box)


def test_one_edge_keeps_the_shape() -> None:
    assert fitted((300, 200), 150, None, "cover", enlarge=False).box == (150, 100)
    assert fitted((300, 200), None, 150, "cover", enlarge=False).box == (225, 150)
    assert fitted((300, 200), 600, None, "cover", enlarge=False).box == (300, 200)


@given(SIZE, SIZE)
def test_inside_fits_and_covering_hides(size: tuple[int, int], box: tuple[int, int]) -> None:
    small, large = inside(size, box), covering(size, box)
    assert small[0] <= box[0]
    assert small[1] <= box[1]
    assert large[0] >= box[0]
    assert large[1] >= box[1]
    assert box[0] in small or box[1] in small
    assert box[0] in large or box[1] in large


@given(SIZE, RATIO)
def test_shapes_within_and_around_touch_two_edges(size: tuple[int, int], ratio: float) -> None:
    small, large = within(size, ratio), around(size, ratio)
    assert 1 <= small[0] <= size[0] <= large[0]
    assert 1 <= small[1] <= size[1] <= large[1]
    assert size[0] == small[0] or size[1] == small[1]
    assert size[0] == large[0] or size[1] == large[1]


@given(SIZE, EDGE)
def test_scaling_keeps_the_shape(size: tuple[int, int], width: int) -> None:
    found = scaled(size, width=width)
    assert found[0] == width
    assert abs(found[1] - size[1] * width / size[0]) <= 1


@given(SIZE, SIZE, st.sampled_from(FITS))
def test_nothing_is_scaled_up_unasked(size: tuple[int, int], box: tuple[int, int], fit: str) -> None:
    plan = fitted(size, *box, fit, enlarge=False)
    assert min(plan.scale + plan.box) >= 1
    assert plan.scale[0] <= size[0]
    assert plan.scale[1] <= size[1]


@given(SIZE, SIZE, st.sampled_from(["cover", "fill"]), st.booleans())
def test_what_is_cut_is_there(size: tuple[int, int], box: tuple[int, int], fit: str, enlarge: bool) -> None:
    plan = fitted(size, *box, fit, enlarge=enlarge)
    assert plan.box[0] <= plan.scale[0]
    assert plan.box[1] <= plan.scale[1]
