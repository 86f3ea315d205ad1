"""Pictures through the Images API: one call, the bytes as multipart files, and no id to be noted."""

from __future__ import annotations

from typing import Any

import pytest

from imagebuild import Reference
from imagebuild.errors import (
    NoImageError,
    ProviderError,
    RateLimitError,
    RefusedError,
    RequestError,
    StoreError,
    UnavailableError,
)
from imagebuild.testing import png
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai import OpenAIProvider

PARENT, LOGO = png(64, 64), png(32, 32)
CLEAR = png(64, 64, (0, 0, 0, 0))


@pytest.fixture
def images(server, provider) -> OpenAIProvider:
    return provider(server, api="images")


def test_a_mask_that_the_service_would_refuse_is_refused_before_anything_is_sent(server, images, ask, heard) -> None:
    parent = Reference("car", "0" * 64, "image/png", lambda: PARENT)
    mask = Reference("masks/car.png", "1" * 64, "image/png", lambda: LOGO)
    with pytest.raises(RequestError, match=r"masks/car\.png") as caught:
        images.generate(ask(images, parent=parent, mask=mask), heard.context)
    assert not caught.value.billed
    assert server.requests == ()


def test_an_input_that_cannot_be_read_any_more_costs_nothing(server, images, ask, heard) -> None:
    def gone() -> bytes:
        raise StoreError("'refs/logo.png' changed while the build ran")

    logo = Reference("refs/logo.png", "0" * 64, "image/png", gone)
    with pytest.raises(RequestError, match="changed while") as caught:
        images.generate(ask(images, inputs=(logo,)), heard.context)
    assert not caught.value.billed
    assert server.requests == ()


def only(server: DevServer) -> Any:
    (seen,) = server.requests
    return seen


def test_a_picture_is_one_call_and_notes_nothing(server, images, ask, heard) -> None:
    result = images.generate(ask(images, size="1536x1024"), heard.context)
    seen = only(server)
    assert seen.path == "/v1/images/generations"
    assert seen.body["model"] == "gpt-image-2.6-sunburst"
    assert (seen.body["size"], seen.body["quality"], seen.body["moderation"]) == ("1536x1024", "low", "auto")
    assert "stream" not in seen.body
    assert (heard.ids, result.faults, server.paid) == ([], (), 1)
    assert result.response_id is None
    assert result.cost_usd is not None
    assert result.effective["size"] == "1536x1024"


def test_several_pictures_of_one_call_all_come_back(server, images, ask, heard) -> None:
    result = images.generate(ask(images, n=3), heard.context)
    assert len(result.pictures) == 3
    assert (result.faults, server.paid) == ((), 1)


def test_an_edit_sends_named_files_parent_first(server, images, ask, heard, reference) -> None:
    request = ask(images, "blue", parent=reference(PARENT), inputs=(reference(LOGO),), moderation="low")
    result = images.generate(request, heard.context)
    seen = only(server)
    assert seen.path == "/v1/images/edits"
    assert seen.headers["content-type"].startswith("multipart/form-data")
    files = seen.body["image[]"]
    assert [(file.name, file.type, file.data) for file in files] == [
        ("image-1.png", "image/png", PARENT),
        ("image-2.png", "image/png", LOGO),
    ]
    assert (seen.body["moderation"], seen.body["prompt"], seen.body["quality"]) == ("low", "blue", "low")
    assert result.pictures[0].media_type == "image/png"


@pytest.mark.parametrize("name", ["mask", "markup"])
def test_mask_and_markup_are_files_of_their_own(server, images, ask, heard, reference, name: str) -> None:
    request = ask(images, "blue", parent=reference(PARENT), **{name: reference(CLEAR)})
    assert images.generate(request, heard.context).pictures
    (file,) = only(server).body[name]
    assert (file.name, file.type, file.data) == (f"{name}.png", "image/png", CLEAR)


def test_further_fields_are_sent_as_they_are(provider, ask, heard) -> None:
    with DevServer(draw="plain", profile="url") as server:
        openai = provider(server, api="images", profile="generic", image_model="gpt-image-2")
        openai.generate(ask(openai, extra_body={"seed": 7}), heard.context)
        assert server.requests[0].body["seed"] == 7


def test_a_link_of_the_same_server_is_followed(provider, ask, heard) -> None:
    with DevServer(draw="plain", profile="url") as server:
        openai = provider(server, api="images", profile="generic", image_model="gpt-image-2")
        result = openai.generate(ask(openai), heard.context)
        assert result.pictures[0].media_type == "image/png"
        assert result.cost_usd is None
        link = server.requests[-1]
        assert link.path.startswith("/pictures/")
        assert "authorization" not in link.headers


ANSWERS = [
    (Fault("no_output"), NoImageError, True, False),
    (Fault("bad_base64"), NoImageError, True, False),
    (Fault("empty_base64"), NoImageError, True, False),
    (Fault("garbage_json"), NoImageError, True, False),
    (Fault("moderation"), RefusedError, False, False),
    (Fault("status", status=429), RateLimitError, False, True),
    (Fault("status", status=500), UnavailableError, True, True),
    (Fault("status", status=503), UnavailableError, False, True),
    (Fault("html"), UnavailableError, True, True),
    (Fault("drop"), UnavailableError, True, False),
    (Fault("cut_body"), UnavailableError, True, False),
    (Fault("hang"), UnavailableError, True, False),
]


@pytest.mark.parametrize(("fault", "kind", "billed", "retryable"), ANSWERS, ids=lambda each: getattr(each, "kind", ""))
def test_a_call_that_fails_is_made_once(
    server, provider, ask, heard, fault: Fault, kind: type[ProviderError], billed: bool, retryable: bool
) -> None:
    server.faults.add(fault)
    openai = provider(server, api="images", timeout=0.5)
    with pytest.raises(kind) as caught:
        openai.generate(ask(openai), heard.context)
    assert type(caught.value) is kind
    assert (caught.value.billed, caught.value.retryable) == (billed, retryable)
    assert len(server.requests) == 1


def test_a_lost_call_may_be_made_again_where_the_spec_says_so(server, provider, ask, heard) -> None:
    server.faults.add(Fault("drop"))
    openai = provider(server, api="images", retry_lost=True)
    with pytest.raises(UnavailableError) as caught:
        openai.generate(ask(openai), heard.context)
    assert (caught.value.billed, caught.value.retryable) == (True, True)


def test_a_redirect_is_not_followed_with_a_key(server, images, ask, heard) -> None:
    server.faults.add(Fault("redirect", headers={"location": "https://elsewhere.example/v1"}))
    with pytest.raises(ProviderError, match=r"redirects to 'elsewhere\.example'"):
        images.generate(ask(images), heard.context)
    assert len(server.requests) == 1


def test_a_wait_that_the_service_asks_for_is_passed_on(server, images, ask, heard) -> None:
    server.faults.add(Fault("status", status=429, headers={"retry-after-ms": "1500"}))
    with pytest.raises(RateLimitError) as caught:
        images.generate(ask(images), heard.context)
    assert caught.value.retry_after == 1.5


def test_limits_are_passed_on_from_answers_and_from_refusals(server, images, ask, heard) -> None:
    told = {"x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "0", "x-ratelimit-reset-images": "12s"}
    server.faults.add(Fault("headers", headers=told))
    images.generate(ask(images), heard.context)
    server.faults.add(Fault("status", status=429, headers=told))
    with pytest.raises(RateLimitError):
        images.generate(ask(images), heard.context)
    assert [(each.per_minute, each.remaining, each.reset) for each in heard.limits] == [(5.0, 0, 12.0)] * 2


def test_the_time_out_of_a_request_is_its_own(server, images, ask, heard) -> None:
    server.faults.add(Fault("hang"))
    with pytest.raises(UnavailableError, match="did not answer in time"):
        images.generate(ask(images, timeout=0.3), heard.context)


DIFFERENT = [
    (Fault("wrong_size"), {}, "asked for 1024x1024, got 512x512"),
    (Fault("wrong_type"), {}, "asked for image/png, got image/webp"),
    (Fault("two_images"), {}, "asked for 1 picture, got 2"),
    (Fault("opaque"), {"background": "transparent"}, "asked for a transparent background, got no transparent pixel"),
]


@pytest.mark.parametrize(("fault", "options", "sentence"), DIFFERENT, ids=lambda each: getattr(each, "kind", ""))
def test_a_picture_other_than_asked_for_is_kept_and_said_to_be_so(
    server, images, ask, heard, fault: Fault, options: dict[str, Any], sentence: str
) -> None:
    server.faults.add(fault)
    result = images.generate(ask(images, **options), heard.context)
    assert sentence in result.faults
    assert result.pictures


def test_a_transparent_picture_is_no_fault(images, ask, heard) -> None:
    assert images.generate(ask(images, background="transparent"), heard.context).faults == ()


def test_what_is_no_picture_is_handed_over_for_the_quarantine(server, images, ask, heard) -> None:
    server.faults.add(Fault("not_a_picture"))
    result = images.generate(ask(images), heard.context)
    assert result.pictures[0].media_type == "application/octet-stream"
    assert b"no picture" in result.pictures[0].data


@pytest.mark.parametrize("api", ["images", "responses"])
def test_another_model_is_asked_only_when_the_first_is_not_there(provider, ask, heard, api: str) -> None:
    with DevServer(draw="plain", models=["gpt-image-2", "gpt-6-luna"]) as server:
        openai = provider(server, api=api, fallback=["gpt-image-2.5-flare", "gpt-image-2"])
        result = openai.generate(ask(openai), heard.context)
        assert result.model == "gpt-image-2"
        assert server.paid == 1
        assert "'gpt-image-2' is asked instead" in heard.notices[-1]


def test_without_a_fallback_a_missing_model_is_an_error(provider, ask, heard) -> None:
    with DevServer(draw="plain", models=["gpt-image-2"]) as server:
        openai = provider(server, api="images")
        with pytest.raises(ProviderError, match="does not offer the model") as caught:
            openai.generate(ask(openai), heard.context)
        assert (caught.value.billed, caught.value.retryable, heard.notices) == (False, False, [])


def test_no_other_model_is_asked_after_any_other_failure(server, provider, ask, heard) -> None:
    server.faults.add(Fault("moderation"))
    openai = provider(server, api="images", fallback=["gpt-image-2"])
    with pytest.raises(RefusedError):
        openai.generate(ask(openai), heard.context)
    assert len(server.requests) == 1


def test_no_image_model_stands_in_for_a_missing_main_line_model(provider, ask, heard) -> None:
    with DevServer(draw="plain", models=["gpt-image-2.6-sunburst", "gpt-image-2"]) as server:
        openai = provider(server, fallback=["gpt-image-2"])
        with pytest.raises(ProviderError, match="gpt-6-luna"):
            openai.generate(ask(openai), heard.context)
        assert heard.notices == []
