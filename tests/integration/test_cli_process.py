"""The command as a process of its own: what it imports, its exit codes, signals, pipes and a service that builds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TEMPLATES = ("minimal", "blog", "docs", "shop", "game")
HEAVY = ("rich", "yaml", "jinja2", "pluggy", "openai", "pyvips", "sqlite3", "filelock", "imagebuild.project")

SMALL = "version: 1\ntargets:\n  a: {prompt: a, options: {size: 32x32}}\n"

UNUSED = {"imagebuild_openai", "imagebuild_pixels", "imagebuild_publish", "importlib.metadata"}
"""What a build of pictures that ``sketch`` draws does not use, and a complete one loads to learn what there is."""

SLOW = """
import sys, time
from imagebuild.cli.application import run
from imagebuild.cli.shell import Shell
from imagebuild.registry import Registry
from imagebuild.testing import Plugin, RecordingProvider

def answer(request, context):
    sys.stdout.write("called\\n")  # in one piece: four threads write
    sys.stdout.flush()
    time.sleep({seconds})

shell = Shell.of_process()
shell.registry = Registry({{"slow": Plugin([RecordingProvider("slow", answer=answer)])}})
code = run(sys.argv[1:], shell)
sys.stdout.flush()
import os
os._exit(code)
"""


def environ(home: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "FORCE_COLOR", "NO_COLOR")
        and not name.startswith("IMAGEBUILD_")
    }
    return {**kept, "IMAGEBUILD_HOME": str(home), "PYTHONUTF8": "1", **more}


def imagebuild(folder: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "imagebuild", *args]
    home = folder / "home-of-the-test"
    return subprocess.run(
        command, cwd=folder, env=environ(home, **more), capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("args", [["--version"], ["--help"], []])
def test_version_and_help_import_nothing_heavy(args: list[str]) -> None:
    heavy = [*HEAVY, "click"]
    code = (
        f"import sys; sys.argv = ['imagebuild', *{args!r}]\n"
        "from imagebuild.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"print('loaded', [name for name in {heavy!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "loaded []"
    assert "imagebuild" in answer.stdout


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_builds_offline_at_once(tmp_path: Path, template: str) -> None:
    assert imagebuild(tmp_path, "init", "--template", template).returncode == 0
    answer = imagebuild(tmp_path, "build", "--offline")
    assert answer.returncode == 0, answer.stderr
    status = json.loads(imagebuild(tmp_path, "status", "--json").stdout)["targets"]
    assert {each["state"] for each in status.values()} == {"fresh"}
    assert all((tmp_path / path).stat().st_size > 1000 for each in status.values() for path in each["outputs"])


def test_a_subfolder_finds_its_project(tmp_path: Path) -> None:
    imagebuild(tmp_path, "init")
    (tmp_path / "below").mkdir()
    assert imagebuild(tmp_path / "below", "plan").returncode == 0
    assert imagebuild(tmp_path, "-C", "below", "plan").returncode == 0


def test_errors_in_github_actions_are_annotated_and_builds_summed_up(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    imagebuild(site, "init")
    github = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    summary = tmp_path / "summary.md"
    assert imagebuild(site, "build", GITHUB_STEP_SUMMARY=str(summary), **github).returncode == 0
    assert "built 1 picture" in summary.read_text("utf-8")
    (site / "imagebuild.yaml").write_text("version: 1\ntargets:\n  hero: {prmpt: x}\n", "utf-8")
    answer = imagebuild(site, "build", **github)
    assert answer.returncode == 2
    assert "::error file=site/imagebuild.yaml,line=3,col=10::unknown key 'prmpt'" in answer.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    imagebuild(tmp_path, "init", "--template", "game")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "imagebuild", "graph"],
            cwd=tmp_path,
            env=environ(tmp_path / "home-of-the-test"),
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writer)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes streams")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["--version", "build", "status"])
def test_a_stream_that_the_caller_closed_is_no_error(tmp_path: Path, command: str, closed: str) -> None:
    (tmp_path / "imagebuild.yaml").write_text(SMALL, "utf-8")
    line = f'"$1" -m imagebuild {command} {closed}'
    answer = subprocess.run(
        ["sh", "-c", line, "sh", sys.executable],
        cwd=tmp_path,
        env=environ(tmp_path / "home-of-the-test"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0
    assert "Traceback" not in answer.stderr
    assert (tmp_path / "images/a.png").exists() == (command == "build")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")
@pytest.mark.parametrize("command", ["status", "build --json", "plan --json"])
def test_output_that_finds_no_room_is_said_in_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "imagebuild.yaml").write_text(SMALL, "utf-8")
    with open("/dev/full", "w", encoding="utf-8") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "imagebuild", *command.split()],
            cwd=tmp_path,
            env=environ(tmp_path / "home-of-the-test"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    assert answer.stderr == "error: the output could not be written: No space left on device\n"
    assert (tmp_path / "images/a.png").exists() == command.startswith("build")


def test_a_terminal_without_unicode_gets_ascii(tmp_path: Path) -> None:
    imagebuild(tmp_path, "init")
    answer = imagebuild(tmp_path, "doctor", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert answer.returncode == 0
    assert answer.stdout.isascii()


def _slow_build(folder: Path, seconds: float) -> subprocess.Popen[str]:
    targets = "".join(f"  t{number}: {{prompt: p{number}}}\n" for number in range(9))
    (folder / "imagebuild.yaml").write_text(f"version: 1\ndefaults: {{provider: slow}}\ntargets:\n{targets}", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(seconds=seconds), "build", "-y"],
        cwd=folder,
        env=environ(folder / "home-of-the-test"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for _ in range(4):  # as many as the provider takes at once
        assert process.stdout.readline() == "called\n"
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a console")
def test_ctrl_c_keeps_the_pictures_in_flight_and_begins_nothing_new(tmp_path: Path) -> None:
    process = _slow_build(tmp_path, 1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert "note: stopping: waiting for 4 calls in flight to keep their pictures (Ctrl-C again to give them up)" in err
    assert "4 bought ($0.16); 4 files written, 5 not begun" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a console")
def test_a_second_ctrl_c_gives_up_at_once(tmp_path: Path) -> None:
    process = _slow_build(tmp_path, 60.0)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert err.endswith("interrupted: what was already bought is kept\n")


def test_a_build_after_an_edit_loads_no_more_than_it_uses(tmp_path: Path) -> None:
    spec = tmp_path / "imagebuild.yaml"
    targets = "".join(f"  t{number}: {{prompt: fox {number}, options: {{size: 64x64}}}}\n" for number in range(20))
    spec.write_text(f"version: 1\ntargets:\n{targets}", "utf-8")
    code = (
        "import sys; sys.argv = ['imagebuild', 'build']; from imagebuild.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"print(sorted({UNUSED!r} & set(sys.modules)))"
    )

    def build(**more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environ(tmp_path / "home-of-the-test", **more),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return done.stdout + done.stderr

    assert str(sorted(UNUSED)) in build()
    deadline = time.monotonic() + 20
    while "nothing to do" not in build():  # until files are old enough to be known by their times
        assert time.monotonic() < deadline
    spec.write_text(spec.read_text("utf-8").replace("fox 7", "fox and hare"), "utf-8")
    said = build()
    assert "[]" in said
    assert "1 made, 19 cached" in said
    assert "nothing to do" in build()
    spec.write_text(spec.read_text("utf-8").replace("fox 8", "fox and owl"), "utf-8")
    assert str(sorted(UNUSED)) in build(PYTHONPATH=str(tmp_path)), "there may be plugins in another place"
