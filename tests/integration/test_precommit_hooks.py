"""The hooks that other repositories use through pre-commit, run by pre-commit itself from a copy of our manifest.

``language: system`` stands in for the environment that pre-commit would install, which needs a network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from imagebuild.cli.catalog import COMMANDS

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = yaml.safe_load(MANIFEST.read_text("utf-8"))
SPEC = """\
version: 1
defaults: {provider: sketch, options: {size: 96x64, format: webp}}
targets: {hero: {prompt: {file: prompts/hero.md}, alt: A lighthouse}}
"""


class Site:
    """A repository that uses the hooks."""

    def __init__(self, root: Path) -> None:
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PRE_COMMIT_HOME": str(root / "pre-commit"),
            "IMAGEBUILD_HOME": str(root / "home"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.com",
        }
        ours = root / "hooks"
        ours.mkdir()
        shutil.copy(MANIFEST, ours)
        self.folder = ours
        self.run("git", "init", "-q")
        revision = self.commit()
        self.folder = root / "site"
        (self.folder / "prompts").mkdir(parents=True)
        hooks = [{"id": hook["id"], "language": "system"} for hook in HOOKS]
        config = {"repos": [{"repo": ours.as_uri(), "rev": revision, "hooks": hooks}]}
        self.write(".pre-commit-config.yaml", yaml.safe_dump(config))
        self.write(".gitignore", ".imagebuild/\n")
        self.write("imagebuild.yaml", SPEC)
        self.write("prompts/hero.md", "A lighthouse at sunset")
        self.run("git", "init", "-q")
        self.run("imagebuild", "build", "-q")
        self.commit()

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, "utf-8")

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=check)

    def commit(self) -> str:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-q", "-m", "x")
        return self.run("git", "rev-parse", "HEAD").stdout.strip()

    def hooks(self, *words: str) -> tuple[int, dict[str, str], str]:
        """Run the hooks over what is staged: the exit code, a word for each hook, and all that was said."""
        self.run("git", "add", "-A")
        answer = self.run("pre-commit", "run", "--color", "never", *words, check=False)
        rows = [line for line in answer.stdout.splitlines() if line.startswith("imagebuild ")]
        states = {row.split(".")[0]: row.rstrip(".").rpartition(".")[2] for row in rows}
        return answer.returncode, states, answer.stdout + answer.stderr


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_the_manifest_names_commands_that_exist() -> None:
    assert [hook["entry"].split()[0] for hook in HOOKS] == ["imagebuild", "imagebuild"]
    assert {hook["entry"].split()[1] for hook in HOOKS} <= set(COMMANDS)
    for hook in HOOKS:
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)


def test_a_finished_project_passes_both(site: Site) -> None:
    code, states, said = site.hooks("--all-files")
    assert (code, states) == (0, {"imagebuild check": "Passed", "imagebuild lint": "Passed"}), said


def test_a_prompt_that_was_not_built_is_no_commit(site: Site) -> None:
    site.write("prompts/hero.md", "A lighthouse at night")
    code, states, said = site.hooks()
    assert (code, states) == (1, {"imagebuild check": "Failed", "imagebuild lint": "Passed"})
    assert "hero: not up to date" in said
    assert "imagebuild build" in said


def test_a_picture_changed_by_hand_is_found_by_the_check_alone(site: Site) -> None:
    path = site.folder / "images/hero.webp"
    path.write_bytes(path.read_bytes() + b"x")
    code, states, _ = site.hooks()
    assert (code, states) == (1, {"imagebuild check": "Failed", "imagebuild lint": "(no files to check)Skipped"})


def test_a_spec_that_is_wrong_is_told_with_its_place(site: Site) -> None:
    site.write("imagebuild.yaml", SPEC.replace("prompt", "promt"))
    code, states, said = site.hooks("imagebuild-lint")
    assert (code, states) == (1, {"imagebuild lint": "Failed"})
    assert "imagebuild.yaml:3:18: unknown key 'promt'" in said


def test_a_commit_that_has_nothing_to_do_with_pictures_waits_for_neither(site: Site) -> None:
    site.write("setup.cfg", "[x]\n")
    _, states, _ = site.hooks()
    assert set(states.values()) == {"(no files to check)Skipped"}


def test_both_can_run_before_a_push(site: Site) -> None:
    code, states, said = site.hooks("--all-files", "--hook-stage", "pre-push")
    assert (code, len(states)) == (0, 2), said
