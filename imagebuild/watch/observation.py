"""Hears of changes to files that a project rests on, and hands them over by the burst."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from imagebuild.digest import digest_file
from imagebuild.watch.interest import Interest, normal

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver, ObservedWatch

__all__ = ["Observation"]

_IDLE = ("opened", "closed_no_write")
_LOOKS = 2.0  # seconds between looks at the files themselves: some systems lose events
_MOST = 2_000  # files that are looked at each time; of more, only those that events name
_FOLDERS = 5_000
_POLLS = 0.25  # seconds between looks where the system has no events left to give

Mark = tuple[int, int, int, int]
"""Size, times and inode of a file: another one means that it may have changed."""


class Observation:
    """Follows the files of interest below ``root`` until it is closed.

    A burst ends ``quiet`` seconds after its last event, and ``longest`` seconds after its first at the latest. A file
    whose bytes are as they were does not count, however it was saved. ``polling`` looks at the folders itself in place
    of the system's events, which is also done where the system has none left; ``say`` is told so.
    """

    def __init__(
        self,
        root: Path,
        *,
        quiet: float = 0.03,
        longest: float = 0.3,
        polling: bool = False,
        say: Callable[[str], None] = lambda message: None,
    ) -> None:
        self._root = os.path.realpath(root)
        self._quiet, self._longest = quiet, longest
        self._say = say
        self._interest = Interest()
        self._news = threading.Condition()
        self._heard: set[str] = set()
        self._first = self._last = 0.0
        self._doubt = False
        self._woken = False
        self._marks: dict[str, Mark | None] = {}
        self._digests: dict[str, str | None] = {}
        self._looked = time.monotonic()
        self._watches: dict[str, tuple[ObservedWatch, int]] = {}
        self._observer = self._begin(polling=polling)
        self._arrange()

    def follow(self, interest: Interest | None) -> None:
        """What counts from now on. None: the spec is wrong, so what counted before and whatever may mend it."""
        self._interest = replace(self._interest, anything=True) if interest is None else interest
        if interest is not None:
            self._digests.update(interest.digests)
            for path in self._marks.keys() - interest.files:
                del self._marks[path]
                self._digests.pop(path, None)
            for path in interest.files - self._marks.keys() - interest.digests.keys():
                self._marks[path] = self._mark(path)  # of the others the first look compares the bytes
        self._arrange()

    def note(self, paths: Iterable[str]) -> None:
        """Files that the caller has just written: they are known as they are now."""
        for path in map(normal, paths):
            self._marks[path] = self._mark(path)
            self._digests[path] = self._digest(path)

    def wake(self) -> None:
        """Have :meth:`wait` return at once, with nothing; from any thread."""
        with self._news:
            self._woken = True
            self._news.notify_all()

    def wait(self, timeout: float | None = None) -> frozenset[str] | None:
        """The files of a burst that have other bytes now, or are gone, or new; None when there was none in time.

        An empty set after :meth:`wake`.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            heard = self._burst(end)
            if heard is not None:
                if changed := self._changed(heard):
                    return changed
                with self._news:
                    if self._woken:
                        self._woken = False
                        return frozenset()
            elif time.monotonic() - self._looked >= _LOOKS and (changed := self._changed(set())):
                return changed
            elif end is not None and time.monotonic() >= end:
                return None

    def close(self) -> None:
        """End it; no thread is left."""
        self._observer.stop()
        if self._observer.is_alive():
            self._observer.join()

    def _burst(self, end: float | None) -> set[str] | None:
        """Paths that events named, once it is quiet; None when nothing was heard by ``end`` or the next look."""
        with self._news:
            while True:
                now = time.monotonic()
                if self._heard or self._doubt:
                    due = min(self._last + self._quiet, self._first + self._longest)
                    if now >= due:
                        heard, self._heard = self._heard, set()
                        return heard
                elif self._woken:
                    return set()
                else:
                    due = self._looked + _LOOKS if end is None else min(end, self._looked + _LOOKS)
                    if now >= due:
                        return None
                self._news.wait(due - now)

    def _changed(self, heard: set[str]) -> frozenset[str]:
        """Those of the files that have other bytes than when they were last looked at."""
        with self._news:
            doubt, self._doubt = self._doubt, False
        if doubt:
            self._arrange()
        self._looked = time.monotonic()
        files = self._interest.files
        candidates = heard | files if doubt or len(files) <= _MOST else heard
        changed = set()
        for path in candidates:
            mark = self._mark(path)
            if mark is not None and mark == self._marks.get(path, mark) and path in self._marks and path not in heard:
                continue
            if mark is None and self._marks.get(path, mark) is None and path in self._marks:
                continue
            digest = self._digest(path)
            if path not in self._digests or self._digests[path] != digest:
                changed.add(path)
            self._marks[path], self._digests[path] = mark, digest
        return frozenset(changed)

    def _mark(self, path: str) -> Mark | None:
        try:
            state = os.stat(os.path.join(self._root, path))
        except OSError:
            return None
        return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino

    def _digest(self, path: str) -> str | None:
        try:
            return digest_file(os.path.join(self._root, path))
        except OSError:
            return None  # it is gone again, or not to be read: then the build says so

    def _begin(self, *, polling: bool) -> BaseObserver:
        from watchdog.events import FileSystemEventHandler
        from watchdog.observers import Observer
        from watchdog.observers.polling import PollingObserver

        observation = self

        class Handler(FileSystemEventHandler):
            def dispatch(self, event: FileSystemEvent) -> None:
                observation.hear(event)

        self._handler = Handler()
        observer: BaseObserver = PollingObserver(timeout=_POLLS) if polling else Observer()
        observer.start()
        return observer

    def _arrange(self) -> None:
        """Watch just the folders that matter, each by itself; one that was replaced is watched anew."""
        wanted = {folder: inode for folder in self._folders() if (inode := self._inode(folder)) is not None}
        for folder in [each for each in self._watches if wanted.get(each) != self._watches[each][1]]:
            with contextlib.suppress(KeyError, OSError):  # the system has dropped the watch of a folder that is gone
                self._observer.unschedule(self._watches.pop(folder)[0])
        for folder in wanted.keys() - self._watches.keys():
            self._watch(folder, wanted[folder])

    def _watch(self, folder: str, inode: int) -> None:
        try:
            watch = self._observer.schedule(self._handler, os.path.join(self._root, folder), recursive=False)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EMFILE):
                return  # it went away meanwhile; the folder above tells when it is there again
            self._fall_back()
            return
        self._watches[folder] = watch, inode

    def _fall_back(self) -> None:
        """The system gives no more watches: look at the folders ourselves from now on."""
        self._say("the system has no more file watches to give; files are looked at four times a second instead")
        self.close()
        self._watches.clear()
        self._observer = self._begin(polling=True)
        self._arrange()

    def _folders(self) -> Iterable[str]:
        yield from self._interest.watched
        if not self._interest.anything:
            return
        pending, seen = [""], 0
        while pending and seen < _FOLDERS:
            folder = pending.pop()
            with contextlib.suppress(OSError), os.scandir(os.path.join(self._root, folder)) as entries:
                for entry in entries:
                    path = normal(os.path.join(folder, entry.name))
                    if entry.is_dir(follow_symlinks=False) and not self._interest.is_closed(path):
                        seen += 1
                        pending.append(path)
                        yield path

    def _inode(self, folder: str) -> int | None:
        try:
            return os.stat(os.path.join(self._root, folder)).st_ino
        except OSError:
            return None

    def hear(self, event: FileSystemEvent) -> None:
        """Take an event of the system, in its thread."""
        if event.event_type in _IDLE:
            return
        paths = [self._relative(each) for each in (event.src_path, getattr(event, "dest_path", "")) if each]
        concerned = {path for path in paths if path is not None and self._interest.concerns(path)}
        doubt = event.is_directory and event.event_type != "modified"
        if concerned or doubt:
            with self._news:
                self._last = time.monotonic()
                if not (self._heard or self._doubt):
                    self._first = self._last
                self._heard |= concerned
                self._doubt |= doubt
                self._news.notify_all()

    def _relative(self, path: Any) -> str | None:
        relative = os.path.relpath(os.fsdecode(path), self._root)
        return None if relative.startswith("..") else normal(relative)
