"""The cards of all targets, kept: after a change only those that it may concern are made anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from imagebuild.errors import ImageBuildError
from imagebuild.project import Project
from imagebuild.studio.card import cards_of
from imagebuild.studio.news import problem_views
from imagebuild.view import ProblemView, TargetCard

__all__ = ["Board"]


class Board:
    """For many threads. ``problems`` are those of the spec: while there are any, the cards are of the last good one.

    ``name`` is shown each new card before anybody else is.
    """

    def __init__(self, project: Project, name: Callable[[TargetCard], None]) -> None:
        self._project = project
        self._name = name
        self._work = threading.Lock()
        self._guard = threading.Lock()
        self._stale: set[str] | None = None
        self.cards: dict[str, TargetCard] = {}
        self.problems: tuple[ProblemView, ...] = ()
        self.version = 0

    def mark(self, ids: Iterable[str] | None) -> None:
        """Some targets may stand otherwise now, and what rests on them; None: all, and there may be others."""
        with self._guard:
            if ids is None:
                self._stale = None
            elif self._stale is not None:
                self._stale.update(ids)

    def update(self) -> None:
        """Make the cards anew that were marked. A spec that is wrong shows in ``problems``."""
        with self._work:
            with self._guard:
                stale = self._stale
                if stale is not None and not stale:
                    return
                self._stale = set()
            try:
                cards = self._made(stale)
            except ImageBuildError as error:
                with self._guard:
                    self._stale = None if stale is None else stale | (self._stale or set())
                problems = problem_views(error)
                if problems != self.problems:
                    self.problems, self.version = problems, self.version + 1
                return
            new = [card for name, card in cards.items() if self.cards.get(name) is not card]
            for card in new:
                self._name(card)
            if new or self.problems or len(cards) != len(self.cards):
                self.version += 1
            self.cards, self.problems = cards, ()

    def show(self, error: Exception | None) -> None:
        """What is wrong with the spec, as somebody else has found; None: nothing any more."""
        with self._work:
            self.problems, self.version = problem_views(error) if error else (), self.version + 1

    def some(self, ids: Sequence[str]) -> tuple[TargetCard, ...]:
        """Cards of some targets; those that are no more are left out."""
        cards = self.cards
        return tuple(cards[name] for name in ids if name in cards)

    def _made(self, stale: set[str] | None) -> dict[str, TargetCard]:
        known = self.cards
        if stale is None or not known:
            with self._project.session() as session:
                new = cards_of(session, session.spec.targets)
            return {name: card if known.get(name) != card else known[name] for name, card in new.items()}
        targets = self._project.spec().targets
        there = [name for name in stale if name in targets]
        new = {}
        if there:
            with self._project.session(there, resting=True) as session:
                new = cards_of(session, session.graph.finals)
        made = {name: card for name, card in new.items() if card != known.get(name)}
        return {name: made.get(name) or known[name] for name in targets if name in made or name in known}
