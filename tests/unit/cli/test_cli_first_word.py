"""The first word that a shell completes is answered as the command line's own library answers it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.shell_completion import get_completion_class

from imagebuild.cli.application import program
from imagebuild.cli.catalog import COMMANDS
from imagebuild.cli.first_word import first_word


def asked(shell: str, word: str) -> dict[str, str]:
    return {"COMP_WORDS": f"imagebuild {word}", "COMP_CWORD": word if shell == "fish" else "1"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("word", ["", "b", "build", "re", "nothing"])
def test_the_answer_is_that_of_the_library(shell: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in asked(shell, word).items():
        monkeypatch.setenv(name, value)
    kind = get_completion_class(shell)
    assert kind is not None
    library = kind(program, {}, "imagebuild", "_IMAGEBUILD_COMPLETE").complete()
    mine = first_word(f"{shell}_complete", asked(shell, word))
    if shell == "fish" and not word:  # fish hands over no second word then
        mine = first_word("fish_complete", {"COMP_WORDS": "imagebuild ", "COMP_CWORD": ""})
    assert mine == library + "\n"
    assert (word == "nothing") == (not library)


@pytest.mark.parametrize(
    ("what", "words", "at"),
    [
        ("bash_complete", "imagebuild build her", "2"),
        ("bash_complete", "imagebuild --ver", "1"),
        ("bash_complete", "imagebuild 'b", "1"),
        ("bash_complete", "imagebuild b", "0"),
        ("bash_complete", "imagebuild b", "much"),
        ("bash_complete", "", ""),
        ("fish_complete", "imagebuild build ", ""),
        ("fish_complete", "imagebuild build", "buil"),
        ("bash_source", "imagebuild b", "1"),
        ("tcsh_complete", "imagebuild b", "1"),
    ],
)
def test_everything_else_is_left_to_the_library(what: str, words: str, at: str) -> None:
    assert first_word(what, {"COMP_WORDS": words, "COMP_CWORD": at}) is None


def test_the_process_answers_without_the_library() -> None:
    code = (
        "import sys; sys.argv = ['imagebuild']; from imagebuild.cli.main import main; main();"
        "sys.exit(sorted({'click', 'imagebuild.cli.application'} & set(sys.modules)) or 0)"
    )
    environ = {"_IMAGEBUILD_COMPLETE": "bash_complete", **asked("bash", "")}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"plain,{name}" for name in COMMANDS]


def test_the_process_completes_later_words_too() -> None:
    code = "import sys; sys.argv = ['imagebuild']; from imagebuild.cli.main import main; main()"
    environ = {"_IMAGEBUILD_COMPLETE": "bash_complete", "COMP_WORDS": "imagebuild build --max", "COMP_CWORD": "2"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert done.stdout == "plain,--max-cost\n"
