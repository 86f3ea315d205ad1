"""What git knows of a project: files as they were, versions of the lock, and both sides of a merge. Only looks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from imagebuild.errors import UsageError

if TYPE_CHECKING:
    from subprocess import CompletedProcess

__all__ = ["Repository", "Version"]

_SECONDS = 60
_AT_ONCE = 32
_FORMAT = "%x00%H %ct"
_SAFE = (
    *("-c", "safe.bareRepository=explicit"),  # git 2.38 and newer; the others are for older ones
    *("-c", "core.fsmonitor=false"),
    *("-c", "log.showSignature=false"),
)


class Version(Struct, frozen=True):
    """A commit that changed a file. ``time`` is in seconds since the epoch; ``added`` are the lines that came in."""

    commit: str
    time: int
    added: tuple[str, ...]


class Repository:
    """The git repository around a project's folder; paths are relative to the project, with forward slashes."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def around(cls, root: Path) -> Repository | None:
        """The repository of a project; None where there is none, or no git."""
        import subprocess

        found = cls(root)
        try:
            answer = found._run("rev-parse", "--is-inside-work-tree")
        except (OSError, subprocess.SubprocessError):
            return None
        return found if answer.returncode == 0 and answer.stdout.strip() == b"true" else None

    def commit_of(self, revision: str) -> str:
        """The commit that a revision names. Raises ``UsageError``."""
        answer = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if answer.returncode:
            hint = "name a branch, a tag or a commit that this clone has: 'git fetch' brings those of others"
            raise UsageError(f"git knows no revision '{revision}'", hint=hint)
        return answer.stdout.decode().strip()

    def file_at(self, revision: str, path: str) -> bytes | None:
        """A file as it was at a revision; None where it was not there. Raises ``UsageError``."""
        return self._show(f"{self.commit_of(revision)}:./{path}")

    def side(self, number: int, path: str) -> bytes | None:
        """A file on one side of a merge that git could not finish: 1 the common base, 2 ours, 3 theirs."""
        return self._show(f":{number}:./{path}")

    def merge_base(self, first: str, second: str) -> str | None:
        """The best common ancestor of two revisions; None where there is none, or one of them is unknown."""
        answer = self._run("merge-base", "--end-of-options", first, second)
        return answer.stdout.decode().strip() if answer.returncode == 0 else None

    def heads(self) -> list[str]:
        """The commits at the tip of every branch, tag, remote branch and the stash, and of HEAD; each once."""
        answer = self._run("for-each-ref", "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname)")
        rows = (line.split() for line in answer.stdout.decode().splitlines())
        found = [row[index + 1] for row in rows for index in (0, 2) if len(row) > index + 1 and row[index] == "commit"]
        head = self._run("rev-parse", "--verify", "--quiet", "HEAD")
        return list(dict.fromkeys([*head.stdout.decode().split(), *found]))

    def files_at(self, commits: Iterable[str], path: str) -> list[bytes]:
        """The different contents that a file has at these commits, by two calls of git. Raises OSError."""
        names = [f"{commit}:./{path}" for commit in commits]
        found = [line.split() for line in self._asked("--batch-check", names).splitlines()]
        blobs = dict.fromkeys(line[0].decode() for line in found if line[1:2] == [b"blob"])
        rest, contents = self._asked("--batch", blobs), []
        while rest:
            head, _, rest = rest.partition(b"\n")
            size = int(head.split()[2])
            contents.append(rest[:size])
            rest = rest[size + 1 :]
        return contents

    def _asked(self, how: str, names: Iterable[str]) -> bytes:
        """What ``git cat-file`` says to these names. Raises OSError."""
        answer = self._run("cat-file", how, sent="".join(f"{name}\n" for name in names).encode())
        if answer.returncode:
            raise OSError(answer.stderr.decode("utf-8", "replace").strip() or "git ended with an error")
        return answer.stdout

    def blobs(self, commit: str, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Many files as they were at a commit, each with None where it was not there; a few at a time in memory."""
        waiting = list(paths)
        while waiting:
            some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            plain = [path for path in some if "\n" not in path]  # git reads a name a line
            names = b"".join(os.fsencode(f"{commit}:./{path}\n") for path in plain)
            rest = self._run("cat-file", "--batch", sent=names).stdout
            for path in plain:
                head, _, rest = rest.partition(b"\n")
                kind = head.rsplit(b" ", 2)[1:]
                size = int(kind[1]) if len(kind) == 2 and kind[1].isdigit() else None
                yield path, rest[:size] if size is not None and kind[0] == b"blob" else None
                rest = rest if size is None else rest[size + 1 :]
            yield from ((path, self._show(f"{commit}:./{path}")) for path in some if "\n" in path)

    def changed(self, revision: str) -> list[str]:
        """The files of the project that are other ones than at a revision, with those git does not know yet, sorted.

        Ignored files are not among them. Raises ``UsageError``.
        """
        commit = self.commit_of(revision)
        quiet = ("--no-ext-diff", "--no-renames", "--ignore-submodules=all")
        differing = self._run("diff", "--name-only", "-z", "--relative", *quiet, commit, "--", ".")
        unknown = self._run("ls-files", "-z", "--others", "--exclude-standard", "--", ".")
        names = {*differing.stdout.split(b"\0"), *unknown.stdout.split(b"\0")} - {b""}
        return sorted(os.fsdecode(name) for name in names)

    def paths(self, commit: str) -> set[str]:
        """Every file of the project that a commit has."""
        answer = self._run("ls-tree", "-r", "-z", "--name-only", "--end-of-options", commit)
        return {os.fsdecode(name) for name in answer.stdout.split(b"\0") if name}

    def tracks(self, path: str) -> bool:
        """Whether git has a file, or something in a folder: in the index or at HEAD, in whatever spelling."""
        index = self._run("ls-files", "-z", "--", f":(icase){path}")
        head = self._run("ls-tree", "-r", "-z", "--name-only", "HEAD")
        names = (os.fsdecode(name).casefold() for name in (*index.stdout.split(b"\0"), *head.stdout.split(b"\0")))
        return any(name == path.casefold() or name.startswith(f"{path.casefold()}/") for name in names)

    def attribute(self, name: str, path: str) -> str:
        """What .gitattributes say of a file: a value, ``set``, ``unset`` or ``unspecified``."""
        answer = self._run("check-attr", "-z", name, "--", path)
        fields = answer.stdout.split(b"\0")
        return fields[2].decode("utf-8", "replace") if answer.returncode == 0 and len(fields) > 2 else "unspecified"

    @property
    def prefix(self) -> str:
        """Where the project lies in the repository: empty, or a path that ends with a slash."""
        return os.fsdecode(self._run("rev-parse", "--show-prefix").stdout.rstrip(b"\n"))

    def versions(self, path: str) -> Iterator[Version]:
        """Every commit of every branch that changed a file, newest first."""
        answer = self._run(
            "log",
            "--all",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "-m",
            "-p",
            "-U0",
            f"--format={_FORMAT}",
            "--",
            path,
        )
        for part in answer.stdout.decode("utf-8", "replace").split("\x00")[1:]:
            head, _, patch = part.partition("\n")
            commit, time = head.split()
            lines = patch.split("\n")
            yield Version(
                commit, int(time), tuple(line[1:] for line in lines if line[:1] == "+" and line[:4] != "+++ ")
            )

    def _show(self, name: str) -> bytes | None:
        answer = self._run("cat-file", "blob", name)
        return answer.stdout if answer.returncode == 0 else None

    def _run(self, *words: str, sent: bytes = b"") -> CompletedProcess[bytes]:
        """One call of git that reads. It asks nobody, starts no pager and takes no locks.

        Nor does it run anything that the project names. A commit can hold no ``.git``, and all that lets git run a
        program stands in its configuration there; but a folder of the commit can look like a bare repository, with a
        configuration of its own.
        """
        import subprocess  # many builds ask git nothing

        environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        return subprocess.run(  # noqa: S603 - words of our own, a revision only after --end-of-options
            ["git", "-C", os.fspath(self._root), *_SAFE, *words],  # noqa: S607 - the git of the user's path
            capture_output=True,
            check=False,
            env=environ,
            timeout=_SECONDS,
            input=sent,
        )
