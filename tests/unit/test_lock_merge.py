"""Merges of locks: what one side changed wins, what both changed is shown, and nothing paid for goes unsaid."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lock_lines import approved, line, lines, rerolled, told
from msgspec.structs import replace

from imagebuild.errors import LockError
from imagebuild.lockfile import Lock
from imagebuild.lockfile.conflict import conflicted_text
from imagebuild.lockfile.line import LockLine
from imagebuild.lockfile.merge import Lines, merge_locks
from imagebuild.lockfile.reader import read_lines

HERO, LOGO, CARD = line("hero", 1), line("logo", 2), line("card", 3)
FIRST, SECOND, THIRD = (line("hero", 10 + number, candidate=number, picked=number == 1) for number in (1, 2, 3))
EDIT = line("hero", 20, stage=1)


def picked(candidate: int) -> list[LockLine]:
    return [replace(each, picked=each.candidate == candidate) for each in (FIRST, SECOND, THIRD)]


def merged(base: Lines, ours: Lines, theirs: Lines) -> dict[str, str]:
    """The merge, which is clear, and the same from the other side."""
    merge = merge_locks(base, ours, theirs)
    assert merge.conflicts == ()
    assert merge_locks(base, theirs, ours).lines == merge.lines
    return told(merge.lines)


def unclear(base: Lines, ours: Lines, theirs: Lines) -> str:
    """What is in conflict, of one target."""
    merge = merge_locks(base, ours, theirs)
    (conflict,) = merge.conflicts
    assert conflict.ours == tuple(ours[slot] for slot in sorted(ours) if slot[0] == conflict.target)
    assert conflict.theirs == tuple(theirs[slot] for slot in sorted(theirs) if slot[0] == conflict.target)
    assert not [slot for slot in merge.lines if slot[0] == conflict.target]
    return f"{conflict.target}: {conflict.what}"


def test_what_each_side_adds_is_there():
    assert merged(lines(HERO), lines(HERO, LOGO), lines(HERO, CARD)) == {"card": "3*", "hero": "1*", "logo": "2*"}


def test_what_one_side_removed_is_gone_and_what_the_other_changed_meanwhile_stays():
    base = lines(HERO, LOGO)
    assert merged(base, lines(LOGO), base) == {"logo": "2*"}
    assert merged(base, lines(LOGO), lines(rerolled(HERO, 5), LOGO)) == {"hero": "5*", "logo": "2*"}
    assert merged(base, lines(LOGO), lines(approved(HERO), LOGO)) == {"hero": "1*", "logo": "2*"}


def test_what_one_side_made_anew_wins_over_what_the_other_left_as_it_was():
    assert merged(lines(HERO, LOGO), lines(rerolled(HERO, 5), LOGO), lines(HERO, rerolled(LOGO, 6))) == {
        "hero": "5*",
        "logo": "6*",
    }


def test_what_both_made_anew_is_a_conflict():
    base = lines(HERO, LOGO)
    assert unclear(base, lines(rerolled(HERO, 5), LOGO), lines(rerolled(HERO, 6), LOGO)) == (
        "hero: each side has another picture"
    )
    with_edit = lines(HERO, EDIT)
    assert unclear(with_edit, lines(HERO, rerolled(EDIT, 5)), lines(HERO, rerolled(EDIT, 6))) == (
        "hero: each side has another edit 1"
    )
    all_new = [lines(*(rerolled(each, number + each.candidate) for each in picked(1))) for number in (30, 40)]
    assert unclear(lines(*picked(1)), *all_new) == "hero: each side has another candidate 1"


def test_both_sides_that_did_the_same_agree():
    both = lines(rerolled(HERO, 5))
    assert merged(lines(HERO), both, both) == {"hero": "5*"}


def test_a_pick_is_one_choice_of_a_target():
    base = lines(*picked(1))
    assert merged(base, lines(*picked(3)), base) == {"hero": "11", "hero 2": "12", "hero 3": "13*"}
    assert merged(base, lines(*picked(3)), lines(*picked(3))) == {"hero": "11", "hero 2": "12", "hero 3": "13*"}
    assert unclear(base, lines(*picked(2)), lines(*picked(3))) == "hero: each side picked another candidate"


def test_a_pick_and_another_candidate_made_anew_go_together():
    other = lines(FIRST, SECOND, rerolled(THIRD, 7))
    assert merged(lines(*picked(1)), lines(*picked(2)), other) == {"hero": "11", "hero 2": "12*", "hero 3": "7"}


def test_a_pick_of_a_picture_that_the_other_side_made_anew_is_a_conflict():
    other = lines(FIRST, rerolled(SECOND, 7), THIRD)
    assert unclear(lines(*picked(1)), lines(*picked(2)), other) == (
        "hero: one side picked candidate 2, the other has another picture there"
    )


def test_a_picked_candidate_stays_when_the_other_side_removed_it():
    assert merged(lines(*picked(1)), lines(*picked(3)), lines(FIRST)) == {"hero": "11", "hero 3": "13*"}


def test_an_approval_meets_what_was_left_as_it_was():
    merge = merge_locks(lines(HERO, LOGO), lines(approved(HERO), LOGO), lines(HERO, LOGO))
    assert merge.lines == lines(approved(HERO), LOGO)


def test_an_approval_is_not_for_the_picture_that_the_other_side_made_but_keeps_the_old_one_live():
    new = rerolled(HERO, 5)
    for ours, theirs in ((approved(HERO), new), (new, approved(HERO))):
        merge = merge_locks(lines(HERO), lines(ours), lines(theirs))
        (result,) = merge.lines.values()
        assert (result.digest, result.review) == (new.digest, "unreviewed")
        assert result.live is not None
        assert (result.live.digest, result.live.review) == (HERO.digest, "approved")
        assert (merge.conflicts, merge.dropped) == ((), ())


def test_approvals_of_two_pictures_are_a_conflict():
    ours, theirs = lines(approved(HERO)), lines(approved(rerolled(HERO, 5)))
    assert unclear(lines(HERO), ours, theirs) == "hero: each side has another picture"


def test_approved_and_rejected_is_a_conflict():
    rejected = replace(HERO, review="rejected")
    for base in (lines(HERO), {}):
        assert unclear(base, lines(approved(HERO)), lines(rejected)) == (
            "hero: each side has another review of the picture"
        )


def test_without_a_base_a_review_counts_against_none():
    assert merge_locks({}, lines(approved(HERO)), lines(HERO)).lines == lines(approved(HERO))
    assert merge_locks({}, lines(HERO), lines(approved(HERO))).lines == lines(approved(HERO))


def test_a_review_and_a_freeze_of_one_picture_go_together():
    merge = merge_locks(lines(HERO), lines(approved(HERO)), lines(replace(HERO, frozen=True)))
    assert merge.lines == lines(replace(HERO, review="approved", frozen=True))


@pytest.mark.parametrize("change", [lambda before: rerolled(before, 5), approved])
def test_a_new_name_on_one_side_takes_along_what_the_other_side_did(change: Callable[[LockLine], LockLine]):
    named = replace(HERO, target="title")
    merge = merge_locks(lines(HERO, LOGO), lines(named, LOGO), lines(change(HERO), LOGO))
    assert merge.lines == lines(replace(change(HERO), target="title"), LOGO)
    assert merge_locks(lines(HERO, LOGO), lines(change(HERO), LOGO), lines(named, LOGO)).lines == merge.lines


def test_two_new_names_are_two_targets():
    ours, theirs = lines(replace(HERO, target="title")), lines(replace(HERO, target="banner"))
    assert merged(lines(HERO), ours, theirs) == {"banner": "1*", "title": "1*"}


def test_a_new_name_stays_when_the_other_side_removed_the_target():
    named = replace(HERO, target="title")
    assert merged(lines(HERO, LOGO), lines(LOGO), lines(named, LOGO)) == {"logo": "2*", "title": "1*"}


def test_a_name_that_the_other_side_gave_to_something_else_is_no_new_name():
    ours, theirs = lines(replace(HERO, target="title")), lines(rerolled(HERO, 5), line("title", 9))
    merge = merge_locks(lines(HERO), ours, theirs)
    assert told(merge.lines) == {"hero": "5*"}
    assert [each.target for each in merge.conflicts] == ["title"]


def test_without_a_base_a_line_itself_says_what_it_was_made_in_place_of():
    assert merged({}, lines(HERO, LOGO), lines(rerolled(HERO, 5))) == {"hero": "5*", "logo": "2*"}
    back = replace(rerolled(HERO, 5), replaces=HERO.digest)
    assert unclear({}, lines(replace(HERO, replaces=back.digest)), lines(back)) == "hero: each side has another picture"


def test_to_choose_takes_all_lines_of_one_side_and_lists_what_is_dropped():
    base = lines(HERO, EDIT, LOGO)
    ours = lines(rerolled(HERO, 5), rerolled(EDIT, 6), LOGO)
    theirs = lines(HERO, rerolled(EDIT, 7), rerolled(LOGO, 8))
    merge = merge_locks(base, ours, theirs)
    assert told(merge.choose("ours", ["hero"]).lines) == {"hero": "5*", "hero edit 1": "6", "logo": "8*"}
    chosen = merge.choose("theirs", ["hero"])
    assert told(chosen.lines) == {"hero": "1*", "hero edit 1": "7", "logo": "8*"}
    assert chosen.conflicts == ()
    assert [(side, int(each.digest, 16)) for side, each in chosen.dropped] == [("ours", 5), ("ours", 6)]
    assert merge.choose("ours", ["logo"]) == merge


def test_what_is_not_settled_stays_between_markers_and_is_refused():
    base = lines(HERO, LOGO, CARD)
    merge = merge_locks(
        base, lines(rerolled(HERO, 5), rerolled(LOGO, 6), CARD), lines(rerolled(HERO, 7), rerolled(LOGO, 8), CARD)
    )
    text = conflicted_text(merge.choose("theirs", ["logo"]), ("HEAD", "feature"))
    with pytest.raises(LockError, match=r"ours \(HEAD\) in line 4, theirs \(feature\) in line 6"):
        read_lines(text.encode(), "imagebuild.lock")
    assert f'"digest": "{8:064x}"' in text.splitlines()[-2]


PATIENT = settings(deadline=None)
numbers = st.integers(100, 10**6)


@st.composite
def locks(draw: st.DrawFn) -> Lines:
    """Some targets, with candidates and edits."""
    made = []
    for target in draw(st.sets(st.sampled_from("abcdef"))):
        candidates = draw(st.integers(1, 3))
        choice = draw(st.integers(0, candidates))
        made += [
            line(target, draw(numbers), candidate=candidate, picked=candidate == choice)
            for candidate in range(1, candidates + 1)
        ]
        made += [line(target, draw(numbers), stage=stage) for stage in range(1, draw(st.integers(1, 3)))]
    return lines(*made)


def pick(lock: Lines, chosen: LockLine) -> Lines:
    return {
        slot: replace(each, picked=slot == chosen.slot) if (slot[0], slot[1]) == (chosen.target, 0) else each
        for slot, each in lock.items()
    }


@st.composite
def sides(draw: st.DrawFn, base: Lines, *, renames: bool) -> Lines:
    """What a branch makes of a lock."""
    lock = dict(base)
    kinds = ["reroll", "remove", "remove target", "approve", "reject", "pick", "add", *(["rename"] if renames else [])]
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=4)):
        if kind == "add":
            new = line(draw(st.sampled_from("aabbghi")), draw(numbers), stage=draw(st.integers(0, 2)), picked=False)
            lock.setdefault(new.slot, new)
        elif lock:
            one = lock[draw(st.sampled_from(sorted(lock)))]
            if kind == "reroll":
                lock[one.slot] = rerolled(one, draw(numbers))
            elif kind in ("approve", "reject"):
                lock[one.slot] = replace(one, review="approved" if kind == "approve" else "rejected")
            elif kind == "remove":
                del lock[one.slot]
            elif kind == "remove target":
                lock = {slot: each for slot, each in lock.items() if slot[0] != one.target}
            elif kind == "pick" and one.stage == 0:
                lock = dict(pick(lock, one))
            elif kind == "rename" and (name := draw(st.sampled_from("xyz"))) not in {slot[0] for slot in lock}:
                lock = lines(
                    *(replace(each, target=name) if each.target == one.target else each for each in lock.values())
                )
    return lock


@st.composite
def histories(draw: st.DrawFn, *, renames: bool = True) -> tuple[Lines, Lines, Lines]:
    """A lock, and what two branches made of it."""
    base = draw(locks())
    return base, draw(sides(base, renames=renames)), draw(sides(base, renames=renames))


@PATIENT
@given(histories())
def test_a_merge_is_a_lock_whichever_side_is_chosen(history: tuple[Lines, Lines, Lines]):
    merge = merge_locks(*history)
    targets = [each.target for each in merge.conflicts]
    for side in ("ours", "theirs"):
        chosen = merge.choose(side, targets)
        assert chosen.conflicts == ()
        assert read_lines(Lock(chosen.lines).text().encode(), "lock") == chosen.lines
    if targets:
        with pytest.raises(LockError, match="merge conflict"):
            read_lines(conflicted_text(merge, ("", "")).encode(), "lock")


@PATIENT
@given(histories())
def test_a_merge_is_the_same_from_either_side(history: tuple[Lines, Lines, Lines]):
    base, ours, theirs = history
    merge, mirrored = merge_locks(base, ours, theirs), merge_locks(base, theirs, ours)
    assert merge.lines == mirrored.lines
    assert [(each.target, each.ours, each.theirs) for each in merge.conflicts] == [
        (each.target, each.theirs, each.ours) for each in mirrored.conflicts
    ]


@PATIENT
@given(histories())
def test_a_side_that_changed_nothing_gives_way(history: tuple[Lines, Lines, Lines]):
    base, ours, _ = history
    for merge in (merge_locks(base, ours, base), merge_locks(base, base, ours), merge_locks(base, ours, ours)):
        assert (merge.lines, merge.conflicts, merge.dropped) == (ours, (), ())


@PATIENT
@given(histories(renames=False))
def test_no_line_of_one_side_is_lost_that_the_other_did_not_touch(history: tuple[Lines, Lines, Lines]):
    base, ours, theirs = history
    merge = merge_locks(base, ours, theirs)
    unsettled = {each.target for each in merge.conflicts}
    for side, other in ((ours, theirs), (theirs, ours)):
        for slot in side.keys() | base.keys():
            if slot[0] not in unsettled and other.get(slot) == base.get(slot):
                expected, found = side.get(slot), merge.lines.get(slot)
                assert (expected and replace(expected, picked=False)) == (found and replace(found, picked=False))


@PATIENT
@given(histories())
def test_every_new_picture_is_in_the_merge_or_named(history: tuple[Lines, Lines, Lines]):
    base, ours, theirs = history
    merge = merge_locks(base, ours, theirs)
    rest = [each for conflict in merge.conflicts for each in (*conflict.ours, *conflict.theirs)]
    rest += [each for _, each in merge.dropped]
    known = {each.digest for each in (*base.values(), *merge.lines.values(), *rest)}
    known |= {each.live.digest for each in merge.lines.values() if each.live}
    assert {each.digest for each in (*ours.values(), *theirs.values())} <= known


@settings(max_examples=150, deadline=None)
@given(histories())
def test_what_git_merges_cleanly_is_merged_alike(
    tmp_path_factory: pytest.TempPathFactory, history: tuple[Lines, Lines, Lines]
):
    folder = tmp_path_factory.mktemp("merge")
    for name, lock in zip(("base", "ours", "theirs"), history, strict=True):
        Path(folder, name).write_text(Lock(lock).text(), encoding="utf-8")
    answer = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"], cwd=folder, capture_output=True, check=False
    )
    if answer.returncode != 0:
        return
    try:
        by_line = read_lines(answer.stdout, "lock")
    except LockError:  # two picks
        return
    merge = merge_locks(*history)
    assert merge.conflicts == ()
    assert merge.lines == by_line
