"""Targets that begin with pictures in place of a prompt, and steps that name files and other targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from imagebuild.artifact import Picture
from imagebuild.errors import SpecError
from imagebuild.option import Option
from imagebuild.step import Step, StepContext
from imagebuild.testing import World, png

Make = Callable[..., World]


class Join(Step):
    """Puts the bytes of all pictures behind one another, and behind that what ``with`` names."""

    name, version = "join", "1"
    options = (Option("with", "file", "What comes last."),)

    def __init__(self) -> None:
        self.seen: list[tuple[list[tuple[bytes, object]], StepContext]] = []

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        self.seen.append(([(each.data, each.labels.get("name")) for each in pictures], context))
        last = context.files["with"].data if "with" in context.files else b""
        return [Picture(b"".join(each.data for each in pictures) + last, "image/png")]


class Signed(Join):
    """As join, and looks at the originals and the digital source type."""

    name = "signed"
    wants_originals = True
    marks = True


RED, BLUE = png(2, 2, (200, 0, 0)), png(3, 3, (0, 0, 200))


def world_of(project: Make, targets: str) -> World:
    world = project(
        {
            "imagebuild.yaml": f"version: 1\ndefaults: {{provider: recorder}}\ntargets:\n{targets}",
            "refs/red.png": RED,
            "refs/blue.png": BLUE,
        }
    )
    world.extra = (Join(), Signed())
    return world


def join_of(world: World, name: str = "join") -> Join:
    return next(item for item in world.extra if isinstance(item, Join) and item.name == name)


def test_a_target_can_begin_with_a_file_and_costs_nothing(project: Make) -> None:
    world = world_of(project, "  photo: {from: refs/red.png}\n")
    assert world.build(max_cost=None).exit_code == 0
    assert world.read("images/photo.png") == RED
    assert world.provider.calls == []
    assert world.status()["photo"].state == "fresh"
    assert world.build().exit_code == 0
    assert world.started == []


def test_several_pictures_come_in_order_with_the_names_of_where_they_are_from(project: Make) -> None:
    world = world_of(
        project,
        "  a: {prompt: a, tags: [icon], matrix: {size: [s, l]}}\n"
        "  b: {prompt: b, tags: [icon], steps: [{mark: {mark: X}}]}\n"
        "  sheet: {from: [refs/blue.png, {tag: icon}, {target: b}], steps: [join]}\n",
    )
    assert world.build().exit_code == 0
    ((pictures, _),) = join_of(world).seen
    assert [name for _, name in pictures] == ["blue", "a-s", "a-l", "b"]
    assert pictures[3][0].endswith(b"X{}")
    assert world.read("images/sheet.png").startswith(BLUE)


def test_all_variants_of_a_target_come_when_none_is_named(project: Make) -> None:
    world = world_of(
        project,
        "  a: {prompt: a, matrix: {size: [s, l]}}\n  sheet: {from: {target: a}, steps: [join]}\n"
        "  one: {from: {target: 'a[size=s]'}, steps: [join]}\n",
    )
    assert world.build().exit_code == 0
    assert sorted(len(pictures) for pictures, _ in join_of(world).seen) == [1, 2]


def test_a_single_file_can_be_edited_and_the_edit_is_bought_once(project: Make) -> None:
    world = world_of(project, "  photo: {from: refs/red.png, edits: [make it blue]}\n")
    report = world.build()
    assert (report.bought, report.exit_code) == (1, 0)
    (call,) = world.provider.calls
    assert call.parent is not None
    assert call.parent.read() == RED
    world.forget().write({"refs/copy.png": RED}).edit("imagebuild.yaml", "refs/red.png", "refs/copy.png")
    world.build()
    assert world.provider.calls == []
    world.write({"refs/copy.png": BLUE})
    world.build()
    assert len(world.provider.calls) == 1


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ("  a: {prompt: a}\n  b: {from: {target: a}, edits: [x]}\n", "'b' can change only a single file by 'edits'"),
        ("  a: {from: refs/red.png}\n  b: {prompt: b, inputs: [{target: a}]}\n", "'b' cannot take 'a' as an input"),
        ("  a: {from: {target: b}}\n  b: {from: {target: a}}\n", "targets need each other in a circle: a -> b -> a"),
        ("  a: {from: {tag: icon}}\n", "no other target has the tag 'icon'"),
        ("  a: {from: [nope.png]}\n", "there is no file 'nope.png'"),
        ("  a: {from: []}\n", "'from' is empty"),
        ("  a: {from: refs/red.png, candidates: 2}\n", "target 'a' has both 'from' and 'candidates'"),
        ("  a: {from: imagebuild.yaml}\n", "'imagebuild.yaml' is not a picture"),
        ("  a: {prompt: a, steps: [{join: {with: refs/red.png}}]}\n", "'with' of 'join': expected {file: PATH}"),
        ("  a: {prompt: a, steps: [{join: {with: {file: no.png}}}]}\n", "there is no file 'no.png'"),
        ("  a: {prompt: a, steps: [{join: {with: {target: no}}}]}\n", "unknown target 'no'"),
        ("  a: {prompt: a, steps: [{join: {whith: 1}}]}\n", "unknown option 'whith' of 'join'"),
        ("  a: {prompt: a, steps: [{join: 3}]}\n", "'join' takes a block of options, found '3'"),
        ("  a: {prompt: a, steps: [joyn]}\n", "unknown step 'joyn'"),
        ("  a: {prompt: a, checks: [wide]}\n", "unknown check 'wide'"),
    ],
)
def test_what_cannot_be_is_told_before_anything_runs(project: Make, targets: str, message: str) -> None:
    world = world_of(project, targets)
    with pytest.raises(SpecError) as caught:
        world.build()
    assert any(message in str(problem) for problem in caught.value.problems), caught.value.problems
    assert all(problem.place for problem in caught.value.problems)
    assert world.provider.calls == []


def test_a_step_gets_the_file_it_names_and_reruns_when_its_bytes_change(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, steps: [{join: {with: {file: refs/red.png}}}]}\n")
    world.build()
    assert world.read("images/a.png").endswith(RED)
    world.write({"refs/other.png": RED}).edit("imagebuild.yaml", "refs/red.png", "refs/other.png").forget()
    world.build()
    assert world.started == []
    world.write({"refs/other.png": BLUE})
    world.build()
    assert world.started == ["a step 1"]
    assert world.read("images/a.png").endswith(BLUE)


def test_a_step_gets_the_finished_picture_of_a_target_it_names(project: Make) -> None:
    world = world_of(
        project,
        "  a: {prompt: a, steps: [{join: {with: {target: logo}}}]}\n"
        "  logo: {prompt: logo, steps: [{mark: {mark: L}}]}\n",
    )
    world.build()
    assert world.read("images/a.png").endswith(world.read("images/logo.png"))
    world.edit("imagebuild.yaml", "mark: L", "mark: M").forget()
    world.build()
    assert world.started == ["a step 1", "logo step 1"]
    assert world.provider.calls == []


def test_a_step_knows_the_original_and_how_it_came_to_be(project: Make) -> None:
    world = world_of(
        project,
        "  a: {prompt: a, steps: [{mark: {mark: X}}, signed]}\n"
        "  b: {prompt: b, inputs: [refs/red.png], steps: [signed]}\n"
        "  c: {from: refs/red.png, steps: [signed]}\n"
        "  d: {prompt: d, provenance: none, steps: [signed]}\n"
        "  e: {prompt: e, steps: [join]}\n",
    )
    world.build()
    told = {context.target.split()[0]: context for _, context in join_of(world, "signed").seen}
    assert {name: context.source_type for name, context in told.items()} == {
        "a": "trainedAlgorithmicMedia",
        "b": "compositeWithTrainedAlgorithmicMedia",
        "c": None,
        "d": None,
    }
    assert not told["a"].originals[0].data.endswith(b"X{}")
    assert told["c"].originals[0].data == RED
    ((_, plain),) = join_of(world).seen
    assert (plain.source_type, plain.originals) == (None, ())


def test_provenance_reruns_only_the_steps_that_write_it(project: Make) -> None:
    world = world_of(project, "  a: {prompt: a, steps: [{mark: {mark: X}}, signed, join]}\n")
    world.build()
    world.edit("imagebuild.yaml", "prompt: a,", "prompt: a, provenance: none,")
    world.build()
    assert world.started == ["a step 2"]


def test_facts_of_steps_change_no_key(project: Make) -> None:
    class Note(Step):
        """Notes something."""

        name, version = "note", "1"
        options = (Option("fact", "text", "What.", main=True),)

        def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
            first = pictures[0]
            return [Picture(first.data, first.media_type, first.labels, {"fact": context.options["fact"]})]

    world = world_of(project, "  a: {prompt: a, steps: [{note: one}, {mark: {mark: X}}]}\n")
    world.extra = (Note(),)
    world.build()
    world.edit("imagebuild.yaml", "note: one", "note: two")
    world.build()
    assert world.started == ["a step 1"]
