"""A saved plan reads back as it was, and a damaged one is refused with what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from imagebuild.cli.plan_file import SavedPlan, read_plan, write_plan
from imagebuild.cost import Cost
from imagebuild.errors import UsageError
from imagebuild.graph import Node
from imagebuild.plan import Plan, PlannedAction, PlannedOutput
from imagebuild.reason import Reason
from imagebuild.testing import World

PLAN = Plan(
    ("hero",),
    (
        PlannedAction(Node("hero", 0, 1, "generate"), "p", "buy", (Reason("new", detail="x"),), Cost(0.1, 0.2), "k"),
        PlannedAction(
            Node("hero", 1, 1, "edit"), "p", "waiting", (Reason("upstream", "hero", detail="y"),), Cost(0, 0, 1)
        ),
    ),
    (PlannedOutput("hero", "images/hero.png", "d", Reason("output", "images/hero.png", detail="missing")),),
)


def test_a_plan_reads_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    saved = SavedPlan(replace(PLAN, notes=("one retires",)), draft=True, executor="batch")
    write_plan(path, saved)
    assert read_plan(path) == saved


def test_a_plan_with_every_kind_of_action_reads_back_and_is_done(cli: Any, chain: World) -> None:
    cli("build", "-y", "photo")
    path = chain.root / "plan.json"
    assert cli("plan", "-o", str(path)).code == 0
    saved = read_plan(path).plan
    assert [action.node.label for action in saved.actions] == [action.node.label for action in chain.plan().actions]
    assert "hero (check wider)" in [action.node.label for action in saved.actions]
    assert cli("build", "--plan", str(path)).code == 0
    assert cli("plan", "--exit-code").code == 0
    again = cli("build", "--plan", str(path))
    assert (again.code, "the saved plan no longer matches" in again.err) == (2, True)


def test_a_plan_with_a_broken_rule_reads_back(cli: Any, chain: World) -> None:
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
    cli("build", "-y")
    path = chain.root / "plan.json"
    cli("plan", "-o", str(path))
    (failed,) = [action for action in read_plan(path).plan.actions if action.node.kind == "check"]
    assert (failed.verdict, failed.reasons[0].code, failed.reasons[0].field) == ("blocked", "failed", "wider")
    assert cli("build", "--plan", str(path)).code == 5


def test_a_plan_of_an_earlier_version_was_made_for_calls(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(path, SavedPlan(PLAN))
    data = json.loads(path.read_text())
    del data["executor"], data["notes"]
    path.write_text(json.dumps(data))
    assert read_plan(path) == SavedPlan(PLAN)


def _damaged(**changes: Any) -> str:
    action = {"target": "a", "kind": "generate", "name": "p", "stage": 0, "candidate": 1, "key": None}
    action |= {"verdict": "buy", "draft": False, "reasons": [], "cost": None}
    data = {"format": "imagebuild-plan", "version": 1, "draft": False, "offline": False, "targets": [], "outputs": []}
    in_action = {name: value for name, value in changes.items() if name in action}
    rest = {name: value for name, value in changes.items() if name not in action}
    return json.dumps({**data, "actions": [{**action, **in_action}], **rest})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the plan is damaged: expecting value"),
        ('{"format": "imagebuild-plan",', "the plan is damaged"),
        ("[]", "is not a plan of imagebuild"),
        ("{}", "is not a plan of imagebuild"),
        (_damaged(version=2), "has version 2"),
        (_damaged(executor="dask"), "is for executor 'dask', which is not known here"),
        (_damaged(notes=[1]), "'notes' holds something other than texts"),
        (_damaged(targets=[1]), "'targets' holds something other than names"),
        (_damaged(actions=[1]), "'kind' is missing"),
        (_damaged(verdict="steal"), "verdict 'steal'"),
        (_damaged(stage="0"), "'stage' is \"0\", which is no int"),
        (_damaged(stage=True), "'stage' is true, which is no int"),
        (_damaged(draft=0), "'draft' is 0, which is no bool"),
        (_damaged(cost={"low": 2, "high": 1, "unknown": 0}), "a cost goes from 2 to 1"),
        (_damaged(cost={"low": 0}), "'high' is missing"),
        (_damaged(cost={"low": float("nan"), "high": 1, "unknown": 0}), "a cost goes from nan to 1"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_damaged_plan_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_plan(path)
    assert message in str(caught.value)
    assert caught.value.hint == "make a new one with 'imagebuild plan -o FILE'"


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError):
        read_plan(path)
