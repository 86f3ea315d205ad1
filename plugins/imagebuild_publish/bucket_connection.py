"""The one way to a bucket: which service, whose keys, how long to wait, and what the library ``obstore`` raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from imagebuild_publish.bucket_address import Address
from imagebuild_publish.bucket_fault import Side, bucket_fault

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["PATIENT", "Patience", "Place", "connect", "faults"]

_ENVIRONMENT = {
    "s3": (
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_METADATA_ENDPOINT",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_SKIP_SIGNATURE",
    ),
    "gs": (
        "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_SKIP_SIGNATURE",
    ),
    "az": (
        "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_SKIP_SIGNATURE",
    ),
}  # fmt: skip  # a family of names a row
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


class Patience(Struct, frozen=True):
    """How long to wait, in seconds: for a connection, a whole answer and, where set, each part of one; then retries."""

    connect: float
    answer: float
    part: float | None
    retries: int

    def settings(self) -> dict[str, Any]:
        """As the library takes it. Plain HTTP is only where the endpoint says so: services' own addresses are https."""
        client = {
            "allow_http": True,
            "connect_timeout": timedelta(seconds=self.connect),
            "timeout": timedelta(seconds=self.answer),
        }
        if self.part is not None:
            client["read_timeout"] = timedelta(seconds=self.part)
        backoff = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2}
        retry = {"max_retries": self.retries, "retry_timeout": timedelta(seconds=60), "backoff": backoff}
        return {"client_options": client, "retry_config": retry}


PATIENT = Patience(connect=4, answer=300, part=None, retries=4)
"""For files that must get there, also over a slow line."""


class Place(Struct, frozen=True):
    """Where a bucket is, with what keys it is opened, and who asks."""

    address: Address
    endpoint: str | None
    region: str | None
    environ: Mapping[str, str]  # holds keys
    side: Side

    def __repr__(self) -> str:
        return f"Place(address={self.address!r})"  # the environment holds keys

    def service(self) -> str | None:
        """The address of a service that is not Amazon's own."""
        return self.endpoint or next((self.environ[name] for name in _ENDPOINTS if self.environ.get(name)), None)


def connect(place: Place, patience: Patience) -> ObjectStore:
    """The library's store, nothing asked of it yet. Raises an error of the side, also when the library is missing."""
    try:
        from obstore.store import AzureStore, GCSStore, S3Store
    except ImportError as error:
        hint = "pip install 'imagebuild-ai[remote]'"
        raise place.side.fault(f"{place.side.purpose} needs the library 'obstore'", hint=hint) from error
    address = place.address
    config: Any = {
        name.lower(): place.environ[name] for name in _ENVIRONMENT[address.scheme] if place.environ.get(name)
    }
    shared: Any = {"prefix": address.prefix or None, **patience.settings()}
    with faults("list", place):
        if address.scheme == "gs":
            return GCSStore(address.bucket, config=config, **shared)
        if address.scheme == "az":
            return AzureStore(address.bucket, config=config, **shared)
        if service := place.service():
            config["endpoint"] = service
        if place.region:
            config["region"] = place.region
        return S3Store(address.bucket, config=config, **shared)


@contextmanager
def faults(doing: str, place: Place) -> Iterator[None]:
    """Turn what the library raises into an error of the side."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        # Without the cause: its text may hold a signed address.
        raise bucket_fault(error, doing, str(place.address), place.environ, place.side) from None
