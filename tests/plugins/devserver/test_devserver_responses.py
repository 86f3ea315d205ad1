"""The responses endpoint, as the real client sees it."""

from __future__ import annotations

import pytest
from asking import IMAGE_MODEL, described, respond, result, shown

from imagebuild.testing import png


def test_a_response_holds_the_picture_with_the_options_used(client, server) -> None:
    response = respond(client, tool={"size": "1536x1024", "output_format": "webp", "background": "transparent"})
    (item,) = response.output
    assert response.status == item.status == "completed"
    assert described(result(response)) == ("image/webp", 1536, 1024)
    assert (item.action, item.background, item.output_format) == ("generate", "transparent", "webp")
    assert (item.quality, item.size) == ("low", "1536x1024")
    assert "a red car" in item.revised_prompt
    assert [(entry.endpoint, entry.model, entry.response_id) for entry in server.ledger] == [
        ("responses", IMAGE_MODEL, response.id)
    ]


def test_usage_counts_the_driving_model_and_the_pictures_apart(client) -> None:
    response = respond(client, tool={"size": "1024x1024", "quality": "high"})
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
    drawn = response.tool_usage.image_gen
    assert drawn.output_tokens == 1756
    assert drawn.input_tokens_details.text_tokens == drawn.input_tokens > 0


def test_a_background_response_is_queued_and_done_when_its_time_has_come(serve, connect, clock) -> None:
    server = serve(seconds=60, clock=clock)
    client = connect(server)
    response = respond(client, background=True)
    assert (response.status, response.output) == ("queued", [])
    assert server.paid == 1
    clock.now += 30
    assert client.responses.retrieve(response.id).status == "in_progress"
    clock.now += 31
    done = client.responses.retrieve(response.id)
    assert done.status == "completed"
    assert described(result(done)) == ("image/png", 1024, 1024)
    assert result(client.responses.retrieve(response.id)) == result(done)
    assert server.paid == 1


def test_a_background_response_can_be_cancelled(serve, connect, clock) -> None:
    client = connect(serve(seconds=60, clock=clock))
    response = respond(client, background=True)
    assert client.responses.cancel(response.id).status == "cancelled"
    clock.now += 100
    assert client.responses.retrieve(response.id).status == "cancelled"


def test_only_background_responses_can_be_cancelled(client, openai) -> None:
    with pytest.raises(openai.BadRequestError, match="background"):
        client.responses.cancel(respond(client).id)


def test_a_deleted_response_is_not_found(client, openai) -> None:
    response = respond(client)
    assert result(client.responses.retrieve(response.id)) == result(response)
    client.responses.delete(response.id)
    with pytest.raises(openai.NotFoundError, match=response.id):
        client.responses.retrieve(response.id)


def test_what_is_not_stored_is_kept_for_polling_only(serve, connect, clock, openai) -> None:
    client = connect(serve(clock=clock))
    whole = respond(client, store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(whole.id)
    polled = respond(client, store=False, background=True)
    assert client.responses.retrieve(polled.id).status == "completed"
    clock.now += 601
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(polled.id)


def test_the_events_of_a_stream_come_in_the_documented_order(client) -> None:
    events = list(respond(client, tool={"partial_images": 2}, stream=True))
    call = "response.image_generation_call."
    assert [event.type for event in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        f"{call}in_progress",
        f"{call}generating",
        f"{call}partial_image",
        f"{call}partial_image",
        f"{call}completed",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(10))
    partials = [event for event in events if event.type == f"{call}partial_image"]
    assert [event.partial_image_index for event in partials] == [0, 1]
    final = result(events[-1].response)
    assert events[-2].item.result == events[-1].response.output[0].result
    assert len({final, *(event.partial_image_b64 for event in partials)}) == 3


def test_a_stream_in_the_background_is_billed_at_once_and_can_be_taken_up_again(serve, connect) -> None:
    server = serve()
    client = connect(server)
    with respond(client, tool={"partial_images": 1}, stream=True, background=True) as stream:
        heard = [next(stream) for _ in range(3)]
    assert [event.type for event in heard] == ["response.created", "response.queued", "response.in_progress"]
    name = heard[0].response.id
    rest = list(client.responses.retrieve(name, stream=True, starting_after=heard[-1].sequence_number))
    assert [event.sequence_number for event in rest] == list(range(3, 10))
    assert rest[-1].type == "response.completed"
    assert server.paid == 1


def test_a_picture_that_is_shown_is_edited(client, server) -> None:
    response = respond(client, shown(png(1024, 1024)), tool={"action": "edit"})
    assert response.output[0].action == "edit"
    assert response.tool_usage.image_gen.input_tokens_details.image_tokens == 1024
    assert result(response) != result(respond(client, "make it blue"))
    assert [entry.prompt for entry in server.ledger] == ["make it blue"] * 2


def test_an_edit_without_any_picture_is_refused(client, openai, server) -> None:
    with pytest.raises(openai.BadRequestError, match="needs an image"):
        respond(client, tool={"action": "edit"})
    assert server.paid == 0


def test_an_uploaded_picture_and_a_mask_are_taken(client, openai) -> None:
    picture = client.files.create(file=("a.png", png(1024, 1024), "image/png"), purpose="vision")
    mask = client.files.create(file=("m.png", png(1024, 1024, (0, 0, 0, 0)), "image/png"), purpose="vision")
    small = client.files.create(file=("m.png", png(64, 64, (0, 0, 0, 0)), "image/png"), purpose="vision")
    content = [{"type": "input_text", "text": "change the sky"}, {"type": "input_image", "file_id": picture.id}]
    asked = [{"role": "user", "content": content}]
    assert respond(client, asked, tool={"input_image_mask": {"file_id": mask.id}}).output[0].action == "edit"
    with pytest.raises(openai.BadRequestError, match="size of the first image"):
        respond(client, asked, tool={"input_image_mask": {"file_id": small.id}})


def test_an_earlier_response_lends_its_picture(client, openai) -> None:
    before = respond(client)
    after = respond(client, "make it blue", previous_response_id=before.id)
    assert (after.output[0].action, after.previous_response_id) == ("edit", before.id)
    item = {"type": "image_generation_call", "id": before.output[0].id}
    by_item = respond(client, [item, {"role": "user", "content": "make it blue"}])
    assert by_item.output[0].action == "edit"
    client.responses.delete(before.id)
    with pytest.raises(openai.BadRequestError) as caught:
        respond(client, "make it blue", previous_response_id=before.id)
    assert caught.value.code == "previous_response_not_found"
    with pytest.raises(openai.NotFoundError, match="Item with id"):
        respond(client, [item, {"role": "user", "content": "make it blue"}])


def test_a_conversation_gets_the_items_of_a_response_when_it_is_complete(serve, connect, clock) -> None:
    client = connect(serve(seconds=60, clock=clock))
    conversation = client.conversations.create(metadata={"key": "abc"})
    assert client.conversations.retrieve(conversation.id).metadata == {"key": "abc"}
    response = respond(client, background=True, conversation=conversation.id)
    assert list(client.conversations.items.list(conversation.id)) == []
    clock.now += 61
    items = list(client.conversations.items.list(conversation.id, order="asc"))
    assert [item.type for item in items] == ["message", "image_generation_call"]
    done = client.responses.retrieve(response.id)
    assert items[1].result == done.output[0].result
    assert done.conversation.id == conversation.id


def test_the_picture_of_a_conversation_is_edited_next(client, openai) -> None:
    conversation = client.conversations.create()
    respond(client, conversation=conversation.id)
    assert respond(client, "make it blue", conversation=conversation.id).output[0].action == "edit"
    with pytest.raises(openai.BadRequestError, match="cannot be used together"):
        respond(client, conversation=conversation.id, previous_response_id="resp_1")
    client.conversations.delete(conversation.id)
    with pytest.raises(openai.NotFoundError):
        client.conversations.items.list(conversation.id)
    with pytest.raises(openai.NotFoundError):
        respond(client, conversation=conversation.id)


def test_without_the_tool_there_are_only_words_and_nothing_is_billed(client, server) -> None:
    response = client.responses.create(model="gpt-6-luna", input="a red car")
    assert response.output_text
    assert server.paid == 0


@pytest.mark.parametrize(
    ("tool", "code", "param"),
    [
        ({"format": "png"}, "unknown_parameter", "tools[0].format"),
        ({"n": 2}, "unknown_parameter", "tools[0].n"),
        ({"seed": 1}, "unknown_parameter", "tools[0].seed"),
        ({"size": "1920x1080"}, "invalid_value", "size"),
        ({"size": "512x512"}, "invalid_value", "size"),
        ({"size": "3840x1024"}, "invalid_value", "size"),
        ({"size": "4096x2048"}, "invalid_value", "size"),
        ({"quality": "best"}, "invalid_value", "tools[0].quality"),
        ({"quality": "max", "model": "gpt-image-2"}, "invalid_value", "quality"),
        ({"background": "transparent", "output_format": "jpeg"}, "invalid_value", "background"),
        ({"input_fidelity": "high"}, "invalid_input_fidelity_model", "input_fidelity"),
        ({"complexity": "high"}, "invalid_value", "complexity"),
        ({"frame_count": 4}, "invalid_value", "frame_count"),
        ({"output_format": "gif", "size": "1024x1024"}, "invalid_value", "size"),
        ({"output_format": "gif", "output_compression": 50}, "invalid_value", "output_compression"),
        ({"output_format": "svg", "model": "gpt-image-2"}, "invalid_value", "output_format"),
        ({"svg": {"model": "gpt-6-luna"}}, "invalid_value", "svg"),
        ({"partial_images": 2}, "invalid_value", "tools[0].partial_images"),
        ({"partial_images": 9}, "invalid_value", "tools[0].partial_images"),
        ({"model": "gpt-image-1.5", "size": "1280x1024"}, "invalid_value", "size"),
    ],
)
def test_a_tool_that_is_wrong_is_refused_and_not_billed(serve, connect, openai, clock, tool, code, param) -> None:
    server = serve(clock=clock)
    with pytest.raises(openai.BadRequestError) as caught:
        respond(connect(server), tool=tool)
    assert (caught.value.code, caught.value.param) == (code, param)
    assert caught.value.request_id.startswith("req_")
    assert server.paid == 0


def test_partial_pictures_of_an_svg_are_refused(client, openai) -> None:
    with pytest.raises(openai.BadRequestError, match="partial_images"):
        respond(client, tool={"output_format": "svg", "partial_images": 1}, stream=True)


def test_a_parameter_that_does_not_exist_is_refused(client, openai) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        respond(client, extra_body={"seed": 7})
    assert (caught.value.code, caught.value.param) == ("unknown_parameter", "seed")


def test_an_image_model_cannot_drive_and_a_driving_model_cannot_draw(client, openai) -> None:
    with pytest.raises(openai.BadRequestError):
        respond(client, model=IMAGE_MODEL)
    with pytest.raises(openai.BadRequestError):
        respond(client, tool={"model": "gpt-6-luna"})


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.org/a.png", "failed_to_download_image"),
        ("data:image/png;base64,@@@@", "invalid_base64_image"),
        ("data:image/png;base64,aGVsbG8=", "invalid_image_format"),
    ],
)
def test_an_input_that_is_no_picture_is_refused(client, openai, url, code) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        respond(client, [{"role": "user", "content": [{"type": "input_image", "image_url": url}]}])
    assert caught.value.code == code
