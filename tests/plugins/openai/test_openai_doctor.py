"""The doctor says what is set by its name, asks the service only when told to, and shows no value."""

from __future__ import annotations

from datetime import date

import pytest

from imagebuild import Finding
from imagebuild_devserver import DevServer, Fault
from imagebuild_openai import OpenAIProvider
from imagebuild_openai.doctor import diagnose


def found(findings, subject: str) -> Finding:
    (finding,) = [each for each in findings if each.subject == f"openai {subject}"]
    return finding


def test_what_is_set_is_said_by_name_and_never_by_value(server, provider) -> None:
    environ = {
        "OPENAI_ORG_ID": "org_secret",
        "HTTPS_PROXY": "http://user:word@proxy.example",
        "OPENAI_CUSTOM_HEADERS": "X-Secret: value-of-header",
    }
    openai = provider(server, environ)
    findings = list(openai.diagnose(False))
    assert found(findings, "key").message == "taken from OPENAI_API_KEY"
    assert found(findings, "organization").message == "is set"
    assert found(findings, "project").message.startswith("is not set")
    assert "HTTPS_PROXY" in found(findings, "proxy").message
    assert server.url.removesuffix("/v1") in found(findings, "service").message
    shown = str(findings)
    for secret in (server.key, "org_secret", "word", "value-of-header"):
        assert secret not in shown
    assert server.requests == ()


def test_without_a_key_there_is_a_warning_with_a_hint_and_no_call(server, provider) -> None:
    openai = provider(server, {"OPENAI_API_KEY": ""})
    finding = found(openai.diagnose(True), "key")
    assert (finding.level, "OPENAI_API_KEY" in str(finding.hint)) == ("warning", True)
    assert server.requests == ()


def test_online_the_key_answers_and_the_models_are_looked_for(server, provider) -> None:
    findings = list(provider(server).diagnose(True))
    assert found(findings, "answer").level == "ok"
    assert found(findings, "model gpt-6-luna").message == "can be reached"
    assert found(findings, "model gpt-image-2.6-sunburst").level == "ok"
    assert [seen.path for seen in server.requests] == ["/v1/models"]


def test_a_model_that_the_key_does_not_reach_is_an_error(provider) -> None:
    with DevServer(draw="plain", models=["gpt-6-luna", "gpt-image-2"]) as server:
        findings = list(provider(server, fallback=["gpt-image-2"]).diagnose(True))
    assert found(findings, "model gpt-image-2.6-sunburst").level == "error"
    assert found(findings, "model gpt-image-2").level == "ok"


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        (Fault("status", status=401, endpoint="models"), "error"),
        (Fault("status", status=500, endpoint="models"), "error"),
        (Fault("html", endpoint="models", status=200), "error"),
        (Fault("drop", endpoint="models"), "error"),
        (Fault("garbage_json", endpoint="models"), "error"),
    ],
    ids=lambda each: getattr(each, "kind", each),
)
def test_a_service_that_fails_is_a_finding_and_no_exception(server, provider, fault: Fault, level: str) -> None:
    server.faults.add(fault)
    assert found(provider(server).diagnose(True), "answer").level == level


def test_a_service_that_lists_no_models_is_only_a_warning(server, provider) -> None:
    server.faults.add(Fault("status", status=404, endpoint="models", code="not_found"))
    assert found(provider(server).diagnose(True), "models").level == "warning"


def test_a_wrong_key_is_an_error_that_does_not_show_it(server, provider) -> None:
    findings = list(provider(server, {"OPENAI_API_KEY": "wrong-key-1234"}).diagnose(True))
    assert found(findings, "answer").level == "error"
    assert "wrong-key-1234" not in str(findings)


def test_a_model_that_ends_soon_is_said_to() -> None:
    openai, problems = OpenAIProvider().configure({"image_model": "gpt-image-1.5"}, {"OPENAI_API_KEY": "k" * 20})
    assert problems == ()
    findings = list(
        diagnose(openai.settings, openai.catalog, openai.connection, False, today=lambda: date(2026, 11, 22))
    )
    finding = found(findings, "model gpt-image-1.5")
    assert finding.level == "warning"
    assert "2026-12-01" in finding.message


def test_a_workload_identity_takes_the_place_of_the_key() -> None:
    identity = {"identity_provider_id": "i", "service_account_id": "s", "provider": "gcp"}
    openai, problems = OpenAIProvider().configure({"workload_identity": identity}, {})
    assert problems == ()
    assert "gcp" in found(openai.diagnose(False), "key").message
