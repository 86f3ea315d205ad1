"""The provider's settings: what the spec says under ``providers: {openai: ...}``, with the environment beneath it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from imagebuild import OptionProblem
from imagebuild_openai.model import build_catalog, model_faults, price_faults
from imagebuild_openai.profile import PROFILES, Profile, is_openai_host, profile_for, service_of

__all__ = ["KEY_SHAPE", "SECRET_NAME", "Settings", "parse_settings"]

KEY_SHAPE = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{20,}|(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|AIza[0-9A-Za-z_-]{30,}"
    r"|hf_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,})"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
)
"""What looks like a key."""

SECRET_NAME = re.compile(r"(?i)^(?:.*[_-])?(?:apikey|key|secret|password|authorization|bearer|token)$")
"""Names that promise a key."""

_WORKLOADS = ("kubernetes", "azure", "gcp", "x509")
_WORKLOAD_KEYS = (
    *("refresh_buffer_seconds", "token_file_path", "audience", "certificate", "private_key"),
    *("resource", "object_id", "client_id", "msi_res_id", "api_version"),
)


class Settings(Struct, frozen=True):
    """Settings with every default made explicit.

    ``base_url``, ``organization``, ``project`` and the ``azure_*`` hold what is in force, from the spec or else from
    the environment; ``base_url`` is None for OpenAI itself. ``service`` is what tells this service's pictures from
    those of another in keys, None for OpenAI. Seconds are floats. ``given`` names the settings that the spec states.
    """

    profile: Profile = PROFILES["openai"]
    api: str = "responses"
    model: str | None = None
    image_model: str | None = None
    base_url: str | None = None
    service: str | None = None
    organization: str | None = None
    project: str | None = None
    azure_endpoint: str | None = None
    azure_api_version: str | None = None
    azure_deployment: str | None = None
    workload_identity: Mapping[str, Any] | None = None
    store: bool = True
    background: bool = True
    conversation: bool = True
    partial_images: int = 0
    timeout: float = 300.0
    poll: float = 2.0
    wait: float = 1200.0
    grace: float = 600.0
    retry_lost: bool = False
    fallback: tuple[str, ...] = ()
    models: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[str, Any] = field(default_factory=dict)
    safety_identifier: str | None = None
    service_tier: str | None = None
    prompt_cache_key: str | None = None
    user_agent: str | None = None
    given: frozenset[str] = frozenset()
    environ: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"Settings({', '.join(f'{name}={getattr(self, name)!r}' for name in sorted(self.given))})"  # environ: keys
        )

    @property
    def knows_prices(self) -> bool:
        """Whether the shipped prices hold: OpenAI's own models at its usual tier."""
        return self.profile.judged and self.service_tier in (None, "auto", "default")


Reader = Callable[[Any], Any]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86_400:
        raise ValueError("a number of seconds, more than 0")
    return float(value)


def _choice(*values: str) -> Reader:
    def read(value: object) -> str:
        if value not in values:
            raise ValueError(f"one of {', '.join(values)}")
        return str(value)

    return read


def _partials(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3:
        raise ValueError("a whole number from 0 to 3")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        raise ValueError("a list of model names")
    return tuple(value)


def _url(value: object) -> str:
    text = value.strip().rstrip("/") if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError("an address such as https://example.com/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address without user, password, query and fragment")
    return text


def _workload(value: object) -> Mapping[str, Any]:
    names = ("identity_provider_id", "service_account_id", "provider")
    if not isinstance(value, Mapping) or not all(isinstance(value.get(name), str) for name in names):
        raise ValueError(f"a block with {', '.join(names)}")
    if value["provider"] not in _WORKLOADS:
        raise ValueError(f"a block with a provider that is one of {', '.join(_WORKLOADS)}")
    if more := sorted(value.keys() - {*names, *_WORKLOAD_KEYS}):
        raise ValueError(f"a block without '{more[0]}'; it may hold {', '.join((*names, *_WORKLOAD_KEYS))}")
    return dict(value)


_READERS: dict[str, Reader] = {
    "profile": _choice(*PROFILES),
    "api": _choice("responses", "images"),
    "base_url": _url,
    "azure_endpoint": _url,
    "workload_identity": _workload,
    "partial_images": _partials,
    "fallback": _texts,
    "models": lambda value: _first_fault(model_faults(value), value),
    "prices": lambda value: _first_fault(price_faults(value), value),
    **dict.fromkeys(("store", "background", "conversation", "retry_lost"), _flag),
    **dict.fromkeys(("timeout", "poll", "wait", "grace"), _seconds),
}
_NAMES = tuple(name for name in Settings.__struct_fields__ if name not in ("given", "environ"))


class _FaultError(ValueError):
    """A fault that is a whole sentence."""


def _first_fault(faults: Iterator[str], value: Any) -> Any:
    if found := list(faults):
        raise _FaultError("; ".join(found))
    return value


def parse_settings(
    settings: Mapping[str, Any], environ: Mapping[str, str], *, today: date | None = None
) -> tuple[Settings, list[OptionProblem]]:
    """The settings, and what is wrong with them; what is wrong has its default. ``today`` judges their models."""
    problems: list[OptionProblem] = []
    given = _read(settings, problems)
    found = _completed(given, environ, problems)
    if today is not None and found.profile.judged:
        problems.extend(_retired(found, today))
    return found, problems


def _read(settings: Mapping[str, Any], problems: list[OptionProblem]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in _NAMES:
            problems.append(_unknown(name))
        elif KEY_SHAPE.search(str(value)):
            problems.append(OptionProblem(name, f"'{name}' holds what looks like a key", _KEYS))
        elif value is not None and value != "":
            try:
                given[name] = _READERS.get(name, _text)(value)
            except _FaultError as fault:
                problems.append(OptionProblem(name, str(fault)))
            except ValueError as expected:
                shown = "" if isinstance(value, Mapping) or _READERS.get(name) is _url else f"; found '{value}'"
                problems.append(OptionProblem(name, f"'{name}' must be {expected}{shown}"))
    return given


_KEYS = "keys come from the environment alone: set OPENAI_API_KEY, and leave this out"


def _unknown(name: str) -> OptionProblem:
    if SECRET_NAME.match(name):
        return OptionProblem(name, f"'{name}' may not stand in a spec", _KEYS, unknown=True)
    close = difflib.get_close_matches(name, _NAMES, 1)
    hint = (f"did you mean '{close[0]}'? " if close else "") + f"known settings: {', '.join(_NAMES)}"
    return OptionProblem(name, f"provider 'openai' has no setting '{name}'", hint, unknown=True)


def _completed(given: dict[str, Any], environ: Mapping[str, str], problems: list[OptionProblem]) -> Settings:
    """The settings with what the environment and the profile say where the spec is silent."""
    known = dict(given)
    named = known.get("profile") or environ.get("IMAGEBUILD_OPENAI_PROFILE") or None
    if named is not None and named not in PROFILES:
        message = f"IMAGEBUILD_OPENAI_PROFILE is '{named}', expected one of {', '.join(PROFILES)}"
        problems.append(OptionProblem("profile", message))
        named = None
    azure = named == "azure" or any(name.startswith("azure_") for name in given)
    _from_environment(known, environ, azure and "base_url" not in given, problems)
    address = known.get("base_url") or known.get("azure_endpoint")
    profile = PROFILES[named] if named else profile_for(address, azure)
    store = known.setdefault("store", profile.stateful)
    known.setdefault("background", store and profile.stateful)
    known.setdefault("conversation", store and profile.stateful)
    known.setdefault("api", profile.apis[0])
    if known["api"] not in profile.apis:
        message = f"profile '{profile.name}' has no api '{known['api']}'"
        problems.append(OptionProblem("api", message, f"it has: {', '.join(profile.apis)}"))
        known["api"] = profile.apis[0]
    if known["conversation"] and not store:
        message = "'conversation' is true, but 'store' is false: a conversation is kept by the service"
        problems.append(OptionProblem("conversation", message, "set store: true, or leave conversation out"))
        known["conversation"] = False
    host = (urlsplit(address).hostname or "") if address else "api.openai.com"
    service = known.pop("service", None) or (None if is_openai_host(host) else service_of(host))
    known.update(profile=profile, service=None if service == "openai" else service)
    return Settings(**known, given=frozenset(given), environ=environ)


def _from_environment(
    known: dict[str, Any], environ: Mapping[str, str], azure: bool, problems: list[OptionProblem]
) -> None:
    """Fill what the spec leaves open. An empty variable is one that is not set."""
    variables = {"organization": "OPENAI_ORG_ID", "project": "OPENAI_PROJECT_ID"}
    if azure:
        variables |= {"azure_endpoint": "AZURE_OPENAI_ENDPOINT", "azure_api_version": "OPENAI_API_VERSION"}
    if not azure or not (known.get("azure_endpoint") or environ.get("AZURE_OPENAI_ENDPOINT")):
        variables["base_url"] = "OPENAI_BASE_URL"
    for name, variable in variables.items():
        value = environ.get(variable, "").strip()
        if name in known or not value:
            continue
        try:
            known[name] = _READERS.get(name, _text)(value)
        except ValueError as expected:
            problems.append(OptionProblem(name, f"the variable {variable} must be {expected}"))


def _retired(settings: Settings, today: date) -> Iterator[OptionProblem]:
    """Problems of models that the settings name and the service no longer has."""
    catalog = build_catalog(settings.models, settings.prices)
    named = [("model", settings.model), ("image_model", settings.image_model)]
    for name, model in [*named, *(("fallback", model) for model in settings.fallback)]:
        entry = catalog.find(model) if model else None
        if model is None or entry is None:
            continue
        ending = catalog.lifecycle(model, today)
        if entry.kind != ("main" if name == "model" else "image"):
            kinds = {"main": "a main-line model", "image": "an image model"}
            hint = "'model' is the main-line model, 'image_model' and 'fallback' are image models"
            yield OptionProblem(name, f"'{name}' names '{model}', which is {kinds[entry.kind]}", hint)
        elif ending and ending.retired:
            yield OptionProblem(name, ending.message, ending.hint)
