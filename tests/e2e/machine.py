"""Somebody's machine: a clone, a home of its own, and a door that lets nothing out but what a test allows.

Python's own audit hook watches every socket of the process, so that nothing gets around it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

__all__ = ["Machine", "Said"]

LEFT_OUT = ("OPENAI_", "AZURE_", "IMAGEBUILD_", "GITHUB_", "AWS_", "GIT_", "LC_", "LANG", "XDG_", "PYTHON")
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind")
GUARD = f"""
import atexit, json, os, sys

refused = []

def watch(event, args):
    if event in {WATCHED!r}:
        refused.append(f"{{event}} {{[str(each) for each in args]}}")
        raise ConnectionRefusedError(f"this test lets nobody out: {{event}}")

def tell():
    with open(os.environ["TOLD"], "w", encoding="utf-8") as file:
        json.dump({{"refused": refused, "modules": sorted(sys.modules)}}, file)

sys.addaudithook(watch)
atexit.register(tell)
"""


class Said(Struct, frozen=True):
    """What a command said: its exit code, its events, what people read, and what it did behind a closed door."""

    code: int
    out: str
    text: str
    refused: tuple[str, ...] = ()
    modules: frozenset[str] = frozenset()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]


class Machine(Struct, frozen=True):
    """``environ`` is what is set beside the bare minimum. ``shut`` closes the door and notes who knocks."""

    root: Path
    home: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    shut: bool = False
    umask: int = -1

    def run(self, *words: str, code: int = 0) -> Said:
        """One command of imagebuild."""
        self.home.mkdir(parents=True, exist_ok=True)
        environ = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
        for name in [name for name in environ if name.endswith("_API_KEY")]:
            del environ[name]
        environ |= {"HOME": str(self.home), "USERPROFILE": str(self.home), "PYTHONUTF8": "1", "NO_COLOR": "1"}
        environ |= {"IMAGEBUILD_HOME": str(self.home / "pictures"), **self.environ}
        told = self.home / "told.json"
        if self.shut:
            guard = self.home / "guard"
            guard.mkdir(exist_ok=True)
            (guard / "sitecustomize.py").write_text(GUARD, "utf-8")
            environ |= {"PYTHONPATH": str(guard), "TOLD": str(told)}
        answer = subprocess.run(
            [sys.executable, "-m", "imagebuild", *words],
            cwd=self.root,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            umask=self.umask,
        )
        assert answer.returncode == code, answer.stdout + answer.stderr
        if not self.shut:
            return Said(answer.returncode, answer.stdout, answer.stderr)
        seen = json.loads(told.read_text("utf-8"))
        told.unlink()
        return Said(answer.returncode, answer.stdout, answer.stderr, tuple(seen["refused"]), frozenset(seen["modules"]))

    def git(self, *words: str, code: int = 0) -> str:
        """One command of git, as nobody's own configuration would have it."""
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C"}
        answer = subprocess.run(
            ["git", *who, *words],
            cwd=self.root,
            env=environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            umask=self.umask,
        )
        assert answer.returncode == code, answer.stdout + answer.stderr
        return answer.stdout

    def commit(self, message: str) -> None:
        """Commit all there is."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def clone(
        self,
        root: Path,
        home: Path,
        environ: Mapping[str, str],
        *,
        shut: bool = True,
        umask: int = -1,
    ) -> Machine:
        """What another machine gets from git."""
        root.parent.mkdir(parents=True, exist_ok=True)
        there = Machine(root, home, environ, shut, umask)
        Machine(root.parent, home, umask=umask).git("clone", "-q", str(self.root), root.name)
        return there

    def edit(self, old: str, new: str) -> None:
        """Replace what is there once in the spec."""
        path = self.root / "imagebuild.yaml"
        text = path.read_text("utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), "utf-8", newline="\n")

    def tree(self, *folders: str) -> dict[str, str]:
        """The digests of all files in some folders, by path."""
        files = (path for folder in folders for path in sorted((self.root / folder).rglob("*")) if path.is_file())
        return {path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    def lock(self) -> bytes:
        """The lock's bytes."""
        return (self.root / "imagebuild.lock").read_bytes()
