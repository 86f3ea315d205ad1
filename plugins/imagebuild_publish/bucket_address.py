"""Addresses of buckets, as a spec gives them."""

from __future__ import annotations

import re

from msgspec import Struct

__all__ = ["Address", "parse_address"]

_ADDRESS = re.compile(r"(s3|gs|az)://([A-Za-z0-9][A-Za-z0-9._-]{1,62})((?:/[^/]+)*)/?")
_SEGMENT = re.compile(r"[\w~!$'()*+,;=@. -]+")


class Address(Struct, frozen=True):
    """Where files go: ``scheme`` is ``s3``, ``gs`` or ``az``; ``prefix`` has no slash around it and may be empty."""

    scheme: str
    bucket: str
    prefix: str

    def __str__(self) -> str:
        return "/".join(part for part in (f"{self.scheme}://{self.bucket}", self.prefix) if part)


def parse_address(url: str) -> Address:
    """The address that a spec gives. Raises ``ValueError`` with what is wrong."""
    match = _ADDRESS.fullmatch(url.strip())
    if match is None:
        raise ValueError("expected s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX")
    prefix = match[3].strip("/")
    for part in prefix.split("/") if prefix else ():
        if part in (".", "..") or not _SEGMENT.fullmatch(part):
            raise ValueError(f"'{part}' can be no part of the prefix")
    return Address(match[1], match[2], prefix)
