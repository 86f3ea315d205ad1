"""Publishing: at the end of a complete build, on demand, and never what is not finished."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from imagebuild.artifact import Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.cli.summary import headline
from imagebuild.errors import CheckFailed, LockError, PublishError, SpecError, UsageError
from imagebuild.event import Event, Published
from imagebuild.manifest import Manifest
from imagebuild.option import Option
from imagebuild.publisher import Publication, Publisher, PublisherContext
from imagebuild.request import ProviderContext, Request, Result
from imagebuild.step import Step, StepContext
from imagebuild.testing import RecordingProvider, World, png

Make = Callable[..., World]


class Listing(Publisher):
    """Writes a list of all pictures."""

    name, version = "listing", "1"
    options = (
        Option("path", "text", "Where to.", required=True, main=True),
        Option("password", "text", "A secret."),
    )

    def __init__(self) -> None:
        self.seen: list[tuple[Manifest, PublisherContext]] = []

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        self.seen.append((manifest, context))
        rows = {name: [variant.path for variant in image.variants] for name, image in manifest.images.items()}
        changed = context.write(str(context.options["path"]), json.dumps(rows).encode())
        runs = context.memory.get("runs", 0)
        context.remember({"runs": int(str(runs)) + 1})
        return Publication(str(context.options["path"]), int(changed), {"x": "y"}, "/base/")


class Far(Listing):
    """As a listing, and far away."""

    name = "far"
    remote = True

    def announce(self, manifest: Manifest, options: object) -> Publication:
        return Publication("far", 0, {"x": "far"}, "https://far.example/")


class Fussy(Check):
    """Passes nothing."""

    name, version = "fussy", "1"

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        return CheckResult(False, "this", "that")


class Fact(Step):
    """Finds something out."""

    name, version = "fact", "1"
    options = (Option("color", "colour", "It.", main=True),)

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        first = pictures[0]
        return [Picture(first.data, first.media_type, {}, {"color": context.options["color"]})]


SPEC = """\
version: 1
defaults: {provider: recorder}
targets:
  hero:
    {prompt: a hill, edits: [make it blue], candidates: 2,
     steps: [{fact: red}, {mark: {mark: X, widths: [4, 8]}}], alt: A hill}
  logo: {prompt: a logo, provider: sketch, alt: "", tags: [brand]}
publish:
  - listing: site/list.json
"""


def world_of(project: Make, spec: str = SPEC) -> World:
    world = project({"imagebuild.yaml": spec})
    world.extra = (Listing(), Far(), Fussy(), Fact())
    return world


def publisher_of(world: World, name: str = "listing") -> Listing:
    return next(item for item in world.extra if isinstance(item, Listing) and item.name == name)


def published(world: World) -> list[Published]:
    return [event for event in world.events if isinstance(event, Published)]


def test_a_complete_build_publishes_and_the_next_has_nothing_to_do(project: Make) -> None:
    world = world_of(project)
    assert world.build().exit_code == 0
    assert published(world) == [Published("listing", "site/list.json", 1)]
    assert json.loads(world.read("site/list.json")) == {
        "hero": ["images/hero-4.png", "images/hero-8.png"],
        "logo": ["images/logo.png"],
    }
    assert world.build().exit_code == 0
    assert published(world) == []
    assert len(publisher_of(world).seen) == 2


def test_the_manifest_says_all_there_is_to_know(project: Make) -> None:
    world = world_of(project)
    world.build()
    manifest, _ = publisher_of(world).seen[0]
    assert list(manifest.images) == ["hero", "logo"]
    hero, logo = manifest.images.values()
    assert (hero.alt, hero.decorative, logo.alt, logo.decorative) == ("A hill", False, "", True)
    assert hero.facts == {"color": "#ff0000"}
    assert (hero.digital_source_type, logo.tags) == ("trainedAlgorithmicMedia", ("brand",))
    assert [(each.kind, each.name) for each in hero.stages] == [
        ("generate", "recorder"),
        ("edit", "recorder"),
        ("step", "fact"),
        ("step", "mark"),
    ]
    assert [each.prompt for each in hero.stages] == ["a hill", "make it blue", None, None]
    assert [each.cost_usd for each in hero.stages] == [0.08, 0.04, None, None]
    assert len(set(hero.stages[0].candidates)) == 2
    assert hero.stages[0].sha256 == hero.stages[0].candidates[0]
    assert hero.sha256 == hero.stages[1].sha256
    assert [variant.labels for variant in hero.variants] == [{"width": 4}, {"width": 8}]


def test_candidates_cost_what_all_of_them_cost_and_nobody_knows_that_when_one_is_unknown(project: Make) -> None:
    prices: dict[int, float | None] = {1: 0.01, 2: 0.02, 3: 0.04}

    class Priced(RecordingProvider):
        def generate(self, request: Request, context: ProviderContext) -> Result:
            cost = 0.5 if request.parent else prices[request.candidate]
            return replace(super().generate(request, context), cost_usd=cost)

    world = world_of(project, SPEC.replace("candidates: 2", "candidates: 3"))
    world.provider = Priced(price=0.5)
    world.build()
    manifest, _ = publisher_of(world).seen[0]
    assert manifest.images["hero"].stages[0].cost_usd == 0.07
    prices[2] = None
    world.edit("imagebuild.yaml", "a hill", "a hollow").build()
    manifest, _ = publisher_of(world).seen[1]
    assert [each.cost_usd for each in manifest.images["hero"].stages] == [None, 0.5, None, None]


@pytest.mark.parametrize("how", ["targets", "tags", "failed", "draft"])
def test_what_is_not_complete_is_not_published(project: Make, how: str) -> None:
    world = world_of(
        project, SPEC.replace("alt: A hill}", "alt: A hill, checks: [fussy]}") if how == "failed" else SPEC
    )
    if how == "targets":
        world.build("logo")
    elif how == "tags":
        world.build(tags=["brand"])
    else:
        world.build(draft=how == "draft")
    assert published(world) == []
    assert not (world.root / "site").exists()


def test_a_published_file_that_is_gone_comes_back(project: Make) -> None:
    world = world_of(project)
    world.build()
    (world.root / "site/list.json").unlink()
    report = world.build()
    assert published(world) == [Published("listing", "site/list.json", 1)]
    assert report.published == 1
    assert (
        re.sub(r"in [\d.]+ s", "in # s", headline(report))
        == "published 1 changed file in # s; 2 pictures are up to date"
    )
    assert headline(world.build()) == "nothing to do (2 pictures are up to date)"


def test_what_a_publisher_remembers_is_there_the_next_time(project: Make) -> None:
    world = world_of(project)
    for _ in range(3):
        world.build()
    assert [context.memory for _, context in publisher_of(world).seen] == [{}, {"runs": 1}, {"runs": 2}]


def test_a_publisher_may_not_write_over_pictures_or_the_spec_or_leave_the_project(project: Make) -> None:
    for path in ("images/logo.png", "IMAGES/LOGO.PNG", "imagebuild.yaml", "imagebuild.lock", "../out", ".git/x", "/x"):
        world = world_of(project, SPEC.replace("site/list.json", path))
        report = world.build()
        assert report.exit_code == 1, path
        assert isinstance(report.failures[0].error, PublishError), path
    assert world.read("images/logo.png").startswith(b"\x89PNG")


def test_remote_publishers_run_only_when_asked_and_are_announced_to_the_others(project: Make) -> None:
    world = world_of(project, SPEC.replace("publish:\n", "publish:\n  - far: far.json\n"))
    world.build()
    assert [event.publisher for event in published(world)] == ["listing"]
    (_, context), *_ = publisher_of(world).seen
    assert [each.base for each in context.published] == ["https://far.example/"]
    events: list[Event] = []
    world.open().publish(listen=events.append)
    assert [event.publisher for event in events if isinstance(event, Published)] == ["far", "listing"]


def test_publish_runs_those_named_and_a_dry_run_changes_nothing(project: Make) -> None:
    world = world_of(project, SPEC.replace("publish:\n", "publish:\n  - far: far.json\n"))
    world.build()
    (planned,) = world.open().publish(["far"], dry_run=True)
    assert planned.changed == 1
    assert not (world.root / "far.json").exists()
    (done,) = world.open().publish(["far"])
    assert done.changed == 1
    assert (world.root / "far.json").exists()
    with pytest.raises(UsageError, match="the spec names no publisher 'near'"):
        world.open().publish(["near"])


def test_publish_refuses_what_is_not_built_drafts_and_broken_rules(project: Make) -> None:
    world = world_of(project)
    with pytest.raises(LockError, match="not everything is built"):
        world.open().publish()
    world.build(draft=True)
    with pytest.raises(LockError, match="draft"):
        world.open().publish()
    world.build()
    world.write({"images/logo.png": png(9, 9)})
    with pytest.raises(LockError, match="changed by hand"):
        world.open().publish()
    world.build(overwrite=True)
    world.edit("imagebuild.yaml", "alt: A hill", "alt: A hill, checks: [fussy]")
    world.build()
    with pytest.raises(CheckFailed, match="fussy: measured this, wanted that"):
        world.open().publish()


def test_missing_alt_texts_are_named_with_their_place(project: Make) -> None:
    world = world_of(project, SPEC.replace(", alt: A hill", ""))
    world.build()
    assert "1 target has no alt text: hero (imagebuild.yaml:4:3)" in world.notices


def test_a_variable_of_the_environment_can_stand_under_publish_and_shows_nowhere(project: Make) -> None:
    world = world_of(project, SPEC.replace("listing: site/list.json", "listing: {path: l.json, password: '${SECRET}'}"))
    with pytest.raises(SpecError, match="the environment has no variable 'SECRET'"):
        world.build()
    world.environ["SECRET"] = "hunter2hunter2"
    world.build()
    (_, context), *_ = publisher_of(world).seen
    assert context.options["password"] == "hunter2hunter2"
    files = [path for path in world.root.rglob("*") if path.is_file()] + [
        p for p in world.home.rglob("*") if p.is_file()
    ]
    assert not [path for path in files if b"hunter2" in path.read_bytes()]
    assert "hunter2" not in repr(world.open().spec())


@pytest.mark.parametrize(
    ("publish", "message"),
    [
        ("  - lisitng: x\n", "unknown publisher 'lisitng'"),
        ("  - listing\n", "'listing' needs 'path'"),
        ("  - listing: {path: x, pth: y}\n", "unknown option 'pth' of 'listing'"),
    ],
)
def test_a_wrong_publisher_is_told_with_its_place_before_anything_is_bought(
    project: Make, publish: str, message: str
) -> None:
    world = world_of(project, SPEC.replace("  - listing: site/list.json\n", publish))
    with pytest.raises(SpecError) as caught:
        world.build()
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.place is not None
    assert problem.place.line == 9
    assert world.provider.calls == []


def test_a_publisher_that_breaks_is_named_and_fails_the_build(project: Make) -> None:
    class Broken(Listing):
        """Breaks."""

        name = "broken"

        def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
            raise ZeroDivisionError("oh")

    world = world_of(project, SPEC.replace("listing: site", "broken: site"))
    world.extra = (Broken(), Fact())
    report = world.build()
    assert report.exit_code == 1
    assert "publisher 'broken' failed: ZeroDivisionError('oh')" in str(report.failures[0].error)
