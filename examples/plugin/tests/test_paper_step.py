from collections.abc import Mapping, Sequence

import pytest
import pyvips
from imagebuild import Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild.testing import StepContract, png

from imagebuild_paper.step import PaperPrint


class TestPaperPrint(StepContract):
    def step(self) -> Step:
        return PaperPrint()

    def options(self) -> Mapping[str, str | int]:
        return {"paper": "kraft", "grain": 12}


def printed(picture: Picture, source_type: str | None = None, **options: str | int) -> Picture:
    resolved = PaperPrint().resolve(options)
    assert resolved.problems == ()
    context = StepContext("cabin", resolved.options, source_type=source_type)
    (made,) = PaperPrint().apply([picture], context)
    return made


def pixel(picture: Picture) -> Sequence[float]:
    image = pyvips.Image.new_from_buffer(picture.data, "")
    return [round(level) for level in image(3, 3)]


def test_white_takes_the_colour_of_the_paper_and_black_stays() -> None:
    white, black = (Picture(png(8, 8, (level,) * 3), "image/png") for level in (255, 0))
    assert pixel(printed(white, paper="kraft", grain=0)) == [205, 172, 128]
    assert pixel(printed(black, paper="kraft", grain=0)) == [0, 0, 0]


def test_what_is_transparent_shows_the_paper() -> None:
    clear = Picture(png(8, 8, (10, 20, 30, 0)), "image/png")
    assert pixel(printed(clear, paper="sky", grain=0)) == [190, 216, 230]


def test_the_grain_is_as_strong_as_was_asked_for() -> None:
    grey = Picture(png(64, 64, (128, 128, 128)), "image/png")
    smooth, rough = (
        pyvips.Image.new_from_buffer(printed(grey, grain=grain).data, "").deviate()
        for grain in (0, 20)
    )
    assert rough > smooth + 5


def test_the_source_type_is_written_and_nothing_else() -> None:
    picture = Picture(png(8, 8), "image/png")
    assert b"digitalsourcetype/algorithmicMedia" in printed(picture, "algorithmicMedia").data
    assert b"XMP" not in printed(picture).data


@pytest.mark.parametrize(
    "picture",
    [Picture(b"<svg/>", "image/svg+xml"), Picture(b"not a picture", "image/png")],
)
def test_what_it_cannot_print_is_an_error(picture: Picture) -> None:
    with pytest.raises(StepError):
        printed(picture)
