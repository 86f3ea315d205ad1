from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest

from imagebuild.pool import Cancelled, Pool
from imagebuild.throttle import Throttle


def test_a_pool_never_runs_more_than_its_width() -> None:
    pool, running, most, guard = Pool("p", 3), 0, 0, threading.Lock()
    full = threading.Barrier(3, timeout=20)

    def work() -> None:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        full.wait()
        with guard:
            running -= 1

    wait([pool.submit(work) for _ in range(9)])
    pool.stop()
    assert most == 3


def test_a_stopped_pool_begins_nothing_and_lets_what_runs_end() -> None:
    pool, begun, end = Pool("p", 1), threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        end.wait(20)
        return "kept"

    running = pool.submit(work)
    waiting = pool.submit(work)
    begun.wait(20)
    pool.stop()
    end.set()
    assert running.result(20) == "kept"
    assert waiting.cancelled()


def test_work_that_waits_for_its_pace_is_given_up_when_the_pool_stops() -> None:
    pool = Pool("p", 2, Throttle(2, 0.5))
    assert pool.submit(lambda: 1).result(20) == 1
    waiting = pool.submit(lambda: 2)
    while not waiting.running():
        pass
    pool.stop()
    with pytest.raises(Cancelled):
        waiting.result(20)
