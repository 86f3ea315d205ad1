"""What a signed picture says of itself: the actions and ingredients of its manifest. Pure; holds no prompt.

Source of the rules: C2PA Technical Specification 2.4, sections 18.15 (actions) and 18.16 (ingredients).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import imagebuild

__all__ = ["definition", "ingredient", "labels"]

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MIXED = "composite"


def definition(source_type: str | None, count: int, *, untouched: bool) -> dict[str, Any]:
    """The manifest of one picture that comes from ``count`` originals; ``untouched`` says that it is the original.

    One original is opened as the parent. Several, or none, cannot be: there may be one parent only, so the picture is
    created, and what it was made of is placed in it.
    """
    actions: list[dict[str, Any]] = []
    if count == 1:
        actions.append(
            {"action": "c2pa.opened", "parameters": {"ingredientIds": labels(1)}, **_source_type(source_type)}
        )
    else:
        actions.append({"action": "c2pa.created", **_source_type(source_type or _MIXED)})
        if count:
            actions.append({"action": "c2pa.placed", "parameters": {"ingredientIds": labels(count)}})
    if not untouched:
        actions.append({"action": "c2pa.edited", "softwareAgent": _generator()})
    data = {"actions": actions, "allActionsIncluded": untouched}
    return {
        "claim_generator_info": [_generator()],
        "assertions": [{"label": "c2pa.actions.v2", "created": True, "data": data}],
    }


def labels(count: int) -> list[str]:
    """The names by which the actions point to the ingredients, in the order of the originals."""
    return [f"original-{number}" for number in range(1, count + 1)]


def ingredient(
    label: str, original: imagebuild.Picture, source_type: str | None, *, alone: bool, credentials: bool
) -> Mapping[str, Any]:
    """One original as an ingredient, the parent where it is ``alone``.

    Its digital source type is stated unless it has ``credentials`` of its own, which say it: both together are against
    the rules (18.16.6). The id comes from its bytes, because one from its XMP is anybody's text.
    """
    digest = hashlib.sha256(original.data).hexdigest()
    return {
        "label": label,
        "relationship": "parentOf" if alone else "componentOf",
        "instance_id": f"xmp.iid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:sha256:{digest}')}",
        **({} if credentials or not source_type else {"digital_source_type": _IPTC + source_type}),
    }


def _generator() -> dict[str, str]:
    return {"name": "imagebuild", "version": imagebuild.__version__}


def _source_type(value: str | None) -> Mapping[str, str]:
    return {"digitalSourceType": _IPTC + value} if value else {}
