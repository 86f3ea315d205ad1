"""What users install: the wheel has the engine and the plugins, and nothing else."""

from __future__ import annotations

import configparser
import email.message
import email.parser
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import imagebuild

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def info(wheel: zipfile.ZipFile) -> str:
    """The folder of the wheel that holds its metadata."""
    return f"imagebuild_ai-{imagebuild.__version__}.dist-info"


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile, info: str) -> email.message.Message:
    return email.parser.Parser().parsestr(wheel.read(f"{info}/METADATA").decode())


def test_the_wheel_holds_the_engine_and_the_plugins_only(wheel: zipfile.ZipFile, info: str) -> None:
    assert {name.split("/")[0] for name in wheel.namelist()} == {
        "imagebuild",
        "imagebuild_c2pa",
        "imagebuild_devserver",
        "imagebuild_gallery",
        "imagebuild_openai",
        "imagebuild_pixels",
        "imagebuild_publish",
        "imagebuild_sketch",
        info,
    }


def test_every_source_file_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "imagebuild").rglob("*.py")}
    sources |= {path.relative_to(ROOT / "plugins").as_posix() for path in (ROOT / "plugins").rglob("*.py")}
    assert sources <= set(wheel.namelist())


def test_the_wheel_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "imagebuild/py.typed" in wheel.namelist()


def test_no_compiled_or_hidden_file_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if name.endswith(".pyc") or "/." in name] == []


def test_entry_points_name_the_command_and_the_plugins(wheel: zipfile.ZipFile, info: str) -> None:
    points = configparser.ConfigParser()
    points.read_string(wheel.read(f"{info}/entry_points.txt").decode())
    assert dict(points["console_scripts"]) == {"imagebuild": "imagebuild.cli.main:main"}
    assert dict(points["imagebuild"]) == {
        "c2pa": "imagebuild_c2pa",
        "dev-server": "imagebuild_devserver",
        "gallery": "imagebuild_gallery",
        "openai": "imagebuild_openai",
        "pixels": "imagebuild_pixels",
        "publish": "imagebuild_publish",
        "sketch": "imagebuild_sketch",
    }


def test_the_licence_is_in_the_wheel(wheel: zipfile.ZipFile, info: str, metadata: email.message.Message) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    text = wheel.read(f"{info}/licenses/LICENSE").decode()
    assert text.splitlines() == (ROOT / "LICENSE").read_text("utf-8").splitlines()
    assert "Version 2.0, January 2004" in text


def test_the_metadata_is_that_of_this_version(metadata: email.message.Message) -> None:
    assert metadata["Name"] == "imagebuild-ai"
    assert metadata["Version"] == imagebuild.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_what_only_developers_need_is_an_extra(metadata: email.message.Message) -> None:
    required = metadata.get_all("Requires-Dist") or []
    base = {re.split(r"[^\w-]", item)[0] for item in required if "extra ==" not in item}
    services = {"openai", "pyvips", "font-source-sans-pro", "uharfbuzz", "watchdog"}
    assert base == {"click", "filelock", "jinja2", "msgspec", "platformdirs", "pluggy", "pyyaml", "rich"} | services
