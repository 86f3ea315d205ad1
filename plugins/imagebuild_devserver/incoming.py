"""Pictures that come with a request: decoded strictly and looked at, as the service does."""

from __future__ import annotations

import base64
import binascii
import re

from imagebuild.media import probe
from imagebuild_devserver.refusal import Refusal, invalid

__all__ = ["check_mask", "check_picture", "from_data_url", "size_of"]

_DATA_URL = re.compile(r"data:(?P<type>[\w/+.-]+);base64,")
_LONGEST_URL = 20_971_520
_MOST_BYTES = 50_000_000
_READABLE = ("image/png", "image/jpeg", "image/webp", "image/gif")
_PNG_WITH_ALPHA = (4, 6)


def from_data_url(url: object, param: str) -> bytes:
    """The bytes of a data URL. Any other URL is refused: this server fetches nothing."""
    found = _DATA_URL.match(url) if isinstance(url, str) else None
    if not isinstance(url, str) or found is None:
        raise invalid(param, f"Error while downloading '{str(url)[:60]}'.", "failed_to_download_image")
    if len(url) > _LONGEST_URL:
        raise invalid(param, f"The image URL has {len(url)} characters, at most {_LONGEST_URL} are allowed.")
    try:
        data = base64.b64decode(url[found.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid(param, "The image is not valid base64.", "invalid_base64_image") from error
    return check_picture(data, param)


def check_picture(data: bytes, param: str) -> bytes:
    """The same bytes, when they are a picture that may be an input."""
    found = probe(data)
    if found is None or found.media_type not in _READABLE:
        raise _unusable(param, "The image is not a valid png, jpeg, webp or gif.", "invalid_image_format")
    if len(data) > _MOST_BYTES:
        raise _unusable(param, "The image is larger than 50 MB.", "image_too_large")
    if found.media_type == "image/gif" and data.count(b"\x21\xf9\x04") > 1:
        raise _unusable(param, "Animated gifs are not supported.", "invalid_image_format")
    return data


def check_mask(mask: bytes, first: bytes | None, param: str) -> bytes:
    """The same bytes, when they are a mask for ``first``."""
    if first is None:
        raise _unusable(param, "A mask needs an image to edit.", "invalid_value")
    found = probe(mask)
    if found is None or found.media_type != "image/png" or not _has_alpha(mask):
        raise _unusable(param, "The mask must be a png with an alpha channel.", "invalid_mask_image_format")
    if size_of(mask) != size_of(first):
        raise _unusable(param, "The mask must have the size of the first image.", "invalid_image_mask_mismatch")
    return mask


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels."""
    found = probe(data)
    return (found.width, found.height) if found and found.width and found.height else None


def _has_alpha(data: bytes) -> bool:
    return data[25] in _PNG_WITH_ALPHA or b"tRNS" in data[:4096]


def _unusable(param: str, message: str, code: str) -> Refusal:
    return Refusal(400, message, code, "image_generation_user_error", param)
