"""``imagebuild plugins``: the table of what is installed, and ``plugins new``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import imagebuild
from imagebuild.cli.scaffold import scaffold
from imagebuild.errors import StoreError

Golden = Callable[[str, str], None]


class Light(imagebuild.Check):
    """Wants pictures to be light."""

    name, version = "light", "1"

    def check(self, pictures: Sequence[imagebuild.Picture], context: imagebuild.CheckContext) -> imagebuild.CheckResult:
        return imagebuild.CheckResult(True, "0", "0")


class Post(imagebuild.Publisher):
    """Posts pictures."""

    name, version = "post", "1"

    def publish(self, manifest: imagebuild.Manifest, context: imagebuild.PublisherContext) -> imagebuild.Publication:
        return imagebuild.Publication("post", 0)


class Attic(imagebuild.RemoteStore):
    """Keeps pictures in the attic."""

    name, version, schemes = "attic", "1", ("loft",)

    def fault(self, address: str) -> str | None:
        return None

    def open(self, address: str, options: Mapping[str, object], environ: Mapping[str, str]) -> imagebuild.Remote:
        raise StoreError("the attic is locked")


class Rules:
    @imagebuild.hookimpl
    def imagebuild_checks(self) -> list[imagebuild.Check]:
        return [Light()]

    @imagebuild.hookimpl
    def imagebuild_publishers(self) -> list[imagebuild.Publisher]:
        return [Post()]

    @imagebuild.hookimpl
    def imagebuild_stores(self) -> list[imagebuild.RemoteStore]:
        return [Attic()]


def test_the_table_has_checks_publishers_and_stores(cli: Any, golden: Golden) -> None:
    cli.plugins["rules"] = Rules()
    golden("plugins-rules.txt", cli("plugins").out)
    listed = {each["name"]: each for each in json.loads(cli("plugins", "--json").out)["plugins"]}
    assert [listed["rules"][kind] for kind in ("checks", "publishers", "stores")] == [["light"], ["post"], ["attic"]]
    assert set(listed["testing"]) == {
        "name",
        "distribution",
        "version",
        "providers",
        "steps",
        "checks",
        "publishers",
        "stores",
        "commands",
        "viewers",
        "error",
    }


def test_the_help_of_new(cli: Any, golden: Golden) -> None:
    answer = cli("plugins", "new", "--help")
    assert answer.code == 0
    golden("help/plugins-new.txt", answer.out)


def test_new_writes_a_package_and_says_what_comes_next(cli: Any, tmp_path: Path) -> None:
    answer = cli("plugins", "new", "grain", folder=tmp_path)
    assert (answer.code, answer.out) == (0, "")
    root = tmp_path / "imagebuild-grain"
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    assert {name: path.read_text("utf-8") for name, path in found.items()} == scaffold("grain", ["step"])
    assert "wrote imagebuild-grain/imagebuild_grain/step.py\n" in answer.err
    assert answer.err.endswith('next: cd imagebuild-grain && pip install -e ".[dev]" && pytest\n')


def test_new_takes_several_kinds_and_is_quiet_when_asked(cli: Any, tmp_path: Path) -> None:
    answer = cli("plugins", "new", "grain", "--kind", "check", "--kind", "command", "-q", folder=tmp_path)
    assert (answer.code, answer.err) == (0, "")
    assert {path.name for path in (tmp_path / "imagebuild-grain" / "imagebuild_grain").glob("*.py")} == {
        "__init__.py",
        "check.py",
        "command.py",
    }


def test_new_never_writes_into_what_is_there(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "imagebuild-grain").mkdir()
    answer = cli("plugins", "new", "grain", folder=tmp_path)
    assert answer.code == 2
    assert answer.err.startswith("error: 'imagebuild-grain' is there already")
    assert list((tmp_path / "imagebuild-grain").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mark"], "there is a step 'mark' already"),
        (["sketch", "--kind", "provider"], "there is a provider 'sketch' already"),
        (["build", "--kind", "command"], "there is a command 'build' already"),
        (["publish", "--kind", "command"], "there is a command 'publish' already"),
        (["Grain"], "'Grain' cannot be the name of a plugin"),
        (["grain", "--kind", "filter"], "invalid value for '--kind'"),
        ([], "missing argument 'NAME'"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_new_refuses_what_would_not_work(cli: Any, tmp_path: Path, arguments: list[str], words: str) -> None:
    answer = cli("plugins", "new", *arguments, folder=tmp_path)
    assert answer.code == 2
    assert words in answer.err
    assert list(tmp_path.glob("imagebuild-*")) == []


@pytest.mark.parametrize(("name", "taken"), [("attic", True), ("loft", True), ("garage", False)])
def test_new_refuses_a_store_whose_name_or_scheme_is_taken(cli: Any, tmp_path: Path, name: str, taken: bool) -> None:
    cli.plugins["rules"] = Rules()
    answer = cli("plugins", "new", name, "--kind", "store", folder=tmp_path)
    assert answer.code == (2 if taken else 0)
    assert (f"there is a store '{name}' already" in answer.err) == taken
    assert (tmp_path / f"imagebuild-{name}").exists() != taken


def test_new_says_so_when_a_folder_cannot_be_written(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = cli("plugins", "new", "grain", folder=tmp_path / "file")
    assert answer.code == 2
    assert "cannot be written to" in answer.err


def test_a_misspelt_command_of_plugins_gets_a_suggestion(cli: Any) -> None:
    answer = cli("plugins", "nwe")
    assert answer.code == 2
    assert "hint: did you mean 'new'?" in answer.err
