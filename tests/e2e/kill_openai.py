"""Builds a project of the provider openai in forked children and kills each at a random moment; run by
test_kill_openai.py, one report a line.

Arguments: project folder, store folder, base URL, API, lane, number of kills, random seed. All that a build imports is
imported before the first fork, so that the children spend their time on calls.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import random
import signal
import sys
import time
from pathlib import Path

from imagebuild.errors import ImageBuildError
from imagebuild.project import Project
from imagebuild.registry import Registry

TARGETS = 12
IN_FLIGHT = 8
GRACE = 2.5  # seconds; conversations tell their age in whole ones, so this waits for 1.5 at least
PATIENT = 1 / 4  # of the builds of the Responses API may live long enough to find a conversation empty

_LATER = ("openai", "httpx2", "openai.types.responses", "imagebuild_openai.call", "imagebuild_openai.workload", "ssl")


def name_of(lane: int, round_: int, number: int) -> str:
    """A target, which is the first word of its prompt too: no two calls of the whole test ask the same."""
    return f"l{lane}-r{round_}-t{number}"


def spec(url: str, api: str, lane: int, round_: int) -> str:
    names = [name_of(lane, round_, number) for number in range(TARGETS)]
    settings = f"profile: openai, base_url: {url}, poll: 0.03, grace: {GRACE}, concurrency: {IN_FLIGHT}"
    head = f"version: 1\nproviders: {{openai: {{api: {api}, {settings}}}}}\ndefaults: {{provider: openai}}\ntargets:\n"
    return head + "".join(f'  {name}: {{prompt: "{name} a fox"}}\n' for name in names)


def build(root: Path, home: Path, registry: Registry) -> int:
    try:
        project = Project.open(root, home=home, registry=registry, environ={"OPENAI_API_KEY": "dev-key"})
        report = project.build(max_cost=1e6)
    except ImageBuildError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 99
    for failure in report.failures:
        print(failure, file=sys.stderr, flush=True)
    return report.exit_code


def forked(root: Path, home: Path, registry: Registry) -> int:
    pid = os.fork()
    if pid == 0:
        code = 98
        try:
            code = build(root, home, registry)
        finally:
            os._exit(code)
    return pid


def ended_by(pid: int, deadline: float) -> int:
    """The status of the child: its own when it ends before the deadline, else that of being killed."""
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.0005)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main() -> None:
    root, home = Path(sys.argv[1]), Path(sys.argv[2])
    url, api, lane, kills = sys.argv[3], sys.argv[4], int(sys.argv[5]), int(sys.argv[6])
    chance = random.Random(int(sys.argv[7]))
    registry = Registry.load()
    for module in _LATER:
        importlib.import_module(module)
    importlib.import_module("openai").OpenAI(api_key="no-key").close()
    patient = PATIENT if api == "responses" else 0.0
    usual: float | None = None  # seconds that a build takes which finds nothing to collect
    round_ = killed = 0
    is_fresh = True
    while killed < kills:
        (root / "imagebuild.yaml").write_text(spec(url, api, lane, round_), "utf-8")
        began = time.monotonic()
        pid = forked(root, home, registry)
        longest = math.inf if usual is None else 1.1 * usual + (GRACE if chance.random() < patient else 0.0)
        status = ended_by(pid, began + longest * chance.random())
        was_killed = os.WIFSIGNALED(status)
        report = {"pid": pid, "killed": was_killed, "code": os.waitstatus_to_exitcode(status), "round": round_}
        if was_killed:
            killed += 1
        else:
            seconds = time.monotonic() - began
            usual = seconds if usual is None else 0.75 * usual + 0.25 * seconds if is_fresh else usual
            round_ += 1
        is_fresh = not was_killed
        print(json.dumps(report), flush=True)
        sys.stdin.readline()
    for _ in range(2):
        pid = forked(root, home, registry)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps({"pid": pid, "killed": False, "code": code, "round": round_}), flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
