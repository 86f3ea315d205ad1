"""A store that several machines share: nobody pays for what another has bought, and everybody has the same bytes."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from shared_store import MemoryStore, Team, tree
from test_waves import Batched, Service

from imagebuild.artifact import Picture
from imagebuild.check import Check, CheckContext, CheckResult
from imagebuild.errors import LockError, SpecError, UnreachableError, UsageError
from imagebuild.event import ActionFinished
from imagebuild.stamp import STAMP_FILE
from imagebuild.step import Step, StepContext
from imagebuild.testing import RecordingProvider, World, png
from imagebuild_publish import FolderStore

SPEC = """\
version: 1
store: {remote: "memory://team"}
defaults: {provider: recorder}
targets:
  hero: {prompt: a hill, edits: [make it blue], candidates: 2, steps: [{mark: {mark: X, widths: [4, 8]}}]}
  logo: {prompt: a logo, provider: sketch, steps: [{mark: {mark: Y}}]}
"""


class Sign(Step):
    """Adds a number that is never the same again, as a signature with the time does."""

    name, version = "sign", "1"
    numbers = itertools.count()

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        return [Picture(each.data + f"signed {next(self.numbers)}".encode(), each.media_type) for each in pictures]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path, SPEC)


def verdicts(world: World, **options: object) -> dict[str, str]:
    return {action.node.label: action.verdict for action in world.plan(**options).actions}


def test_a_clone_with_an_empty_home_and_no_money_builds_the_same_bytes_from_the_remote(team: Team) -> None:
    author = team.clone("author")
    assert author.build().bought == 3
    other = team.clone("other", author, mode="read")
    report = other.build(locked=True, max_cost=None)
    assert (report.exit_code, report.bought, report.made) == (0, 0, 0)
    assert tree(other) == tree(author)
    assert (other.provider.calls, other.painter.calls, other.step.calls) == ([], [], [])
    assert other.read("imagebuild.lock") == author.read("imagebuild.lock")


def test_a_build_says_in_one_line_what_it_sent_and_what_it_fetched(team: Team) -> None:
    author = team.clone("author")
    author.build()
    assert [line for line in author.notices if "team" in line] == ["sent 7 pictures (545 bytes) to memory://team"]
    other = team.clone("other", author, mode="read")
    other.build()
    assert [line for line in other.notices if "team" in line] == ["fetched 7 pictures (545 bytes) from memory://team"]


def test_what_was_just_fetched_is_not_asked_for_again_to_be_sent(team: Team) -> None:
    author = team.clone("author")
    author.build()
    team.store.forget()
    other = team.clone("other", author)
    other.build()
    names = [name for _, name in team.store.asked]
    assert (sorted(set(names)), team.store.written) == (sorted(names), [])


def test_a_check_that_compares_with_the_picture_before_judges_on_every_machine_alike(tmp_path: Path) -> None:
    class Compared(Check):
        """Remembers what it compares with."""

        name, version = "compared", "1"
        wants = frozenset({"previous"})

        def __init__(self) -> None:
            self.seen: list[bytes | None] = []

        def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
            self.seen.append(context.previous.data if context.previous else None)
            return CheckResult(True, "seen", "seen")

    spec = """\
version: 1
store: {remote: "memory://team"}
targets: {hero: {prompt: a hill, provider: recorder, checks: [compared]}}
"""
    team = Team(tmp_path, spec)
    author, here, there = team.clone("author"), Compared(), Compared()
    author.extra += (here,)
    author.build()
    team.spec = spec.replace("a hill", "a lake")
    author.spec(team.spec).build()
    teammate = team.clone("teammate", author, mode="read")
    teammate.extra += (there,)
    assert teammate.build(locked=True, max_cost=None).exit_code == 0
    assert here.seen[-1] is not None
    assert there.seen == here.seen[-1:]


def test_pictures_are_at_the_remote_before_the_records_that_name_them(team: Team) -> None:
    team.clone("author").build()
    kinds = [parsed.kind for name in team.store.written if (parsed := team.store.parsed(name))]
    assert kinds == sorted(kinds)
    assert {name.split("/")[1] for name in team.store.written} == {"originals", "derivatives"}


def test_what_another_branch_bought_is_not_bought_again(team: Team) -> None:
    team.clone("author").build()
    teammate = team.clone("teammate", mode="read")
    assert set(verdicts(teammate).values()) <= {"cached", "make", "waiting"}
    report = teammate.build(max_cost=None)
    assert (report.exit_code, report.bought, report.cost_usd) == (0, 0, 0.0)
    assert teammate.provider.calls == []
    assert teammate.read("imagebuild.lock") == team.folder.joinpath("author/project/imagebuild.lock").read_bytes()


def test_plan_status_check_and_build_say_the_same_of_what_the_remote_has(team: Team) -> None:
    team.clone("author").build()
    planned = verdicts(team.clone("plan", mode="read"))
    assert planned["hero"] == planned["hero (candidate 2)"] == planned["hero (edit 1)"] == "cached"
    status = team.clone("status", mode="read").status()
    assert [reason.code for reason in status["hero"].reasons] == ["new"]  # only its step, which is free
    checked = team.clone("check", mode="read").open().check()
    assert [fault.message for fault in checked if fault.target == "hero"] == ["not up to date: step 2: never made"]


def test_a_chain_whose_free_beginning_another_made_is_planned_without_its_price(tmp_path: Path) -> None:
    spec = SPEC.replace("a hill, edits: [make it blue]", "a hill, edits: [{prompt: blue, provider: recorder}]").replace(
        "candidates: 2,", "provider: sketch,"
    )
    team = Team(tmp_path, spec)
    assert team.clone("author").build().bought == 1
    teammate = team.clone("teammate", mode="read")
    plan = teammate.plan("hero")
    assert (plan.cost.high, [action.verdict for action in plan.actions]) == (0.0, ["cached", "cached", "make"])


def test_steps_that_are_never_the_same_give_every_clone_the_same_bytes(tmp_path: Path) -> None:
    team = Team(tmp_path, SPEC.replace("{mark: {mark: Y}}", "sign"))
    author = team.clone("author")
    author.extra += (Sign(),)
    author.build()
    trees = [tree(author)]
    for name in ("second", "third"):
        world = team.clone(name, author, mode="read")
        world.extra += (Sign(),)
        assert world.build(locked=True).exit_code == 0
        trees.append(tree(world))
    assert trees[0] == trees[1] == trees[2]


def test_a_step_whose_key_is_known_only_after_another_one_is_asked_for_before_it_runs(tmp_path: Path) -> None:
    team = Team(tmp_path, SPEC.replace("steps: [{mark: {mark: Y}}]", "steps: [{mark: {mark: Y}}, sign]"))
    author = team.clone("author")
    author.extra += (Sign(),)
    author.build()
    for name in team.store.of("records", "derivatives"):
        if b'"step":"mark"' in team.store.files[name]:
            del team.store.files[name]
    other = team.clone("other", author, mode="read")
    other.extra += (Sign(),)
    other.build("logo")
    assert [event.verdict for event in other.events if isinstance(event, ActionFinished)] == ["made", "cached"]
    assert other.read("images/logo.png") == author.read("images/logo.png")


def test_a_build_with_nothing_to_do_asks_nobody(team: Team) -> None:
    author = team.clone("author")
    author.build()
    team.store.forget()
    assert author.build().exit_code == 0
    assert author.status()["hero"].state == "fresh"
    assert author.open().check() == []
    assert team.store.asked == []
    reader = team.clone("reader", author, mode="read")
    reader.build()
    team.store.forget()
    team.store.opened = 0
    assert reader.build().exit_code == 0
    assert (team.store.asked, team.store.opened) == ([], 0)


def test_a_build_that_only_reads_never_writes(team: Team) -> None:
    world = team.clone("stranger", mode="read")
    assert world.build().bought == 3
    assert team.store.files == {}
    assert {request for request, _ in team.store.asked} == {"get"}
    assert not [line for line in world.notices if "sent" in line]


def test_a_failed_build_sends_what_it_bought(team: Team) -> None:
    world = team.clone("author")

    def answer(request: object, context: object) -> bytes | None:
        if "blue" in str(request):
            raise RuntimeError("no more")
        return None

    world.provider.answer = answer
    assert world.build().exit_code == 1
    assert len(team.store.of("records")) == 3  # two candidates and the logo
    assert team.clone("other", world, mode="read").build("hero").bought == 1


def test_an_interrupted_build_sends_what_it_bought(team: Team) -> None:
    world = team.clone("author")
    asked = threading.Event()

    def answer(request: object, context: object) -> bytes | None:
        if not asked.is_set():
            asked.set()
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        return None

    world.provider.answer = answer
    assert world.build("hero", jobs=1).exit_code == 130
    assert 1 <= len(team.store.of("records")) == len(world.provider.calls) < 3


def test_a_derivative_that_is_damaged_there_is_made_anew_told_and_replaced(team: Team) -> None:
    author = team.clone("author")
    author.build("logo")
    whole = dict(team.store.files)
    for name in team.store.of("objects", "derivatives"):
        team.store.files[name] = b"rubbish"
    reader = team.clone("reader", mode="read")
    assert reader.build("logo").made == 1
    assert any("is damaged and not used" in line for line in reader.notices)
    assert tree(reader) == tree(author)
    (picture,) = team.store.of("objects", "derivatives")
    assert team.store.files[picture] == b"rubbish"
    team.clone("writer").build("logo")
    assert team.store.files[picture] == whole[picture]
    assert team.clone("last", mode="read").build("logo").made == 0


def test_what_could_not_be_sent_is_sent_by_the_next_build(team: Team) -> None:
    def down(request: str, name: str) -> None:
        if request in ("has", "put"):
            raise UnreachableError("memory does not answer", hint="wake it")

    team.store.trouble = down
    world = team.clone("author")
    report = world.build()
    assert report.exit_code == 0
    assert world.notices == [
        "the remote store is left out: memory does not answer",
        "not everything was sent to memory://team",
    ]
    assert not (world.root / STAMP_FILE).exists()
    team.store.trouble = lambda request, name: None
    assert world.build().exit_code == 0
    assert [line for line in world.notices if "sent" in line] == ["sent 7 pictures (545 bytes) to memory://team"]
    assert team.clone("other", world, mode="read").build(locked=True).exit_code == 0


def test_a_remote_that_is_down_is_told_once_and_the_build_goes_on(team: Team) -> None:
    def down(request: str, name: str) -> None:
        raise UnreachableError("memory does not answer", hint="wake it")

    team.store.trouble = down
    world = team.clone("author", mode="read")
    assert world.build().bought == 3
    assert [line for line in world.notices if "memory" in line] == [
        "the remote store is left out: memory does not answer"
    ]
    assert len(team.store.asked) <= 4  # what was on its way when the first one failed


def test_what_is_pinned_and_only_a_remote_that_is_down_could_have_ends_with_3_and_says_so(team: Team) -> None:
    author = team.clone("author")
    author.build()

    def down(request: str, name: str) -> None:
        raise UnreachableError("memory does not answer", hint="wake it")

    team.store.trouble = down
    third = team.clone("third", author, mode="read")
    with pytest.raises(LockError) as refused:
        third.build(locked=True)
    assert refused.value.exit_code == 3
    assert "hero (edit 1): the store no longer has its bytes, and the remote store could not be asked: " in str(
        refused.value
    )
    assert third.build().exit_code == 3
    assert third.provider.calls == []


def test_what_is_pinned_and_nobody_has_ends_with_3_and_is_never_bought_again(team: Team) -> None:
    author = team.clone("author", mode="read")
    author.build()
    third = team.clone("third", author, mode="read")
    report = third.build()
    assert (report.exit_code, third.provider.calls) == (3, [])
    assert "and memory://team has not got them either" in str(report.failures[0].error)


def test_an_offline_build_leaves_out_a_remote_that_takes_a_network_and_reads_one_that_does_not(team: Team) -> None:
    author = team.clone("author")
    author.build()
    team.store.forget()
    far = team.clone("far", author, mode="read")
    assert far.build(offline=True).exit_code == 3
    assert team.store.asked == []
    assert far.notices == []
    with pytest.raises(LockError, match=r"'--offline' leaves out memory://team"):
        far.build(offline=True, locked=True)
    team.store.network = False
    near = team.clone("near", author, mode="read")
    assert near.build(offline=True).exit_code == 0
    assert tree(near) == tree(author)


def test_a_picture_that_the_output_file_still_holds_is_not_fetched(tmp_path: Path) -> None:
    team = Team(
        tmp_path, "version: 1\nstore: {remote: 'memory://team'}\ntargets: {a: {prompt: a, provider: recorder}}\n"
    )
    author = team.clone("author")
    author.build()
    clone = team.clone("clone", author, mode="read")
    clone.write({"images/a.png": author.read("images/a.png")})
    team.store.forget()
    assert clone.build(locked=True).exit_code == 0
    assert team.store.asked == []


def test_only_the_targets_that_a_command_concerns_are_fetched(team: Team) -> None:
    author = team.clone("author")
    author.build()
    with author.open().session() as session:
        heroes = {line.digest for line in session.lock.lines.values()}
    other = team.clone("other", author, mode="read")
    team.store.forget()
    other.build("logo")
    assert not [name for _, name in team.store.asked if name.rpartition("/")[2] in heroes]


def test_a_target_that_was_renamed_since_the_lock_was_written_is_fetched(tmp_path: Path) -> None:
    team = Team(tmp_path, SPEC)
    author = team.clone("author")
    author.build()
    other = team.clone("other", author, mode="read").edit("imagebuild.yaml", "hero:", "banner:")
    report = other.build(max_cost=None)
    assert (report.exit_code, report.bought, other.provider.calls) == (0, 0, [])
    assert other.read("images/banner-4.png") == author.read("images/hero-4.png")


def test_what_was_adopted_for_one_target_is_not_what_another_with_the_same_request_gets(tmp_path: Path) -> None:
    spec = (
        "version: 1\nstore: {remote: 'memory://team'}\ndefaults: {provider: recorder}\ntargets:\n  a: {prompt: same}\n"
    )
    team = Team(tmp_path, spec)
    author = team.clone("author")
    author.build()
    own = tmp_path / "own.png"
    own.write_bytes(png(9, 9, (7, 7, 7)))
    chooser = team.clone("chooser", author)
    chooser.open().adopt("a", own)
    chooser.build()
    other = team.clone("other", chooser, mode="read").edit("imagebuild.yaml", "  a:", "  b: {prompt: same}\n  a:")
    report = other.build(max_cost=None)
    assert (report.exit_code, report.bought) == (0, 0)
    assert other.read("images/a.png") == own.read_bytes()
    assert other.read("images/b.png") == author.read("images/a.png")


def test_a_draft_asks_for_nothing_and_sends_nothing(team: Team) -> None:
    world = team.clone("author")
    assert world.build(draft=True, max_cost=None).exit_code == 0
    assert team.store.asked == []


def test_a_call_that_could_not_be_known_at_planning_is_looked_for_right_before_it_is_made(tmp_path: Path) -> None:
    spec = """\
version: 1
store: {remote: "memory://team"}
targets:
  base: {prompt: a hill, provider: sketch}
  hero: {prompt: a hut on it, provider: recorder, inputs: [{target: base}]}
"""
    team = Team(tmp_path, spec)
    author = team.clone("author")
    assert author.build().bought == 1
    team.lose_records_of("sketch")
    teammate = team.clone("teammate", mode="read")
    assert verdicts(teammate)["hero"] == "waiting"
    report = teammate.build()
    assert (report.bought, report.cost_usd, teammate.provider.calls) == (0, 0.0, [])
    assert len(teammate.painter.calls) == 1


def test_a_picture_that_another_bought_meanwhile_is_sent_in_no_batch(tmp_path: Path) -> None:
    spec = """\
version: 1
store: {remote: "memory://team"}
targets:
  base: {prompt: a hill, provider: sketch}
  hero: {prompt: a hut on it, provider: recorder, inputs: [{target: base}]}
  other: {prompt: a lake, provider: recorder}
"""
    team = Team(tmp_path, spec)
    author = team.clone("author")
    assert author.build("hero").bought == 1
    team.lose_records_of("sketch")
    teammate = team.clone("teammate", mode="read")
    teammate.provider = provider = Batched()
    provider.service = Service()
    report = teammate.build(executor="batch")
    assert provider.service.prompts == [["a lake"]]
    assert (report.sent, report.waiting, report.cost_usd) == (1, ("other",), 0.0)
    assert teammate.read("images/hero.png") == author.read("images/hero.png")


def test_of_two_machines_that_bought_the_same_key_the_first_record_stays_and_both_locks_hold(team: Team) -> None:
    first, second = team.clone("first"), team.clone("second")
    second.provider = RecordingProvider(answer=lambda request, context: _other(request))
    second.environ["IMAGEBUILD_STORE_MODE"] = "read"
    team.store.trouble = lambda request, name: None
    second.build()  # nothing is there yet
    first.build()
    second.environ["IMAGEBUILD_STORE_MODE"] = "write"
    second.build()
    for author in (first, second):
        clone = team.clone(f"clone of {author.root.parent.name}", author, mode="read")
        assert clone.build(locked=True).exit_code == 0
        assert tree(clone)["images/hero-4.png"] == author.read("images/hero-4.png")
        assert not [line for line in clone.notices if "not used" in line]


def _other(request: object) -> bytes:
    return png(9, 9, (abs(hash(str(request))) % 200, 1, 2))


def test_a_folder_is_made_by_the_first_build_that_writes_and_shared_by_relative_path(tmp_path: Path) -> None:
    spec = SPEC.replace("memory://team", "../../pictures")
    team = Team(tmp_path, spec)
    author = team.clone("author")
    author.extra = (FolderStore(),)
    assert author.build().exit_code == 0
    assert (tmp_path / "pictures" / "v1" / "originals").is_dir()
    other = team.clone("other", author, mode="read")
    other.extra = (FolderStore(),)
    assert other.build(locked=True, offline=True).exit_code == 0
    assert tree(other) == tree(author)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nowhere://x", "no store is known for the address 'nowhere://'"),
        ("memory://other", "the address of the remote store names no such memory"),
        (".imagebuild/share", "the address of the remote store lies in .imagebuild/, which may be removed at any time"),
        ("../home", "the address of the remote store is the store of this machine"),
    ],
)
def test_an_address_that_cannot_be_one_is_an_error_of_the_spec_with_its_place(
    tmp_path: Path, address: str, said: str
) -> None:
    world = Team(tmp_path, SPEC.replace("memory://team", address)).clone("one")
    world.extra += (FolderStore(),)
    with pytest.raises(SpecError) as refused:
        world.plan()
    problem = refused.value.problems[0]
    assert problem.message == said
    assert (problem.place and problem.place.line, problem.place and problem.place.column) == (2, 17)
    world.spec(SPEC)
    world.environ["IMAGEBUILD_STORE"] = address
    with pytest.raises(UsageError, match=r"^IMAGEBUILD_STORE: "):
        world.plan()


def test_an_option_that_the_kind_of_store_does_not_know_is_an_error_with_its_place(tmp_path: Path) -> None:
    world = Team(tmp_path, SPEC.replace('team"}', 'team", speed: 3}')).clone("one")
    with pytest.raises(SpecError) as refused:
        world.plan()
    problem = refused.value.problems[0]
    assert problem.message == "unknown option 'speed' of 'memory'"
    assert str(problem.place) == "imagebuild.yaml:2:34"


def test_the_environment_names_another_store_than_the_spec(tmp_path: Path) -> None:
    world = Team(tmp_path, SPEC.replace("memory://team", "nowhere://x")).clone("one")
    world.environ["IMAGEBUILD_STORE"] = "memory://team"
    assert world.build().exit_code == 0
    store = next(each for each in world.extra if isinstance(each, MemoryStore))
    assert store.of("records")


def test_the_mode_of_the_environment_is_stronger_than_that_of_the_spec(tmp_path: Path) -> None:
    team = Team(tmp_path, SPEC.replace('team"}', 'team", mode: write}'))
    assert team.clone("reader", mode="read").build().exit_code == 0
    assert team.store.files == {}
    writer = team.clone("writer", mode="")
    writer.build()
    assert team.store.files
