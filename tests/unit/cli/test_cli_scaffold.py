"""The generator of plugin packages: what it writes works, as it is."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from imagebuild.cli.scaffold import PLUGIN_KINDS, distribution_of, package_of, scaffold
from imagebuild.errors import UsageError


def write(root: Path, texts: dict[str, str]) -> Path:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8", newline="\n")
    return root


def run(*command: str, folder: Path, **environ: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    return answer.stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with a thing of each kind."""
    return write(tmp_path_factory.mktemp("whole") / "package", scaffold("film-grain", PLUGIN_KINDS))


def test_the_tests_of_a_new_package_pass(whole: Path) -> None:
    said = run("pytest", "-q", "-p", "no:cacheprovider", folder=whole)
    assert "passed" in said
    assert "skipped" not in said


def test_a_new_package_is_typed(whole: Path, tmp_path: Path) -> None:
    run("mypy", "--strict", "--cache-dir", str(tmp_path), "imagebuild_film_grain", "tests", folder=whole)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_a_new_package_is_as_ruff_wants_it(whole: Path, command: list[str]) -> None:
    run("ruff", *command, "--isolated", "--no-cache", ".", folder=whole)


def test_a_new_package_can_be_installed_and_its_things_are_found(whole: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "site")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--target", target]
    run("pip", "install", *options, ".", folder=whole)
    code = (
        "from imagebuild.registry import Registry\n"
        "registry = Registry.load()\n"
        "registry.require_sound()\n"
        "(plugin,) = (each for each in registry.plugins() if each.name == 'film-grain')\n"
        "print(plugin.distribution, plugin.version, *plugin.steps, *plugin.providers, *plugin.checks,\n"
        "      *plugin.publishers, *plugin.stores, *plugin.commands)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": target},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["imagebuild-film-grain", "0.1.0", *["film-grain"] * 6]


@pytest.mark.parametrize("kind", PLUGIN_KINDS)
def test_a_package_has_what_was_asked_for_and_nothing_else(kind: str) -> None:
    texts = scaffold("grain", [kind])
    modules = {path for path in texts if path.endswith(".py")}
    assert modules == {
        "imagebuild_grain/__init__.py",
        f"imagebuild_grain/{kind}.py",
        "tests/conftest.py",
        f"tests/test_{kind}.py",
    }
    hooks = [node.name for node in ast.parse(texts["imagebuild_grain/__init__.py"]).body if hasattr(node, "name")]
    assert hooks == [f"imagebuild_{kind}s"]


@pytest.mark.parametrize("kinds", [*combinations(PLUGIN_KINDS, 2), PLUGIN_KINDS], ids="-".join)
def test_every_file_is_whole(kinds: tuple[str, ...]) -> None:
    texts = scaffold("g7", kinds)
    for path, text in texts.items():
        assert "$" not in text or path == "README.md", path
        assert not text or text.endswith("\n"), path
        if path.endswith(".py"):
            ast.parse(text)
    assert yaml.safe_load(texts["README.md"].split("```")[1].removeprefix("yaml"))["targets"]


def test_the_metadata_name_the_package_and_its_entry_point() -> None:
    project = tomllib.loads(scaffold("film-grain", ["step"])["pyproject.toml"])["project"]
    assert project["name"] == "imagebuild-film-grain"
    assert project["dependencies"] == ["imagebuild-ai", "msgspec"]
    assert project["entry-points"] == {"imagebuild": {"film-grain": "imagebuild_film_grain"}}
    assert project["description"] == "A plugin of imagebuild: adds a step"


def test_the_same_name_gives_the_same_files() -> None:
    assert scaffold("grain", ["check", "step"]) == scaffold("grain", ("step", "check", "step"))


def test_names_become_a_distribution_and_a_package() -> None:
    assert (distribution_of("film-grain"), package_of("film-grain")) == (
        "imagebuild-film-grain",
        "imagebuild_film_grain",
    )


@pytest.mark.parametrize(
    "name",
    ["", "-", "-grain", "grain-", "film--grain", "7grain", "grain!", "../grain", "a/b", "grän", "a b", "g\n", "g" * 41],
)
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a plugin"):
        scaffold(name, ["step"])


@pytest.mark.parametrize("name", ["Film-Grain", "film_grain", "imagebuild_film_grain"])
def test_a_name_that_is_nearly_right_gets_a_suggestion(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold(name, ["step"])
    assert str(caught.value.hint).startswith("did you mean 'film-grain'?")


@pytest.mark.parametrize(("name", "words"), [("imagebuild-grain", "begins with"), ("ai", "is imagebuild itself")])
def test_a_name_that_would_be_another_distribution_is_refused(name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        scaffold(name, ["step"])
