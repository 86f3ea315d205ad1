"""Builds a project in forked children and kills each at a random moment; run by test_kill.py, one report a line.

Arguments: project folder, store folder, ledger file, number of kills, random seed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from imagebuild import Check, CheckContext, CheckResult, Manifest, Picture, Publication, Publisher, PublisherContext
from imagebuild.errors import ImageBuildError
from imagebuild.project import Project
from imagebuild.registry import Registry
from imagebuild.request import ProviderContext, Request
from imagebuild.testing import Plugin, RecordingProvider, RecordingStep

CALL_SECONDS = 0.004


def spec(round_: int) -> str:
    return f"""\
version: 1
vars: {{round: {round_}}}
defaults: {{provider: recorder}}
targets:
  base: {{prompt: "base {{{{ round }}}}"}}
  many:
    prompt: "picture {{{{ n }}}} {{{{ round }}}}"
    matrix: {{n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}
    edits: [make it blue, "add {{{{ n }}}} stripes"]
    steps: [{{mark: {{mark: "{{{{ n }}}}"}}}}]
    checks: [{{marked: {{}}}}]
  twin: {{prompt: "base {{{{ round }}}}"}}
  after: {{prompt: "after {{{{ round }}}}", inputs: [{{target: base}}], candidates: 3}}
  all: {{from: [{{target: many}}, {{target: after}}]}}
publish: [{{copies: {{}}}}]
"""


class Marked(Check):
    """Ends as the step leaves it."""

    name, version = "marked", "1"

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        return CheckResult(pictures[0].data.endswith(b"{}"), "its end", "a mark")


class Copies(Publisher):
    """Copies all pictures into a folder, one file after another."""

    name, version = "copies", "1"

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        changed = 0
        for image in manifest.images.values():
            for variant in image.variants:
                changed += context.place(f"site/{variant.sha256[:12]}.png", variant.sha256)
                time.sleep(CALL_SECONDS / 4)
        return Publication("site", changed + context.clear())


def build(root: Path, home: Path, ledger: Path) -> int:
    """One build whose every call is written to the ledger when it begins and when it is paid."""

    def told(event: str, key: str) -> None:
        fd = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(fd, (json.dumps({"event": event, "key": key, "pid": os.getpid()}) + "\n").encode())
        os.close(fd)

    def answer(request: Request, context: ProviderContext) -> None:
        told("begin", context.key)
        time.sleep(CALL_SECONDS)
        told("paid", context.key)

    plugin = Plugin([RecordingProvider(answer=answer)], [RecordingStep()], [Marked()], [Copies()])
    try:
        project = Project.open(root, home=home, registry=Registry({"testing": plugin}), environ={})
        return project.build(max_cost=1000.0).exit_code
    except ImageBuildError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 99


def main() -> None:
    root, home, ledger = (Path(path) for path in sys.argv[1:4])
    kills, chance = int(sys.argv[4]), random.Random(int(sys.argv[5]))
    round_ = killed = 0
    seconds = 0.3
    while killed < kills:
        (root / "imagebuild.yaml").write_text(spec(round_), "utf-8")
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os._exit(build(root, home, ledger))
        deadline = began + chance.uniform(0, seconds)
        status = 0
        ended = 0
        while not ended and time.monotonic() < deadline:
            ended, status = os.waitpid(pid, os.WNOHANG)
            time.sleep(0.0005)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            killed += 1
        else:
            seconds = 0.75 * seconds + 0.25 * 1.2 * (time.monotonic() - began)
            round_ += 1
        print(
            json.dumps({"pid": pid, "killed": os.WIFSIGNALED(status), "code": os.waitstatus_to_exitcode(status)}),
            flush=True,
        )
        sys.stdin.readline()
    code = 1
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            os._exit(build(root, home, ledger))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps({"pid": 0, "killed": False, "code": code, "rounds": round_}), flush=True)


if __name__ == "__main__":
    main()
