"""Gathers what is wrong, so that all of it is shown at once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from imagebuild.errors import Place, Problem, SpecError
from imagebuild.spec.node import Node
from imagebuild.spec.secret import mask

__all__ = ["Problems", "TooManyProblems", "suggest"]

_MOST = 1000
_COMPARED = 30_000  # near names are looked for among so many in all: comparing is slow


class TooManyProblems(Exception):
    """Enough has been found; going on would only cost time."""


class Problems:
    """A list of problems without repetitions. ``incomplete`` says that a part of the spec could not be read."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Place | None], Problem] = {}
        self.incomplete = False
        self._compare = _COMPARED

    def suggest(self, word: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
        """As :func:`suggest`, with a bound on the work of all suggestions together."""
        names = list(islice(known, self._compare))
        self._compare -= len(names)
        return suggest(word, names, otherwise)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, message: str, at: Node | Place | None, hint: str | None = None) -> None:
        """Note one problem at a node or place. Raises `TooManyProblems` beyond a thousand."""
        place = at if at is None or isinstance(at, Place) else at.source.place(at.start, at.end)
        message = mask(message)
        if (message, place) in self._found:
            return
        if len(self._found) >= _MOST:
            raise TooManyProblems
        self._found[message, place] = Problem(message, place, mask(hint) if hint else None)

    def raise_if_any(self) -> None:
        """Raise `SpecError` with every problem in the order of files, lines and columns."""
        if self._found:
            raise SpecError(sorted(self._found.values(), key=_order))


def _order(problem: Problem) -> tuple[bool, str, int, int]:
    place = problem.place
    if place is None:
        return (True, "", 0, 0)
    return (False, place.file, place.line or 0, place.column or 0)


def suggest(word: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """``did you mean 'quality'?``, or ``otherwise`` where nothing known is near ``word``."""
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(word[:100], names, n=1)
    if not near:
        folded = {name.casefold(): name for name in names}
        near = [folded[word.casefold()]] if word.casefold() in folded else []
    return f"did you mean '{near[0]}'?" if near else otherwise
