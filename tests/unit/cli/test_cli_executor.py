"""Builds that send batches and collect them, and what providers say to requests, as people and programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_vendor import FIRST, Service, Vendor, send
from msgspec.structs import replace
from published_schema import checked

from imagebuild import Provider, Request, Result

Golden = Callable[[str, str], None]


def test_a_batch_costs_less_in_plan_and_question(cli: Any, service: Service) -> None:
    assert "3 to buy for $0.12\n" in cli("plan").out
    assert "3 to buy for $0.06\n" in cli("plan", "--executor", "batch").out
    assert cli("build", "-n", "--executor", "batch").out == cli("plan", "--executor", "batch").out
    asked = cli("build", "--executor", "batch", tty=True, stdin="n\n", environ={"NO_COLOR": "1"})
    assert "Buy 3 pictures in batches for $0.06? [y/N]" in asked.err
    assert not service.sent


@pytest.mark.parametrize("command", ["plan", "build"])
def test_an_unknown_executor_is_an_error_with_a_suggestion(cli: Any, service: Service, command: str) -> None:
    answer = cli(command, "--executor", "bacth")
    assert answer.code == 2
    assert answer.err == ("error: unknown executor 'bacth'\nhint: did you mean 'batch'? there are local and batch\n")
    assert cli(command, "--executor", "dask").err.endswith("hint: there are local and batch\n")


def test_a_build_sends_and_later_ones_collect(cli: Any, service: Service) -> None:
    first = cli("build", "-y", "--executor", "batch")
    assert first.code == 3
    assert first.err.endswith(
        "sent 2 pictures in batches (up to $0.04); 2 pictures are not there yet: build again to collect them\n"
    )
    again = cli("build", "-y", "--executor", "batch")
    assert (again.code, again.err) == (3, "2 pictures are not there yet: build again to collect them\n")
    service.finish()
    second = cli("build", "-y", "--executor", "batch")
    assert second.code == 3
    collected, wrote, sent, waits = second.err.splitlines()[-1].split("; ")
    assert collected == "collected 2 pictures of earlier builds ($0.04)"
    assert wrote.startswith("wrote 1 file in ")
    assert sent == "sent 1 picture in batches (up to $0.02)"
    assert waits == "1 picture is not there yet: build again to collect it"
    service.finish()
    assert cli("build", "-y").code == 0
    assert cli("plan").out == "nothing to do (2 pictures are up to date)\n"
    assert [len(lines) for lines in service.sent.values()] == [2, 1]


def test_a_build_tells_programs_what_was_sent(cli: Any, service: Service) -> None:
    lines = cli("build", "-y", "--executor", "batch", "--json").out.splitlines()
    last = checked("build-event", lines[-1])
    assert (last["event"], last["sent"], last["waiting"], last["exit_code"]) == ("build_finished", 2, 2, 3)


def test_github_shows_what_is_not_there_yet(cli: Any, service: Service, tmp_path: Path) -> None:
    page = tmp_path / "summary.md"
    answer = cli(
        "build", "-y", "--executor", "batch", environ={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}
    )
    assert "\n::warning::2 pictures are not there yet: build again to collect them\n" in answer.err
    written = page.read_text("utf-8")
    assert "sent 2 pictures in batches" in written
    assert "pictures that are not there yet</summary><ul>\n<li><code>coast</code></li>" in written


def test_a_saved_plan_is_built_by_the_executor_it_was_made_for(cli: Any, service: Service, tmp_path: Path) -> None:
    saved = str(tmp_path / "plan.json")
    assert cli("plan", "--executor", "batch", "-o", saved).code == 0
    assert "leave out --executor" in cli("build", "--plan", saved, "--executor", "local").err
    assert cli("build", "--plan", saved).code == 3
    assert list(service.sent) == [FIRST]


def test_what_is_in_a_batch_reads_well(cli: Any, service: Service, golden: Golden) -> None:
    send(cli)
    golden("plan-batch.txt", cli("plan").out)
    golden("status-batch.txt", cli("status").out)
    golden("why-batch.txt", cli("why", "forest").out)
    assert cli("plan", "--exit-code").code == 3, "a build has something to collect"


NOTE = "model 'paint-1' retires on 2026-12-01"


@pytest.mark.parametrize("args", [["plan"], ["status"], ["why", "forest"], ["build", "-n"]])
def test_what_providers_say_to_requests_is_told_once(cli: Any, service: Service, args: list[str]) -> None:
    cli.world.extra = (Vendor(service, (NOTE,)),)
    answer = cli(*args)
    assert (answer.code, answer.err) == (0, f"note: {NOTE}\n")
    assert NOTE not in answer.out
    machine = cli(*args, "--json")
    assert (machine.err, json.loads(machine.out)["notes"]) == ("", [NOTE])
    assert cli("-q", *args).err == ""


def test_a_saved_plan_keeps_its_notes(cli: Any, service: Service, tmp_path: Path) -> None:
    cli.world.extra = (Vendor(service, (NOTE,)),)
    saved = tmp_path / "plan.json"
    cli("plan", "-o", str(saved))
    assert json.loads(saved.read_text())["notes"] == [NOTE]
    assert cli("build", "--plan", str(saved)).code == 0


def test_a_refused_build_tells_what_providers_say(cli: Any, service: Service) -> None:
    cli.world.extra = (Vendor(service, (NOTE,)),)
    assert cli("build").err.count(NOTE) == 1


class Other(Vendor):
    """Delivers something other than asked for."""

    def generate(self, request: Request, context: Any) -> Result:
        return replace(super().generate(request, context), faults=("asked for 4x4, got 2x2",))


def test_a_picture_other_than_asked_for_reads_well(cli: Any, service: Service) -> None:
    other: Provider = Other(service)
    cli.world.extra = (other,)
    assert cli("build", "-y", "coast").code == 1
    assert "blocked  coast  vendor  differs from what was asked: asked for 4x4, got 2x2\n" in cli("plan", "coast").out
    assert "missing  coast  differs from what was asked: asked for 4x4, got 2x2\n" in cli("status", "coast").out
    said = cli("why", "coast").out
    assert "  differs from what was asked: asked for 4x4, got 2x2; it is kept: 'accept: any' on the target" in said
