"""GitHub Actions: problems as annotations on the lines of files, and a summary of the build on the run's page."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from imagebuild.cli.text import clean
from imagebuild.errors import Problem

if TYPE_CHECKING:
    from imagebuild.outcome import Failure

__all__ = ["annotation", "summary"]


def annotation(problem: Problem, folder: str = "") -> str:
    """The runner's command that puts a problem on its line of its file; ``folder`` is the project's in the checkout."""
    fields = []
    if problem.place:
        file = posixpath.normpath(posixpath.join(folder, problem.place.file))
        given = {"file": file, "line": problem.place.line, "col": problem.place.column}
        fields = [f"{name}={_property(str(value))}" for name, value in given.items() if value is not None]
    text = problem.message + (f"\nhint: {problem.hint}" if problem.hint else "")
    return f"::error{' ' if fields else ''}{','.join(fields)}::{_data(clean(text))}"


def _data(text: str) -> str:
    """Escapes of github.com/actions/toolkit, packages/core/src/command.ts."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")


def summary(headline: str, failures: Sequence[Failure], written: Iterable[str]) -> str:
    """Markdown for the run's page; all text is shown as it is, never as markup."""
    lines = ["### imagebuild", "", _text(headline), ""]
    if failures:
        lines += ["| failed | why | hint |", "| --- | --- | --- |"]
        lines += [
            f"| {_text(each.label or each.target)} | {_text(str(each.error))} | {_text(each.error.hint or '')} |"
            for each in failures
        ]
        lines.append("")
    paths = list(written)
    if paths:
        shown = [f"<li><code>{_text(path)}</code></li>" for path in paths[:100]]
        more = [f"<li>and {len(paths) - 100} more</li>"] if len(paths) > 100 else []
        lines += ["<details><summary>files written</summary><ul>", *shown, *more, "</ul></details>", ""]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Text that Markdown shows literally."""
    safe = html.escape(" ".join(clean(text).split()), quote=False)
    return "".join(f"&#{ord(letter)};" if letter in "|`*_[]()!~\\@:" else letter for letter in safe)
