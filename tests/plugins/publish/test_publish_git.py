"""The publisher `git`, with git itself and repositories in a folder of the test."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from delivering import Work, problems
from msgspec.structs import replace

from imagebuild import Publication
from imagebuild.errors import PublishError
from imagebuild.testing import Desk, PublisherContract
from imagebuild_publish.git import GitPublisher


def git(folder: Path, *arguments: str, **more: str) -> str:
    environ = {**environment(folder), "GIT_CONFIG_GLOBAL": os.devnull, **more}
    command = ["git", "-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", *arguments]
    return subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True, text=True).stdout.strip()


def environment(home: Path) -> dict[str, str]:
    """What a user has, without anybody's own settings of git."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}


def branch_files(repository: Path, branch: str = "pictures") -> dict[str, bytes]:
    try:
        paths = git(repository, "ls-tree", "-r", "--name-only", branch).splitlines()
    except subprocess.CalledProcessError:
        return {}
    show = ["git", "show"]
    return {
        path: subprocess.run([*show, f"{branch}:{path}"], cwd=repository, check=True, capture_output=True).stdout
        for path in paths
    }


class Home:
    """A project in a clone of a bare repository, with a commit, a changed file and something staged."""

    def __init__(self, root: Path) -> None:
        self.bare, self.clone = root / "bare.git", root / "project"
        git(root, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        git(root, "clone", "--quiet", str(self.bare), str(self.clone))
        git(self.clone, "checkout", "--quiet", "-B", "main")
        (self.clone / "page.md").write_text("a page\n")
        git(self.clone, "add", "page.md")
        git(self.clone, "commit", "--quiet", "-m", "Begin")
        git(self.clone, "push", "--quiet", "origin", "main")
        (self.clone / "page.md").write_text("a changed page\n")
        (self.clone / "staged.md").write_text("a staged page\n")
        git(self.clone, "add", "staged.md")
        self.work = Work(self.clone)
        self.work.desk.environ.update(environment(root))
        self.work.add("hero", ("image/webp", 800)).add("logo", "image/svg+xml")

    def publish(self, *, dry_run: bool = False, **options: Any) -> Publication:
        return self.work.publish(GitPublisher(), options, dry_run=dry_run)

    def failed(self, **options: Any) -> tuple[str, str]:
        with pytest.raises(PublishError) as raised:
            self.publish(**options)
        return raised.value.message, raised.value.hint or ""

    def remote_files(self, branch: str = "pictures") -> dict[str, bytes]:
        return branch_files(self.bare, branch)

    def commits(self, branch: str = "pictures") -> int:
        return int(git(self.bare, "rev-list", "--count", branch))

    def somebody_commits(self, branch: str, path: str, text: str) -> None:
        """From another clone."""
        other = self.bare.parent / "other"
        if not other.exists():
            git(self.bare.parent, "clone", "--quiet", str(self.bare), str(other))
        git(other, "fetch", "--quiet", "origin")
        there = git(other, "ls-remote", "origin", f"refs/heads/{branch}")
        git(other, "checkout", "--quiet", *(["-B", branch, f"origin/{branch}"] if there else ["--orphan", branch]))
        if not there:
            git(other, "read-tree", "--empty")
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        (other / path).write_text(text)
        git(other, "add", path)
        git(other, "commit", "--quiet", "-m", "By somebody else")
        git(other, "push", "--quiet", "origin", branch)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


class TestContract(PublisherContract):
    @pytest.fixture(autouse=True)
    def _home(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.home = Home(tmp_path_factory.mktemp("home"))

    def publisher(self) -> GitPublisher:
        return GitPublisher()

    def desk(self, root: Path, pictures: Mapping[str, bytes]) -> Desk:
        return Desk(self.home.clone, pictures, environment(root))

    def published(self, desk: Desk) -> Mapping[str, bytes]:
        return self.home.remote_files()


class TestContractInAnotherRepository(TestContract):
    def options(self) -> Mapping[str, Any]:
        return {"repository": str(self.home.bare), "history": "one"}

    def desk(self, root: Path, pictures: Mapping[str, bytes]) -> Desk:
        return Desk(root, pictures, environment(root))


def test_files_are_committed_under_the_path_and_pushed(home: Home) -> None:
    publication = home.publish(names="plain", base="https://example.com/pictures/img")
    assert home.remote_files() == {
        "img/hero-800.webp": home.work.desk.objects[home.work.digest("hero")],
        "img/logo.svg": home.work.desk.objects[home.work.digest("logo")],
    }
    assert publication == Publication(
        "git:origin/pictures:img/",
        2,
        {"images/hero-800.webp": "hero-800.webp", "images/logo.svg": "logo.svg"},
        "https://example.com/pictures/img/",
    )


def test_names_have_a_hash_by_default(home: Home) -> None:
    home.publish()
    assert sorted(home.remote_files()) == [
        f"img/hero-800.{home.work.digest('hero')[:8]}.webp",
        f"img/logo.{home.work.digest('logo')[:8]}.svg",
    ]


def test_names_and_base_are_told_without_a_repository(home: Home) -> None:
    options = GitPublisher().resolve({"base": "https://example.com/img"}).options
    announced = GitPublisher().announce(home.work.manifest, options)
    assert home.remote_files() == {}
    assert home.publish(base="https://example.com/img") == replace(announced, changed=2)


def test_work_tree_index_and_head_stay_untouched(home: Home) -> None:
    def state() -> tuple[str, str, dict[str, bytes]]:
        there = {path: data for path, data in home.work.desk.files().items() if not path.startswith(".git/")}
        return git(home.clone, "status", "--porcelain"), git(home.clone, "rev-parse", "HEAD", "@"), there

    before, index = state(), (home.clone / ".git/index").read_bytes()
    home.publish()
    assert state() == before
    assert (home.clone / ".git/index").read_bytes() == index
    assert (home.clone / ".git/HEAD").read_text() == "ref: refs/heads/main\n"


def test_the_same_pictures_are_committed_once(home: Home) -> None:
    home.publish()
    assert home.publish().changed == 0
    home.work.desk.forget()
    assert home.publish().changed == 0
    assert home.commits() == 1


def test_a_changed_picture_adds_a_commit_to_the_branch(home: Home) -> None:
    home.publish(names="plain")
    home.work.add("logo", "image/svg+xml", seed="new")
    assert home.publish(names="plain", message="Publish logo [skip ci]").changed == 1
    assert home.commits() == 2
    assert git(home.bare, "log", "-1", "--format=%B", "pictures") == (
        "Publish logo [skip ci]\n\nImagebuild-Publish: img/"
    )
    assert home.remote_files()["img/logo.svg"].startswith(b"new")


def test_other_files_of_the_branch_stay(home: Home) -> None:
    home.somebody_commits("pictures", "img/README.md", "not a picture")
    assert home.publish(names="plain", clean=True).changed == 2
    assert sorted(home.remote_files()) == ["img/README.md", "img/hero-800.webp", "img/logo.svg"]
    assert home.commits() == 2


def test_only_what_was_published_from_here_is_cleaned_away(home: Home) -> None:
    home.publish(names="plain")
    home.somebody_commits("pictures", "img/stranger.png", "somebody's")
    del home.work.images["hero"]
    assert home.publish(names="plain").changed == 0
    assert home.publish(names="plain", clean=True).changed == 1
    assert sorted(home.remote_files()) == ["img/logo.svg", "img/stranger.png"]


def test_a_leftover_that_somebody_replaced_is_kept_and_named(home: Home) -> None:
    home.publish(names="plain")
    home.somebody_commits("pictures", "img/hero-800.webp", "somebody's")
    del home.work.images["hero"]
    assert home.publish(names="plain", clean=True).changed == 0
    assert home.remote_files()["img/hero-800.webp"] == b"somebody's"
    assert ["'img/hero-800.webp'" in notice for notice in home.work.desk.notices] == [True]


def test_a_file_that_somebody_replaced_is_put_right(home: Home) -> None:
    home.publish(names="plain")
    good = home.remote_files()
    home.somebody_commits("pictures", "img/logo.svg", "somebody's")
    assert home.publish(names="plain").changed == 1
    assert home.remote_files() == good


def test_the_root_of_a_branch_is_a_path_too(home: Home) -> None:
    assert home.publish(names="plain", path=".").location == "git:origin/pictures:"
    assert sorted(home.remote_files()) == ["hero-800.webp", "logo.svg"]


def test_history_one_leaves_a_single_commit_with_the_pictures_alone(home: Home) -> None:
    home.publish(names="plain")
    home.work.add("logo", "image/svg+xml", seed="new")
    home.publish(names="plain")
    assert home.publish(names="plain", history="one").changed > 0
    assert home.commits() == 1
    assert home.publish(names="plain", history="one").changed == 0
    del home.work.images["hero"]
    assert home.publish(names="plain", history="one").changed == 1
    assert (home.commits(), sorted(home.remote_files())) == (1, ["img/logo.svg"])


def test_history_one_never_removes_commits_of_others(home: Home) -> None:
    home.publish(names="plain")
    home.somebody_commits("pictures", "img/README.md", "not a picture")
    home.work.add("logo", "image/svg+xml", seed="new")
    message, hint = home.failed(names="plain", history="one")
    assert message == "the branch 'pictures' of 'origin' holds commits of others"
    assert "history: keep" in hint
    assert "img/README.md" in home.remote_files()


def test_the_branch_of_this_repository_follows_the_one_that_was_pushed(home: Home) -> None:
    home.publish()
    home.work.add("icon", "image/png")
    home.publish()
    assert git(home.clone, "rev-parse", "pictures") == git(home.bare, "rev-parse", "pictures")


def test_a_branch_here_that_holds_work_of_its_own_is_left_where_it_is(home: Home) -> None:
    git(home.clone, "branch", "pictures", "main")
    home.somebody_commits("pictures", "img/README.md", "not a picture")
    home.publish()
    assert git(home.clone, "rev-parse", "pictures") == git(home.clone, "rev-parse", "main")
    assert ["holds commits of its own" in notice for notice in home.work.desk.notices] == [True]


def test_without_push_the_branch_is_made_here_alone(home: Home) -> None:
    assert home.publish(push=False).location == "git:pictures:img/"
    assert home.publish(push=False).changed == 0
    assert len(branch_files(home.clone)) == 2
    assert home.remote_files() == {}


def test_what_was_committed_without_push_is_pushed_later_as_it_is(home: Home) -> None:
    home.publish(push=False)
    commit = git(home.clone, "rev-parse", "pictures")
    assert home.publish().changed == 2
    assert git(home.bare, "rev-parse", "pictures") == commit


def test_another_repository_needs_none_around_the_project(home: Home, tmp_path: Path) -> None:
    shutil.rmtree(home.clone / ".git")
    assert home.publish(names="plain", repository="../bare.git").location == "git:../bare.git#pictures:img/"
    home.work.add("icon", "image/png")
    assert home.publish(names="plain", repository="../bare.git").changed == 1
    assert home.commits() == 2
    assert list(home.remote_files()) == ["img/hero-800.webp", "img/icon.png", "img/logo.svg"]


def test_a_project_below_the_root_of_its_repository_publishes_too(home: Home) -> None:
    below = home.clone / "site"
    below.mkdir()
    home.work.desk.root = below
    home.publish(names="plain")
    assert list(home.remote_files()) == ["img/hero-800.webp", "img/logo.svg"]


def test_a_work_tree_beside_the_first_publishes_too(home: Home) -> None:
    git(home.clone, "worktree", "add", "--quiet", "-b", "side", "../side", "HEAD")
    home.work.desk.root = home.clone.parent / "side"
    assert home.publish().changed == 2
    assert home.publish().changed == 0


@pytest.mark.parametrize("options", [{}, {"push": False}, {"history": "one"}])
def test_a_dry_run_counts_and_leaves_no_object_behind(home: Home, options: dict[str, Any]) -> None:
    home.publish(names="plain", **options)
    if options.get("history") != "one":
        home.somebody_commits("pictures", "img/README.md", "not a picture")
    home.work.add("logo", "image/svg+xml", seed="new").add("icon", "image/png")
    del home.work.images["hero"]
    before, remembered = home.work.desk.files(), home.work.desk.memory
    planned = home.publish(names="plain", clean=True, dry_run=True, **options)
    assert (home.work.desk.files(), home.work.desk.memory) == (before, remembered)
    assert planned == home.publish(names="plain", clean=True, **options)
    assert planned.changed == 3


def test_bytes_are_committed_as_they_are(home: Home) -> None:
    (home.clone / ".gitattributes").write_text("*.svg text eol=crlf\n* filter=loud\n")
    git(home.clone, "config", "filter.loud.clean", "tr a-z A-Z")
    git(home.clone, "config", "core.autocrlf", "true")
    home.work.add("logo", "image/svg+xml", seed="two\r\nlines\r\n")
    home.publish(names="plain")
    assert home.remote_files()["img/logo.svg"].startswith(b"two\r\nlines\r\n")


def test_no_hook_is_run(home: Home) -> None:
    hooks = home.clone / ".git/hooks"
    for name in ("pre-push", "reference-transaction", "post-commit", "pre-commit", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {home.clone}/hooked\nexit 1\n")
        (hooks / name).chmod(0o755)
    assert home.publish().changed == 2
    assert not (home.clone / "hooked").exists()


def test_what_a_hook_has_in_its_environment_leads_nowhere_else(home: Home, tmp_path: Path) -> None:
    home.work.desk.environ.update(GIT_DIR=str(tmp_path / "nowhere"), GIT_INDEX_FILE=str(home.clone / ".git/index"))
    index = (home.clone / ".git/index").read_bytes()
    assert home.publish().changed == 2
    assert (home.clone / ".git/index").read_bytes() == index


def telling(home: Home, tmp_path: Path) -> Path:
    """A git that notes what it finds in its environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\nenv >> {folder}/environment\nexec {shutil.which("git")} "$@"\n')
    (folder / "git").chmod(0o755)
    home.work.desk.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    return folder / "environment"


def test_neither_git_nor_ssh_may_ask(home: Home, tmp_path: Path) -> None:
    environment_of_git = telling(home, tmp_path)
    home.publish()
    lines = environment_of_git.read_text().splitlines()
    assert "GIT_TERMINAL_PROMPT=0" in lines
    assert "GIT_SSH_COMMAND=ssh -oBatchMode=yes" in lines


@pytest.mark.parametrize("way", ["setting", "environment"])
def test_an_ssh_that_somebody_set_up_is_the_one_that_is_called(home: Home, tmp_path: Path, way: str) -> None:
    if way == "setting":
        git(home.clone, "config", "core.sshCommand", "ssh -i key")
    else:
        home.work.desk.environ["GIT_SSH_COMMAND"] = "ssh -i key"
    environment_of_git = telling(home, tmp_path)
    home.publish()
    found = {line for line in environment_of_git.read_text().splitlines() if line.startswith("GIT_SSH_COMMAND=")}
    assert found == (set() if way == "setting" else {"GIT_SSH_COMMAND=ssh -i key"})


def test_the_author_is_who_git_is_set_up_for(home: Home) -> None:
    git(home.clone, "config", "user.name", "Ada")
    git(home.clone, "config", "user.email", "ada@example.com")
    home.publish()
    assert git(home.bare, "log", "-1", "--format=%an %ae %cn", "pictures") == "Ada ada@example.com Ada"


def test_where_nobody_is_set_up_the_author_is_imagebuild(home: Home) -> None:
    home.publish()
    assert (
        git(home.bare, "log", "-1", "--format=%an %ae %cn", "pictures") == "imagebuild imagebuild@localhost imagebuild"
    )


# Somebody else is quicker


def racing(home: Home, tmp_path: Path, times: int) -> None:
    """A git that lets somebody else push right before it does, some times."""
    real, folder = shutil.which("git"), tmp_path / "bin"
    folder.mkdir()
    script = f"""#!/bin/sh
case " $* " in *" push "*)
  count=$(cat {folder}/count 2>/dev/null || echo 0)
  if [ "$count" -lt {times} ]; then
    echo $((count + 1)) > {folder}/count
    blob=$(echo "race $count" | {real} --git-dir={home.bare} hash-object -w --stdin)
    tree=$(printf '100644 blob %s\\trace%s\\n' "$blob" "$count" | {real} --git-dir={home.bare} mktree)
    parent=$({real} --git-dir={home.bare} rev-parse -q --verify refs/heads/pictures)
    export GIT_AUTHOR_NAME=r GIT_AUTHOR_EMAIL=r@r GIT_COMMITTER_NAME=r GIT_COMMITTER_EMAIL=r@r
    commit=$(echo race | {real} --git-dir={home.bare} commit-tree $tree ${{parent:+-p $parent}})
    {real} --git-dir={home.bare} update-ref refs/heads/pictures $commit
  fi;;
esac
exec {real} "$@"
"""
    (folder / "git").write_text(script)
    (folder / "git").chmod(0o755)
    home.work.desk.environ["PATH"] = f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("first", [True, False])
def test_a_branch_that_moved_meanwhile_is_fetched_and_pushed_once_more(home: Home, tmp_path: Path, first: bool) -> None:
    if not first:
        home.publish(names="plain")
        home.work.add("logo", "image/svg+xml", seed="new")
    racing(home, tmp_path, 1)
    assert home.publish(names="plain").changed > 0
    assert sorted(home.remote_files()) == ["img/hero-800.webp", "img/logo.svg", "race0"]


def test_a_branch_that_keeps_moving_is_an_error_that_says_so(home: Home, tmp_path: Path) -> None:
    racing(home, tmp_path, 2)
    message, hint = home.failed()
    assert message == "somebody else keeps moving 'pictures' of 'origin'"
    assert hint == "run the same command again"
    assert home.publish().changed == 2


def test_history_one_does_not_overwrite_what_came_meanwhile(home: Home, tmp_path: Path) -> None:
    racing(home, tmp_path, 1)
    assert home.failed(history="one")[0] == "the branch 'pictures' of 'origin' holds commits of others"
    assert list(home.remote_files()) == ["race0"]


# What can go wrong


def test_without_git_it_says_so(home: Home, tmp_path: Path) -> None:
    home.work.desk.environ["PATH"] = str(tmp_path)
    assert home.failed()[0] == "there is no program 'git'"


def test_without_a_repository_it_says_what_to_do(home: Home) -> None:
    shutil.rmtree(home.clone / ".git")
    message, hint = home.failed()
    assert message == "the project is in no git repository"
    assert "repository: URL" in hint


def test_a_repository_of_another_user_is_said_to_be_one(home: Home) -> None:
    home.work.desk.environ["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"  # of git's own tests
    message, hint = home.failed()
    assert "belongs to another user" in message
    assert "safe.directory" in hint


def test_without_the_remote_it_names_those_that_are(home: Home) -> None:
    assert home.failed(remote="upstream") == ("this repository has no remote 'upstream'", "its remotes: origin")
    git(home.clone, "remote", "remove", "origin")
    message, hint = home.failed()
    assert message == "this repository has no remote 'origin'"
    assert "push: false" in hint


def test_the_branch_that_is_checked_out_is_refused(home: Home) -> None:
    for options in ({"push": True}, {"push": False}):
        assert home.failed(branch="main", **options)[0] == "the branch 'main' is checked out here"
    git(home.clone, "worktree", "add", "--quiet", "-b", "side", "../side", "HEAD")
    assert home.failed(branch="side")[0] == "the branch 'side' is checked out here"


def test_a_file_where_a_folder_is_needed_is_an_error(home: Home) -> None:
    home.somebody_commits("pictures", "img", "no folder")
    assert home.failed()[0] == "'img' of the branch 'pictures' is a file, and pictures need a folder there"


def test_a_remote_that_is_gone_is_named(home: Home) -> None:
    shutil.rmtree(home.bare)
    assert home.failed()[0] == "'origin' is no git repository that can be found"


def test_a_remote_that_cannot_be_reached_is_named(home: Home) -> None:
    git(home.clone, "remote", "set-url", "origin", "http://127.0.0.1:1/site.git")
    assert home.failed()[0] == "'origin' cannot be reached"


def test_a_hook_of_the_remote_that_refuses_is_quoted(home: Home) -> None:
    hook = home.bare / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    message, hint = home.failed()
    assert message == "'origin' refused the branch 'pictures': pre-receive hook declined"
    assert "rules" in hint
    hook.unlink()
    assert home.publish().changed == 2


def test_a_password_is_not_asked_for_and_not_shown(home: Home) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Locked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="locked"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Locked) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            for user in ("", "me:s3cr3t-password@"):
                git(home.clone, "remote", "set-url", "origin", f"http://{user}127.0.0.1:{server.server_port}/site.git")
                message, hint = home.failed()
                assert message == "'origin' does not accept the credentials, or there are none"
                assert "s3cr3t" not in message + hint
        finally:
            server.shutdown()
            thread.join()


def test_what_git_says_is_shown_without_passwords(home: Home) -> None:
    git(home.clone, "config", "remote.origin.vcs", "nothing-s3cr3t-token")
    home.work.desk.environ["SITE_TOKEN"] = "s3cr3t-token"
    message, _ = home.failed()
    assert "git" in message
    assert "s3cr3t" not in message


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"branch": "-x"}, "'-x' can be no branch's name"),
        ({"branch": "a..b"}, "can be no branch's name"),
        ({"branch": "a b"}, "can be no branch's name"),
        ({"branch": "HEAD"}, "can be no branch's name"),
        ({"branch": "x.lock"}, "can be no branch's name"),
        ({"path": "../img"}, "'path' holds '..'"),
        ({"path": "/img"}, "not relative to the project"),
        ({"path": "img/.git"}, "'path' holds '.git'"),
        ({"remote": "--mirror"}, "'remote' is no remote's name"),
        ({"repository": "--upload-pack=touch x"}, "no address that git may be given"),
        ({"repository": "ext::sh -c true"}, "no address that git may be given"),
        ({"repository": "https://me:s3cr3t@example.com/x"}, "'repository' may hold no password"),
        ({"repository": "https://ghp_0123456789abcdef0123456789abcdef0123@github.com/x"}, "may hold no password"),
        ({"repository": "../x", "remote": "origin"}, "leave"),
        ({"repository": "../x", "push": False}, "leaves nothing in another repository"),
        ({"base": "javascript:x"}, "expected a path like /img/"),
        ({"history": "none"}, "expected"),
    ],
)
def test_options_that_cannot_be_are_problems(options: dict[str, Any], found: str) -> None:
    texts = [f"{problem.message} {problem.hint}" for problem in GitPublisher().resolve(options).problems]
    assert [found in text for text in texts] == [True]
    assert "s3cr3t" not in texts[0]


@pytest.mark.parametrize("branch", ["pictures", "gh-pages", "site/pictures", "v1.0", "bilder-ä"])
def test_names_that_git_takes_are_taken(branch: str) -> None:
    assert problems(GitPublisher(), {"": branch}) == []
