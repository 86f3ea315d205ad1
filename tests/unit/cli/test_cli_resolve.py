"""``imagebuild resolve`` as people call it, and what other commands say of a lock and of how git merges it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lock_lines import approved, line, lines, rerolled, told
from msgspec.structs import replace
from versioned import git

from imagebuild.lockfile import Lock
from imagebuild.lockfile.conflict import ATTRIBUTES
from imagebuild.lockfile.line import LockLine, line_text, lock_text
from imagebuild.store import Store

LOCK = "imagebuild.lock"


def picture(number: int) -> int:
    """A digest that begins with the number, so that a short form shows it."""
    return number << 208


HERO = line("hero", picture(0xA1), provider="openai", model="gpt-image-2.6-sunburst")
LOGO = line("logo", picture(0xB1))
CARD = line("card[season=spring]", picture(0xC1))
FOX = [line("fox", picture(0xD0 + number), candidate=number, picked=number == 1) for number in (1, 2)]


def conflict(ours: list[LockLine], theirs: list[LockLine], common: list[LockLine]) -> str:
    """A lock as git leaves it."""
    return lock_text(
        [
            *map(line_text, common),
            "<<<<<<< HEAD",
            *map(line_text, ours),
            "=======",
            *map(line_text, theirs),
            ">>>>>>> feature",
        ]
    )


OURS = [rerolled(CARD, picture(0xC2)), replace(FOX[0], picked=False), replace(FOX[1], picked=True)]
OURS += [replace(rerolled(HERO, picture(0xA2)), adopted=True, frozen=True)]
THEIRS = [
    rerolled(CARD, picture(0xC3)),
    *FOX,
    replace(rerolled(HERO, picture(0xA3)), cost_usd=None, live=approved(HERO)),
]


@pytest.fixture
def torn(cli: Any) -> Any:
    """A project whose lock has three targets in conflict. The bytes of one of the pictures are in the store."""
    cli.world.write({LOCK: conflict(OURS, THEIRS, [LOGO])})
    return cli


def text(cli: Any) -> str:
    return (cli.world.root / LOCK).read_text("utf-8")


def test_both_sides_of_each_target_are_shown(torn: Any, golden: Callable[[str, str], None]) -> None:
    before = text(torn)
    answer = torn("resolve")
    assert answer.code == 3
    golden("resolve.txt", answer.out + answer.err)
    assert text(torn) == before


def test_what_is_chosen_is_written_and_what_is_dropped_is_said(torn: Any, golden: Callable[[str, str], None]) -> None:
    answer = torn("resolve", "--theirs")
    assert (answer.code, answer.out) == (0, "")
    golden("resolve-theirs.txt", answer.err)
    assert Lock.read(torn.world.root / LOCK).lines == lines(LOGO, *THEIRS)
    answer = torn("resolve", "--ours")
    assert (answer.code, answer.out, answer.err) == (0, "", "imagebuild.lock is in no conflict\n")


def test_targets_are_settled_one_by_one_by_their_names(torn: Any) -> None:
    answer = torn("resolve", "card", "--ours")
    assert answer.code == 3
    assert "error: 2 targets are in conflict: fox, hero\n" in answer.err
    assert torn("build", "-y").code == 3
    assert not torn.world.provider.calls
    assert torn("resolve", "fox", "hero", "--theirs").code == 0
    assert told(Lock.read(torn.world.root / LOCK).lines) == told(lines(LOGO, OURS[0], *THEIRS[1:]))


def test_names_narrow_only_what_is_settled(torn: Any) -> None:
    answer = torn("resolve", "hero")
    assert answer.code == 3
    assert "3 targets are in conflict" in answer.err


def test_a_dry_run_writes_nothing(torn: Any) -> None:
    before = text(torn)
    answer = torn("resolve", "--ours", "-n")
    assert (answer.code, text(torn)) == (0, before)
    assert "3 targets of which the sides differ would be settled" in answer.err
    assert torn("resolve", "hero", "--ours", "--dry-run").code == 3
    assert text(torn) == before


def test_programs_read_the_same(torn: Any) -> None:
    answer = torn("resolve", "hero", "--ours", "--json")
    told = json.loads(answer.out)
    assert answer.code == 3
    assert [each["target"] for each in told["conflicts"]] == ["card[season=spring]", "fox"]
    assert told["conflicts"][1]["what"] == "each side picked another candidate"
    assert [each["picked"] for each in told["conflicts"][1]["ours"]] == [False, True]
    assert told["settled"] == ["hero"]
    assert told["written"] is True
    (dropped,) = told["dropped"]
    assert (dropped["side"], dropped["target"], dropped["cost_usd"], dropped["stored"]) == (
        "theirs",
        "hero",
        None,
        False,
    )


def test_pictures_that_the_store_has_are_marked(cli: Any) -> None:
    with_bytes = Store.originals(cli.world.home)
    digest = with_bytes.objects.put(b"a picture")
    with_bytes.close()
    kept = replace(rerolled(LOGO, 5), digest=digest)
    cli.world.write({LOCK: conflict([kept], [rerolled(LOGO, 6)], [])})
    assert cli("resolve").out.splitlines()[-1].split() == ["in", "the", "store", "yes", "no"]
    answer = cli("resolve", "--theirs")
    assert f"picture {digest[:12]} by recorder, cost $0.04, in the store\n" in answer.err
    assert "'imagebuild history TARGET' lists it" in answer.err


def test_what_only_one_side_changed_needs_no_choice(cli: Any) -> None:
    cli.world.write({LOCK: conflict([HERO], [approved(HERO), LOGO], [])})
    answer = cli("resolve", "-q")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert Lock.read(cli.world.root / LOCK).lines == lines(approved(HERO), LOGO)


def test_a_spec_in_conflict_is_no_hindrance(torn: Any) -> None:
    torn.world.spec("<<<<<<< HEAD\nversion: 1\n=======\n>>>>>>> feature\n")
    assert torn("plan").code == 2
    assert torn("resolve", "--ours").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nope"], "error: 'nope' is not in conflict\nhint: in conflict are: card[season=spring], fox, hero\n"),
        (["--ours", "--theirs"], "error: '--ours' and '--theirs' exclude each other\n"),
    ],
)
def test_what_makes_no_sense_is_said(torn: Any, words: list[str], message: str) -> None:
    before = text(torn)
    answer = torn("resolve", *words)
    assert answer.code == 2
    assert answer.err.startswith(message)
    assert text(torn) == before


def test_without_a_conflict_there_is_nothing_to_do(cli: Any) -> None:
    answer = cli("resolve")
    assert (answer.code, answer.err) == (0, "there is no imagebuild.lock: nothing is in conflict\n")
    Lock(lines(HERO)).write(cli.world.root / LOCK)
    before = text(cli)
    answer = cli("resolve", "--theirs", "--json")
    assert json.loads(answer.out) == {"conflicts": [], "settled": [], "dropped": [], "written": False}
    assert (answer.code, text(cli)) == (0, before)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (conflict([LOGO], [HERO], []).replace('"take": 1', '"take": 0', 1), "imagebuild.lock:3:"),
        (conflict([LOGO], [HERO], []).replace("null]}\n", ""), "the lock is cut off"),
        (
            conflict([LOGO], [HERO], []).replace(">>>>>>> feature\n", ""),
            "imagebuild.lock:4:1: this conflict does not end",
        ),
        (conflict([LOGO], [HERO], []).replace("=======\n", ""), "this marker of a conflict is without the others"),
        (conflict([LOGO, rerolled(LOGO, 5)], [], []), "'logo candidate 1' stands twice on one side"),
        (conflict([LOGO], [HERO], []).replace('"version": 2', '"version": 3'), "unknown lock version 3"),
        (lock_text([line_text(line("logo", number)) for number in (1, 2, 3)]), "stands here for the third time"),
        (lock_text(['["logo",']), "this is no JSON"),
    ],
)
def test_a_lock_that_is_broken_besides_is_refused_with_its_place(cli: Any, broken: str, message: str) -> None:
    cli.world.write({LOCK: broken})
    answer = cli("resolve", "--ours")
    assert answer.code == 3
    assert message in answer.err
    assert "hint: " in answer.err
    assert text(cli) == broken


def test_the_table_keeps_to_a_narrow_terminal(torn: Any) -> None:
    shown = torn("resolve", tty=True, environ={"COLUMNS": "70", "NO_COLOR": "1"}).out
    assert max(map(len, shown.splitlines())) <= 70
    assert "…" in shown


def findings(cli: Any) -> dict[str, dict[str, Any]]:
    told = json.loads(cli("doctor", "--json", "--offline").out)
    return {each["what"]: each for each in told["findings"]}


def test_doctor_says_when_git_is_not_told_how_to_merge_the_lock(cli: Any) -> None:
    Lock(lines(HERO)).write(cli.world.root / LOCK)
    assert "git" not in findings(cli)
    git(cli.world.root, "init", "-q")
    found = findings(cli)
    assert (found["lock"]["state"], found["lock"]["found"]) == ("ok", "1 line")
    assert found["git"]["state"] == "note"
    assert ATTRIBUTES in found["git"]["hint"]
    cli.world.write({".gitattributes": ATTRIBUTES + "\n"})
    assert "git" not in findings(cli)
    cli.world.write({".gitattributes": f"{LOCK} merge=ours\n"})
    assert "git" not in findings(cli)
    cli.world.write({".gitattributes": "*.lock binary\n"})
    assert findings(cli)["git"]["state"] == "note"


def test_doctor_says_nothing_of_a_lock_that_is_not_there(cli: Any) -> None:
    git(cli.world.root, "init", "-q")
    assert not {"git", "lock"} & findings(cli).keys()


def test_doctor_names_the_command_for_a_lock_in_conflict(torn: Any) -> None:
    answer = torn("doctor", "--offline")
    assert answer.code == 1
    assert "imagebuild.lock:3:1: the lock holds a merge conflict: ours (HEAD) in lines 4 to 7" in answer.out
    assert "'imagebuild resolve'" in answer.out


def test_init_tells_git_how_to_merge_the_lock(cli: Any, tmp_path: Path) -> None:
    assert "added imagebuild.lock to .gitattributes\n" in cli("init", "new", folder=tmp_path).err
    assert (
        tmp_path / "new/.gitattributes"
    ).read_text() == "imagebuild.lock text eol=lf merge=union linguist-generated\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("* text=auto", f"* text=auto\n{ATTRIBUTES}\n"),
        (f"# ours\n{ATTRIBUTES}\n", f"# ours\n{ATTRIBUTES}\n"),
        (f"/{LOCK} merge=ours\n", f"/{LOCK} merge=ours\n"),
        (f"{LOCK} -merge\n", f"{LOCK} -merge\n"),
        (f"{LOCK} linguist-generated\n", f"{LOCK} linguist-generated\n{ATTRIBUTES}\n"),
        ("", f"{ATTRIBUTES}\n"),
    ],
)
def test_init_adds_to_gitattributes_what_is_not_said_there(cli: Any, tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / ".gitattributes").write_text(before)
    answer = cli("init", folder=tmp_path)
    assert answer.code == 0
    assert (tmp_path / ".gitattributes").read_text() == after
    assert ("to .gitattributes" in answer.err) == (before != after)
