"""The last line of a page says what the page was when it was written, so that a change by somebody else can be told."""

from __future__ import annotations

import hashlib

__all__ = ["is_whole", "sealed"]

_SEAL = b"<!-- imagebuild gallery; SHA-256 of all above: "
_SEAL_END = b" -->\n"


def sealed(page: bytes) -> bytes:
    """The page with its seal."""
    return page + _SEAL + hashlib.sha256(page).hexdigest().encode() + _SEAL_END


def is_whole(page: bytes) -> bool:
    """Whether a page is as it was written; what a checkout does to the ends of lines is no change."""
    body = page.replace(b"\r\n", b"\n")
    at = body.rfind(_SEAL)
    return at >= 0 and sealed(body[:at]) == body
