"""What ``imagebuild doctor`` shows: what is set, by name and never by value; whether the key answers; which models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from imagebuild import Finding, ProviderContext, Request
from imagebuild.errors import ForgottenError, ProviderError
from imagebuild_openai.client import Connection
from imagebuild_openai.complaint import shown
from imagebuild_openai.exchange import Exchange
from imagebuild_openai.model import Catalog
from imagebuild_openai.settings import Settings

__all__ = ["diagnose"]

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def _today() -> date:
    return datetime.now(UTC).date()


def diagnose(
    settings: Settings,
    catalog: Catalog,
    connection: Connection,
    online: bool,
    *,
    today: Callable[[], date] = _today,
) -> Iterator[Finding]:
    """One finding after the other; no exception leaves this."""
    yield _service(settings, connection)
    has_key = True
    for finding in _credentials(settings, connection):
        has_key = has_key and finding.level == "ok"
        yield finding
    yield from _surroundings(settings)
    yield from _known(settings, catalog, today())
    if online and has_key:
        yield from _online(settings, catalog, connection)


def _service(settings: Settings, connection: Connection) -> Finding:
    where = f"{connection.origin}, profile '{settings.profile.name}', api '{settings.api}'"
    return Finding("ok", "openai service", where)


def _credentials(settings: Settings, connection: Connection) -> Iterator[Finding]:
    identity = settings.workload_identity
    if identity is not None:
        yield Finding("ok", "openai key", f"workload identity from '{identity.get('provider')}' in place of a key")
    else:
        try:
            variable = connection.key_variable
            connection.check_key()
            message = (
                f"taken from {variable}" if variable else "none is set, and this service on this machine needs none"
            )
            yield Finding("ok", "openai key", message)
        except ProviderError as error:
            yield Finding("warning", "openai key", error.message, error.hint)
    for name, value in (("organization", settings.organization), ("project", settings.project)):
        yield Finding("ok", f"openai {name}", "is set" if value else "is not set; the key's own is used")


def _surroundings(settings: Settings) -> Iterator[Finding]:
    proxies = [name for name in _PROXIES if settings.environ.get(name)]
    if proxies:
        yield Finding("ok", "openai proxy", f"set by {', '.join(proxies)}")
    if settings.environ.get("OPENAI_CUSTOM_HEADERS", "").strip():
        message = "OPENAI_CUSTOM_HEADERS adds headers to every call"
        yield Finding("ok", "openai headers", message)


def _used(settings: Settings, catalog: Catalog) -> list[str]:
    """The models that a spec uses unless its targets say otherwise."""
    defaults: Mapping[str, str] = catalog.defaults if settings.profile.judged else {}
    main = (settings.model or defaults.get("model")) if settings.api == "responses" else None
    image = settings.image_model or settings.profile.model or defaults.get("image_model")
    return list(dict.fromkeys(name for name in (main, image, *settings.fallback) if name))


def _known(settings: Settings, catalog: Catalog, today: date) -> Iterator[Finding]:
    """What the catalog says of the end of each model."""
    for model in _used(settings, catalog) if settings.profile.judged else ():
        end = catalog.lifecycle(model, today)
        if end is not None:
            yield Finding("error" if end.retired else "warning", f"openai model {model}", end.message, end.hint)
        elif catalog.find(model) is None:
            yield Finding("warning", f"openai model {model}", "nothing is known of it; its price is unknown")


def _online(settings: Settings, catalog: Catalog, connection: Connection) -> Iterator[Finding]:
    exchange = Exchange(Request(""), ProviderContext("doctor", ""), settings, catalog, connection)
    try:
        listed = _listed(exchange.get("/models").body)
    except ForgottenError:
        yield Finding("warning", "openai models", "the service does not list its models")
        return
    except ProviderError as error:
        yield Finding("error", "openai answer", error.message, error.hint)
        return
    yield Finding("ok", "openai answer", f"the service answers, with {len(listed)} models")
    for model in _used(settings, catalog):
        yield _reached(model, listed, catalog)


def _listed(body: Mapping[str, Any]) -> dict[str, str | None]:
    """The models by name, with the day on which each ends, where the service says one."""
    data = body.get("data")
    entries = [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
    return {
        str(entry["id"]): shown(entry["shutdown_date"], most=10) if entry.get("shutdown_date") else None
        for entry in entries
        if isinstance(entry.get("id"), str)
    }


def _reached(model: str, listed: Mapping[str, str | None], catalog: Catalog) -> Finding:
    subject = f"openai model {model}"
    if model not in listed:
        return Finding(
            "error", subject, "the key does not reach it", "check its name, and what the key's project may use"
        )
    entry, said = catalog.find(model), listed[model]
    known = entry.shutdown.isoformat() if entry is not None and entry.shutdown else None
    if said and said != known:
        hint = f"use '{entry.successor}'" if entry is not None and entry.successor else None
        ours = f"; this version of imagebuild knows of {known or 'no end'}"
        return Finding("warning", subject, f"the service ends it on {said}{ours}", hint)
    return Finding("ok", subject, "can be reached")
