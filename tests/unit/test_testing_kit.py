"""The kit holds to its own contracts, and its contracts notice what breaks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from msgspec.structs import replace

from imagebuild.artifact import Picture
from imagebuild.digest import Json
from imagebuild.media import probe
from imagebuild.provider import Provider
from imagebuild.request import Request, Resolution
from imagebuild.step import Step, StepContext
from imagebuild.testing import ProviderContract, RecordingProvider, RecordingStep, StepContract, World, png


class TestRecordingProvider(ProviderContract):
    def provider(self) -> Provider:
        return RecordingProvider()

    def request(self) -> Request:
        return Request("a red car", {"size": "8x8"})


class TestFreeRecordingProvider(TestRecordingProvider):
    def provider(self) -> Provider:
        return RecordingProvider("painter", free=True)


class TestRecordingStep(StepContract):
    def step(self) -> Step:
        return RecordingStep()

    def options(self) -> Mapping[str, Json]:
        return {"mark": "A", "widths": [400, 800]}


class Forgetful(RecordingProvider):
    """Leaves its defaults to the service."""

    def resolve(self, request: Request) -> Resolution:
        return Resolution(replace(request, options={"calls": len(request.options) + 1, **request.options}))


class Generous(RecordingProvider):
    """Says that it costs nothing and is not free."""

    def __init__(self) -> None:
        super().__init__(price=0.0)


class Dice(RecordingStep):
    """Gives other bytes every time."""

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        super().apply(pictures, context)
        return [replace(picture, data=picture.data + bytes(len(self.calls))) for picture in pictures]


def test_the_provider_contract_notices_what_breaks_it() -> None:
    class Contract(TestRecordingProvider):
        subject: RecordingProvider = Forgetful()

        def provider(self) -> Provider:
            return self.subject

    with pytest.raises(AssertionError):
        Contract().test_an_unknown_option_is_a_problem_that_names_it()
    Contract.subject = Generous()
    with pytest.raises(AssertionError):
        Contract().test_a_free_provider_estimates_nothing()
    Contract.subject = RecordingProvider(answer=lambda request, context: b"no picture")
    with pytest.raises(AssertionError):
        Contract().test_it_delivers_the_promised_type()
    answers = iter(range(99))
    Contract.subject = RecordingProvider(answer=lambda request, context: png(1 + next(answers), 1))
    with pytest.raises(AssertionError):
        Contract().test_the_same_request_gives_the_same_bytes_from_many_threads()


def test_the_step_contract_notices_bytes_that_differ() -> None:
    class Contract(TestRecordingStep):
        dice = Dice()

        def step(self) -> Step:
            return self.dice

    with pytest.raises(AssertionError):
        Contract().test_the_same_pictures_give_the_same_bytes_from_many_threads()


def test_a_png_has_the_size_and_colour_asked_for() -> None:
    found = probe(png(7, 5, (1, 2, 3, 4)))
    assert found is not None
    assert (found.width, found.height) == (7, 5)
    assert png(1, 1, (1, 2, 3)) != png(1, 1, (1, 2, 4))


def test_a_world_refuses_an_edit_that_changes_nothing(project: Callable[..., World]) -> None:
    world = project({"imagebuild.yaml": "version: 1\n"})
    with pytest.raises(AssertionError, match=r"'absent' is not in imagebuild\.yaml"):
        world.edit("imagebuild.yaml", "absent", "x")


def test_a_world_names_what_ran(project: Callable[..., World]) -> None:
    spec = "version: 1\ntargets: {a: {prompt: a, provider: recorder, edits: [b], steps: [mark], candidates: 2}}\n"
    world = project({"imagebuild.yaml": spec})
    world.build()
    assert world.started == ["a edit 1", "a generate", "a generate", "a step 2"]
    assert world.written == ["images/a.png"]
