from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from imagebuild.action import Call
from imagebuild.artifact import Artifact, Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.cost import Cost
from imagebuild.describer import Describer, Description
from imagebuild.difference import differences
from imagebuild.graph import Node
from imagebuild.local_run import CheckRun, SourceRun, StepRun
from imagebuild.request import ProviderContext, Reference, Request, Resolution
from imagebuild.testing import RecordingProvider, RecordingStep

GOLDEN = Path(__file__).parent.parent / "golden" / "keys.json"

RED = Artifact("aa" * 32, "image/png", 10)
BLUE = Artifact("bb" * 32, "image/png", 10)
GREEN = Artifact("ab" * 32, "image/png", 10)


def unread(artifact: Artifact) -> bytes:
    raise AssertionError(f"a key never needs bytes, and {artifact.digest} was read")


def key(call: Call | StepRun, *made: Artifact) -> str:
    needs = [(artifact,) for artifact in made]
    if isinstance(call, StepRun):
        needs.append((GREEN,))  # the original, which this step has no use for
    return call.identify(needs, unread).key


def generate(**changes: object) -> Call:
    request = Request("a red car", {"size": "4x4", "quality": "high"})
    return Call(Node("hero", 0, 1, "generate"), RecordingProvider(), replace(request, **changes), "image/png")


def edit(**changes: object) -> Call:
    request = Request("make it blue", {"size": "4x4"}, parent=Reference("before"))
    return Call(Node("hero", 1, 1, "edit", (0,)), RecordingProvider(), replace(request, **changes), "image/png")


def step(**changes: object) -> StepRun:
    return StepRun(Node("hero", 2, 1, "step", (1,)), RecordingStep(), {"mark": "A", "widths": [400], **changes})


class Marking(RecordingStep):
    marks = True
    wants_originals = True


class Rule(Check):
    """A rule."""

    name, version = "rule", "1"

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        raise AssertionError("a key never judges")


class Curious(Rule):
    wants = frozenset({"original", "candidates", "previous"})


class Words(Describer):
    """Says nothing."""

    version = "1"

    def resolve(self, request: Request) -> Resolution:
        raise AssertionError("a key is made of what is resolved")

    def estimate(self, request: Request) -> Cost:
        raise AssertionError("a key costs nothing")

    def describe(self, request: Request, context: ProviderContext) -> Description:
        raise AssertionError("a key needs no words")


def check(rule: Check | None = None, **changes: object) -> CheckRun:
    return CheckRun(Node("hero", 3, 1, "check", (2, 1, 0)), rule or Rule(), {"least": 1, **changes})


def judged(run: CheckRun, *, picture: Artifact | None = None, others: Sequence[Artifact] = ()) -> str:
    needs = [picture or RED, *others, BLUE, GREEN]
    return run.identify([(each,) for each in needs], unread).key


def describe(**changes: object) -> Call:
    request = Request("", {"language": "en"}, inputs=(Reference("hero"),))
    node = Node("hero", -1, 1, "describe", (0,))
    return Call(node, RecordingProvider(), replace(request, **changes), "text/plain", Words())


LOGO = Reference("refs/logo.png", "cc" * 32, "image/png")
MASK = Reference("masks/m.png", "dd" * 32, "image/png")


def versioned(call: Call, version: str) -> Call:
    call.provider.version = version
    return call


def fixed_actions() -> dict[str, str]:
    return {
        "generate": key(generate()),
        "generate, candidate 2": key(generate(candidate=2)),
        "generate, take 2": key(generate(take=2)),
        "generate, with a file": key(generate(inputs=(LOGO,))),
        "generate, with a target": key(generate(inputs=(Reference("logo"),)), BLUE),
        "generate, with a mask": key(generate(mask=MASK)),
        "generate, with a markup": key(generate(markup=MASK)),
        "edit": key(edit(), RED),
        "edit, with a target": key(edit(inputs=(Reference("logo"),)), RED, BLUE),
        "step": key(step(), RED),
        "step, with a file": key(replace(step(), files={"image": LOGO}), RED),
        "step, marking": key(replace(step(), step=Marking(), source_type="algorithmicMedia"), RED),
        "source": SourceRun(Node("hero", 0, 1, "source"), (LOGO, "logo")).identify([(BLUE,)], unread).key,
        "check": judged(check()),
        "describe": key(describe(), RED),
    }


def test_the_keys_of_fixed_actions_never_change_by_accident() -> None:
    """A key that changes makes people buy again. Change the golden file only with KEY_FORMAT and a migration."""
    assert fixed_actions() == json.loads(GOLDEN.read_text("utf-8"))


DIFFERENT = {
    "prompt": key(generate(prompt="a red bus")),
    "an option's value": key(generate(options={"size": "4x4", "quality": "low"})),
    "an option more": key(generate(options={"size": "4x4", "quality": "high", "background": "auto"})),
    "a number's kind": key(generate(options={"size": "4x4", "quality": 1})),
    "a number's other kind": key(generate(options={"size": "4x4", "quality": 1.0})),
    "a truth": key(generate(options={"size": "4x4", "quality": True})),
    "candidate": key(generate(candidate=2)),
    "take": key(generate(take=2)),
    "an input": key(generate(inputs=(LOGO,))),
    "an input's bytes": key(generate(inputs=(replace(LOGO, digest="ee" * 32),))),
    "two inputs": key(generate(inputs=(LOGO, MASK))),
    "the order of inputs": key(generate(inputs=(MASK, LOGO))),
    "a mask": key(generate(mask=MASK)),
    "a markup": key(generate(markup=MASK)),
    "the markup's bytes": key(generate(markup=replace(MASK, digest="ee" * 32))),
    "an edit": key(edit(), RED),
    "the parent's bytes": key(edit(), BLUE),
    "the provider's version": key(versioned(generate(), "2")),
    "the provider's name": key(replace(generate(), provider=RecordingProvider("other"))),
    "a step": key(step(), RED),
    "a step's option": key(step(mark="B"), RED),
    "a step's input": key(step(), BLUE),
    "a step's version": key(replace(step(), step=RecordingStep(version="2")), RED),
    "a step's name": key(replace(step(), step=RecordingStep(name="other")), RED),
    "a label of a step's input": key(step(), replace(RED, labels={"width": 400})),
}


LOCAL = {
    "a file of a step": key(replace(step(), files={"image": LOGO}), RED),
    "other bytes of the file": key(replace(step(), files={"image": MASK}), RED),
    "another option naming it": key(replace(step(), files={"font": LOGO}), RED),
    "a target of a step": replace(step(), targets=("image",)).identify([(RED,), (BLUE,), (GREEN,)], unread).key,
    "a mark": key(replace(step(), step=Marking(), source_type="algorithmicMedia"), RED),
    "another mark": key(replace(step(), step=Marking(), source_type="trainedAlgorithmicMedia"), RED),
    "no mark": key(replace(step(), step=Marking()), RED),
    "another original": replace(step(), step=Marking()).identify([(RED,), (BLUE,)], unread).key,
    "a source": SourceRun(Node("a", 0, 1, "source"), (LOGO,)).identify([], unread).key,
    "another source": SourceRun(Node("a", 0, 1, "source"), (MASK,)).identify([], unread).key,
    "two sources": SourceRun(Node("a", 0, 1, "source"), (LOGO, MASK)).identify([], unread).key,
    "the order of sources": SourceRun(Node("a", 0, 1, "source"), (MASK, LOGO)).identify([], unread).key,
    "a source by another name": SourceRun(Node("a", 0, 1, "source"), (MASK, replace(LOGO, name="b.png")))
    .identify([], unread)
    .key,
    "a check": judged(check()),
    "a check's option": judged(check(least=2)),
    "a check's picture": judged(check(), picture=replace(RED, digest="ee" * 32)),
    "a check's label": judged(check(), picture=replace(RED, labels={"width": 4})),
    "a check's file": judged(replace(check(), files={"script": LOGO})),
    "a check's target": judged(replace(check(), targets=("like",)), others=[BLUE]),
    "a check that wants more": judged(check(Curious())),
    "the picture before": judged(replace(check(Curious()), replaced=lambda digest: RED)),
    "a description": key(describe(), RED),
    "a description of another picture": key(describe(), BLUE),
    "a description's option": key(describe(options={"language": "de"}), RED),
    "a description's prompt": key(describe(prompt="Name the season"), RED),
}


def test_everything_that_can_change_what_is_made_here_changes_the_key() -> None:
    assert len(set(LOCAL.values()) | set(DIFFERENT.values())) == len(LOCAL) + len(DIFFERENT)


def test_what_a_local_action_does_not_ask_for_is_not_in_its_key() -> None:
    assert key(replace(step(), source_type="algorithmicMedia"), RED) == key(step(), RED)
    assert step().identify([(RED,), (BLUE,)], unread).key == key(step(), RED)
    assert judged(replace(check(), retry=3)) == judged(check())
    assert judged(replace(check(), replaced=lambda digest: RED)) == judged(check())
    assert key(replace(step(), node=Node("b", 5, 1, "step", (9,))), RED) == key(step(), RED)
    assert key(replace(step(), files={"image": replace(LOGO, name="renamed.png")}), RED) == LOCAL["a file of a step"]
    one = SourceRun(Node("a", 0, 1, "source"), (replace(LOGO, name="renamed.png"),))
    assert one.identify([], unread).key == LOCAL["a source"]


def test_everything_that_can_change_pixels_changes_the_key() -> None:
    assert len({key(generate()), *DIFFERENT.values()}) == len(DIFFERENT) + 1


@pytest.mark.parametrize(
    "same",
    [
        replace(generate(), node=Node("other_name", 0, 1, "generate")),
        generate(options={"quality": "high", "size": "4x4"}),
        replace(generate(), media_type="image/webp"),
        replace(generate(), provider=RecordingProvider(price=9.0, free=True, local=True)),
        generate(hints={"partial_images": 3}),
    ],
    ids=["the target's name", "the order of options", "the promised type", "price and pool", "hints"],
)
def test_what_cannot_change_pixels_is_not_in_the_key(same: Call) -> None:
    assert key(same) == key(generate())


def test_where_an_input_comes_from_is_not_in_the_key() -> None:
    from_target = generate(inputs=(Reference("logo"),))
    assert key(from_target, Artifact("cc" * 32, "image/png", 1)) == key(generate(inputs=(LOGO,)))
    assert key(generate(inputs=(replace(LOGO, name="elsewhere.png"),))) == key(generate(inputs=(LOGO,)))


def test_made_pictures_fill_the_gaps_between_files_in_order() -> None:
    call = edit(inputs=(Reference("logo"), LOGO, Reference("other")))
    request = call.identify([(RED,), (BLUE,), (replace(RED, digest="ff" * 32),)], unread).request
    assert request is not None
    assert request.parent is not None
    assert request.parent.digest == RED.digest
    assert [each.digest for each in request.inputs] == [BLUE.digest, LOGO.digest, "ff" * 32]


def reasons(
    old: Call | StepRun, new: Call | StepRun, made: Artifact | None = None, now: Artifact | None = None
) -> list[str]:
    before, after = (
        each.identify([*([(picture,)] if picture else []), *([(GREEN,)] if isinstance(each, StepRun) else [])], unread)
        for each, picture in ((old, made), (new, now or made))
    )
    return [str(reason) for reason in differences(before.parts, after.parts)]


def test_differences_name_the_field_and_both_values() -> None:
    assert reasons(generate(), generate(options={"size": "4x4", "quality": "low"})) == ["quality: high -> low"]
    assert reasons(generate(), generate(options={"size": "4x4"})) == ["quality: high -> (none)"]
    assert reasons(generate(), generate(take=2)) == ["take: 1 -> 2"]
    assert reasons(generate(), generate(mask=MASK)) == ["mask: (none) -> dddddddd"]
    assert reasons(edit(), edit(), RED, BLUE) == ["parent: aaaaaaaa -> bbbbbbbb (it has other bytes)"]
    assert reasons(step(), step(mark="B"), RED) == ["mark: A -> B"]
    assert reasons(generate(), generate()) == []


def test_several_differences_are_all_named() -> None:
    changed = generate(prompt="a red bus", options={"size": "8x8", "quality": "low"}, candidate=2)
    assert reasons(generate(), changed) == [
        "prompt: 'a red car' -> 'a red bus'",
        "size: 4x4 -> 8x8",
        "quality: high -> low",
        "candidate: 1 -> 2",
    ]


def test_a_long_prompt_is_shown_where_it_changed() -> None:
    filler = "a picture of many things that nobody wants to read again and again " * 4
    text = reasons(generate(prompt=filler + "in red"), generate(prompt=filler + "in blue"))[0]
    assert "in red'" in text
    assert "in blue'" in text
    assert len(text) < 160
