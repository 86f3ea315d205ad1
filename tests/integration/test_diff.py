"""``imagebuild diff`` in real repositories: what git has at a revision against the project as it is."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from browser import chromium, grave_findings, visit
from msgspec import Struct
from msgspec.structs import replace
from shared_store import MemoryStore
from versioned import git

from imagebuild.cli.application import run
from imagebuild.cli.shell import Shell
from imagebuild.digest import digest_bytes
from imagebuild.errors import UnreachableError
from imagebuild.lockfile import Lock
from imagebuild.testing import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["chromium"]

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "reference" / "schemas" / "diff.schema.json").read_text("utf-8")
)
SPEC = """\
version: 1
defaults: {provider: recorder}
targets:
  hero: {prompt: a lake, steps: [{mark: {mark: a}}]}
  card: {prompt: a card, edits: [make it blue]}
  icon: {prompt: an icon, provider: sketch}
"""


def strict(value: Any) -> Any:
    """A schema that allows no field it does not name."""
    if isinstance(value, dict):
        value = {key: strict(inner) for key, inner in value.items()}
        return {"additionalProperties": False, **value} if "properties" in value else value
    return [strict(item) for item in value] if isinstance(value, list) else value


class Site(Struct):
    """A project in a git repository."""

    world: World
    repository: Path

    def git(self, *words: str) -> str:
        return git(self.repository, *words)

    def commit(self, message: str = "x") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def __call__(self, *args: str, environ: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        given = {"IMAGEBUILD_HOME": str(self.world.home), "TERM": "xterm", **(environ or {})}
        shell = Shell(io.StringIO(), out, err, given, folder=str(self.world.root), registry=self.world.registry)
        return run(["diff", *args], shell), out.getvalue(), err.getvalue()

    def text(self, *args: str) -> str:
        """What a terminal shows; the call must go well."""
        code, out, err = self(*args)
        assert (code, err) == (0, "")
        return out

    def changes(self, *args: str) -> dict[str, Any]:
        """The changes as JSON, by target, held against the schema."""
        code, out, _ = self("--json", *args)
        assert code == 0
        found = json.loads(out)
        jsonschema.Draft202012Validator(strict(SCHEMA)).validate(found)
        return {change["target"]: change for change in found["changes"]}


@pytest.fixture
def site(project: Callable[[Mapping[str, str | bytes]], World]) -> Site:
    world = project({"imagebuild.yaml": SPEC, ".gitignore": ".imagebuild/\n"})
    found = Site(world, world.root)
    found.git("init", "-q", "-b", "main")
    world.build()
    found.commit("pictures")
    return found


def test_what_was_committed_is_as_it_was(site: Site) -> None:
    head = site.git("rev-parse", "HEAD")
    assert site.text() == f"no picture differs from HEAD ({head[:8]})\n"
    assert site("--exit-code")[0] == 0


def test_a_changed_prompt_is_told_with_both_and_its_price(site: Site) -> None:
    head = site.git("rev-parse", "HEAD")
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    assert site.text().splitlines() == [
        "changed  hero  prompt: 'a lake' -> 'a pond'  $0.04",
        "",
        f"1 picture differs from HEAD ({head[:8]}): 1 changed; bought for $0.04",
    ]
    assert site("--exit-code")[0] == 3
    change = site.changes()["hero"]
    assert change["before"]["path"] == change["after"]["path"] == "images/hero.png"
    assert change["before"]["digest"] != change["after"]["digest"]
    assert change["cost"] == {"low": 0.04, "high": 0.04, "unknown": 0}


def test_a_clone_without_the_records_says_what_the_lines_say(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    shutil.rmtree(site.world.home)
    shutil.rmtree(site.world.root / ".imagebuild")
    out = site.text()
    assert "its prompt or a picture it takes in" in out
    assert "$0.04" in out


def test_an_edit_is_told_with_its_number(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "make it blue", "make it red").build()
    assert "edit 1 prompt: 'make it blue' -> 'make it red'" in site.text("card")


def test_a_free_target_is_told_by_its_file(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "an icon", "a sign").build()
    assert site.text().splitlines()[0] == "changed  icon  prompt: 'an icon' -> 'a sign'"
    change = site.changes()["icon"]
    assert change["cost"]["high"] == 0
    assert [each["path"] for each in change["files"]] == ["images/icon.png"]


def test_a_step_changes_files_and_no_picture_of_the_lock(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "mark: a}", "mark: b}").build()
    assert site.text().splitlines()[0] == "other files  hero  files: 1 changed"


def test_a_draft_is_told_as_one(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build(draft=True)
    assert site.text().splitlines()[0] == "other files  hero  a draft lies in its place"


def test_names_with_anything_in_them_are_compared(site: Site) -> None:
    names = ("b c", "ä-ö", "1 blob 2", "missing", "#1", "$HOME")
    rows = "".join(
        f'  t{at}: {{prompt: p{at}, provider: sketch, output: "i/{name}"}}\n' for at, name in enumerate(names)
    )
    site.world.spec(f"version: 1\ntargets:\n{rows}").build()
    site.commit()
    site.world.spec(f"version: 1\ntargets:\n{rows}".replace("prompt: p", "prompt: q")).build()
    assert [change["kinds"] for change in site.changes().values()] == [["changed"]] * len(names)


def test_new_and_removed_targets(site: Site) -> None:
    site.world.edit(
        "imagebuild.yaml", "  icon: {prompt: an icon, provider: sketch}\n", "  new: {prompt: new}\n"
    ).build()
    (site.world.root / "images/icon.png").unlink()
    assert {name: change["kinds"] for name, change in site.changes().items()} == {"icon": ["removed"], "new": ["added"]}
    shutil.rmtree(site.world.root / ".imagebuild")  # a clone does not know whose file it was
    changes = site.changes()
    assert set(changes) == {"images/icon.png", "new"}
    assert changes["new"]["before"] is None
    assert changes["images/icon.png"]["after"] is None


def test_a_new_picture_that_is_not_added_to_git_yet_is_new(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "  icon:", "  sign: {prompt: a sign, provider: sketch}\n  icon:").build()
    assert site.changes()["sign"]["kinds"] == ["added"]
    site.world.write({".gitignore": ".imagebuild/\nimages/sign.png\n"})
    assert site.changes() == {}


def test_a_renamed_target_keeps_its_picture(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "  card:", "  ticket:").build()
    (site.world.root / "images/card.png").unlink()
    change = site.changes()["ticket"]
    assert (change["was"], change["kinds"], change["cost"]["high"]) == ("card", ["renamed"], 0)
    assert change["before"]["path"] == "images/card.png"
    assert change["after"]["path"] == "images/ticket.png"
    assert site.text("card").splitlines()[0] == "renamed  ticket  was card"


def test_a_picture_that_waits_for_review_stands_beside_the_one_that_stays(site: Site) -> None:
    path = site.world.root / "imagebuild.lock"
    lock = Lock.read(path)
    lock.with_lines([replace(lock.lines["card", 1, 1], review="approved")]).write(path)
    site.commit("approve")
    approved = lock.lines["card", 1, 1].digest
    site.world.edit("imagebuild.yaml", "make it blue", "make it red").build()
    change = site.changes()["card"]
    assert change["kinds"][0] == "waiting"
    assert change["before"]["digest"] == change["after"]["digest"] == approved
    assert change["waiting"]["digest"] == Lock.read(path).lines["card", 1, 1].digest
    _, page, _ = site("--format", "html")
    assert page.count("<img ") == 3
    assert "the approved picture stays until the new one is picked" in page


def test_any_revision_can_be_compared_with(site: Site) -> None:
    site.git("tag", "first")
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    second = site.commit("second")
    assert site.changes() == {}
    assert list(site.changes("--base", "first")) == list(site.changes("--base", "HEAD~1")) == ["hero"]
    assert f"from {second[:8]}\n" in site.text("--base", second[:10])


def test_three_dots_mean_where_the_branches_parted(site: Site) -> None:
    site.git("checkout", "-q", "-b", "work")
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    site.commit("on work")
    site.git("checkout", "-q", "main")
    site.world.edit("imagebuild.yaml", "a card", "a ticket").build()
    site.commit("on main")
    site.git("checkout", "-q", "work")
    assert set(site.changes("--base", "main")) == {"hero", "card"}
    assert set(site.changes("--base", "main...")) == {"hero"}


def test_a_revision_without_a_lock_has_no_pictures(site: Site) -> None:
    site.git("checkout", "-q", "--orphan", "bare")
    site.git("rm", "-rq", "--cached", ".")
    site.git("commit", "-q", "--allow-empty", "-m", "empty")
    empty = site.git("rev-parse", "HEAD")
    site.git("checkout", "-qf", "main")
    assert {change["kinds"][0] for change in site.changes("--base", empty).values()} == {"added"}
    assert len(site.changes("--base", empty)) == 3


def test_before_the_first_commit_everything_is_new(project: Callable[[Mapping[str, str | bytes]], World]) -> None:
    world = project({"imagebuild.yaml": SPEC, ".gitignore": ".imagebuild/\n"})
    site = Site(world, world.root)
    site.git("init", "-q")
    world.build()
    assert "3 pictures differ from nothing: 3 new; bought for $0.12" in site.text()


def test_a_lock_of_version_1_can_be_the_base(site: Site) -> None:
    path = site.world.root / "imagebuild.lock"
    path.write_text(path.read_text("utf-8").replace('{"version": 2,', '{"version": 1,'), "utf-8")
    site.commit("as it was once")
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    assert list(site.changes()) == ["hero"]


def test_a_broken_lock_is_refused_on_either_side_with_its_place(site: Site) -> None:
    good = (site.world.root / "imagebuild.lock").read_bytes()
    site.world.write({"imagebuild.lock": good[:-20]})
    code, _, err = site()
    assert (code, err.startswith("imagebuild.lock:")) == (3, True)
    broken = site.commit("broken")
    site.world.write({"imagebuild.lock": good})
    code, _, err = site()
    assert code == 3
    assert f"imagebuild.lock at {broken[:12]}:" in err


@pytest.mark.parametrize("base", ["nowhere", "--output=x", "HEAD:imagebuild.yaml", "", "..."])
def test_an_unknown_revision_is_refused(site: Site, base: str) -> None:
    code, _, err = site(f"--base={base}")
    assert code == 2
    assert "git knows no revision" in err


def test_an_unknown_target_is_refused_with_a_suggestion(site: Site) -> None:
    code, _, err = site("heroo")
    assert (code, "did you mean 'hero'?" in err) == (2, True)
    assert site("car*")[0] == 0
    assert "write '--base HEAD~0'" in site("HEAD~0")[2]


def test_a_broken_spec_leaves_the_locks_to_compare(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    site.world.edit("imagebuild.yaml", "version: 1", "version: 1\nnonsense: 2")
    code, out, err = site()
    assert code == 0
    assert out.startswith("changed  hero  ")
    assert "note: files are not compared: imagebuild.yaml:2:1: unknown key 'nonsense'" in err
    assert "Files are not compared" in site("--format", "markdown")[1]


def test_a_project_below_the_repositorys_root(site: Site, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    shutil.move(site.world.root, outer / "my site")
    shutil.rmtree(outer / "my site" / ".git")
    nested = Site(replace(site.world, root=outer / "my site"), outer)
    nested.git("init", "-q")
    (outer / "images").mkdir()
    (outer / "images/hero.png").write_bytes(b"another project's")
    first = nested.commit("all")
    (outer / "images/hero.png").unlink()
    nested.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    nested.commit("pond")
    raw = ("--before-url", "https://example.org/a", "--after-url", "https://example.org/b/")
    _, markdown, _ = nested("--base", first, "--format", "markdown", *raw)
    assert 'src="https://example.org/a/my%20site/images/hero.png"' in markdown
    assert 'src="https://example.org/b/my%20site/images/hero.png"' in markdown
    assert list(nested.changes("--base", first)) == ["hero"]


def test_what_is_not_committed_has_no_address(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    raw = ("--before-url", "https://example.org/a/", "--after-url", "https://example.org/b/")
    _, markdown, _ = site("--format", "markdown", *raw)
    assert "https://example.org/a/images/hero.png" in markdown
    assert "https://example.org/b/" not in markdown


def test_a_pointer_of_git_lfs_is_no_picture_and_still_names_one(site: Site) -> None:
    picture = site.world.read("images/icon.png")
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest_bytes(picture)}\nsize {len(picture)}\n"
    site.world.write({"images/icon.png": pointer})
    site.commit("as LFS keeps it")
    site.world.write({"images/icon.png": picture})
    assert site.changes() == {}
    site.world.edit("imagebuild.yaml", "an icon", "a sign").build()
    _, markdown, _ = site("--format", "markdown", "--before-url", "https://example.org/a/")
    assert "https://example.org" not in markdown
    assert site("--format", "html")[1].count("<img ") == 2


def test_a_file_is_written_whole_and_nothing_else_is_said(site: Site, tmp_path: Path) -> None:
    site.world.edit("imagebuild.yaml", "a lake", "a pönd").build()
    for form, word in (("text", "a pönd"), ("markdown", "a pönd"), ("html", "a pönd"), ("json", "changes")):
        path = tmp_path / f"diff.{form}"
        assert site("--format", form, "-o", str(path)) == (0, "", "")
        assert word in path.read_text("utf-8")
    code, _, err = site("-o", str(tmp_path / "no" / "where"))
    assert (code, "cannot be written" in err) == (2, True)


def test_nothing_is_changed_and_nobody_is_called(site: Site) -> None:
    site.world.edit("imagebuild.yaml", "a lake", "a pond")
    site.world.forget()
    before = site.git("status", "--porcelain")
    site.text()
    assert (site.git("status", "--porcelain"), site.world.provider.calls) == (before, [])


def test_a_clone_has_words_and_pictures_of_both_sides_from_the_remote_store(site: Site) -> None:
    remote = MemoryStore()
    site.world.extra = (remote,)
    site.world.edit("imagebuild.yaml", "version: 1", "version: 1\nstore: {remote: memory://team, mode: write}")
    site.world.write({".gitignore": ".imagebuild/\nimages/\n"})
    site.git("rm", "-rq", "--cached", "images")
    shutil.rmtree(site.world.home)
    shutil.rmtree(site.world.root / ".imagebuild")
    (site.world.root / "imagebuild.lock").unlink()
    site.world.build()
    first = site.commit("with a store")
    site.world.edit("imagebuild.yaml", "make it blue", "make it red").build()
    site.commit("red")
    shutil.rmtree(site.world.home)
    shutil.rmtree(site.world.root / ".imagebuild")
    shutil.rmtree(site.world.root / "images")
    code, out, err = site("--base", first)
    assert (code, "edit 1 prompt: 'make it blue' -> 'make it red'" in out) == (0, True)
    assert err.startswith("note: fetched ")
    assert site("--base", first, "--format", "html")[1].count("<img ") == 2


def test_a_remote_store_that_is_down_is_said_and_stops_nothing(site: Site) -> None:
    def down(request: str, name: str) -> None:
        raise UnreachableError("the network is down")

    site.world.edit("imagebuild.yaml", "a lake", "a pond").build()
    shutil.rmtree(site.world.home)
    site.world.extra = (MemoryStore(trouble=down),)
    site.world.edit("imagebuild.yaml", "version: 1", "version: 1\nstore: {remote: memory://team}")
    code, out, err = site()
    assert (code, out.startswith("changed  hero  ")) == (0, True)
    assert "the network is down" in err


def test_two_hundred_pictures_are_compared(project: Callable[[Mapping[str, str | bytes]], World]) -> None:
    names = [f"p{number}" for number in range(200)]
    world = project({"imagebuild.yaml": spec_of(names, "red"), ".gitignore": ".imagebuild/\n"})
    site = Site(world, world.root)
    site.git("init", "-q")
    world.build()
    site.commit()
    world.spec(spec_of(names, "blue")).build()
    assert len(site.changes()) == 200
    _, markdown, _ = site("--format", "markdown")
    assert len(markdown) < 65_536


def spec_of(names: list[str], colour: str) -> str:
    rows = "".join(f"  {name}: {{prompt: {colour} {name}}}\n" for name in names)
    return f"version: 1\ndefaults: {{provider: recorder}}\ntargets:\n{rows}"


@pytest.fixture
def page(site: Site) -> Iterator[Path]:
    site.world.edit("imagebuild.yaml", "a lake", f"a pond {'very ' * 200}long and {'w' * 300}")
    site.world.edit("imagebuild.yaml", "  icon:", f"  {'long-name-' * 9}x: {{prompt: new}}\n  icon:").build()
    path = site.world.root.parent / "diff.html"
    site("--format", "html", "-o", str(path))
    return path


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_can_be_read_on_any_screen(chromium: Browser, page: Path, width: int, dark: bool) -> None:
    with visit(chromium, page.as_uri(), javascript=False, dark=dark, width=width) as seen:
        assert seen.page.locator("img").count() == 3
    with visit(chromium, page.as_uri(), dark=dark, width=width) as seen:
        wide = seen.page.evaluate("document.documentElement.scrollWidth")
        shown = seen.page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        ground = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (wide <= width, shown) == (True, True)
        assert (ground == "rgb(22, 22, 20)") == dark
        assert [each for each in seen.requests if not each.startswith(("file:", "data:"))] == []
        assert seen.complaints == []
        assert grave_findings(seen.page) == []
