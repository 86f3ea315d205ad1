"""``imagebuild check``: everything agrees, or what does not and why, with an exit code that says how bad it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from imagebuild import Check, CheckContext, CheckResult, Picture
from imagebuild.testing import World, png

Change = Callable[[World], object]


class Credentials(Check):
    """Fails where a step has touched the picture."""

    name, version = "credentials", "1"

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        assert context.original is not None
        return CheckResult(pictures[0].data == context.original.data, "none of 1 left", "as in the original")


def test_a_finished_project_agrees(cli: Any, chain: World) -> None:
    cli("build", "-y")
    chain.forget()
    answer = cli("check")
    assert (answer.code, answer.out, answer.err) == (0, "", "everything agrees\n")
    assert json.loads(cli("check", "--json").out) == {"faults": []}
    assert not chain.provider.calls


def test_quiet_says_only_what_does_not_agree(cli: Any, chain: World) -> None:
    cli("build", "-y")
    assert cli("-q", "check").err == ""
    chain.edit("imagebuild.yaml", "mark: a", "mark: b")
    assert cli("-q", "check").out.splitlines() == [
        "hero: not up to date: step 2: mark: a -> b",
        "sheet: not up to date: waits for hero (step 2)",
    ]


def test_what_was_never_built_is_told_once_a_target(cli: Any, chain: World) -> None:
    answer = cli("check")
    assert answer.code == 3
    assert answer.out.splitlines() == [
        "hero: not up to date: never made",
        "photo: not up to date: never made",
        "sheet: not up to date: waits for hero (step 2)",
    ]
    assert answer.err.splitlines()[-1] == "3 things do not agree"
    assert not chain.provider.calls
    assert not (chain.root / "images").exists()


ROWS: list[tuple[str, Change, int, str]] = [
    ("a prompt", lambda world: world.edit("imagebuild.yaml", "a lake", "a pond"), 3, "hero: not up to date: prompt: "),
    ("a rule", lambda world: world.edit("imagebuild.yaml", "wider: 1", "wider: 2"), 3, "check wider: than: 1 -> 2"),
    ("a file taken in", lambda world: world.write({"photo.png": png(7, 7)}), 3, "photo: not up to date"),
    ("an output", lambda world: world.write({"images/hero.png": b"mine"}), 3, "'images/hero.png': changed by hand"),
    ("no output", lambda world: (world.root / "images/hero.png").unlink(), 3, "hero: 'images/hero.png': missing"),
    ("no lock", lambda world: (world.root / "imagebuild.lock").unlink(), 0, ""),
    ("a tag", lambda world: world.edit("imagebuild.yaml", "[blog]", "[shop]"), 0, ""),
]


@pytest.mark.parametrize(("change", "code", "told"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_was_changed_since_the_build_is_found(
    cli: Any, chain: World, change: Change, code: int, told: str
) -> None:
    cli("build", "-y")
    change(chain)
    answer = cli("check")
    assert answer.code == code
    assert told in answer.out


def test_a_rule_that_is_broken_outweighs_what_is_stale(cli: Any, chain: World) -> None:
    cli("build", "-y")
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
    assert cli("build", "-y").code == 5
    chain.edit("imagebuild.yaml", "with: {target: photo}", "with: {target: hero}")
    answer = cli("check")
    assert answer.code == 5
    assert "hero: fails the check wider: measured " in answer.out
    assert "sheet: not up to date: waits for hero (check wider)" in answer.out
    assert answer.out.count("hero: ") == 1


def test_faults_as_json_name_target_hint_and_exit_code(cli: Any, chain: World) -> None:
    cli("build", "-y")
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
    cli("build", "-y")
    answer = cli("check", "--json")
    fault, *others = json.loads(answer.out)["faults"]
    assert fault.pop("message").startswith("fails the check wider: measured ")
    assert fault == {"target": "hero", "hint": "change the prompt, a step or the rule, and build", "exit_code": 5}
    assert [each["target"] for each in others] == ["sheet"]
    assert answer.code == 5


def test_only_what_is_named_or_tagged_is_looked_at(cli: Any, chain: World) -> None:
    cli("build", "-y")
    chain.edit("imagebuild.yaml", "mark: a", "mark: b")
    assert cli("check", "photo").code == 0
    assert cli("check", "-t", "blog").code == 3
    assert cli("check", "nothing").code == 2


def test_a_draft_does_not_agree(cli: Any, chain: World) -> None:
    cli("build", "--draft")
    answer = cli("check", "hero")
    assert answer.code == 3
    assert "only a draft exists" in answer.out


def test_in_github_each_fault_stands_on_the_line_of_its_target(cli: Any, chain: World) -> None:
    cli("build", "-y")
    chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
    cli("build", "-y")
    answer = cli("check", environ={"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(chain.root)})
    assert answer.code == 5
    assert "::error file=imagebuild.yaml,line=4,col=3::hero: fails the check wider: measured " in answer.err


@pytest.mark.parametrize(("said", "code"), [("", 5), ("provenance: iptc", 0), ("provenance: none", 0)])
def test_lost_credentials_are_a_fault_unless_the_spec_speaks_of_provenance(
    cli: Any, chain: World, said: str, code: int
) -> None:
    chain.extra = (*chain.extra, Credentials())
    chain.edit("imagebuild.yaml", "version: 1\n", f"version: 1\n{said}\n")
    assert cli("build", "-y").code == 0
    answer = cli("check", "hero")
    assert answer.code == code
    assert ("hero: content credentials were lost: none of 1 left" in answer.out) == (code == 5)
