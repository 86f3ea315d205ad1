"""What people choose among pictures: the lock alone changes, nothing is lost, and each choice can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from ten_pictures import Make
from versioned import git

from imagebuild.digest import digest_bytes
from imagebuild.errors import LockError, SpendingRefused, UsageError
from imagebuild.event import ActionStarted
from imagebuild.lockfile import Lock, LockLine
from imagebuild.manifest import Manifest
from imagebuild.publisher import Publication, Publisher, PublisherContext
from imagebuild.testing import World, png

HEAD = "version: 1\ndefaults: {provider: recorder}\ntargets:\n"


def lines(world: World) -> dict[tuple[str, int, int], LockLine]:
    return dict(Lock.read(world.root / "imagebuild.lock").lines)


def lock_text(world: World) -> str:
    return (world.root / "imagebuild.lock").read_text("utf-8")


def output(world: World, name: str = "hero") -> str:
    return digest_bytes(world.read(f"images/{name}.png"))


def quiet(world: World) -> None:
    """A build now does nothing at all."""
    world.forget().build()
    assert not [event for event in world.events if isinstance(event, ActionStarted)]
    assert (world.written, world.provider.calls, world.painter.calls) == ([], [], [])


@pytest.fixture
def three(project: Make) -> World:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, candidates: 3}\n"})
    world.build()
    return world.forget()


def test_the_first_candidate_is_delivered_until_another_is_picked(three: World) -> None:
    digests = [lines(three)["hero", 0, number].digest for number in (1, 2, 3)]
    assert output(three) == digests[0]
    three.open().pick("hero", 3)
    assert [line.picked for line in lines(three).values()] == [False, False, True]
    three.build()
    assert output(three) == digests[2]
    assert three.provider.calls == []
    quiet(three)


def test_putting_the_lock_back_undoes_a_pick_for_free(three: World) -> None:
    before = lock_text(three)
    first = output(three)
    three.open().pick("hero", 2)
    three.build()
    assert output(three) != first
    three.write({"imagebuild.lock": before}).build()
    assert (output(three), three.provider.calls) == (first, [])
    assert lock_text(three) == before


@pytest.mark.parametrize(("number", "message"), [(4, "candidates 1 to 3, there is no 4"), (0, "there is no 0")])
def test_there_is_no_other_candidate(three: World, number: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        three.open().pick("hero", number)


def test_a_candidate_that_is_not_made_cannot_be_picked(three: World) -> None:
    three.edit("imagebuild.yaml", "a hill", "a lake")
    with pytest.raises(LockError, match="no picture for what the spec asks for now") as caught:
        three.open().pick("hero", 2)
    assert "imagebuild build hero" in str(caught.value.hint)


def test_another_pick_makes_the_edits_anew_and_nothing_else(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, candidates: 2, edits: [blue]}\n"})
    world.build()
    edited = output(world)
    world.forget().open().pick("hero", 2)
    assert [action.verdict for action in world.plan().actions if action.node.kind == "edit"] == ["buy"]
    world.build()
    assert world.provider.prompts == ["blue"]
    assert output(world) != edited
    world.forget().open().pick("hero", 1)
    world.build()
    assert (output(world), world.provider.calls) == (edited, [])


def test_a_free_picture_stands_in_the_lock_only_once_somebody_has_chosen(project: Make) -> None:
    world = project(
        {"imagebuild.yaml": "version: 1\ntargets:\n  hero: {prompt: a hill, candidates: 2}\n  two: {prompt: b}\n"}
    )
    world.build()
    first = output(world)
    assert not (world.root / "imagebuild.lock").exists()
    world.open().pick("hero", 2)
    world.build()
    assert [(line.target, line.picked) for line in lines(world).values()] == [("hero", False), ("hero", True)]
    assert output(world) != first
    quiet(world)
    world.edit("imagebuild.yaml", "a hill", "a lake").build()
    assert [line.picked for line in lines(world).values()] == [False, True]
    assert output(world) == lines(world)["hero", 0, 2].digest
    world.spec("version: 1\ntargets:\n  two: {prompt: b}\n").build()
    assert lines(world) == {}


@pytest.fixture
def approved(project: Make) -> World:
    steps = "steps: [{mark: {mark: X}}]"
    world = project({"imagebuild.yaml": HEAD + f"  hero: {{prompt: a hill, {steps}}}\n  other: {{prompt: b}}\n"})
    world.build()
    assert world.open().approve(["hero"]) == ("hero",)
    return world.forget()


def test_the_approved_picture_stays_live_until_the_new_one_is_picked(approved: World) -> None:
    old = output(approved)
    assert approved.status()["hero"].review == "approved"
    approved.edit("imagebuild.yaml", "a hill", "a lake")
    assert approved.status()["hero"].review == "unreviewed"
    approved.build()
    assert approved.provider.prompts == ["a lake"]
    line = lines(approved)["hero", 0, 1]
    assert line.live is not None
    assert (line.review, line.live.review) == ("unreviewed", "approved")
    assert output(approved) == old
    status = approved.status()["hero"]
    assert (status.state, [reason.code for reason in status.reasons], status.review) == (
        "stale",
        ["review"],
        "unreviewed",
    )
    quiet(approved)
    assert approved.open().check() == []
    approved.open().pick("hero")
    approved.build()
    assert output(approved) != old
    assert approved.provider.calls == []
    assert approved.status()["hero"].state == "fresh"
    assert approved.status()["hero"].review == "unreviewed"


def test_approving_the_new_picture_lets_it_go_live(approved: World) -> None:
    old = output(approved)
    approved.edit("imagebuild.yaml", "a hill", "a lake").build()
    approved.open().approve(["hero"])
    approved.build()
    assert output(approved) != old
    assert (lines(approved)["hero", 0, 1].review, lines(approved)["hero", 0, 1].live) == ("approved", None)


def test_the_way_back_to_the_approved_request_is_free_and_needs_no_new_review(approved: World) -> None:
    before = lock_text(approved)
    approved.edit("imagebuild.yaml", "a hill", "a lake").build()
    approved.edit("imagebuild.yaml", "a lake", "a pond").build()
    assert approved.provider.prompts == ["a lake", "a pond"]
    approved.forget().edit("imagebuild.yaml", "a pond", "a hill").build()
    assert approved.provider.calls == []
    assert approved.status()["hero"].review == "approved"
    assert [line.live for line in lines(approved).values()] == [None, None]
    assert lines(approved)["hero", 0, 1].digest in before


def test_a_picture_that_nobody_approved_is_replaced_at_once(approved: World) -> None:
    old = output(approved, "other")
    approved.edit("imagebuild.yaml", "prompt: b", "prompt: c").build()
    assert output(approved, "other") != old
    assert lines(approved)["other", 0, 1].live is None


def test_a_clone_delivers_the_approved_picture_too(approved: World, tmp_path: Path) -> None:
    approved.edit("imagebuild.yaml", "a hill", "a lake").build()
    old = output(approved)
    (approved.root / "images/hero.png").unlink()
    (approved.root / ".imagebuild/state.db").unlink()
    approved.forget().build(locked=True)
    assert (output(approved), approved.provider.calls) == (old, [])


def test_when_the_approved_picture_is_lost_nothing_takes_its_place(approved: World) -> None:
    approved.edit("imagebuild.yaml", "a hill", "a lake").build()
    live = lines(approved)["hero", 0, 1].live
    assert live is not None
    (approved.home / "objects" / live.digest[:2] / live.digest).unlink()
    old = output(approved)
    report = approved.forget().build()
    assert report.exit_code == 3
    assert (output(approved), approved.provider.calls) == (old, [])
    approved.open().pick("hero")
    assert approved.build().exit_code == 0
    assert output(approved) != old


def test_who_takes_the_approved_picture_as_an_input_is_not_made_anew_before_the_pick(project: Make) -> None:
    world = project(
        {"imagebuild.yaml": HEAD + "  logo: {prompt: a hill}\n  card: {prompt: card, inputs: [{target: logo}]}\n"}
    )
    world.build()
    world.open().approve(["logo"])
    world.forget().edit("imagebuild.yaml", "a hill", "a lake").build()
    assert world.provider.prompts == ["a lake"]
    quiet(world)
    world.open().pick("logo")
    world.build()
    assert world.provider.prompts == ["card"]


def test_one_request_of_two_targets_is_approved_for_one_of_them(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  a: {prompt: same}\n  b: {prompt: other}\n"})
    world.build()
    world.open().approve(["a"])
    old = output(world, "a")
    world.edit("imagebuild.yaml", "a: {prompt: same}", "a: {prompt: new}").build()
    world.edit("imagebuild.yaml", "b: {prompt: other}", "b: {prompt: new}").build()
    assert output(world, "a") == old
    assert output(world, "b") == lines(world)["b", 0, 1].digest
    assert lines(world)["b", 0, 1].live is None


def test_a_renamed_target_keeps_its_approved_picture_and_the_one_that_waits(approved: World) -> None:
    old = output(approved)
    approved.edit("imagebuild.yaml", "a hill", "a lake").build()
    approved.forget().edit("imagebuild.yaml", "hero:", "start:").build()
    assert approved.provider.calls == []
    assert output(approved, "start") == old
    assert sorted(slot[0] for slot in lines(approved)) == ["other", "start"]


def test_a_rejected_picture_fails_the_check_and_the_next_request_begins_anew(approved: World) -> None:
    approved.open().reject(["other"])
    faults = approved.open().check()
    assert [(fault.target, fault.exit_code) for fault in faults] == [("other", 3)]
    assert "imagebuild reroll other" in faults[0].hint
    approved.edit("imagebuild.yaml", "prompt: b", "prompt: c").build()
    assert approved.open().check() == []


def test_check_asks_for_approval_only_when_told_to(approved: World) -> None:
    project = approved.open()
    assert project.check() == []
    assert [(fault.target, fault.message) for fault in project.check(reviewed=True)] == [("other", "is not approved")]
    project.approve(["other"])
    assert project.check(reviewed=True) == []


def test_what_is_stale_cannot_be_approved(approved: World) -> None:
    approved.edit("imagebuild.yaml", "prompt: b", "prompt: c")
    with pytest.raises(LockError, match="'other' has no picture"):
        approved.open().approve(["other"])


def test_all_are_approved_or_none(approved: World) -> None:
    before = lock_text(approved)
    approved.edit("imagebuild.yaml", "prompt: b", "prompt: c")
    with pytest.raises(LockError):
        approved.open().approve(["*"])
    assert lock_text(approved) == before


def test_another_attempt_costs_once_and_putting_the_lock_back_costs_nothing(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill}\n  other: {prompt: b}\n"})
    world.build()
    before, first = lock_text(world), output(world)
    report = world.forget().build("hero", reroll=True)
    assert (report.bought, world.provider.prompts) == (1, ["a hill"])
    assert lines(world)["hero", 0, 1].take == 2
    second = output(world)
    assert second != first
    quiet(world)
    world.write({"imagebuild.lock": before}).build()
    assert output(world) == first
    world.forget().build("hero", reroll=True)
    assert (output(world), world.provider.calls) == (second, [])


def test_an_attempt_that_nobody_pays_for_changes_nothing(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill}\n"})
    world.build()
    before = lock_text(world)
    with pytest.raises(SpendingRefused):
        world.forget().build("hero", reroll=True, max_cost=0.01)
    assert (lock_text(world), world.provider.calls) == (before, [])
    quiet(world)


def test_another_attempt_at_one_edit_leaves_what_comes_before(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, edits: [blue, red]}\n"})
    world.build()
    world.forget().build("hero", reroll=True, edit=2)
    assert world.provider.prompts == ["red"]
    assert [line.take for line in lines(world).values()] == [1, 1, 2]
    with pytest.raises(UsageError, match="there is no edit 3"):
        world.build("hero", reroll=True, edit=3)


def test_another_attempt_at_an_approved_picture_waits_for_the_pick(approved: World) -> None:
    old = output(approved)
    approved.build("hero", reroll=True)
    assert output(approved) == old
    approved.open().pick("hero")
    approved.build()
    assert output(approved) != old


def test_another_attempt_at_a_free_picture_stays(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {hero: {prompt: a hill}}\n"})
    world.build()
    first = output(world)
    world.build("hero", reroll=True)
    second = output(world)
    assert (second != first, lines(world)["hero", 0, 1].take) == (True, 2)
    quiet(world)
    (world.root / "imagebuild.lock").unlink()
    world.build()
    assert output(world) == first


def test_an_adopted_file_is_the_picture_and_nothing_is_bought(project: Make, tmp_path: Path) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, candidates: 2, edits: [blue]}\n"})
    mine = tmp_path / "mine.png"
    mine.write_bytes(png(9, 9, (1, 2, 3)))
    world.open().adopt("hero", mine)
    assert world.plan().cost.high == 0
    world.build()
    assert world.provider.calls == []
    assert world.read("images/hero.png") == mine.read_bytes()
    assert {line.adopted for line in lines(world).values()} == {True}
    quiet(world)
    world.edit("imagebuild.yaml", "edits: [blue]", "edits: [red]").build()
    assert world.provider.prompts == ["red"]
    world.forget().edit("imagebuild.yaml", "a hill", "a lake").build()
    assert world.provider.prompts == ["a lake", "a lake", "red"]


def test_an_output_edited_by_hand_can_be_adopted(approved: World) -> None:
    edited = png(7, 7, (9, 9, 9))
    approved.write({"images/other.png": edited})
    approved.open().adopt("other", approved.root / "images/other.png")
    report = approved.build()
    assert (report.kept, approved.read("images/other.png")) == ((), edited)
    assert approved.open().check() == []


def test_an_adopted_file_that_is_lost_is_not_drawn_over(project: Make, tmp_path: Path) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {hero: {prompt: a hill, steps: [{mark: {mark: X}}]}}\n"})
    mine = tmp_path / "mine.png"
    mine.write_bytes(png(9, 9, (1, 2, 3)))
    world.open().adopt("hero", mine)
    world.build()
    digest = lines(world)["hero", 0, 1].digest
    (world.home / "objects" / digest[:2] / digest).unlink()
    assert world.forget().build().exit_code == 3
    assert world.painter.calls == []


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("mine.png", b"no picture", "is no picture"),
        ("mine.png", b"", "is no picture"),
        ("missing.png", None, "cannot be read"),
    ],
)
def test_what_is_no_picture_cannot_be_adopted(
    approved: World, tmp_path: Path, name: str, data: bytes | None, message: str
) -> None:
    before = lock_text(approved)
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=message):
        approved.open().adopt("other", tmp_path / name)
    assert lock_text(approved) == before


def test_a_file_of_another_type_does_not_go_where_the_path_says_png(project: Make, tmp_path: Path) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, output: img/hero.png}\n"})
    mine = tmp_path / "mine.gif"
    mine.write_bytes(
        b"GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02\x02\x8c+\x00;"
    )
    with pytest.raises(UsageError, match="cannot hold image/gif"):
        world.open().adopt("hero", mine)


def test_a_picture_of_earlier_comes_back_for_free(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill}\n"})
    world.build()
    first = output(world)
    world.edit("imagebuild.yaml", "a hill", "a lake").build()
    world.edit("imagebuild.yaml", "a lake", "a pond").build()
    history = world.open().history("hero")
    assert [(each.number, each.prompt, each.cost_usd, each.here) for each in history] == [
        (1, "a hill", 0.04, True),
        (2, "a lake", 0.04, True),
        (3, "a pond", 0.04, True),
    ]
    assert [each.standing for each in history] == ["", "", "live"]
    world.forget().open().restore("hero", "1")
    world.build()
    assert (output(world), world.provider.calls) == (first, [])
    quiet(world)
    assert [each.standing for each in world.open().history("hero") if each.digest == first] == ["live"]
    world.open().restore("hero", history[1].digest[:10])
    world.build()
    assert output(world) == history[1].digest


def test_a_restored_attempt_stands_under_its_own_take(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill}\n"})
    world.build()
    first = lines(world)["hero", 0, 1]
    world.build("hero", reroll=True)
    world.open().restore("hero", "1")
    restored = lines(world)["hero", 0, 1]
    assert (restored.key, restored.take, restored.adopted) == (first.key, 1, False)
    world.forget().build()
    assert (output(world), world.provider.calls) == (first.digest, [])


def test_a_restored_edit_brings_what_it_was_made_from(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, edits: [blue]}\n"})
    world.build()
    base, edited = (lines(world)["hero", stage, 1].digest for stage in (0, 1))
    world.edit("imagebuild.yaml", "a hill", "a lake").build()
    number = next(each.number for each in world.open().history("hero") if each.digest == edited)
    world.open().restore("hero", str(number))
    assert [lines(world)["hero", stage, 1].digest for stage in (0, 1)] == [base, edited]
    world.forget().build()
    assert (output(world), world.provider.calls) == (edited, [])
    quiet(world)


def test_a_picture_that_the_store_lost_is_listed_and_cannot_come_back(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill}\n"})
    world.build()
    first = output(world)
    world.edit("imagebuild.yaml", "a hill", "a lake").build()
    (world.home / "objects" / first[:2] / first).unlink()
    assert [each.here for each in world.open().history("hero")] == [False, True]
    with pytest.raises(LockError, match="no longer has picture 1"):
        world.open().restore("hero", "1")


def test_history_follows_git_and_former_names(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill}\n"})

    git(world.root, "init", "-q", ".")
    for prompt in ("a hill", "a lake"):
        world.spec(HEAD + f"  hero: {{prompt: {prompt}}}\n").build()
        git(world.root, "add", "imagebuild.yaml", "imagebuild.lock")
        git(world.root, "commit", "-qm", prompt)
    world.spec(HEAD + "  start: {prompt: a lake}\n").build()
    git(world.root, "commit", "-qam", "another name")
    for name in ("records.db", "records.db-wal", "records.db-shm"):
        (world.home / name).unlink(missing_ok=True)
    history = world.open().history("start")
    assert [(each.target, each.digest, each.standing) for each in history] == [
        ("start", lines(world)["start", 0, 1].replaces or history[0].digest, ""),
        ("start", lines(world)["start", 0, 1].digest, "live"),
    ]


def test_a_frozen_picture_stays_whatever_changes_and_thaws(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, edits: [blue]}\n"})
    world.build()
    old = output(world)
    world.open().freeze(["hero"])
    world.forget().edit("imagebuild.yaml", "a hill", "a lake").build()
    assert (output(world), world.provider.calls) == (old, [])
    assert world.status()["hero"].state == "frozen"
    with pytest.raises(UsageError, match="'hero' is frozen"):
        world.build("hero", reroll=True)
    world.open().freeze(["hero"], frozen=False)
    world.build()
    assert world.provider.prompts == ["a lake", "blue"]


def test_a_free_picture_can_be_frozen(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {hero: {prompt: a hill}}\n"})
    world.build()
    old = output(world)
    world.open().freeze(["hero"])
    world.edit("imagebuild.yaml", "a hill", "a lake").build()
    assert output(world) == old
    quiet(world)


def test_freezing_keeps_the_approved_picture_and_not_the_one_that_waits(approved: World) -> None:
    old = output(approved)
    approved.edit("imagebuild.yaml", "a hill", "a lake").build()
    approved.open().freeze(["hero"])
    approved.build()
    assert output(approved) == old
    assert lines(approved)["hero", 0, 1].live is None


def test_what_the_spec_freezes_only_the_spec_thaws(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, frozen: true}\n"})
    world.build()
    with pytest.raises(UsageError, match="the spec says 'frozen: true'"):
        world.open().freeze(["hero"], frozen=False)


def test_the_alt_text_is_reviewed_with_the_picture_or_alone(project: Make) -> None:
    world = project({"imagebuild.yaml": HEAD + "  hero: {prompt: a hill, alt: {generate: true}}\n"})
    world.provider.describes = True
    world.build()
    assert [line.review for line in lines(world).values()] == ["unreviewed", "unreviewed"]
    world.open().approve(["hero"], alt=True)
    assert world.status()["hero"].review == "unreviewed"
    world.open().approve(["hero"])
    assert world.status()["hero"].review == "approved"
    world.open().reject(["hero"], alt=True)
    assert world.status()["hero"].review == "rejected"


def test_the_store_knows_what_the_project_rests_on(approved: World) -> None:
    approved.edit("imagebuild.yaml", "a hill", "a lake").build()
    store = approved.open()
    with store.session() as session:
        (known,) = session.originals.usage.projects()
    assert known.root == str(approved.root)
    assert known.pins == Lock.read(approved.root / "imagebuild.lock").digests


def test_a_picture_with_variants_has_to_be_named_in_full(project: Make) -> None:
    world = project(
        {"imagebuild.yaml": HEAD + "  hero: {prompt: 'a {{ season }}', matrix: {season: [spring, autumn]}}\n"}
    )
    world.build()
    with pytest.raises(UsageError, match="means 2 pictures"):
        world.open().pick("hero", 1)
    world.open().approve(["hero"])
    assert [line.review for line in lines(world).values()] == ["approved", "approved"]


def test_pictures_from_files_have_nothing_to_choose(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {hero: {from: a.png}}\n", "a.png": png(4, 4, (1, 2, 3))})
    world.build()
    for choose in (
        lambda: world.open().pick("hero", 1),
        lambda: world.open().approve(["hero"]),
        lambda: world.open().adopt("hero", world.root / "a.png"),
        lambda: world.build("hero", reroll=True),
        lambda: world.open().freeze(["hero"]),
    ):
        with pytest.raises(UsageError):
            choose()


class Listing(Publisher):
    """Keeps the digests of what is delivered in a file of the project."""

    name, version = "listing", "1"

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        text = "".join(f"{name} {image.variants[0].sha256}\n" for name, image in manifest.images.items())
        return Publication("list.txt", int(context.write("list.txt", text.encode())))


def test_after_a_choice_publishers_run_when_nothing_else_is_left_to_do(project: Make) -> None:
    spec = HEAD.replace("targets:", "publish: [listing]\ntargets:")
    world = project({"imagebuild.yaml": spec + "  hero: {prompt: a hill, candidates: 2}\n  other: {prompt: b}\n"})
    world.extra = (Listing(),)
    world.build()
    world.open().pick("hero", 2)
    world.open().deliver(["hero"])
    picked = lines(world)["hero", 0, 2].digest
    assert f"hero {picked}" in world.read("list.txt").decode()
    world.edit("imagebuild.yaml", "prompt: b", "prompt: c")
    world.open().pick("hero", 1)
    world.open().deliver(["hero"])
    assert output(world) == lines(world)["hero", 0, 1].digest
    assert f"hero {picked}" in world.read("list.txt").decode(), "a manifest is of a finished build"
