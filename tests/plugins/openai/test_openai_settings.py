from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from imagebuild import OptionProblem
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.profile import PROFILES
from imagebuild_openai.settings import Settings, parse_settings

TODAY = date(2026, 11, 23)
KEY = "sk-proj-" + "Ab3" * 12


def digest(host: str) -> str:
    return hashlib.sha256(host.encode()).hexdigest()[:8]


def parse(given: dict[str, Any] | None = None, **environ: str) -> tuple[Settings, list[OptionProblem]]:
    return parse_settings(given or {}, environ, today=TODAY)


def settings(given: dict[str, Any] | None = None, **environ: str) -> Settings:
    parsed, problems = parse(given, **environ)
    assert problems == []
    return parsed


def problem(given: dict[str, Any], **environ: str) -> OptionProblem:
    (found,) = parse(given, **environ)[1]
    return found


def test_without_a_word_it_is_openai_with_answers_that_can_be_found_again() -> None:
    plain = settings()
    assert (plain.profile.name, plain.api, plain.service, plain.base_url) == ("openai", "responses", None, None)
    assert (plain.store, plain.background, plain.conversation, plain.retry_lost) == (True, True, True, False)
    assert (plain.timeout, plain.poll, plain.wait, plain.partial_images) == (300.0, 2.0, 1200.0, 0)


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"api": "chat"}, "api", "'api' must be one of responses, images; found 'chat'"),
        ({"profile": "ollama"}, "profile", "'profile' must be one of " + ", ".join(PROFILES) + "; found 'ollama'"),
        ({"store": "yes"}, "store", "'store' must be true or false; found 'yes'"),
        ({"timeout": 0}, "timeout", "'timeout' must be a number of seconds, more than 0; found '0'"),
        ({"timeout": True}, "timeout", "'timeout' must be a number of seconds, more than 0; found 'True'"),
        ({"wait": float("nan")}, "wait", "'wait' must be a number of seconds, more than 0; found 'nan'"),
        ({"partial_images": 4}, "partial_images", "'partial_images' must be a whole number from 0 to 3; found '4'"),
        ({"fallback": "gpt-image-2"}, "fallback", "'fallback' must be a list of model names; found 'gpt-image-2'"),
        ({"model": 5}, "model", "'model' must be a text; found '5'"),
        ({"base_url": "example.com"}, "base_url", "'base_url' must be an address such as https://example.com/v1"),
        ({"base_url": "http://[::1"}, "base_url", "'base_url' must be an address such as https://example.com/v1"),
        (
            {"prices": {"x": {"out": -1}}},
            "prices",
            "'prices.x.out' must be a number of US dollars, 0 or more; found '-1'",
        ),
        ({"prices": {"x": 3}}, "prices", "'prices.x' must be a block of prices, as {image_out: 30}"),
        ({"prices": []}, "prices", "'prices' must be a block of model names, each with prices for a million tokens"),
        ({"models": {"x": {"color": 1}}}, "models", "'models.x' has no key 'color'"),
        ({"models": {"x": {"kind": "video"}}}, "models", "'models.x.kind' is wrong: expected image or main"),
        (
            {"models": {"x": {"shutdown": "soon"}}},
            "models",
            "'models.x.shutdown' is wrong: expected a date as 2026-12-31, found 'soon'",
        ),
        ({"models": {"x": {"sizes": "any"}}}, "models", "'models.x.sizes' is wrong: expected a list of texts"),
        ({"models": {"x": {"batch": "no"}}}, "models", "'models.x.batch' is wrong: expected true or false"),
        (
            {"models": {"x": {"tokens": {"factor": {"low": 3}}}}},
            "models",
            "'models.x.tokens' is wrong: expected {q: {medium: 24}, factor: {medium: [3, 4]}}",
        ),
        (
            {"workload_identity": {"provider": "k8s"}},
            "workload_identity",
            "'workload_identity' must be a block with identity_provider_id, service_account_id, provider",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(given: dict[str, Any], field: str, message: str) -> None:
    found = problem(given)
    assert (found.field, found.message, found.unknown) == (field, message, False)


def test_a_misspelt_setting_is_named_with_what_was_meant() -> None:
    found = problem({"imagemodel": "x"})
    assert found.unknown
    assert (found.hint or "").startswith("did you mean 'image_model'?")


@pytest.mark.parametrize("name", ["api_key", "key", "openai_api_key", "token", "ad_token", "secret", "Authorization"])
def test_no_name_for_a_key_is_a_setting(name: str) -> None:
    found = problem({name: KEY})
    assert found.message == f"'{name}' may not stand in a spec"
    assert "OPENAI_API_KEY" in (found.hint or "")


@pytest.mark.parametrize("name", ["model", "user_agent", "base_url", "organization"])
def test_a_key_in_a_setting_is_refused_and_not_shown(name: str) -> None:
    found = problem({name: f"https://{KEY}/"})
    assert found.field == name
    assert KEY not in str(found)


def test_a_hashed_user_is_no_key() -> None:
    assert settings({"safety_identifier": "ab" * 32}).safety_identifier == "ab" * 32


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    found = problem({"base_url": "https://me:hunter22@example.com/v1"})
    assert found.message == "'base_url' must be an address without user, password, query and fragment"


def test_a_password_in_the_environments_address_is_not_shown() -> None:
    found = problem({}, OPENAI_BASE_URL="https://me:hunter22@example.com/v1")
    assert "hunter22" not in str(found)
    assert found.message.startswith("the variable OPENAI_BASE_URL must be an address without user")


def test_no_key_of_the_environment_shows() -> None:
    assert KEY not in repr(settings({}, OPENAI_API_KEY=KEY))


def test_the_environment_fills_what_the_spec_leaves_open() -> None:
    environ = {"OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj_1", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1/"}
    filled = settings({}, **environ)
    assert (filled.organization, filled.project, filled.base_url) == ("org-1", "proj_1", "http://127.0.0.1:9/v1")
    said = settings({"organization": "org-2", "base_url": "https://api.openai.com/v1"}, **environ)
    assert (said.organization, said.base_url) == ("org-2", "https://api.openai.com/v1")


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    empty = settings({}, OPENAI_BASE_URL="", OPENAI_ORG_ID=" ", IMAGEBUILD_OPENAI_PROFILE="")
    assert (empty.base_url, empty.organization, empty.profile.name) == (None, None, "openai")


@pytest.mark.parametrize(
    ("given", "service"),
    [
        ({}, None),
        ({"base_url": "https://api.openai.com/v1"}, None),
        ({"base_url": "https://eu.api.openai.com/v1"}, None),
        ({"base_url": "https://api.openai.com.evil.example/v1"}, "host-" + digest("api.openai.com.evil.example")),
        ({"base_url": "http://127.0.0.1:8080/v1"}, "loopback"),
        ({"base_url": "http://127.0.0.1:8080/v1", "profile": "openai"}, "loopback"),
        ({"base_url": "https://proxy.example/v1", "service": "openai"}, None),
        ({"base_url": "https://proxy.example/v1", "service": "studio"}, "studio"),
        ({"azure_endpoint": "https://x.openai.azure.com"}, "host-" + digest("x.openai.azure.com")),
    ],
)
def test_pictures_of_another_service_are_never_taken_for_openais(given: dict[str, Any], service: str | None) -> None:
    assert settings(given).service == service


@pytest.mark.parametrize(
    ("given", "environ", "profile"),
    [
        ({}, {}, "openai"),
        ({"base_url": "https://us.api.openai.com/v1"}, {}, "openai"),
        ({"base_url": "https://x.openai.azure.com/openai/v1"}, {}, "azure"),
        ({"base_url": "https://x.services.ai.azure.com/openai/v1"}, {}, "azure"),
        ({"azure_deployment": "pictures"}, {"AZURE_OPENAI_ENDPOINT": "https://x.example"}, "azure"),
        ({"base_url": "http://localhost:8080/v1"}, {}, "generic"),
        ({"base_url": "http://localhost:8080/v1", "profile": "localai"}, {}, "localai"),
        ({}, {"OPENAI_BASE_URL": "http://localhost:1/v1"}, "generic"),
        ({}, {"OPENAI_BASE_URL": "http://localhost:1/v1", "IMAGEBUILD_OPENAI_PROFILE": "openai"}, "openai"),
        ({"profile": "generic"}, {"IMAGEBUILD_OPENAI_PROFILE": "openai"}, "generic"),
        ({}, {"AZURE_OPENAI_ENDPOINT": "https://x.openai.azure.com"}, "openai"),
    ],
)
def test_the_profile_follows_the_address_unless_it_is_named(
    given: dict[str, Any], environ: dict[str, str], profile: str
) -> None:
    assert settings(given, **environ).profile.name == profile


def test_a_profile_that_nobody_knows_is_told_of_the_variable_too() -> None:
    assert problem({}, IMAGEBUILD_OPENAI_PROFILE="ollama").message.startswith("IMAGEBUILD_OPENAI_PROFILE is 'ollama'")


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_profile_sets_the_api_and_what_is_kept(profile: str) -> None:
    chosen = settings({"profile": profile})
    expected = ("responses", True, True) if profile in ("openai", "azure") else ("images", False, False)
    assert (chosen.api, chosen.conversation, chosen.background) == expected


def test_the_environments_azure_is_used_only_where_azure_is_meant() -> None:
    environ = {"AZURE_OPENAI_ENDPOINT": "https://x.openai.azure.com", "OPENAI_API_VERSION": "2026-01-01"}
    azure = settings({"profile": "azure"}, **environ)
    assert (azure.azure_endpoint, azure.azure_api_version) == ("https://x.openai.azure.com", "2026-01-01")
    assert settings({}, **environ).azure_endpoint is None


def test_an_api_that_the_profile_lacks_is_a_problem() -> None:
    assert problem({"profile": "localai", "api": "responses"}).message == "profile 'localai' has no api 'responses'"


def test_what_is_not_kept_has_no_conversation() -> None:
    assert not settings({"store": False}).conversation
    assert not settings({"store": False}).background
    assert problem({"store": False, "conversation": True}).field == "conversation"


@pytest.mark.parametrize("name", ["image_model", "fallback"])
def test_a_retired_model_in_the_settings_is_told_there(name: str) -> None:
    found = problem({name: ["dall-e-3"] if name == "fallback" else "dall-e-3"})
    assert (found.field, found.message) == (name, "model 'dall-e-3' was retired on 2026-05-12")
    assert found.hint == "use 'gpt-image-2.6-sunburst'"


def test_a_models_shutdown_can_be_corrected() -> None:
    assert settings({"image_model": "dall-e-3", "models": {"dall-e-3": {"shutdown": "2027-05-12"}}})


@pytest.mark.parametrize(("name", "model"), [("model", "gpt-image-2"), ("image_model", "gpt-6-luna")])
def test_a_model_of_the_other_kind_is_a_problem(name: str, model: str) -> None:
    assert problem({name: model}).field == name


def test_all_faults_are_found_at_once() -> None:
    assert len(parse({"api": "x", "store": 1, "nonsense": 2})[1]) == 3


def test_configuring_makes_a_provider_with_these_settings() -> None:
    provider, problems = OpenAIProvider(today=lambda: TODAY).configure({"poll": 0.5}, {})
    assert problems == ()
    assert isinstance(provider, OpenAIProvider)
    assert provider.settings.poll == 0.5


@pytest.mark.parametrize(
    ("given", "environ", "address"),
    [
        ({}, {}, "api.openai.com"),
        ({"base_url": "http://127.0.0.1:8080/v1"}, {}, "127.0.0.1:8080"),
        ({"base_url": "https://secret.example/v1"}, {}, "host-" + digest("https://secret.example/v1")),
        ({"organization": "org-1"}, {"OPENAI_PROJECT_ID": "p-2"}, "api.openai.com account-" + digest("org-1/p-2")),
    ],
)
def test_the_address_of_answers_tells_services_and_accounts_apart_and_names_no_host(
    given: dict[str, Any], environ: dict[str, str], address: str
) -> None:
    provider, problems = OpenAIProvider().configure(given, environ)
    assert problems == ()
    assert provider.address == address
