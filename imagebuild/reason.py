"""Why an action has to run: a code for programs, the field that changed, and both values for people."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = ["Code", "Reason"]

Code: TypeAlias = Literal[
    "new",
    "changed",
    "lost",
    "elsewhere",
    "draft",
    "upstream",
    "shared",
    "locked",
    "offline",
    "output",
    "edited",
    "differs",
    "in_flight",
    "unfit",
    "failed",
    "review",
    "fresh",
    "frozen",
]


class Reason(Struct, frozen=True):
    """One cause.

    ``code`` is one of ``new`` (never made), ``changed`` (``field`` differs from last time), ``lost`` (the store no
    longer has the bytes), ``elsewhere`` (it has not, and nothing here needs them), ``draft`` (only a draft exists),
    ``upstream`` (waits for ``field``, an action before it), ``shared`` (``field`` is the same action), ``locked`` (it
    would have to be bought), ``offline`` (it needs the network), ``output`` (only the file at ``field`` is missing or
    old), ``edited`` (somebody changed the file at ``field``), ``differs`` (what came is not what was asked for),
    ``in_flight`` (it is paid for and has not come yet), ``unfit`` (it cannot go into a batch), ``failed`` (the pictures
    break the rule ``field``), ``review`` (it is there, and waits for a person to pick it), ``fresh`` and ``frozen``.
    ``old`` and ``new`` are shown to people and may be shortened.
    """

    code: Code
    field: str = ""
    old: str = ""
    new: str = ""
    detail: str = ""

    def __str__(self) -> str:
        match self.code:
            case "changed":
                return f"{self.field}: {self.old} -> {self.new}" + (f" ({self.detail})" if self.detail else "")
            case "upstream":
                return f"waits for {self.field}"
        return self.detail or self.code
