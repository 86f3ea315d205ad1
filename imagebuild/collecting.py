"""Before a build: what earlier builds paid for and could not wait for is brought in, or given up."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from contextlib import suppress

from imagebuild.collector import Collector
from imagebuild.event import Event, Notice
from imagebuild.interrupt import Interrupt, in_background
from imagebuild.plan import Plan
from imagebuild.session import Session

__all__ = ["collect", "give_up", "tell_failed"]

_SILENCE = 15.0  # seconds after which something is said to who waits
_TICK = 0.1  # seconds between looks at signals while answers are collected


def collect(session: Session, tell: Callable[[Event], None], *, online: bool) -> None:
    """Bring in what was paid for; see :class:`imagebuild.collector.Collector`. It is told by the session afterwards."""
    if session.untrusted:
        return  # what other projects of this machine wait for is none of a stranger's business
    left = session.originals.abandoned()
    if not (left or (online and session.waves.open())):
        return
    heard: queue.SimpleQueue[Event] = queue.SimpleQueue()
    with Interrupt() as interrupted:
        collector = Collector(session.originals, session.provider, heard.put, lambda: interrupted() > 0)

        def fetch() -> None:
            collector.settle(left, online=online)
            if online and not interrupted():
                session.waves.collect(heard.put)

        work, told, began = in_background(fetch), False, time.monotonic()
        said = began
        while not (work.done() and heard.empty()):
            with suppress(queue.Empty):
                tell(heard.get(timeout=_TICK))
            if time.monotonic() - said > _SILENCE:
                said = time.monotonic()
                tell(Notice(f"still collecting, for {said - began:.0f} s (Ctrl-C leaves it to the next build)"))
            if interrupted() and not told:
                told = True
                tell(Notice("stopping: what is not collected yet is left for the next build"))
        work.result()
        if interrupted():
            raise KeyboardInterrupt
    session.failed = {**collector.failures, **session.waves.failures}
    session.collected = [*collector.collected, *session.waves.collected]


def give_up(session: Session, plan: Plan, tell: Callable[[Event], None]) -> None:
    """Book the pictures of a plan that could not be collected as maybe paid, so that they are made anew.

    Those that it does not want stay as they are: another project of this machine may wait for them.
    """
    keys = {action.key for action in plan.actions if action.is_in_flight and action.key}
    collector = Collector(session.originals, session.provider, tell)
    collector.give_up([intent for intent in session.originals.abandoned() if intent.key in keys])
    session.waves.give_up(keys, tell)
    session.facts.look_again()


def tell_failed(session: Session, tell: Callable[[Event], None]) -> None:
    """Say which of the answers that were collected are failures, where no build goes on to tell of them."""
    for error in session.failed.values():
        tell(Notice(f"a picture that was collected failed: {error.message}", error.hint))
