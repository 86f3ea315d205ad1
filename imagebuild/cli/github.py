"""GitHub Actions: problems as annotations on the lines of files, and a summary of the build on the run's page."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from imagebuild.cli.markup import markdown_text
from imagebuild.cli.text import clean
from imagebuild.errors import Problem

if TYPE_CHECKING:
    from imagebuild.outcome import Failure

__all__ = ["annotation", "summary"]

_MOST = 100


def annotation(problem: Problem, folder: str = "", *, level: Literal["error", "warning"] = "error") -> str:
    """The runner's command that puts a problem on its line of its file; ``folder`` is the project's in the checkout."""
    fields = []
    if problem.place:
        file = posixpath.normpath(posixpath.join(folder, problem.place.file))
        given = {"file": file, "line": problem.place.line, "col": problem.place.column}
        fields = [f"{name}={_property(str(value))}" for name, value in given.items() if value is not None]
    text = problem.message + (f"\nhint: {problem.hint}" if problem.hint else "")
    return f"::{level}{' ' if fields else ''}{','.join(fields)}::{_data(clean(text))}"


def _data(text: str) -> str:
    """Escapes of github.com/actions/toolkit, packages/core/src/command.ts."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")


def summary(headline: str, failures: Sequence[Failure], written: Iterable[str], waiting: Iterable[str] = ()) -> str:
    """Markdown for the run's page; all text is shown as it is, never as markup."""
    lines = ["### imagebuild", "", markdown_text(headline), ""]
    if failures:
        lines += ["| failed | why | hint |", "| --- | --- | --- |"]
        cells = ((each.label or each.target, str(each.error), each.error.hint or "") for each in failures)
        lines += [f"| {' | '.join(map(markdown_text, row))} |" for row in cells]
        lines.append("")
    lines += [*_folded("pictures that are not there yet", waiting), *_folded("files written", written)]
    return "\n".join(lines) + "\n"


def _folded(title: str, names: Iterable[str]) -> list[str]:
    """A list that is shown when its title is clicked; nothing when it is empty."""
    given = list(names)
    if not given:
        return []
    shown = [f"<li><code>{markdown_text(name)}</code></li>" for name in given[:_MOST]]
    more = [f"<li>and {len(given) - _MOST} more</li>"] if len(given) > _MOST else []
    return [f"<details><summary>{title}</summary><ul>", *shown, *more, "</ul></details>", ""]
