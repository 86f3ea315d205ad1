from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from imagebuild.throttle import Throttle


class Clock:
    """Time that moves when it is told to, or when a throttle waits for it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def waits(clock: Clock, throttle: Throttle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let waiting cost time of the clock and none of ours."""

    def wait(timeout: float | None = None) -> bool:
        assert timeout
        clock.now += timeout
        return False

    monkeypatch.setattr(throttle._turns, "wait", wait)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Throttle]:
    def made(width: int, per_minute: float | None = None) -> Throttle:
        throttle = Throttle(width, per_minute, clock=clock)
        waits(clock, throttle, monkeypatch)
        return throttle

    return made


def go(throttle: Throttle) -> None:
    assert throttle.enter(lambda: False)
    throttle.leave()


def test_calls_a_minute_begin_a_gap_apart(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle, begun = make(4, 60), []
    for _ in range(4):
        go(throttle)
        begun.append(clock.now)
    assert begun == pytest.approx([100, 101, 102, 103])


def test_without_a_bound_nothing_waits(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle = make(4)
    for _ in range(100):
        go(throttle)
    assert clock.now == 100


def test_a_refusal_halves_the_calls_at_once_and_stops_all_for_as_long_as_the_service_asks(
    clock: Clock, make: Callable[..., Throttle]
) -> None:
    throttle = make(8)
    throttle.refused(7.5)
    assert throttle.allowed == 4
    go(throttle)
    assert clock.now == pytest.approx(107.5)


def test_refusals_of_calls_that_were_in_flight_together_count_once(make: Callable[..., Throttle]) -> None:
    throttle = make(16)
    for _ in range(16):
        throttle.refused(1.0)
    assert throttle.allowed == 8


def test_refusals_one_after_another_go_down_to_one_call_at_a_time(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle = make(16)
    for _ in range(9):
        throttle.refused(0.1)
        clock.now += 2
    assert throttle.allowed == 1


def test_successes_raise_it_slowly_and_never_above_where_it_began(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle = make(8)
    throttle.refused(0.0)
    throttle.answered()
    assert throttle.allowed == 4
    for _ in range(200):
        throttle.answered()
    assert throttle.allowed == 8


def test_a_refusal_lengthens_the_gap_and_successes_bring_it_back(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle = make(4, 60)
    go(throttle)
    throttle.refused(0.0)
    longer = throttle.gap
    assert longer > 1.0
    for _ in range(400):
        throttle.answered()
    assert throttle.gap == pytest.approx(1.0)


def test_a_first_refusal_does_not_lengthen_a_gap_that_nobody_knows(make: Callable[..., Throttle]) -> None:
    throttle = make(4)
    go(throttle)
    throttle.refused(0.0)
    assert throttle.gap == 0.0


def test_a_refusal_after_many_calls_makes_them_rarer_than_they_were(
    clock: Clock, make: Callable[..., Throttle]
) -> None:
    throttle = make(4)
    for _ in range(20):
        go(throttle)
        clock.now += 0.5
    throttle.refused(0.0)
    assert throttle.gap == pytest.approx(0.75)


def test_no_call_begins_while_the_service_says_that_none_are_left(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle = make(4)
    throttle.heard(per_minute=20, remaining=0, reset=9.0)
    go(throttle)
    assert clock.now == pytest.approx(109)


def test_calls_that_are_left_are_spread_until_there_are_new_ones(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle = make(8)
    throttle.heard(per_minute=None, remaining=2, reset=10.0)
    go(throttle)
    assert clock.now == pytest.approx(105)


def test_plenty_left_changes_nothing(clock: Clock, make: Callable[..., Throttle]) -> None:
    throttle = make(8)
    throttle.heard(per_minute=500, remaining=400, reset=10.0)
    go(throttle)
    assert clock.now == 100


def test_a_call_that_steps_aside_gives_its_turn_to_another(clock: Clock) -> None:
    throttle, other = Throttle(1), threading.Event()
    assert throttle.enter(lambda: False)

    def second() -> None:
        assert throttle.enter(lambda: False)
        other.set()
        throttle.leave()

    thread = threading.Thread(target=second)
    thread.start()
    assert throttle.step_aside(60.0, lambda: other.is_set()) in (True, False)
    assert other.wait(20)
    thread.join(20)
    throttle.leave()


def test_a_turn_that_was_given_up_while_stepping_aside_is_still_one_to_leave(make: Callable[..., Throttle]) -> None:
    throttle = make(1)
    assert throttle.enter(lambda: False)
    assert not throttle.step_aside(5.0, lambda: True)
    throttle.leave()
    go(throttle)


def test_who_gives_up_gets_no_turn(make: Callable[..., Throttle]) -> None:
    throttle = make(1)
    assert throttle.enter(lambda: False)
    assert not throttle.enter(lambda: True)


def test_refusals_that_name_a_wait_lengthen_the_gap_to_ten_times_of_it_at_most(
    clock: Clock, make: Callable[..., Throttle]
) -> None:
    throttle = make(50)
    for _ in range(100):
        go(throttle)
        clock.now += 1.5
        throttle.refused(0.02)
    assert throttle.gap == pytest.approx(0.2)
    throttle.refused(None)
    assert throttle.gap == pytest.approx(0.2)  # within a second of the last
    clock.now += 1.5
    throttle.refused(None)
    assert throttle.gap > 0.2
