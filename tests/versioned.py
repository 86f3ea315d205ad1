"""git as tests call it: with a name, and without what the machine's own settings say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

__all__ = ["GIT", "git"]

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_EDITOR": "true",
}


def git(folder: Path, *words: str, fails: bool | None = False) -> str:
    """What one command says. It succeeds; with ``fails`` it does not, and with None it may do either."""
    answer = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **GIT}, capture_output=True, text=True, check=False
    )
    assert fails is None or (answer.returncode != 0) == fails, answer.stdout + answer.stderr
    return answer.stdout.rstrip("\n")
