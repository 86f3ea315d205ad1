"""Steps, checks and publishers that answer nonsense: one clear error each, and the rest of the build goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from growing_pictures import Make, world_of

from imagebuild.artifact import Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.errors import PluginError, SpecError, StepError
from imagebuild.manifest import Manifest
from imagebuild.publisher import Publication, Publisher, PublisherContext
from imagebuild.step import Step, StepContext


class OddStep(Step):
    """Answers what it is told to."""

    name, version = "odd_step", "1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        return self.answer  # type: ignore[no-any-return]  # that is the point


class OddCheck(Check):
    """Answers what it is told to, or raises it."""

    name, version = "odd_check", "1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[no-any-return]  # that is the point


class OddPublisher(Publisher):
    """Answers what it is told to."""

    name, version = "odd_publisher", "1"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        return self.answer  # type: ignore[no-any-return]  # that is the point


PNG = "image/png"
TWICE: Any = {"name": "x"}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "step 'odd_step' returned no picture"),
        ([], "step 'odd_step' returned no picture"),
        (iter([]), "step 'odd_step' returned no picture"),
        ([b"x"], "step 'odd_step' returned bytes where a Picture of bytes is wanted"),
        ([Picture("x", PNG)], "step 'odd_step' returned Picture where a Picture of bytes is wanted"),  # type: ignore[arg-type]  # that is the point
        ([Picture(b"", PNG)], "step 'odd_step' returned an empty file"),
        ([Picture(b"x", "weird/type")], "step 'odd_step' returned a file of type 'weird/type'"),
        ([Picture(b"x", PNG, {"width": float("nan")})], "step 'odd_step' failed: ValueError("),  # type: ignore[dict-item]  # that is the point
        ([Picture(b"x", PNG, {}, {"fact": {1, 2}})], "step 'odd_step' failed: TypeError("),  # type: ignore[dict-item]  # that is the point
        ([Picture(b"x", PNG, {"name": "/../../x"})], "holds '..'"),
        (
            [Picture(b"x", PNG, TWICE), Picture(b"y", PNG, TWICE)],
            "two pictures of 'a' would be written to 'out/a-x.png'",
        ),
    ],
)
def test_a_step_that_answers_nonsense_fails_its_target_alone(project: Make, answer: Any, message: str) -> None:
    world = world_of(
        project, "  a: {prompt: a, output: 'out/{{ id }}-{{ name }}.{{ ext }}', steps: [odd_step]}\n  b: {prompt: bb}\n"
    )
    world.extra = (OddStep(answer),)
    (failure,) = world.build().failures
    assert failure.target == "a"
    assert message in str(failure.error)
    assert world.written == ["images/b.png"]


def test_two_pictures_with_the_same_labels_are_the_steps_to_change(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, steps: [odd_step]}\n")
    world.extra = (OddStep([Picture(b"x", PNG, TWICE), Picture(b"y", PNG, TWICE)]),)
    (failure,) = world.build().failures
    assert isinstance(failure.error, SpecError)
    assert failure.error.problems[0].hint == (
        "its steps label both alike, and no 'output' can tell them apart: change the steps"
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "check 'odd_check' returned NoneType where a CheckResult is wanted"),
        (True, "check 'odd_check' returned bool where a CheckResult is wanted"),
        (ZeroDivisionError("oh"), "check 'odd_check' failed: ZeroDivisionError('oh')"),
        (StepError("cannot read it", hint="install it"), "cannot read it"),
    ],
)
def test_a_check_that_cannot_judge_fails_its_target_and_is_asked_again(
    project: Make, answer: Any, message: str
) -> None:
    world = world_of(project, "  a: {prompt: a, checks: [{odd_check: {}, retry: 3}]}\n  b: {prompt: bb}\n")
    check = OddCheck(answer)
    world.extra = (check,)
    report = world.build()
    (failure,) = report.failures
    assert (report.exit_code, failure.target, str(failure.error)) == (1, "a", message)
    assert world.provider.prompts == ["a", "bb"]
    assert world.written == ["images/a.png", "images/b.png"]
    check.answer = CheckResult(True, "this", "that")
    assert world.build().exit_code == 0
    assert world.started == ["a check 1"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "TypeError('expected a Publication, got NoneType')"),
        (Publication("x", -1), "ValueError("),
        (Publication(None, 1), "ValueError("),  # type: ignore[arg-type]  # that is the point
    ],
)
def test_a_publisher_that_answers_nonsense_fails_the_build(project: Make, answer: Any, message: str) -> None:
    world = world_of(project, "  a: {prompt: a, alt: ''}\n", "publish: [odd_publisher]\n")
    world.extra = (OddPublisher(answer),)
    report = world.build()
    assert (report.exit_code, world.written) == (1, ["images/a.png"])
    assert f"publisher 'odd_publisher' failed: {message}" in str(report.failures[0].error)


def test_a_check_of_credentials_that_breaks_is_named(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, steps: [join]}\n")
    check = OddCheck(ZeroDivisionError("oh"))
    check.name = "credentials"
    world.extra = (*world.extra, check)
    world.edit("imagebuild.yaml", "steps: [join]", "steps: [{mark: {mark: A}}]")
    world.build()
    with pytest.raises(PluginError, match="check 'credentials' failed while judging 'a': ZeroDivisionError"):
        world.open().check()


def test_retry_among_the_options_of_a_check_is_told_where_it_belongs(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, checks: [{wide: {width: 1, retry: 2}}]}\n")
    with pytest.raises(SpecError) as caught:
        world.build()
    (problem,) = caught.value.problems
    assert problem.message == "unknown option 'retry' of 'wide'"
    assert problem.hint == "'retry' stands beside the check: '- {wide: ..., retry: 2}'"
