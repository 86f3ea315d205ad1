"""The one client of a provider: made with the first call, from the settings and the environment they were read with.

Proxies, ``NO_PROXY`` and ``SSL_CERT_FILE`` are the HTTP layer's business: it reads them from the environment of the
process, and takes no others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import imagebuild
from imagebuild.errors import AuthenticationError
from imagebuild_openai.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

__all__ = ["OPENAI", "Connection", "is_loopback"]

OPENAI = "https://api.openai.com/v1"

_CONNECT = 10.0
_NO_KEY = "no-key-needed"
_SHORTEST_SECRET = 8


class Connection:
    """Makes the SDK's client lazily, once, for all threads. Making a connection itself costs nothing.

    ``secrets`` are the texts that must be shown nowhere. ``clock`` gives seconds for waits, ``now`` those since the
    epoch; ``sleep`` waits. ``transport`` replaces the network. ``takes_conversations`` turns false with the first
    conversation that the service refuses; ``failed`` are those whose call the service said had failed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.now = now
        self.sleep = sleep
        self.takes_conversations = True
        self.failed: set[str] = set()
        self.transport = transport
        self._lock = threading.Lock()
        self._client: OpenAI | None = None

    def __repr__(self) -> str:
        return f"Connection({self.origin!r})"

    @property
    def base_url(self) -> str:
        """Where the API is, without a slash at the end."""
        settings = self.settings
        if settings.base_url:
            return settings.base_url.rstrip("/")
        if settings.azure_endpoint:
            endpoint = settings.azure_endpoint.rstrip("/")
            return endpoint if endpoint.endswith("/openai/v1") else f"{endpoint}/openai/v1"
        return OPENAI

    @property
    def origin(self) -> str:
        """Scheme, host and port of the service: what people are shown."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def key_variable(self) -> str | None:
        """The environment variable that the key is taken from, None where none is set."""
        environ = self.settings.environ
        names = ["OPENAI_API_KEY"]
        if self.settings.profile.name == "azure":
            # OpenAI's own key goes to Azure only where OPENAI_BASE_URL says that the two belong together.
            names = ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"]
            names += ["OPENAI_API_KEY"] if environ.get("OPENAI_BASE_URL", "").strip() else []
        return next((name for name in names if environ.get(name, "").strip()), None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Keys, tokens and the values of headers that the environment adds; the longest first."""
        environ = self.settings.environ
        names = ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN")
        found = {environ.get(name, "").strip() for name in names}
        for value in self._headers().values():
            found |= {value, *value.split()}
        return tuple(sorted((each for each in found if len(each) >= _SHORTEST_SECRET), key=len, reverse=True))

    @property
    def client(self) -> OpenAI:
        """The SDK's client. Raises ``AuthenticationError`` without a key, before anything heavy is imported."""
        with self._lock:
            if self._client is None:
                self._client = self._made()
            return self._client

    def close(self) -> None:
        """Close what is open; the next call opens it again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _made(self) -> OpenAI:
        settings = self.settings
        key = None if settings.workload_identity else self.check_key()
        import openai

        from imagebuild_openai.workload import identity_of

        try:
            client = self._azure(key) if _is_classic_azure(settings) else self._plain(key, identity_of)
        except (openai.OpenAIError, OSError, ValueError) as error:
            from imagebuild_openai.fault import mapped

            raise mapped(error, secrets=self.secrets, paid=False) from None  # its text may hold the key
        # The SDK fills what is not given from the environment of the process; ours alone counts.
        client.organization, client.project, client.admin_api_key = settings.organization, settings.project, None
        return client

    def _plain(self, key: str | None, identity_of: Callable[[Mapping[str, Any]], Any]) -> OpenAI:
        import openai

        identity = self.settings.workload_identity
        is_mtls = self.base_url == OPENAI and (identity or {}).get("provider") == "x509"
        return openai.OpenAI(
            api_key=key,
            workload_identity=identity_of(identity) if identity else None,
            base_url="https://mtls.api.openai.com/v1" if is_mtls else self.base_url,
            **self._shared(),
        )

    def _azure(self, key: str | None) -> OpenAI:
        import openai

        settings = self.settings
        named: dict[str, Any] = {"azure_ad_token" if self.key_variable == "AZURE_OPENAI_AD_TOKEN" else "api_key": key}
        where: dict[str, Any] = {"base_url": self.base_url}
        if settings.azure_endpoint:
            where = {"azure_endpoint": settings.azure_endpoint, "azure_deployment": settings.azure_deployment}
        made: OpenAI = openai.AzureOpenAI(api_version=settings.azure_api_version, **where, **named, **self._shared())
        return made

    def _shared(self) -> dict[str, Any]:
        import httpx2
        import openai

        settings = self.settings
        agent = f"OpenAI/Python {openai.__version__} imagebuild/{imagebuild.__version__}"
        timeout = httpx2.Timeout(settings.timeout, connect=min(_CONNECT, settings.timeout))
        door: dict[str, Any] = {"transport": self.transport} if self.transport else {}
        if settings.workload_identity and settings.workload_identity.get("provider") == "x509":
            from imagebuild_openai.workload import certificate_of

            door["verify"] = certificate_of(settings.workload_identity)
        return {
            "max_retries": 0,
            "timeout": timeout,
            "default_headers": {
                **self._headers(),
                "User-Agent": f"{agent} {settings.user_agent}" if settings.user_agent else agent,
            },
            "http_client": openai.DefaultHttpx2Client(timeout=timeout, follow_redirects=False, **door),
        }

    def check_key(self) -> str:
        """The key, or what is sent in its place to a server on this machine. Raises ``AuthenticationError``."""
        variable = self.key_variable
        if variable is None:
            if self.settings.profile.name != "openai" and is_loopback(urlsplit(self.base_url).hostname):
                return _NO_KEY
            wanted = "AZURE_OPENAI_API_KEY" if self.settings.profile.name == "azure" else "OPENAI_API_KEY"
            raise AuthenticationError(
                f"there is no key for '{self.origin}'",
                hint=f"set the environment variable {wanted}, or build with '--draft' for free",
            )
        key = self.settings.environ[variable].strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise AuthenticationError(
                f"the variable {variable} holds what no key can be: spaces, or characters that are not ASCII",
                hint="copy the key again, alone and whole",
            )
        return key

    def _headers(self) -> dict[str, str]:
        """The headers that ``OPENAI_CUSTOM_HEADERS`` adds, one ``Name: value`` a line."""
        lines = self.settings.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_classic_azure(settings: Settings) -> bool:
    """Whether the older way to Azure is asked for, with an API version and deployments in paths."""
    return settings.profile.name == "azure" and bool(settings.azure_api_version or settings.azure_deployment)
