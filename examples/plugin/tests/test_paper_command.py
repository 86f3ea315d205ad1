import json
from argparse import ArgumentParser
from pathlib import Path

from imagebuild import CommandContext

from imagebuild_paper.command import PaperSwatch


def run(*arguments: str) -> list[str]:
    parser = ArgumentParser()
    PaperSwatch().configure(parser)
    lines: list[str] = []
    context = CommandContext(Path(), {}, {}, lines.append, lambda text: None)
    assert PaperSwatch().run(parser.parse_args(arguments), context) == 0
    return lines


def test_each_paper_has_a_line() -> None:
    assert "kraft      #cdac80" in run()


def test_the_same_is_there_as_json() -> None:
    (line,) = run("--json")
    assert json.loads(line)["papers"]["kraft"] == "#cdac80"
