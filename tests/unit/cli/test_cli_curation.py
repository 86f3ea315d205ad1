"""The commands that choose among pictures: what they say, what they write, and what they leave to be bought."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from published_schema import checked
from versioned import git

from imagebuild.lockfile import Lock
from imagebuild.testing import World, png

Golden = Callable[[str, str], None]

SPEC = """version: 1
defaults: {provider: recorder}
targets:
  hero: {prompt: a lake at dawn, candidates: 3, steps: [{mark: {mark: a}}]}
  card: {prompt: a card, edits: [make it blue], inputs: [{target: hero}]}
  copy: {from: [{target: hero}], steps: [{mark: {mark: b}}]}
  icon: {prompt: an icon, provider: sketch}
  tree: {prompt: "a tree in {{ season }}", matrix: {season: [spring, autumn]}}
"""


@pytest.fixture
def curated(cli: Any) -> World:
    """The project of these tests, before its first build."""
    cli.world.spec(SPEC)
    return cli.world  # type: ignore[no-any-return]  # the fixture of the folder


@pytest.fixture
def built(cli: Any, curated: World) -> World:
    """The same after its first build."""
    assert cli("build", "-y").code == 0
    return curated.forget()


def commit(world: World) -> None:
    git(world.root, "init", "-q")
    git(world.root, "add", "imagebuild.yaml", "imagebuild.lock")
    git(world.root, "commit", "-q", "-m", "pictures")


def lock(world: World) -> bytes:
    return world.read("imagebuild.lock")


def digest(world: World, *slot: Any) -> str:
    return Lock.read(world.root / "imagebuild.lock").lines[slot].digest


def test_the_candidate_that_is_picked_is_in_its_place_at_once(cli: Any, built: World) -> None:
    before, copy = built.read("images/hero.png"), built.read("images/copy.png")
    answer = cli("pick", "hero", "2")
    assert (answer.code, answer.out) == (0, "")
    assert "hero: candidate 2 of 3 is picked\n" in answer.err
    assert built.read("images/hero.png") != before
    assert built.read("images/copy.png") != copy, "what rests on it costs nothing, and follows"
    assert not built.provider.calls
    assert cli("pick", "hero", "2").err.splitlines()[0] == "hero: candidate 2 of 3 was picked already"


def test_what_a_choice_leaves_to_buy_is_listed_with_price_and_command(cli: Any, built: World) -> None:
    answer = cli("pick", "hero", "3")
    assert answer.code == 0
    (left,) = [line for line in answer.err.splitlines() if line.startswith("left: ")]
    assert left.startswith("left: card: inputs[0]: ")
    assert left.endswith("; 'imagebuild build card' makes it for $0.08")
    assert not built.provider.calls
    assert cli("build", "-y", "card").code == 0
    assert "left: " not in cli("pick", "hero", "3").err


def test_what_only_waits_for_a_purchase_says_for_which(cli: Any, curated: World) -> None:
    curated.edit("imagebuild.yaml", "candidates: 3,", "candidates: 3, edits: [make it warm],")
    cli("build", "-y")
    err = cli("pick", "hero", "2").err
    assert "left: hero (edit 1): parent: " in err
    assert "left: copy: waits for hero (edit 1); 'imagebuild build copy' makes it\n" in err


MISTAKES = [
    ("pick hero 5", 2, "'hero' has candidates 1 to 3, there is no 5"),
    ("pick hero 0", 2, "'hero' has candidates 1 to 3, there is no 0"),
    ("pick hero", 2, "'hero' has candidates 1 to 3, 1 is picked, and no new picture waits"),
    ("pick hero two", 2, "'two' is not a valid integer"),
    ("pick card 2", 2, "'card' has one candidate, there is no 2"),
    ("pick copy", 2, "no call makes the picture of 'copy': there is nothing to pick"),
    ("pick tree 1", 2, "'tree' means 2 pictures\nhint: name one of tree[season=spring], tree[season=autumn]"),
    ("pick hreo 1", 2, "did you mean 'hero'?"),
    ("reroll", 2, "missing argument 'TARGET...'"),
    ("reroll copy -y", 2, "no call makes the picture of 'copy': there is no other attempt"),
    ("reroll card -y --edit 2", 2, "'card' has 1 edit, there is no edit 2"),
    ("reroll hero -y --edit 1", 2, "'hero' has no edits, there is no edit 1"),
    ("reroll hero --max-cost inf", 2, "'--max-cost' wants a number of dollars"),
    ("approve copy", 2, "no call makes the picture of 'copy': there is nothing to review"),
    ("approve hero --alt", 2, "no service writes the alt text of 'hero'\nhint: it stands in the spec, under 'alt'"),
    ("reject hero -c 4", 2, "'hero' has candidates 1 to 3, there is no 4"),
    ("reject card -c 2", 2, "'card' has one candidate, there is no 2"),
    ("adopt hero nothing.png", 2, "nothing.png' cannot be read: no such file"),
    ("adopt hero imagebuild.yaml", 2, "imagebuild.yaml' is no picture"),
    ("adopt hero .", 2, "cannot be read: "),
    ("adopt copy images/hero.png", 2, "the picture of 'copy' is made from files"),
    ("adopt tree images/hero.png", 2, "'tree' means 2 pictures"),
    ("freeze copy", 2, "no call makes the picture of 'copy': there is nothing to freeze"),
    ("restore hero 99", 2, "'hero' has no picture '99'\nhint: it has 3: 'imagebuild history hero' lists them"),
    ("restore hero zzzzzz", 2, "'hero' has no picture 'zzzzzz'"),
    ("restore tree 1", 2, "'tree' means 2 pictures"),
    ("history tree", 2, "'tree' means 2 pictures"),
]


@pytest.mark.parametrize(("line", "code", "message"), MISTAKES, ids=[line for line, _, _ in MISTAKES])
def test_a_mistake_is_told_in_plain_words_and_changes_nothing(
    cli: Any, built: World, line: str, code: int, message: str
) -> None:
    before = lock(built)
    answer = cli(*line.split())
    assert (answer.code, answer.out) == (code, "")
    assert message.lower() in answer.err.lower()
    assert "Traceback" not in answer.err
    assert lock(built) == before
    assert not built.provider.calls


@pytest.mark.parametrize("line", ["pick hero 2", "approve hero", "reject hero", "freeze hero", "reroll hero -y"])
def test_what_was_never_built_is_made_first(cli: Any, curated: World, line: str) -> None:
    answer = cli(*line.split())
    assert answer.code == 3
    assert answer.err.endswith("hint: make it first: 'imagebuild build hero'\n")
    assert not (curated.root / "imagebuild.lock").exists()
    assert not curated.provider.calls


def test_what_is_stale_is_not_approved(cli: Any, built: World) -> None:
    built.edit("imagebuild.yaml", "a lake at dawn", "a lake at noon")
    before = lock(built)
    answer = cli("approve", "card", "hero")
    assert answer.code == 3
    assert "'hero' has no picture for what the spec asks for now" in answer.err
    assert lock(built) == before, "all of the targets or none"


def test_names_of_variants_are_quoted_for_the_shell(cli: Any, built: World) -> None:
    built.edit("imagebuild.yaml", "a tree", "a big tree")
    hint = cli("approve", "tree[season=spring]").err.splitlines()[-1]
    assert hint == "hint: make it first: 'imagebuild build \"tree[season=spring]\"'"


def test_a_reroll_without_a_yes_shows_what_it_would_cost(cli: Any, built: World, golden: Golden) -> None:
    answer = cli("reroll", "card", "--edit", "1")
    assert (answer.code, answer.out) == (4, "")
    golden("reroll-refused.txt", answer.err)
    assert not built.provider.calls


def test_a_dry_run_of_a_reroll_prints_its_plan(cli: Any, built: World) -> None:
    before = lock(built)
    answer = cli("reroll", "hero", "-n")
    assert answer.code == 0
    assert "3 to buy for $0.12" in answer.out
    checked("plan", cli("reroll", "hero", "-n", "--json").out)
    assert lock(built) == before
    assert not built.provider.calls


def test_a_terminal_is_asked_before_a_reroll(cli: Any, built: World) -> None:
    no = cli("reroll", "card", tty=True, stdin="n\n", environ={"NO_COLOR": "1"})
    assert no.code == 4
    assert "Buy 2 pictures for $0.08? [y/N] " in no.err
    assert "hint: the picture stays as it is\n" in no.err
    assert not built.provider.calls
    assert cli("reroll", "card", tty=True, stdin="y\n").code == 0
    assert len(built.provider.calls) == 2


def test_a_reroll_says_how_to_undo_it_and_what_was_bought_before(cli: Any, built: World, golden: Golden) -> None:
    commit(built)
    first = cli("reroll", "card", "--edit", "1", "-y")
    golden("reroll.txt", first.err)
    assert (first.code, len(built.provider.calls)) == (0, 1)
    git(built.root, "checkout", "imagebuild.lock")
    assert cli("build").code == 0
    again = cli("reroll", "card", "--edit", "1")
    assert again.code == 0, "no price, and nobody to ask"
    assert "note: card: this attempt was bought before, and cost nothing now\n" in again.err
    assert len(built.provider.calls) == 1
    third = cli("reroll", "card", "--edit", "1", "--max-cost", "1")
    assert "undo: 'imagebuild history card' lists what was there, " in third.err, "what is not committed is not undone"


def test_a_reroll_that_fails_leaves_the_lock_as_it_was(cli: Any, built: World) -> None:
    before = lock(built)
    built.provider.answer = lambda request, context: b"not a picture"
    answer = cli("reroll", "card", "-y")
    assert answer.code == 1
    assert "undo: " not in answer.err
    assert lock(built) == before


def test_a_free_picture_is_rerolled_and_comes_back(cli: Any, built: World) -> None:
    first = built.read("images/icon.png")
    assert cli("reroll", "icon").code == 0
    second = built.read("images/icon.png")
    assert second != first
    history = json.loads(cli("history", "icon", "--json").out)["pictures"]
    assert [(each["take"], each["standing"]) for each in history] == [(1, None), (2, "live")]
    assert cli("restore", "icon", "1").code == 0
    assert built.read("images/icon.png") == first


def test_a_reroll_for_programs_writes_the_events_of_a_build(cli: Any, built: World) -> None:
    events = [json.loads(line) for line in cli("reroll", "card", "-y", "--json").out.splitlines()]
    assert (events[0]["event"], events[-1]["event"], events[-1]["bought"]) == ("build_started", "build_finished", 2)


def test_a_new_picture_waits_beside_the_approved_one(cli: Any, built: World, golden: Golden) -> None:
    assert cli("approve", "card", "icon").err == "card: approved\nicon: approved\n"
    old = built.read("images/card.png")
    built.edit("imagebuild.yaml", "make it blue", "make it green")
    build = cli("build", "-y")
    assert built.read("images/card.png") == old
    assert len(built.provider.calls) == 1
    texts = {"build": build.err}
    for command in ("plan", "status --all", "why card", "check --reviewed card", "history card"):
        answer = cli(*command.split())
        texts[command] = answer.out + answer.err
    golden("curation-waiting.txt", "\n".join(f"$ imagebuild {name}\n{text}" for name, text in texts.items()))
    assert cli("check").code == 0, "an approved picture is live, and that is asked for"
    assert cli("plan", "--exit-code").code == 0
    assert cli("pick", "card").err == "card: the new picture is live now\nwrote images/card.png\n"
    assert built.read("images/card.png") != old
    assert len(built.provider.calls) == 1


def test_approving_the_new_picture_lets_it_go_live(cli: Any, built: World) -> None:
    cli("approve", "card")
    old = built.read("images/card.png")
    built.edit("imagebuild.yaml", "make it blue", "make it green")
    cli("build", "-y")
    assert cli("approve", "card").err == "card: approved\nwrote images/card.png\n"
    assert built.read("images/card.png") != old
    assert cli("check", "--reviewed", "card").code == 0


def test_rejecting_the_new_picture_keeps_the_approved_one(cli: Any, built: World) -> None:
    cli("approve", "card")
    old = built.read("images/card.png")
    built.edit("imagebuild.yaml", "make it blue", "make it green")
    cli("build", "-y")
    answer = cli("reject", "card")
    assert answer.err == "card: rejected; the approved picture stays: 'imagebuild reroll card' makes one\n"
    assert built.read("images/card.png") == old
    assert "card: was rejected, and is still what is wanted" in cli("check", "card").out
    built.edit("imagebuild.yaml", "make it green", "make it blue")
    cli("build")
    assert cli("check", "--reviewed", "card").code == 0, "the request of the approved one is back"


def test_one_candidate_is_rejected_beside_the_picked_one(cli: Any, built: World) -> None:
    assert cli("reject", "hero", "-c", "2").err == "hero: candidate 2 is rejected\n"
    assert cli("check", "hero").code == 0
    pictures = json.loads(cli("history", "hero", "--json").out)["pictures"]
    assert sorted(each["review"] for each in pictures) == ["rejected", "unreviewed", "unreviewed"]


def test_reviews_are_shown_once_somebody_has_reviewed(cli: Any, built: World) -> None:
    assert cli("status").out == "6 pictures: 6 fresh\n"
    cli("approve", "hero")
    cli("reject", "tree[season=spring]")
    answer = cli("status")
    assert answer.out == (
        "fresh  tree[season=spring]  rejected\n\n6 pictures: 6 fresh; 1 approved, 2 needs review, 1 rejected\n"
    )
    checked("status", cli("status", "--json").out)


def test_check_reviewed_names_what_nobody_has_approved(cli: Any, built: World) -> None:
    cli("approve", "hero", "card", "tree[season=spring]")
    answer = cli("check", "--reviewed")
    assert (answer.code, answer.out) == (3, "tree[season=autumn]: is not approved\n")
    assert "'imagebuild approve \"tree[season=autumn]\"'" in answer.err
    cli("approve", "tree*")
    assert cli("check", "--reviewed").code == 0


def test_alt_texts_are_reviewed_with_their_pictures_or_alone(cli: Any, built: World) -> None:
    built.provider.describes = True
    built.edit("imagebuild.yaml", "a card,", "a card, alt: {generate: true},")
    cli("build", "-y")
    assert cli("approve", "card", "--alt").err == "card: alt text approved, and its picture needs review\n"
    assert cli("approve", "card").code == 0
    assert cli("check", "--reviewed", "card").code == 0
    assert cli("reject", "card", "--alt").err == "card: alt text rejected\n"
    assert cli("check", "card").code == 3


def test_a_file_is_adopted_with_its_steps_and_without_a_call(cli: Any, built: World) -> None:
    built.write({"mine.png": png(9, 9, (200, 1, 1))})
    path = str(built.root / "mine.png")
    answer = cli("adopt", "hero", path)
    assert answer.code == 0
    assert f"hero: takes {path} as its picture\n" in answer.err
    assert built.read("images/hero.png").startswith(built.read("mine.png"))
    assert not built.provider.calls
    assert cli("adopt", "hero", "mine.png").err.splitlines()[0] == "hero: mine.png is its picture already"


def test_an_output_changed_by_hand_is_adopted(cli: Any, built: World) -> None:
    built.write({"images/icon.png": png(9, 9, (200, 1, 1))})
    hint = cli("check", "icon").err
    assert "'imagebuild adopt icon images/icon.png' makes it the picture" in hint
    assert cli("adopt", "icon", "images/icon.png").code == 0
    assert built.read("images/icon.png") == png(9, 9, (200, 1, 1))
    assert cli("check").code == 0
    cli("restore", "icon", "1")
    (adopted,) = [each for each in json.loads(cli("history", "icon", "--json").out)["pictures"] if each["adopted"]]
    assert (adopted["standing"], adopted["in_store"]) == (None, True)
    assert cli("restore", "icon", adopted["digest"][:8]).code == 0
    assert built.read("images/icon.png") == png(9, 9, (200, 1, 1))


def test_an_output_cannot_hold_another_type(cli: Any, built: World) -> None:
    built.edit("imagebuild.yaml", "a card,", "a card, output: img/card.png,")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
    built.write({"mine.svg": svg})
    answer = cli("adopt", "card", "mine.svg")
    assert answer.code == 2
    assert "the output 'img/card.png' of 'card' cannot hold image/svg+xml" in answer.err


def test_a_frozen_picture_stays_until_it_is_let_go(cli: Any, built: World) -> None:
    assert cli("freeze", "card").err == "card: frozen: it stays as it is, whatever changes\n"
    built.edit("imagebuild.yaml", "a card", "a big card")
    assert cli("build").code == 0
    assert cli("status", "card").out.startswith("frozen  card\n")
    refused = cli("reroll", "card", "-y")
    assert (refused.code, refused.err.splitlines()[-1]) == (2, "hint: 'imagebuild freeze --off card' first")
    assert not built.provider.calls
    off = cli("freeze", "--off", "card")
    assert off.code == 0
    assert off.err.splitlines()[0] == "card: not frozen"
    assert "left: card: prompt: 'a card' -> 'a big card'; 'imagebuild build card' makes it for $0.08\n" in off.err
    assert not built.provider.calls


def test_what_the_spec_freezes_is_let_go_there(cli: Any, built: World) -> None:
    built.edit("imagebuild.yaml", "a card,", "a card, frozen: true,")
    assert "the spec says 'frozen: true' for 'card'" in cli("freeze", "--off", "card").err
    assert "hint: take 'frozen: true' out of the spec first\n" in cli("reroll", "card", "-y").err


def test_a_history_with_all_there_is_to_say(cli: Any, built: World, golden: Golden) -> None:
    cli("reroll", "card", "-y", "--edit", "1")
    built.write({"mine.png": png(9, 9, (200, 1, 1))})
    cli("adopt", "card", "mine.png")
    cli("approve", "card")
    gone = digest(built, "hero", 0, 3)
    (kept,) = [path for path in built.home.rglob("*") if path.is_file() and gone in str(path).replace(os.sep, "")]
    kept.unlink()
    golden("history.txt", "".join(cli("history", name).out + "\n" for name in ("hero", "card", "tree[season=spring]")))
    lost = cli("restore", "hero", "3")
    assert lost.code == 3
    assert f"the store no longer has picture 3 of 'hero' ({gone[:12]})" in lost.err
    whole = cli("-v", "history", "card").out
    assert f"    digest {digest(built, 'card', 1, 1)}\n" in whole
    assert "    prompt make it blue\n" in whole
    assert cli("restore", "tree[season=spring]", "1").code == 0, "it is live already"


def test_a_target_without_pictures_has_no_history(cli: Any, curated: World) -> None:
    answer = cli("history", "hero")
    assert (answer.code, answer.out, answer.err) == (0, "", "'hero' has no pictures yet\n")
    assert checked("history", cli("history", "hero", "--json").out) == {"pictures": [], "cost_usd": 0}
    assert "nothing was bought for it yet" in cli("restore", "hero", "1").err


def test_the_pictures_of_a_history_are_saved_to_look_at(cli: Any, built: World) -> None:
    answer = cli("history", "hero", "--save", "seen")
    assert answer.err == "wrote 3 pictures to seen\n"
    saved = sorted(path.name for path in (built.root / "seen").iterdir())
    assert saved == ["hero-1.png", "hero-2.png", "hero-3.png"]
    assert cli("history", "hero", "--save", "seen").code == 0, "the same files again"
    built.write({"seen/hero-2.png": b"mine"})
    refused = cli("history", "hero", "--save", "seen")
    assert refused.code == 2
    assert "hero-2.png' is there already, with other bytes" in refused.err
    assert built.read("seen/hero-2.png") == b"mine"


CHOICES = ["pick hero 2", "approve hero card", "reject hero", "adopt hero mine.png", "freeze card", "restore hero 2"]


@pytest.mark.parametrize("line", CHOICES)
def test_every_choice_says_for_programs_how_things_stand(cli: Any, built: World, line: str) -> None:
    built.write({"mine.png": png(9, 9, (200, 1, 1))})
    answer = cli(*line.split(), "--json")
    assert answer.code == 0
    told = checked("choice", answer.out)
    for name, target in told["targets"].items():
        assert name in line
        assert target["digest"] in {each.digest for each in Lock.read(built.root / "imagebuild.lock").lines.values()}
        assert target["outputs"] == [f"images/{name}.png"]
    checked("history", cli("history", "hero", "--json").out)


def test_a_program_reads_what_is_picked_and_what_waits(cli: Any, built: World) -> None:
    cli("pick", "hero", "3")
    cli("approve", "hero")
    approved = digest(built, "hero", 0, 3)
    built.edit("imagebuild.yaml", "a lake at dawn", "a lake at noon")
    cli("build", "-y", "hero")
    told = checked("choice", cli("reject", "hero", "--json").out)["targets"]["hero"]
    assert (told["picked"], told["review"], told["digest"]) == (3, "rejected", approved)
    assert told["waiting"] == digest(built, "hero", 0, 3) != approved


def test_a_mistake_for_programs_is_one_line(cli: Any, built: World) -> None:
    error = json.loads(cli("pick", "hero", "9", "--json").out)
    assert (error["event"], error["exit_code"]) == ("error", 2)


def test_quiet_choices_say_nothing(cli: Any, built: World) -> None:
    for line in ("pick hero 2", "approve hero", "freeze hero", "reroll card -y"):
        answer = cli("-q", *line.split())
        assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_a_file_that_was_changed_by_hand_is_kept_when_another_candidate_is_picked(cli: Any, built: World) -> None:
    built.write({"images/hero.png": b"changed by hand"})
    answer = cli("pick", "hero", "2")
    assert answer.code == 0
    assert "'images/hero.png' was changed by hand and is kept" in answer.err
    assert "wrote images/copy.png, kept 1 file\n" in answer.err
    assert built.read("images/hero.png") == b"changed by hand"


@pytest.mark.parametrize("width", [70, 90, 110])
def test_the_history_keeps_to_the_width_of_the_terminal(cli: Any, built: World, width: int) -> None:
    shown = cli("history", "hero", tty=True, environ={"COLUMNS": str(width), "NO_COLOR": "1"}).out
    assert max(map(len, shown.splitlines())) <= width
    assert shown.splitlines()[0].startswith("#  when (UTC)")
    assert "candidate 3" in shown
