from __future__ import annotations

import pytest

from imagebuild import errors
from imagebuild.errors import ProviderError, RateLimitError, UnavailableError
from imagebuild.retry import RetryPolicy

POLICY = RetryPolicy(chance=lambda: 0.0)

FINAL = [
    errors.ProviderError("x"),
    errors.AuthenticationError("x"),
    errors.QuotaError("x"),
    errors.RequestError("x"),
    errors.RefusedError("x"),
    errors.NoImageError("x"),
    errors.IncompleteError("x"),
    errors.TextReplyError("x"),
    errors.DifferentError("x"),
    errors.ForgottenError("x"),
    UnavailableError("lost after it was sent", billed=True, retryable=False),
]


@pytest.mark.parametrize("error", FINAL, ids=lambda error: type(error).__name__)
def test_what_the_same_call_cannot_mend_is_not_called_again(error: ProviderError) -> None:
    assert POLICY.wait(error, 1) is None


def test_an_unavailable_service_is_tried_six_times_with_doubling_waits() -> None:
    error = UnavailableError("x")
    assert [POLICY.wait(error, attempt) for attempt in range(1, 7)] == [1, 2, 4, 8, 16, None]


def test_a_call_that_may_have_been_paid_is_tried_three_times() -> None:
    error = UnavailableError("x", billed=True)
    assert [POLICY.wait(error, attempt) for attempt in range(1, 4)] == [1, 2, None]


def test_a_rate_limit_is_waited_out_until_patience_ends() -> None:
    error = RateLimitError("x")
    assert POLICY.wait(error, 40, waited=0) == 60
    assert POLICY.wait(error, 40, waited=839) == 60
    assert POLICY.wait(error, 40, waited=841) is None


def test_the_wait_is_what_the_service_asks_for() -> None:
    assert POLICY.wait(RateLimitError("x", retry_after=7.5), 1) == 7.5
    assert POLICY.wait(UnavailableError("x", retry_after=0.0), 3) == 0.0


def test_a_service_that_asks_for_more_than_our_patience_is_not_waited_for() -> None:
    assert POLICY.wait(RateLimitError("x", retry_after=3600), 1) is None


def test_chance_adds_up_to_a_quarter_so_that_calls_do_not_come_back_together() -> None:
    assert RetryPolicy(chance=lambda: 1.0).wait(RateLimitError("x", retry_after=8.0), 1) == 10.0
