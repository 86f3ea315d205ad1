"""What may go from a store and what has to stay, and that nothing is lost on the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from versioned import git

from imagebuild.artifact import Picture
from imagebuild.digest import digest_bytes
from imagebuild.errors import LockError, StoreError
from imagebuild.housekeeping.garbage import (
    GRACE,
    choose_derivatives,
    choose_free,
    choose_paid,
    find_derivatives,
    find_leftovers,
    remove_derivatives,
    remove_leftovers,
    remove_originals,
)
from imagebuild.housekeeping.holding import Holder, Holdings, find_holdings
from imagebuild.housekeeping.inventory import Original, cost_of, lots_of, take_stock
from imagebuild.housekeeping.quarantine import find_quarantined
from imagebuild.housekeeping.verification import find_missing, read_objects, take_back
from imagebuild.lockfile import Lock, LockLine
from imagebuild.store import Batch, DamagedSource, Intent, Outputs, Record, Store
from imagebuild.testing import png

NOW = 1_800_000_000.0
DAY = 86_400.0
OLD = NOW - 60 * DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.originals(tmp_path / "home")
    yield store
    store.close()


def picture(number: int) -> bytes:
    return png(3, 3, (number, 0, 0))


def bought(store: Store, key: str, *numbers: int, age: float = 60 * DAY, **fields: Any) -> Record:
    """A paid call of ``age`` seconds ago."""
    artifacts = store.keep([Picture(picture(number), "image/png") for number in numbers])
    record = Record(key * 64, "generate", "p", "1", {}, artifacts, paid=True, time=NOW - age, cost_usd=0.04)
    record = replace(record, **fields)
    store.records.put(record)
    for artifact in artifacts:
        put_at(store, artifact.digest, NOW - age)
    return record


def put_at(store: Store, digest: str, time: float) -> None:
    os.utime(store.objects.path(digest), (time, time))


def digest_of(number: int) -> str:
    return digest_bytes(picture(number))


def held(*names: str) -> Holdings:
    return Holdings({name: (Holder("/site", "hero", "lock"),) for name in names})


def paid(store: Store, holdings: Holdings | None = None, *named: str) -> list[str]:
    stock = take_stock(store, holdings or Holdings())
    return [each.digest for each in choose_paid(stock, now=NOW, before=NOW, named=named)]


def test_what_nobody_holds_may_go_and_what_a_digest_or_a_key_holds_may_not(store: Store) -> None:
    for number, key in enumerate("abc"):
        bought(store, key, number)
    assert paid(store, held(digest_of(0), "b" * 64)) == [digest_of(2)]


def test_pictures_of_one_call_stay_or_go_together(store: Store) -> None:
    bought(store, "a", 1, 2)
    bought(store, "b", 3, 4)
    bought(store, "c", 4, 5)
    bought(store, "d", 6)
    lots = lots_of(take_stock(store, Holdings()))
    assert sorted(sorted(each.digest for each in lot) for lot in lots) == sorted(
        sorted(map(digest_of, numbers)) for numbers in [(1, 2), (3, 4, 5), (6,)]
    )
    assert set(paid(store, held(digest_of(5)))) == {digest_of(1), digest_of(2), digest_of(6)}
    assert set(paid(store, None, digest_of(1))) == {digest_of(1), digest_of(2)}


def test_what_is_younger_than_a_day_stays_even_when_it_is_named(store: Store) -> None:
    bought(store, "a", 1, age=GRACE - 60)
    bought(store, "b", 2, age=GRACE + 60)
    bought(store, "c", 3)
    put_at(store, digest_of(3), NOW - 60)
    assert paid(store) == [digest_of(2)]
    assert paid(store, None, digest_of(1), digest_of(3)) == []


def test_a_picture_in_whose_place_another_was_bought_goes_only_when_it_is_named(store: Store) -> None:
    bought(store, "a", 1)
    bought(store, "a", 2)
    assert paid(store) == [digest_of(2)]
    assert paid(store, None, digest_of(1)) == [digest_of(1)]


def test_bytes_without_a_record_may_have_been_paid_for(store: Store) -> None:
    put_at(store, store.objects.put(picture(1)), OLD)
    [original] = take_stock(store, Holdings())
    assert (original.is_free, str(cost_of([original]))) == (False, "unknown")
    assert paid(store) == [digest_of(1)]
    assert choose_free([original], now=NOW, before=NOW, in_use=()) == []


def test_what_an_open_call_rests_on_or_may_just_have_made_stays(store: Store) -> None:
    for number, key in enumerate("abcd"):
        bought(store, key, number)
    put_at(store, store.objects.put(picture(9)), OLD + 10)
    put_at(store, store.objects.put(picture(8)), OLD - 10)
    request = {"parent": digest_of(0), "inputs": [digest_of(1)], "mask": digest_of(2), "prompt": digest_of(3)}
    store.records.begin(Intent("e" * 64, "p", "hero", OLD, request))
    assert set(paid(store)) == {digest_of(3), digest_of(8)}


def test_what_a_line_of_an_open_batch_rests_on_stays(store: Store) -> None:
    bought(store, "a", 1)
    line = Intent("e" * 64, "p", "hero", OLD, {"inputs": [digest_of(1)]}, batch="t")
    store.records.begin_batch(Batch("t", "p", OLD), [line])
    assert paid(store, None, digest_of(1)) == []
    store.records.settle("e" * 64, "failed_unbilled")
    assert paid(store, None, digest_of(1)) == [digest_of(1)]


def test_free_originals_go_by_age_unless_something_uses_them(store: Store) -> None:
    for number, key in enumerate("abcd"):
        bought(store, key, number, paid=False, cost_usd=0.0)
    bought(store, "e", 5, paid=False, age=10 * DAY)
    bought(store, "f", 6)
    stock = take_stock(store, held(digest_of(0)))
    chosen = choose_free(stock, now=NOW, before=NOW - 30 * DAY, in_use={digest_of(1), "c" * 64})
    assert [each.digest for each in chosen] == [digest_of(3)]
    assert digest_of(3) not in paid(store)


def test_what_is_removed_is_gone_with_its_records_and_the_rest_is_whole(store: Store) -> None:
    gone, stays = bought(store, "a", 1, 2), bought(store, "b", 3)
    stock = take_stock(store, held(digest_of(3)))
    removed = remove_originals(store, choose_paid(stock, now=NOW, before=NOW, named=()))
    assert {each.digest for each in removed} == {digest_of(1), digest_of(2)}
    assert list(store.objects.digests()) == [digest_of(3)]
    assert (store.records.get(gone.key), store.lookup(stays.key)) == (None, stays)


def test_what_was_bought_again_meanwhile_stays(store: Store) -> None:
    bought(store, "a", 1)
    stock = take_stock(store, Holdings())
    again = bought(store, "b", 1, age=0)
    assert remove_originals(store, stock) == []
    assert store.lookup(again.key) == again


def test_a_record_that_was_replaced_meanwhile_stays(store: Store) -> None:
    bought(store, "a", 1)
    stock = take_stock(store, Holdings())
    newer = bought(store, "a", 2, age=0)
    remove_originals(store, stock)
    assert store.lookup("a" * 64) == newer


def test_bytes_that_were_put_here_again_meanwhile_stay(store: Store) -> None:
    bought(store, "a", 1)
    stock = take_stock(store, Holdings())
    store.objects.put(picture(1))
    assert remove_originals(store, stock) == []
    assert store.objects.has(digest_of(1))


def test_a_collector_that_is_killed_leaves_bytes_without_a_record_and_no_record_without_bytes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, key in enumerate("abc"):
        bought(store, key, number)
    stock, discard = take_stock(store, Holdings()), store.objects.discard
    left = iter([True, False])

    def killed(digest: str, *, put_by: float) -> bool:
        if not next(left):
            raise KeyboardInterrupt
        return discard(digest, put_by=put_by)

    monkeypatch.setattr(store.objects, "discard", killed)
    with pytest.raises(KeyboardInterrupt):
        remove_originals(store, stock)
    assert store.stock.records() == []
    assert len(list(store.objects.digests())) == 2
    monkeypatch.undo()
    assert len(remove_originals(store, take_stock(store, Holdings()))) == 2


def test_a_build_that_has_just_looked_a_picture_up_says_that_it_is_gone(store: Store, tmp_path: Path) -> None:
    record = bought(store, "a", 1)
    found = store.lookup(record.key)
    assert found is not None
    remove_originals(store, take_stock(store, Holdings()))
    outputs = Outputs(tmp_path)
    with pytest.raises(DamagedSource, match="is no longer in the store"):
        outputs.write("hero.png", store.objects.path(digest_of(1)), digest=digest_of(1))
    with pytest.raises(StoreError, match="is not in the store"):
        store.read(found.artifacts[0])
    assert list(tmp_path.glob("*.png")) == []


def test_derivatives_go_by_age_unless_the_last_builds_used_them(store: Store) -> None:
    for number, key in enumerate("abcd"):
        bought(store, key, number, age=(40 - number) * DAY, kind="step")
    found = find_derivatives(store, current={"a" * 64, digest_of(1)}, kept=())
    chosen = choose_derivatives(found, before=NOW - 38.5 * DAY, max_size=None)
    assert [each.record.key[0] for each in chosen if each.record] == []
    chosen = choose_derivatives(found, before=NOW - 37.5 * DAY, max_size=None)
    assert [each.record.key[0] for each in chosen if each.record] == ["c"]


def test_derivatives_go_until_the_rest_is_small_enough_the_oldest_first_and_what_is_in_use_last(store: Store) -> None:
    sizes = []
    for number, key in enumerate("abcd"):
        sizes.append(bought(store, key, number, age=(40 - number) * DAY, kind="step").artifacts[0].size)

    def order(max_size: int, kept: str = "") -> list[str]:
        found = find_derivatives(store, current={"a" * 64}, kept={kept})
        return [each.record.key[0] for each in choose_derivatives(found, before=None, max_size=max_size) if each.record]

    assert order(sum(sizes)) == []
    assert order(sum(sizes) - 1) == ["b"]
    assert order(sizes[0]) == ["b", "c", "d"]
    assert order(0) == ["b", "c", "d", "a"]
    assert order(0, digest_of(2)) == ["b", "d", "a"]


def test_bytes_that_two_derivatives_share_go_with_the_last_of_them(store: Store) -> None:
    bought(store, "a", 1, 2, age=40 * DAY, kind="step")
    bought(store, "b", 2, 3, age=30 * DAY, kind="step")
    found = find_derivatives(store, current=(), kept=())
    first = choose_derivatives(found, before=NOW - 35 * DAY, max_size=None)
    assert remove_derivatives(store, first) == (1, len(picture(1)))
    assert store.records.get("a" * 64) is None
    assert store.lookup("b" * 64)
    assert remove_derivatives(store, find_derivatives(store, current=(), kept=()))[0] == 2
    assert list(store.objects.digests()) == []


def test_old_files_are_found_and_the_last_remains_of_a_picture_are_none(store: Store, tmp_path: Path) -> None:
    whole, lost = bought(store, "a", 1), bought(store, "b", 2)
    for number, record in ((1, whole), (2, lost)):
        path = store.objects.path(record.artifacts[0].digest)
        path.chmod(0o644)
        path.write_bytes(b"broken")
        store.objects.get(digest_of(number))
    store.objects.put(picture(1))
    left = store.objects.path(digest_of(1)).with_name(".abc.1.2.imagebuild-tmp")
    left.write_bytes(b"half a pict")
    state = tmp_path / ".imagebuild"
    for name in ("partials/hero-0-1.png", "state.db.broken", "state.db", "rescued/one.png"):
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).write_bytes(b"x")
    for path in (*store.folder.rglob("*"), *state.rglob("*")):
        os.utime(path, (OLD, OLD))
    found = find_leftovers(store, before=NOW - DAY)
    assert sorted(each.path.name[:10] for each in found) == sorted([".abc.1.2.i", f"{digest_of(1)[:10]}"])
    assert find_leftovers(store, before=OLD - 1) == []
    project = find_leftovers(Store.derivatives(state), before=NOW, project=state)
    assert sorted(each.path.name for each in project) == ["hero-0-1.png", "state.db.broken"]
    remove_leftovers(found)
    remove_leftovers(found)
    assert find_leftovers(store, before=NOW) == []
    assert any(path.name.startswith(digest_of(2)) for path in (store.folder / "damaged").iterdir())


def test_a_link_in_the_state_folder_leads_to_nothing_that_may_go(tmp_path: Path) -> None:
    state, precious = tmp_path / ".imagebuild", tmp_path / "precious"
    for folder in (state, precious):
        folder.mkdir()
    (precious / "letter.txt").write_bytes(b"dear")
    os.utime(precious / "letter.txt", (OLD, OLD))
    for name in ("partials", "damaged"):
        (state / name).symlink_to(precious, target_is_directory=True)
    (state / "a.broken").symlink_to(precious / "letter.txt")
    assert find_leftovers(Store.derivatives(state), before=NOW, project=state) == []


def test_answers_in_quarantine_are_told_with_their_reasons(store: Store) -> None:
    assert find_quarantined(store) == []
    path = store.quarantine("a" * 64, b"no picture", "wanted a picture")
    [found] = find_quarantined(store)
    assert (found.path, found.size, found.key, found.reason) == (path, 10, "a" * 64, "wanted a picture")
    path.with_suffix(".json").write_bytes(b"{broken")
    assert find_quarantined(store)[0].reason == ""


def line(target: str, number: int, **fields: Any) -> LockLine:
    made = LockLine(
        target=target,
        stage=0,
        candidate=0,
        key=digest_bytes(target.encode()),
        take=1,
        digest=digest_of(number),
        media_type="image/png",
        picked=True,
        review="approved",
        provider="p",
        time="2026-11-23T10:00:00Z",
    )
    return replace(made, **fields)


def a_project(folder: Path, *lines: LockLine) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "imagebuild.yaml").write_text("version: 1\ntargets: {}\n", "utf-8")
    Lock().with_lines(lines).write(folder / "imagebuild.lock")
    return folder


def test_a_lock_holds_its_pictures_those_before_them_and_those_that_are_live(store: Store, tmp_path: Path) -> None:
    live = line("hero", 2, key="2" * 64, replaces=digest_of(3))
    root = a_project(tmp_path / "site", line("hero", 1, replaces=digest_of(4), live=live), line("card", 5))
    found = find_holdings(store.usage, [root])
    where = {name: [(each.target, each.where) for each in by] for name, by in found.holders.items()}
    assert where == {
        digest_of(1): [("hero", "lock")],
        digest_of(2): [("hero", "lock")],
        digest_of(3): [("hero", "replaced")],
        digest_of(4): [("hero", "replaced")],
        digest_of(5): [("card", "lock")],
        digest_bytes(b"hero"): [("hero", "lock")],
        digest_bytes(b"card"): [("card", "lock")],
        "2" * 64: [("hero", "lock")],
    }
    assert (found.gone, found.faults, len(found.lines)) == ((), (), 2)


def test_locks_on_branches_tags_and_in_the_stash_hold_their_pictures(store: Store, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    root = repository / "site"
    root.mkdir(parents=True)
    git(repository, "init", "-q", "-b", "main")
    for number, name in enumerate(["branch", "tag", "stash", "main"], 1):
        a_project(root, line("hero", number))
        git(repository, "add", "-A")
        if name == "stash":
            git(repository, "stash")
            continue
        git(repository, "commit", "-qm", name)
        if name == "branch":
            git(repository, "branch", "other")
        if name == "tag":
            git(repository, "tag", "-a", "v1", "-m", "one")
    store.usage.note(str(root), [], [], time=NOW)
    a_project(root)
    found = find_holdings(store.usage)
    for number in (1, 2, 3, 4):
        assert found.of(digest_of(number)) == (Holder(str(root), "hero", "branch"),)
    assert found.of(digest_of(5)) == ()


def test_a_lock_on_a_branch_holds_whatever_its_version_and_in_whatever_state(store: Store, tmp_path: Path) -> None:
    root = a_project(tmp_path / "site", line("hero", 1), line("card", 2))
    text = (root / "imagebuild.lock").read_text("utf-8")
    broken = text.replace('"version": 2', '"version": 99').replace('["hero"', '<<<<<<< ours\n["hero"')[:-40]
    (root / "imagebuild.lock").write_text(broken, "utf-8")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "broken")
    a_project(root)
    found = find_holdings(store.usage, [root])
    assert (found.of(digest_of(1)), found.of(digest_of(2))) == (
        (Holder(str(root), "hero", "branch"),),
        (Holder(str(root), "card", "branch"),),
    )


def test_a_project_that_is_gone_holds_what_it_held_when_last_seen(store: Store, tmp_path: Path) -> None:
    root = a_project(tmp_path / "site", line("hero", 1))
    store.usage.note(str(root), [digest_of(1), digest_of(2)], [], time=NOW)
    here = find_holdings(store.usage)
    assert [each.where for each in here.of(digest_of(1))] == ["lock"]
    assert here.of(digest_of(2)) == (Holder(str(root), None, "seen"),)
    shutil.rmtree(root)
    gone = find_holdings(store.usage)
    assert gone.of(digest_of(1)) == gone.of(digest_of(2)) == (Holder(str(root), None, "seen"),)
    assert [each.root for each in gone.gone] == [str(root)]


def conflicted(root: Path) -> None:
    text = (root / "imagebuild.lock").read_text("utf-8")
    (root / "imagebuild.lock").write_text(text.replace('["hero"', '<<<<<<< HEAD\n["hero"'), "utf-8")


def cut_off(root: Path) -> None:
    (root / "imagebuild.lock").write_bytes((root / "imagebuild.lock").read_bytes()[:-30])


def refused_by_git(root: Path) -> None:
    (root / ".git").write_text("gitdir: /nowhere/at/all\n", "utf-8")


@pytest.mark.parametrize("harm", [conflicted, cut_off, refused_by_git])
def test_nothing_is_garbage_while_a_lock_cannot_be_read(
    store: Store, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    root = a_project(tmp_path / "site", line("hero", 1))
    store.usage.note(str(root), [digest_of(1)], [], time=NOW)
    harm(root)
    with pytest.raises(LockError, match=str(root)) as caught:
        find_holdings(store.usage).require_readable()
    assert caught.value.message.startswith("nothing was removed: ")
    assert caught.value.hint
    assert caught.value.exit_code == 3


def test_every_object_is_read_and_damaged_ones_are_set_aside(store: Store) -> None:
    for number in range(20):
        store.objects.put(picture(number))
    broken = digest_of(7)
    store.objects.path(broken).chmod(0o644)
    store.objects.path(broken).write_bytes(b"x")
    heard: list[tuple[int, int]] = []
    reading = read_objects(store, hear=lambda done, of: heard.append((done, of)))
    assert (len(reading.whole), reading.damaged, reading.unreadable) == (19, (broken,), ())
    assert heard == [(number, 20) for number in range(1, 21)]
    assert not store.objects.has(broken)
    assert read_objects(store).damaged == ()
    assert read_objects(store, [broken, digest_of(1)]).whole == (digest_of(1),)


def test_an_object_that_cannot_be_read_is_told(store: Store) -> None:
    path = store.objects.path(store.objects.put(picture(1)))
    path.unlink()
    path.mkdir()
    [(digest, why)] = read_objects(store).unreadable
    assert (digest, why) == (digest_of(1), "is a directory")


def test_what_is_missing_is_told_with_those_who_need_it(store: Store, tmp_path: Path) -> None:
    root = a_project(tmp_path / "site", line("hero", 1, replaces=digest_of(8)), line("card", 1), line("new", 2))
    lost = bought(store, "a", 3)
    store.objects.put(picture(2))
    store.objects.remove(digest_of(3))
    first, second = find_missing(store, find_holdings(store.usage, [root]))
    assert (first.digest, first.is_pinned) == (digest_of(1), True)
    assert first.needs == ((str(root), "card"), (str(root), "hero"))
    assert (second.digest, second.is_pinned, second.record) == (digest_of(3), False, lost)


def test_what_is_missing_is_taken_from_texts_other_stores_and_nothing_that_differs(
    store: Store, tmp_path: Path
) -> None:
    text = "a lake"
    words = line("hero", 0, stage=-1, digest=digest_bytes(text.encode()), media_type="text/plain", text=text)
    root = a_project(tmp_path / "site", line("hero", 1), line("card", 2), words)
    other = Store.derivatives(tmp_path / "other")
    other.objects.put(picture(1))
    holdings = find_holdings(store.usage, [root])
    missing = find_missing(store, holdings)
    assert len(missing) == 3
    assert take_back(store, missing, [root], [other]) == 2
    assert [each.digest for each in find_missing(store, holdings)] == [digest_of(2)]
    assert set(store.objects.digests()) == {digest_of(1), digest_bytes(text.encode())}


def test_the_cost_of_a_call_is_counted_once_for_all_of_its_pictures(store: Store) -> None:
    bought(store, "a", 1, 2)
    bought(store, "b", 2, cost_usd=None)
    originals: list[Original] = take_stock(store, Holdings())
    assert str(cost_of(originals)) == "$0.04 + 1 unknown"
