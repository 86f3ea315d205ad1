"""``imagebuild watch`` and ``serve`` as they are run: processes, signals, streams."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from imagebuild.cli.serving import DEFAULT_PORT

SPEC = "version: 1\ndefaults: {options: {size: 64x64}}\ntargets:\n  fox: {prompt: a fox}\n"
PATIENCE = 60.0


class Running:
    """A process whose lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._queue: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.said = ""
        streams = ((process.stdout, self._queue.put), (process.stderr, self._say))
        self._threads = [threading.Thread(target=self._pump, args=each, daemon=True) for each in streams]
        for thread in self._threads:
            thread.start()

    def _pump(self, stream: Any, put: Callable[[str], None]) -> None:
        for line in stream:
            put(line)

    def _say(self, line: str) -> None:
        self.said += line

    def event(self, name: str, **fields: object) -> dict[str, Any]:
        """The next event of a name with these fields."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                line = self._queue.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {name} came; {self.lines[-8:]} {self.said}") from None
            self.lines.append(line)
            found = json.loads(line)
            if found["event"] == name and all(found.get(key) == value for key, value in fields.items()):
                return dict(found)

    def until_said(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self.said:
            assert time.monotonic() < end, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.02)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(10)
        return code


@contextmanager
def running(root: Path, *arguments: str, **environ: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "imagebuild", *arguments]
    env = {**os.environ, "IMAGEBUILD_HOME": str(root.parent / "home"), "PYTHONUNBUFFERED": "1", **environ}
    with subprocess.Popen(
        command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "imagebuild.yaml").write_text(SPEC, "utf-8")
    return folder


def save(root: Path, text: str) -> None:
    temporary = root / ".imagebuild.yaml.swp"
    temporary.write_text(text, "utf-8")
    os.replace(temporary, root / "imagebuild.yaml")


def test_a_watching_process_from_its_first_picture_to_ctrl_c(root: Path) -> None:
    with running(root, "watch", "--json") as watch:
        watch.event("watch_started", targets=1)
        watch.event("output_written", target="fox")
        watch.event("build_finished")
        save(root, SPEC.replace("a fox", "a red fox"))
        assert watch.event("changes_seen")["paths"] == ["imagebuild.yaml"]
        watch.event("output_written", target="fox")
        save(root, SPEC.replace("prompt", "promt"))
        broken = watch.event("spec_broken")
        assert "promt" in broken["error"]["message"]
        assert broken["problems"][0]["place"] == {"file": "imagebuild.yaml", "line": 4, "column": 9}
        save(root, SPEC + "  owl: {prompt: an owl}\n")
        watch.event("output_written", target="owl")
        watch.event("spec_mended")
        assert watch.interrupt() == 0
    assert (root / "images/owl.png").exists()


def test_people_read_a_line_for_each_save(root: Path) -> None:
    with running(root, "watch", COLUMNS="100") as watch:
        watch.until_said("watching project, 1 target; Ctrl-C ends it")
        watch.until_said("fox")
        save(root, SPEC.replace("a fox", "a red fox"))
        watch.until_said("imagebuild.yaml: fox in ")
        save(root, SPEC.replace("prompt", "promt"))
        watch.until_said("the pictures stay as they are")
        watch.until_said("did you mean 'prompt'?")
        save(root, SPEC)
        watch.until_said("mended: the spec is right again")
        assert watch.interrupt() == 0
    assert "stopped: 2 actions made\n" in watch.said
    assert "Traceback" not in watch.said


def test_what_would_cost_money_waits_with_its_price(root: Path) -> None:
    (root / "imagebuild.yaml").write_text(
        SPEC + "  car: {prompt: a car, provider: openai, options: {size: 1024x1024}}\n", "utf-8"
    )
    with running(root, "watch", OPENAI_API_KEY="sk-none") as watch:
        watch.until_said("car waits for $")
        watch.until_said("'--max-cost USD' lets it be bought")
        assert watch.interrupt() == 0
    assert (root / "images/fox.png").exists()


def test_the_gallery_serves_until_ctrl_c(root: Path) -> None:
    with running(root, "watch", "--serve", "--json", "--port", "0") as watch:
        address = urlsplit(str(watch.event("serving")["address"]))
        watch.event("output_written", target="fox")
        connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=20)
        connection.request("GET", f"/?{address.query}")
        answer = connection.getresponse()
        answer.read()
        cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        connection.request("GET", "/api/overview", headers={"cookie": cookie})
        overview = json.loads(connection.getresponse().read())
        connection.close()
        assert [card["id"] for card in overview["targets"]] == ["fox"]
        assert overview["watching"] is True
        assert watch.interrupt() == 0


def test_a_usual_port_that_is_taken_is_passed_over(root: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", DEFAULT_PORT))
        except OSError:
            taken.bind(("127.0.0.1", 0))  # somebody else has it: all the better
        taken.listen()
        with running(root, "serve", "--json") as serve:
            port = urlsplit(str(serve.event("serving")["address"])).port
            assert port is not None
            assert port > DEFAULT_PORT
            assert serve.interrupt() == 0


def test_the_gallery_alone_builds_nothing(root: Path) -> None:
    with running(root, "serve", "--port", "0", "--no-open") as serve:
        serve.until_said("the gallery is at http://127.0.0.1:")
        assert serve.interrupt() == 0
    assert not (root / "images").exists()


@pytest.mark.parametrize(
    "arguments", [("serve", "--port", "70000"), ("watch", "--port", "1"), ("watch", "--no-open"), ("watch", "nobody")]
)
def test_what_makes_no_sense_ends_at_once(root: Path, arguments: tuple[str, ...]) -> None:
    with running(root, *arguments) as process:
        assert process.process.wait(PATIENCE) == 2
