"""Words that a shell completes are answered as the command line's own library answers them."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

import imagebuild.cli
from imagebuild.cli.application import program
from imagebuild.cli.catalog import COMMANDS
from imagebuild.cli.completion import words
from imagebuild.cli.next_word import next_word

SHELLS = ("bash", "zsh", "fish")
ROWS = [line.split("\t") for line in words().splitlines()]
OPTIONS = {row[0]: [each[1:] for each in ROWS if each[0] == row[0] and each[2] != "c"] for row in ROWS}
FAMILIES = {row[0]: [each[1] for each in ROWS if each[0] == row[0] and each[2] == "c"] for row in ROWS if row[2] == "c"}


def asked(shell: str, line: str) -> dict[str, str]:
    """What the script of a shell hands over for a line whose last word is not finished."""
    given = line.split(" ")
    return {"COMP_WORDS": line, "COMP_CWORD": given[-1] if shell == "fish" else str(len(given) - 1)}


def both(shell: str, line: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str | None, str]:
    """Our answer and that of the library."""
    given = asked(shell, line)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    kind = get_completion_class(shell)
    assert kind is not None
    library = kind(program, {}, "imagebuild", "_IMAGEBUILD_COMPLETE").complete()
    return next_word(f"{shell}_complete", given), library + "\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("word", ["", "b", "build", "re", "nothing"])
def test_names_of_commands_are_those_of_the_library(shell: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, library = both(shell, f"imagebuild {word}", monkeypatch)
    assert mine == library
    assert (word == "nothing") == (not library.strip())


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("family", "word"), list(product(FAMILIES, ["", "l", "nothing"])))
def test_names_of_their_commands_are_those_of_the_library(
    shell: str, family: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, library = both(shell, f"imagebuild {family} {word}", monkeypatch)
    assert mine == library


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", OPTIONS)
def test_names_of_options_are_those_of_the_library(shell: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for start in ("-", "--", "--p", "--nothing"):
        mine, library = both(shell, f"imagebuild {command} {start}", monkeypatch)
        assert mine == library
    assert any("--help" in names for names, _, _ in OPTIONS[command])


@pytest.mark.parametrize("command", OPTIONS)
def test_an_option_that_was_given_is_not_offered_again(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for names, marks, _ in OPTIONS[command]:
        name = names.split(" ")[-1]
        given = f"{name} 1" if "v" in marks else name
        for before in (given, f"{given} -q"):
            mine, library = both("bash", f"imagebuild {command} {before} -", monkeypatch)
            assert mine == library or (mine is None and command in FAMILIES)
            assert (f"plain,{name}\n" in library) == ("m" in marks and "h" not in marks)


@pytest.mark.parametrize("line", ["build hero -", "build -t a hero --jobs 2 --tag b --", "store gc --", "why hero --j"])
def test_arguments_stand_between_options(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, library = both("bash", f"imagebuild {line}", monkeypatch)
    assert mine == library
    assert library.strip()


@pytest.mark.parametrize(
    ("what", "words", "at"),
    [
        ("bash_complete", "imagebuild build her", "2"),
        ("bash_complete", "imagebuild build --jobs ", "3"),
        ("bash_complete", "imagebuild build --jobs -", "3"),
        ("bash_complete", "imagebuild build --jobs=", "2"),
        ("bash_complete", "imagebuild build --jobs=2 -", "3"),
        ("bash_complete", "imagebuild build -qv -", "3"),
        ("bash_complete", "imagebuild build --unknown -", "3"),
        ("bash_complete", "imagebuild build -- -", "3"),
        ("bash_complete", "imagebuild store -q gc -", "4"),
        ("bash_complete", "imagebuild store gc more", "3"),
        ("bash_complete", "imagebuild of-a-plugin -", "2"),
        ("bash_complete", "imagebuild -q bu", "2"),
        ("bash_complete", "imagebuild --ver", "1"),
        ("bash_complete", "imagebuild 'b", "1"),
        ("bash_complete", "imagebuild b", "0"),
        ("bash_complete", "imagebuild b", "3"),
        ("bash_complete", "imagebuild b", "much"),
        ("bash_complete", "", ""),
        ("fish_complete", "imagebuild build ", ""),
        ("fish_complete", "imagebuild build", "buil"),
        ("bash_source", "imagebuild b", "1"),
        ("tcsh_complete", "imagebuild b", "1"),
    ],
)
def test_everything_else_is_left_to_the_library(what: str, words: str, at: str) -> None:
    assert next_word(what, {"COMP_WORDS": words, "COMP_CWORD": at}) is None


@pytest.mark.parametrize("line", ["", "store ", "build --max"])
def test_the_process_answers_without_the_library(line: str) -> None:
    code = (
        "import sys; sys.argv = ['imagebuild']; from imagebuild.cli.main import main; main();"
        "sys.exit(sorted({'click', 'pathlib', 'imagebuild.cli.application'} & set(sys.modules)) or 0)"
    )
    environ = {"_IMAGEBUILD_COMPLETE": "bash_complete", **asked("bash", f"imagebuild {line}")}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    names = {"": list(COMMANDS), "store ": FAMILIES["store"], "build --max": ["--max-cost"]}[line]
    assert done.stdout.splitlines() == [f"plain,{name}" for name in names]


def test_the_process_completes_values_too() -> None:
    code = "import sys; sys.argv = ['imagebuild']; from imagebuild.cli.main import main; main()"
    environ = {"_IMAGEBUILD_COMPLETE": "bash_complete", **asked("bash", "imagebuild build --executor b")}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert done.stdout == "plain,batch\n"


def test_the_words_that_are_shipped_are_those_of_the_commands() -> None:
    path = Path(imagebuild.cli.__file__).with_name("options.txt")
    assert path.read_text("utf-8") == words(), "run 'python docs/generate.py'"
