"""What services that speak OpenAI's language can do: a table, by the name that the setting ``profile`` gives."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from msgspec import Struct

__all__ = ["PROFILES", "Profile", "address_of", "digest_of", "is_openai_host", "profile_for", "service_of"]


class Profile(Struct, frozen=True):
    """What one kind of service takes.

    ``apis`` are those it has, the first is the default; ``edits``, ``masks``, ``streams`` and ``batches`` say what it
    can do; ``stateful`` whether it keeps answers, so that they are found again by an id. ``pins``: every option is
    sent; otherwise ``auto`` leaves the choice to the server and is not sent. ``judged``: model names are OpenAI's own,
    so that its dates and prices hold. ``options`` are those it takes, None: any. ``model`` is the name of its only one.
    ``response_format`` is what must be sent so that pictures come in the answer. ``mask_hint`` says why there are none.
    """

    name: str
    apis: tuple[str, ...] = ("images", "responses")
    edits: bool = True
    masks: bool = True
    streams: bool = True
    batches: bool = False
    stateful: bool = False
    pins: bool = False
    judged: bool = False
    options: frozenset[str] | None = None
    model: str | None = None
    response_format: str | None = None
    mask_hint: str | None = None


_IMAGES = ("images",)
_PLAIN = frozenset({"size", "n"})

PROFILES = {
    profile.name: profile
    for profile in (
        Profile("openai", ("responses", "images"), batches=True, stateful=True, pins=True, judged=True),
        Profile("azure", ("responses", "images"), stateful=True, pins=True),
        Profile("litellm"),
        Profile(
            "localai", _IMAGES, edits=False, masks=False, streams=False, options=_PLAIN, response_format="b64_json"
        ),
        Profile(
            "vllm-omni",
            _IMAGES,
            masks=False,
            streams=False,
            options=_PLAIN,
            mask_hint="its masks are the other way round: they repaint what is white",
        ),
        Profile(
            "sd-cpp",
            _IMAGES,
            masks=False,
            streams=False,
            options=_PLAIN | {"output_format", "output_compression"},
            model="sd-cpp-local",
        ),
        Profile("generic"),
    )
}
"""Sources: documentation and code of each project, 2025-09 to 2026-10."""

_AZURE = (".openai.azure.com", ".services.ai.azure.com")


def is_openai_host(host: str) -> bool:
    """Whether a host is OpenAI's own, one of its regions included."""
    return host == "api.openai.com" or host.endswith(".api.openai.com")


def service_of(host: str) -> str:
    """What keys and the lock call a host: enough to tell two apart, and not its name, which may come from a secret."""
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return "loopback"
    return f"host-{digest_of(host)}"


def address_of(base_url: str) -> str:
    """What the store calls a base URL: readable for OpenAI and this machine, else a digest of all of it."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if is_openai_host(host) or service_of(host) == "loopback":
        return parts.netloc.rpartition("@")[2]
    return f"host-{digest_of(base_url)}"


def digest_of(text: str) -> str:
    """Eight hex digits that tell one text from another."""
    return hashlib.sha256(text.lower().encode()).hexdigest()[:8]


def profile_for(base_url: str | None, azure: bool = False) -> Profile:
    """The profile of a base URL that names none; None is OpenAI."""
    host = (urlsplit(base_url).hostname or "") if base_url else "api.openai.com"
    if azure or host.endswith(_AZURE):
        return PROFILES["azure"]
    return PROFILES["openai" if is_openai_host(host) else "generic"]
