"""A project in a git repository, with two branches that are brought together, and the command that settles the lock."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from versioned import git

from imagebuild.cli.application import run
from imagebuild.cli.shell import Shell
from imagebuild.lockfile import Lock
from imagebuild.lockfile.conflict import ATTRIBUTES
from imagebuild.testing import World

__all__ = ["LOCK", "WAYS", "Answer", "Branches", "Repo"]

LOCK = "imagebuild.lock"
WAYS = ("merge", "rebase", "cherry-pick", "stash pop")
"""How the work of a branch comes to another one."""


class Answer(Struct, frozen=True):
    """What a command ended with and said."""

    code: int
    out: str
    err: str


class Repo(Struct, frozen=True):
    """A git repository; ``style`` is that of conflicts. With ``union``, git is told how to merge the lock."""

    root: Path
    union: bool = True
    style: str = "merge"

    def start(self) -> Repo:
        """Make it, without a commit."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "merge.conflictStyle", self.style)
        (self.root / ".gitignore").write_text(".imagebuild/\nimages/\n", encoding="utf-8")
        if self.union:
            (self.root / ".gitattributes").write_text(ATTRIBUTES + "\n", encoding="utf-8")
        return self

    def git(self, *words: str, fails: bool | None = False) -> str:
        """Call git, which succeeds; with ``fails``, does not, and with None may."""
        return git(self.root, *words, fails=fails)

    def commit(self, message: str) -> None:
        """Commit all there is."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def fork(self, base: Callable[[], object], ours: Callable[[], object], theirs: Callable[[], object]) -> None:
        """Commit the base, and on top of it our work on ``main`` and theirs on ``feature``."""
        base()
        self.commit("base")
        self.git("checkout", "-q", "-b", "feature")
        theirs()
        self.commit("theirs")
        self.git("checkout", "-q", "main")
        ours()
        self.commit("ours")

    def join(self, way: str, *, fails: bool | None = None) -> None:
        """Bring their work to ours."""
        if way == "merge":
            self.git("merge", "-q", "--no-edit", "feature", fails=fails)
        elif way == "rebase":
            self.git("checkout", "-q", "feature")
            self.git("rebase", "-q", "main", fails=fails)
        elif way == "cherry-pick":
            self.git("cherry-pick", "feature", fails=fails)
        else:
            self.git("checkout", "-q", "-b", "stashing", "main~1")
            self.git("checkout", "feature", "--", ".")
            self.git("stash", "push", "-q")
            self.git("checkout", "-q", "main")
            self.git("stash", "pop", "-q", fails=fails)

    @property
    def lock(self) -> Lock:
        """The lock as it is now."""
        return Lock.read(self.root / LOCK)

    @property
    def text(self) -> str:
        """The text of the lock."""
        return (self.root / LOCK).read_text("utf-8")

    def resolve(self, *words: str, home: Path | None = None) -> Answer:
        """Call ``imagebuild resolve``."""
        out, err = io.StringIO(), io.StringIO()
        environ = {"IMAGEBUILD_HOME": str(home or self.root.parent / "home"), "TERM": "xterm"}
        shell = Shell(io.StringIO(), out, err, environ, folder=str(self.root))
        return Answer(run(["resolve", *words], shell), out.getvalue(), err.getvalue())


class Branches(Struct, frozen=True):
    """A project whose targets stand in files of their own, so that the spec itself merges without a word."""

    world: World
    repo: Repo

    def add(self, name: str, *, candidates: int = 1) -> None:
        """Put a target into the spec."""
        more = f", candidates: {candidates}" if candidates > 1 else ""
        text = f"targets:\n  {name}: {{prompt: a {name}, provider: recorder{more}}}\n"
        self.world.write({f"specs/{name}.yaml": text})

    def remove(self, name: str) -> None:
        """Take a target out of the spec, and build."""
        (self.world.root / "specs" / f"{name}.yaml").unlink()
        self.build()

    def rename(self, old: str, new: str) -> None:
        """Give a target another name, and build, which is free."""
        text = self.world.read(f"specs/{old}.yaml").decode().replace(f"  {old}:", f"  {new}:")
        (self.world.root / "specs" / f"{old}.yaml").unlink()
        self.world.write({f"specs/{new}.yaml": text})
        self.build(calls=0)

    def build(self, *targets: str, calls: int | None = None, reroll: bool = False) -> None:
        """Build, with so many calls."""
        before = len(self.world.provider.calls)
        report = self.world.build(*targets, reroll=reroll) if reroll else self.world.build(*targets)
        assert report.ok, [str(failure.error) for failure in report.failures]
        assert calls is None or len(self.world.provider.calls) - before == calls
