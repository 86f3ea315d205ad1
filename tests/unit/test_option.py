from __future__ import annotations

import pytest

from imagebuild.digest import Json
from imagebuild.option import MAIN, Configurable, Option, OptionKind, read_ratio, read_size
from imagebuild.request import OptionProblem


def thing(*options: Option) -> Configurable:
    class Thing(Configurable):
        """One."""

        name = "thing"

    Thing.options = options
    return Thing()


def read(kind: OptionKind, value: Json, **more: object) -> Json | str:
    option = Option("it", kind, "It.", choices=("fast", "slow"), **more)  # type: ignore[arg-type]  # what a test gives
    found = thing(option).resolve({"it": value})
    return found.problems[0].message if found.problems else found.options["it"]


@pytest.mark.parametrize(
    ("kind", "value", "canonical"),
    [
        ("text", "a", "a"),
        ("text", 3, "3"),
        ("number", 1, 1),
        ("number", 0.5, 0.5),
        ("integer", 3.0, 3),
        ("boolean", True, True),
        ("choice", "fast", "fast"),
        ("size", "1200 x 630", "1200x630"),
        ("size", "1200×630", "1200x630"),
        ("ratio", "16:9", "16:9"),
        ("ratio", "16/9", "16:9"),
        ("ratio", 1.5, 1.5),
        ("bytes", "300kB", 300_000),
        ("bytes", "1.5 MB", 1_500_000),
        ("bytes", "2KiB", 2048),
        ("bytes", 17, 17),
        ("length", 12, 12),
        ("length", "5 %", "5%"),
        ("colour", "#FFF", "#ffffff"),
        ("colour", "#11223344", "#11223344"),
        ("colour", "#112233ff", "#112233"),
        ("colour", "Teal", "#008080"),
        ("file", {"file": "a.png"}, {"file": "a.png"}),
        ("file", {"target": "a"}, {"target": "a"}),
        ("block", {"a": 1}, {"a": 1}),
    ],
)
def test_a_value_is_read_into_one_form_and_that_form_into_itself(
    kind: OptionKind, value: Json, canonical: Json
) -> None:
    assert read(kind, value) == canonical
    assert read(kind, canonical) == canonical


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("text", ["a"], "'it' of 'thing': expected a text, found a list"),
        ("text", True, "'it' of 'thing': expected a text, found 'true'"),
        ("number", "1", "'it' of 'thing': expected a number, found '1'"),
        ("number", True, "'it' of 'thing': expected a number, found 'true'"),
        ("integer", 1.5, "'it' of 'thing': expected a whole number, found '1.5'"),
        ("boolean", "yes", "'it' of 'thing': expected true or false, found 'yes'"),
        ("choice", "fsat", "'it' of 'thing': expected one of fast, slow, found 'fsat'; did you mean 'fast'?"),
        ("size", "0x10", "'it' of 'thing': expected a size like 1200x630, found '0x10'"),
        ("ratio", "16:0", "'it' of 'thing': expected a ratio like 16:9, found '16:0'"),
        ("bytes", "300 apples", "'it' of 'thing': expected a size in bytes like 300kB, found '300 apples'"),
        ("bytes", -1, "'it' of 'thing': expected a size in bytes like 300kB, found '-1'"),
        ("length", "120%", "'it' of 'thing': expected pixels or a percentage like 5%, found '120%'"),
        ("colour", "mauve-ish", "'it' of 'thing': expected a colour like '#1e90ff' or 'white', found 'mauve-ish'"),
        ("file", "a.png", "'it' of 'thing': expected {file: PATH} or {target: NAME}, found 'a.png'"),
        ("block", 3, "'it' of 'thing': expected a block of names with values, found '3'"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_expected(kind: OptionKind, value: Json, message: str) -> None:
    assert read(kind, value) == message


def test_bounds_hold_for_numbers_and_for_the_length_of_lists() -> None:
    assert read("number", 3, least=0, most=1) == "'it' of 'thing': expected 0 to 1, found 3"
    assert read("integer", 0, least=1) == "'it' of 'thing': expected 1 or more, found 0"
    assert read("bytes", "2MB", most=1e6) == "'it' of 'thing': expected 1e+06 or less, found 2MB"
    assert read("text", [], many=True, least=1) == "'it' of 'thing': expected 1 or more values, found 0"
    assert read("integer", [1, 9], many=True, most=5) == "'it' of 'thing': expected 5 or less, found 9"


def test_a_single_value_is_a_list_of_one() -> None:
    assert read("integer", 3, many=True) == [3]
    assert read("choice", ["fast", "slow"], many=True) == ["fast", "slow"]


def test_defaults_are_made_explicit_and_what_is_not_set_is_left_out() -> None:
    found = thing(Option("a", "bytes", "A.", default="1kB"), Option("b", "text", "B.")).resolve({"b": None})
    assert found.options == {"a": 1000}


def test_a_bare_value_stands_for_the_main_option() -> None:
    some = thing(Option("a", "text", "A."), Option("b", "text", "B.", main=True))
    assert some.resolve({MAIN: "x"}).options == {"b": "x"}
    (problem,) = thing(Option("a", "text", "A.")).resolve({MAIN: "x"}).problems
    assert (problem.message, problem.hint) == ("'thing' takes a block of options, found 'x'", "its options: a")


def test_what_is_missing_or_unknown_is_told() -> None:
    found = thing(Option("width", "integer", "W.", required=True, example="width: 3")).resolve({"widht": 3})
    assert [(each.field, each.message, each.hint, each.unknown) for each in found.problems] == [
        ("widht", "unknown option 'widht' of 'thing'", "did you mean 'width'?", True),
        ("width", "'thing' needs 'width'", "for example: width: 3", False),
    ]


def test_what_a_table_cannot_say_is_judged_when_each_option_is_right() -> None:
    class Picky(Configurable):
        """Picky."""

        name = "picky"
        options = (Option("a", "integer", "A."), Option("b", "integer", "B."))

        def judge(self, options: object) -> list[OptionProblem]:
            return [OptionProblem("a", "a and b exclude each other")]

    assert [each.message for each in Picky().resolve({"a": 1, "b": 2}).problems] == ["a and b exclude each other"]
    assert [each.field for each in Picky().resolve({"a": "x"}).problems] == ["a"]


def test_sizes_and_ratios_are_read_as_numbers() -> None:
    assert read_size("1200x630") == (1200, 630)
    assert read_ratio("16:9") == pytest.approx(16 / 9)
    assert read_ratio(1.5) == 1.5
