"""``imagebuild publish``: what it delivers, what it refuses, and what it says in text, JSON and to GitHub."""

from __future__ import annotations

import json
from typing import Any

import pytest
from published_schema import checked

from imagebuild.testing import World

LINES = "listing: nothing to do in site/list.json\nfar: 1 file changed in far/list.json\n"


def test_all_publishers_run_in_order_and_a_second_time_change_nothing(cli: Any, chain: World) -> None:
    built = cli("build", "-y")
    assert "listing: 1 file changed in site/list.json\n" in built.err
    assert "far" not in built.err
    answer = cli("publish")
    assert (answer.code, answer.out, answer.err) == (0, LINES, "")
    assert json.loads(chain.read("far/list.json"))["hero"] == ["images/hero.png"]
    assert cli("publish").out == LINES.replace("1 file changed", "nothing to do")


def test_those_named_run_alone(cli: Any, chain: World) -> None:
    cli("build", "-y")
    assert cli("publish", "far").out == "far: 1 file changed in far/list.json\n"
    assert cli("publish", "listing").out == "listing: nothing to do in site/list.json\n"


def test_a_dry_run_says_what_would_change_and_changes_nothing(cli: Any, chain: World) -> None:
    cli("build", "-y")
    for flag in ("-n", "--dry-run"):
        assert cli("publish", flag).out.splitlines()[1] == "far: would change 1 file in far/list.json"
    assert not (chain.root / "far").exists()


def test_events_as_json_are_of_their_schema(cli: Any, chain: World) -> None:
    cli("build", "-y")
    answer = cli("publish", "--json")
    assert (answer.code, answer.err) == (0, "")
    lines = [checked("build-event", line) for line in answer.out.splitlines()]
    assert [line.pop("time") for line in lines] == ["2026-11-23T10:00:00.000Z"] * 2
    assert lines == [
        {"event": "published", "publisher": "listing", "location": "site/list.json", "changed": 0},
        {"event": "published", "publisher": "far", "location": "far/list.json", "changed": 1},
    ]


def test_quiet_says_nothing_when_all_is_well(cli: Any, chain: World) -> None:
    cli("build", "-y")
    answer = cli("-q", "publish")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert (chain.root / "far/list.json").exists()


@pytest.mark.parametrize(
    ("how", "code", "told"),
    [
        ("nothing", 3, "error: not everything is built\n  hero: never made\n"),
        ("stale", 3, "hero (step 2): mark: a -> b"),
        ("draft", 3, "error: drafts lie at the outputs of hero, sheet\n"),
        ("by hand", 3, "images/hero.png: changed by hand"),
        ("rule", 5, "error: pictures break rules of the spec\n  hero: wider: measured "),
    ],
)
def test_what_is_not_finished_is_not_published(cli: Any, chain: World, how: str, code: int, told: str) -> None:
    if how != "nothing":
        assert cli("build", "--draft" if how == "draft" else "-y").code == 0
    match how:
        case "stale":
            chain.edit("imagebuild.yaml", "mark: a", "mark: b")
        case "by hand":
            chain.write({"images/hero.png": b"mine"})
        case "rule":
            chain.edit("imagebuild.yaml", "wider: 1", "wider: 900")
            assert cli("build", "-y").code == 5
    answer = cli("publish")
    assert answer.code == code
    assert told in answer.err
    assert "nothing was published" in answer.err
    assert not (chain.root / "far").exists()
    line = checked("build-event", cli("publish", "--json").out)
    assert (line["event"], line["exit_code"]) == ("error", code)


def test_a_publisher_that_fails_is_told_with_its_place(cli: Any, chain: World) -> None:
    cli("build", "-y")
    chain.edit("imagebuild.yaml", "far: far/list.json", "far: far/list.txt")
    answer = cli("publish", environ={"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(chain.root)})
    assert answer.code == 1
    assert "'far/list.txt' is no JSON" in answer.err
    assert "hint: let it end with .json" in answer.err
    assert "::error file=imagebuild.yaml,line=15,col=10::" in answer.err


def test_a_build_whose_publisher_fails_ends_with_1_and_keeps_its_pictures(cli: Any, chain: World) -> None:
    chain.edit("imagebuild.yaml", "listing: site/list.json", "listing: site/list.txt")
    answer = cli("build", "-y", environ={"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(chain.root)})
    assert answer.code == 1
    assert "failed: publish\n" in answer.err
    assert "::error file=imagebuild.yaml,line=14,col=14::publish: 'site/list.txt' is no JSON" in answer.err
    assert (chain.root / "images/hero.png").exists()
    chain.edit("imagebuild.yaml", "listing: site/list.txt", "listing: site/list.json").forget()
    assert cli("build").code == 0
    assert not chain.provider.calls


@pytest.mark.parametrize(
    ("spec", "args", "told"),
    [
        ("as it is", ["nearby"], "the spec names no publisher 'nearby'\nhint: this spec has far, listing\n"),
        ("without", [], "the spec names no publishers\nhint: for example: publish: [{folder: {path: public}}]\n"),
        ("without", ["far"], "the spec names no publisher 'far'\nhint: this spec has none\n"),
    ],
)
def test_what_the_spec_does_not_name_cannot_run(cli: Any, chain: World, spec: str, args: list[str], told: str) -> None:
    if spec == "without":
        chain.spec(chain.read("imagebuild.yaml").decode().partition("publish:")[0])
    answer = cli("publish", *args)
    assert (answer.code, answer.out, answer.err) == (2, "", f"error: {told}")
