"""`build(executor="batch")`: what is sent, what is collected, and that nothing is paid twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from imagebuild import Batching, BatchLine, BatchStatus, Picture, Request, Result
from imagebuild.errors import ForgottenError, ProviderError, RefusedError, SpendingRefused, UnavailableError, UsageError
from imagebuild.event import BuildFinished
from imagebuild.store import Records, Store
from imagebuild.store.objects import ObjectStore
from imagebuild.testing import RecordingProvider, World
from imagebuild.testing.recorder import picture_of

Make = Callable[[Mapping[str, str | bytes]], World]

THREE = "version: 1\ndefaults: {provider: recorder}\ntargets: {a: {prompt: a}, b: {prompt: b}, c: {prompt: c}}\n"
CHAIN = (
    "version: 1\ndefaults: {provider: recorder}\ntargets: {a: {prompt: a, edits: [blue, stripes]}, b: {prompt: b}}\n"
)


@dataclass
class Service(Batching):
    """Holds batches; each is done as soon as ``finish`` is called."""

    sent: dict[str, list[BatchLine]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    answers: dict[str, ProviderError | None] = field(default_factory=dict)
    most: int = 100
    down: ProviderError | None = None
    refuses: str | None = None
    read: list[str] = field(default_factory=list)
    on_submit: Callable[[], None] = lambda: None
    after_submit: Callable[[], None] = lambda: None

    def problem(self, request: Request) -> str | None:
        return "not in batches" if request.prompt == self.refuses else None

    def groups(self, lines: Sequence[BatchLine]) -> Sequence[Sequence[BatchLine]]:
        return [lines[at : at + self.most] for at in range(0, len(lines), self.most)]

    def submit(self, token: str, lines: Sequence[BatchLine]) -> str:
        self.on_submit()
        name = f"batch_{len(self.sent) + 1}"
        self.sent[name], self.tokens[token], self.states[name] = list(lines), name, "running"
        self.after_submit()
        return name

    def find(self, token: str) -> str | None:
        return self.tokens.get(token)

    def status(self, batch_id: str) -> BatchStatus:
        if self.down:
            raise self.down
        return BatchStatus(batch_id, self.states[batch_id], total=len(self.sent[batch_id]))  # type: ignore[arg-type]  # a plain text

    def results(self, batch_id: str, requests: Mapping[str, Request]) -> Iterator[tuple[str, Result | ProviderError]]:
        for line in reversed(self.sent[batch_id]):
            if line.key not in requests:
                continue
            self.read.append(line.request.prompt)
            if line.request.prompt not in self.answers:
                data = picture_of("recorder", requests[line.key])
                yield line.key, Result((Picture(data, "image/png"),), cost_usd=0.02, model="recorder-1")
            elif (error := self.answers[line.request.prompt]) is not None:
                yield line.key, error

    def cancel(self, batch_id: str) -> BatchStatus:
        self.states[batch_id] = "cancelling"
        return BatchStatus(batch_id, "cancelling")

    def finish(self, state: str = "completed") -> None:
        for name in self.states:
            self.states[name] = state

    @property
    def prompts(self) -> list[list[str]]:
        return [[line.request.prompt for line in lines] for lines in self.sent.values()]


class Batched(RecordingProvider):
    """A recorder that takes batches too."""

    service: Service
    place = ""

    @property
    def address(self) -> str:
        return self.place

    def batching(self) -> Batching:
        return self.service


@pytest.fixture
def service() -> Service:
    return Service()


def world_of(project: Make, spec: str, service: Service) -> World:
    world = project({"imagebuild.yaml": spec})
    provider = Batched()
    provider.service = service
    world.provider = provider
    return world


def maybe_paid(world: World) -> list[str]:
    store = Store.originals(world.home)
    try:
        return [intent.target for intent in store.records.maybe_paid()]
    finally:
        store.close()


def test_pictures_are_sent_together_and_the_next_build_collects_them(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    sent = world.build(executor="batch")
    assert (sent.exit_code, sent.sent, sent.waiting, world.written) == (3, 3, ("a", "b", "c"), [])
    assert service.prompts == [["a", "b", "c"]]
    service.finish()
    report = world.build(max_cost=0.0)
    assert (report.exit_code, report.waiting, world.provider.calls) == (0, (), [])
    assert world.written == ["images/a.png", "images/b.png", "images/c.png"]
    assert world.build().exit_code == 0
    assert sorted(service.read) == ["a", "b", "c"]


def test_a_free_picture_is_on_the_disk_before_a_batch_takes_it(
    project: Make, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = """\
version: 1
targets:
  drawn: {prompt: drawn}
  asked: {prompt: asked, provider: recorder, inputs: [{target: drawn}]}
"""
    world, order = world_of(project, spec, service), []
    flush, begin_batch = ObjectStore.make_durable, Records.begin_batch
    monkeypatch.setattr(
        ObjectStore, "make_durable", lambda objects, digest: (order.append(digest), flush(objects, digest))[1]
    )
    monkeypatch.setattr(
        Records, "begin_batch", lambda records, *given: (order.append("intents"), begin_batch(records, *given))[1]
    )
    assert world.build(executor="batch").sent == 1
    ((line,),) = service.sent.values()
    assert order == [line.request.inputs[0].digest, "intents"]


def test_a_batch_is_reserved_at_its_own_price(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    with pytest.raises(SpendingRefused):
        world.build(executor="batch", max_cost=0.05)
    assert world.build(executor="batch", max_cost=0.06).sent == 3
    assert world.open().plan(executor="batch").cost.high == 0


def test_a_cap_in_the_middle_sends_what_it_allows(project: Make, service: Service) -> None:
    world = world_of(project, CHAIN, service)
    report = world.build("b", executor="batch", max_cost=0.02)
    assert (report.sent, service.prompts) == (1, [["b"]])


def test_what_is_in_a_batch_is_never_bought_by_a_live_build_nor_sent_again(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    for executor in ("local", "batch"):
        report = world.build(executor=executor)
        assert (report.exit_code, report.waiting, world.provider.calls) == (3, ("a", "b", "c"), [])
    assert len(service.sent) == 1
    assert {action.verdict for action in world.plan().actions} == {"waiting"}


def test_edits_go_in_waves(project: Make, service: Service) -> None:
    world = world_of(project, CHAIN, service)
    for expected in (["a", "b"], ["blue"], ["stripes"]):
        assert world.build(executor="batch").exit_code == 3
        assert service.prompts[-1] == expected
        service.finish()
    assert world.build(executor="batch").exit_code == 0
    assert len(service.sent) == 3
    assert world.provider.calls == []


def test_a_live_build_goes_on_where_a_batch_ended(project: Make, service: Service) -> None:
    world = world_of(project, CHAIN, service)
    world.build(executor="batch")
    service.finish()
    assert world.build().exit_code == 0
    assert world.provider.prompts == ["blue", "stripes"]


def test_a_line_that_failed_fails_its_target_and_is_sent_again_by_the_build_after(
    project: Make, service: Service
) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.answers["b"] = RefusedError("moderation", request_id="req_9")
    service.finish()
    report = world.build(executor="batch")
    assert [(failure.target, failure.error.message) for failure in report.failures] == [("b", "moderation")]
    assert (report.exit_code, len(service.sent), world.written) == (1, 1, ["images/a.png", "images/c.png"])
    world.build(executor="batch")
    assert service.prompts[1:] == [["b"]]
    assert maybe_paid(world) == []


@pytest.mark.parametrize("state", ["expired", "cancelled"])
def test_lines_that_did_not_run_cost_nothing_and_are_sent_again(project: Make, service: Service, state: str) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.answers |= {"a": None, "c": None}
    service.finish(state)
    report = world.build(executor="batch")
    assert (report.exit_code, report.sent) == (3, 2)
    assert service.prompts[1:] == [["a", "c"]]
    assert maybe_paid(world) == []


def test_a_batch_that_the_service_did_not_take_fails_its_targets_and_is_not_sent_again_at_once(
    project: Make, service: Service
) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.answers |= {"a": None, "b": None, "c": None}
    service.finish("failed")
    report = world.build(executor="batch")
    assert (report.exit_code, len(report.failures), len(service.sent)) == (1, 3, 1)
    assert "did not take batch batch_1" in report.failures[0].error.message
    assert maybe_paid(world) == []
    assert world.build(executor="batch").sent == 3


def test_what_a_batch_cost_is_told_by_the_build_that_collects_it(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.finish()
    report = world.build()
    assert (report.collected, report.collected_usd, report.cost_usd) == (3, pytest.approx(0.06), 0.0)


def test_a_batch_that_was_refused_is_a_failure_and_costs_nothing(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)

    def refuse() -> None:
        raise ProviderError("too many batches")

    service.on_submit = refuse
    report = world.build(executor="batch")
    assert (report.exit_code, len(report.failures), report.waiting) == (1, 3, ())
    service.on_submit = lambda: None
    assert world.build(executor="batch").sent == 3


class PowerCut(BaseException):
    """The end of the process."""


def cut() -> None:
    raise PowerCut


def test_a_batch_whose_id_was_never_stored_is_found_again_by_its_token(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    service.after_submit = cut
    with pytest.raises(PowerCut):
        world.build(executor="batch")
    service.after_submit = lambda: None
    service.finish()
    report = world.build()
    assert (report.exit_code, world.provider.calls, len(service.sent)) == (0, [], 1)


def test_a_batch_that_was_never_made_is_first_waited_for_and_then_free_to_send(
    project: Make, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(project, THREE, service)
    service.on_submit = cut
    with pytest.raises(PowerCut):
        world.build(executor="batch")
    service.on_submit = lambda: None
    assert world.build(executor="batch").waiting == ("a", "b", "c")
    assert service.sent == {}
    monkeypatch.setattr("imagebuild.wave._SETTLED", 0.0)
    assert world.build(executor="batch").sent == 3
    assert maybe_paid(world) == []


def test_an_unknown_outcome_is_looked_for_and_not_sent_again(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)

    def lost() -> None:
        raise UnavailableError("connection lost", billed=True, retryable=False)

    service.after_submit = lost
    report = world.build(executor="batch")
    assert (report.exit_code, report.waiting) == (3, ("a", "b", "c"))
    service.after_submit = lambda: None
    service.finish()
    assert world.build().exit_code == 0
    assert len(service.sent) == 1


def test_a_forgotten_batch_is_booked_as_maybe_paid_and_bought_anew(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.down = ForgottenError("no such batch")
    assert world.build().bought == 3
    assert sorted(maybe_paid(world)) == ["a", "b", "c"]


def test_a_service_that_cannot_be_reached_is_asked_by_the_next_build(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.finish()
    service.down = UnavailableError("down")
    assert (world.build().exit_code, world.provider.calls) == (3, [])
    service.down = None
    assert world.build().exit_code == 0


def test_an_answer_read_before_a_crash_is_not_lost(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.finish()
    service.answers["a"] = UnavailableError("broken")
    results = service.results

    def crash(batch_id: str, requests: Mapping[str, Request]) -> Iterator[tuple[str, Result | ProviderError]]:
        for at, each in enumerate(results(batch_id, requests)):
            if at == 2:
                raise PowerCut
            yield each

    service.results = crash  # type: ignore[method-assign]  # for this test
    with pytest.raises(PowerCut):
        world.build()
    service.results = results  # type: ignore[method-assign]  # as it was
    service.answers.clear()
    assert (world.build().exit_code, world.provider.calls) == (0, [])


def test_more_than_a_batch_holds_goes_into_several(project: Make, service: Service) -> None:
    service.most = 2
    world = world_of(project, THREE, service)
    assert world.build(executor="batch").sent == 3
    assert service.prompts == [["a", "b"], ["c"]]


def test_a_batch_is_asked_for_only_where_it_was_sent_until_its_pictures_are_given_up(
    project: Make, service: Service
) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.finish()
    world.provider.place = "elsewhere"  # type: ignore[attr-defined]  # of our own class
    assert (world.build().exit_code, service.read, world.provider.calls) == (3, [], [])
    assert world.build("a", give_up=True).bought == 1
    assert maybe_paid(world) == ["a"]
    assert len(world.open().batches(online=False)) == 1
    assert world.build(give_up=True).bought == 2
    assert world.open().batches(online=False) == []


def test_what_cannot_go_into_a_batch_is_told_and_the_rest_is_sent(project: Make, service: Service) -> None:
    service.refuses = "b"
    world = world_of(project, THREE, service)
    report = world.build(executor="batch")
    assert (report.sent, [failure.target for failure in report.failures]) == (2, ["b"])
    assert "not in batches" in report.failures[0].error.message


def test_a_provider_without_batches_says_so(project: Make) -> None:
    world = project({"imagebuild.yaml": THREE})
    report = world.build(executor="batch")
    assert "takes no batches" in report.failures[0].error.message
    assert (report.exit_code, world.provider.calls) == (1, [])


def test_a_plan_says_what_cannot_go_into_a_batch_and_prices_the_rest(project: Make, service: Service) -> None:
    service.refuses = "b"
    world = world_of(project, THREE, service)
    plan = world.plan(executor="batch")
    assert [action.verdict for action in plan.actions] == ["buy", "blocked", "buy"]
    assert str(plan.actions[1].reasons[0]) == "not in batches"
    assert plan.cost.high == pytest.approx(0.04)


def test_two_targets_with_one_request_are_one_line(project: Make, service: Service) -> None:
    world = world_of(project, THREE.replace("prompt: c", "prompt: a"), service)
    report = world.build(executor="batch")
    assert (report.sent, service.prompts, sorted(report.waiting)) == (2, [["a", "b"]], ["a", "b", "c"])
    service.finish()
    assert world.build().exit_code == 0


def test_another_project_on_the_machine_collects_what_this_one_sent(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    other = World(world.root.parent / "other", world.home).write({"imagebuild.yaml": THREE.replace("a: {", "z: {")})
    other.provider = world.provider
    service.finish()
    assert other.build().exit_code == 0
    assert world.provider.calls == []


def test_free_work_is_done_at_once_while_a_batch_is_sent(project: Make, service: Service) -> None:
    world = world_of(project, THREE.replace("prompt: b", "prompt: b, provider: sketch"), service)
    report = world.build(executor="batch")
    assert (report.sent, world.written) == (2, ["images/b.png"])


def test_the_end_of_a_build_tells_what_was_sent_and_what_waits(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    end = world.events[-1]
    assert isinstance(end, BuildFinished)
    assert (end.sent, end.waiting, end.exit_code) == (3, 3, 3)


def test_batches_are_listed_and_given_up_by_name(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    (view,) = world.open().batches()
    assert (view.batch.batch_id, view.waiting, view.status and view.status.state) == ("batch_1", 3, "running")
    with pytest.raises(UsageError, match="no open batch"):
        world.open().cancel_batch("batch_7")
    cancelled = world.open().cancel_batch("batch_1")
    assert cancelled.status
    assert cancelled.status.state == "cancelling"


def test_collecting_alone_takes_in_what_is_done(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.finish()
    world.open().collect()
    assert world.open().batches() == []
    assert world.build(max_cost=0.0).exit_code == 0


def test_locked_and_offline_builds_ask_for_nothing(project: Make, service: Service) -> None:
    world = world_of(project, THREE, service)
    world.build(executor="batch")
    service.finish()
    assert world.build(offline=True).exit_code == 3
    assert service.read == []
