from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator

import httpx2
import pytest
from batch_service import NOW, SECRET, TOKEN, Answer, Service, key, line, lost, picture, problem, unreachable

from imagebuild.errors import (
    AuthenticationError,
    ForgottenError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RequestError,
    UnavailableError,
)
from imagebuild.testing import png
from imagebuild_openai.batch import OpenAIBatching
from imagebuild_openai.client import Connection
from imagebuild_openai.model import build_catalog
from imagebuild_openai.settings import Settings

PARENT, MASK = png(64, 64), png(32, 32)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


def test_a_batch_is_made_of_uploaded_lines_and_holds_its_token(service: Service) -> None:
    assert service.batching().submit(TOKEN, [line(1), line(2, "a boat")]) == "batch_7"
    (file,) = service.files.values()
    assert (file["filename"], file["purpose"], file["expires_at"]) == ("imagebuild-token1.jsonl", "batch", NOW + 604800)
    written = [json.loads(each) for each in service.contents[file["id"]].splitlines()]
    assert [(each["custom_id"], each["body"]["prompt"]) for each in written] == [(key(1), "a car"), (key(2), "a boat")]
    assert service.made == [
        {
            "input_file_id": file["id"],
            "endpoint": "/v1/images/generations",
            "completion_window": "24h",
            "metadata": {"imagebuild": TOKEN},
            "output_expires_after": {"anchor": "created_at", "seconds": 2592000},
        }
    ]


def test_equal_references_are_uploaded_once_and_named_after_the_token(service: Service) -> None:
    parent, mask = picture(PARENT), picture(MASK)
    lines = [line(1, parent=parent, mask=mask), line(2, parent=picture(PARENT, "b.png"), inputs=(mask,))]
    service.batching().submit(TOKEN, lines)
    vision = [file for file in service.files.values() if file["purpose"] == "vision"]
    assert {service.contents[file["id"]] for file in vision} == {PARENT, MASK}
    assert len(vision) == 2
    assert all(file["filename"].startswith("imagebuild-token1-") for file in vision)
    assert all(file["expires_at"] == NOW + 604800 for file in vision)
    ids = {service.contents[file["id"]]: file["id"] for file in vision}
    written = [json.loads(each)["body"] for each in service.contents[service.made[0]["input_file_id"]].splitlines()]
    assert written[0]["images"] == [{"file_id": ids[PARENT]}]
    assert written[0]["mask"] == {"file_id": ids[MASK]}
    assert written[1]["images"] == [{"file_id": ids[PARENT]}, {"file_id": ids[MASK]}]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_file", RequestError),
        (401, "invalid_api_key", AuthenticationError),
        (429, "insufficient_quota", QuotaError),
    ],
)
def test_a_batch_that_is_refused_costs_nothing_and_leaves_no_upload(
    service: Service, status: int, code: str, kind: type[ProviderError]
) -> None:
    service.instead("POST /batches", lambda request: problem(status, f"no, {SECRET}", code=code))
    with pytest.raises(kind) as caught:
        service.batching().submit(TOKEN, [line(1, parent=picture(PARENT))])
    assert not caught.value.billed
    assert not caught.value.retryable
    assert SECRET not in str(caught.value)
    assert service.files == {}


def test_the_uploads_of_other_batches_and_of_other_people_are_left_alone(service: Service) -> None:
    for name, filename in (("file-a", "imagebuild-token12-aa.png"), ("file-b", "holiday.png"), ("file-c", None)):
        service.files[name] = {
            "id": name, "object": "file", "purpose": "vision", "filename": filename, "created_at": NOW,
            "bytes": 1, "status": "processed",
        }  # fmt: skip
    service.instead("POST /batches", lambda request: problem(400, "no"))
    with pytest.raises(RequestError):
        service.batching().submit(TOKEN, [line(1, parent=picture(PARENT))])
    assert list(service.files) == ["file-a", "file-b", "file-c"]


def test_a_rate_limit_keeps_the_references_for_the_next_try(service: Service) -> None:
    service.instead("POST /batches", lambda request: problem(429, "slow down", code="rate_limit_exceeded"))
    batching = service.batching()
    lines = [line(1, parent=picture(PARENT), mask=picture(MASK))]
    with pytest.raises(RateLimitError) as caught:
        batching.submit(TOKEN, lines)
    assert caught.value.retryable
    assert [file["purpose"] for file in service.files.values()] == ["vision", "vision"]
    service.seen.clear()
    batching.submit(TOKEN, lines)
    assert service.seen == ["POST /files", "POST /batches"]


def test_what_was_sent_with_one_batch_is_uploaded_anew_for_the_next(service: Service) -> None:
    batching = service.batching()
    for _ in range(2):
        batching.submit(TOKEN, [line(1, parent=picture(PARENT))])
    assert service.seen == ["POST /files", "POST /files", "POST /batches"] * 2


def test_an_upload_that_fails_ends_the_sending_before_a_batch_is_made(service: Service) -> None:
    service.instead("POST /files", lambda request: problem(413, "too large"))
    with pytest.raises(RequestError) as caught:
        service.batching().submit(TOKEN, [line(1, parent=picture(PARENT))])
    assert not caught.value.billed
    assert service.made == []


def test_uploads_that_succeeded_beside_a_failed_one_are_not_repeated(service: Service) -> None:
    service.instead("POST /files", lambda request: problem(429, "slow down"))
    batching = service.batching()
    lines = [line(number, parent=picture(PARENT + bytes([number]))) for number in range(6)]
    with pytest.raises(RateLimitError):
        batching.submit(TOKEN, lines)
    batching.submit(TOKEN, lines)
    uploaded = [service.contents[name] for name, file in service.files.items() if file["purpose"] == "vision"]
    assert sorted(uploaded) == sorted({*uploaded})
    assert len(uploaded) == 6


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_service_leaves_it_open_whether_the_batch_was_made(service: Service, status: int) -> None:
    service.instead("POST /batches", lambda request: httpx2.Response(status, json={}))
    with pytest.raises(UnavailableError, match="it is not known whether the service made the batch") as caught:
        service.batching().submit(TOKEN, [line(1)])
    assert caught.value.billed
    assert not caught.value.retryable
    assert [file["purpose"] for file in service.files.values()] == ["batch"]


@pytest.mark.parametrize("broken", [lost, lambda request: httpx2.Response(200, json={"object": "batch"})])
def test_an_answer_that_does_not_arrive_leaves_it_open_too(service: Service, broken: object) -> None:
    service.instead("POST /batches", broken)  # type: ignore[arg-type]  # both take a request
    with pytest.raises(UnavailableError, match="it is not known") as caught:
        service.batching().submit(TOKEN, [line(1)])
    assert caught.value.billed
    assert not caught.value.retryable


def test_a_service_that_cannot_be_reached_has_made_no_batch(service: Service) -> None:
    service.instead("POST /batches", unreachable)
    with pytest.raises(UnavailableError) as caught:
        service.batching().submit(TOKEN, [line(1)])
    assert not caught.value.billed
    assert caught.value.retryable


def made_and_lost(service: Service) -> Answer:
    def answer(request: httpx2.Request) -> httpx2.Response:
        service.batch(9, metadata=json.loads(request.read())["metadata"])
        raise httpx2.ReadError("connection reset", request=request)

    return answer


def test_a_batch_that_was_made_before_the_connection_broke_is_found_at_once(service: Service) -> None:
    service.instead("POST /batches", made_and_lost(service))
    assert service.batching().submit(TOKEN, [line(1)]) == "batch_9"
    assert service.slept == [2.0]
    assert service.seen.count("POST /batches") == 1


def test_a_batch_that_shows_itself_late_is_waited_for(service: Service) -> None:
    nothing = httpx2.Response(200, json={"object": "list", "data": [], "has_more": False})
    service.instead("POST /batches", made_and_lost(service))
    service.instead("GET /batches", lambda request: nothing, lost, lambda request: nothing)
    assert service.batching().submit(TOKEN, [line(1)]) == "batch_9"
    assert service.slept == [2.0, 4.0, 8.0, 16.0]


def test_a_batch_that_does_not_show_itself_is_never_sent_twice_and_may_be_found_later(service: Service) -> None:
    service.instead("POST /batches", lost)
    with pytest.raises(UnavailableError, match="it is not known") as caught:
        service.batching().submit(TOKEN, [line(1)])
    assert caught.value.billed
    assert service.seen.count("POST /batches") == 1
    service.batch(1)
    assert service.batching().find(TOKEN) == "batch_1"


def test_a_token_that_no_batch_has_is_not_found(service: Service) -> None:
    service.batch(2)
    service.batch(3, metadata=None)
    service.batch(4, metadata={"other": TOKEN})
    assert service.batching().find(TOKEN) is None


def test_a_batch_is_found_on_a_later_page(service: Service) -> None:
    for number in range(2, 252):
        service.batch(number)
    service.batch(1)
    assert service.batching().find(TOKEN) == "batch_1"
    assert service.seen == ["GET /batches"] * 3


def test_the_search_ends_with_batches_of_more_than_three_days(service: Service) -> None:
    for number in range(2, 502):
        service.batch(number, created_at=NOW - 4 * 24 * 3600)
    assert service.batching().find(TOKEN) is None
    assert service.seen == ["GET /batches"]


def test_the_search_ends_after_twenty_pages(service: Service) -> None:
    for number in range(2, 2200):
        service.batch(number)
    assert service.batching().find(TOKEN) is None
    assert len(service.seen) == 20


def test_a_search_that_cannot_be_made_is_an_error_and_no_answer(service: Service) -> None:
    service.instead("GET /batches", lost)
    with pytest.raises(UnavailableError) as caught:
        service.batching().find(TOKEN)
    assert not caught.value.billed


@pytest.mark.parametrize(
    ("told", "state", "final"),
    [
        ("validating", "running", False),
        ("in_progress", "running", False),
        ("finalizing", "running", False),
        ("completed", "completed", True),
        ("failed", "failed", True),
        ("expired", "expired", True),
        ("cancelling", "cancelling", False),
        ("cancelled", "cancelled", True),
    ],
)
def test_states_of_the_service_are_those_of_the_engine(service: Service, told: str, state: str, final: bool) -> None:
    service.batch(status=told, request_counts={"completed": 3, "failed": 1, "total": 9})
    status = service.batching().status("batch_1")
    assert (status.state, status.is_final, status.message) == (state, final, None)
    assert (status.id, status.done, status.failed, status.total) == ("batch_1", 3, 1, 9)


def test_a_state_that_is_new_goes_on_and_is_named(service: Service) -> None:
    service.batch(status="paused", request_counts=None)
    status = service.batching().status("batch_1")
    assert (status.state, status.total) == ("running", 0)
    assert status.message == "the service calls its state 'paused'"


def test_a_refused_file_names_its_lines(service: Service) -> None:
    errors = [
        {"code": "invalid_json_line", "line": 2, "message": f"Not JSON {SECRET}.", "param": None},
        {"code": "invalid_url", "line": 4, "message": "No such endpoint", "param": "url"},
        {"code": None, "line": None, "message": "And the rest", "param": None},
        {"code": "x", "line": 9, "message": "unseen", "param": None},
    ]
    service.batch(status="failed", errors={"object": "list", "data": errors})
    assert service.batching().status("batch_1").message == (
        "line 2: Not JSON *** (invalid_json_line); line 4: No such endpoint (invalid_url, 'url'); And the rest"
        " (and 1 more)"
    )


def test_a_batch_that_the_service_does_not_know_is_forgotten(service: Service) -> None:
    for ask in (service.batching().status, service.batching().cancel):
        with pytest.raises(ForgottenError, match="the service does not know batch 'batch_1'"):
            ask("batch_1")


def test_cancelling_is_asked_for_and_goes_on(service: Service) -> None:
    service.batch(status="in_progress")
    assert service.batching().cancel("batch_1").state == "cancelling"
    assert service.seen == ["POST /batches/batch_1/cancel"]


def test_cancelling_what_has_ended_says_how_it_ended(service: Service) -> None:
    service.batch(status="expired")
    assert service.batching().cancel("batch_1").state == "expired"


def test_cancelling_that_fails_otherwise_is_an_error(service: Service) -> None:
    service.batch(status="in_progress")
    service.instead("POST /batches/batch_1/cancel", lambda request: problem(500, "no"))
    with pytest.raises(UnavailableError) as caught:
        service.batching().cancel("batch_1")
    assert not caught.value.billed


def page(request: httpx2.Request) -> httpx2.Response:
    """What a portal in front of the service says."""
    return httpx2.Response(200, html="<html>Sign in first</html>")


@pytest.mark.parametrize(
    ("call", "ask"),
    [
        ("POST /files", lambda batching: batching.submit(TOKEN, [line(1)])),
        ("GET /batches", lambda batching: batching.find(TOKEN)),
        ("GET /batches/batch_1", lambda batching: batching.status("batch_1")),
        ("POST /batches/batch_1/cancel", lambda batching: batching.cancel("batch_1")),
    ],
)
def test_a_web_page_in_place_of_an_answer_is_an_unbilled_error(
    service: Service, call: str, ask: Callable[[OpenAIBatching], object]
) -> None:
    service.batch(status="in_progress")
    service.instead(call, page)
    with pytest.raises(ProviderError, match="cannot be read") as caught:
        ask(service.batching())
    assert not caught.value.billed
    assert service.made == []


def test_a_web_page_in_place_of_the_new_batch_leaves_it_open_whether_there_is_one(service: Service) -> None:
    service.instead("POST /batches", page)
    with pytest.raises(UnavailableError, match="it is not known"):
        service.batching().submit(TOKEN, [line(1)])


def test_without_a_key_nothing_is_sent() -> None:
    service = Service()
    with pytest.raises(AuthenticationError, match="there is no key"):
        service.batching(Settings()).submit(TOKEN, [line(1, parent=picture(PARENT))])
    assert service.seen == []


def test_a_large_file_of_lines_is_never_in_memory_as_a_whole() -> None:
    class Counting(httpx2.BaseTransport):
        taken = 0

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            assert isinstance(request.stream, httpx2.SyncByteStream)
            self.taken += sum(len(piece) for piece in request.stream)
            return httpx2.Response(200, json={"id": f"{request.url.path[4:]}-1"}, request=request)

    transport, settings = Counting(), Settings(environ={"OPENAI_API_KEY": SECRET})
    connection = Connection(settings, transport=transport)
    batching = OpenAIBatching(settings, build_catalog(), connection)
    prompt = "x" * 30_000
    lines = [line(number, prompt) for number in range(400)]
    assert connection.client
    tracemalloc.start()
    try:
        assert batching.submit(TOKEN, lines) == "batches-1"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        connection.close()
    assert transport.taken > len(lines) * len(prompt)
    assert peak < transport.taken / 4
