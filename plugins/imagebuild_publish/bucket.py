"""One prefix of a bucket, through the library ``obstore``: list, look, put and remove, with errors of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from imagebuild.errors import PublishError
from imagebuild_publish.bucket_address import Address
from imagebuild_publish.bucket_fault import bucket_fault

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["Bucket", "Found", "open_bucket"]

_RETRY = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=60),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2},
}
_CLIENT = {"allow_http": True, "connect_timeout": timedelta(seconds=4), "timeout": timedelta(minutes=5)}
"""Plain HTTP only where the endpoint says so: the services' own addresses are https."""

_ENVIRONMENT = {
    "s3": (
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_METADATA_ENDPOINT",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ),
    "gs": ("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS"),
    "az": (
        "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE",
    ),
}  # fmt: skip  # a family of names a row
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


@dataclass(frozen=True, slots=True)
class Found:
    """An object that is there: its length in bytes, and its ETag without quotes, empty where it has none."""

    size: int
    etag: str


def _endpoint(endpoint: str | None, environ: Mapping[str, str]) -> str | None:
    """The address of a service that is not Amazon's own."""
    return endpoint or next((environ[name] for name in _ENDPOINTS if environ.get(name)), None)


def open_bucket(address: Address, *, endpoint: str | None, region: str | None, environ: Mapping[str, str]) -> Bucket:
    """The bucket, nothing asked of it yet. Raises :class:`PublishError` when the library is missing."""
    try:
        from obstore.store import AzureStore, GCSStore, S3Store
    except ImportError as error:
        hint = "pip install 'imagebuild-ai[remote]'"
        raise PublishError("publishing to a bucket needs the library 'obstore'", hint=hint) from error
    config: Any = {name.lower(): environ[name] for name in _ENVIRONMENT[address.scheme] if environ.get(name)}
    shared: Any = {"prefix": address.prefix or None, "client_options": _CLIENT, "retry_config": _RETRY}
    with _faults("list", address, environ):
        if address.scheme == "gs":
            return Bucket(GCSStore(address.bucket, config=config, **shared), address, environ)
        if address.scheme == "az":
            return Bucket(AzureStore(address.bucket, config=config, **shared), address, environ)
        if found := _endpoint(endpoint, environ):
            config["endpoint"] = found
        if region:
            config["region"] = region
        return Bucket(S3Store(address.bucket, config=config, **shared), address, environ)


class Bucket:
    """Files directly under one prefix. Every method raises :class:`PublishError` and may be called from any thread."""

    def __init__(self, store: ObjectStore, address: Address, environ: Mapping[str, str]) -> None:
        self._store = store
        self._address = address
        self._environ = environ

    def list(self) -> dict[str, Found]:
        """What is there by name, all pages of it; without what lies in folders below."""
        import obstore

        with self._faults("list"):
            listed = obstore.list_with_delimiter(self._store)["objects"]
        return {meta["path"]: Found(meta["size"], (meta["e_tag"] or "").strip('"')) for meta in listed}

    def headers(self, name: str) -> dict[str, str]:
        """The headers and metadata that an object was put with; empty when it is gone."""
        import obstore

        with self._faults("read"):
            try:
                return dict(obstore.get(self._store, name, options={"head": True}).attributes)
            except FileNotFoundError:
                return {}

    def put(self, name: str, data: bytes, headers: Mapping[str, str]) -> str:
        """Put a file, whole or not at all, and give its ETag."""
        import obstore

        with self._faults("send"):
            # One request for any size: an ETag is the MD5 only of what was not sent in parts.
            answer = obstore.put(self._store, name, data, attributes=dict(headers), use_multipart=False)
        return (answer["e_tag"] or "").strip('"')

    def remove(self, names: Sequence[str]) -> None:
        """Take files away; one that is gone already is no fault."""
        import obstore

        with self._faults("remove"):
            try:
                obstore.delete(self._store, list(names))
            except FileNotFoundError:  # some services tell; it stops the others
                for name in names:
                    with suppress(FileNotFoundError):
                        obstore.delete(self._store, name)

    def _faults(self, doing: str) -> AbstractContextManager[None]:
        return _faults(doing, self._address, self._environ)


@contextmanager
def _faults(doing: str, address: Address, environ: Mapping[str, str]) -> Iterator[None]:
    """Turn what the library raises into an error of ours."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        # Without the cause: its text may hold a signed address.
        raise bucket_fault(error, doing, str(address), environ) from None
