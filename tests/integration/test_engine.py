"""What a build does when things go right, wrong, twice, or are cut short."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from msgspec.structs import replace
from ten_pictures import TEN, Make, refuse

from imagebuild.artifact import Picture
from imagebuild.errors import (
    AuthenticationError,
    PluginError,
    ProviderError,
    RefusedError,
    SpecError,
    UnavailableError,
)
from imagebuild.event import ActionFailed, ActionFinished, BuildFinished, BuildStarted, Event
from imagebuild.lockfile import Lock
from imagebuild.request import ProviderContext, Request, Result
from imagebuild.store import Store
from imagebuild.testing import RecordingProvider, World, png


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


@pytest.mark.parametrize("late", [False, True])
def test_what_two_targets_share_is_counted_once_however_late_the_second_comes(project: Make, late: bool) -> None:
    world = project(
        {
            "imagebuild.yaml": """\
version: 1
defaults: {provider: recorder, steps: [{mark: {mark: A}}]}
targets: {early: {prompt: early}, late: {prompt: late}}
"""
        }
    )
    both = threading.Barrier(2, timeout=10)

    def answer(request: Request, context: ProviderContext) -> bytes:
        if not late:
            both.wait()
        elif request.prompt == "late":
            deadline = time.monotonic() + 10
            while not any(isinstance(event, ActionFinished) and event.kind == "step" for event in world.events):
                assert time.monotonic() < deadline
                time.sleep(0.01)
        return png(2, 2)

    world.provider.answer = answer
    report = world.build()
    assert report.failures == ()
    assert (report.bought, report.made, report.cached, len(report.written)) == (2, 1, 0, 2)
    report = world.build()
    assert (report.bought, report.made, report.cached, len(report.written)) == (0, 0, 4, 0)


def test_offline_fails_what_needs_the_network_and_makes_the_rest(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN + "  free: {prompt: free, provider: sketch}\n"})
    report = world.build(offline=True, max_cost=None)
    assert report.exit_code == 3
    assert len(report.failures) == 10
    assert world.written == ["images/free.png"]
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
