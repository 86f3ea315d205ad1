"""What was bought is neither lost nor bought again: lock, store, drafts, clones and replies that cannot be used."""

from __future__ import annotations

import shutil
import time

import pytest
from ten_pictures import TEN, Make, refuse

from imagebuild.artifact import Artifact
from imagebuild.digest import digest_bytes
from imagebuild.errors import (
    LockError,
    NoImageError,
    UsageError,
)
from imagebuild.facts import ProjectFacts
from imagebuild.lockfile import Lock
from imagebuild.store import Intent, Record, Records, Store
from imagebuild.store.objects import ObjectStore
from imagebuild.target import Slot
from imagebuild.testing import World, png

CUT_OFF = png(40, 40)[:-20]
HUGE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0" + b"\0" * 40


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"not a picture", "wanted a picture, got 13 bytes that are none"),
        (b"\xff\xd8\xff\xc0" + b"\0" * 20, "got one (image/jpeg) that is cut off after 24 bytes"),
        (b"", "wanted a picture, got 0 bytes that are none"),
        (CUT_OFF, f"wanted a picture, got one (image/png) that is cut off after {len(CUT_OFF)} bytes"),
        (HUGE, "wanted a picture, got a header that says 60000x60000 pixels"),
    ],
)
def test_a_reply_that_is_no_such_picture_is_kept_in_quarantine_and_never_used(
    project: Make, answer: bytes, said: str
) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: recorder}}\n"})
    world.provider.answer = lambda request, context: answer
    report = world.build()
    assert isinstance(report.failures[0].error, NoImageError)
    assert said in str(report.failures[0].error)
    assert world.written == []
    kept = [path.read_bytes() for path in (world.home / "quarantine").iterdir() if path.suffix != ".json"]
    assert kept == [answer]
    store = Store.originals(world.home)
    assert [intent.target for intent in store.records.maybe_paid()] == ["a"]
    store.close()


def test_a_draft_costs_nothing_enters_no_lock_and_is_replaced_by_the_next_build(project: Make) -> None:
    spec = "version: 1\ndefaults: {provider: recorder}\ntargets: {a: {prompt: a, edits: [b], steps: [mark]}}\n"
    world = project({"imagebuild.yaml": spec})
    report = world.build(draft=True, max_cost=None)
    assert (report.exit_code, report.bought, report.cost_usd) == (0, 0, 0.0)
    assert world.provider.calls == []
    assert [request.prompt for request in world.painter.calls] == ["a", "b"]
    assert world.written == ["images/a.png"]
    assert not Lock.read(world.root / "imagebuild.lock").lines
    assert world.status()["a"].state == "draft"
    assert list(Store.originals(world.home).objects.digests()) == []
    assert world.build(draft=True, max_cost=None).written == ()
    assert len(world.painter.calls) == 2

    assert str(world.plan().actions[0].reasons[0]) == "only a draft exists"
    report = world.build()
    assert (report.bought, report.written) == (2, ("images/a.png",))
    assert world.status()["a"].state == "fresh"


def test_a_draft_build_uses_the_real_picture_where_there_is_one(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build("t1")
    report = world.build(draft=True, max_cost=None)
    assert (report.cached, report.made) == (1, 9)
    assert world.status()["t1"].state == "fresh"


def test_a_locked_build_buys_nothing_and_lists_what_is_missing(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    with pytest.raises(LockError) as caught:
        world.build(locked=True)
    assert caught.value.exit_code == 3
    assert "t0: never made" in str(caught.value)
    world.build()
    world.forget()
    assert world.build(locked=True).exit_code == 0
    world.edit("imagebuild.yaml", "picture 3}", "picture three}")
    with pytest.raises(LockError, match="t3: prompt: 'picture 3' -> 'picture three'"):
        world.build(locked=True)
    assert world.provider.calls == []


def test_a_locked_build_refuses_a_picture_that_the_lock_does_not_pin(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    (world.root / "imagebuild.lock").unlink()
    with pytest.raises(LockError, match="t0"):
        world.build(locked=True)


def test_a_bought_picture_whose_bytes_are_gone_is_never_bought_again_silently(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    store = Store.originals(world.home)
    line = Lock.read(world.root / "imagebuild.lock").lines["t3", 0, 1]
    store.objects.remove(line.digest)
    store.close()
    (world.root / "images/t3.png").unlink()
    world.forget()
    report = world.build()
    assert report.exit_code == 3
    assert world.provider.calls == []
    assert "the picture of 't3' was bought, but the store no longer has it" in str(report.failures[0].error)


def test_a_fresh_store_with_a_lock_buys_nothing_silently(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    world.home = world.home.parent / "another-home"
    world.forget()
    for path in (world.root / "images").iterdir():
        path.unlink()
    report = world.build()
    assert report.exit_code == 3
    assert world.provider.calls == []


def test_a_clone_with_committed_pictures_and_an_empty_store_needs_no_call(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    world.home = world.home.parent / "another-home"
    (world.root / "images/t1.png").rename(world.root / "elsewhere.png")
    world.forget()
    assert [failure.target for failure in world.build().failures] == ["t1"]
    (world.root / "elsewhere.png").rename(world.root / "images/t1.png")
    assert world.build(locked=True).exit_code == 0
    (world.root / "images/t1.png").unlink()
    assert world.build().written == ("images/t1.png",)
    assert world.provider.calls == []


def test_a_draft_never_replaces_the_last_copy_of_what_was_bought(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    bought = world.read("images/t1.png")
    world.home = world.home.parent / "another-home"
    world.edit("imagebuild.yaml", "picture 1}", "picture one}").build(draft=True, max_cost=None)
    assert world.read("images/t1.png") != bought
    world.edit("imagebuild.yaml", "picture one}", "picture 1}").forget()
    assert world.build().exit_code == 0
    assert world.provider.calls == []
    assert world.read("images/t1.png") == bought


def test_the_lock_outweighs_the_record_of_this_machine(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    lock_path = world.root / "imagebuild.lock"
    line = Lock.read(lock_path).lines["t1", 0, 1]
    pinned = png(9, 9, (1, 1, 1))
    lock = lock_path.read_text("utf-8").replace(line.digest, digest_bytes(pinned))
    world.write({"imagebuild.lock": lock}).forget()
    (world.root / "images/t1.png").unlink()
    with pytest.raises(LockError, match="t1: the store no longer has its bytes"):
        world.build(locked=True)
    assert world.build().exit_code == 3
    assert lock_path.read_text("utf-8") == lock
    store = Store.originals(world.home)
    store.objects.put(pinned)
    store.close()
    assert world.build(locked=True).exit_code == 0
    assert world.read("images/t1.png") == pinned
    assert world.build().exit_code == 0
    assert (lock_path.read_text("utf-8"), world.provider.calls) == (lock, [])


def test_what_the_lock_pins_is_found_by_its_digest_when_the_records_are_gone(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    for path in world.home.glob("records.db*"):
        path.unlink()
    shutil.rmtree(world.root / "images")
    shutil.rmtree(world.root / ".imagebuild")
    lock = world.read("imagebuild.lock")
    world.forget()
    report = world.build()
    assert (report.exit_code, len(report.written), world.provider.calls) == (0, 10, [])
    assert world.read("imagebuild.lock") == lock


def test_renaming_a_target_moves_its_line_with_its_review(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    text = (world.root / "imagebuild.lock").read_text("utf-8")
    world.write({"imagebuild.lock": text.replace('"unreviewed"', '"approved"')})
    world.edit("imagebuild.yaml", "  t3:", "  renamed:").forget()
    assert world.build().exit_code == 0
    lines = Lock.read(world.root / "imagebuild.lock").lines
    assert ("t3", 0, 1) not in lines
    assert lines["renamed", 0, 1].review == "approved"
    assert world.provider.calls == []


def test_a_free_picture_whose_bytes_are_gone_or_damaged_is_made_again(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, steps: [mark]}}\n"})
    world.build()
    store = Store.originals(world.home)
    digest = next(iter(store.objects.digests()))
    path = store.objects.path(digest)
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    store.close()
    (world.root / "images/a.png").unlink()
    world.write({".imagebuild/nothing": b""})
    world.edit("imagebuild.yaml", "[mark]", "[{mark: {mark: new}}]")
    world.forget()
    report = world.build()
    assert report.exit_code == 0
    assert len(world.painter.calls) == 1
    assert world.written == ["images/a.png"]


def test_only_what_costs_money_or_time_waits_for_the_disk(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = project(
        {
            "imagebuild.yaml": """\
version: 1
targets: {quick: {prompt: quick}, slow: {prompt: slow}, paid: {prompt: paid, provider: recorder}}
"""
        }
    )
    waits: dict[str, tuple[bool, bool]] = {}
    kept: dict[str, bool] = {}
    put, put_many = ObjectStore.put, Records.put_many

    def note_bytes(objects: ObjectStore, data: bytes, *, durable: bool = True) -> str:
        digest = put(objects, data, durable=durable)
        kept[digest] = durable
        return digest

    def note_record(records: Records, given: list[Record], *, settle: bool = True, durable: bool = True) -> None:
        put_many(records, given, settle=settle, durable=durable)
        for record in given:
            waits[str(record.parts["prompt"])] = (kept[record.artifacts[0].digest], durable)

    monkeypatch.setattr(ObjectStore, "put", note_bytes)
    monkeypatch.setattr(Records, "put_many", note_record)
    monkeypatch.setattr("imagebuild.intake._WORTH_A_FLUSH", 1.0)  # longer than a quick one takes on any machine
    world.painter.answer = lambda request, context: time.sleep(1.1) if request.prompt == "slow" else None
    assert world.build().exit_code == 0
    assert waits == {"quick": (False, False), "slow": (True, True), "paid": (True, True)}


def test_a_free_picture_is_on_the_disk_before_a_paid_call_takes_it(
    project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = project(
        {
            "imagebuild.yaml": """\
version: 1
targets:
  drawn: {prompt: drawn}
  asked: {prompt: asked, provider: recorder, inputs: [{target: drawn}]}
"""
        }
    )
    order: list[str] = []
    flush, begin = ObjectStore.make_durable, Records.begin

    def note_flush(objects: ObjectStore, digest: str) -> None:
        flush(objects, digest)
        order.append(digest)

    def note_begin(records: Records, intent: Intent) -> Intent | None:
        order.append("intent")
        return begin(records, intent)

    monkeypatch.setattr(ObjectStore, "make_durable", note_flush)
    monkeypatch.setattr(Records, "begin", note_begin)
    assert world.build().exit_code == 0
    assert order == [world.provider.calls[0].inputs[0].digest, "intent"]


def test_a_call_cut_off_by_a_crash_is_reported_as_maybe_paid_once(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})

    class PowerCut(BaseException):
        pass

    world.provider.answer = refuse("picture 3", PowerCut)
    world.build()
    world.provider.answer = lambda request, context: None
    world.build()
    assert len(world.notices) == 1
    assert "'t3' was in flight when an earlier build ended: it may have been paid" in world.notices[0]
    world.build()
    assert world.notices == []


def test_candidates_differ_and_the_first_is_used_until_another_is_picked(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: recorder, candidates: 3}}\n"})
    world.build()
    assert sorted(request.candidate for request in world.provider.calls) == [1, 2, 3]
    lines = Lock.read(world.root / "imagebuild.lock").lines
    assert [line.picked for line in lines.values()] == [True, False, False]
    store = Store.originals(world.home)
    assert world.read("images/a.png") == store.read(lines["a", 0, 1].digest)
    store.close()


def test_a_second_clone_replaces_the_committed_picture_that_the_lock_pinned(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    clone = World(world.root.parent / "clone", world.root.parent / "another-home", provider=world.provider)
    clone.root.mkdir()
    for path in ("imagebuild.yaml", "imagebuild.lock", "images/t1.png"):
        clone.write({path: world.read(path)})
    clone.edit("imagebuild.yaml", "picture 1}", "picture one}")
    report = clone.build("t1")
    assert (report.bought, report.written, report.kept) == (1, ("images/t1.png",), ())


def test_a_broken_state_is_said_to_be_so_and_costs_no_call(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    world.write({".imagebuild/state.db": b"imagebuild state 1 and then nonsense"}).forget()
    report = world.build()
    assert (report.exit_code, world.provider.calls) == (0, [])
    assert len(world.notices) == 1
    assert "state.db could not be read" in world.notices[0]
    assert world.build().exit_code == 0
    assert world.notices == []


def test_what_another_process_buys_between_two_questions_is_not_lost(
    project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = project({"imagebuild.yaml": TEN})
    other = World(world.root.parent / "other", world.home, provider=world.provider)
    other.root.mkdir()
    other.write({"imagebuild.yaml": TEN})
    made, asked = ProjectFacts.made, []

    def late(self: ProjectFacts, key: str, slot: Slot, *, draft: bool) -> tuple[Artifact, ...] | None:
        answer = made(self, key, slot, draft=draft)
        asked.append(key)
        if len(asked) == 11:  # ten times for the plan; now the builder has asked, and goes on to ask whether it is lost
            other.build()
        return answer

    monkeypatch.setattr(ProjectFacts, "made", late)
    report = world.build()
    assert (report.exit_code, report.bought, len(world.provider.calls)) == (0, 0, 10)


def test_a_store_inside_the_state_folder_is_refused(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    for folder in (".imagebuild", ".imagebuild/store"):
        world.home = world.root / folder
        with pytest.raises(UsageError, match="may be removed at any time"):
            world.build()
    assert world.provider.calls == []


FROZEN = "version: 1\ntargets: {a: {prompt: ice, provider: recorder, frozen: true}}\n"


def test_a_frozen_target_is_not_bought_again_in_a_clone_without_records(project: Make) -> None:
    world = project({"imagebuild.yaml": FROZEN})
    world.build()
    world.home = world.home.parent / "another-home"
    shutil.rmtree(world.root / ".imagebuild")
    world.edit("imagebuild.yaml", "ice", "fire").forget()
    assert world.build().exit_code == 0
    assert world.provider.calls == []
    assert world.status()["a"].state == "frozen"


def test_a_frozen_target_whose_picture_is_lost_is_not_replaced_by_another(project: Make) -> None:
    world = project({"imagebuild.yaml": FROZEN})
    world.build()
    world.home = world.home.parent / "another-home"
    shutil.rmtree(world.root / "images")
    world.edit("imagebuild.yaml", "ice", "fire").forget()
    report = world.build()
    assert (report.exit_code, world.provider.calls) == (3, [])
    assert "was bought, but the store no longer has it" in str(report.failures[0].error)


CHAIN = "version: 1\ntargets: {a: {prompt: a, edits: [{prompt: b, provider: recorder}]}}\n"


def test_a_locked_build_makes_what_is_free_and_then_finds_what_was_bought_for_it(project: Make) -> None:
    world = project({"imagebuild.yaml": CHAIN})
    world.build()
    store = Store.originals(world.home)
    free = next(key for key in store.records.keys() if not store.records.get(key).paid)  # noqa: SIM118 - not a dict
    store.records.delete(free)
    store.close()
    world.forget()
    report = world.build(locked=True, max_cost=None)
    assert (report.exit_code, world.provider.calls, len(world.painter.calls)) == (0, [], 1)


def test_a_locked_build_never_buys_what_turns_out_to_be_stale_on_the_way(project: Make) -> None:
    world = project({"imagebuild.yaml": CHAIN})
    world.build()
    world.edit("imagebuild.yaml", "prompt: a,", "prompt: another,").forget()
    report = world.build(locked=True)
    assert (report.exit_code, world.provider.calls) == (3, [])
    assert "the lock does not hold 'a (edit 1)' as the spec asks for it: parent: " in str(report.failures[0].error)


def test_a_draft_is_refused_where_the_lock_is_to_hold(project: Make) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        project({"imagebuild.yaml": TEN}).build(draft=True, locked=True)
