"""What an open call means when another service, or the same one much later, is asked."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from imagebuild_devserver import DevServer, Fault

SPEC = """version: 1
providers: {openai: {poll: 0.1, image_model: gpt-image-2.5-sunburst%s}}
defaults: {provider: openai, options: {quality: low}}
targets:
  fox: {prompt: "a fox"}
"""


def _start(folder: Path, home: Path, url: str, *words: str) -> subprocess.Popen[str]:
    environ = {
        **os.environ,
        "IMAGEBUILD_HOME": str(home),
        "IMAGEBUILD_OPENAI_PROFILE": "openai",
        "OPENAI_API_KEY": "dev-key",
        "OPENAI_BASE_URL": url,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "imagebuild", "build", "--max-cost", "1", *words],
        cwd=folder, env=environ, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _kill_once_noted(process: subprocess.Popen[str], home: Path, beginning: str) -> None:
    while process.poll() is None:
        if (home / "records.db").exists():
            with sqlite3.connect(home / "records.db") as database:
                try:
                    noted = database.execute("SELECT response_id FROM intent").fetchall()
                except sqlite3.OperationalError:
                    noted = []
            if any((each or "").startswith(beginning) for (each,) in noted):
                break
        time.sleep(0.02)
    process.kill()
    process.communicate()


def _project(folder: Path, extra: str = "") -> Path:
    folder.mkdir()
    (folder / "imagebuild.yaml").write_text(SPEC % extra)
    return folder


def test_a_call_open_at_one_service_is_not_forgotten_by_another(tmp_path: Path) -> None:
    home, project = tmp_path / "home", _project(tmp_path / "project")
    with DevServer(draw="plain", seconds=1.5) as first, DevServer(draw="plain") as second:
        _kill_once_noted(_start(project, home, first.url), home, "resp_")
        other = _start(project, home, second.url)
        said, _ = other.communicate(timeout=60)
        assert other.returncode == 3, said
        again = _start(project, home, first.url)
        said, _ = again.communicate(timeout=60)
        assert again.returncode == 0, said
        assert (first.paid, second.paid) == (1, 0)


def test_a_slow_picture_whose_connection_broke_is_paid_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    project = _project(tmp_path / "project", ", grace: 1, timeout: 0.5, background: false")
    with DevServer(draw="plain", seconds=4) as server:
        first = _start(project, home, server.url)
        said, _ = first.communicate(timeout=60)
        assert first.returncode == 1, said
        while not server.paid:
            time.sleep(0.05)
        again = _start(project, home, server.url)
        said, _ = again.communicate(timeout=60)
        assert again.returncode == 0, said
        assert server.paid == 1


def test_a_long_retry_after_of_one_call_does_not_hold_up_the_others(tmp_path: Path) -> None:
    home, project = tmp_path / "home", _project(tmp_path / "project", ", concurrency: 1")
    spec = project / "imagebuild.yaml"
    spec.write_text(spec.read_text() + '  owl: {prompt: "an owl"}\n')
    with DevServer(draw="plain") as server:
        server.faults.add(Fault("status", status=429, headers={"retry-after": "86400"}, match="fox"))
        process = _start(project, home, server.url)
        said, _ = process.communicate(timeout=100)
        assert process.returncode == 1, said
