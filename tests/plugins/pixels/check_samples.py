"""Short ways to run a check as a build does, with options as a spec states them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from imagebuild import Check, CheckContext, CheckResult, Picture


def judged(
    check: Check,
    options: Mapping[str, Any],
    *pictures: Picture,
    files: Mapping[str, Picture] | None = None,
    **wanted: Any,
) -> CheckResult:
    """The verdict; there must be nothing wrong with the options. ``wanted`` are further fields of the context."""
    resolved = check.resolve(options)
    assert resolved.problems == ()
    return check.check(pictures, CheckContext("hero", resolved.options, files or {}, **wanted))


def problems(check: Check, options: Mapping[str, Any]) -> list[str]:
    return [problem.message for problem in check.resolve(options).problems]


def labelled(picture: Picture, **labels: str | int) -> Picture:
    return replace(picture, labels=labels)


SVG = Picture(b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>', "image/svg+xml")
STYLE = Picture(b".hero { width: 8px }", "text/css")
