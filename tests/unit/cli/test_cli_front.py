"""The first page of the help, which is printed without the command line's own library."""

from __future__ import annotations

from textwrap import wrap

import click
import pytest

from imagebuild.cli import front
from imagebuild.cli.application import program
from imagebuild.cli.catalog import COMMANDS, OPTIONS
from imagebuild.cli.front import front_page


def test_the_table_of_options_is_that_of_the_program() -> None:
    ctx = click.Context(program, info_name="imagebuild")
    records = [record for param in program.get_params(ctx) if (record := param.get_help_record(ctx))]
    assert dict(records) == OPTIONS


@pytest.mark.parametrize("width", [None, 200, 100, 80, 60])
def test_the_page_fits_and_has_every_command_in_order(width: int | None) -> None:
    page = front_page(width)
    assert max(map(len, page.splitlines())) <= min(width or 100, 100)
    listed = page.partition("Commands:\n")[2].partition("\n\n")[0]
    names = [line.split()[0] for line in listed.splitlines() if line[2] != " "]
    assert names == list(COMMANDS)
    for text in (*COMMANDS.values(), *OPTIONS.values()):
        assert all(word in page for word in text.split())


def test_a_page_for_a_pipe_is_as_wide_as_the_widest() -> None:
    assert front_page(None) == front_page(100) == front_page(500)


@pytest.mark.parametrize("width", [60, 72, 80, 93, 100])
def test_lines_break_where_the_standard_library_breaks_them(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    page = front_page(width)
    monkeypatch.setattr(front, "_wrapped", lambda text, width: wrap(text, width, break_on_hyphens=False))
    assert front_page(width) == page
