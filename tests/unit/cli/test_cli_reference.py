"""The published pages say what the commands do; the catalogue agrees with them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from imagebuild.cli.application import program
from imagebuild.cli.catalog import COMMANDS
from imagebuild.cli.reference import reference

ROOT = Path(__file__).parents[3]


def test_the_reference_page_is_that_of_the_code() -> None:
    path = ROOT / "docs" / "reference" / "cli.md"
    if os.environ.get("IMAGEBUILD_UPDATE_GOLDEN") == "1":
        path.write_text(reference(), "utf-8", newline="\n")
    assert path.read_text("utf-8") == reference(), "IMAGEBUILD_UPDATE_GOLDEN=1 pytest tests/unit/cli writes it"


def test_the_catalogue_lists_every_command_under_its_name() -> None:
    modules = {path.stem for path in (ROOT / "imagebuild" / "cli" / "command").glob("*.py")} - {"__init__"}
    assert modules == set(COMMANDS)
    context = click.Context(program)
    for name, summary in COMMANDS.items():
        command = program.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
        assert summary.endswith(".")
        assert set(summary.lower().split()) & set(command.help.lower().split())
