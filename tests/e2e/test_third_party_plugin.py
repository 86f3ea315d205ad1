"""A stranger's plugin, installed from its own folder into an environment of its own, and everything it adds in use."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import site
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from imagebuild.media import probe

ROOT = Path(__file__).parents[2]
THINGS = {
    "providers": ["paper-cut"],
    "steps": ["paper-print"],
    "checks": ["paper-ink"],
    "publishers": ["paper-index"],
    "stores": ["paper-drawer"],
    "commands": ["paper-swatch"],
}


class Shop(Struct, frozen=True):
    """An environment that has the plugin, and a copy of the plugin's folder to work in."""

    python: Path
    folder: Path
    home: Path

    def run(self, *command: str, code: int = 0) -> str:
        """What a module says on standard output when it is run as a program in the folder."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("IMAGEBUILD_", "PYTHON"))}
        for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
            environ.pop(name, None)
        answer = subprocess.run(
            [str(self.python), "-m", *command],
            cwd=self.folder,
            env={**environ, "IMAGEBUILD_HOME": str(self.home), "NO_COLOR": "1", "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert answer.returncode == code, f"{command} ended with {answer.returncode}:\n{answer.stdout}{answer.stderr}"
        return answer.stdout

    def build(self, code: int = 0) -> dict[str, list[dict[str, Any]]]:
        """The events of a build, by their names."""
        events: dict[str, list[dict[str, Any]]] = {}
        for line in self.run("imagebuild", "build", "--json", code=code).splitlines():
            event = json.loads(line)
            events.setdefault(event["event"], []).append(event)
        return events

    def spec(self, old: str, new: str) -> None:
        """Edit the spec."""
        path = self.folder / "imagebuild.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    root = tmp_path_factory.mktemp("shop")
    venv.EnvBuilder(with_pip=False).create(root / "env")
    paths = {"base": str(root / "env"), "platbase": str(root / "env")}
    scheme = "venv" if "venv" in sysconfig.get_scheme_names() else sysconfig.get_default_scheme()
    packages = Path(sysconfig.get_path("purelib", scheme, vars=paths))
    python = Path(sysconfig.get_path("scripts", scheme, vars=paths)) / ("python.exe" if os.name == "nt" else "python")
    # What runs this test is lent to the new environment, with its own .pth files: nothing is downloaded.
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()}
    lines = [f"import site; site.addsitedir({path!r})\n" for path in sorted(lent)]
    (packages / "lent.pth").write_text("".join(lines), "utf-8")
    source = shutil.copytree(
        ROOT / "examples" / "plugin", root / "source", ignore=shutil.ignore_patterns(".*", "__pycache__", "images")
    )
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", *options, "."],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (packages / "imagebuild_paper").is_dir()
    shutil.rmtree(source / "imagebuild_paper")  # so that nothing but what was installed is used
    return Shop(python, source, root / "home")


@pytest.fixture
def shop(installed: Shop, tmp_path: Path) -> Shop:
    """A fresh copy of the project for each test."""
    folder = shutil.copytree(installed.folder, tmp_path / "project")
    return Shop(installed.python, folder, tmp_path / "home")


def test_it_is_listed_with_everything_it_adds(shop: Shop) -> None:
    listed = {each["name"]: each for each in json.loads(shop.run("imagebuild", "plugins", "--json"))["plugins"]}
    paper = listed["paper"]
    assert (paper["distribution"], paper["version"], paper["error"]) == ("imagebuild-paper", "1.0.0", None)
    assert {kind: paper[kind] for kind in THINGS} == THINGS
    assert "paper-swatch: List the papers with their colours." in shop.run("imagebuild", "plugins")


def test_a_build_uses_all_of_it_and_is_then_fresh(shop: Shop) -> None:
    events = shop.build()
    assert {event["name"] for event in events["action_finished"]} >= {"paper-cut", "paper-print", "paper-ink"}
    assert [event["publisher"] for event in events["published"]] == ["paper-index"]
    assert (shop.folder / "images" / "hills.svg").read_bytes().startswith(b"<svg")
    cabin = (shop.folder / "images" / "cabin.webp").read_bytes()
    assert (found := probe(cabin)) is not None
    assert (found.media_type, found.width, found.height) == ("image/webp", 768, 512)
    assert b"digitalsourcetype/algorithmicMedia" in cabin
    rows = list(csv.DictReader(io.StringIO((shop.folder / "data" / "pictures.csv").read_text("utf-8"))))
    assert [(row["id"], row["file"]) for row in rows] == [("cabin", "images/cabin.webp"), ("hills", "images/hills.svg")]
    assert (rows[0]["width"], rows[0]["height"], rows[0]["bytes"]) == ("768", "512", str(len(cabin)))
    again = shop.build()
    assert "action_started" not in again
    assert "output_written" not in again


def test_a_picture_that_its_check_does_not_pass_fails_the_build(shop: Shop) -> None:
    shop.spec("paper-ink: 70", "paper-ink: 20")
    (failed,) = shop.build(code=5)["action_failed"]
    assert failed["name"] == "paper-ink"
    assert "ink 20 or less" in failed["error"]["message"]


def test_what_it_does_not_know_is_an_error_of_the_spec(shop: Shop) -> None:
    shop.spec("paper: kraft", "paper: velvet")
    shop.spec("paper-ink: 70", "paper-ink: much")
    shop.spec("path: data/pictures.csv", "file: data/pictures.csv")
    said = shop.run("imagebuild", "build", "--json", code=2)
    for name in ("paper-print", "paper-ink", "paper-index"):
        assert name in said


def test_another_machine_takes_its_pictures_from_the_store(shop: Shop, tmp_path: Path) -> None:
    drawer = f"drawer://{(tmp_path / 'pictures.drawer').as_posix()}"
    shop.spec("version: 1\n", f'version: 1\nstore: {{remote: "{drawer}", mode: write}}\n')
    other = Shop(shop.python, shutil.copytree(shop.folder, tmp_path / "other project"), tmp_path / "other home")
    assert {"paper-cut", "paper-print"} <= {event["name"] for event in shop.build()["action_started"]}
    assert {event["name"] for event in other.build()["action_started"]} == {"paper-ink"}  # checks are made anew
    for path in ("images/hills.svg", "images/cabin.webp"):
        assert (other.folder / path).read_bytes() == (shop.folder / path).read_bytes()


def test_its_command_runs(shop: Shop) -> None:
    assert json.loads(shop.run("imagebuild", "paper-swatch", "--json"))["papers"]["kraft"] == "#cdac80"


def test_its_own_tests_pass_where_it_is_installed(shop: Shop) -> None:
    said = shop.run("pytest", "-q", "-p", "no:cacheprovider")
    assert " passed" in said
    assert "failed" not in said
