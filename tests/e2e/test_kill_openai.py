"""What was sent to the service is collected and not bought again, whenever the process dies."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kill_openai import IN_FLIGHT, TARGETS, name_of
from msgspec import Struct, field

from imagebuild.lockfile import Lock
from imagebuild.store.store import Store
from imagebuild_devserver import DevServer

KILLS = 200
LANES = 4  # projects side by side, so that one works while another waits for an answer
SEED = 20261123
SECONDS = 0.08

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")


class Lane(Struct):
    """One project with a store of its own, and what its kills met.

    ``open`` counts the kills that left calls open, of whichever process, and ``calling`` those of a process that had
    begun some itself, ``met`` the same by target. ``paid`` counts the kills after which a picture was paid for and not
    recorded.
    """

    number: int
    root: Path
    home: Path
    server: DevServer
    kills: int = 0
    open: int = 0
    calling: int = 0
    paid: int = 0
    rounds: int = 0
    met: Counter[str] = field(default_factory=Counter)
    maybe_paid: Counter[str] = field(default_factory=Counter)

    @property
    def targets(self) -> list[str]:
        return [name_of(self.number, round_, each) for round_ in range(self.rounds + 1) for each in range(TARGETS)]

    def run(self, api: str) -> None:
        self.root.mkdir()
        script = Path(__file__).with_name("kill_openai.py")
        arguments = (self.root, self.home, self.server.url, api, self.number, KILLS // LANES, SEED + self.number)
        command = [sys.executable, str(script), *map(str, arguments)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            for report in reports(process):
                self.look(report)
        assert process.returncode == 0

    def look(self, report: dict[str, int]) -> None:
        """See what the process that just ended has left; nothing runs in this lane meanwhile."""
        self.rounds = report["round"]
        store = Store.originals(self.home)
        left = store.records.open_intents()
        recorded = prompts_of(store)
        store.close()
        own = [intent.target for intent in left if intent.pid == report["pid"]]
        assert len(own) <= IN_FLIGHT
        if report["killed"]:
            self.kills += 1
            self.open += bool(left)
            self.calling += bool(own)
            self.paid += bool(self.paid_targets() - recorded.keys())
            self.met.update(own)
        else:
            assert report["code"] == 0
            assert left == []
        Lock.read(self.root / "imagebuild.lock")

    def paid_targets(self) -> set[str]:
        return {entry.prompt.split()[0] for entry in self.server.ledger} & {*self.targets}

    def check_that_all_is_there(self) -> None:
        store = Store.originals(self.home)
        records = [store.lookup(key) for key in store.records.keys()]  # noqa: SIM118 - a method of ours, not a dict's
        assert all(record and store.read(record.artifacts[0]) for record in records)
        assert prompts_of(store) == Counter(self.targets)
        self.maybe_paid.update(intent.target for intent in store.records.maybe_paid())
        store.close()
        assert {path.stem for path in (self.root / "images").iterdir()} == set(self.targets)


def prompts_of(store: Store) -> Counter[str]:
    """The first word of the prompt of each picture that is recorded, which is its target."""
    records = store.records.get_many(store.records.keys()).values()
    return Counter(str(record.parts["prompt"]).split()[0] for record in records)


def reports(process: subprocess.Popen[str]) -> Iterator[dict[str, int]]:
    """Each report, and then a line back, so that the store is looked at while nothing runs."""
    assert process.stdout is not None
    assert process.stdin is not None
    for line in process.stdout:
        yield json.loads(line)
        process.stdin.write("\n")
        process.stdin.flush()


def killed_builds(server: DevServer, folder: Path, api: str) -> list[Lane]:
    lanes = [Lane(number, folder / f"project{number}", folder / f"home{number}", server) for number in range(LANES)]
    with ThreadPoolExecutor(LANES) as threads:
        list(threads.map(lambda lane: lane.run(api), lanes))
    for lane in lanes:
        lane.check_that_all_is_there()
    kills, still_open, calling, paid = (
        sum(getattr(lane, name) for lane in lanes) for name in ("kills", "open", "calling", "paid")
    )
    print(f"seed {SEED}: {kills} kills in {sum(lane.rounds for lane in lanes)} rounds of {TARGETS} targets;")
    print(
        f"{still_open} left calls open, {calling} of them the killed process's own; {paid} left a paid picture behind"
    )
    assert kills == KILLS
    assert still_open >= KILLS / 2, "too few kills met a call"
    assert calling >= KILLS / 4, "too few kills met a call that the process had made itself"
    assert paid >= KILLS / 4, "too few kills met a call that was paid"
    return lanes


def calls(server: DevServer) -> Counter[str]:
    """How often each picture was paid for, once the server has finished what killed processes had sent."""
    sent = [seen for seen in server.requests if seen.method == "POST" and "conversations" not in seen.path]
    asked = [seen for seen in sent if isinstance(seen.body, dict)]  # what is cut off by a kill is no request
    until = time.monotonic() + 10
    while server.paid < len(asked) and time.monotonic() < until:
        time.sleep(0.01)
    assert server.paid == len(asked)
    return Counter(entry.prompt.split()[0] for entry in server.ledger)


def test_two_hundred_kills_of_a_responses_build_buy_nothing_twice(tmp_path: Path) -> None:
    with DevServer(draw="plain", seconds=SECONDS) as server:
        lanes = killed_builds(server, tmp_path, "responses")
        paid = calls(server)
    assert paid == Counter(target for lane in lanes for target in lane.targets)


def test_two_hundred_kills_of_an_images_build_buy_again_only_what_was_in_flight(tmp_path: Path) -> None:
    with DevServer(draw="plain", seconds=SECONDS) as server:
        lanes = killed_builds(server, tmp_path, "images")
        paid = calls(server)
    for lane in lanes:
        again = Counter({target: paid[target] - 1 for target in lane.targets})
        print(f"lane {lane.number}: {again.total()} bought again, {lane.met.total()} in flight at the kills")
        assert min(again.values()) == 0
        assert again <= lane.met
        assert again <= lane.maybe_paid
        assert lane.maybe_paid == lane.met, (
            "each call in flight at a kill stands in the ledger of maybe-paid calls once"
        )
    assert paid.total() > len(paid), "the kills never met a call that was paid"
