from __future__ import annotations

import threading
from functools import partial

import pytest

from imagebuild_pixels.parallel import all_of, processors


def test_results_come_in_the_order_of_the_jobs() -> None:
    assert all_of(partial(pow, number, 2) for number in range(20)) == [number**2 for number in range(20)]
    assert all_of([]) == []


def test_as_many_jobs_work_at_once_as_there_are_processors_and_no_more() -> None:
    change, gate = threading.Condition(), threading.Event()
    working: list[int] = []
    counts: list[int] = []

    def job() -> None:
        with change:
            working.append(1)
            counts.append(len(working))
            change.notify_all()
        gate.wait(30)
        with change:
            working.pop()

    askers = [threading.Thread(target=all_of, args=([job] * 5,)) for _ in range(4)]
    for asker in askers:
        asker.start()
    with change:
        assert change.wait_for(lambda: len(working) == processors(), 30)
    gate.set()
    for asker in askers:
        asker.join()
    assert len(counts) == 20
    assert max(counts) == processors()


def test_the_first_failure_is_raised_and_what_has_not_begun_does_not_begin() -> None:
    gate = threading.Event()
    begun: list[int] = []

    def fail() -> None:
        raise ValueError("no")

    def late(number: int) -> None:
        begun.append(number)
        gate.wait(30)

    try:
        with pytest.raises(ValueError, match="no"):
            all_of([fail, *(partial(late, number) for number in range(1000))])
    finally:
        gate.set()
    all_of([partial(int, 1)] * 2 * processors())
    assert len(begun) <= processors()
