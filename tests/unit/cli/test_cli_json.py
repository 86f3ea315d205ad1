"""What programs read: every line is of the published schema, and the schema names every field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imagebuild.artifact import Picture
from imagebuild.cli.published import event_json
from imagebuild.errors import RateLimitError
from imagebuild.event import ActionRetried
from imagebuild.testing import RecordingProvider, World, png

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "schemas"


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return loaded


def strict(value: Any) -> Any:
    """A schema that allows no field it does not name, so that a new field is not forgotten in it."""
    if isinstance(value, Mapping):
        closed = {key: strict(item) for key, item in value.items()}
        if "properties" in closed and closed.get("type") == "object":
            closed["additionalProperties"] = False
        return closed
    return [strict(item) for item in value] if isinstance(value, list) else value


def check(name: str, value: object) -> None:
    jsonschema.validate(value, strict(schema(name)), cls=jsonschema.Draft202012Validator)


def events(out: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        check("build-event", line)
    return lines


def names(lines: list[dict[str, Any]]) -> list[str]:
    return [line["event"] for line in lines]


def test_a_build(cli: Any) -> None:
    answer = cli("build", "--json", "--max-cost", "5")
    lines = events(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert names(lines)[0] == "build_started"
    assert names(lines)[-1] == "build_finished"
    assert lines[0]["cost"] == {"low": 0.12, "high": 0.12, "unknown": 0}
    assert lines[0]["time"].endswith("Z")
    assert set(names(lines)[1:-1]) == {"action_started", "action_finished", "output_written"}
    finished = next(line for line in lines if line["event"] == "action_finished" and line["kind"] == "edit")
    assert (finished["target"], finished["name"], finished["stage"]) == ("hero", "recorder", 1)
    assert (finished["verdict"], finished["cost_usd"], len(finished["digests"])) == ("bought", 0.04, 1)
    assert lines[-1]["exit_code"] == 0


def test_a_build_with_nothing_to_do_starts_no_action(cli: Any) -> None:
    cli("build", "-y")
    assert names(events(cli("build", "--json").out)) == ["build_started", "build_finished"]


def test_a_failed_build_and_partial_pictures(cli: Any) -> None:
    def fail(request: Any, context: Any) -> None:
        context.partial(0, Picture(png(), "image/png"))
        longer_than_a_build_waits = 3600.0
        raise RateLimitError("too many calls", hint="wait", request_id="req_7", retry_after=longer_than_a_build_waits)

    cli.world.provider = RecordingProvider(answer=fail)
    answer = cli("build", "--json", "-y")
    lines = events(answer.out)
    assert answer.code == lines[-1]["exit_code"] == 1
    assert "partial_image" in names(lines)
    error = next(line["error"] for line in lines if line["event"] == "action_failed")
    assert error == {
        "type": "RateLimitError",
        "message": "too many calls",
        "hint": "wait; the service asks to wait 3600 s; build again later",
        "place": None,
        "retryable": True,
        "request_id": "req_7",
        "stage": None,
        "categories": [],
    }
    assert "too many calls" in answer.err


def test_a_call_that_is_made_again_is_an_event() -> None:
    error = RateLimitError("too many calls", request_id="req_7", retry_after=12.3456)
    event = ActionRetried("hero", "generate", "recorder", 0, "k", error, 12.34567, 2)
    line = event_json(event, datetime(2026, 11, 23, tzinfo=UTC))
    check("build-event", line)
    assert (line["event"], line["wait"], line["attempt"]) == ("action_retried", 12.346, 2)
    assert line["error"]["request_id"] == "req_7"  # type: ignore[index, call-overload]  # an object


@pytest.mark.parametrize(
    ("args", "code", "kind"),
    [
        (["build"], 4, "SpendingRefused"),
        (["build", "nothing"], 2, "UsageError"),
        (["build", "-j", "0"], 2, "UsageError"),
        (["build", "--locked"], 3, "LockError"),
        (["plan", "nothing"], 2, "UsageError"),
    ],
)
def test_an_error_before_the_build_is_one_line(cli: Any, args: list[str], code: int, kind: str) -> None:
    answer = cli(*args, "--json")
    (line,) = events(answer.out)
    assert answer.code == line["exit_code"] == code
    assert (line["event"], line["error"]["type"]) == ("error", kind)
    assert answer.err


def test_a_broken_spec_gives_every_problem(cli: Any) -> None:
    cli.world.spec("version: 1\ntargets:\n  a: {prmpt: x}\n  b: {prompt: x, provider: nobody}\n  c: {promt: x}\n")
    (line,) = events(cli("plan", "--json").out)
    assert len(line["problems"]) >= 2
    assert line["problems"][0]["place"] == {"file": "imagebuild.yaml", "line": 3, "column": 7}


def test_a_note_is_an_event(cli: Any) -> None:
    cli("build", "-y")
    cli.world.write({"images/icon.png": b"mine"})
    lines = events(cli("build", "--json", "-y").out)
    assert "notice" in names(lines)


def test_a_plan(cli: Any) -> None:
    plan = json.loads(cli("plan", "--json").out)
    check("plan", plan)
    assert plan["totals"]["buy"] == 1
    assert plan["totals"]["cost"] == {"low": 0.12, "high": 0.12, "unknown": 0}
    assert plan["actions"][0]["reason"] == {"code": "new", "field": None, "detail": "never made"}
    cli("build", "-y")
    check("plan", json.loads(cli("plan", "--json").out))


def test_a_changed_option_names_its_field(cli: Any) -> None:
    cli("build", "-y")
    cli.world.edit("imagebuild.yaml", "provider: recorder}", "provider: recorder, options: {quality: high}}")
    plan = json.loads(cli("plan", "--json").out)
    check("plan", plan)
    reason = {"code": "changed", "field": "quality", "detail": "medium -> high"}
    assert plan["actions"][0]["reason"] == reason
    status = json.loads(cli("status", "--json").out)
    check("status", status)
    assert status["targets"]["hero"]["state"] == "stale"
    assert status["targets"]["hero"]["reasons"][0] == reason


def test_a_status(cli: Any) -> None:
    check("status", json.loads(cli("status", "--json").out))
    cli("build", "-y")
    status = json.loads(cli("status", "--json").out)
    check("status", status)
    assert status["targets"]["hero"] == {
        "state": "fresh",
        "reasons": [],
        "outputs": ["images/hero.png"],
        "review": "unreviewed",
    }
    assert status["targets"]["icon"]["review"] is None


def test_why(cli: Any) -> None:
    cli("build", "-y")
    cli.world.edit("imagebuild.yaml", "a small red boat", "a boat")
    told = json.loads(cli("why", "hero", "--json").out)
    assert told["state"] == "stale"
    assert told["actions"][0]["old_prompt"].endswith("a small red boat and mist over the water")
    assert told["actions"][0]["last"]["cost_usd"] == 0.04


def test_every_kind_of_action_and_a_publisher_are_events(cli: Any, chain: World) -> None:
    lines = events(cli("build", "--json", "-y").out)
    finished = {(line["target"], line["kind"], line["stage"]) for line in lines if line["event"] == "action_finished"}
    assert finished == {
        ("hero", "generate", 0),
        ("hero", "edit", 1),
        ("hero", "step", 2),
        ("hero", "check", 3),
        ("hero", "describe", -1),
        ("photo", "source", 0),
        ("sheet", "source", 0),
        ("sheet", "step", 1),
    }
    (published,) = (line for line in lines if line["event"] == "published")
    assert (published["publisher"], published["location"], published["changed"]) == ("listing", "site/list.json", 1)
    assert lines[-1]["made"] + lines[-1]["bought"] == len(finished)
    assert names(lines)[-2:] == ["published", "build_finished"]


def test_pictures_that_fail_a_check_are_told_by_one_event(cli: Any, chain: World) -> None:
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
    for first in (True, False):
        lines = events(cli("build", "--json", "-y").out)
        about = [line for line in lines if line.get("kind") == "check"]
        assert [line["event"] for line in about] == ["action_started", "action_failed"][0 if first else 1 :]
        error = about[-1]["error"]
        assert error["type"] == "CheckFailed"
        assert error["message"].startswith("'hero' fails the check wider: measured ")
        assert (lines[-1]["failed"], lines[-1]["exit_code"]) == (1, 5)
        done = [line for line in lines if line["event"] == "action_finished" and line["verdict"] == "made"]
        assert lines[-1]["made"] == len(done)


def test_a_plan_a_status_and_an_explanation_of_every_kind(cli: Any, chain: World) -> None:
    check("plan", json.loads(cli("plan", "--json").out))
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
    cli("build", "-y")
    plan = json.loads(cli("plan", "--json").out)
    check("plan", plan)
    by_kind = {(action["target"], action["kind"]): action for action in plan["actions"]}
    failed = by_kind["hero", "check"]
    assert (failed["verdict"], failed["reason"]["code"], failed["reason"]["field"]) == ("blocked", "failed", "wider")
    waiting = by_kind["sheet", "source"]
    reason = {"code": "upstream", "field": "hero (check wider)", "detail": None}
    assert (waiting["verdict"], waiting["reason"]) == ("blocked", reason)
    status = json.loads(cli("status", "--json").out)
    check("status", status)
    assert {name: each["state"] for name, each in status["targets"].items()} == {
        "hero": "stale",
        "photo": "fresh",
        "sheet": "missing",
    }
    told = json.loads(cli("why", "sheet", "--json").out)
    assert [(action["kind"], [each["from"] for each in action["inputs"]]) for action in told["actions"]] == [
        ("source", ["target hero", "photo.png"]),
        ("step", ["target photo"]),
    ]


def test_a_graph_of_every_kind(cli: Any, chain: World) -> None:
    drawn = json.loads(cli("graph", "--format", "json").out)
    named = {node["id"]: (node.get("target"), node["kind"], node.get("path")) for node in drawn["nodes"]}
    edges = {(named[edge["from"]], named[edge["to"]]) for edge in drawn["edges"]}
    hero = {kind: ("hero", kind, None) for kind in ("generate", "edit", "step", "check", "describe")}
    photo, sheet, step = ("photo", "source", None), ("sheet", "source", None), ("sheet", "step", None)
    file = (None, "file", "photo.png")
    assert edges == {
        (hero["generate"], hero["edit"]),
        (hero["edit"], hero["step"]),
        (hero["step"], hero["check"]),
        (hero["edit"], hero["describe"]),
        (hero["step"], sheet),
        (file, sheet),
        (file, photo),
        (sheet, step),
        (photo, step),
    }
