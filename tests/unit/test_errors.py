from __future__ import annotations

from imagebuild.errors import Place, Problem, ProviderError, RateLimitError, SpecError


def test_an_error_says_its_place_first() -> None:
    error = ProviderError("no", place=Place("imagebuild.yaml", 14, 9), request_id="req_1", billed=True)
    assert str(error) == "imagebuild.yaml:14:9: no"
    assert (error.request_id, error.billed, error.retryable) == ("req_1", True, False)
    assert error.problems == (Problem("no", Place("imagebuild.yaml", 14, 9)),)


def test_a_place_may_know_less() -> None:
    assert [str(Place("a.yaml")), str(Place("a.yaml", 2))] == ["a.yaml", "a.yaml:2"]


def test_a_spec_error_holds_all_problems_and_speaks_of_the_first() -> None:
    error = SpecError([Problem("one", Place("a", 1), "hint"), Problem("two")])
    assert str(error) == "a:1: one (and 1 more)"
    assert [str(problem) for problem in error.problems] == ["a:1: one", "two"]
    assert error.hint == "hint"


def test_a_rate_limit_says_how_long_to_wait_and_may_be_tried_again() -> None:
    error = RateLimitError("slow down", retry_after=2.5)
    assert error.retryable
    assert error.retry_after == 2.5
