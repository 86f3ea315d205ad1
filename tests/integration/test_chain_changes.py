"""Chains that grow, shrink, change their kind or their name: what stays frozen, pinned, remembered and drafted."""

from __future__ import annotations

import pytest
from growing_pictures import Curious, Make, world_of

from imagebuild.errors import LockError
from imagebuild.event import Published
from imagebuild.lockfile import Lock, LockLine
from imagebuild.publishing import manifest_of
from imagebuild.testing import World, png

FILES = {"a.png": png(3, 3)}


def lines(world: World) -> dict[tuple[str, int, int], LockLine]:
    return dict(Lock.read(world.root / "imagebuild.lock").lines)


def previous(world: World) -> list[bytes | None]:
    """What the check of the world was shown as the picture before, each time."""
    check = next(each for each in world.extra if isinstance(each, Curious))
    return [context.previous.data if context.previous else None for context in check.seen]


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("prompt: a, edits: [x]", "from: a.png", []),
        ("prompt: a, edits: [x]", "from: a.png, edits: [x]", [1]),
        ("edits: [x]", "steps: [join]", [0]),
        ("edits: [x]", "checks: [{wide: 1}]", [0]),
        ("prompt: a", "provider: sketch, prompt: a", []),
    ],
)
def test_a_lock_line_goes_when_no_paid_call_stands_in_its_place(
    project: Make, old: str, new: str, left: list[int]
) -> None:
    world = world_of(project, "  hero: {prompt: a, edits: [x]}\n", "", FILES)
    world.build()
    assert [stage for _, stage, _ in lines(world)] == [0, 1]
    world.edit("imagebuild.yaml", old, new)
    assert world.build().exit_code == 0
    assert [stage for _, stage, _ in lines(world)] == left


def test_a_draft_takes_no_line_away(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, alt: {generate: true}}\n  old: {prompt: b}\n")
    world.provider.describes = True
    world.build()
    before = world.read("imagebuild.lock")
    world.edit("imagebuild.yaml", "  old: {prompt: b}\n", "")
    world.build(draft=True)
    assert world.read("imagebuild.lock") == before


def test_the_line_of_a_frozen_picture_stays_whoever_would_draw_it_now(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, frozen: true}\n")
    world.build()
    picture = world.read("images/hero.png")
    world.edit("imagebuild.yaml", "prompt: a", "prompt: b, provider: sketch").forget()
    world.build()
    assert world.read("images/hero.png") == picture
    assert list(lines(world)) == [("hero", 0, 1)]
    assert world.painter.calls == []


def test_a_step_is_not_taken_for_the_edit_that_comes_before_it_in_a_frozen_target(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, frozen: true, steps: [{mark: {mark: A}}]}\n")
    world.build()
    world.edit("imagebuild.yaml", "frozen: true", "frozen: true, edits: [xyz]")
    assert world.build().exit_code == 0
    assert world.started == ["hero edit 1", "hero step 2"]
    assert world.read("images/hero.png").count(b"A{}") == 1


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("prompt: a", "prompt: a, edits: [x]", "hero (edit 1)"),
        ("checks:", "steps: [{mark: {mark: A}}, join], checks:", "hero (step 2)"),
        ("prompt: a", "from: a.png", "hero"),
    ],
)
def test_what_moves_into_the_place_of_another_kind_was_never_made(
    project: Make, old: str, new: str, label: str
) -> None:
    world = world_of(project, "  hero: {prompt: a, steps: [join], checks: [{wide: 1}]}\n", "", FILES)
    world.build()
    if label == "hero (step 2)":
        world.edit("imagebuild.yaml", "steps: [join], ", "")
    world.edit("imagebuild.yaml", old, new)
    reasons = {action.node.label: str(action.reasons[0]) for action in world.plan().actions if action.will_run}
    assert reasons[label] in ("never made", "waits for hero (step 1)")


def test_the_picture_before_is_known_through_renames_and_asked_for_once(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, checks: [{curious: 1}]}\n")
    world.build()
    first = world.read("images/hero.png")
    world.edit("imagebuild.yaml", "prompt: a", "prompt: aa")
    world.build()
    (replaces,) = {line.replaces for line in lines(world).values()}
    assert previous(world) == [None, first]
    name = "hero"
    for other in ("zero", "abel", "hero"):
        world.edit("imagebuild.yaml", f"  {name}:", f"  {other}:")
        name = other
        assert world.build().exit_code == 0
        assert world.started == []
        assert [(line.target, line.replaces) for line in lines(world).values()] == [(name, replaces)]


def test_each_new_picture_names_the_one_before(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, checks: [{curious: 1}]}\n")
    digests: list[str] = []
    for length in range(1, 5):
        world.edit("imagebuild.yaml", f"prompt: {'a' * length},", f"prompt: {'a' * (length + 1)},")
        world.build()
        (line,) = lines(world).values()
        assert line.replaces == (digests[-1] if digests else None)
        digests.append(line.digest)
        world.build()
        assert world.started == []


@pytest.mark.parametrize("name", ["abel", "zero"])
def test_a_twin_of_a_picture_that_was_replaced_does_not_change_the_lock_again(project: Make, name: str) -> None:
    world = world_of(project, "  hero: {prompt: a}\n")
    world.build()
    world.edit("imagebuild.yaml", "  hero: {prompt: a}\n", f"  hero: {{prompt: aa}}\n  {name}: {{prompt: aa}}\n")
    world.build()
    before = world.read("imagebuild.lock")
    for _ in range(2):
        world.build()
        assert world.read("imagebuild.lock") == before


@pytest.mark.parametrize(
    ("old", "new"), [("  hero:", "  hera:"), ("{{ id }}", "new/{{ id }}"), ("  hero: {", "  hera: {frozen: true, ")]
)
def test_a_draft_that_nothing_wants_any_more_stops_no_publishing(project: Make, old: str, new: str) -> None:
    world = world_of(
        project, "  hero: {prompt: a, output: 'img/{{ id }}.{{ ext }}', alt: ''}\n", "publish: [{copies: site}]\n"
    )
    world.build(draft=True)
    with pytest.raises(LockError, match="draft"):
        world.open().publish()
    world.edit("imagebuild.yaml", old, new)
    assert world.build().exit_code == 0
    assert [event for event in world.events if isinstance(event, Published)]
    assert {status.state for status in world.status().values()} <= {"fresh", "frozen"}
    world.open().publish()


def test_a_locked_build_of_what_waits_for_a_failed_check_ends_with_5(project: Make) -> None:
    world = world_of(
        project, "  hero: {prompt: a, checks: [{wide: 1}]}\n  card: {prompt: c, inputs: [{target: hero}]}\n"
    )
    world.build()
    world.edit("imagebuild.yaml", "wide: 1", "wide: 99")
    world.build()
    assert world.build(locked=True).exit_code == 5
    world.edit("imagebuild.yaml", "  card: {prompt: c,", "  card: {prompt: d,")
    world.build()
    lock = world.read("imagebuild.lock").decode().splitlines()
    world.write({"imagebuild.lock": "\n".join(line for line in lock if "card" not in line) + "\n"})
    with pytest.raises(LockError, match="card: waits for hero"):
        world.build(locked=True)


def test_a_frozen_picture_is_published_with_the_request_that_made_it(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, frozen: true, alt: ''}\n")
    world.build()
    world.edit("imagebuild.yaml", "prompt: a", "prompt: b, options: {quality: high}")
    world.build()
    with world.open().session() as session:
        plan = session.plan(["hero"])
        (stage,) = manifest_of(session, plan.made).images["hero"].stages
    assert (stage.prompt, stage.options["quality"], stage.cost_usd) == ("a", "medium", 0.04)


def test_a_path_where_a_picture_lay_once_can_be_published_to(project: Make) -> None:
    world = world_of(project, "  hero: {prompt: a, output: 'site/{{ id }}.{{ ext }}', alt: ''}\n")
    world.build()
    world.edit("imagebuild.yaml", "site/", "img/")
    world.spec(world.read("imagebuild.yaml").decode() + "publish: [{copies: site}]\n")
    assert world.build().exit_code == 0
    assert world.read("site/hero.png") == world.read("img/hero.png")
    with world.open().session() as session:
        assert list(session.facts.outputs) == ["img/hero.png"]
