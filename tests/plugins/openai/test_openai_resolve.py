from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuild import OptionProblem, Reference, Request, Resolution
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.option import HINTS, OPTIONS
from imagebuild_openai.profile import PROFILES
from imagebuild_openai.settings import parse_settings
from imagebuild_openai.wire import extra_body_of, image_parameters, tool_of, wire_options

TODAY = date(2026, 11, 23)
PARENT = Reference("the picture before it")


def provider(**settings: Any) -> OpenAIProvider:
    parsed, problems = parse_settings(settings, {}, today=TODAY)
    assert problems == []
    return OpenAIProvider(parsed, today=lambda: TODAY)


def resolve(options: dict[str, Any], request: Request | None = None, **settings: Any) -> Resolution:
    base = request or Request("a car")
    return provider(**settings).resolve(
        Request(base.prompt, options, base.parent, base.inputs, base.mask, base.markup, hints=base.hints)
    )


def options(given: dict[str, Any], request: Request | None = None, **settings: Any) -> dict[str, Any]:
    answer = resolve(given, request, **settings)
    assert answer.problems == ()
    return dict(answer.request.options)


PLAIN = {
    "size": "1024x1024",
    "quality": "medium",
    "background": "auto",
    "output_format": "png",
    "moderation": "auto",
}


def test_every_default_of_the_responses_api_is_explicit() -> None:
    assert options({}) == {
        "api": "responses",
        "model": "gpt-6-luna",
        "image_model": "gpt-image-2.6-sunburst",
        "action": "generate",
        **PLAIN,
    }


def test_every_default_of_the_images_api_is_explicit() -> None:
    assert options({"api": "images"}) == {"api": "images", "model": "gpt-image-2.6-sunburst", **PLAIN}


def test_defaults_that_belong_to_a_format_come_with_it() -> None:
    assert options({"format": "webp"})["output_compression"] == 100
    gif = options({"format": "gif"})
    assert (gif["size"], gif["frame_count"], gif["frame_duration_ms"]) == ("720x720", 9, 200)
    assert "output_compression" not in gif


def test_old_models_are_sent_the_fidelity_they_would_choose() -> None:
    old = {"image_model": "gpt-image-1.5"}
    assert options(old, Request("x", parent=PARENT))["input_fidelity"] == "low"
    assert "input_fidelity" not in options(old)


def test_an_edit_is_sent_as_one() -> None:
    assert options({}, Request("x", parent=PARENT))["action"] == "edit"
    assert options({}, Request("x", inputs=(Reference("a.png"),)))["action"] == "edit"
    assert options({"action": "auto"}, Request("x", parent=PARENT))["action"] == "auto"


def test_the_spec_says_which_models_and_a_target_says_it_louder() -> None:
    said: dict[str, Any] = {"model": "gpt-6-astra", "image_model": "gpt-image-2"}
    assert options({}, **said)["model"] == "gpt-6-astra"
    assert options({}, **said, api="images")["model"] == "gpt-image-2"
    assert options({"model": "gpt-6.1-sol", "image_model": "gpt-image-2.5-flare"}, **said) == {
        **options({}),
        "model": "gpt-6.1-sol",
        "image_model": "gpt-image-2.5-flare",
    }


@pytest.mark.parametrize("name", ["model", "image_model"])
def test_with_the_images_api_both_names_mean_the_image_model(name: str) -> None:
    assert options({"api": "images", name: "gpt-image-2"})["model"] == "gpt-image-2"
    assert "image_model" not in options({"api": "images", name: "gpt-image-2"})


def test_two_image_models_for_one_picture_are_a_problem() -> None:
    (found,) = resolve({"api": "images", "model": "gpt-image-2", "image_model": "gpt-image-2.5-flare"}).problems
    assert found.field == "model"


def test_another_service_is_part_of_the_key() -> None:
    assert options({}, base_url="http://127.0.0.1:1/v1", profile="openai")["service"] == "loopback"
    assert "service" not in options({}, base_url="http://127.0.0.1:1/v1", profile="openai", service="openai")


def test_what_a_service_is_called_is_for_the_settings_to_say() -> None:
    found = problem({"service": "openai"}, base_url="http://127.0.0.1:1/v1", profile="openai")
    assert (found.field, found.unknown) == ("service", True)


def test_null_is_the_same_as_nothing_said() -> None:
    assert options({"quality": None, "extra_body": None}) == options({})


KEYED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("api", {}, {"api": "images"}),
    ("model", {}, {"model": "gpt-6-astra"}),
    ("image_model", {}, {"image_model": "gpt-image-2"}),
    ("size", {}, {"size": "1536x1024"}),
    ("quality", {}, {"quality": "high"}),
    ("background", {}, {"background": "transparent"}),
    ("output_format", {}, {"output_format": "webp"}),
    ("output_compression", {"format": "jpeg"}, {"format": "jpeg", "compression": 80}),
    ("moderation", {}, {"moderation": "low"}),
    ("input_fidelity", {"image_model": "gpt-image-1.5"}, {"image_model": "gpt-image-1.5", "input_fidelity": "high"}),
    ("complexity", {}, {"complexity": "high"}),
    ("frame_count", {"format": "gif"}, {"format": "gif", "frame_count": 4}),
    ("frame_duration_ms", {"format": "gif"}, {"format": "gif", "frame_duration_ms": 100}),
    ("svg", {"format": "svg"}, {"format": "svg", "svg": {"model": "gpt-6-astra"}}),
    ("n", {"api": "images"}, {"api": "images", "n": 2}),
    ("action", {}, {"action": "auto"}),
    ("continue", {}, {"continue": "response"}),
    ("instructions", {}, {"instructions": "draw by hand"}),
    ("extra_body", {}, {"extra_body": {"seed": 7}}),
]


@pytest.mark.parametrize(("name", "before", "after"), KEYED, ids=[row[0] for row in KEYED])
def test_an_option_that_changes_the_picture_changes_the_key(
    name: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    edit = Request("x", parent=PARENT)
    assert options(before, edit) != options(after, edit)


@pytest.mark.parametrize(("name", "value"), [("partial_images", 2), ("timeout", 60)])
def test_an_option_that_shapes_the_call_alone_does_not(name: str, value: int) -> None:
    answer = resolve({name: value})
    assert answer.request.options == resolve({}).request.options
    assert answer.request.hints[name] == value


def test_every_option_is_tested_to_be_in_the_key_or_out_of_it() -> None:
    assert {row[0] for row in KEYED} | set(HINTS) == set(OPTIONS)


def test_partial_pictures_may_be_asked_for_in_the_settings_and_stopped_in_a_target() -> None:
    assert resolve({}, partial_images=2).request.hints["partial_images"] == 2
    assert resolve({"partial_images": 0}, partial_images=2).request.hints["partial_images"] == 0
    assert resolve({"format": "gif"}, partial_images=2).request.hints["partial_images"] == 0


def test_a_chain_that_continues_begins_without_an_answer_to_go_on_from() -> None:
    assert "continue" not in options({"continue": "response"})
    assert options({"continue": "response"}, Request("x", parent=PARENT))["continue"] == "response"
    assert "continue" not in options({"continue": "picture"}, Request("x", parent=PARENT))


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "gif", "svg", "jpg", "PNG"])
def test_the_media_type_is_known_before_the_picture(form: str) -> None:
    kinds = {"jpg": "image/jpeg", "svg": "image/svg+xml"}
    assert resolve({"format": form}).media_type == kinds.get(form, f"image/{form.lower()}")


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5000),
    st.text(max_size=8),
    st.dictionaries(st.text(max_size=4), st.text()),
)


@st.composite
def written(draw: st.DrawFn) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    names = draw(st.lists(st.sampled_from([*OPTIONS, "format", "compression", "seed", "service"]), unique=True))
    models = ["gpt-image-2", "gpt-image-1.5", "gpt-image-1", "gpt-6-luna", "gpt-5", "new"]
    for name in names:
        likely = [*OPTIONS[name].values] if name in OPTIONS else []
        likely += models if "model" in name else ["1920x1080", "auto", "1024 × 1024"] if name == "size" else []
        choices = [st.sampled_from(likely)] * 3 if likely else [st.integers(1, 9)]
        chosen[name] = draw(st.one_of(*choices, ANYTHING))
    return chosen


@given(written(), st.booleans(), st.sampled_from(sorted(PROFILES)))
def test_resolving_what_is_resolved_changes_nothing_and_finds_no_new_problem(
    given_options: dict[str, Any], is_edit: bool, profile: str
) -> None:
    maker = provider(profile=profile, partial_images=1)
    first = maker.resolve(Request("x", given_options, parent=PARENT if is_edit else None))
    again = maker.resolve(first.request)
    assert again.request == first.request
    assert again.request.hints == first.request.hints
    assert again.media_type == first.media_type
    assert {problem.message for problem in again.problems} <= {problem.message for problem in first.problems}


def problem(given_options: dict[str, Any], request: Request | None = None, **settings: Any) -> OptionProblem:
    (found,) = resolve(given_options, request, **settings).problems
    return found


SERVERS = ["generic", "litellm", "localai", "vllm-omni", "sd-cpp"]


@pytest.mark.parametrize("profile", SERVERS)
def test_a_compatible_server_is_sent_what_the_spec_says_and_nothing_else(profile: str) -> None:
    sent = image_parameters(options({"image_model": "mine"}, profile=profile), PROFILES[profile])
    assert sent == {"model": "mine", **({"response_format": "b64_json"} if profile == "localai" else {})}
    sized = options({"image_model": "mine", "size": "512x512"}, profile=profile)
    assert image_parameters(sized, PROFILES[profile])["size"] == "512x512"


@pytest.mark.parametrize("profile", SERVERS)
def test_models_of_other_servers_are_theirs_to_judge(profile: str) -> None:
    answer = resolve({"image_model": "gpt-image-1", "size": "100x100"}, profile=profile)
    assert (answer.problems, answer.notes) == ((), ())
    assert not provider(profile=profile).estimate(answer.request).known


@pytest.mark.parametrize("profile", ["generic", "litellm", "localai", "vllm-omni", "azure"])
def test_a_server_of_many_models_must_be_told_which(profile: str) -> None:
    found = resolve({"api": "images"}, profile=profile).problems
    assert [(one.field, one.message) for one in found] == [
        ("model", f"profile '{profile}' has no default for 'image_model'")
    ]


def test_a_server_of_one_model_needs_no_name() -> None:
    assert options({}, profile="sd-cpp")["model"] == "sd-cpp-local"


def test_on_azure_a_model_is_a_deployment() -> None:
    azure: dict[str, Any] = {"profile": "azure", "azure_deployment": "pictures", "model": "words"}
    assert options({}, **azure)["image_model"] == "pictures"
    assert options({}, **azure)["model"] == "words"
    assert resolve({}, **azure).notes == ()


@pytest.mark.parametrize(
    ("profile", "given_options", "field"),
    [
        ("localai", {"quality": "high"}, "quality"),
        ("localai", {"format": "webp"}, "format"),
        ("vllm-omni", {"background": "transparent"}, "background"),
        ("vllm-omni", {"partial_images": 2}, "partial_images"),
        ("sd-cpp", {"moderation": "low"}, "moderation"),
        ("localai", {"api": "responses"}, "api"),
    ],
)
def test_what_a_server_cannot_do_is_a_problem_that_names_its_profile(
    profile: str, given_options: dict[str, Any], field: str
) -> None:
    found = problem(given_options, profile=profile, image_model="mine")
    assert found.field == field
    assert f"profile '{profile}'" in found.message


def test_a_server_without_edits_edits_nothing() -> None:
    assert problem({}, Request("x", parent=PARENT), profile="localai", image_model="m").message == (
        "profile 'localai' edits no pictures"
    )


def test_masks_that_would_mean_the_opposite_are_refused() -> None:
    found = problem({}, Request("x", parent=PARENT, mask=Reference("m.png")), profile="vllm-omni", image_model="m")
    assert (found.field, found.hint) == ("mask", "its masks are the other way round: they repaint what is white")


def test_what_a_server_knows_beside_goes_into_the_extra_body() -> None:
    extra = {"seed": 1, "quality": "hd"}
    assert extra_body_of(options({"extra_body": extra}, profile="localai", image_model="m")) == extra


def test_the_tool_holds_what_is_resolved_and_no_more() -> None:
    resolved = options({"format": "webp", "complexity": "low", "instructions": "x", "extra_body": {"a": 1}})
    assert tool_of(resolved, PROFILES["openai"]) == {
        "type": "image_generation",
        "model": "gpt-image-2.6-sunburst",
        "action": "generate",
        **PLAIN,
        "output_format": "webp",
        "output_compression": 100,
        "complexity": "low",
    }


def test_the_images_api_is_sent_every_default() -> None:
    resolved = options({"api": "images", "n": 3, "extra_body": {"a": 1}})
    assert image_parameters(resolved, PROFILES["openai"]) == {"model": "gpt-image-2.6-sunburst", "n": 3, **PLAIN}
    assert wire_options(resolved, PROFILES["openai"]) == PLAIN
    assert extra_body_of(resolved) == {"a": 1}
    assert extra_body_of(options({})) == {}


def test_a_plan_loads_nothing_heavy() -> None:
    code = (
        "import sys; from imagebuild import Request; from imagebuild_openai import OpenAIProvider; "
        "provider, _ = OpenAIProvider().configure({}, {}); request = provider.resolve(Request('a car')).request; "
        "provider.estimate(request); provider.models(); provider.connection; provider.batching(); "
        "print(sorted({'openai', 'httpx2', 'pyvips', 'pydantic'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_batches_are_offered_where_the_service_has_them() -> None:
    assert provider(profile="localai").batching() is None
