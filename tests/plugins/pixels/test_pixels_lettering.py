from __future__ import annotations

import importlib.util
import sys
from typing import Any

import pytest
from tiny_font import BINARY, tiny_font

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild_pixels.lettering.bidi import levels_of, visual_order
from imagebuild_pixels.lettering.font import UNITS, Font, built_in, read_font
from imagebuild_pixels.lettering.layout import Block, Box, set_largest
from imagebuild_pixels.lettering.linebreak import opportunities
from imagebuild_pixels.lettering.shaping import Typeface, paragraphs_of


def boxes() -> Font:
    letters = dict.fromkeys("abcdefghijklmnopqrstuvwxyz.,!()-אבגדה", 500)
    return read_font(tiny_font({**letters, " ": 250}), "font", None)


def shown(text: str, direction: str = "auto") -> str:
    """The characters from left to right, on one line."""
    _, levels = levels_of(text, direction)
    return "".join(text[index] for index in visual_order(levels))


def lines(block: Block | None) -> list[float]:
    """The width of each line in sizes."""
    assert block is not None
    return [line.run.width / UNITS for line in block.lines]


def laid(text: str, width: float, *, size: int = 10, height: float = 1e6, **more: Any) -> Block | None:
    fonts = (boxes(),)
    ellipsis = bool(more.pop("ellipsis", False))
    box = Box(width, height, 1.0, balanced=False, **more)
    return set_largest(paragraphs_of(text, Typeface(fonts)), fonts, box, size, size, ellipsis=ellipsis)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("abc אבג def", "abc גבא def"),
        ("אבג abc דהו", "והד abc גבא"),
        ("אבג 123", "123 גבא"),
        ("abc אבג 12.5% def", "abc 12.5% גבא def"),
        ("ابج 12:34", "12:34 جبا"),
        ("a (אב) b", "a (בא) b"),
        ("אב (ab) גד", "דג )ab( בא"),
        ("abc!", "abc!"),
    ],
)
def test_directions_follow_uax_9(text: str, wanted: str) -> None:
    assert shown(text) == wanted


def test_a_given_direction_beats_the_first_letter() -> None:
    assert shown("abc!", "rtl") == "!abc"
    assert shown("אב!", "ltr") == "בא!"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two", ["one ", "two"]),
        ("well-known", ["well-", "known"]),
        ("1-2 -x", ["1-2 ", "-x"]),
        ("50 % off !", ["50 % ", "off !"]),
        ("« bon mot »", ["« bon ", "mot »"]),
        ("er sagte »ja« und", ["er ", "sagte ", "»ja« ", "und"]),
        ("a\u00a0b c", ["a\u00a0b ", "c"]),
        ("and/or 1/2", ["and/", "or ", "1/2"]),
        ("天地、玄黃。", ["天", "地、", "玄", "黃。"]),
        ("「天」地", ["「天」", "地"]),
        ("カード", ["カー", "ド"]),
        ("한국 문화", ["한국 ", "문화"]),
        ("e\u0301e", ["e\u0301e"]),
        ("a — b", ["a — ", "b"]),
        ("co\u00adop", ["co\u00ad", "op"]),
        ("a\u200bb", ["a\u200b", "b"]),
        ("", [""]),
    ],
)
def test_lines_may_end_where_readers_expect_it(text: str, parts: list[str]) -> None:
    found, start = [], 0
    for end in opportunities(text):
        found.append(text[start:end])
        start = end
    assert found == parts


def test_text_wraps_at_words_and_no_space_hangs_over() -> None:
    assert lines(laid("aaaa bbbb cccc", 50)) == [4.25, 2.0]
    assert lines(laid("aaaa bbbb", 42.4)) == [2.0, 2.0]


def test_written_line_breaks_stay() -> None:
    assert lines(laid("aa\n\nbb", 100)) == [1.0, 0.0, 1.0]


def test_a_word_is_torn_only_where_it_must_be() -> None:
    fonts = (boxes(),)
    paragraphs = paragraphs_of("aaaaaaaa bb", Typeface(fonts))
    whole = set_largest(paragraphs, fonts, Box(40, 40, 1.0, balanced=False), 5, 40, ellipsis=False)
    assert whole is not None
    assert (whole.size, lines(whole)) == (10, [4.0, 1.0])
    torn = set_largest(paragraphs, fonts, Box(40, 40, 1.0, balanced=False), 12, 40, ellipsis=False)
    assert torn is not None
    assert (torn.size, lines(torn)) == (14, [2.5, 2.75])


def test_a_soft_hyphen_shows_only_where_a_line_ends_at_it() -> None:
    assert lines(laid("aaaa\u00adbbbb", 100)) == [4.0]
    assert lines(laid("aaaa\u00adbbbb", 30)) == [2.5, 2.0]


def test_an_ellipsis_cuts_at_a_word_and_never_passes_the_width() -> None:
    cut = laid("aaaa bbbb cccc dddd", 50, most_lines=1, ellipsis=True)
    assert lines(cut) == [3.5]
    assert lines(laid("aaaaaaaaaaaa", 50, most_lines=1, ellipsis=True)) == [5.0]
    assert laid("aaaa bbbb cccc", 50, most_lines=1) is None
    assert laid("aaaa", 50, height=5, ellipsis=True) is None


def test_lines_are_made_equally_long() -> None:
    fonts = (boxes(),)
    paragraphs = paragraphs_of("aaaa bbbb cccc dddd", Typeface(fonts))
    block = set_largest(paragraphs, fonts, Box(75, 1e6, 1.0), 10, 10, ellipsis=False)
    assert lines(block) == [4.25, 4.25]


def test_characters_without_a_glyph_are_named() -> None:
    with pytest.raises(StepError, match=r"no glyph for '天' \(U\+5929\)") as caught:
        paragraphs_of("a 天", Typeface((built_in("bold"),)))
    assert "'fallback'" in str(caught.value.hint)


def test_a_glyph_without_an_outline_counts_as_none() -> None:
    """Fonts of coloured emoji hold pictures, which would be left out without a word."""
    pictures = read_font(tiny_font({"\N{FOX FACE}": 1000}, drawn=False), "font", None)
    with pytest.raises(StepError, match=r"U\+1F98A"):
        paragraphs_of("\N{FOX FACE}", Typeface((pictures,)))


def test_a_second_font_sets_what_the_first_lacks_but_no_space() -> None:
    fox = read_font(tiny_font({"\N{FOX FACE}": 1000, " ": 4000}), "fallback", None)
    first = read_font(tiny_font({"a": 500, " ": 250}), "font", None)
    paragraph = paragraphs_of("a \N{FOX FACE} a", Typeface((first, fox)))[0]
    names = [glyph.font.name for glyph in paragraph.run(0, 5).glyphs]
    assert names == ["'font'", "'font'", "'fallback'", "'font'", "'font'"]
    assert paragraph.run(0, 5).width == int(2.5 * UNITS)


def test_composed_characters_are_found_however_they_are_written() -> None:
    for text in ("é", "e\u0301", "A\u030a", "\u2011", "\u202f"):
        assert paragraphs_of(f"x{text}x", Typeface((built_in("regular"),)))


@pytest.mark.parametrize("character", ["\u202e", "\u2067", "\x07", "\ud800", "\ufffe"])
def test_what_is_no_text_is_refused_by_name(character: str) -> None:
    with pytest.raises(StepError, match=rf"U\+{ord(character):04X}"):
        paragraphs_of(f"a{character}b", Typeface((boxes(),)))


def test_an_endless_text_is_refused() -> None:
    with pytest.raises(StepError, match="at most 10000"):
        paragraphs_of("a" * 10_001, Typeface((boxes(),)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"wOF2" + b"\0" * 50, "web font"),
        (b"\x89PNG\r\n\x1a\n", "is no font"),
        (b"", "is no font"),
        (b"OTTO" + b"\0" * 50, "damaged"),
        (b"\0\1\0\0" + b"\xff" * 500, "damaged"),
    ],
)
def test_what_is_no_font_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(StepError, match=words):
        read_font(Picture(data, BINARY), "font", None)


def test_a_weight_needs_a_font_that_has_weights() -> None:
    with pytest.raises(StepError, match="one weight only"):
        read_font(tiny_font({"a": 500}), "font", "bold")


@pytest.mark.parametrize("weight", ["light", "regular", "semibold", "bold", "black"])
def test_the_built_in_font_is_the_edition_that_is_expected(weight: str) -> None:
    font = built_in(weight)
    assert font.covers("Ärger, Ελλάδα, Привет, “…” — € ©")


def test_without_its_libraries_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as gone:
        gone.setitem(sys.modules, "uharfbuzz", None)
        with pytest.raises(StepError, match="needs the library 'uharfbuzz'") as caught:
            read_font(tiny_font({"a": 500}), "font", None)
    assert str(caught.value.hint).startswith("pip install")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StepError, match="built-in font is not installed"):
        built_in.__wrapped__("bold")
