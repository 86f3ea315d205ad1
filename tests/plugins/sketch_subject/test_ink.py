import pytest

from imagebuild_sketch.colour import to_oklch
from imagebuild_sketch.subject import Ink

INK = Ink(body="#2f7fb8", accent="#f2a541", dark="#22283a", light="#fbf6ec", glow="#ffd36b")
COLOURS = ["#2f7fb8", "#d8463c", "#58a052", "#f6bc36", "#808080", "#fbf6ec"]


@pytest.mark.parametrize("colour", COLOURS)
def test_nothing_changes_by_no_amount(colour):
    assert INK.shade(colour, 0) == colour
    assert INK.tint(colour, 0) == colour


@pytest.mark.parametrize("colour", COLOURS)
def test_shade_darkens_and_tint_lightens(colour):
    light = to_oklch(colour)[0]
    assert to_oklch(INK.shade(colour, 0.2))[0] == pytest.approx(light * 0.8, abs=0.02)
    assert to_oklch(INK.tint(colour, 0.2))[0] == pytest.approx(light + (1 - light) * 0.2, abs=0.02)


def test_shadows_are_cooler_and_lights_warmer():
    assert 110 < to_oklch("#58a052")[2] < to_oklch(INK.shade("#58a052", 0.3))[2] < 265
    assert to_oklch(INK.tint("#58a052", 0.3))[2] < to_oklch("#58a052")[2]


def test_shadows_of_yellow_go_towards_ochre_not_olive():
    assert to_oklch(INK.shade("#f6d03a", 0.3))[2] < to_oklch("#f6d03a")[2]


def test_natural_colours_darken_only_at_night():
    night = Ink(body="#2f7fb8", accent="#f2a541", dark="#22283a", light="#fbf6ec", glow="#ffd36b", night=True)
    assert INK.real("#a9744a") == "#a9744a"
    assert to_oklch(night.real("#a9744a"))[0] < to_oklch("#a9744a")[0]
