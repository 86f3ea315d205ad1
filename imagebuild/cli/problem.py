"""An error as people read it: place and message, the source line with a caret under the place, a hint."""

from __future__ import annotations

from collections.abc import Sequence

from imagebuild.cli.text import Line, cells, clean, count
from imagebuild.errors import Place, Problem, SpecError

__all__ = ["problem_lines", "spec_error_lines"]

_TAB = 4


def spec_error_lines(error: SpecError, *, width: int | None = None) -> list[Line]:
    """All problems of a spec, and how many they are."""
    lines: list[Line] = []
    for problem in error.problems:
        lines += [*problem_lines(problem, width=width), []]
    files = list(dict.fromkeys(problem.place.file for problem in error.problems if problem.place))
    where = f" in {', '.join(files[:3])}{' …' if len(files) > 3 else ''}" if files else ""
    if len(error.problems) == 1:
        return lines[:-1]
    return [*lines, [(f"{count(len(error.problems), 'problem')}{where}", "bold")]]


def problem_lines(problem: Problem, *, width: int | None = None, lead: str = "error: ") -> list[Line]:
    """One problem; ``width`` in columns crops a long source line about its place, ``lead`` stands where no place is."""
    head, *rest = problem.message.split("\n")
    first: Line = [(f"{problem.place}: ", "bold") if problem.place else (lead, "bold red"), (head, "bold")]
    lines: list[Line] = [first, *([line] for line in rest)]
    if problem.place:
        lines += _source_lines(problem.place, width)
    if problem.hint:
        hint, *more = problem.hint.split("\n")
        lines += [[("hint:", "bold cyan"), " ", hint], *([f"      {line}"] for line in more)]
    return lines


def _source_lines(place: Place, width: int | None) -> list[Line]:
    if place.line is None or place.source is None:
        return []
    number = str(place.line)
    gutter = f"{number:>5} | "
    if place.column is None:
        return [[(gutter, "dim"), _shown(place.source)]]
    start = max(0, place.column - 1)
    before = _shown(place.source[:start])
    marked = _shown(place.source[start : start + place.length], cells(before))
    after = _shown(place.source[start + place.length :], cells(before) + cells(marked))
    if width is not None:
        before, after = _window(before, marked, after, width - len(gutter))
    caret = " " * cells(before) + "^" * max(1, cells(marked))
    return [
        [(gutter, "dim"), before, marked, after],
        [(" " * (len(gutter) - 2) + "| ", "dim"), (caret, "bold red")],
    ]


def _shown(text: str, at: int = 0) -> str:
    """``text`` made harmless, its tabs turned into the spaces they stand for at column ``at``."""
    parts: Sequence[str] = clean(text.replace("\n", " ")).split("\t")
    shown = parts[0]
    for part in parts[1:]:
        shown += " " * (_TAB - (at + cells(shown)) % _TAB) + part
    return shown


def _window(before: str, marked: str, after: str, room: int) -> tuple[str, str]:
    """What stands about the marked text, so that a long line keeps to the terminal."""
    room = max(room, 20)
    if cells(before + marked + after) <= room:
        return before, after
    keep = max(8, (room - min(cells(marked), room)) * 2 // 3)
    if cells(before) > keep:
        while before and cells(before) > keep - 1:
            before = before[1:]
        before = "…" + before
    left = max(0, room - cells(before) - cells(marked) - 1)
    if cells(after) > left:
        while after and cells(after) > left:
            after = after[:-1]
        after += "…"
    return before, after
