"""Batches over the wire: the development server at the other end of the real client."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imagebuild import BatchLine, ProviderContext, Reference, Request, Result
from imagebuild.errors import ForgottenError, ProviderError, RefusedError, UnavailableError
from imagebuild.media import probe
from imagebuild.testing import png
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai.batch import OpenAIBatching
from imagebuild_openai.provider import OpenAIProvider

TOKEN = "wave1"


class Clock:
    """The server's time."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Wave:
    """A provider connected to a server, and the lines that a test sends."""

    def __init__(self, server: DevServer, **settings: Any) -> None:
        self.server = server
        provider, problems = OpenAIProvider().configure(
            {
                "base_url": server.url,
                "profile": "openai",
                "image_model": "gpt-image-2.5-flare",
                "poll": 0.01,
                **settings,
            },
            {"OPENAI_API_KEY": server.key},
        )
        assert problems == ()
        self.provider = provider
        batching = provider.batching()
        assert isinstance(batching, OpenAIBatching)
        self.batching = batching

    def line(self, prompt: str, **request: Any) -> BatchLine:
        resolution = self.provider.resolve(Request(prompt, **request))
        assert resolution.problems == ()
        assert self.batching.problem(resolution.request) is None
        return BatchLine(hashlib.sha256(prompt.encode()).hexdigest(), prompt, resolution.request)

    def submit(self, *lines: BatchLine) -> str:
        (group,) = self.batching.groups(lines)
        return self.batching.submit(TOKEN, group)

    def results(self, batch_id: str, *lines: BatchLine) -> dict[str, Result | ProviderError]:
        names = {line.key: line.target for line in lines}
        requests = {line.key: line.request for line in lines}
        return {names[key]: outcome for key, outcome in self.batching.results(batch_id, requests)}

    def uploads(self) -> list[str]:
        client = self.provider.connection.client
        return sorted(file.purpose for file in client.files.list() if file.purpose != "batch_output")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[DevServer]:
    with DevServer(draw="plain", batch_seconds=1000, clock=clock) as server:
        yield server


@pytest.fixture
def wave(server: DevServer) -> Iterator[Callable[..., Wave]]:
    made: list[Wave] = []

    def make(**settings: Any) -> Wave:
        made.append(Wave(server, **settings))
        return made[-1]

    yield make
    for each in made:
        each.provider.connection.close()


def picture(name: str, width: int = 1024, height: int = 1024) -> Reference:
    data = png(width, height)
    return Reference(name, hashlib.sha256(data).hexdigest(), "image/png", lambda: data)


def hole() -> Reference:
    """A mask: a picture that is transparent everywhere."""
    import pyvips

    data = pyvips.Image.black(1024, 1024, bands=4).copy(interpretation="srgb").pngsave_buffer()
    return Reference("mask.png", hashlib.sha256(data).hexdigest(), "image/png", lambda: data)


def size_of(result: Result | ProviderError) -> tuple[int | None, int | None]:
    assert isinstance(result, Result), result
    found = probe(result.pictures[0].data)
    assert found
    return found.width, found.height


def test_a_batch_delivers_each_line_by_itself(wave: Callable[..., Wave], server: DevServer, clock: Clock) -> None:
    subject = wave(api="images")
    lines = [subject.line(prompt) for prompt in ("a car", "a knife", "a boat", "a storm", "a tree")]
    server.faults.add(Fault("moderation", match="knife"))
    server.faults.add(Fault("batch_line_error", match="storm", status=500))
    batch_id = subject.submit(*lines)
    assert (subject.batching.status(batch_id).state, subject.results(batch_id, *lines)) == ("running", {})
    clock.now += 1000
    status = subject.batching.status(batch_id)
    assert (status.state, status.done, status.failed, status.total) == ("completed", 3, 2, 5)
    found = subject.results(batch_id, *lines)
    assert {name: type(outcome) for name, outcome in found.items()} == {
        "a car": Result,
        "a boat": Result,
        "a tree": Result,
        "a knife": RefusedError,
        "a storm": UnavailableError,
    }
    assert size_of(found["a car"]) == (1024, 1024)
    assert server.paid == 3
    assert {entry.custom_id for entry in server.ledger} == {lines[at].key for at in (0, 2, 4)}


@pytest.mark.parametrize("api", ["images", "responses"])
def test_a_line_costs_half_of_a_live_call(wave: Callable[..., Wave], clock: Clock, api: str) -> None:
    subject = wave(api=api)
    line = subject.line("a car")
    batch_id = subject.submit(line)
    clock.now += 1000
    half = subject.results(batch_id, line)["a car"]
    full = subject.provider.generate(line.request, ProviderContext("car", line.key))
    assert isinstance(half, Result)
    assert half.cost_usd
    assert full.cost_usd
    assert half.cost_usd == pytest.approx(full.cost_usd * subject.batching.factor)
    assert half.pictures[0].media_type == full.pictures[0].media_type


def test_edits_go_with_uploaded_pictures(wave: Callable[..., Wave], server: DevServer, clock: Clock) -> None:
    subject = wave(api="images")
    parent, mask = picture("parent.png"), hole()
    lines = [
        subject.line("make it blue", parent=parent, mask=mask),
        subject.line("add stripes", parent=parent, inputs=(picture("logo.png", 64, 64),)),
    ]
    batch_id = subject.submit(*lines)
    assert subject.uploads() == ["batch", "vision", "vision", "vision"]
    clock.now += 1000
    found = subject.results(batch_id, *lines)
    assert [size_of(found[line.target]) for line in lines] == [(1024, 1024)] * 2
    assert subject.uploads() == []
    assert [entry.prompt for entry in server.ledger] == ["make it blue", "add stripes"]


def test_responses_go_into_batches_with_their_references(
    wave: Callable[..., Wave], server: DevServer, clock: Clock
) -> None:
    subject = wave()
    lines = [subject.line("a red car"), subject.line("make it blue", parent=picture("parent.png"), mask=hole())]
    batch_id = subject.submit(*lines)
    clock.now += 1000
    for outcome in subject.results(batch_id, *lines).values():
        assert isinstance(outcome, Result), outcome
        assert outcome.revised_prompt
        assert outcome.response_id
    assert server.paid == 2


def test_an_expired_batch_delivers_what_was_done_and_charges_no_more(
    wave: Callable[..., Wave], server: DevServer, clock: Clock
) -> None:
    subject = wave(api="images")
    lines = [subject.line(f"car {number}") for number in range(4)]
    server.faults.add(Fault("batch_expired"))
    batch_id = subject.submit(*lines)
    clock.now += 1000
    assert subject.batching.status(batch_id).state == "expired"
    found = subject.results(batch_id, *lines)
    assert sorted(found) == ["car 0", "car 1"]
    assert all(isinstance(outcome, Result) for outcome in found.values())
    assert server.paid == 2


def test_a_cancelled_batch_delivers_what_was_done(wave: Callable[..., Wave], server: DevServer, clock: Clock) -> None:
    subject = wave(api="images")
    lines = [subject.line(f"car {number}") for number in range(4)]
    batch_id = subject.submit(*lines)
    clock.now += 500
    assert subject.batching.status(batch_id).done == 2
    assert subject.batching.cancel(batch_id).state == "cancelling"
    clock.now += 500
    assert subject.batching.status(batch_id).state == "cancelled"
    assert subject.batching.cancel(batch_id).state == "cancelled"
    found = subject.results(batch_id, *lines)
    assert sorted(found) == ["car 0", "car 1"]
    assert server.paid == 2


def test_a_file_that_the_service_refuses_costs_nothing_and_names_the_line(
    wave: Callable[..., Wave], server: DevServer, clock: Clock
) -> None:
    subject = wave(api="images")
    good, other = subject.line("a car"), subject.line("a boat", options={"model": "gpt-image-2"})
    batch_id = subject.batching.submit(TOKEN, [good, other])
    clock.now += 1000
    status = subject.batching.status(batch_id)
    assert status.state == "failed"
    assert status.message
    assert status.message.startswith("line 2: ")
    assert subject.results(batch_id, good, other) == {}
    assert server.paid == 0
    assert subject.uploads() == []


def test_a_batch_whose_id_was_lost_is_found_by_its_token(
    wave: Callable[..., Wave], server: DevServer, clock: Clock
) -> None:
    subject = wave(api="images")
    line = subject.line("a car")
    server.faults.add(Fault("drop", endpoint="batches"))
    batch_id = subject.submit(line)
    later = wave(api="images")
    assert later.batching.find(TOKEN) == batch_id
    assert later.batching.find("wave2") is None
    clock.now += 1000
    assert isinstance(later.results(batch_id, line)["a car"], Result)
    assert server.paid == 1


def test_a_batch_that_was_refused_leaves_nothing_behind(wave: Callable[..., Wave], server: DevServer) -> None:
    subject = wave(api="images")
    server.faults.add(Fault("status", endpoint="batches", status=400, message="no"))
    with pytest.raises(ProviderError) as caught:
        subject.submit(subject.line("make it blue", parent=picture("parent.png")))
    assert not caught.value.billed
    assert subject.uploads() == []
    assert subject.batching.find(TOKEN) is None


def test_results_that_are_gone_are_forgotten(wave: Callable[..., Wave], clock: Clock) -> None:
    subject = wave(api="images")
    line = subject.line("a car")
    batch_id = subject.submit(line)
    clock.now += 1000
    client = subject.provider.connection.client
    client.files.delete(str(client.batches.retrieve(batch_id).output_file_id))
    with pytest.raises(ForgottenError):
        subject.results(batch_id, line)


def test_results_can_be_read_again(wave: Callable[..., Wave], clock: Clock) -> None:
    subject = wave(api="images")
    line = subject.line("a car")
    batch_id = subject.submit(line)
    clock.now += 1000
    first, second = (subject.results(batch_id, line)["a car"] for _ in range(2))
    assert isinstance(first, Result)
    assert isinstance(second, Result)
    assert first.pictures[0].data == second.pictures[0].data


def test_a_model_that_batches_do_not_offer_is_found_before_anything_is_sent(
    wave: Callable[..., Wave], server: DevServer
) -> None:
    subject = wave(image_model="gpt-image-2.6-sunburst")
    request = subject.provider.resolve(Request("a car")).request
    problem = subject.batching.problem(request)
    assert problem
    assert problem.startswith("'gpt-image-2.6-sunburst' is not offered in batches; 'gpt-image-2.5-sunburst'")
    assert server.requests == ()
