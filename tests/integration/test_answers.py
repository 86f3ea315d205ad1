"""What comes of answers that fail, come late, or are not what was asked for: with a provider that gives ids."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import pytest
from msgspec import Struct, field

from imagebuild import Picture, ProviderContext, RateLimits, Request, Result, RetryPolicy
from imagebuild.digest import Json
from imagebuild.errors import (
    DifferentError,
    ForgottenError,
    LockError,
    NoImageError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RefusedError,
    StoreError,
    UnavailableError,
)
from imagebuild.event import ActionRetried
from imagebuild.lockfile import Lock
from imagebuild.store import Intent, ObjectStore, Store
from imagebuild.testing import RecordingProvider, World, png

Make = Callable[[Mapping[str, str | bytes]], World]

ONE = "version: 1\ntargets: {a: {prompt: a, provider: recorder}}\n"
QUICK = RetryPolicy(first_wait=0.0, longest_wait=0.0, chance=lambda: 0.0)


class PowerCut(BaseException):
    """Ends a call as a kill would: nothing after it is done."""


class Service(Struct):
    """Answers under ids: ``plan`` gives what each call does, in order; then all goes well."""

    plan: list[BaseException | None] = field(default_factory=list)
    named: bool = True
    collected: list[str] = field(default_factory=list)
    on_collect: list[BaseException] = field(default_factory=list)

    def __call__(self, request: Request, context: ProviderContext) -> bytes | None:
        step = self.plan.pop(0) if self.plan else None
        if self.named:
            context.note_id(f"answer-{request.prompt}")
        if step is not None:
            raise step
        return None


class Collecting(RecordingProvider):
    """A recorder whose answers can be collected."""

    service: Service
    place = ""

    @property
    def address(self) -> str:
        return self.place

    def collect(self, request: Request, response_id: str, context: ProviderContext) -> Result:
        self.service.collected.append(response_id)
        if self.service.on_collect:
            raise self.service.on_collect.pop(0)
        return Result((Picture(png(9, 9), "image/png"),), cost_usd=0.04, model="recorder-1", response_id=response_id)


def world_of(project: Make, spec: str, *plan: BaseException | None, named: bool = True) -> tuple[World, Service]:
    world = project({"imagebuild.yaml": spec})
    provider, service = Collecting(), Service([*plan], named)
    provider.service, provider.answer = service, service
    world.provider = provider
    world.retry = QUICK
    return world, service


def ledger(world: World) -> list[str]:
    store = Store.originals(world.home)
    try:
        return [intent.target for intent in store.records.maybe_paid()]
    finally:
        store.close()


# Trying again


@pytest.mark.parametrize("error", [RateLimitError("slow down", retry_after=0.0), UnavailableError("busy")])
def test_a_failure_that_passes_is_tried_again_and_told(project: Make, error: ProviderError) -> None:
    world, _ = world_of(project, ONE, error, error, named=False)
    report = world.build()
    assert (report.exit_code, report.bought, len(world.provider.calls)) == (0, 1, 3)
    assert report.charged_usd == pytest.approx(0.04)
    retried = [event for event in world.events if isinstance(event, ActionRetried)]
    assert [(event.target, event.attempt, event.error) for event in retried] == [("a", 2, error), ("a", 3, error)]
    assert ledger(world) == []


@pytest.mark.parametrize("error", [RefusedError("no"), QuotaError("empty"), NoImageError("words", billed=True)])
def test_a_failure_that_stays_is_not_tried_again(project: Make, error: ProviderError) -> None:
    world, _ = world_of(project, ONE, error, named=False)
    assert (world.build().exit_code, len(world.provider.calls)) == (1, 1)


def test_every_try_that_may_have_been_paid_stands_in_the_ledger_and_in_the_cost(project: Make) -> None:
    world, _ = world_of(project, ONE, *[UnavailableError("broke off", billed=True)] * 5, named=False)
    report = world.build()
    assert (report.exit_code, len(world.provider.calls)) == (1, 3)
    assert ledger(world) == ["a", "a", "a"]
    assert report.cost_usd is None


def test_no_try_goes_over_the_cap(project: Make) -> None:
    world, _ = world_of(project, ONE, *[UnavailableError("broke off", billed=True)] * 5, named=False)
    report = world.build(max_cost=0.09)
    assert (report.exit_code, len(world.provider.calls)) == (1, 2)


def test_a_known_charge_of_a_failure_is_booked(project: Make) -> None:
    world, _ = world_of(project, ONE, NoImageError("words", billed=True, cost_usd=0.01), named=False)
    report = world.build()
    assert (report.charged_usd, report.cost_usd) == (0.01, 0.01)


def test_what_the_service_says_of_its_limits_is_kept_to(project: Make) -> None:
    world = project({"imagebuild.yaml": ONE})
    world.provider.answer = lambda request, context: context.note_limits(RateLimits(60, 30, 1.0))  # type: ignore[func-returns-value]  # None is the answer
    assert world.build().ok


# Collecting


def test_what_was_in_flight_at_a_kill_is_collected_and_not_bought_again(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    world.forget()
    report = world.build(max_cost=0.0)
    assert (report.exit_code, report.bought, world.provider.calls) == (0, 0, [])
    assert service.collected == ["answer-a"]
    assert world.read("images/a.png") == png(9, 9)
    assert ledger(world) == []
    line = Lock.read(world.root / "imagebuild.lock").lines["a", 0, 1]
    assert (line.cost_usd, line.model) == (0.04, "recorder-1")
    assert any("was collected; nothing new was paid" in notice for notice in world.notices)


def test_a_picture_is_collected_though_the_spec_no_longer_asks_for_it(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    world.edit("imagebuild.yaml", "prompt: a", "prompt: other")
    assert world.build().bought == 1
    world.edit("imagebuild.yaml", "prompt: other", "prompt: a")
    world.forget()
    assert (world.build().ok, world.provider.calls, service.collected) == (True, [], ["answer-a"])


@pytest.mark.parametrize(("billed", "booked"), [(True, ["a"]), (False, [])])
def test_what_the_service_does_not_know_is_booked_as_what_it_was_and_bought_anew(
    project: Make, billed: bool, booked: list[str]
) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    service.on_collect = [ForgottenError("no such answer", billed=billed)]
    world.forget()
    assert (world.build().bought, len(world.provider.calls)) == (1, 1)
    assert ledger(world) == booked


@pytest.mark.parametrize("error", [UnavailableError("busy"), RateLimitError("slow"), QuotaError("empty")])
def test_what_cannot_be_collected_now_is_not_bought_again_but_asked_for_by_the_next_build(
    project: Make, error: ProviderError
) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    service.on_collect = [error]
    world.forget()
    report = world.build()
    assert (report.exit_code, world.provider.calls, report.waiting) == (3, [], ("a",))
    assert (world.build().exit_code, world.provider.calls) == (0, [])


def test_an_answer_is_looked_for_only_where_the_call_was_made(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.provider.place = "https://a.example"  # type: ignore[attr-defined]  # of our own class
    world.build()
    world.provider.place = "https://b.example"  # type: ignore[attr-defined]  # as above
    world.forget()
    report = world.build()
    assert (report.exit_code, world.provider.calls, service.collected) == (3, [], [])
    assert any("can be collected at https://a.example" in notice for notice in world.notices)
    world.provider.place = "https://a.example"  # type: ignore[attr-defined]  # as above
    assert (world.build().exit_code, service.collected) == (0, ["answer-a"])


def test_what_cannot_be_collected_any_more_can_be_given_up_and_is_booked(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    service.on_collect = [UnavailableError("gone for good")]
    assert world.build(give_up=True).bought == 1
    assert ledger(world) == ["a"]


def test_giving_up_leaves_alone_what_another_project_waits_for(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    service.on_collect = [UnavailableError("down")]
    other = World(world.root.parent / "other", world.home).write(
        {"imagebuild.yaml": ONE.replace("prompt: a", "prompt: z")}
    )
    other.provider = world.provider
    assert other.build(give_up=True).bought == 1
    assert ledger(world) == []
    world.forget()
    assert (world.build().exit_code, world.provider.calls) == (0, [])


def test_giving_up_gives_nothing_up_that_nobody_asked_for(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    assert world.build(give_up=True, offline=True).exit_code == 3
    assert (ledger(world), service.collected) == ([], [])


def test_an_answer_that_turns_out_to_be_a_refusal_fails_its_target_and_the_next_build_asks_anew(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    service.on_collect = [RefusedError("moderation")]
    world.forget()
    report = world.build()
    assert (report.exit_code, world.provider.calls) == (1, [])
    assert isinstance(report.failures[0].error, RefusedError)
    assert ledger(world) == []
    assert world.build().bought == 1


def test_offline_and_locked_builds_collect_nothing_and_leave_it_to_the_next(project: Make) -> None:
    world, service = world_of(project, ONE, PowerCut())
    world.build()
    assert world.build(offline=True).exit_code == 3
    with pytest.raises(LockError):
        world.build(locked=True)
    assert service.collected == []
    assert world.build().ok
    assert service.collected == ["answer-a"]


def test_a_plan_says_where_the_picture_is_and_that_it_costs_nothing_more(project: Make) -> None:
    spec = "version: 1\ntargets: {a: {prompt: a, provider: recorder, edits: [blue]}}\n"
    world, _ = world_of(project, spec, PowerCut())
    world.build()
    plan = world.plan()
    assert [action.verdict for action in plan.actions] == ["waiting", "waiting"]
    assert plan.cost.high == 0
    assert "is at the service as answer-a" in str(plan.actions[0].reasons[0])


def test_a_connection_lost_after_the_id_leads_to_collecting_within_the_same_build(project: Make) -> None:
    world, service = world_of(project, ONE, UnavailableError("lost", billed=True))
    report = world.build()
    assert (report.exit_code, len(world.provider.calls), service.collected) == (0, 1, ["answer-a"])
    assert ledger(world) == []


def test_an_answer_given_up_is_left_for_the_next_build(project: Make) -> None:
    world, service = world_of(project, ONE, UnavailableError("took too long", billed=True, retryable=False))
    assert world.build().exit_code == 1
    assert ledger(world) == []
    world.forget()
    assert (world.build().exit_code, world.provider.calls, service.collected) == (0, [], ["answer-a"])


def test_a_forgotten_answer_of_a_call_that_failed_is_called_for_again_within_the_build(project: Make) -> None:
    world, service = world_of(project, ONE, UnavailableError("failed", billed=True))
    service.on_collect = [ForgottenError("nothing came of it")]
    assert (world.build().exit_code, len(world.provider.calls)) == (0, 2)


def test_a_provider_that_cannot_collect_leaves_it_maybe_paid(project: Make) -> None:
    world = project({"imagebuild.yaml": ONE})

    def named(request: Request, context: ProviderContext) -> bytes:
        context.note_id("x")
        raise PowerCut

    world.provider.answer = named
    world.build()
    world.provider.answer = lambda request, context: None
    assert world.build().bought == 1
    assert ledger(world) == ["a"]


# Stopping


@pytest.mark.parametrize("wait", [30.0, 86_400.0])
def test_a_pause_that_a_service_asks_for_does_not_outlast_the_users_patience(project: Make, wait: float) -> None:
    spec = "version: 1\nproviders: {recorder: {concurrency: 1}}\ndefaults: {provider: recorder}\ntargets:\n"
    world, _ = world_of(
        project,
        spec + "".join(f"  t{n}: {{prompt: p{n}}}\n" for n in range(3)),
        RateLimitError("slow", retry_after=wait),
    )
    world.retry = RetryPolicy(patience=0.0, chance=lambda: 0.0)
    began = time.monotonic()
    report = world.build(max_failures=1)
    assert report.exit_code == 1
    assert time.monotonic() - began < wait / 2


# Other than asked


def different(project: Make, accept: str = "") -> World:
    world = project({"imagebuild.yaml": ONE.replace("provider: recorder", f"provider: recorder{accept}")})
    world.provider = Different()
    return world


class Different(RecordingProvider):
    """A recorder whose pictures are not what was asked for."""

    faults: tuple[str, ...] = ("asked for 64x64, got 4x4",)
    effective: Mapping[str, Json] = {"size": "4x4"}

    def generate(self, request: Request, context: ProviderContext) -> Result:
        result = super().generate(request, context)
        return Result(
            result.pictures,
            cost_usd=0.04,
            model="recorder-1",
            request_id="req_1",
            faults=self.faults,
            effective=self.effective,
        )


def test_a_picture_other_than_asked_for_is_kept_fails_its_target_and_is_not_bought_again(project: Make) -> None:
    world = different(project)
    report = world.build()
    error = report.failures[0].error
    assert isinstance(error, DifferentError)
    assert "asked for 64x64, got 4x4" in error.message
    assert (report.exit_code, error.request_id, report.charged_usd, world.written) == (1, "req_1", 0.04, [])
    again = world.build()
    assert isinstance(again.failures[0].error, DifferentError)
    assert (again.exit_code, len(world.provider.calls)) == (1, 1)


def test_accept_any_takes_it_without_another_call(project: Make) -> None:
    world = different(project)
    world.build()
    world.edit("imagebuild.yaml", "provider: recorder", "provider: recorder, accept: any")
    report = world.build()
    assert (report.exit_code, len(world.provider.calls), world.written) == (0, 1, ["images/a.png"])
    assert world.build().exit_code == 0


def test_accept_any_takes_it_at_once(project: Make) -> None:
    world = different(project, ", accept: any")
    assert (world.build().exit_code, world.written) == (0, ["images/a.png"])


def test_two_targets_that_share_a_picture_need_not_accept_the_same(project: Make) -> None:
    spec = "version: 1\ndefaults: {provider: recorder, prompt: a}\ntargets: {a: {}, b: {accept: any}, c: {}}\n"
    world = project(
        {
            "imagebuild.yaml": spec.replace(", prompt: a", "")
            .replace("{}", "{prompt: a}")
            .replace("{acc", "{prompt: a, acc")
        }
    )
    world.provider = Different()
    report = world.build()
    assert (len(world.provider.calls), world.written) == (1, ["images/b.png"])
    assert sorted(failure.target for failure in report.failures) == ["a", "c"]


def test_another_type_than_promised_is_other_than_asked_for(project: Make) -> None:
    world = project({"imagebuild.yaml": ONE})
    gif = b"GIF89a\x01\0\x01\0\0\0\0;" + b"\0" * 4 + b";"
    world.provider.answer = lambda request, context: gif
    report = world.build()
    assert "asked for image/png, got image/gif" in str(report.failures[0].error)
    world.edit("imagebuild.yaml", "provider: recorder", "provider: recorder, accept: any")
    world.build()
    assert (world.written, len(world.provider.calls)) == (["images/a.gif"], 1)


def test_what_the_service_says_it_used_is_kept_beside_the_record(project: Make) -> None:
    world = different(project)
    world.build()
    store = Store.originals(world.home)
    record = store.records.get(store.records.keys()[0])
    store.close()
    assert record is not None
    assert (record.effective, record.faults) == ({"size": "4x4"}, ("asked for 64x64, got 4x4",))


# Where an edit's parent came from


def test_an_edit_can_ask_in_which_answer_its_parent_came(project: Make) -> None:
    world = project({"imagebuild.yaml": ONE.replace("prompt: a", "prompt: a, edits: [b]")})
    seen: list[str | None] = []

    class Answering(RecordingProvider):
        def generate(self, request: Request, context: ProviderContext) -> Result:
            if request.parent:
                seen.append(request.parent.response_id())
            made = super().generate(request, context)
            return Result(made.pictures, cost_usd=0.04, response_id=f"resp-{request.prompt}")

    world.provider = Answering()
    assert world.build().ok
    assert seen == ["resp-a"]


# What must not cost a picture


def test_a_partial_picture_that_cannot_be_written_costs_no_call(project: Make) -> None:
    world = project({"imagebuild.yaml": ONE, ".imagebuild/partials": "a file where the folder should be"})

    def streamed(request: Request, context: ProviderContext) -> None:
        context.partial(0, Picture(png(8, 8), "image/png"))
        context.partial(1, Picture(b"nothing that is known", "application/octet-stream"))

    world.provider.answer = streamed
    assert world.build().bought == 1
    assert len([notice for notice in world.notices if "partial picture cannot be shown" in notice]) == 2


def test_what_came_in_place_of_a_picture_is_kept_in_the_quarantine(project: Make) -> None:
    world = project({"imagebuild.yaml": ONE})

    def broken(request: Request, context: ProviderContext) -> bytes:
        error = NoImageError("cannot be decoded", billed=True)
        error.remains = (b"iVBORw0KGgo=*",)
        raise error

    world.provider.answer = broken
    report = world.build()
    assert "kept in the store's quarantine" in str(report.failures[0].error.hint)
    assert [path.read_bytes() for path in (world.home / "quarantine").glob("*.bin")] == [b"iVBORw0KGgo=*"]


def test_partial_pictures_of_candidates_have_files_of_their_own(project: Make) -> None:
    world = project({"imagebuild.yaml": ONE.replace("prompt: a", "prompt: a, candidates: 2")})
    world.provider.answer = lambda request, context: context.partial(0, Picture(png(8, 8), "image/png"))  # type: ignore[func-returns-value]  # None is the answer
    assert world.build().ok
    assert sorted(path.name for path in (world.root / ".imagebuild/partials").iterdir()) == [
        "a-0-0.png",
        "a-0-c2-0.png",
    ]


# A purchase is booked once


def test_a_failure_that_is_looked_into_is_booked_once_and_leaves_room_for_another_try(project: Make) -> None:
    world, service = world_of(project, ONE, UnavailableError("failed", billed=True))
    service.on_collect = [ForgottenError("nothing came of it", billed=True)]
    report = world.build(max_cost=0.09)
    assert (report.exit_code, len(world.provider.calls)) == (0, 2)
    assert ledger(world) == ["a"]


def test_an_answer_that_cannot_be_looked_for_is_left_to_the_next_build_after_a_few_looks(project: Make) -> None:
    world, service = world_of(project, ONE, UnavailableError("lost", billed=True))
    service.on_collect = [UnavailableError("down", billed=True) for _ in range(50)]
    assert world.build().exit_code == 1
    assert len(service.collected) == 2
    service.on_collect.clear()
    world.forget()
    assert (world.build().exit_code, world.provider.calls) == (0, [])


def test_an_answer_found_within_the_build_is_booked_at_what_it_cost(project: Make) -> None:
    world, service = world_of(project, ONE, UnavailableError("lost", billed=True))
    report = world.build(max_cost=0.04)
    assert (report.exit_code, report.charged_usd, report.cost_usd) == (0, 0.04, 0.04)
    assert service.collected == ["answer-a"]


def test_a_failure_for_which_the_cap_has_no_room_names_its_cause_and_the_cap(project: Make) -> None:
    world, service = world_of(project, ONE, UnavailableError("status 500", billed=True))
    service.on_collect = [ForgottenError("nothing came of it", billed=True)]
    error = world.build(max_cost=0.05).failures[0].error
    assert error.message == "status 500"
    assert "no room for another try" in str(error.hint)


# What cannot be kept


def test_a_store_that_cannot_keep_a_picture_ends_the_buying_and_says_where_the_bytes_are(
    project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = "version: 1\nproviders: {recorder: {concurrency: 1}}\ndefaults: {provider: recorder}\ntargets:\n"
    world = project({"imagebuild.yaml": spec + "".join(f"  t{n}: {{prompt: p{n}}}\n" for n in range(9))})
    put = ObjectStore.put

    def full(self: ObjectStore, data: bytes, *, durable: bool = True) -> str:
        if self.durable:
            raise StoreError("the disk is full")
        return put(self, data, durable=durable)

    monkeypatch.setattr(ObjectStore, "put", full)
    report = world.build()
    assert len(world.provider.calls) == 1
    hint = str(report.failures[0].error.hint)
    (saved,) = (world.root / ".imagebuild" / "rescued").iterdir()
    assert saved.name in hint
    assert saved.read_bytes().startswith(b"\x89PNG")


def test_nothing_is_bought_onto_a_disk_without_room(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = project({"imagebuild.yaml": ONE})
    monkeypatch.setattr("imagebuild.store.store._ROOM", 1 << 60)
    report = world.build()
    assert (world.provider.calls, report.cost_usd) == ([], 0.0)
    assert "free some space" in str(report.failures[0].error.hint)


def test_no_call_is_made_again_once_the_provider_has_said_that_none_can_succeed(project: Make) -> None:
    spec = "version: 1\nproviders: {recorder: {concurrency: 2}}\ndefaults: {provider: recorder}\n"
    world = project({"imagebuild.yaml": spec + "targets: {a: {prompt: a}, b: {prompt: b}}\n"})
    empty = threading.Event()

    def answer(request: Request, context: ProviderContext) -> bytes | None:
        if request.prompt == "b":
            empty.set()
            raise QuotaError("empty")
        empty.wait(20)
        raise UnavailableError("busy", retry_after=0.3)

    world.provider.answer = answer
    world.retry = QUICK
    world.build()
    assert len(world.provider.calls) == 2


def test_a_picture_that_another_build_is_buying_is_waited_for_and_no_failure(project: Make) -> None:
    world, _ = world_of(project, ONE)
    store = Store.originals(world.home)
    key = str(world.plan().actions[0].key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("imagebuild.facts.ProjectFacts.in_flight", lambda self, key: None)
        patch.setattr("imagebuild.building.collect", lambda session, tell, online: None)
        store.records.begin(Intent(key, "recorder", "a", 1.0, {"prompt": "a"}, batch="token"))
        report = world.build()
    store.close()
    assert (report.exit_code, report.waiting, world.provider.calls) == (3, ("a",), [])
