"""Watch mode buys beside its builds; whenever its process dies, nothing that was paid for is paid for again."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from imagebuild.lockfile import Lock
from imagebuild.store import Store
from imagebuild_devserver import DevServer

ROUNDS, KILLS, TARGETS = 3, 5, 8

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


def spec(url: str, round_: int) -> str:
    settings = f"profile: openai, base_url: {url}, poll: 0.05, grace: 2.5, concurrency: 3"
    head = f"version: 1\nproviders: {{openai: {{{settings}}}}}\ndefaults: {{provider: openai}}\ntargets:\n"
    names = [f"r{each}-t{number}" for each in range(round_ + 1) for number in range(TARGETS)]
    return head + "".join(f'  {name}: {{prompt: "{name} a fox"}}\n' for name in names)


def test_a_picture_is_paid_for_once_however_often_the_watcher_is_killed(tmp_path: Path) -> None:
    chance = random.Random(20261126)
    root = tmp_path / "project"
    root.mkdir()
    met = 0
    with DevServer(draw="plain", seconds=1.0) as server:
        env = {**os.environ, "IMAGEBUILD_HOME": str(tmp_path / "home"), "OPENAI_API_KEY": server.key}
        command = [sys.executable, "-m", "imagebuild", "watch", "--max-cost", "1000", "--json"]
        for round_ in range(ROUNDS):
            (root / "imagebuild.yaml").write_text(spec(server.url, round_), "utf-8")
            for _ in range(KILLS):
                if server.paid == TARGETS * (round_ + 1):
                    break  # all is bought, and nothing would happen any more
                with subprocess.Popen(
                    command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                ) as watch:
                    assert watch.stdout is not None
                    for line in watch.stdout:
                        if b'"action_started"' in line or b'"build_finished"' in line:
                            break  # from here on something is on its way
                    time.sleep(chance.random())
                    watch.kill()
                store = Store.originals(tmp_path / "home")
                met += bool(store.records.open_intents())
                store.close()
        build = [sys.executable, "-m", "imagebuild", "build", "--max-cost", "1000"]
        for _ in range(2):  # the first may end before what it collects has come
            ended = subprocess.run(build, cwd=root, env=env, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        paid = Counter(entry.prompt.partition(" ")[0] for entry in server.ledger)
    assert met >= ROUNDS
    assert paid == Counter({f"r{round_}-t{number}": 1 for round_ in range(ROUNDS) for number in range(TARGETS)})
    assert len(Lock.read(root / "imagebuild.lock").lines) == ROUNDS * TARGETS
