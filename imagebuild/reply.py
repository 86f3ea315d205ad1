"""What a provider handed back, checked before anything is believed: a plugin is a stranger."""

from __future__ import annotations

import math

from msgspec.structs import replace

from imagebuild.artifact import Picture
from imagebuild.cost import Cost
from imagebuild.digest import canonical
from imagebuild.media import Probe, is_whole, probe
from imagebuild.request import Result

__all__ = ["believable_cost", "believable_result", "picture_fault", "pictures_of", "type_fault"]

MOST_PIXELS = 200_000_000
"""A header that says more is taken for damage: no service delivers such pictures, and no step could open them."""


def believable_cost(cost: object) -> Cost:
    """An estimate as it is, or unknown where it is no range of finite amounts from zero up."""
    if isinstance(cost, Cost) and _is_amount(cost.low) and _is_amount(cost.high) and cost.low <= cost.high:
        return cost
    return Cost.of_unknown()


def believable_result(result: Result) -> Result:
    """The result with a cost, usage and texts that can be kept; what cannot is left out."""
    return replace(
        result,
        cost_usd=float(result.cost_usd) if _is_amount(result.cost_usd) and result.cost_usd is not None else None,
        model=_text(result.model),
        revised_prompt=_text(result.revised_prompt),
        request_id=_text(result.request_id),
        response_id=_text(result.response_id),
        usage=result.usage if _can_be_kept(result.usage) else {},
        faults=tuple(text for text in result.faults if isinstance(text, str)) if _is_list(result.faults) else (),
        effective=result.effective if _can_be_kept(result.effective) else {},
    )


def pictures_of(result: object) -> list[Picture]:
    """Every piece of bytes in what came back, whatever its shape: what may have been paid for is never thrown away."""
    pieces = result.pictures if isinstance(result, Result) else result
    if isinstance(pieces, Picture | bytes | bytearray):
        pieces = (pieces,)
    found: list[Picture] = []
    for piece in pieces if isinstance(pieces, tuple | list) else ():
        data = piece.data if isinstance(piece, Picture) else piece
        if isinstance(data, bytes | bytearray):
            found.append(Picture(bytes(data), "application/octet-stream"))
    return found


def type_fault(result: Result, media_type: str) -> str | None:
    """How the type of some picture differs from what was promised; its bytes are a picture all the same."""
    for picture in result.pictures:
        found = probe(picture.data)
        if found is not None and found.media_type != media_type:
            return f"asked for {media_type}, got {found.media_type}"
    return None


def picture_fault(result: object) -> str | None:
    """Why a reply cannot be used: its shape, or the first of its pictures that is none or is damaged."""
    if not isinstance(result, Result) or not _is_list(result.pictures):
        return f"wanted a Result, got {type(result).__name__}"
    if not result.pictures:
        return "no picture"
    for picture in result.pictures:
        if not isinstance(picture, Picture) or not isinstance(picture.data, bytes):
            return f"wanted a Picture of bytes, got {type(picture).__name__}"
        found = probe(picture.data)
        if found is None:
            return f"wanted a picture, got {len(picture.data)} bytes that are none"
        if _pixels(found) > MOST_PIXELS:
            return f"wanted a picture, got a header that says {found.width}x{found.height} pixels"
        if not is_whole(picture.data, found.media_type):
            return f"wanted a picture, got one ({found.media_type}) that is cut off after {len(picture.data)} bytes"
    return None


def _pixels(found: Probe) -> int:
    """How many pixels there are to open; a drawing has none until somebody gives it a size."""
    if found.media_type == "image/svg+xml":
        return 0
    return (found.width or 0) * (found.height or 0)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _is_list(value: object) -> bool:
    return isinstance(value, tuple | list)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _can_be_kept(usage: object) -> bool:
    if usage == {}:
        return True
    try:
        canonical(usage)  # type: ignore[arg-type]  # whether it can is the question
    except (TypeError, ValueError, RecursionError):
        return False
    return isinstance(usage, dict)
