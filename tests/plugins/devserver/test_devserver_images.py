"""The images endpoints, as the real client sees them."""

from __future__ import annotations

import urllib.request

import pytest
from asking import IMAGE_MODEL, described, edit, first, generate, named

from imagebuild.testing import png

HOLE = (0, 0, 0, 0)


def test_a_generation_gives_the_picture_asked_for(client, server) -> None:
    answer = generate(client, size="1536x1024", output_format="jpeg", quality="high", output_compression=70)
    assert described(first(answer)) == ("image/jpeg", 1536, 1024)
    assert (answer.size, answer.output_format, answer.quality, answer.background) == (
        "1536x1024",
        "jpeg",
        "high",
        "opaque",
    )
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert [(entry.endpoint, entry.prompt, entry.pictures) for entry in server.ledger] == [
        ("images/generations", "a red car", 1)
    ]


def test_several_pictures_are_one_call_and_differ(client, server) -> None:
    answer = generate(client, n=4)
    assert len({image.b64_json for image in answer.data}) == 4
    assert [entry.pictures for entry in server.ledger] == [4]


def test_the_same_call_again_gives_another_picture(client) -> None:
    assert first(generate(client)) != first(generate(client))


def test_a_gif_moves_and_an_svg_is_text(client) -> None:
    gif = first(generate(client, output_format="gif", frame_count=4, frame_duration_ms=100))
    assert described(gif) == ("image/gif", 720, 720)
    assert gif.count(b"\x21\xf9\x04") == 4
    answer = generate(client, output_format="svg", extra_body={"svg": {"model": "gpt-6-luna"}})
    assert first(answer).startswith(b"<svg")
    assert answer.svg_usage.model == "gpt-6-luna"


def test_an_edit_takes_one_picture_or_many(client, server) -> None:
    one = edit(client, named(png(1024, 1024)))
    many = edit(client, [named(png(1024, 1024)), named(png(512, 512), "b.png")], size="1024x1536")
    assert described(first(one)) == ("image/png", 1024, 1024)
    assert described(first(many)) == ("image/png", 1024, 1536)
    assert many.usage.input_tokens_details.image_tokens == 1024 + 256
    assert [entry.endpoint for entry in server.ledger] == ["images/edits"] * 2


def test_a_mask_or_a_markup_goes_with_an_edit_but_not_both(client, openai) -> None:
    picture, overlay = named(png(64, 64)), named(png(64, 64, HOLE), "over.png")
    assert edit(client, picture, mask=overlay).data
    assert edit(client, picture, markup=overlay).data
    with pytest.raises(openai.BadRequestError, match="together"):
        edit(client, picture, mask=overlay, markup=overlay)


@pytest.mark.parametrize(
    ("overlay", "said"),
    [(png(64, 64), "alpha channel"), (png(32, 32, HOLE), "size of the first"), (b"text", "not a valid png")],
)
def test_a_mask_that_does_not_fit_is_refused(client, openai, overlay, said) -> None:
    with pytest.raises(openai.BadRequestError, match=said):
        edit(client, named(png(64, 64)), mask=named(overlay, "mask.png"))


def test_an_edit_by_json_takes_uploaded_pictures(client, openai) -> None:
    picture = client.files.create(file=named(png(1024, 1024)), purpose="vision")
    body = {"model": IMAGE_MODEL, "prompt": "make it blue", "images": [{"file_id": picture.id}]}
    answer = client.post("/images/edits", cast_to=openai.types.ImagesResponse, body=body)
    assert described(first(answer)) == ("image/png", 1024, 1024)


def test_an_edit_without_a_picture_is_refused(client, openai, server) -> None:
    with pytest.raises(openai.BadRequestError, match="'image'"):
        edit(client, [])
    assert server.paid == 0


def test_a_nested_field_of_a_form_is_understood(client) -> None:
    answer = edit(client, named(png(64, 64)), output_format="svg", svg={"model": "gpt-6-astra"})
    assert answer.svg_usage.model == "gpt-6-astra"


@pytest.mark.parametrize("name", ["image_generation", "image_edit"])
def test_a_stream_shows_partial_pictures_and_then_the_whole(client, server, name) -> None:
    more = {"stream": True, "partial_images": 2}
    stream = generate(client, **more) if name == "image_generation" else edit(client, named(png(64, 64)), **more)
    events = list(stream)
    assert [event.type for event in events] == [f"{name}.partial_image"] * 2 + [f"{name}.completed"]
    assert [event.partial_image_index for event in events[:2]] == [0, 1]
    assert events[-1].usage.output_tokens > 200
    assert len({event.b64_json for event in events}) == 3
    assert server.paid == 1


@pytest.mark.parametrize(
    ("options", "code", "param"),
    [
        ({"extra_body": {"seed": 1}}, "unknown_parameter", "seed"),
        ({"response_format": "b64_json"}, "unknown_parameter", "response_format"),
        ({"style": "vivid"}, "unknown_parameter", "style"),
        ({"n": 11}, "invalid_value", "n"),
        ({"size": "1000x1000"}, "invalid_value", "size"),
        ({"output_format": "bmp"}, "invalid_value", "output_format"),
        ({"output_format": "svg", "n": 2}, "invalid_value", "n"),
        ({"output_format": "gif", "stream": True}, "invalid_value", "stream"),
        ({"background": "transparent", "output_format": "gif"}, "invalid_value", "background"),
        ({"prompt": ""}, "missing_required_parameter", "prompt"),
        ({"model": None}, "missing_required_parameter", "model"),
    ],
)
def test_options_that_are_wrong_are_refused_and_not_billed(client, openai, server, options, code, param) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        generate(client, **options)
    assert (caught.value.code, caught.value.param) == (code, param)
    assert server.paid == 0


def test_a_gif_takes_no_mask(client, openai) -> None:
    with pytest.raises(openai.BadRequestError, match="mask"):
        edit(client, named(png(64, 64)), output_format="gif", mask=named(png(64, 64, HOLE)))


def test_moderation_of_an_edit_goes_by_extra_body(client) -> None:
    assert edit(client, named(png(64, 64)), extra_body={"moderation": "low"}).data


def test_a_small_server_answers_with_links_and_passes_over_what_it_does_not_know(serve, connect) -> None:
    server = serve(profile="url", models=["sd-local"])
    client = connect(server)
    answer = generate(client, model="sd-local", size="512x512", extra_body={"seed": 7})
    assert answer.data[0].b64_json is None
    assert answer.usage is None
    assert answer.data[0].url.startswith(server.root)
    with urllib.request.urlopen(answer.data[0].url) as reply:
        assert described(reply.read()) == ("image/png", 512, 512)
    asked = generate(client, model="sd-local", size="512x512", response_format="b64_json")
    assert described(first(asked)) == ("image/png", 512, 512)
