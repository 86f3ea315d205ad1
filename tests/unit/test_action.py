from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from imagebuild.action import Call, StepRun, differences
from imagebuild.artifact import Artifact
from imagebuild.graph import Node
from imagebuild.request import Reference, Request
from imagebuild.testing import RecordingProvider, RecordingStep

GOLDEN = Path(__file__).parent.parent / "golden" / "keys.json"

RED = Artifact("aa" * 32, "image/png", 10)
BLUE = Artifact("bb" * 32, "image/png", 10)


def unread(artifact: Artifact) -> bytes:
    raise AssertionError(f"a key never needs bytes, and {artifact.digest} was read")


def key(call: Call | StepRun, *made: Artifact) -> str:
    return call.identify([(artifact,) for artifact in made], unread).key


def generate(**changes: object) -> Call:
    request = Request("a red car", {"size": "4x4", "quality": "high"})
    return Call(Node("hero", 0, 1, "generate"), RecordingProvider(), replace(request, **changes), "image/png")


def edit(**changes: object) -> Call:
    request = Request("make it blue", {"size": "4x4"}, parent=Reference("before"))
    return Call(Node("hero", 1, 1, "edit", (0,)), RecordingProvider(), replace(request, **changes), "image/png")


def step(**changes: object) -> StepRun:
    return StepRun(Node("hero", 2, 1, "step", (1,)), RecordingStep(), {"mark": "A", "widths": [400], **changes})


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
    before = old.identify([(made,)] if made else [], unread).parts
    after = new.identify([(now or made,)] if made and (now or made) else [], unread).parts  # type: ignore[list-item]  # None is filtered out
    return [str(reason) for reason in differences(before, after)]


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
