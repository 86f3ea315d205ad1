"""The way to a remote store: opened at its first use, asked by many threads, and given up at the first failure.

A remote that is down costs a build one wait and one line, however many things it was to be asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from imagebuild.digest import canonical
from imagebuild.errors import ImageBuildError, StoreError, UnreachableError
from imagebuild.event import Event, Notice
from imagebuild.remote import Remote
from imagebuild.share.name import MARKER

__all__ = ["Away", "Connection"]

WIDTH = 16  # requests at once

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Away(Exception):
    """The remote is not asked any more; why has been told."""


class Connection:
    """One remote for one command. All but :meth:`hear` and :meth:`close` may be called from any thread.

    ``open_remote`` opens it. ``offline`` leaves out a remote that takes a network. ``error`` is why it is not asked any
    more. What there is to say waits until :meth:`flush` is called or :meth:`notices` taken, since who hears events may
    want them in one thread.
    """

    def __init__(self, open_remote: Callable[[], Remote], *, offline: bool = False) -> None:
        self._open_remote = open_remote
        self._offline = offline
        self._remote: Remote | None = None
        self._guard = threading.RLock()
        self._said: list[Notice] = []
        self._tell: Callable[[Event], None] | None = None
        self.may_make = False
        """Whether a place that is missing may be made; builds and pushes that write set it."""
        self.is_needed = False
        """Whether who asks fails without it, and says why: then that is not said here, too."""
        self.error: ImageBuildError | None = None

    @property
    def location(self) -> str:
        """Where it is, for people."""
        try:
            return self._opened().location
        except Away:
            return "the remote store"

    @property
    def is_away(self) -> bool:
        """Whether nothing can be asked of it."""
        return self.error is not None

    @property
    def is_left_out(self) -> bool:
        """Whether an offline command leaves it out."""
        return self._remote is not None and self._offline and self._remote.network

    def get(self, name: str) -> bytes | None:
        """The bytes of a name, as they come. Raises :class:`Away`, as the others do."""
        data: object = self._ask(lambda remote: remote.get(name))
        return data if isinstance(data, bytes) else None

    def has(self, name: str) -> bool:
        """Whether there are bytes of that name."""
        return bool(self._ask(lambda remote: remote.has(name)))

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        """Keep bytes; whether this call wrote them."""
        return bool(self._ask(lambda remote: remote.put(name, data, replace=replace)))

    def names(self, prefix: str) -> list[str]:
        """All names that begin with ``prefix``, sorted."""
        return self._ask(lambda remote: sorted(map(str, remote.list(prefix))))

    def each(self, items: Iterable[Item], work: Callable[[Item], Answer]) -> Iterator[Answer]:
        """What ``work`` gives for each item, done in several threads; nothing for those that find the remote away.

        In no order. Raises what else ``work`` raises, after which nothing more is begun.
        """
        items = list(items)
        if len(items) < 2:
            for item in items:
                yield from self._answers(partial(work, item))
            return
        pool = ThreadPoolExecutor(min(WIDTH, len(items)), "imagebuild-remote")
        futures: list[Future[Answer]] = []
        try:
            futures += [pool.submit(work, item) for item in items]
            for future in futures:
                yield from self._answers(future.result)
        finally:
            pool.shutdown(cancel_futures=True)

    def _answers(self, work: Callable[[], Answer]) -> Iterator[Answer]:
        try:
            answer = work()
        except Away:
            return
        yield answer

    def give_up(self, error: ImageBuildError, message: str) -> None:
        """Ask nothing more of it, and say why, once."""
        with self._guard:
            if self.error is None:
                self.error = error
                if not self.is_needed:
                    self.say(message, error.hint)

    def say(self, message: str, hint: str | None = None) -> None:
        """Note something that people should know."""
        with self._guard:
            self._said.append(Notice(message, hint))

    def hear(self, tell: Callable[[Event], None] | None) -> None:
        """Who hears what is said from now on, None for nobody; what is waiting is told at once."""
        self._tell = tell
        self.flush()

    @property
    def is_heard(self) -> bool:
        """Whether somebody hears what is said."""
        return self._tell is not None

    def flush(self) -> None:
        """Tell what is waiting, on this thread."""
        if tell := self._tell:
            for notice in self.notices():
                tell(notice)

    def notices(self) -> list[Notice]:
        """What is waiting to be told, and waits no longer."""
        with self._guard:
            said, self._said = self._said, []
        return said

    def close(self) -> None:
        """Let go of the remote."""
        if self._remote is not None:
            self._remote.close()

    def _ask(self, question: Callable[[Remote], Answer]) -> Answer:
        try:
            return self._put(question)
        except UnreachableError:
            if not self._made():
                raise Away from None
            return self._put(question)

    def _put(self, question: Callable[[Remote], Answer]) -> Answer:
        """One request. Raises ``UnreachableError`` where making the place may help."""
        remote = self._opened()
        if self.error is not None:
            raise Away
        may_help = self.may_make  # asked beforehand: another thread may be making the place just now
        try:
            return question(remote)
        except StoreError as error:
            if isinstance(error, UnreachableError) and may_help:
                raise
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - a stranger may raise anything; it costs the remote, not the build
            self._fail(_broken(error))
        raise Away

    def _made(self) -> bool:
        """Whether what could not be reached was only not there yet; asked once."""
        with self._guard:
            if self.error is None and self.may_make:
                note = canonical({"version": 1, "what": "a store of pictures, shared by imagebuild"}) + b"\n"
                try:
                    self._opened().put(MARKER, note)
                except StoreError as error:
                    self._fail(error)
                except Exception as error:  # noqa: BLE001 - as above
                    self._fail(_broken(error))
                self.may_make = False  # now that it is there: who asked before that asks once more
            return self.error is None

    def _opened(self) -> Remote:
        with self._guard:
            if self._remote is None and self.error is None:
                try:
                    self._remote = self._open_remote()
                except StoreError as error:
                    self._fail(error)
                except Exception as error:  # noqa: BLE001 - as above
                    self._fail(_broken(error))
            if self.is_left_out and self.error is None:
                self.error = StoreError("an offline build does not ask it")
            if self._remote is None:
                raise Away
            return self._remote

    def _fail(self, error: ImageBuildError) -> None:
        self.give_up(error, f"the remote store is left out: {error.message}")


def _broken(error: Exception) -> StoreError:
    return StoreError(
        f"its plugin failed: {error!r}", hint="this is a fault of the plugin that adds this kind of store"
    )
