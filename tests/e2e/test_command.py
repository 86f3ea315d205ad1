"""The installed command as a newcomer meets it, with the offline provider and processes of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from imagebuild.media import probe

SPEC = """\
version: 1
defaults: {options: {size: 96x64}}
targets:
  hero:
    prompt: a lighthouse by the sea in {{ season }}
    matrix: {season: [spring, winter]}
    edits: [add a border]
  logo: {prompt: minimal logo of a fox, options: {background: transparent, output_format: webp}}
  card: {prompt: a red car, inputs: [{target: logo}], options: {format: jpeg}}
"""


def run(folder: Path, home: Path, *args: str, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMAGEBUILD_", "GITHUB_"))}
    done = subprocess.run(
        [sys.executable, "-m", "imagebuild", *args],
        cwd=folder,
        env={**kept, "IMAGEBUILD_HOME": str(home), **environ},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def pictures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "images").iterdir())}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "imagebuild.yaml").write_text(SPEC, "utf-8")
    return folder


def test_a_build_makes_the_pictures_and_a_second_one_does_nothing(project: Path, tmp_path: Path) -> None:
    first = events(run(project, tmp_path / "home", "build", "--json"))
    made = pictures(project)
    types = {name: found.media_type for name, data in made.items() if (found := probe(data))}
    assert types == {
        "card.jpg": "image/jpeg",
        "hero-spring.png": "image/png",
        "hero-winter.png": "image/png",
        "logo.webp": "image/webp",
    }
    assert [event["event"] for event in first].count("action_finished") == 6
    second = events(run(project, tmp_path / "home", "build", "--json"))
    assert [event["event"] for event in second] == ["build_started", "build_finished"]
    assert run(project, tmp_path / "home", "build").stderr == "nothing to do (4 pictures are up to date)\n"


def test_a_cleaned_working_tree_comes_back_without_a_provider_call(project: Path, tmp_path: Path) -> None:
    run(project, tmp_path / "home", "build")
    before = pictures(project)
    shutil.rmtree(project / "images")
    shutil.rmtree(project / ".imagebuild")
    again = events(run(project, tmp_path / "home", "build", "--json"))
    assert "action_started" not in [event["event"] for event in again]
    assert pictures(project) == before


def test_the_same_spec_gives_the_same_bytes_elsewhere(project: Path, tmp_path: Path) -> None:
    """Another folder, store, hash seed, locale, time zone and number of workers."""
    run(project, tmp_path / "home", "build", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    other = tmp_path / "somewhere else"
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("images", ".imagebuild"))
    environ = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "VIPS_CONCURRENCY": "4"}
    run(other, tmp_path / "another home", "build", "-j", "1", **environ)
    assert pictures(other) == pictures(project)


WHOLE = (
    SPEC
    + """\
  sheet:
    from: [{target: logo}, {target: card}]
    steps: [{grid: {columns: 2}}, {crop: "1:1"}]
    checks: [{min_size: 10x10}, quiet]
    alt: ""
plugins: [plugins/quiet.py]
publish:
  - folder: public
  - manifest: data/images.json
  - gallery: gallery
"""
)
PLUGIN = """\
import imagebuild


class Quiet(imagebuild.Check):
    '''Passes everything.'''

    name = "quiet"

    def check(self, pictures, context):
        return imagebuild.CheckResult(True, "all", "all")


@imagebuild.hookimpl
def imagebuild_checks():
    return [Quiet()]
"""
LOADED = """
import sys
from imagebuild.cli.main import main
sys.argv = ["imagebuild", "build"]
main()
print(*sys.modules)
"""


@pytest.mark.parametrize("spec", [SPEC, WHOLE], ids=["calls", "steps, checks, publishers and a plugin"])
def test_a_build_with_nothing_to_do_imports_almost_nothing(project: Path, tmp_path: Path, spec: str) -> None:
    (project / "imagebuild.yaml").write_text(spec, "utf-8")
    (project / "plugins").mkdir()
    (project / "plugins/quiet.py").write_text(PLUGIN, "utf-8")
    environ = {**os.environ, "IMAGEBUILD_HOME": str(tmp_path / "home")}
    environ.pop("GITHUB_ACTIONS", None)  # where a build writes a summary, even of nothing
    loaded: set[str] = set()
    for _ in range(50):  # files just written are read again until their times can be trusted
        done = subprocess.run(
            [sys.executable, "-c", LOADED], cwd=project, env=environ, capture_output=True, text=True, check=True
        )
        loaded = set(done.stdout.split())
        if loaded:
            break
        time.sleep(0.1)
    ours = {name for name in loaded if name.partition(".")[0].startswith("imagebuild")}
    assert ours == {"imagebuild", "imagebuild.cli", "imagebuild.cli.main", "imagebuild.stamp", "imagebuild.trust"}
    heavy = {"click", "rich", "yaml", "jinja2", "pluggy", "pyvips", "sqlite3", "filelock", "platformdirs", "openai"}
    assert not loaded & (heavy | {"dataclasses", "logging", "pathlib", "asyncio", "importlib.metadata"})


def test_a_broken_spec_is_told_with_its_place_and_changes_nothing(project: Path, tmp_path: Path) -> None:
    run(project, tmp_path / "home", "build")
    before = pictures(project)
    (project / "imagebuild.yaml").write_text(SPEC.replace("prompt: a red car", "promt: a red car"), "utf-8")
    done = run(project, tmp_path / "home", "build", code=2)
    assert "imagebuild.yaml:9:10: unknown key 'promt'" in done.stderr
    assert "hint: did you mean 'prompt'?" in done.stderr
    assert pictures(project) == before
