from collections.abc import Sequence

import pytest
from imagebuild import Check, CheckContext, Picture
from imagebuild.errors import StepError
from imagebuild.testing import CheckContract, png

from imagebuild_paper.check import PaperInk


class TestPaperInk(CheckContract):
    def check(self) -> Check:
        return PaperInk()

    def passing(self) -> Sequence[Picture]:
        return [Picture(png(8, 8, (255, 255, 255)), "image/png")]

    def failing(self) -> Sequence[Picture]:
        return [*self.passing(), Picture(png(8, 8, (20, 20, 20)), "image/png")]


def test_the_darkest_picture_counts() -> None:
    context = CheckContext("cabin", PaperInk().resolve({"": 50}).options)
    pictures = [Picture(png(8, 8, (level,) * 3), "image/png") for level in (255, 0)]
    result = PaperInk().check(pictures, context)
    assert (result.passed, result.measured, result.wanted) == (False, "ink 100", "ink 50 or less")


def test_what_cannot_be_measured_is_an_error() -> None:
    context = CheckContext("cabin", PaperInk().resolve({}).options)
    with pytest.raises(StepError, match="cannot be measured"):
        PaperInk().check([Picture(b"not a picture", "image/png")], context)
