"""A branch that pictures are committed to, by git's plumbing: no work tree, index, HEAD or hook takes part in it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from hashlib import new
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from imagebuild.errors import PublishError
from imagebuild_publish.git_program import Git, GitFault

__all__ = ["Branch", "Files", "MovedError", "blob", "open_branch"]

Files: TypeAlias = dict[str, tuple[str, str]]
"""The files of a commit by path: mode and object id."""

_LOST = re.compile(r"stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|already exists")
_REFUSED = re.compile(r"\[remote rejected\]\s*\((.*)\)|\[remote rejected\].*?\((.*)\)")
_NOBODY = "imagebuild"


class MovedError(Exception):
    """Somebody else was quicker: the branch is no longer where it was."""


def blob(object_id: str) -> tuple[str, str]:
    """A plain file of these bytes."""
    return "100644", object_id


class Branch(Struct, frozen=True, dict=True):
    """A branch by name. ``remote`` is where it is pushed to, a name or an address; None for one that stays here.

    ``where`` is how messages call that place. ``own`` says that this is the project's own repository, and no passing
    one. ``whole`` is whether its history is wanted too. ``scratch`` is an empty folder for files on their way.
    """

    git: Git
    name: str
    remote: str | None
    where: str
    own: bool
    whole: bool
    scratch: Path

    @property
    def ref(self) -> str:
        """The full name of the branch."""
        return f"refs/heads/{self.name}"

    @cached_property
    def _algorithm(self) -> str:
        return self.git.text("rev-parse", "--show-object-format")

    def object_id(self, data: bytes) -> str:
        """What git calls these bytes (gitformat-loose, "blob")."""
        return new(self._algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def local_tip(self) -> str | None:
        """The commit that the branch is at in this repository."""
        return self.git.says("rev-parse", "--quiet", "--verify", f"{self.ref}^{{commit}}")

    def tip(self) -> str | None:
        """The commit that the branch is at where it is published to, with its files at hand; None for a new branch."""
        if self.remote is None:
            return self.local_tip()
        listed = self.git.text("ls-remote", "--", self.remote, self.ref).splitlines()
        tip = next((line.split("\t")[0] for line in listed if line.endswith(f"\t{self.ref}")), None)
        if tip and not self._has(tip):
            depth = [] if self.own or self.whole else ["--depth=1"]
            quiet = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap="]
            self.git("fetch", *quiet, *depth, "--", self.remote, self.ref)
            if not self._has(tip):
                raise MovedError
        return tip

    def files(self, commit: str) -> Files:
        """All files of a commit."""
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape")
        files: Files = {}
        for entry in listed.split("\0")[:-1]:
            about, _, path = entry.partition("\t")
            mode, _, object_id = about.split(" ")
            files[path] = (mode, object_id)
        return files

    def has_parents(self, commit: str) -> bool:
        """Whether there is history before a commit."""
        return self.git.says("rev-parse", "--quiet", "--verify", f"{commit}^") is not None

    def has_others(self, commit: str, mark: str) -> bool:
        """Whether a commit, or one before it, lacks a line that begins with ``mark``."""
        return self.git.text("rev-list", "--max-count=1", "--invert-grep", f"--grep=^{mark}", commit) != ""

    def is_checked_out(self) -> bool:
        """Whether a work tree of the project's repository stands on the branch."""
        trees = self.git.says("worktree", "list", "--porcelain") or ""
        return self.own and f"branch {self.ref}" in trees.splitlines()

    def commit(
        self, before: Files, after: Files, read: Callable[[str], bytes], *, parent: str | None, message: str
    ) -> str:
        """Make a commit of ``after``, where ``before`` are the files of ``parent``; ``read`` gives bytes by path."""
        fresh = [path for path, entry in after.items() if before.get(path) != entry]
        self._write(fresh, read)
        lines = [f"{after[path][0]} {after[path][1]}\t{path}" for path in fresh]
        lines += [f"0 {'0' * len(entry[1])}\t{path}" for path, entry in before.items() if path not in after]
        index = self.git.on(GIT_INDEX_FILE=str(self.scratch / "index"))
        index("read-tree", parent or "--empty")
        index(
            "update-index",
            "-z",
            "--index-info",
            feed="".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape"),
        )
        tree = index.text("write-tree", "--missing-ok")
        parents = ["-p", parent] if parent else []
        return self._signed().text("commit-tree", tree, *parents, "-F", "-", feed=message.encode())

    def deliver(self, commit: str, head: str | None, notice: Callable[[str], None]) -> None:
        """Move the branch from ``head`` to ``commit``. Raises :class:`MovedError` when it is no longer there."""
        if self.remote is None:
            self._move(commit, head)
            return
        lease = f"--force-with-lease={self.ref}:{head or ''}"
        quiet = ["--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"]
        try:
            self.git("push", *quiet, lease, "--", self.remote, f"{commit}:{self.ref}")
        except GitFault as fault:
            if _LOST.search(fault.text):
                raise MovedError from fault
            if match := _REFUSED.search(fault.text):
                reason = match[1] or match[2]
                hint = "look at the rules for this branch, or write another 'branch'"
                raise PublishError(f"{self.where} refused the branch '{self.name}': {reason}", hint=hint) from fault
            raise
        if self.own:
            self._follow(commit, head, notice)

    def _has(self, commit: str) -> bool:
        return self.git.says("cat-file", "-e", f"{commit}^{{tree}}") is not None

    def _write(self, paths: list[str], read: Callable[[str], bytes]) -> None:
        """Put the bytes into the repository, as they are: through no filter and no conversion of line ends."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            for number, path in enumerate(paths):
                (Path(folder) / str(number)).write_bytes(read(path))
            names = "".join(f"{number}\n" for number in range(len(paths)))
            self.git("hash-object", "-w", "--no-filters", "--stdin-paths", feed=names.encode(), folder=Path(folder))

    def _signed(self) -> Git:
        """Git with somebody to name as author: who its settings name, or else imagebuild."""
        names: dict[str, str] = {}
        for role in ("AUTHOR", "COMMITTER"):
            if self.git.says("-c", "user.useConfigOnly=true", "var", f"GIT_{role}_IDENT") is None:
                names |= {f"GIT_{role}_NAME": _NOBODY, f"GIT_{role}_EMAIL": f"{_NOBODY}@localhost"}
        return self.git.on(**names)

    def _move(self, commit: str, head: str | None) -> None:
        try:
            self.git("update-ref", "-m", "imagebuild publish", self.ref, commit, head or "0" * len(commit))
        except GitFault as fault:
            if self.local_tip() != head:
                raise MovedError from fault
            raise

    def _follow(self, commit: str, head: str | None, notice: Callable[[str], None]) -> None:
        """Move the branch of this repository along with the one that was pushed, unless it holds work of its own."""
        local = self.local_tip()
        if local == commit:
            return
        behind = local is None or local == head
        if behind or self.git.says("merge-base", "--is-ancestor", str(local), commit) is not None:
            self._move(commit, local)
        else:
            notice(f"the branch '{self.name}' of this repository holds commits of its own; it was left where it is")


@contextmanager
def open_branch(
    git: Git, name: str, *, remote: str | None, repository: str | None, where: str, dry_run: bool, whole: bool
) -> Iterator[Branch]:
    """The branch of the project's repository, or of ``repository`` by its address.

    A dry run leaves what it fetches in a passing folder. Raises :class:`PublishError`.
    """
    with tempfile.TemporaryDirectory(prefix="imagebuild-") as folder:
        scratch = Path(folder)
        if repository is not None:
            directory = scratch / "repository.git"
            git("init", "--quiet", "--bare", "--template=", str(directory))
            yield Branch(git.at(directory).asks_nobody(), name, repository, where, False, whole, scratch)
            return
        found = git.says("rev-parse", "--absolute-git-dir")
        if found is None:
            _explain_absence(git)
        own = git.at(Path(str(found)))
        if remote is not None and own.says("remote", "get-url", remote) is None:
            known = " ".join(own.text("remote").split())
            hint = f"its remotes: {known}" if known else f"git remote add {remote} URL, or write push: false"
            raise PublishError(f"this repository has no remote '{remote}'", hint=hint)
        if dry_run:
            own = own.on(**_passing(own, git, scratch))
        yield Branch(own.asks_nobody(), name, remote, where, True, whole, scratch)


def _explain_absence(git: Git) -> None:
    try:
        git("rev-parse", "--absolute-git-dir")
    except GitFault as fault:
        if "dubious ownership" in fault.text:
            raise fault.explain("this repository") from fault
        hint = "git init, or name one: repository: URL"
        raise PublishError("the project is in no git repository", hint=hint) from fault


def _passing(own: Git, git: Git, scratch: Path) -> Mapping[str, str]:
    """An environment in which new objects go into a folder that is gone afterwards, as git's own quarantine does."""
    objects = scratch / "objects"
    objects.mkdir()
    there = (git.folder / own.text("rev-parse", "--git-path", "objects")).resolve()
    return {"GIT_OBJECT_DIRECTORY": str(objects), "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(there)}
