"""What shows a project while it is open, such as a page in a browser, and what a viewer may ask and do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct, field

from imagebuild.digest import Json
from imagebuild.view import Overview, PriceView, TargetView

__all__ = ["News", "Served", "StoredPicture", "Studio", "Task", "TaskState", "Viewer"]

TaskKind: TypeAlias = Literal["pick", "approve", "reject", "freeze", "restore", "reroll", "build"]


class Task(Struct, frozen=True):
    """Something a person wants done, as the command of the same name does it.

    ``candidate`` is for ``pick`` (None: the new picture beside an approved one) and ``reject``; ``alt`` for ``approve``
    and ``reject`` of alt texts alone; ``frozen`` for ``freeze``; ``picture`` for ``restore``, a number of the history
    or the beginning of a digest; ``edit`` for ``reroll``, to begin at that edit. ``max_cost`` (USD) is what the person
    saw as the price and agreed to; nothing dearer is bought, nor anything beyond the cap of the session.
    """

    kind: TaskKind
    targets: tuple[str, ...]
    candidate: int | None = None
    alt: bool = False
    frozen: bool = True
    picture: str | None = None
    edit: int | None = None
    max_cost: float | None = None


class TaskState(Struct, frozen=True):
    """How a task stands. ``message`` says what was done or what went wrong, ``hint`` what to do about it."""

    id: int
    task: Task
    state: Literal["queued", "running", "done", "failed"]
    message: str = ""
    hint: str | None = None
    cost_usd: float | None = None


class News(Struct, frozen=True):
    """Something that happened, for who is looking. ``number`` counts up by one.

    ``name`` is one of

    - ``targets``: the cards of ``data["ids"]`` are to be asked for anew (None: all of them);
    - ``task``: a task's state, as :class:`TaskState` in plain values;
    - ``started``, ``retried``, ``finished``, ``failed``: an action, with ``target``, ``kind``, ``plugin``, ``stage``,
      ``candidate``, and ``message`` where it failed, ``verdict``, ``cost_usd`` and ``seconds`` where it finished;
    - ``partial``: a picture that is not final, with ``target``, ``stage``, ``candidate``, ``index`` and ``file``;
    - ``problems``: the spec is wrong (``data["problems"]``), or right again (an empty list);
    - ``notice``: ``message`` and ``hint``;
    - ``build``: a build began or ended (``data["running"]``), with ``cost_usd`` spent so far.
    """

    number: int
    name: str
    data: Mapping[str, Json] = field(default_factory=dict)


class StoredPicture(Struct, frozen=True):
    """The file that holds a picture. It is immutable, but for partial ones."""

    path: Path
    media_type: str


class Studio(ABC):
    """A project that is open for looking and choosing. For many threads at once."""

    token: str
    """A secret of this session, which whoever changes something has to show."""

    folder: Path
    """A folder of the project for what a viewer keeps, which may be removed at any time. It need not be there yet."""

    @abstractmethod
    def overview(self) -> Overview:
        """All targets in brief; quick to ask for again."""

    @abstractmethod
    def card_views(self, targets: Sequence[str]) -> Overview:
        """As :meth:`overview`, with the cards of some targets; those that are no more are left out."""

    @abstractmethod
    def target(self, name: str) -> TargetView:
        """All about one target, by its id. Raises ``UsageError``."""

    @abstractmethod
    def picture(self, digest: str) -> StoredPicture:
        """A picture by its digest (64 hex digits): one that an overview, a target view or its history names.

        Raises ``UsageError`` for anything else, and ``StoreError`` for bytes that are gone.
        """

    @abstractmethod
    def partial(self, file: str) -> StoredPicture:
        """A partial picture by the name that news gave. Raises ``UsageError``."""

    @abstractmethod
    def price(self, task: Task) -> PriceView:
        """What a ``reroll`` or ``build`` would cost now. Raises as the task would."""

    @abstractmethod
    def submit(self, task: Task) -> TaskState:
        """Have something done; news tell how it goes. Raises ``UsageError`` for what makes no sense at all."""

    @abstractmethod
    def tasks(self) -> tuple[TaskState, ...]:
        """Tasks that are not done, and the last ones that are."""

    @abstractmethod
    def subscribe(self, hear: Callable[[News], None], *, after: int | None = None) -> Callable[[], None]:
        """Hear all news from now on, from any thread; be quick. What this returns ends it.

        With ``after``, those since that number come first, as far as they are kept; where they are not, one that asks
        to look at all targets anew.
        """


class Served(ABC):
    """A viewer at work."""

    address: str
    """Where it is to be seen, such as ``http://127.0.0.1:8160/``; with all it takes to open it, secrets too."""

    @abstractmethod
    def close(self) -> None:
        """End it; returns when nothing is served any more. Twice does no harm."""


class Viewer(ABC):
    """Shows an open project to the person at this machine. ``imagebuild serve`` and ``watch --serve`` use it."""

    name: str
    version: str

    @abstractmethod
    def serve(self, studio: Studio, *, port: int, say: Callable[[str], None]) -> Served:
        """Begin to serve, on the loopback interface alone, and return at once.

        ``port`` 0 takes any. ``say`` is for people. Raises ``UsageError`` when the port is taken, ``PluginError`` when
        something is not installed.
        """
