"""What became of each picture between two locks, and what that is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from imagebuild.comparison.change import Change, FileChange
from imagebuild.comparison.compare import compare
from imagebuild.digest import Json, digest_bytes
from imagebuild.lockfile import Lock, LockLine
from imagebuild.target import ALT_STAGE


def named(text: str) -> str:
    return digest_bytes(text.encode())


def line(target: str = "hero", stage: int = 0, candidate: int = 1, *, made: str = "a", **other: Any) -> LockLine:
    given: dict[str, Any] = {
        "key": named(f"key of {made}"),
        "take": 1,
        "digest": named(made),
        "media_type": "image/png",
        "picked": candidate == 1,
        "review": "unreviewed",
        "provider": "openai",
        "time": "2026-11-23T10:00:00Z",
        "model": "m-1",
        "options": {"quality": "low"},
        "cost_usd": 0.04,
    }
    return LockLine(target=target, stage=stage, candidate=candidate, **{**given, **other})


def text(value: str, **other: Any) -> LockLine:
    return line(stage=ALT_STAGE, made=value, text=value, media_type="text/plain", cost_usd=0.001, **other)


def lock(*lines: LockLine) -> Lock:
    return Lock().with_lines(lines)


def only(before: Lock, after: Lock, **given: Any) -> Change:
    (change,) = compare(before, after, **given).changes
    return change


def told(change: Change) -> list[str]:
    return [str(reason) for reason in change.reasons]


def test_equal_locks_have_no_changes() -> None:
    same = lock(line(), line("card", made="b"))
    comparison = compare(same, same)
    assert (comparison.changes, comparison.unchanged, comparison.counts()) == ((), 2, {})


def test_when_and_under_which_name_it_was_bought_makes_no_difference() -> None:
    assert compare(lock(line()), lock(line(time="2026-11-24T10:00:00Z", request_id="req_2"))).changes == ()


def test_a_new_picture_has_no_before_and_its_price() -> None:
    change = only(lock(), lock(line()))
    assert (change.kinds, change.before, str(change.cost)) == (("added",), None, "$0.04")
    assert change.after is not None
    assert change.after.digest == named("a")


def test_a_removed_picture_has_no_after_and_costs_nothing() -> None:
    change = only(lock(line()), lock())
    assert (change.kinds, change.after, str(change.cost)) == (("removed",), None, "$0.00")


def test_a_renamed_target_has_the_same_picture_and_costs_nothing() -> None:
    change = only(lock(line("old")), lock(line("new")))
    assert (change.target, change.was, change.kinds, change.reasons) == ("new", "old", ("renamed",), ())
    assert change.cost.high == 0


def test_a_rename_is_found_beside_what_else_happened() -> None:
    before = lock(line("old"), line("kept", made="k"))
    after = lock(line("new", review="approved"), line("kept", made="k"))
    comparison = compare(before, after)
    assert [(change.was, change.kinds) for change in comparison.changes] == [("old", ("renamed", "reviewed"))]
    assert comparison.unchanged == 1


def test_two_renames_of_one_picture_are_told_in_order_and_each_once() -> None:
    changes = compare(lock(line("a"), line("b")), lock(line("x"), line("y"))).changes
    assert [(change.target, change.was) for change in changes] == [("x", "a"), ("y", "b")]


def test_a_copy_is_new_and_free_while_the_first_stays() -> None:
    change = only(lock(line("a")), lock(line("a"), line("b")))
    assert (change.target, change.kinds, change.cost.high) == ("b", ("added",), 0)


def test_two_targets_that_share_one_purchase_are_counted_once() -> None:
    comparison = compare(lock(), lock(line("a"), line("b")))
    assert comparison.cost.high == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"options": {"quality": "high"}}, ["quality: low -> high"]),
        ({"options": {}}, ["quality: low -> (none)"]),
        ({"model": "m-2"}, ["model: m-1 -> m-2"]),
        ({"take": 2}, ["take: 1 -> 2"]),
        ({"provider": "sketch"}, ["provider: openai -> sketch"]),
    ],
)
def test_what_lines_say_of_a_request_is_compared(other: Mapping[str, Any], says: list[str]) -> None:
    change = only(lock(line()), lock(line(made="b", **other)))
    assert change.kinds == ("changed",)
    assert told(change)[: len(says)] == says


def test_a_revised_prompt_stands_in_for_one_that_nobody_knows() -> None:
    change = only(lock(line(revised_prompt="a lake")), lock(line(made="b", revised_prompt="a pond")))
    assert told(change) == ["revised prompt: 'a lake' -> 'a pond'"]


def test_where_lines_are_alike_the_request_itself_is_named() -> None:
    (reason,) = only(lock(line()), lock(line(made="b"))).reasons
    assert (reason.field, reason.detail) == ("request", "its prompt or a picture it takes in")


def test_another_picture_for_the_same_request_is_a_change() -> None:
    change = only(lock(line()), lock(line(made="b", key=line().key)))
    assert change.kinds == ("changed",)
    assert told(change)[0].startswith("picture: ")


def test_parts_of_keys_give_the_words_where_both_are_known() -> None:
    parts: dict[str, Mapping[str, Json]] = {
        line().key: {"prompt": "a lake", "options": {"quality": "low"}},
        line(made="b").key: {"prompt": "a pond", "options": {"quality": "low"}},
    }
    change = only(lock(line()), lock(line(made="b")), parts=parts.get)
    assert told(change) == ["prompt: 'a lake' -> 'a pond'"]


def test_an_edit_is_told_with_its_number_and_what_it_was_made_from_only_once() -> None:
    before = lock(line(), line(stage=1, made="e"))
    after = lock(line(made="b", take=2), line(stage=1, made="f"))
    change = only(before, after)
    assert told(change) == ["take: 1 -> 2"]
    assert change.before is not None
    assert change.after is not None
    assert (change.before.digest, change.after.digest) == (named("e"), named("f"))
    assert change.cost.high == pytest.approx(0.08)
    later = only(before, lock(line(), line(stage=1, made="f", options={"quality": "high"})))
    assert told(later) == ["edit 1 quality: low -> high"]


def test_an_edit_more_and_a_candidate_more_are_named() -> None:
    assert told(only(lock(line()), lock(line(), line(stage=1, made="e")))) == ["edit 1: no -> yes"]
    assert told(only(lock(line()), lock(line(), line(candidate=2, made="c")))) == ["candidates: 1 -> 2"]


def test_another_pick_is_no_other_request() -> None:
    first, second = line(), line(candidate=2, made="b")
    change = only(lock(first, second), lock(replace(first, picked=False), replace(second, picked=True)))
    assert (change.kinds, told(change)) == (("picked",), ["candidate: 1 -> 2"])
    assert change.before is not None
    assert change.after is not None
    assert (change.before.digest, change.after.digest, change.cost.high) == (named("a"), named("b"), 0)


def test_an_approval_is_told_with_both_words() -> None:
    change = only(lock(line()), lock(line(review="approved")))
    assert (change.kinds, told(change)) == (("reviewed",), ["review: unreviewed -> approved"])


def test_an_approval_that_a_new_request_ended_is_no_review() -> None:
    change = only(lock(line(review="approved")), lock(line(made="b", take=2)))
    assert (change.kinds, told(change)) == (("changed",), ["take: 1 -> 2"])


def test_a_picture_that_waits_is_shown_beside_the_one_that_stays() -> None:
    approved = line(review="approved")
    after = line(made="b", take=2, live=approved)
    change = only(lock(approved), lock(after))
    assert change.kinds == ("waiting",)
    assert change.before is not None
    assert change.after is not None
    assert change.waiting is not None
    assert (change.before.digest, change.after.digest, change.waiting.digest) == (named("a"), named("a"), named("b"))
    assert str(change.cost) == "$0.04"
    assert compare(lock(after), lock(after)).changes == ()


def test_picking_what_waited_delivers_it_for_nothing() -> None:
    approved = line(review="approved")
    waiting = line(made="b", take=2, live=approved)
    change = only(lock(waiting), lock(replace(waiting, live=None, review="approved")))
    assert change.kinds == ("picked", "reviewed")
    assert change.before is not None
    assert change.after is not None
    assert (change.before.digest, change.after.digest, change.waiting) == (named("a"), named("b"), None)
    assert change.cost.high == 0


def test_an_adopted_picture_cost_nothing() -> None:
    change = only(lock(line()), lock(line(made="b", key=line().key, adopted=True)))
    assert (change.kinds, change.cost.high) == (("adopted",), 0)


def test_frozen_and_unfrozen() -> None:
    assert only(lock(line()), lock(line(frozen=True))).kinds == ("frozen",)
    assert only(lock(line(frozen=True)), lock(line())).kinds == ("unfrozen",)


def test_a_new_alt_text_is_told_in_full() -> None:
    change = only(lock(line(), text("a lake")), lock(line(), text("a pond")))
    assert (change.kinds, told(change)) == (("described",), ["alt text: 'a lake' -> 'a pond'"])
    assert told(only(lock(line()), lock(line(), text("a lake")))) == ["alt text: (none) -> 'a lake'"]


def test_an_unknown_price_is_never_nothing() -> None:
    comparison = compare(lock(), lock(line(cost_usd=None), line("card", made="b")))
    assert str(comparison.cost) == "$0.04 + 1 unknown"


def test_files_of_free_targets_tell_what_became_of_them() -> None:
    files = [
        FileChange("i/new.png", None, named("n"), "new"),
        FileChange("i/other.png", named("o"), named("p"), "other", True, True),
        FileChange("i/gone.png", named("g"), None),
    ]
    changes = compare(lock(), lock(), files=files, wanted={"new", "other"}).changes
    assert [(change.target, change.kinds) for change in changes] == [
        ("i/gone.png", ("removed",)),
        ("new", ("added",)),
        ("other", ("changed",)),
    ]
    assert changes[2].before is not None
    assert (changes[2].before.path, changes[2].before.raw) == ("i/other.png", True)


def test_files_alone_are_another_kind_than_another_picture() -> None:
    files = [FileChange("i/hero-400.webp", named("x"), named("y"), "hero")]
    change = only(lock(line()), lock(line()), files=files, wanted={"hero"})
    assert (change.kinds, change.reasons, change.files) == (("files",), (), tuple(files))
    assert change.after is not None
    assert change.after.media_type == "image/webp"


def test_the_same_file_is_shown_on_both_sides_where_there_is_one() -> None:
    files = [
        FileChange("i/a.css", named("1"), named("2"), "hero"),
        FileChange("i/b.webp", None, named("3"), "hero"),
        FileChange("i/c.webp", named("4"), named("5"), "hero"),
    ]
    change = only(lock(), lock(), files=files)
    assert change.before is not None
    assert change.after is not None
    assert (change.before.path, change.after.path) == ("i/c.webp", "i/c.webp")


def test_files_of_a_renamed_target_are_those_of_both_names() -> None:
    files = [FileChange("i/old.png", named("a"), None, "old"), FileChange("i/new.png", None, named("a"), "new")]
    change = only(lock(line("old")), lock(line("new")), files=files, wanted={"new"})
    assert (change.kinds, change.was) == (("renamed",), "old")
    assert change.before is not None
    assert change.after is not None
    assert (change.before.path, change.after.path) == ("i/old.png", "i/new.png")


def test_a_free_picture_that_somebody_chose_is_not_new() -> None:
    frozen = only(lock(), lock(line(frozen=True, provider="sketch", cost_usd=0.0)), wanted={"hero"}, stood={"hero"})
    assert (frozen.kinds, frozen.reasons) == (("frozen",), ())
    adopted = only(lock(), lock(line(adopted=True)), wanted={"hero"}, stood={"hero"})
    assert (adopted.kinds, adopted.reasons, adopted.cost.high) == (("adopted",), (), 0)


def test_a_free_picture_that_is_bought_now_is_not_new() -> None:
    change = only(lock(), lock(line()), wanted={"hero"}, stood={"hero"})
    assert (change.kinds, told(change), str(change.cost)) == (("changed",), ["in the lock: no -> yes"], "$0.04")


def test_a_target_that_is_no_longer_bought_is_not_gone() -> None:
    change = only(lock(line()), lock(), wanted={"hero"})
    assert (change.kinds, told(change)) == (("changed",), ["in the lock: yes -> no"])


def test_what_free_pictures_were_made_of_gives_the_words() -> None:
    made: dict[str, Mapping[str, Json]] = {named("x"): {"prompt": "a lake"}, named("y"): {"prompt": "a pond"}}
    files = [FileChange("i/a.png", named("x"), named("y"), "a")]
    assert told(only(lock(), lock(), files=files, made=made.get)) == ["prompt: 'a lake' -> 'a pond'"]
