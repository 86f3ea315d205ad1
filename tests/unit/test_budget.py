from __future__ import annotations

import pytest

from imagebuild.budget import Budget
from imagebuild.cost import Cost


def test_calls_in_flight_are_reserved_at_their_highest_price() -> None:
    budget, price = Budget(1.0), Cost(0.1, 0.5)
    budget.reserve(price)
    assert budget.fits(price)
    budget.reserve(price)
    assert not budget.fits(price)
    assert budget.could_fit(price)


def test_a_call_that_comes_cheap_makes_room() -> None:
    budget, price = Budget(1.0), Cost(0.1, 0.6)
    budget.reserve(price)
    assert not budget.fits(price)
    budget.settle(price, 0.1)
    assert budget.spent == 0.1
    assert budget.fits(price)


def test_an_unknown_charge_is_booked_at_its_highest_price_and_said_to_be_unknown() -> None:
    budget, price = Budget(1.0), Cost(0.1, 0.6)
    budget.reserve(price)
    budget.settle(price, None)
    assert (budget.spent, budget.unknown) == (0.6, 1)
    assert not budget.could_fit(price)


def test_an_unknown_price_never_fits_under_a_cap() -> None:
    assert not Budget(1000.0).fits(Cost.of_unknown())
    assert Budget(None, allow_unknown=True).fits(Cost.of_unknown())


def test_the_cap_itself_may_be_spent_whatever_floats_say() -> None:
    budget = Budget(0.3)
    for _ in range(3):
        assert budget.fits(Cost.exactly(0.1))
        budget.reserve(Cost.exactly(0.1))
        budget.settle(Cost.exactly(0.1), 0.1)
    assert not budget.could_fit(Cost.exactly(0.01))


def test_costs_add_up_and_unknown_is_never_zero() -> None:
    total = Cost.exactly(0.5) + Cost(0.1, 0.2) + Cost.of_unknown() + Cost.free()
    assert (total.low, total.high, total.unknown, total.known) == (0.6, 0.7, 1, False)
    assert str(total) == "$0.60–$0.70 + 1 unknown"
    assert str(Cost.of_unknown()) == "unknown"
    assert str(Cost.exactly(0.053)) == "$0.053"
    assert str(Cost.free()) == "$0.00"


def test_when_calls_come_dearer_than_estimated_the_rest_is_expected_to_do_so_too() -> None:
    budget, price = Budget(0.5), Cost.exactly(0.1)
    for _ in range(3):
        budget.reserve(price)
    assert not budget.overdrawn
    budget.settle(price, 0.3)
    assert budget.expected(price) == pytest.approx(0.3)
    assert budget.overdrawn
    budget.release(price)
    budget.release(price)
    assert not budget.overdrawn
    assert not budget.could_fit(price)


def test_a_released_call_costs_nothing() -> None:
    budget, price = Budget(0.5), Cost.exactly(0.5)
    budget.reserve(price)
    budget.release(price)
    assert budget.fits(price)
    assert budget.spent == 0
