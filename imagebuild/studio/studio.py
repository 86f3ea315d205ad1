"""A project that is open for whoever looks at it and chooses: the studio that viewers are handed."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence

from msgspec import to_builtins

from imagebuild.budget import Budget
from imagebuild.digest import Json
from imagebuild.event import (
    BuildFinished,
    BuildStarted,
    Event,
    OutputWritten,
    PurchasesWaiting,
    SpecBroken,
    SpecMended,
)
from imagebuild.project import Project
from imagebuild.session import STATE_FOLDER
from imagebuild.studio.board import Board
from imagebuild.studio.desk import Desk
from imagebuild.studio.detail import target_view
from imagebuild.studio.errand import Errand, price_of
from imagebuild.studio.news import Newsroom, news_of, problem_views
from imagebuild.studio.shelf import PictureShelf
from imagebuild.view import Overview, PriceView, TargetCard, TargetView
from imagebuild.viewer import News, StoredPicture, Studio, Task, TaskState

__all__ = ["ProjectStudio"]


class ProjectStudio(Studio):
    """The studio of a project; close it when nobody looks on any more.

    ``budget`` is what may be spent while it is open, shared with a watcher beside it; without one nothing is bought.
    ``watching`` says that saves lead to builds.
    """

    def __init__(self, project: Project, *, budget: Budget | None = None, watching: bool = False) -> None:
        project.keep_warm()
        self.token = secrets.token_urlsafe(32)
        self.folder = project.root / STATE_FOLDER
        self._project = project
        self._budget = budget
        self._watching = watching
        self._stop = 0
        self._building = 0
        self._guard = threading.Lock()
        self._news = Newsroom()
        self._shelf = PictureShelf(project.root, project.home)
        self._board = Board(project, self._shelf.name)
        errand = Errand(project, budget, self.hear, lambda: self._stop)
        self._desk = Desk(errand, tell=self._tell_task, done=self.refresh)

    def close(self) -> None:
        """Begin nothing more, wait for what is in flight, and keep it."""
        self._stop = max(self._stop, 1)
        self._desk.close()

    def hear(self, event: Event) -> None:
        """Take an event of a build, in whatever thread it comes."""
        match event:
            case BuildStarted() | BuildFinished():
                with self._guard:
                    self._building = max(0, self._building + (1 if isinstance(event, BuildStarted) else -1))
                    running = self._building > 0
                self._news.tell("build", {"running": running, "spent_usd": self._spent})
            case SpecBroken():
                self._board.show(event.error)
                problems: list[Json] = [to_builtins(each) for each in problem_views(event.error)]
                self._news.tell("problems", {"problems": problems})
            case SpecMended():
                self._board.show(None)
                self._news.tell("problems", {"problems": []})
            case OutputWritten():
                self.refresh((event.target,))
            case PurchasesWaiting():
                self.refresh(event.targets)
            case _:
                if (news := news_of(event)) is not None:
                    self._news.tell(*news)

    def refresh(self, ids: Sequence[str] | None) -> None:
        """The state of some targets may be another now; None: of all, or there are others."""
        if ids is None or ids:
            self._board.mark(ids)
            listed: list[Json] | None = None if ids is None else list(ids)
            self._news.tell("targets", {"ids": listed})

    def overview(self) -> Overview:
        """All targets in brief."""
        self._board.update()
        return self._overview(tuple(self._board.cards.values()))

    def card_views(self, targets: Sequence[str]) -> Overview:
        """Some targets in brief."""
        self._board.update()
        return self._overview(self._board.some(targets))

    def target(self, name: str) -> TargetView:
        """All about one target. Raises ``UsageError``, and ``SpecError`` while the spec is wrong."""
        with self._project.session([name]) as session:
            view = target_view(session, name)
        self._shelf.name(view)
        return view

    def picture(self, digest: str) -> StoredPicture:
        """A picture that a view has named."""
        return self._shelf.picture(digest)

    def partial(self, file: str) -> StoredPicture:
        """A partial picture that news have named."""
        return self._shelf.partial(file)

    def price(self, task: Task) -> PriceView:
        """What a purchase would cost now."""
        return price_of(self._project, task, self._budget)

    def submit(self, task: Task) -> TaskState:
        """Have something done."""
        return self._desk.submit(task)

    def tasks(self) -> tuple[TaskState, ...]:
        """Tasks that are not done, and the last ones that are."""
        return self._desk.tasks()

    def subscribe(self, hear: Callable[[News], None], *, after: int | None = None) -> Callable[[], None]:
        """Hear all news from now on."""
        return self._news.subscribe(hear, after=after)

    @property
    def _spent(self) -> float:
        return round(self._budget.spent, 6) if self._budget else 0.0

    def _overview(self, cards: tuple[TargetCard, ...]) -> Overview:
        return Overview(
            project=self._project.root.name,
            version=self._board.version,
            targets=cards,
            problems=self._board.problems,
            cap_usd=self._budget.cap if self._budget else None,
            spent_usd=self._spent,
            watching=self._watching,
        )

    def _tell_task(self, state: TaskState) -> None:
        self._news.tell("task", to_builtins(state))
