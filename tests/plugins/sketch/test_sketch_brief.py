from __future__ import annotations

import pytest

from imagebuild_sketch.brief import describe, read
from imagebuild_sketch.brief.vocabulary import COLOURS


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("sunset over mountains", "landscape"),
        ("a fox in an autumn forest", "forest"),
        ("a city skyline at dusk", "city"),
        ("a sailboat on the sea", "sea"),
        ("a rocket flying through space", "space"),
        ("a cozy reading room", "interior"),
        ("a cup of coffee on a desk", "table"),
        ("portrait of a woman in a yellow jacket", "portrait"),
        ("a bottle of perfume, product photo", "product"),
        ("app icon of a camera", "emblem"),
        ("a minimal logo for a bakery", "emblem"),
        ("seamless pattern of leaves", "pattern"),
        ("abstract flowing shapes", "abstract"),
        ("three boxes connected by arrows", "diagram"),
        ("isometric building", "isometric"),
        ("a key unlocking a padlock", "spot"),
        ("team meeting around a table", "interior"),
        ("404 page lost astronaut", "space"),
        ("a doctor with a stethoscope", "spot"),
        ("kids playing football", "landscape"),
        ("a family having a picnic", "landscape"),
        ("texture of paper", "abstract"),
        ("zzyzx qwrt", "spot"),
        ("", "spot"),
    ],
)
def test_the_scene_is_read_from_the_prompt(prompt: str, scene: str) -> None:
    assert read(prompt).scene == scene


def test_a_colour_belongs_to_the_noun_it_precedes() -> None:
    brief = read("a red car beside a blue house")
    assert [(figure.subject.name, figure.colour_name) for figure in brief.figures] == [
        ("car", "red"),
        ("house", "blue"),
    ]
    assert brief.colours == ()


def test_a_colour_after_the_noun_belongs_to_it_too() -> None:
    assert read("the car is green").figures[0].colour == COLOURS["green"]


def test_colours_without_a_noun_set_the_tone() -> None:
    assert read("abstract shapes in teal and coral").colour_names == ("teal", "coral")


def test_numbers_and_plurals_say_how_many() -> None:
    assert read("two cats").figures[0].count == 2
    assert read("hot air balloons over hills").figures[0].count > 1
    assert read("a cat").figures[0].count == 1


def test_hour_season_weather_style_and_mood_are_read() -> None:
    brief = read("a cozy watercolor house at night in winter, in fog")
    assert (brief.time, brief.season, brief.weather, brief.style, brief.mood) == (
        "night",
        "winter",
        "fog",
        "watercolor",
        "cozy",
    )


def test_what_is_said_to_be_absent_is_not_read() -> None:
    brief = read("a house without snow, on a meadow")
    assert brief.season is None
    assert brief.scene == "landscape"


def test_words_of_the_form_are_no_subjects() -> None:
    assert [figure.subject.name for figure in read("app icon of a camera").figures] == ["camera"]


def test_case_and_composed_letters_do_not_matter() -> None:
    assert read("A RED CAR").figures == read("a red car").figures


def test_the_sentence_says_what_was_understood() -> None:
    assert describe(read("a red car in a city at night, flat style")) == "a red car, in a city, at night, flat style"


def test_a_scene_without_a_subject_is_what_the_picture_is_of() -> None:
    sentence = describe(read("sunset over mountains by a lake in spring"))
    assert sentence == "a landscape with mountain and lake, at sunset, in spring"
    assert describe(read("zzyzx")) == "a motif of its own, as a spot illustration"


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("a dragon over a castle", ["dragon", "castle"]),
        ("a knight's shield with a lion", ["shield", "lion"]),
        ("a farmer's market stall", ["market stall"]),
        ("woman working on a laptop in a cafe", ["desk worker"]),
        ("two people shaking hands", ["handshake"]),
        ("under cherry blossoms", ["cherry tree"]),
        ("treasure chest full of gold coins", ["treasure chest", "coin"]),
        ("wind farm with solar panels", ["wind turbine", "solar panel"]),
    ],
)
def test_the_subjects_are_those_that_were_meant(prompt: str, names: list[str]) -> None:
    assert [figure.subject.name for figure in read(prompt).figures] == names


def test_people_who_do_something_with_a_thing_may_be_several() -> None:
    assert [figure.count for figure in read("kids playing football").figures] == [2, 1]
    assert describe(read("three kids in a park")).startswith("three children")
