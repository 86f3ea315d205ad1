"""The client is made late, once, from the settings and their environment; and no key shows anywhere."""

from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

import imagebuild
from imagebuild.errors import AuthenticationError, ProviderError
from imagebuild_openai.client import Connection, is_loopback
from imagebuild_openai.settings import Settings, parse_settings
from imagebuild_openai.workload import identity_of

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
ENVIRON = {"OPENAI_API_KEY": KEY}


def settings_of(environ: Mapping[str, str] = ENVIRON, **given: Any) -> Settings:
    settings, problems = parse_settings(given, environ)
    assert problems == []
    return settings


class Wire:
    """Takes the place of the network, and keeps every request."""

    def __init__(self, settings: Settings, answer: httpx2.Response | None = None) -> None:
        self.requests: list[httpx2.Request] = []
        self._answer = answer
        self.connection = Connection(settings, transport=httpx2.MockTransport(self._take))

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self._answer or httpx2.Response(200, json={"id": "x"})

    def post(self, path: str = "/responses", **body: Any) -> httpx2.Request:
        self.connection.client.post(path, cast_to=httpx2.Response, body=body)
        return self.requests[-1]


def test_key_organisation_project_and_address_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "from-the-process")
    request = Wire(settings_of(organization="org_1", project="proj_1", base_url="https://api.example/v1/")).post()
    assert str(request.url) == "https://api.example/v1/responses"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["openai-organization"] == "org_1"
    assert request.headers["openai-project"] == "proj_1"


def test_what_the_settings_do_not_say_is_not_taken_from_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "from-the-process")
    request = Wire(settings_of()).post()
    assert str(request.url) == "https://api.openai.com/v1/responses"
    assert "openai-organization" not in request.headers
    assert "openai-project" not in request.headers


def test_an_empty_address_in_the_environment_is_no_address() -> None:
    request = Wire(settings_of({**ENVIRON, "OPENAI_BASE_URL": ""})).post()
    assert request.url.host == "api.openai.com"


def test_the_user_agent_names_this_program() -> None:
    agent = Wire(settings_of(user_agent="shop/2")).post().headers["user-agent"]
    assert agent.endswith(f"imagebuild/{imagebuild.__version__} shop/2")


def test_headers_of_the_environment_are_sent() -> None:
    environ = {**ENVIRON, "OPENAI_CUSTOM_HEADERS": "X-Team: pictures\nbroken\nX-Secret: top: secret"}
    headers = Wire(settings_of(environ)).post().headers
    assert (headers["x-team"], headers["x-secret"]) == ("pictures", "top: secret")


def test_nothing_is_tried_again_and_no_redirect_is_followed() -> None:
    for answer in (httpx2.Response(500), httpx2.Response(302, headers={"location": "https://elsewhere.example/"})):
        wire = Wire(settings_of(), answer)
        with pytest.raises(Exception):  # noqa: B017 - which error it is says the table of faults
            wire.post()
        assert len(wire.requests) == 1


def test_connections_are_waited_for_a_little_and_answers_long() -> None:
    timeout = Wire(settings_of(timeout=77)).post().extensions["timeout"]
    assert (timeout["connect"], timeout["read"]) == (10.0, 77.0)


def test_there_are_enough_connections_for_many_calls_at_once() -> None:
    connection = Connection(settings_of())
    pool = connection.client._client._transport._pool
    assert pool._max_connections >= 64
    connection.close()


def test_all_threads_share_one_client() -> None:
    connection = Wire(settings_of()).connection
    with ThreadPoolExecutor(8) as threads:
        clients = set(threads.map(lambda _: id(connection.client), range(16)))
    assert len(clients) == 1


def test_a_closed_connection_opens_again() -> None:
    wire = Wire(settings_of())
    wire.post()
    wire.connection.close()
    wire.post()
    assert len(wire.requests) == 2


def test_without_a_key_the_variable_is_named() -> None:
    with pytest.raises(AuthenticationError) as caught:
        _ = Connection(settings_of({})).client
    assert caught.value.hint is not None
    assert "OPENAI_API_KEY" in caught.value.hint
    assert caught.value.stops_run


def test_a_server_on_this_machine_needs_no_key() -> None:
    request = Wire(settings_of({}, base_url="http://127.0.0.1:8080/v1")).post()
    assert request.headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    "given", [{"base_url": "http://192.168.1.5/v1"}, {"base_url": "http://127.0.0.1/v1", "profile": "openai"}]
)
def test_any_other_server_needs_one(given: dict[str, str]) -> None:
    with pytest.raises(AuthenticationError):
        _ = Connection(settings_of({}, **given)).client


@pytest.mark.parametrize("key", ["sk-ab cd", "sk-ü", "sk-a\nb", "“sk-a”"])
def test_a_key_that_cannot_be_one_is_not_sent_and_not_shown(key: str) -> None:
    with pytest.raises(AuthenticationError) as caught:
        _ = Connection(settings_of({"OPENAI_API_KEY": key})).client
    assert key not in "".join(traceback.format_exception(caught.value))


def test_blanks_around_a_key_do_no_harm() -> None:
    assert Wire(settings_of({"OPENAI_API_KEY": f" {KEY}\n"})).post().headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("127.1.2.3", True),
        ("example.com", False),
        (None, False),
    ],
)
def test_what_this_machine_is(host: str | None, is_here: bool) -> None:
    assert is_loopback(host) is is_here


AZURE = {"AZURE_OPENAI_API_KEY": "azure-key-1234567890"}


def test_azure_is_reached_at_its_own_address_with_its_own_key() -> None:
    wire = Wire(settings_of({**ENVIRON, **AZURE}, azure_endpoint="https://mine.openai.azure.com"))
    request = wire.post()
    assert str(request.url) == "https://mine.openai.azure.com/openai/v1/responses"
    assert request.headers["authorization"] == "Bearer azure-key-1234567890"


def test_the_older_way_to_azure_names_version_and_deployment() -> None:
    settings = settings_of(
        AZURE, azure_endpoint="https://mine.openai.azure.com", azure_api_version="2025-04-01", azure_deployment="pics"
    )
    request = Wire(settings).post("/images/generations", model="pics")
    assert request.url.path == "/openai/deployments/pics/images/generations"
    assert request.url.params["api-version"] == "2025-04-01"
    assert request.headers["api-key"] == "azure-key-1234567890"


def test_azure_takes_a_token_of_its_directory() -> None:
    environ = {"AZURE_OPENAI_AD_TOKEN": "directory-token-123"}
    new = Wire(settings_of(environ, azure_endpoint="https://mine.openai.azure.com")).post()
    old = Wire(
        settings_of(environ, azure_endpoint="https://mine.openai.azure.com", azure_api_version="2025-04-01")
    ).post()
    assert new.headers["authorization"] == old.headers["authorization"] == "Bearer directory-token-123"


def test_the_key_of_openai_does_not_go_to_azure_by_itself() -> None:
    with pytest.raises(AuthenticationError) as caught:
        _ = Connection(settings_of(ENVIRON, azure_endpoint="https://mine.openai.azure.com")).client
    assert "AZURE_OPENAI_API_KEY" in str(caught.value.hint)


def test_azure_is_told_which_deployment_draws(provider, server, ask, heard) -> None:
    openai = provider(server, profile="azure", environ={"AZURE_OPENAI_API_KEY": server.key}, image_model="gpt-image-2")
    request = ask(openai, model="gpt-6-luna")
    openai.generate(request, heard.context)
    seen = next(seen for seen in server.requests if seen.path.endswith("/responses"))
    assert seen.headers["x-ms-oai-image-generation-deployment"] == "gpt-image-2"


@pytest.mark.parametrize("kind", ["kubernetes", "azure", "gcp"])
def test_a_platforms_identity_takes_the_place_of_a_key(kind: str) -> None:
    ids = {"identity_provider_id": "idp_1", "service_account_id": "sa_1"}
    found = identity_of({**ids, "provider": kind})
    assert {name: found[name] for name in ids} == ids
    assert callable(found["provider"]["get_token"])
    connection = Connection(settings_of({}, workload_identity={**ids, "provider": kind}))
    assert connection.client.workload_identity is not None
    connection.close()


def test_a_certificate_as_identity_goes_to_the_address_for_certificates() -> None:
    identity = {"identity_provider_id": "idp_1", "service_account_id": "sa_1", "provider": "x509"}
    connection = Connection(settings_of({}, workload_identity=identity))
    assert str(connection.client.base_url) == "https://mtls.api.openai.com/v1/"
    connection.close()


def test_a_token_file_that_is_not_there_is_an_error_of_ours(tmp_path, heard) -> None:
    identity = {
        "identity_provider_id": "idp_1",
        "service_account_id": "sa_1",
        "provider": "kubernetes",
        "token_file_path": str(tmp_path / "none"),
    }
    from imagebuild_openai import OpenAIProvider

    openai, _ = OpenAIProvider().configure({"workload_identity": identity}, {})
    request = openai.resolve(imagebuild.Request("a car")).request
    with pytest.raises(AuthenticationError):
        openai.generate(request, heard.context)
    openai.connection.close()


def test_the_key_is_in_no_text_of_the_provider(provider, server) -> None:
    openai = provider(server, environ={"OPENAI_API_KEY": KEY})
    shown = f"{openai!r} {openai.settings!r} {openai.connection!r} {vars(openai)}"
    assert KEY not in shown


ECHOES = [
    httpx2.Response(401, json={"error": {"code": "invalid_api_key", "message": f"Incorrect API key: {KEY}."}}),
    httpx2.Response(400, json={"error": {"code": KEY, "message": KEY, "param": KEY, "type": KEY}}),
    httpx2.Response(500, text=f"traceback: Authorization: Bearer {KEY}"),
    httpx2.Response(302, headers={"location": f"https://{KEY}.example/"}),
    httpx2.Response(200, text=f"no json {KEY}"),
    httpx2.Response(200, json={"output": [{"type": "message", "content": [{"type": "refusal", "refusal": KEY}]}]}),
    httpx2.Response(200, json={"output": [{"type": "image_generation_call", "result": f"!{KEY}"}]}),
]


@pytest.mark.parametrize("answer", ECHOES, ids=range(len(ECHOES)))
def test_a_key_that_a_service_repeats_is_shown_nowhere(answer: httpx2.Response, ask, heard) -> None:
    from imagebuild_openai import OpenAIProvider

    openai, _ = OpenAIProvider().configure({"conversation": False, "background": False}, ENVIRON)
    openai.connection = Wire(openai.settings, answer).connection
    with pytest.raises(ProviderError) as caught:
        openai.generate(ask(openai), heard.context)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert KEY not in "".join(traceback.format_exception(caught.value)) + str(caught.value.hint) + repr(caught.value)


def test_a_key_in_a_revised_prompt_is_not_kept(ask, heard) -> None:
    from imagebuild_openai import OpenAIProvider

    item = {"type": "image_generation_call", "result": "AAAA", "revised_prompt": f"a car {KEY}"}
    answer = httpx2.Response(200, json={"id": "resp_1", "output": [item], "model": KEY})
    openai, _ = OpenAIProvider().configure({"conversation": False, "background": False}, ENVIRON)
    openai.connection = Wire(openai.settings, answer).connection
    result = openai.generate(ask(openai), heard.context)
    assert KEY not in repr(result)
    assert result.revised_prompt == "a car ***"


COLD = """
import sys
from imagebuild import Reference, Request
from imagebuild_openai import OpenAIProvider
provider, problems = OpenAIProvider().configure({"api": "images"}, {})
request = provider.resolve(Request('a car', parent=Reference('before'))).request
provider.estimate(request)
provider.models()
list(provider.diagnose(False))
heavy = {"openai", "httpx2", "pydantic", "pyvips"} & set(sys.modules)
assert not heavy, heavy
"""


def test_nothing_heavy_is_imported_before_the_first_call() -> None:
    done = subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_key_nothing_heavy_is_imported_either() -> None:
    code = (
        "from imagebuild import ProviderContext\n"
        "try:\n    provider.generate(request, ProviderContext('hero', 'k'))\n"
        "except Exception as error:\n    print(type(error).__name__)\n"
    )
    where = COLD.index("heavy =")
    done = subprocess.run(
        [sys.executable, "-c", COLD[:where].replace(", parent=Reference('before')", "") + code + COLD[where:]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "AuthenticationError\n")
