"""Files, batches and models, as the real client sees them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from asking import FORCED, IMAGE_MODEL

from imagebuild.testing import png
from imagebuild_devserver import Fault


def lines(*prompts: str, **changes: object) -> bytes:
    """An input file for generations, a prompt a line."""
    rows = [
        {
            "custom_id": prompt,
            "method": "POST",
            "url": "/v1/images/generations",
            "body": {"model": IMAGE_MODEL, "prompt": prompt, "quality": "low"},
            **changes,
        }
        for prompt in prompts
    ]
    return "\n".join(map(json.dumps, rows)).encode()


def submit(client, data: bytes, endpoint: str = "/v1/images/generations", **more: object):
    file = client.files.create(file=("in.jsonl", data, "application/jsonl"), purpose="batch")
    return client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h", **more)


def rows(client, file_id: str) -> dict[str, dict]:
    text = client.files.content(file_id).read()
    return {row["custom_id"]: row for row in map(json.loads, text.splitlines())}


def test_a_file_is_kept_listed_and_deleted(client, openai) -> None:
    file = client.files.create(
        file=("in.jsonl", b"{}", "application/jsonl"),
        purpose="batch",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    assert (file.bytes, file.filename, file.purpose) == (2, "in.jsonl", "batch")
    assert file.expires_at - file.created_at == 3600
    assert client.files.retrieve(file.id) == file
    assert client.files.content(file.id).read() == b"{}"
    assert [found.id for found in client.files.list(purpose="batch")] == [file.id]
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


def test_a_file_that_has_expired_is_gone(serve, connect, clock, openai) -> None:
    client = connect(serve(clock=clock))
    file = client.files.create(
        file=("a.png", png(), "image/png"), purpose="vision", expires_after={"anchor": "created_at", "seconds": 3600}
    )
    clock.now += 3601
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file.id)


def test_a_file_for_nothing_known_is_refused(client, openai) -> None:
    with pytest.raises(openai.BadRequestError):
        client.files.create(file=("a.png", png(), "image/png"), purpose="holiday")


def test_a_batch_goes_through_its_states_and_delivers(serve, connect, clock) -> None:
    server = serve(batch_seconds=100, clock=clock)
    client = connect(server)
    batch = submit(client, lines("fox", "owl"), metadata={"intent": "7"})
    seen = [batch.status]
    for _ in range(3):
        clock.now += 34
        seen.append(client.batches.retrieve(batch.id).status)
    assert seen == ["validating", "in_progress", "in_progress", "completed"]
    done = client.batches.retrieve(batch.id)
    assert (done.request_counts.total, done.request_counts.completed, done.error_file_id) == (2, 2, None)
    assert done.metadata == {"intent": "7"}
    answers = rows(client, done.output_file_id)
    assert set(answers) == {"fox", "owl"}
    assert all(row["response"]["status_code"] == 200 and row["error"] is None for row in answers.values())
    assert all(row["response"]["body"]["data"][0]["b64_json"] for row in answers.values())
    assert [(entry.endpoint, entry.custom_id, entry.batch_id) for entry in server.ledger] == [
        ("batches", "fox", batch.id),
        ("batches", "owl", batch.id),
    ]


def test_lines_are_billed_as_they_are_finished(serve, connect, clock) -> None:
    server = serve(batch_seconds=100, clock=clock)
    submit(connect(server), lines("fox", "owl"))
    assert server.paid == 0
    clock.now += 60
    assert server.paid == 1
    clock.now += 60
    assert server.paid == 2


def test_a_batch_of_responses_and_one_of_edits_run_the_live_handlers(client, server) -> None:
    picture = client.files.create(file=("a.png", png(1024, 1024), "image/png"), purpose="vision")
    tools = [{"type": "image_generation", "model": IMAGE_MODEL}]
    body = {"model": "gpt-6-luna", "input": "a fox", "tools": tools, "tool_choice": FORCED}
    first = submit(client, lines("fox", url="/v1/responses", body=body), "/v1/responses")
    body = {"model": IMAGE_MODEL, "prompt": "blue", "images": [{"file_id": picture.id}]}
    second = submit(client, lines("blue", url="/v1/images/edits", body=body), "/v1/images/edits")
    (answer,) = rows(client, client.batches.retrieve(first.id).output_file_id).values()
    assert answer["response"]["body"]["output"][0]["result"]
    (answer,) = rows(client, client.batches.retrieve(second.id).output_file_id).values()
    assert answer["response"]["body"]["data"][0]["b64_json"]
    assert [entry.prompt for entry in server.ledger] == ["a fox", "blue"]


def test_a_line_that_is_wrong_stands_in_the_error_file_and_is_not_billed(client, server) -> None:
    bad = json.dumps(
        {
            "custom_id": "bad",
            "method": "POST",
            "url": "/v1/images/generations",
            "body": {"model": IMAGE_MODEL, "prompt": "x", "size": "10x10"},
        }
    )
    batch = client.batches.retrieve(submit(client, lines("fox") + b"\n" + bad.encode()).id)
    assert batch.status == "completed"
    assert (batch.request_counts.completed, batch.request_counts.failed) == (1, 1)
    (row,) = rows(client, batch.error_file_id).values()
    assert (row["custom_id"], row["response"]["status_code"]) == ("bad", 400)
    assert row["response"]["body"]["error"]["param"] == "size"
    assert server.paid == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lines("fox", body={"model": "gpt-image-2.6-flare", "prompt": "fox"}), "model_not_found"),
        (lines("fox") + b"\n" + lines("owl", body={"model": "gpt-image-2", "prompt": "owl"}), "mismatched_model"),
        (lines("fox", "fox"), "duplicate_custom_id"),
        (lines("fox", url="/v1/responses"), "mismatched_url"),
        (b"{not json", "invalid_json_line"),
        (b"", "empty_file"),
    ],
)
def test_a_file_that_is_no_batch_fails_its_validation(client, server, data, code) -> None:
    batch = client.batches.retrieve(submit(client, data).id)
    assert batch.status == "failed"
    assert code in [error.code for error in batch.errors.data]
    assert server.paid == 0


def test_a_tool_without_a_model_would_be_2_6_and_is_refused(client) -> None:
    body = {"model": "gpt-6-luna", "input": "a fox", "tools": [{"type": "image_generation"}]}
    batch = submit(client, lines("fox", url="/v1/responses", body=body), "/v1/responses")
    assert client.batches.retrieve(batch.id).status == "failed"


def test_a_cancelled_batch_keeps_what_was_finished(serve, connect, clock, openai) -> None:
    server = serve(batch_seconds=100, clock=clock)
    client = connect(server)
    batch = submit(client, lines("fox", "owl"))
    clock.now += 60
    assert client.batches.cancel(batch.id).status == "cancelling"
    clock.now += 60
    done = client.batches.retrieve(batch.id)
    assert done.status == "cancelled"
    assert set(rows(client, done.output_file_id)) == {"fox"}
    assert server.paid == 1
    with pytest.raises(openai.ConflictError):
        client.batches.cancel(batch.id)


def test_batches_are_listed_newest_first_page_by_page(client) -> None:
    made = [submit(client, lines("fox"), metadata={"n": str(number)}).id for number in range(5)]
    page = client.batches.list(limit=2)
    assert [batch.id for batch in page.data] == made[:-3:-1]
    assert page.has_more
    assert [batch.id for batch in client.batches.list(limit=2)] == made[::-1]


def test_an_expired_batch_names_the_lines_it_did_not_do(client, server) -> None:
    server.faults.add(Fault("batch_expired"))
    batch = client.batches.retrieve(submit(client, lines("fox", "owl", "elk", "emu")).id)
    assert batch.status == "expired"
    assert set(rows(client, batch.output_file_id)) == {"fox", "owl"}
    late = rows(client, batch.error_file_id)
    assert {name: row["error"]["code"] for name, row in late.items()} == {
        "elk": "batch_expired",
        "emu": "batch_expired",
    }
    assert server.paid == 2


def test_a_partial_batch_delivers_every_second_line(client, server) -> None:
    server.faults.add(Fault("batch_partial"))
    batch = client.batches.retrieve(submit(client, lines("fox", "owl", "elk")).id)
    assert batch.status == "completed"
    assert set(rows(client, batch.output_file_id)) == {"fox", "elk"}
    assert rows(client, batch.error_file_id)["owl"]["response"]["status_code"] == 500
    assert server.paid == 2


def test_a_batch_can_fail_as_a_whole(client, server) -> None:
    server.faults.add(Fault("batch_failed", code="token_limit_exceeded", message="too much"))
    batch = client.batches.retrieve(submit(client, lines("fox")).id)
    assert batch.status == "failed"
    assert [(error.code, error.message) for error in batch.errors.data] == [("token_limit_exceeded", "too much")]
    assert server.paid == 0


def test_faults_strike_single_lines(client, server) -> None:
    server.faults.add(Fault("batch_line_error", match="owl", code="invalid_value"))
    batch = client.batches.retrieve(submit(client, lines("fox", "owl", "elk [fault: moderation]")).id)
    errors = rows(client, batch.error_file_id)
    assert errors["owl"]["response"]["status_code"] == 400
    assert errors["elk [fault: moderation]"]["response"]["body"]["error"]["code"] == "moderation_blocked"
    assert set(rows(client, batch.output_file_id)) == {"fox"}
    assert server.paid == 1


def test_models_tell_when_they_shut_down(serve, connect) -> None:
    client = connect(serve(today=date(2026, 11, 23)))
    dates = {model.id: model.shutdown_date for model in client.models.list()}
    assert dates["gpt-image-2.6-sunburst"] is None
    assert dates["gpt-image-1.5"] == "2026-12-01"
    assert "dall-e-3" not in dates
    assert client.models.retrieve("gpt-5").shutdown_date == "2026-12-11"


def test_a_model_that_is_shut_down_is_not_found(serve, connect, openai) -> None:
    server = serve(today=date(2026, 12, 1))
    for name in ("gpt-image-1.5", "gpt-image-1", "no-such-model"):
        with pytest.raises(openai.NotFoundError) as caught:
            connect(server).images.generate(model=name, prompt="a fox")
        assert caught.value.code == "model_not_found"
    assert server.paid == 0


def test_a_server_can_have_models_of_its_own(serve, connect, openai) -> None:
    client = connect(serve(models=["gpt-image-1", "my-model"]))
    assert [model.id for model in client.models.list()] == ["gpt-image-1", "my-model"]
    assert client.images.generate(model="my-model", prompt="a fox", size="1024x1024").data
    assert client.images.generate(model="gpt-image-1", prompt="a fox").data
    with pytest.raises(openai.NotFoundError):
        client.images.generate(model="gpt-image-2", prompt="a fox")
