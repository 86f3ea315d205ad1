"""Two hundred pictures from a service that refuses most calls for their rate; and one refusal among ten pictures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from imagebuild.event import ActionRetried, Event
from imagebuild.project import Project
from imagebuild.report import Report
from imagebuild_devserver import DevServer, Fault

MANY = 200
REJECTED = "Your request was rejected by the safety system"


def write_spec(folder: Path, server: DevServer, prompts: Sequence[str], settings: str) -> None:
    folder.mkdir()
    (folder / "imagebuild.yaml").write_text(
        f"version: 1\nproviders: {{openai: {{profile: openai, base_url: {server.url}, poll: 0.05, {settings}}}}}\n"
        "defaults: {provider: openai}\ntargets:\n"
        + "".join(f'  t{number}: {{prompt: "{prompt}"}}\n' for number, prompt in enumerate(prompts)),
        "utf-8",
    )


def build_many(folder: Path, server: DevServer, settings: str) -> tuple[Report, list[Event]]:
    """A build of two hundred targets, and what it told."""
    root, told = folder / "project", []
    write_spec(root, server, [f"fox number {number}" for number in range(MANY)], settings)
    project = Project.open(root, home=folder / "home", environ={"OPENAI_API_KEY": server.key})
    report = project.build(max_cost=1e6, listen=told.append)
    return report, told


def check_that_each_was_bought_once(report: Report, server: DevServer, folder: Path) -> None:
    assert report.failures == ()
    assert report.exit_code == 0
    assert report.bought == MANY
    assert Counter(entry.prompt for entry in server.ledger) == Counter(f"fox number {n}" for n in range(MANY))
    assert len(list((folder / "project" / "images").iterdir())) == MANY


@pytest.mark.parametrize(("api", "width"), [("images", 50), ("responses", 16)])
def test_two_hundred_targets_all_finish_under_a_low_rate_and_none_is_paid_twice(
    tmp_path: Path, api: str, width: int
) -> None:
    with DevServer(draw="plain", rate=1500, burst=10) as server:
        report, told = build_many(tmp_path, server, f"api: {api}, concurrency: {width}")
        assert any(isinstance(event, ActionRetried) for event in told), "the rate was never too high"
        check_that_each_was_bought_once(report, server, tmp_path)


@pytest.mark.parametrize(("api", "width", "refusals"), [("images", 50, 150), ("responses", 16, 60)])
def test_two_hundred_targets_all_finish_after_a_storm_of_refusals_that_name_no_rate(
    tmp_path: Path, api: str, width: int, refusals: int
) -> None:
    with DevServer(draw="plain") as server:
        server.faults.add(Fault("status", status=429, times=refusals, headers={"retry-after-ms": "20"}))
        report, told = build_many(tmp_path, server, f"api: {api}, concurrency: {width}")
        assert sum(isinstance(event, ActionRetried) for event in told) == refusals
        check_that_each_was_bought_once(report, server, tmp_path)


@pytest.mark.parametrize("api", ["images", "responses"])
def test_a_moderation_refusal_fails_one_target_of_ten_and_nine_are_delivered(tmp_path: Path, api: str) -> None:
    root = tmp_path / "project"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMAGEBUILD_", "GITHUB_"))}
    with DevServer(draw="plain") as server:
        prompts = [f"a fox, number {number}" for number in range(10)]
        write_spec(root, server, prompts, f"api: {api}")
        server.faults.add(Fault("moderation", match="number 4", message=REJECTED, times=None))
        done = subprocess.run(
            [sys.executable, "-m", "imagebuild", "build", "--json", "--max-cost", "100"],
            cwd=root,
            env={**kept, "IMAGEBUILD_HOME": str(tmp_path / "home"), "OPENAI_API_KEY": server.key},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert sorted(entry.prompt for entry in server.ledger) == sorted(set(prompts) - {prompts[4]})
    assert {path.stem for path in (root / "images").iterdir()} == {f"t{number}" for number in range(10)} - {"t4"}
    failed = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "action_failed"]
    assert [event["target"] for event in failed] == ["t4"]
    error = failed[0]["error"]
    assert error["type"] == "RefusedError"
    assert "declined the request" in error["message"], "the stage: what was declined is not the picture"
    assert "violence" in error["message"]
    assert REJECTED in error["message"]
    assert re.fullmatch(r"req_[0-9a-f]{16}", error["request_id"])
