from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pixel_samples import apply, at, plain, png, problems, size

from imagebuild import Picture, Step
from imagebuild.errors import StepError
from imagebuild.testing import StepContract
from imagebuild_pixels.justify import justified
from imagebuild_pixels.step.sheet import Sheet

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
EDGES = some.integers(1, 4000)


def pictures(*sizes: tuple[int, int]) -> list[Picture]:
    return [png(plain(*each, RED if index % 2 else BLUE)) for index, each in enumerate(sizes)]


class TestSheetContract(StepContract):
    def step(self) -> Step:
        return Sheet()

    def options(self) -> Mapping[str, object]:
        return {"width": 300, "row_height": 60, "names": True}

    def pictures(self) -> Sequence[Picture]:
        return pictures((60, 40), (40, 60), (90, 30))


def test_rows_fill_the_width_at_about_the_wanted_height() -> None:
    rows = justified([(300, 200)] * 9, 1000, 200, 10)
    assert [len(row) for row in rows] == [3, 3, 3]
    assert all(sum(width for width, _ in row) + 20 == 1000 for row in rows)
    assert {height for row in rows for _, height in row} == {218}


def test_a_last_row_that_would_be_far_too_high_stays_unfilled() -> None:
    rows = justified([(300, 200)] * 4, 1000, 200, 10)
    assert rows[-1] == [(300, 200)]


def test_shapes_are_kept_to_the_pixel() -> None:
    for (width, height), own in zip(
        [each for row in justified([(300, 200), (200, 300), (500, 100)] * 4, 900, 150, 6) for each in row],
        [(300, 200), (200, 300), (500, 100)] * 4,
        strict=True,
    ):
        assert abs(width - height * own[0] / own[1]) <= max(1, own[0] / own[1])


@given(some.lists(some.tuples(EDGES, EDGES), min_size=1, max_size=40), some.integers(16, 3000), some.integers(0, 40))
def test_any_pictures_fit_on_the_page_in_their_order(sizes: list[tuple[int, int]], width: int, gap: int) -> None:
    rows = justified(sizes, width, 120, gap)
    assert sum(map(len, rows)) == len(sizes)
    for index, row in enumerate(rows):
        used = sum(each for each, _ in row) + gap * (len(row) - 1)
        assert used == width or (used < width and index == len(rows) - 1)
        assert all(each >= 1 and high >= 1 for each, high in row)
        assert len({high for _, high in row}) == 1


def test_the_page_is_as_wide_as_asked_for_with_room_around() -> None:
    options = {"width": 640, "row_height": 100, "gap": 10, "padding": 20}
    (made,) = apply(Sheet(), options, *pictures((60, 40), (40, 60), (90, 30), (50, 50), (60, 40), (80, 20)))
    assert size(made)[0] == 640
    assert at(made, 10, 10) == at(made, 19, 60) == WHITE
    assert at(made, 20, 20) == BLUE


def test_nothing_is_cropped() -> None:
    edged = png(plain(80, 60, BLUE).embed(4, 4, 88, 68, extend="background", background=list(RED)))
    (made,) = apply(Sheet(), {"width": 376, "row_height": 136, "gap": 8, "padding": 8}, *[edged] * 2)
    for x, y in ((9, 9), (182, 9), (9, 140), (182, 140), (193, 9), (366, 140)):
        assert at(made, x, y)[0] > 200, (x, y)


def test_extreme_shapes_stand_beside_each_other() -> None:
    (made,) = apply(Sheet(), {"width": 500, "row_height": 80}, *pictures((3000, 20), (20, 3000), (1, 1), (5, 5)))
    assert size(made)[0] == 500


def test_the_source_type_is_written_into_the_page() -> None:
    (made,) = apply(Sheet(), {"format": "webp"}, *pictures((60, 40)), source_type="algorithmicMedia")
    assert b"digitalsourcetype/algorithmicMedia" in made.data


def test_faults_are_told_in_words() -> None:
    assert problems(Sheet(), {"width": 20, "padding": 12}) == ["'padding' on both sides takes all of 'width', 20 px"]
    with pytest.raises(StepError, match="'sheet' got 0 pictures"):
        apply(Sheet(), {})
    with pytest.raises(StepError, match="cannot be read"):
        apply(Sheet(), {}, Picture(pictures((60, 40))[0].data[:60], "image/png"))
