"""The GitHub Action: its structure, and its steps run for real on pull requests, forks, pushes and a stale lock."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from action_run import ACTION, EXPRESSION, ROOT, Runner
from versioned import git

SPEC = """\
version: 1
defaults: {provider: sketch, options: {size: 96x64, format: webp}}
targets:
  hero: {prompt: "A lighthouse at sunset", alt: "A lighthouse"}
  sea: {prompt: "A boat on the sea", alt: "A boat"}
"""
SHELL_STEPS = [step for step in ACTION["runs"]["steps"] if "run" in step]


def build(folder: Path, home: Path, spec: str) -> None:
    (folder / "imagebuild.yaml").write_text(spec)
    environ = {"PATH": os.environ["PATH"], "IMAGEBUILD_HOME": str(home)}
    subprocess.run(["imagebuild", "build", "-q"], cwd=folder, env=environ, check=True)


class Story:
    """A repository whose main branch has pictures, and a branch that changes one; a shallow checkout of the merge."""

    def __init__(self, root: Path) -> None:
        self.origin, self.home = root / "origin", root / "home"
        self.base, self.head, self.merge = git(self.origin, "rev-parse", "base", "change", "main").split()
        self.runner = Runner(root / "runner", root / "checkout", self.home)

    def write(self, spec: str) -> None:
        """Put a spec there that nobody has built."""
        (self.origin / "imagebuild.yaml").write_text(spec)

    def commit(self, message: str) -> str:
        git(self.origin, "add", "-A")
        git(self.origin, "commit", "-q", "-m", message)
        return git(self.origin, "rev-parse", "HEAD")

    def check_out(self, commit: str, *, depth: int | None = 1) -> None:
        """What the usual step does: one commit, and nothing of its history unless that is asked for."""
        shutil.rmtree(self.runner.checkout, ignore_errors=True)
        self.runner.checkout.mkdir()
        git(self.runner.checkout, "init", "-q")
        git(self.runner.checkout, "remote", "add", "origin", self.origin.as_uri())
        git(self.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.runner.checkout, "fetch", "-q", *([f"--depth={depth}"] if depth else []), "origin", commit)
        git(self.runner.checkout, "checkout", "-q", "--detach", "FETCH_HEAD")

    def pull_request(self, *, repository: str = "we/site", event: str = "pull_request") -> dict[str, Any]:
        self.check_out(self.merge)
        head = {"sha": self.head, "repo": {"full_name": repository}}
        pull = {"number": 7, "head": head, "base": {"sha": self.base}}
        return {"event_name": event, "sha": self.merge, "event": {"pull_request": pull}}

    def push(self, *, protected: bool = False, before: str | None = None) -> dict[str, Any]:
        self.check_out(self.merge)
        event = {"before": self.base if before is None else before}
        return {"event_name": "push", "sha": self.merge, "ref_protected": protected, "event": event}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of a story, built once."""
    root = tmp_path_factory.mktemp("story")
    origin = root / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    build(origin, root / "home", SPEC)
    (origin / ".gitignore").write_text(".imagebuild/\n")
    for step in ("add -A", "commit -q -m pictures", "tag base", "checkout -q -b change"):
        git(origin, *step.split())
    build(origin, root / "home", SPEC.replace("at sunset", "at night under stars"))
    for step in ("commit -q -a -m night", "checkout -q main", "merge -q --no-ff -m merge change"):
        git(origin, *step.split())
    return root


@pytest.fixture
def story(template: Path, tmp_path: Path) -> Story:
    return Story(shutil.copytree(template, tmp_path / "story"))


def test_no_expression_stands_inside_a_script() -> None:
    for step in SHELL_STEPS:
        assert "${{" not in step["run"], step["name"]
        assert step["shell"] == "bash"
        assert "eval" not in step["run"]


def test_every_input_is_used_and_every_value_that_is_used_exists() -> None:
    used = EXPRESSION.findall(str(ACTION["runs"])) + re.findall(
        r"(inputs\.[\w-]+|steps\.\w+\.outputs\.\w+) !=", str(ACTION)
    )
    inputs = {name.removeprefix("inputs.") for name in used if name.startswith("inputs.")}
    assert inputs == set(ACTION["inputs"])
    ids = {step["id"] for step in ACTION["runs"]["steps"] if "id" in step}
    outputs = [name.split(".") for name in used if name.startswith("steps.")]
    outputs += [each["value"][4:-3].split(".") for each in ACTION["outputs"].values()]
    assert {parts[1] for parts in outputs} <= ids
    scripts = {step["id"]: step["run"] for step in SHELL_STEPS if "id" in step}
    for _, step, _, output in outputs:
        assert f"{output}=" in scripts[step]


def test_every_variable_of_a_step_is_used_in_its_script() -> None:
    for step in SHELL_STEPS:
        for name in step.get("env", {}):
            if name != "GH_TOKEN":
                assert re.search(rf"\$\{{?{name}\b", step["run"]), f"{step['name']}: {name}"


def test_actions_of_others_are_pinned_to_a_major_version() -> None:
    for step in ACTION["runs"]["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])


def test_the_reference_page_lists_every_input_and_output_as_it_is() -> None:
    page = (ROOT / "docs" / "reference" / "action.md").read_text("utf-8")
    given = {"": "empty", "${{ github.token }}": "the token of the job"}
    rows = [
        f"| `{name}` | {given.get(each['default'], '`' + each['default'] + '`')} | {each['description']} |"
        for name, each in ACTION["inputs"].items()
    ]
    rows += [f"| `{name}` | {each['description']} |" for name, each in ACTION["outputs"].items()]
    assert [row for row in page.splitlines() if row.startswith("| `") and row in rows] == rows


def test_a_pull_request_of_our_own_gets_a_comment_with_its_pictures(story: Story) -> None:
    outcome = story.runner.run(story.pull_request())
    assert outcome.code == 0, outcome.log
    assert outcome.outputs == {"exit-code": "0", "changed": "true", "untrusted": "false"}
    (comment,) = story.runner.service["comments"]
    assert comment["body"].startswith("<!-- imagebuild-diff -->\n")
    assert "**hero**<br>changed" in comment["body"]
    assert "sea" not in comment["body"]
    assert f'src="https://github.com/we/site/raw/{story.base}/images/hero.webp"' in comment["body"]
    assert f'src="https://github.com/we/site/raw/{story.head}/images/hero.webp"' in comment["body"]
    assert comment["body"] in outcome.summary
    assert outcome.page is not None
    assert outcome.page.read_text("utf-8").count('<img src="data:image/webp;base64,') == 2
    assert {call["token"] for call in story.runner.service["calls"]} == {"TOKEN"}


def test_a_second_run_updates_the_comment(story: Story) -> None:
    story.runner.comment("<!-- imagebuild-diff -->\nmine, says a stranger", "User")
    story.runner.run(story.pull_request())
    story.runner.run(story.pull_request())
    first, second = story.runner.service["comments"]
    assert first["body"].endswith("says a stranger")
    assert "**hero**" in second["body"]


def test_a_comment_stays_and_says_so_when_nothing_differs_any_more(story: Story) -> None:
    event = story.pull_request()
    story.runner.run(event)
    outcome = story.runner.run(event, base=story.merge)
    assert outcome.outputs["changed"] == "false"
    (comment,) = story.runner.service["comments"]
    assert "no picture differs" in comment["body"]


def test_no_comment_is_begun_where_nothing_differs(story: Story) -> None:
    outcome = story.runner.run(story.pull_request(), base=story.merge)
    assert (outcome.code, outcome.outputs["changed"], outcome.page) == (0, "false", None)
    assert story.runner.service["comments"] == []


def test_a_fork_is_a_stranger_who_gets_no_comment_and_fails_nothing(story: Story) -> None:
    story.runner.read_only = True
    outcome = story.runner.run(story.pull_request(repository="stranger/site"), store_mode="write")
    assert outcome.code == 0, outcome.log
    assert (outcome.outputs["untrusted"], outcome.outputs["changed"]) == ("true", "true")
    assert story.runner.service["comments"] == []
    assert "::notice::imagebuild: no comment is written" in outcome.log
    assert "**hero**" in outcome.summary
    assert environment(story) == ["export IMAGEBUILD_STORE_MODE=read", "export IMAGEBUILD_UNTRUSTED=1"]


@pytest.mark.parametrize(
    ("event", "untrusted"),
    [("pull_request_target", "true"), ("issue_comment", "true"), ("workflow_run", "true"), ("pull_request", "true")],
)
def test_whoever_does_not_come_from_here_is_a_stranger(story: Story, event: str, untrusted: str) -> None:
    outcome = story.runner.run(story.pull_request(repository="stranger/site", event=event), until="prepare")
    assert outcome.outputs["untrusted"] == untrusted


def test_a_plugin_of_a_fork_is_not_run(story: Story) -> None:
    git(story.origin, "checkout", "-q", "change")
    story.write(SPEC.replace("version: 1\n", "version: 1\nplugins: [evil.py]\n"))
    (story.origin / "evil.py").write_text(f"open({str(story.home / 'evil')!r}, 'w')\n")
    story.merge = story.head = story.commit("evil")
    outcome = story.runner.run(story.pull_request(repository="stranger/site"))
    assert outcome.code == 2, outcome.log
    assert not (story.home / "evil").exists()
    assert "plugin" in outcome.summary


def test_a_push_to_a_protected_branch_may_write_to_the_store(story: Story) -> None:
    outcome = story.runner.run(story.push(protected=True), store="../shared store")
    assert outcome.code == 0, outcome.log
    assert environment(story) == ["export IMAGEBUILD_STORE_MODE=write", "export IMAGEBUILD_STORE=../shared\\ store"]
    assert "**hero**" in outcome.summary
    assert story.runner.service["calls"] == []


def test_other_pushes_only_read(story: Story) -> None:
    story.runner.run(story.push(), until="prepare")
    assert environment(story) == ["export IMAGEBUILD_STORE_MODE=read"]


def test_the_first_push_of_a_branch_is_compared_with_nothing(story: Story) -> None:
    outcome = story.runner.run(story.push(before="0" * 40))
    assert (outcome.code, outcome.outputs["changed"]) == (0, "")
    assert "there is nothing to compare with" in outcome.log


def test_a_base_that_is_gone_fails_nothing(story: Story) -> None:
    outcome = story.runner.run(story.push(before="1" * 40))
    assert (outcome.code, outcome.outputs["changed"]) == (0, "")
    assert "::notice::imagebuild: nothing is compared" in outcome.log


def test_a_branch_can_be_named_as_the_base(story: Story) -> None:
    git(story.origin, "branch", "stable", story.base)
    outcome = story.runner.run(story.push(), base="stable")
    assert outcome.outputs["changed"] == "true", outcome.log


def test_a_checkout_of_the_head_is_compared_with_where_it_parted(story: Story) -> None:
    event = story.pull_request()
    git(story.origin, "checkout", "-q", "-b", "later", story.base)
    build(story.origin, story.home, SPEC.replace("A boat", "Two boats"))
    event["event"]["pull_request"]["base"]["sha"] = story.commit("meanwhile, on the branch it goes to")
    story.check_out(story.head, depth=None)
    outcome = story.runner.run(event)
    assert "**hero**" in outcome.summary, outcome.log
    assert "**sea**" not in outcome.summary


def test_a_stale_lock_ends_with_3_and_the_list_in_the_summary(story: Story) -> None:
    git(story.origin, "checkout", "-q", "main")
    story.write(SPEC.replace("provider: sketch", "provider: openai").replace("96x64", "1024x1024"))
    story.merge = story.commit("buy them")
    outcome = story.runner.run(story.push())
    assert (outcome.code, outcome.outputs["exit-code"]) == (3, "3"), outcome.log
    assert "### imagebuild build\n\n<pre>" in outcome.summary
    assert "hero" in outcome.summary
    assert "### imagebuild check\n\n<pre>" in outcome.summary
    assert "hero: not up to date" in outcome.summary


def test_what_stands_in_the_summary_is_shown_as_it_is(story: Story) -> None:
    story.write(SPEC + '  "a</pre><img src=x>": {prompt: x, bad: 1}\n')
    story.merge = story.commit("names")
    outcome = story.runner.run(story.push())
    assert outcome.code == 2
    assert "<img" not in outcome.summary
    assert outcome.summary.count("</pre>") == outcome.summary.count("<pre>") == 1


def test_a_picture_changed_by_hand_fails_the_check(story: Story) -> None:
    (story.origin / "images/sea.webp").write_bytes((story.origin / "images/hero.webp").read_bytes() + b"x")
    story.merge = story.commit("by hand")
    event = story.push()
    outcome = story.runner.run(event)
    assert outcome.code == 3, outcome.log
    assert "images/sea.webp" in outcome.summary
    assert story.runner.run(event, check="false").code == 0


def test_a_project_in_a_folder_has_its_own_comment(story: Story) -> None:
    git(story.origin, "checkout", "-q", "main")
    git(story.origin, "rm", "-q", "-r", "--cached", ".")
    (story.origin / "shop & co").mkdir()
    for name in ("imagebuild.yaml", "images", ".gitignore"):
        shutil.move(story.origin / name, story.origin / "shop & co" / name)
    shutil.rmtree(story.origin / ".imagebuild")
    story.base = story.commit("move")
    (story.origin / "shop & co" / "images/hero.webp").unlink()
    story.merge = story.head = story.commit("drop a picture")
    outcome = story.runner.run(story.pull_request(), working_directory="shop & co", command="build --locked -q")
    assert outcome.code == 0, outcome.log
    outcome = story.runner.run(story.pull_request(), working_directory="shop & co", command="plan")
    (comment,) = story.runner.service["comments"]
    assert re.match(r"<!-- imagebuild-diff [0-9a-f]{12} -->\n", comment["body"])
    assert f"/raw/{story.base}/shop%20%26%20co/images/hero.webp" in comment["body"]


def test_inputs_are_words_and_never_code(story: Story) -> None:
    evil = '$(touch evil) `touch evil` "; touch evil; #'
    story.runner.run(story.push(), store=evil, package=evil, artifact=evil, base=evil)
    assert not [path for folder in (story.runner.folder, story.runner.checkout) for path in folder.rglob("evil")]
    assert story.runner.run(story.push(), command=f"build {evil}").code == 2
    assert not list(story.runner.checkout.rglob("evil"))
    assert evil in story.runner.pip


def test_a_value_that_is_none_of_those_wanted_is_refused(story: Story) -> None:
    assert "input 'untrusted' is 'yes'" in story.runner.run(story.push(), untrusted="yes").log
    assert "input 'store-mode' is 'both'" in story.runner.run(story.push(), store_mode="both").log


def test_the_version_that_comes_with_the_action_is_installed_unless_another_is_named(story: Story) -> None:
    story.runner.run(story.push(), until="prepare")
    assert story.runner.pip[-1].endswith("[remote]")
    story.runner.run(story.push(), until="prepare", package="imagebuild-ai==0.1")
    assert story.runner.pip[-1] == "imagebuild-ai==0.1"


def environment(story: Story) -> list[str]:
    """What the last run told every command about store and trust."""
    folders = sorted(story.runner.folder.glob("imagebuild.*"), key=lambda path: path.stat().st_mtime_ns)
    return (folders[-1] / "environment").read_text().splitlines()
