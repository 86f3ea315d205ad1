"""Branches that come together in real git: the lock merges, or says what is to be chosen, and nothing is bought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from lock_branches import LOCK, WAYS, Branches, Repo
from lock_lines import approved, line, lines, rerolled, told
from msgspec.structs import replace

from imagebuild.errors import LockError
from imagebuild.lockfile import Lock
from imagebuild.lockfile.line import LockLine
from imagebuild.stamp import is_fresh
from imagebuild.testing import World

Make = Callable[[Mapping[str, str | bytes]], World]

STYLES = ("union", "merge", "diff3", "zdiff3")
"""With the attribute, and without it in each style of conflicts."""

ROUTES = [*((style, way) for style in STYLES[:2] for way in WAYS), ("diff3", "merge"), ("zdiff3", "rebase")]
COMMITTED = [(style, way) for style, way in ROUTES if way != "stash pop"]

HERO, LOGO, ZOO = line("hero", 1), line("logo", 2), line("zoo", 3)
FIRST, SECOND, THIRD, FOURTH = (
    line("hero", 10 + number, candidate=number, picked=number == 1) for number in (1, 2, 3, 4)
)


@pytest.fixture(params=STYLES[:2])
def repo(request: pytest.FixtureRequest, tmp_path: Path) -> Repo:
    """A repository whose locks are written by hand."""
    style = request.param
    made = Repo(tmp_path / "repo", union=style == "union", style="merge" if style == "union" else style).start()
    (made.root / "imagebuild.yaml").write_text("version: 1\n", encoding="utf-8")
    return made


def join(repo: Repo, way: str, base: list[LockLine], ours: list[LockLine], theirs: list[LockLine]) -> None:
    """Two branches with these locks, brought together in one of the ways."""

    def put(each: list[LockLine]) -> Callable[[], object]:
        return lambda: Lock(lines(*each)).write(repo.root / LOCK)

    repo.fork(put(base), put(ours), put(theirs))
    repo.join(way)


def is_sound(repo: Repo) -> bool:
    try:
        return repo.lock is not None
    except LockError:
        return False


def settled(repo: Repo) -> dict[str, str]:
    """What the lock says, after ``resolve`` where it is refused; then git is told and has nothing left to say."""
    if is_sound(repo):
        return told(repo.lock.lines)
    with pytest.raises(LockError) as caught:
        repo.lock  # noqa: B018 - to read it is all
    assert caught.value.place is not None
    assert "'imagebuild resolve'" in str(caught.value.hint)
    answer = repo.resolve()
    assert (answer.code, answer.out) == (0, ""), answer.err
    assert "'git add imagebuild.lock'" in answer.err
    repo.git("add", LOCK)
    assert "U" not in repo.git("status", "--porcelain")
    assert repo.text == repo.lock.text()
    assert "is in no conflict" in repo.resolve().err
    return told(repo.lock.lines)


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_targets_added_at_the_same_place(repo: Repo, way: str) -> None:
    join(repo, way, [HERO, ZOO], [HERO, line("m1", 8), ZOO], [HERO, line("m2", 9), ZOO])
    assert is_sound(repo) == repo.union
    if repo.union:
        assert repo.git("status", "--porcelain") == (f" M {LOCK}" if way == "stash pop" else "")
    assert settled(repo) == {"hero": "1*", "m1": "8*", "m2": "9*", "zoo": "3*"}


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_first_lines_of_two_branches(repo: Repo, way: str) -> None:
    join(repo, way, [], [HERO], [LOGO])
    assert settled(repo) == {"hero": "1*", "logo": "2*"}


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_one_removed_beside_one_added(repo: Repo, way: str) -> None:
    join(repo, way, [HERO, ZOO], [ZOO], [HERO, line("i", 8), ZOO])
    found = settled(repo)
    assert {**found, "hero": "1*"} == {"hero": "1*", "i": "8*", "zoo": "3*"}  # where git keeps it, a build drops it


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_neighbours_made_anew(repo: Repo, way: str) -> None:
    join(repo, way, [HERO, LOGO], [rerolled(HERO, 8), LOGO], [HERO, rerolled(LOGO, 9)])
    assert settled(repo) == {"hero": "8*", "logo": "9*"}


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_one_removed_that_the_other_side_made_anew(repo: Repo, way: str) -> None:
    join(repo, way, [HERO, LOGO], [LOGO], [rerolled(HERO, 8), LOGO])
    assert settled(repo) == {"hero": "8*", "logo": "2*"}


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_an_approval_beside_a_new_picture(repo: Repo, way: str) -> None:
    join(repo, way, [HERO, ZOO], [approved(HERO), ZOO], [HERO, line("i", 8), ZOO])
    assert settled(repo) == {"hero": "1*", "i": "8*", "zoo": "3*"}
    assert repo.lock.lines["hero", 0, 1].review == "approved"


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_made_anew_on_both_sides_waits_for_a_choice(repo: Repo, way: str) -> None:
    join(repo, way, [HERO, LOGO], [rerolled(HERO, 8), LOGO], [rerolled(HERO, 9), LOGO])
    before = repo.text
    answer = repo.resolve()
    assert answer.code == 3
    assert answer.out.startswith("hero: each side has another picture\n")
    assert all(f"{number:064x}"[:12] in answer.out for number in (8, 9))
    assert "error: 1 target is in conflict: hero" in answer.err
    assert repo.text == before
    assert not is_sound(repo)
    answer = repo.resolve("--theirs")
    assert answer.code == 0
    assert "dropped of ours: hero" in answer.err
    assert told(repo.lock.lines) == {"hero": "9*", "logo": "2*"}


@pytest.mark.parametrize(("repo", "way"), ROUTES, indirect=["repo"])
def test_picked_on_both_sides_waits_for_a_choice(repo: Repo, way: str) -> None:
    def pick(candidate: int) -> list[LockLine]:
        return [replace(each, picked=each.candidate == candidate) for each in (FIRST, SECOND, THIRD, FOURTH)]

    join(repo, way, pick(1), pick(2), pick(4))
    answer = repo.resolve()
    assert answer.code == 3
    assert answer.out.startswith("hero: each side picked another candidate\n")
    assert repo.resolve("hero", "--ours").code == 0
    assert told(repo.lock.lines) == {"hero": "11", "hero 2": "12*", "hero 3": "13", "hero 4": "14"}


@pytest.mark.parametrize(("repo", "way"), COMMITTED, indirect=["repo"])
def test_two_targets_are_chosen_one_after_the_other(repo: Repo, way: str) -> None:
    theirs = [rerolled(HERO, 8), rerolled(LOGO, 9), rerolled(ZOO, 7)]
    join(repo, way, [HERO, LOGO, ZOO], [rerolled(HERO, 4), rerolled(LOGO, 5), ZOO], theirs)
    answer = repo.resolve("hero", "--ours")
    assert answer.code == 3
    assert "error: 1 target is in conflict: logo" in answer.err
    with pytest.raises(LockError, match="merge conflict"):
        repo.lock  # noqa: B018 - it is refused still
    answer = repo.resolve("logo", "--theirs")
    assert answer.code == 0
    assert told(repo.lock.lines) == {"hero": "4*", "logo": "9*", "zoo": "7*"}


@pytest.mark.parametrize(("repo", "way"), COMMITTED, indirect=["repo"])
def test_a_new_name_takes_along_what_the_other_side_did(repo: Repo, way: str) -> None:
    join(repo, way, [HERO, LOGO], [LOGO, replace(HERO, target="title")], [rerolled(HERO, 8), LOGO])
    if repo.union:  # git keeps all lines, and nothing is unclear
        assert settled(repo) == {"hero": "8*", "logo": "2*", "title": "1*"}
    else:
        assert settled(repo) == {"logo": "2*", "title": "8*"}


def test_a_branch_of_several_commits_on_top_of_another(repo: Repo) -> None:
    def put(*each: LockLine) -> Callable[[], object]:
        return lambda: Lock(lines(*each)).write(repo.root / LOCK)

    second = rerolled(HERO, 8)

    def theirs() -> None:
        put(second, LOGO)()
        repo.commit("once")
        put(rerolled(second, 9), LOGO)()

    repo.fork(put(HERO, LOGO), put(rerolled(HERO, 5), LOGO), theirs)
    repo.join("rebase")
    for _ in range(3):
        answer = repo.resolve("--theirs")
        assert answer.code == 0
        repo.git("add", LOCK)
        if not (repo.root / ".git" / "rebase-merge").exists():
            break
        repo.git("rebase", "--continue", fails=None)
    assert told(repo.lock.lines) == {"hero": "9*", "logo": "2*"}


def test_a_merge_of_branches_that_merged_each_other_before(repo: Repo) -> None:
    def put(*each: LockLine) -> None:
        Lock(lines(*each)).write(repo.root / LOCK)

    put(HERO, LOGO)
    repo.commit("base")
    repo.git("branch", "feature")
    put(rerolled(HERO, 4), LOGO)
    repo.commit("ours")
    repo.git("tag", "ours")
    repo.git("checkout", "-q", "feature")
    put(rerolled(HERO, 5), LOGO)
    repo.commit("theirs")
    for branch, other, side, number in (("feature", "ours", "--ours", 5), ("main", "feature~1", "--theirs", 6)):
        repo.git("checkout", "-q", branch)
        repo.git("merge", "-q", "--no-edit", other, fails=None)
        assert repo.resolve(side).code in (0, 3)
        put(rerolled(HERO, number), rerolled(LOGO, number + 10))
        repo.commit("merged")
    repo.git("merge", "-q", "--no-edit", "feature", fails=None)
    answer = repo.resolve("--ours")
    assert answer.code == 0, answer.err
    assert told(repo.lock.lines) == {"hero": "6*", "logo": "16*"}


def test_a_broken_merge_that_was_committed_and_built_upon(repo: Repo) -> None:
    join(repo, "merge", [HERO, LOGO], [rerolled(HERO, 8), LOGO], [HERO, rerolled(LOGO, 9)])
    repo.commit("merged without a look")
    (repo.root / "other.txt").write_text("x", encoding="utf-8")
    repo.commit("more work")
    assert repo.resolve().code == 0
    assert told(repo.lock.lines) == {"hero": "8*", "logo": "9*"}


def test_a_lock_that_git_was_told_not_to_merge(repo: Repo) -> None:
    (repo.root / ".gitattributes").write_text(f"{LOCK} binary\n", encoding="utf-8")
    join(repo, "merge", [HERO, LOGO], [rerolled(HERO, 8), LOGO], [HERO, rerolled(LOGO, 9)])
    assert repo.lock.lines == lines(rerolled(HERO, 8), LOGO)
    assert repo.resolve().code == 0
    assert told(repo.lock.lines) == {"hero": "8*", "logo": "9*"}


def test_a_part_that_was_settled_by_hand_stays_so(repo: Repo) -> None:
    far = [line(f"n{number}", 50 + number) for number in range(8)]
    base = [HERO, *far, ZOO]
    join(repo, "merge", base, [rerolled(HERO, 8), *far, rerolled(ZOO, 4)], [rerolled(HERO, 9), *far, rerolled(ZOO, 5)])
    rows = repo.text.split("\n")
    end = next(at for at, row in enumerate(rows) if '"n0"' in row)
    mine = next(row for row in rows if f"{8:064x}" in row)
    (repo.root / LOCK).write_text("\n".join([rows[0], mine, *rows[end:]]), encoding="utf-8")
    answer = repo.resolve()
    assert "error: 1 target is in conflict: zoo" in answer.err
    assert repo.resolve("--theirs").code == 0
    assert {**told(repo.lock.lines), "hero": "8*", "zoo": "5*"} == told(repo.lock.lines)


def test_a_branch_that_brought_the_lock_to_the_new_version(repo: Repo) -> None:
    def old(*each: LockLine) -> None:
        text = Lock(lines(*each)).text().replace('"version": 2', '"version": 1')
        (repo.root / LOCK).write_text(text, encoding="utf-8")

    repo.fork(lambda: old(HERO), lambda: Lock(lines(line("ant", 7), HERO)).write(repo.root / LOCK),
              lambda: old(line("bee", 8), HERO))  # fmt: skip
    repo.join("merge")
    assert settled(repo) == {"ant": "7*", "bee": "8*", "hero": "1*"}
    assert repo.text.startswith('{"version": 2, ')


def test_a_lock_outside_of_git_is_settled_by_what_it_says(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    (tmp_path / "imagebuild.yaml").write_text("<<<<<<< broken: [", encoding="utf-8")
    text = Lock(lines(HERO, LOGO)).text().splitlines()
    other = Lock(lines(rerolled(LOGO, 9))).text().splitlines()[1]
    (tmp_path / LOCK).write_text("\n".join([*text[:3], other, text[3], ""]), encoding="utf-8")
    answer = repo.resolve()
    assert answer.code == 0
    assert told(repo.lock.lines) == {"hero": "1*", "logo": "9*"}
    assert "git add" not in answer.err


@pytest.fixture(params=["union", "merge"])
def branches(request: pytest.FixtureRequest, project: Make) -> Branches:
    """A project in git with three pictures, of which one has candidates; all are bought."""
    world = project({"imagebuild.yaml": "version: 1\ninclude: [specs/*.yaml]\n"})
    made = Branches(world, Repo(world.root, union=request.param == "union").start())
    for name in ("ant", "bee"):
        made.add(name)
    made.add("cat", candidates=3)
    return made


def bring_together(branches: Branches, ours: Callable[[], object], theirs: Callable[[], object], *words: str) -> None:
    """Merge the work of two branches; after that a build buys nothing, and a second one does nothing."""
    branches.repo.fork(branches.build, ours, theirs)
    branches.repo.join("merge")
    if is_sound(branches.repo):
        assert not words
    else:
        answer = branches.repo.resolve(*words, home=branches.world.home)
        assert answer.code == 0, answer.out + answer.err
    branches.build(calls=0)
    assert branches.world.notices == [] or branches.repo.union
    branches.build(calls=0)
    assert branches.world.written == []


def rerolled_to(branches: Branches, name: str, attempts: int = 1) -> None:
    for _ in range(attempts):
        branches.build(name, reroll=True)


def take(branches: Branches, name: str) -> int:
    return branches.repo.lock.lines[name, 0, 1].take


def test_after_two_additions_nothing_is_bought(branches: Branches) -> None:
    def added(name: str) -> Callable[[], None]:
        return lambda: (branches.add(name), branches.build(calls=1))[1]

    bring_together(branches, added("bat"), added("bear"))
    assert {"ant", "bat", "bear", "bee"} <= {slot[0] for slot in branches.repo.lock.lines}


def test_a_lock_that_a_merge_left_unsorted_is_no_reason_to_look_again(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets:\n" + "".join(
        f"  {name}: {{prompt: {name}, provider: recorder}}\n" for name in ("ant", "bee")
    )})  # fmt: skip
    world.build()
    rows = world.read(LOCK).decode().split("\n")
    text = "\n".join([rows[0], rows[2], rows[1], *rows[3:]])
    world.write({LOCK: text}).build()
    assert world.read(LOCK).decode() == text
    assert is_fresh(str(world.root), world.environ) == 2
    world.write({LOCK: text.replace('"unreviewed"', '"approved"', 1)})
    assert is_fresh(str(world.root), world.environ) is None


def test_after_a_removal_beside_an_addition_nothing_is_bought(branches: Branches) -> None:
    def add() -> None:
        branches.add("bear")
        branches.build(calls=1)

    bring_together(branches, lambda: branches.remove("bee"), add)
    assert {slot[0] for slot in branches.repo.lock.lines} == {"ant", "bear", "cat"}


def test_after_a_new_name_here_and_a_new_picture_there_nothing_is_bought(branches: Branches) -> None:
    bring_together(branches, lambda: branches.rename("bee", "wasp"), lambda: rerolled_to(branches, "bee"))
    assert {slot[0] for slot in branches.repo.lock.lines} == {"ant", "cat", "wasp"}
    if branches.repo.union:  # git kept the old name's line, so the build says what it drops, and how to have it
        assert take(branches, "wasp") == 1
        branches.build("wasp", calls=0, reroll=True)
    assert take(branches, "wasp") == 2


def test_a_new_picture_that_a_new_name_left_behind_is_told(branches: Branches) -> None:
    branches.repo.fork(branches.build, lambda: branches.rename("bee", "wasp"), lambda: rerolled_to(branches, "bee"))
    branches.repo.join("merge")
    if branches.repo.union:
        branches.build(calls=0)
        assert branches.world.notices == ["'bee' is gone, and with it a newer picture than 'wasp' has"]


def test_after_two_picks_and_a_choice_nothing_is_bought(branches: Branches) -> None:
    def pick(candidate: int) -> Callable[[], None]:
        return lambda: (branches.world.open().pick("cat", candidate), branches.build(calls=0))[1]

    bring_together(branches, pick(2), pick(3), "cat", "--theirs")
    assert branches.repo.lock.lines["cat", 0, 3].picked


def test_after_two_new_pictures_and_a_choice_nothing_is_bought(branches: Branches) -> None:
    bring_together(branches, lambda: rerolled_to(branches, "bee"), lambda: rerolled_to(branches, "bee", 2), "--theirs")
    assert take(branches, "bee") == 3


def test_after_a_removal_here_and_a_new_picture_there_nothing_is_bought(branches: Branches) -> None:
    bring_together(branches, lambda: branches.remove("bee"), lambda: rerolled_to(branches, "bee"))
    assert {slot[0] for slot in branches.repo.lock.lines} == {"ant", "cat"}


def test_after_an_approval_beside_an_addition_nothing_is_bought(branches: Branches) -> None:
    def add() -> None:
        branches.add("bear")
        branches.build(calls=1)

    bring_together(branches, lambda: branches.world.open().approve(["bee"]), add)
    assert branches.repo.lock.lines["bee", 0, 1].review == "approved"


def test_after_an_approval_here_and_a_new_picture_there_the_approved_one_is_delivered(branches: Branches) -> None:
    bring_together(branches, lambda: branches.world.open().approve(["bee"]), lambda: rerolled_to(branches, "bee"))
    waiting = branches.repo.lock.lines["bee", 0, 1]
    assert waiting.live is not None
    assert (waiting.take, waiting.review, waiting.live.take, waiting.live.review) == (2, "unreviewed", 1, "approved")


def test_committed_pictures_follow_the_choice(branches: Branches) -> None:
    (branches.repo.root / ".gitignore").write_text(".imagebuild/\n", encoding="utf-8")
    branches.repo.fork(branches.build, lambda: rerolled_to(branches, "bee"), lambda: rerolled_to(branches, "bee", 2))
    branches.repo.join("merge", fails=True)
    assert branches.repo.resolve("--theirs", home=branches.world.home).code == 0
    branches.build(calls=0)
    branches.repo.git("add", "-A")
    assert branches.repo.git("diff", "--cached", "--name-only", "feature") == ""
