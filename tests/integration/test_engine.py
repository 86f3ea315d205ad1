"""What a build does when things go right, wrong, twice, or are cut short."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from imagebuild.artifact import Picture
from imagebuild.digest import digest_bytes
from imagebuild.errors import (
    AuthenticationError,
    LockError,
    NoImageError,
    PluginError,
    ProviderError,
    RefusedError,
    SpecError,
    UnavailableError,
)
from imagebuild.event import ActionFailed, BuildFinished, BuildStarted, Event
from imagebuild.lockfile import Lock
from imagebuild.provider import ProviderContext, Request, Result
from imagebuild.store import Store
from imagebuild.testing import RecordingProvider, World, png

Make = Callable[..., World]

TEN = "version: 1\ndefaults: {provider: recorder}\ntargets:\n" + "".join(
    f"  t{number}: {{prompt: picture {number}}}\n" for number in range(10)
)


def refuse(word: str, error: Callable[[], Exception]) -> Callable[[Request, ProviderContext], bytes | None]:
    def answer(request: Request, context: ProviderContext) -> bytes | None:
        if word in request.prompt:
            raise error()
        return None

    return answer


def test_one_refusal_of_ten_delivers_nine(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.provider.answer = refuse("picture 3", lambda: RefusedError("declined", request_id="req_1"))
    report = world.build()
    assert report.exit_code == 1
    assert [(failure.target, str(failure.error)) for failure in report.failures] == [("t3", "declined")]
    assert len(world.written) == report.bought == 9
    assert not (world.root / "images/t3.png").exists()
    failed = [event for event in world.events if isinstance(event, ActionFailed)]
    assert [(event.target, event.kind, event.plugin) for event in failed] == [("t3", "generate", "recorder")]


def test_a_failure_stops_only_what_depends_on_it_and_the_next_build_goes_on_there(project: Make) -> None:
    world = project(
        {
            "imagebuild.yaml": """\
version: 1
defaults: {provider: recorder}
targets:
  logo: {prompt: logo, edits: [blue, stripes]}
  card: {prompt: card, inputs: [{target: logo}], steps: [{mark: {mark: A}}]}
  other: {prompt: other}
"""
        }
    )
    world.provider.answer = refuse("blue", lambda: UnavailableError("down"))
    report = world.build()
    assert [(failure.label, failure.stopped) for failure in report.failures] == [("logo (edit 1)", 3)]
    assert world.provider.prompts == ["blue", "logo", "other"]
    assert world.written == ["images/other.png"]

    world.forget()
    world.provider.answer = lambda request, context: None
    assert world.build().exit_code == 0
    assert world.provider.prompts == ["blue", "card", "stripes"]


def test_a_wrong_key_stops_the_provider_and_no_other(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN + "  free: {prompt: free, provider: sketch}\n"})
    world.provider.concurrency = 1
    world.provider.answer = refuse("picture", lambda: AuthenticationError("no such key"))
    report = world.build(jobs=1)
    assert report.exit_code == 1
    assert len(world.provider.calls) < 10
    assert world.written == ["images/free.png"]


def test_after_so_many_failures_nothing_new_begins(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.provider.concurrency = 1
    world.provider.answer = refuse("picture", lambda: UnavailableError("down"))
    report = world.build(jobs=1, max_failures=2)
    assert len(world.provider.calls) <= 3
    assert report.skipped + len(report.failures) == 10


def test_a_providers_own_bug_fails_its_target_and_names_the_plugin(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.provider.answer = refuse("picture 3", lambda: ZeroDivisionError("oops"))
    report = world.build()
    assert len(report.failures) == 1
    error = report.failures[0].error
    assert isinstance(error, ProviderError)
    assert str(error) == "provider 'recorder' failed: ZeroDivisionError('oops')"
    assert report.cost_usd is None


CUT_OFF = png(40, 40)[:-20]
HUGE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0" + b"\0" * 40


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"not a picture", "wanted image/png, got 13 bytes that are no picture"),
        (b"\xff\xd8\xff\xc0" + b"\0" * 20, "wanted image/png, got image/jpeg"),
        (b"", "wanted image/png, got 0 bytes that are no picture"),
        (CUT_OFF, f"wanted image/png, got one that is cut off after {len(CUT_OFF)} bytes"),
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


def test_two_targets_with_one_request_pay_once_and_both_are_written(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN.replace("picture 3", "picture 4")})
    report = world.build()
    assert report.bought == len(world.provider.calls) == 9
    assert len(world.written) == 10
    assert world.read("images/t3.png") == world.read("images/t4.png")
    assert report.cost_usd == pytest.approx(9 * 0.04)
    assert {line.target for line in Lock.read(world.root / "imagebuild.lock").lines.values()} >= {"t3", "t4"}


def test_two_projects_that_want_one_picture_at_once_pay_once(project: Make, tmp_path: object) -> None:
    one = project({"imagebuild.yaml": TEN})
    two = World(one.root.parent / "second", one.home, provider=one.provider)
    two.root.mkdir()
    two.write({"imagebuild.yaml": TEN})
    together = threading.Barrier(2, timeout=30)

    def slowly(request: Request, context: ProviderContext) -> None:
        time.sleep(0.01)

    one.provider.answer = slowly
    reports = []

    def build(world: World) -> None:
        together.wait()
        reports.append(world.build())

    threads = [threading.Thread(target=build, args=(world,)) for world in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [report.exit_code for report in reports] == [0, 0]
    assert len(one.provider.calls) == 10
    assert sum(report.bought for report in reports) == 10
    assert len(one.written) == len(two.written) == 10


def test_a_second_build_of_a_project_waits_for_the_first_and_says_so(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    other = World(world.root, world.home, provider=world.provider)
    running, go_on = threading.Event(), threading.Event()

    def hold(request: Request, context: ProviderContext) -> None:
        running.set()
        go_on.wait(30)

    world.provider.answer = hold
    first = threading.Thread(target=world.build)
    first.start()
    running.wait(30)
    second = threading.Thread(target=other.build)
    second.start()
    while not other.notices:
        time.sleep(0.01)
    assert other.notices == ["another build of this project is running; waiting for it to end"]
    go_on.set()
    first.join(60)
    second.join(60)
    assert len(world.provider.calls) == 10
    assert other.started == []


def test_an_interrupt_lets_calls_in_flight_end_and_keeps_their_pictures(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.provider.concurrency = 2
    asked = threading.Event()

    def answer(request: Request, context: ProviderContext) -> None:
        if not asked.is_set():
            asked.set()
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        assert not context.cancelled()

    world.provider.answer = answer
    report = world.build()
    assert report.exit_code == 130
    assert 1 <= report.bought == len(world.provider.calls) <= 2
    assert len(world.written) == report.bought
    assert report.skipped == 10 - report.bought
    assert isinstance(world.events[-1], BuildFinished)
    bought = len(world.provider.calls)
    world.provider.answer = lambda request, context: None
    assert world.build().exit_code == 0
    assert len(world.provider.calls) == 10 >= bought


def test_a_build_with_nothing_to_do_starts_and_finishes_and_says_nothing_else(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    report = world.build()
    assert [type(event) for event in world.events] == [BuildStarted, BuildFinished]
    assert (report.bought, report.made, report.cached, report.written) == (0, 0, 10, ())


def test_outputs_come_back_without_a_call_when_the_working_tree_is_cleaned(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    before = {path: world.read(f"images/{path}") for path in os.listdir(world.root / "images")}
    for folder in ("images", ".imagebuild"):
        for top, _, files in os.walk(world.root / folder, topdown=False):
            for file in files:
                os.unlink(os.path.join(top, file))
            os.rmdir(top)
    world.forget()
    report = world.build()
    assert world.provider.calls == []
    assert (report.cached, len(report.written)) == (10, 10)
    assert before == {path: world.read(f"images/{path}") for path in os.listdir(world.root / "images")}


def test_an_output_edited_by_hand_is_kept_and_said_to_be_until_overwritten(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    world.write({"images/t1.png": b"my own"})
    report = world.build()
    assert report.kept == ("images/t1.png",)
    assert world.notices == ["'images/t1.png' was changed by hand and is kept"]
    assert world.read("images/t1.png") == b"my own"
    assert world.status("t1")["t1"].reasons[0].code == "edited"
    assert world.build(overwrite=True).written == ("images/t1.png",)
    assert world.read("images/t1.png").startswith(b"\x89PNG")


def test_a_file_that_was_there_before_is_never_overwritten_unasked(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN, "images/t1.png": b"precious", "images/t2.png": b"too"})
    assert sorted(world.build().kept) == ["images/t1.png", "images/t2.png"]
    assert len(world.notices) == 1
    assert world.notices[0].startswith("kept as they were before, with other bytes: 'images/t")
    assert world.status("t1")["t1"].reasons[0].detail == "there before, and not made here"
    assert world.read("images/t1.png") == b"precious"


def test_the_old_picture_stays_until_the_new_one_is_there(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    before = world.read("images/t1.png")
    world.edit("imagebuild.yaml", "picture 1}", "picture one}")
    world.provider.answer = refuse("picture one", lambda: UnavailableError("down"))
    assert world.build().exit_code == 1
    assert world.read("images/t1.png") == before


def test_editing_an_output_in_place_never_changes_the_store(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    with (world.root / "images/t1.png").open("r+b") as file:
        file.write(b"scribble")
    store = Store.originals(world.home)
    assert all(store.objects.get(digest) for digest in store.objects.digests())
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


def test_offline_fails_what_needs_the_network_and_makes_the_rest(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN + "  free: {prompt: free, provider: sketch}\n"})
    report = world.build(offline=True, max_cost=None)
    assert report.exit_code == 3
    assert len(report.failures) == 10
    assert world.written == ["images/free.png"]
    assert world.provider.calls == []


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


def test_only_the_first_of_several_pictures_is_the_answer_and_all_are_kept(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: many, edits: [b]}}\n"})

    class Many(RecordingProvider):
        def generate(self, request: Request, context: ProviderContext) -> Result:
            result = super().generate(request, context)
            return replace(result, pictures=(*result.pictures, Picture(png(5, 5), "image/png")))

    world.extra = (Many("many"),)
    assert world.build().written == ("images/a.png",)
    store = Store.originals(world.home)
    assert len(list(store.objects.digests())) == 3
    store.close()


def test_a_path_that_ends_like_another_type_is_refused_before_anything_is_bought(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: recorder, output: a.jpg}}\n"})
    with pytest.raises(SpecError) as caught:
        world.build()
    assert str(caught.value) == "imagebuild.yaml:2:54: the output 'a.jpg' of target 'a' is to hold image/png"
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


def test_a_call_cut_off_by_a_crash_is_reported_as_maybe_paid_once(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})

    class PowerCut(BaseException):
        pass

    world.provider.answer = refuse("picture 3", PowerCut)
    world.build()
    world.provider.answer = lambda request, context: None
    world.build()
    assert len(world.notices) == 1
    assert "'t3' was in flight when an earlier build ended; it may have been paid" in world.notices[0]
    world.build()
    assert world.notices == []


def test_settings_of_the_engine_are_checked(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN + "providers: {recorder: {price: cheap, colour: red}, recoder: {}}\n"})
    with pytest.raises(SpecError) as caught:
        world.build()
    assert [str(problem) for problem in caught.value.problems] == [
        "imagebuild.yaml:14:31: 'price' of provider 'recorder' must be a number, 0 or more; found 'cheap'",
        "imagebuild.yaml:14:38: provider 'recorder' has no setting 'colour'",
        "imagebuild.yaml:14:52: unknown provider 'recoder'",
    ]
    assert caught.value.problems[2].hint == "did you mean 'recorder'? installed: recorder, sketch"


def test_every_problem_of_every_provider_and_step_is_told_at_its_place(project: Make) -> None:
    spec = """\
version: 1
styles: {s: {options: {qualty: high}}}
targets:
  a: {prompt: a, style: s, provider: recorder}
  b: {prompt: b, style: s, provider: recorder, steps: [blur, {mark: {colour: red}}]}
  c: {prompt: c, provider: nobody}
  d: {prompt: d, inputs: [text.txt], edits: [{prompt: e, options: {siz: 1}}]}
"""
    world = project({"imagebuild.yaml": spec, "text.txt": "no picture"})
    with pytest.raises(SpecError) as caught:
        world.build()
    assert [str(problem) for problem in caught.value.problems] == [
        "imagebuild.yaml:2:24: unknown option 'qualty'",
        "imagebuild.yaml:5:56: unknown step 'blur'",
        "imagebuild.yaml:5:70: unknown option 'colour'",
        "imagebuild.yaml:6:28: unknown provider 'nobody'",
        "imagebuild.yaml:7:27: 'text.txt' is not a picture",
        "imagebuild.yaml:7:68: unknown option 'siz'",
    ]


def test_an_observer_that_fails_is_named(project: Make) -> None:
    from imagebuild.hookspecs import hookimpl
    from imagebuild.project import Project
    from imagebuild.registry import Registry
    from imagebuild.testing import Plugin

    class Nosy:
        @hookimpl
        def imagebuild_event(self, event: Event) -> None:
            raise ValueError("too much")

    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a}}\n"})
    registry = Registry({"testing": Plugin([world.painter]), "nosy": Nosy()})
    with pytest.raises(PluginError, match=r"plugin 'nosy' \(this process\) failed on build_started"):
        Project.open(world.root, home=world.home, registry=registry, environ={}).build()


def test_candidates_differ_and_the_first_is_used_until_another_is_picked(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: recorder, candidates: 3}}\n"})
    world.build()
    assert sorted(request.candidate for request in world.provider.calls) == [1, 2, 3]
    lines = Lock.read(world.root / "imagebuild.lock").lines
    assert [line.picked for line in lines.values()] == [True, False, False]
    store = Store.originals(world.home)
    assert world.read("images/a.png") == store.read(lines["a", 0, 1].digest)
    store.close()


def test_two_pictures_of_one_target_at_one_path_are_an_error_with_the_place(project: Make) -> None:
    spec = "version: 1\ntargets: {a: {prompt: a, output: a.png, steps: [{mark: {widths: [1, 2]}}]}}\n"
    world = project({"imagebuild.yaml": spec})
    report = world.build()
    assert report.exit_code == 2
    assert "two pictures of 'a' would be written to 'a.png'" in str(report.failures[0].error)
    world.edit("imagebuild.yaml", "output: a.png", "output: 'a-{{ width }}.png'")
    assert world.build().written == ("a-1.png", "a-2.png")


def test_an_input_file_that_changes_while_the_build_runs_fails_its_target_and_nothing_is_cached_wrongly(
    project: Make,
) -> None:
    spec = """\
version: 1
defaults: {provider: recorder}
targets:
  a: {prompt: a}
  b: {prompt: b, inputs: [{target: a}, ref.png]}
"""
    world = project({"imagebuild.yaml": spec, "ref.png": png(2, 2)})

    def answer(request: Request, context: ProviderContext) -> None:
        if request.prompt == "a":
            world.write({"ref.png": png(3, 3)})
        else:
            for reference in request.inputs:
                reference.read()

    world.provider.answer = answer
    report = world.build()
    assert "'ref.png' changed while the build ran" in str(report.failures[0].error)
    world.provider.answer = lambda request, context: None
    assert world.build().exit_code == 0


def test_the_python_api_takes_a_path_below_the_project(project: Make) -> None:
    from imagebuild.project import Project
    from imagebuild.registry import Registry
    from imagebuild.testing import Plugin

    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a}}\n", "deep/er/x": ""})
    registry = Registry({"testing": Plugin([RecordingProvider("sketch", free=True)])})
    opened = Project.open(world.root / "deep/er", home=world.home, registry=registry, environ={})
    assert opened.build().ok
    assert opened.plan().empty


def test_two_targets_that_turn_out_to_write_one_file_are_an_error_and_the_first_one_stands(project: Make) -> None:
    spec = """\
version: 1
targets:
  a: {prompt: a, output: "x{% if width %}-{{ width }}{% endif %}.png", steps: [{mark: {widths: [1]}}]}
  b: {prompt: b, output: x-1.png}
"""
    world = project({"imagebuild.yaml": spec})
    report = world.build(jobs=1)
    assert report.exit_code == 2
    assert str(report.failures[0].error) in (
        "'x-1.png' is the output of both 'a' and 'b'",
        "'x-1.png' is the output of both 'b' and 'a'",
    )
    assert world.written == ["x-1.png"]


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
