"""Git itself: called so that it asks nobody and runs no hook, with errors that name their cause."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from copy import copy
from pathlib import Path

from imagebuild.errors import PublishError
from imagebuild_publish.program import find_program, run_program
from imagebuild_publish.secret import scrub

__all__ = ["Git", "GitFault"]

_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "i18n.commitEncoding=utf-8",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
)
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
_PLACES = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
    "GIT_QUARANTINE_PATH", "GIT_TRACE",
)  # fmt: skip  # what a hook of git finds in its environment would lead to another repository

_DENIED = re.compile(
    r"could not read (?:Username|Password)|terminal prompts disabled|Authentication failed|Permission denied"
    r"|Permission to .* denied|Host key verification failed|The requested URL returned error: 40[13]"
)
_UNREACHABLE = re.compile(
    r"Could not resolve host|Connection (?:refused|timed out|reset)|Network is unreachable|No route to host"
    r"|Failed to connect|Couldn't connect"
)
_ABSENT = re.compile(
    r"does not appear to be a git repository|[Rr]epository .*not found|No such remote|does not exist"
    r"|The requested URL returned error: 404"
)
_FOREIGN = re.compile("dubious ownership")
_CUT_OFF = re.compile("shallow update not allowed")
_CAUSES = {
    _DENIED: (
        "{where} does not accept the credentials, or there are none",
        "git is not asked for any: set up an SSH key or a credential helper; in CI let the checkout keep its own",
    ),
    _UNREACHABLE: ("{where} cannot be reached", "look at its address and at the network, then run it again"),
    _ABSENT: ("{where} is no git repository that can be found", "correct 'remote' or 'repository'"),
    _FOREIGN: (
        "git does not trust the repository of this project, which belongs to another user",
        'git config --global --add safe.directory "$(pwd)"',
    ),
    _CUT_OFF: ("{where} takes nothing from a repository with part of its history", "git fetch --unshallow"),
}


class GitFault(Exception):
    """Git ended with an error; ``text`` is what it said."""

    def __init__(self, command: str, text: str) -> None:
        super().__init__(text)
        self.command = command
        self.text = text

    def explain(self, where: str) -> PublishError:
        """The error to raise for it; ``where`` is who git spoke to."""
        for pattern, (message, hint) in _CAUSES.items():
            if pattern.search(self.text):
                return PublishError(message.format(where=where), hint=hint)
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        telling = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))] or lines
        said = " ".join("; ".join(telling[-3:]).split())[:400]
        return PublishError(f"'git {self.command}' failed: {said or 'it did not say why'}")


class Git:
    """Git, run in ``folder`` for at most ``seconds`` a call.

    It works on the repository of a git directory, or of the folder. Raises :class:`PublishError` when it is missing.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], seconds: float) -> None:
        self.folder = folder
        self._program = find_program("git", folder, environ)
        self._environ = {name: value for name, value in environ.items() if name not in _PLACES} | _QUIET
        self._seconds = seconds
        self._place: tuple[str, ...] = ()

    def at(self, directory: Path) -> Git:
        """The same on the repository of this git directory."""
        git = copy(self)
        git._place = (f"--git-dir={directory}",)
        return git

    def on(self, **more: str) -> Git:
        """The same with more in its environment."""
        git = copy(self)
        git._environ = {**self._environ, **more}
        return git

    def asks_nobody(self) -> Git:
        """The same, with an ssh that asks for no password, unless somebody has set up which is to be called."""
        if "GIT_SSH_COMMAND" in self._environ or "GIT_SSH" in self._environ or self.says("config", "core.sshCommand"):
            return self
        return self.on(GIT_SSH_COMMAND="ssh -oBatchMode=yes")

    def __call__(self, *arguments: str, feed: bytes = b"", folder: Path | None = None) -> bytes:
        """What git writes. Raises :class:`GitFault`."""
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        ending = run_program(
            [self._program, *settings, *self._place, *arguments],
            folder=folder or self.folder,
            environ=self._environ,
            seconds=self._seconds,
            feed=feed,
            apart=True,
        )
        if ending.code == 0:
            return ending.output
        command = next(word for word in arguments if not word.startswith("-"))
        if ending.code is None:
            raise PublishError(f"'git {command}' took longer than {self._seconds:g} seconds", hint="raise 'seconds'")
        said = (ending.errors + b"\n" + ending.output).decode("utf-8", "replace")
        raise GitFault(command, scrub(said, self._environ))

    def text(self, *arguments: str, feed: bytes = b"") -> str:
        """What git writes, as a line. Raises :class:`GitFault`."""
        return self(*arguments, feed=feed).decode("utf-8", "surrogateescape").strip()

    def says(self, *arguments: str) -> str | None:
        """What git writes, as a line; None where it ends with an error."""
        try:
            return self.text(*arguments)
        except GitFault:
            return None
