"""The models this server pretends to have, with what each can do and when it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from imagebuild_devserver.encoding import Tree
from imagebuild_devserver.refusal import Refusal, not_found

__all__ = ["DEFAULT_IMAGE_MODEL", "Facts", "Models"]

DEFAULT_IMAGE_MODEL = "gpt-image-2.6-sunburst"
_ALL = ("low", "medium", "high", "xhigh", "max")


class Facts(Struct, frozen=True):
    """What a model can do. ``spread`` is what each quality is worth in tokens; ``fidelity`` the values it takes."""

    kind: Literal["image", "text", "any"] = "image"
    shutdown: str | None = None
    qualities: tuple[str, ...] = _ALL
    free_size: bool = True
    fidelity: tuple[str, ...] = ()
    complexity: bool = False
    moving: bool = True
    markup: bool = True
    batch: bool = True
    generation: str = "2.5"


_ANYTHING = Facts("any", complexity=True, fidelity=("low", "high"))
_TEXT = Facts("text")
_26 = Facts(complexity=True, batch=False, generation="2.6")
_25 = Facts()
_2 = Facts(qualities=_ALL[:3], moving=False, markup=False, generation="2")


def _old(shutdown: str, *fidelity: str) -> Facts:
    return Facts(
        "image", shutdown, _ALL[:3], free_size=False, fidelity=fidelity, moving=False, markup=False, generation="2"
    )


KNOWN: Mapping[str, Facts] = {
    "gpt-image-2.6-sunburst": _26,
    "gpt-image-2.6-flare": _26,
    "gpt-image-2.5-sunburst": _25,
    "gpt-image-2.5-sunburst-2026-09-08": _25,
    "gpt-image-2.5-flare": _25,
    "gpt-image-2.5-flare-2026-09-08": _25,
    "gpt-image-2": _2,
    "gpt-image-2-2026-04-21": _2,
    "gpt-image-1.5": _old("2026-12-01", "low", "high"),
    "gpt-image-1-mini": _old("2026-12-01", "low"),
    "chatgpt-image-latest": _old("2026-12-01", "low", "high"),
    "gpt-image-1": _old("2026-10-23", "low", "high"),
    "dall-e-3": _old("2026-05-12"),
    "dall-e-2": _old("2026-05-12"),
    "gpt-6-astra": _TEXT,
    "gpt-6.1-sol": _TEXT,
    "gpt-6-luna": _TEXT,
    "gpt-5": Facts("text", "2026-12-11"),
    "gpt-5-mini": Facts("text", "2026-12-11"),
    "gpt-5-nano": Facts("text", "2026-12-11"),
    "o3": Facts("text", "2026-12-11"),
    "gpt-4o": Facts("text", "2027-01-14"),
    "gpt-4.1": Facts("text", "2027-01-14"),
    "gpt-4.1-mini": Facts("text", "2027-01-14"),
}


class Models:
    """The models that answer: those of ``names``, or the known ones that are not retired on ``today``.

    A name that is not known takes every option.
    """

    def __init__(self, names: Iterable[str] | None, today: date) -> None:
        if names is None:
            self._facts = {
                name: facts for name, facts in KNOWN.items() if not facts.shutdown or facts.shutdown > today.isoformat()
            }
        else:
            self._facts = {name: KNOWN.get(name, _ANYTHING) for name in names}

    def listed(self) -> list[Tree]:
        """All, as ``GET /v1/models`` shows them."""
        return [self.shown(name) for name in self._facts]

    def shown(self, name: str) -> dict[str, Tree]:
        """One, as ``GET /v1/models/NAME`` shows it."""
        facts = self.facts(name)
        return {
            "id": name,
            "object": "model",
            "created": 1_790_000_000,
            "owned_by": "dev-server",
            "shutdown_date": facts.shutdown,
        }

    def facts(self, name: object, kind: str | None = None) -> Facts:
        """What a model can do; a model that is not there, or of another kind, is refused."""
        facts = self._facts.get(str(name))
        if facts is None:
            message = f"The model `{name}` does not exist or you do not have access to it."
            raise not_found(message, "model_not_found", "model")
        if kind and facts.kind not in (kind, "any"):
            message = f"The model `{name}` is not supported here."
            raise Refusal(400, message, "invalid_value", param="model")
        return facts
