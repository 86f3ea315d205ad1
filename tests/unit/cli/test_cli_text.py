"""What reaches a terminal: harmless, in characters it has, aligned, with a caret under the right place."""

from __future__ import annotations

import io

import pytest

from imagebuild.cli.github import annotation, summary
from imagebuild.cli.printer import Printer, to_json
from imagebuild.cli.problem import problem_lines, spec_error_lines
from imagebuild.cli.shell import Colour, Shell
from imagebuild.cli.text import cells, clean, columns, crop, plain
from imagebuild.cli.word_diff import word_diff
from imagebuild.errors import Place, Problem, SpecError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, ünïcødé 日本 🦊 👩‍👩‍👧", "plain text, ünïcødé 日本 🦊 👩‍👩‍👧"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b]0;title\x07\x1b[2J", "\\x1b]0;title\\x07\\x1b[2J"),
        ("over\rwrite\x08\x7f", "over\\x0dwrite\\x08\\x7f"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"),
        ("half \ud800", "half \\ud800"),
        ("line\u2028separator", "line\\u2028separator"),
    ],
)
def test_control_characters_are_shown_and_not_sent(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_every_way_out_is_clean() -> None:
    stream = io.StringIO()
    printer = Printer(stream, colour=True, ascii_only=False)
    printer.line("a\x1b[31m", ("b\x9b\u202e", "bold red"))
    printer.json({"a": "\x1b\x7f\x9b\u202e"})
    assert stream.getvalue() == (
        'a\\x1b[31m\x1b[31m\x1b[1mb\\x9b\\u202e\x1b[0m\n{"a": "\\u001b\\u007f\\u009b\\u202e"}\n'
    )
    assert to_json("\x7f") == '"\\u007f"'


def test_in_github_no_text_can_command_the_runner() -> None:
    stream = io.StringIO()
    printer = Printer(stream, colour=False, ascii_only=False, github=True)
    printer.line("::add-mask::x\n  ::error::y ##[error]z")
    printer.json("##[add-mask]x")
    assert stream.getvalue() == ': :add-mask::x\n  : :error::y # #[error]z\n"#\\u0023[add-mask]x"\n'


def test_a_stream_without_unicode_gets_ascii() -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii")
    shell = Shell(io.StringIO(), stream, stream, {})
    shell.err.line("$0.1–$0.2 … ü → 日")
    assert buffer.getvalue() == b"$0.1-$0.2 ... \\xfc -> \\u65e5\n"


def test_a_dumb_terminal_gets_ascii_and_no_colour() -> None:
    stream = _Terminal()
    shell = Shell(io.StringIO(), stream, stream, {"TERM": "dumb"})
    shell.err.line(("–", "bold red"))
    assert stream.getvalue() == "-\n"
    assert not shell.live


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environ", "terminal", "coloured"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colours(choice: Colour, environ: dict[str, str], terminal: bool, coloured: bool) -> None:
    stream = _Terminal() if terminal else io.StringIO()
    shell = Shell(io.StringIO(), stream, stream, environ)
    shell.use_colour(choice)
    shell.err.line(("x", "green"))
    assert ("\x1b[" in stream.getvalue()) is coloured


def test_columns_count_cells() -> None:
    lines = [plain(line) for line in columns([["日本", "a", "1"], ["e\u0301x", "bb", ""], ["long", "", ""]])]
    assert lines == ["日本  a   1", "e\u0301x    bb", "long"]
    assert [cells(text) for text in ("日本", "e\u0301", "abc")] == [4, 1, 3]


def test_a_wide_table_crops_its_flexible_column() -> None:
    rows = columns([["a" * 10, "reason " * 10, "$1"]], width=40, flexible=1)
    assert plain(rows[0]) == "aaaaaaaaaa  reason reason reason re…  $1"
    assert crop("日本日本", 5) == "日本…"


def shown(problem: Problem, width: int | None = None) -> list[str]:
    return [plain(line) for line in problem_lines(problem, width=width)]


def test_an_error_shows_its_place_line_caret_and_hint() -> None:
    place = Place("imagebuild.yaml", 14, 15, "    provider: opnai", 5)
    assert shown(Problem("unknown provider 'opnai'", place, "did you mean 'openai'?")) == [
        "imagebuild.yaml:14:15: unknown provider 'opnai'",
        "   14 |     provider: opnai",
        "      |               ^^^^^",
        "hint: did you mean 'openai'?",
    ]


@pytest.mark.parametrize(
    ("source", "column", "length", "line", "caret"),
    [
        ("\tkey: x", 7, 1, "    key: x", "         ^"),
        ("a\tb", 3, 1, "a   b", "    ^"),
        ("日本: x", 5, 1, "日本: x", "      ^"),
        ("日本: x", 1, 2, "日本: x", "^^^^"),
        ("e\u0301te\u0301: x", 7, 1, "e\u0301te\u0301: x", "    ^"),
        ("a\x1b[31m: x", 9, 1, "a\\x1b[31m: x", "           ^"),
        ("short", 9, 3, "short", "     ^"),
        ("", 1, 1, "", "^"),
    ],
)
def test_the_caret_stands_under_the_place(source: str, column: int, length: int, line: str, caret: str) -> None:
    lines = shown(Problem("m", Place("f", 1, column, source, length)))
    assert [text[8:] for text in lines[1:]] == [line, caret]


def test_a_long_line_is_cropped_about_its_place() -> None:
    place = Place("f", 1, 201, "x" * 200 + "HERE" + "y" * 200, 4)
    _, line, caret = shown(Problem("m", place), width=60)
    assert len(line) <= 60
    assert line[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_all_problems_of_a_spec_are_shown_and_counted() -> None:
    error = SpecError([Problem("one", Place("a.yaml", 1, 1)), Problem("two", Place("b.yaml", 2, 1), "do this")])
    assert [plain(line) for line in spec_error_lines(error)] == [
        "a.yaml:1:1: one",
        "",
        "b.yaml:2:1: two",
        "hint: do this",
        "",
        "2 problems in a.yaml, b.yaml",
    ]


def test_an_error_without_a_place_says_that_it_is_one() -> None:
    assert shown(Problem("first\nsecond", None, "one\ntwo")) == ["error: first", "second", "hint: one", "      two"]


def test_annotations_are_escaped() -> None:
    problem = Problem("100% bad\nline two", Place("a,b:c.yaml", 3, 4), "do\rthis")
    assert annotation(problem, "site") == (
        "::error file=site/a%2Cb%3Ac.yaml,line=3,col=4::100%25 bad%0Aline two%0Ahint: do\\x0dthis"
    )
    assert annotation(Problem("no place")) == "::error::no place"
    assert annotation(Problem("not yet"), level="warning") == "::warning::not yet"


def test_the_summary_shows_text_and_no_markup() -> None:
    text = summary("built <b>1</b> | [x](y)", [], ["a`b.png"])
    assert "&lt;b&gt;" in text
    assert "&#91;x&#93;&#40;y&#41;" in text
    assert "a&#96;b.png" in text
    assert "not there yet" not in text


def test_the_summary_lists_what_is_not_there_yet_and_counts_the_rest() -> None:
    text = summary("sent", [], [], [f"t<{number}>" for number in range(103)])
    assert "<summary>pictures that are not there yet</summary><ul>\n<li><code>t&lt;0&gt;</code></li>" in text
    assert "t&lt;99&gt;</code></li>\n<li>and 3 more</li>\n</ul></details>" in text
    assert "files written" not in text


@pytest.mark.parametrize(
    ("old", "new", "diff"),
    [
        ("a red boat", "a blue boat", "a [-red-] {+blue+} boat"),
        ("a boat", "a boat at sea", "a boat {+at sea+}"),
        ("one two three four five six x", "one two three four five six y", "… three four five six [-x-] {+y+}"),
        ("x a b c d e f g h i y", "z a b c d e f g h i w", "[-x-] {+z+} a b c d … f g h i [-y-] {+w+}"),
    ],
)
def test_word_diff(old: str, new: str, diff: str) -> None:
    assert plain(word_diff(old, new)) == diff
