from __future__ import annotations

import base64
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from batch_service import (
    NOW,
    OPTIONS,
    SECRET,
    Answer,
    Service,
    done,
    drawn,
    ended,
    key,
    line,
    lost,
    problem,
    refused,
    rows,
)

from imagebuild import Request, Result
from imagebuild.errors import (
    ForgottenError,
    NoImageError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RefusedError,
    UnavailableError,
)
from imagebuild_openai.batch_stream import open_file, read_lines

REQUESTS = {each.key: each.request for each in (line(number) for number in range(1, 10))}
PRICE = (10 * 5 + 100 * 30) / 1e6


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


def read(service: Service, batch_id: str = "batch_1", requests: Any = REQUESTS) -> dict[int, Result | ProviderError]:
    """What comes of each line, by number; no line comes twice."""
    found = list(service.batching().results(batch_id, requests))
    assert len({each for each, _ in found}) == len(found)
    return {int(each, 16): outcome for each, outcome in found}


def test_results_hold_the_picture_at_half_the_price(service: Service) -> None:
    service.finished(rows(done(2), done(1)))
    found = read(service)
    assert list(found) == [2, 1]
    result = found[1]
    assert isinstance(result, Result)
    assert result.pictures[0].data == base64.b64decode(drawn())
    assert result.request_id == "req_1"
    assert result.faults == ()
    assert result.cost_usd == pytest.approx(PRICE / 2)


def test_all_pictures_of_a_line_are_taken(service: Service) -> None:
    service.finished(rows(done(1, data=[{"b64_json": drawn()}, {"b64_json": drawn()}])))
    result = read(service)[1]
    assert isinstance(result, Result)
    assert len(result.pictures) == 2


def test_a_picture_that_differs_from_what_was_asked_says_so(service: Service) -> None:
    service.finished(rows(done(1, drawn(512))))
    result = read(service)[1]
    assert isinstance(result, Result)
    assert result.faults == ("asked for 1024x1024, got 512x512",)


def test_a_response_of_a_batch_is_read_as_a_live_one(service: Service) -> None:
    call = {
        "type": "image_generation_call",
        "id": "ig_1",
        "status": "completed",
        "result": drawn(),
        "revised_prompt": "a red car",
    }
    body = {
        "id": "resp_1",
        "object": "response",
        "status": "completed",
        "model": "gpt-6-luna",
        "output": [call],
        "usage": {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100},
        "tool_usage": {
            "image_gen": {
                "input_tokens": 10,
                "input_tokens_details": {"text_tokens": 10, "image_tokens": 0},
                "output_tokens": 100,
                "total_tokens": 110,
            }
        },
    }
    entry = done(1)
    entry["response"]["body"] = body
    service.finished(rows(entry), endpoint="/v1/responses")
    options = {**OPTIONS, "api": "responses", "model": "gpt-6-luna", "image_model": OPTIONS["model"]}
    result = read(service, requests={key(1): Request("a car", options)})[1]
    assert isinstance(result, Result)
    assert (result.response_id, result.revised_prompt) == ("resp_1", "a red car")
    assert result.cost_usd == pytest.approx((PRICE + (1000 * 0.1 + 100 * 0.5) / 1e6) / 2)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"code": "moderation_blocked", "message": "no"}, RefusedError),
        (400, {"code": "invalid_value", "message": f"{SECRET} is wrong"}, ProviderError),
        (429, {"code": "rate_limit_exceeded", "message": "slow"}, RateLimitError),
        (429, {"code": "insufficient_quota", "message": "paid out"}, QuotaError),
        (500, {"code": "server_error", "message": "sorry"}, UnavailableError),
    ],
)
def test_a_line_with_an_error_is_that_error(
    service: Service, status: int, error: Any, kind: type[ProviderError]
) -> None:
    service.finished(rows(done(1)), rows(refused(2, status, **error)))
    found = read(service)
    assert isinstance(found[1], Result)
    assert isinstance(found[2], kind)
    assert found[2].request_id == "req_2"
    assert SECRET not in str(found[2])


def test_an_error_in_the_output_file_is_one_too(service: Service) -> None:
    blocked = {"code": "moderation_blocked", "moderation_details": {"moderation_stage": "output", "categories": ["x"]}}
    service.finished(rows(refused(1, 400, **blocked)))
    error = read(service)[1]
    assert isinstance(error, RefusedError)
    assert (error.stage, error.categories) == ("output", ("x",))


def test_a_line_that_did_not_run_is_not_handed_over(service: Service) -> None:
    service.finished(rows(done(1)), rows(ended(2, "batch_expired"), ended(3, "batch_cancelled")), status="expired")
    assert list(read(service)) == [1]


def test_a_line_that_ran_too_long_may_have_been_billed(service: Service) -> None:
    service.finished(None, rows(ended(1, "request_timeout", "too long"), ended(2, "internal", "sorry")))
    found = read(service)
    assert isinstance(found[1], UnavailableError)
    assert isinstance(found[2], UnavailableError)
    assert (found[1].billed, found[2].billed) == (True, False)


def test_lines_that_nobody_asked_for_are_passed_over(service: Service) -> None:
    foreign = {"custom_id": "somebody-else", "response": {"status_code": 200, "body": {}}}
    service.finished(rows(foreign, b"[]", b"7", b'{"custom_id": 7}', b'{"custom_id": ["x"]}', done(1)))
    assert list(read(service)) == [1]


def test_the_second_line_of_an_id_is_passed_over(service: Service) -> None:
    first, second = drawn(1024), drawn(512)
    service.finished(rows(done(1, first), done(1, second)), rows(ended(1, "batch_expired"), refused(1, 500)))
    result = read(service)[1]
    assert isinstance(result, Result)
    assert result.pictures[0].data == base64.b64decode(first)


@pytest.mark.parametrize(
    "damaged",
    [
        b'{"id": "x", "custom_id": "' + key(1).encode() + b'", "response": {"status_code": 200, "bo',
        b'{"custom_id":"' + key(1).encode() + b'"' + b"[" * 100_000,
        json.dumps({**done(1), "response": {"status_code": 200, "body": None}}).encode(),
        json.dumps({**done(1), "response": {"body": {}}}).encode(),
        json.dumps({**done(1), "response": {"status_code": 200, "body": {"data": [{"b64_json": 7}]}}}).encode(),
        json.dumps({**done(1), "response": {"status_code": 200, "body": {"data": 7, "usage": [7]}}}).encode(),
    ],
)
def test_a_damaged_line_is_an_error_of_its_own_and_of_no_other(service: Service, damaged: bytes) -> None:
    service.finished(rows(damaged, done(2)))
    found = read(service)
    assert isinstance(found[1], NoImageError)
    assert found[1].billed
    assert isinstance(found[2], Result)


def test_a_damaged_line_without_an_id_is_passed_over(service: Service) -> None:
    service.finished(rows(b'{"id": "x", "cust', b"\xff\xfe", done(2)))
    assert list(read(service)) == [2]


def test_an_answer_with_bad_pictures_is_an_error_that_was_paid_for(service: Service) -> None:
    service.finished(rows(done(1, "%%%"), done(2, data=[])))
    for error in read(service).values():
        assert isinstance(error, NoImageError)
        assert error.billed


def test_reading_goes_on_after_the_connection_broke(service: Service) -> None:
    data = rows(done(1), done(2), done(3))
    middle = len(data) // 2

    class Breaking(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield data[:middle]
            raise httpx2.ReadError("connection reset")

    service.finished(data)
    service.instead("GET /files/file-output/content", lambda request: httpx2.Response(200, stream=Breaking()))
    assert list(read(service)) == [1, 2, 3]
    assert service.seen.count("GET /files/file-output/content") == 2


def test_a_service_without_ranges_is_read_on_all_the_same(service: Service) -> None:
    data = rows(done(1), done(2), done(3))
    service.finished(data)
    service.instead(
        "GET /files/file-output/content",
        lambda request: httpx2.Response(200, content=data[: len(data) - 9]),
        lambda request: httpx2.Response(200, content=data),
    )
    client = service.connect().client
    lines = list(read_lines(lambda offset: open_file(client, "file-output", offset), (httpx2.HTTPError,)))
    assert b"\n".join(lines) + b"\n" == data


def test_a_connection_that_broke_right_at_the_end_has_brought_everything(service: Service) -> None:
    data = rows(done(1), done(2))

    class Breaking(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield data
            raise httpx2.ReadError("connection reset")

    service.finished(data)
    service.instead(
        "GET /files/file-output/content",
        lambda request: httpx2.Response(200, stream=Breaking()),
        lambda request: httpx2.Response(416),
    )
    assert list(read(service)) == [1, 2]


def test_a_connection_that_stays_broken_is_an_unbilled_error_to_try_again(service: Service) -> None:
    service.finished(rows(done(1)))
    service.instead("GET /files/file-output/content", lost, lost, lost)
    with pytest.raises(UnavailableError) as caught:
        read(service)
    assert caught.value.retryable
    assert not caught.value.billed


def test_results_that_the_service_has_deleted_are_forgotten(service: Service) -> None:
    service.finished(rows(done(1)))
    service.contents.clear()
    with pytest.raises(ForgottenError, match="does not know batch 'batch_1', or no longer has its results"):
        read(service)


@pytest.mark.parametrize(
    ("age", "kind"), [(3600, UnavailableError), (29 * 86400, UnavailableError), (31 * 86400, ForgottenError)]
)
@pytest.mark.parametrize("output", [None, rows(done(1))])
def test_lines_that_were_done_and_are_missing_do_not_pass_for_lines_that_never_ran(
    service: Service, age: int, kind: type[ProviderError], output: bytes | None
) -> None:
    keep_uploads(service)
    counts = {"completed": 2, "failed": 0, "total": 2}
    service.finished(output, request_counts=counts, created_at=NOW - age)
    results = service.batching().results("batch_1", REQUESTS)
    if output:
        assert next(results)[0] == key(1)
    with pytest.raises(kind, match="the service has done 2 lines of batch 'batch_1', and its results hold") as caught:
        next(results)
    assert not caught.value.billed
    assert len(service.files) == 3


def test_a_batch_that_goes_on_has_no_results_yet_and_keeps_its_uploads(service: Service) -> None:
    service.batch(status="in_progress")
    assert read(service) == {}
    assert service.seen == ["GET /batches/batch_1"]


def keep_uploads(service: Service) -> None:
    for name, filename, purpose in (
        ("file-input1", "imagebuild-token1.jsonl", "batch"),
        ("file-parent", "imagebuild-token1-abc.png", "vision"),
        ("file-other", "imagebuild-token2-abc.png", "vision"),
    ):
        service.files[name] = {
            "id": name, "object": "file", "purpose": purpose, "filename": filename, "created_at": NOW,
            "bytes": 1, "status": "processed",
        }  # fmt: skip


def test_uploads_are_removed_once_all_results_are_read(service: Service) -> None:
    keep_uploads(service)
    service.finished(rows(done(1), done(2)))
    results = service.batching().results("batch_1", REQUESTS)
    next(results)
    next(results)
    assert len(service.files) == 3
    assert list(results) == []
    assert list(service.files) == ["file-other"]
    assert "file-output" in service.contents


def test_uploads_stay_where_reading_was_given_up(service: Service) -> None:
    keep_uploads(service)
    service.finished(rows(done(1), done(2)))
    results = service.batching().results("batch_1", REQUESTS)
    next(results)
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(service.files) == 3


@pytest.mark.parametrize(
    "answer", [lambda request: problem(500, "no"), lambda request: httpx2.Response(200, text="?"), lost]
)
def test_uploads_that_cannot_be_removed_harm_nothing(service: Service, answer: Answer) -> None:
    keep_uploads(service)
    service.finished(rows(done(1)))
    service.instead("GET /files", answer)
    service.instead("DELETE /files/file-input1", lost)
    assert list(read(service)) == [1]


def test_a_large_output_is_never_in_memory_as_a_whole(service: Service) -> None:
    image = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(2_000_000)).decode()
    row = rows(done(1, image))
    count = 40

    class Long(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for number in range(1, count + 1):
                yield row.replace(key(1).encode(), key(number).encode())

    requests = {key(number): line(number).request for number in range(1, count + 1)}
    service.finished(b"")
    service.instead("GET /files/file-output/content", lambda request: httpx2.Response(200, stream=Long()))
    batching = service.batching()
    assert batching.status("batch_1").is_final
    tracemalloc.start()
    try:
        read_lines = sum(1 for _ in batching.results("batch_1", requests))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read_lines == count
    assert peak < len(row) * count / 4
