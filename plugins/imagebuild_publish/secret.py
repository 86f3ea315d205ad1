"""Keys and passwords: none may be an option, and none gets into a message."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from imagebuild import ResolvedOptions

__all__ = ["holds_password", "scrub", "without_secrets"]

_NAME = re.compile(
    r"(?i)(?:^|[_-])(?:(?:access|account|api|private|secret|sas|signing)[_-]?)?"
    r"(?:key|keys|secret|password|passwd|token|credentials?|authorization|sas)(?:[_-]?id)?(?:$|[_-])"
)
_SHORTEST = 6  # what is shorter may be a word of the message
_LONGEST_USER = 24  # what is longer is a token
_USER = re.compile(r"(?<=://)[^/@\s'\"]+@")
_QUERY = re.compile(r"(https?://[^\s?'\"<>]+)\?[^\s'\"<>]*")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def without_secrets(resolved: ResolvedOptions, hint: str) -> ResolvedOptions:
    """What was resolved; where it does not know an option because that is a key, the problem says so with ``hint``."""
    problems = tuple(
        replace(problem, message=f"'{problem.field}' may not stand in a spec", hint=hint)
        if problem.unknown and _NAME.search(problem.field)
        else problem
        for problem in resolved.problems
    )
    return replace(resolved, problems=problems)


def holds_password(url: str) -> bool:
    """Whether an address has a password, or anything else that is no user's name alone."""
    match = _USER.search(url)
    return match is not None and (":" in match[0] or len(match[0]) > _LONGEST_USER)


def scrub(text: str, environ: Mapping[str, str]) -> str:
    """The text of another program, fit to be shown.

    Without values of variables that are named like keys, users and queries of addresses, and control characters.
    """
    values = [value for name, value in environ.items() if len(value) >= _SHORTEST and _NAME.search(name)]
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "***")
    return _CONTROL.sub("", _QUERY.sub(r"\1", _USER.sub("***@", text)))
