"""Alt texts that a provider writes: of which picture, when anew, and what stands in key, lock and manifest."""

from __future__ import annotations

import pytest
from described_hill import SPEC, Make, image_of, key_of, line_of, world_of

from imagebuild.errors import (
    SpecError,
)
from imagebuild.event import ActionFinished
from imagebuild.request import Request, Resolution
from imagebuild.testing import RecordingProvider, png


@pytest.mark.parametrize("alt", ["A hill", '""'])
def test_a_text_of_ones_own_wins_and_nobody_is_asked(project: Make, alt: str) -> None:
    start = SPEC.index("    alt:")
    world = world_of(project, f"{SPEC[:start]}    alt: {alt}\n")
    assert world.build().exit_code == 0
    assert [action for action in world.plan().actions if action.node.kind == "describe"] == []
    assert world.provider.words.calls == []
    assert image_of(world).alt == alt.strip('"')
    assert line_of(world) is None


def test_a_text_is_bought_once_and_stands_in_the_lock_and_in_the_manifest(project: Make) -> None:
    world = world_of(project)
    report = world.build()
    assert (report.exit_code, report.bought, report.cost_usd) == (0, 2, pytest.approx(0.041))
    (call,) = world.provider.words.calls
    assert (call.prompt, call.options, call.parent) == ("Name the season", {"language": "de"}, None)
    line = line_of(world)
    assert line is not None
    assert (line.stage, line.review, line.media_type) == (-1, "unreviewed", "text/plain")
    assert (line.model, line.cost_usd, line.options, line.take) == ("writer-1", 0.001, {"language": "de"}, 1)
    image = image_of(world)
    assert image.alt == f"{image.sha256[:8]} Name the season"
    assert [stage.kind for stage in image.stages] == ["generate", "step"]


def test_a_second_build_calls_nobody(project: Make) -> None:
    world = world_of(project)
    world.build()
    before = world.read("imagebuild.lock")
    world.forget()
    assert (world.build().exit_code, world.started) == (0, [])
    assert world.provider.calls == world.provider.words.calls == []
    assert world.read("imagebuild.lock") == before


def test_what_is_described_is_the_picture_before_any_step(project: Make) -> None:
    world = world_of(project)
    world.build()
    (reference,) = world.provider.words.calls[0].inputs
    assert reference.media_type == "image/png"
    assert reference.digest == image_of(world).sha256
    assert world.read("images/hero.png") == reference.read() + b"X{}"


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("a hill", "a lake", ["hero describe -1", "hero generate", "hero step 1"]),
        ("Name the season", "Name the tree", ["hero describe -1"]),
        ("language: de", "language: fr", ["hero describe -1"]),
        ("mark: X", "mark: Y", ["hero step 1"]),
        ("    prompt: a hill", "    output: elsewhere.png\n    tags: [x]\n    prompt: a hill", []),
        ("    prompt: a hill", "    candidates: 2\n    prompt: a hill", ["hero generate"]),
        ("steps: [{mark: {mark: X}}]", "checks: []", []),
    ],
)
def test_an_edit_describes_anew_only_what_was_described(project: Make, old: str, new: str, runs: list[str]) -> None:
    world = world_of(project)
    world.build()
    world.edit("imagebuild.yaml", old, new)
    assert world.build().exit_code == 0
    assert world.started == runs


def test_the_key_is_made_of_picture_prompt_options_provider_and_version(project: Make) -> None:
    world = world_of(project)
    keys = [key_of(world)]
    for old, new in (("Name the season", "Name it"), ("language: de", "language: fr"), ("a hill", "a lake")):
        world.edit("imagebuild.yaml", old, new)
        keys.append(key_of(world))
    world.provider.words.version = "2"
    keys.append(key_of(world))
    world.extra = (other := RecordingProvider("other", describes=True),)
    other.words.version = "2"
    world.edit("imagebuild.yaml", "generate: true", "generate: true, provider: other")
    keys.append(key_of(world))
    assert None not in keys
    assert len(set(keys)) == 6


def test_the_key_is_made_of_nothing_else(project: Make) -> None:
    world = world_of(project)
    world.provider.answer = lambda request, context: png(8, 8)
    key = key_of(world)
    world.edit("imagebuild.yaml", "a hill", "a lake")
    assert key_of(world) == key  # another request that gave the same bytes
    world.provider.version, world.step.version = "2", "2"
    assert key_of(world) == key
    world.edit("imagebuild.yaml", "  hero:", "  summit:")
    world.edit("imagebuild.yaml", "    steps:", "    candidates: 2\n    tags: [x]\n    output: a.png\n    steps:")
    assert key_of(world) == key
    assert len(world.provider.words.calls) == 1


def test_two_targets_with_the_same_picture_share_one_description(project: Make) -> None:
    spec = "version: 1\ndefaults: {provider: recorder, alt: {generate: true}}\n"
    world = world_of(project, f"{spec}targets: {{a: {{prompt: hill}}, b: {{prompt: hill}}}}\n")
    assert world.plan().cost.high == pytest.approx(0.041)
    assert world.build().cost_usd == pytest.approx(0.041)
    assert len(world.provider.words.calls) == 1
    assert line_of(world, "a") is not None
    assert line_of(world, "b") is not None


def test_languages_are_a_matrix_over_one_picture(project: Make) -> None:
    spec = """\
version: 1
targets:
  hero:
    provider: recorder
    prompt: a hill
    matrix: {lang: [en, de]}
    alt: {generate: true, options: {language: "{{ lang }}"}}
"""
    world = world_of(project, spec)
    assert world.build().exit_code == 0
    assert len(world.provider.calls) == 1
    assert sorted(str(call.options["language"]) for call in world.provider.words.calls) == ["de", "en"]


def test_a_text_of_several_lines_becomes_one(project: Make) -> None:
    world = world_of(project)
    world.provider.words.answer = lambda request, context: "A hill\n  in autumn\n"
    world.build()
    assert image_of(world).alt == "A hill in autumn"


def test_a_provider_without_words_is_a_problem_of_the_spec(project: Make) -> None:
    world = project({"imagebuild.yaml": SPEC})
    with pytest.raises(SpecError, match="provider 'recorder' cannot put pictures into words") as caught:
        world.plan()
    assert str(caught.value.place) == "imagebuild.yaml:7:5"


def test_an_unknown_option_is_a_problem_with_its_place(project: Make) -> None:
    world = world_of(project, SPEC.replace("language:", "lnaguage:"))
    with pytest.raises(SpecError, match="unknown option 'lnaguage'") as caught:
        world.plan()
    assert str(caught.value.place) == "imagebuild.yaml:7:62"


def test_what_a_describer_has_to_say_is_shown_with_the_plan(project: Make) -> None:
    world = world_of(project)
    plain = world.provider.words.resolve

    def with_note(request: Request) -> Resolution:
        return Resolution(plain(request).request, "text/plain", notes=("the model retires soon",))

    world.provider.words.resolve = with_note  # type: ignore[method-assign]  # this one has a note
    assert world.plan().notes == ("the model retires soon",)


@pytest.mark.parametrize(
    ("chain", "kinds"),
    [
        ("prompt: a hill", {"image/png"}),
        ("prompt: a hill, edits: [bluer]", {"image/png"}),
        ("from: a.gif", {"image/gif"}),
        ("from: a.gif, edits: [bluer]", {"image/png"}),
    ],
)
def test_a_describer_knows_the_pictures_type_before_there_is_one(project: Make, chain: str, kinds: set[str]) -> None:
    world = world_of(
        project, f"version: 1\ntargets: {{hero: {{provider: recorder, {chain}, alt: {{generate: true}}}}}}\n"
    )
    world.write({"a.gif": b"GIF89a" + b"\1\0\1\0" + bytes(20) + b";"})
    plain, seen = world.provider.words.resolve, set[str | None]()

    def looking(request: Request) -> Resolution:
        seen.update(reference.media_type for reference in request.inputs)
        return plain(request)

    world.provider.words.resolve = looking  # type: ignore[method-assign]  # this one looks at what it is asked
    world.plan()
    assert seen == kinds


def test_publishing_waits_for_the_text(project: Make) -> None:
    world = world_of(project, SPEC.replace("    alt:", "    # alt:"))
    world.build()
    world.spec(SPEC)
    assert world.status()["hero"].state == "stale"
    (finished,) = [event for event in (world.build(), *world.events) if isinstance(event, ActionFinished)]
    assert (finished.kind, finished.verdict, finished.cost_usd) == ("describe", "bought", 0.001)
    assert world.status()["hero"].state == "fresh"
