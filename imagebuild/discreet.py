"""Structs that keep some of their fields to themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

__all__ = ["Discreet"]


class Discreet(Struct, frozen=True):
    """A struct whose repr leaves out the fields named ``hidden``, since they hold secrets or are too long to read.

    Those named ``apart`` say nothing about what it is: it is equal to others whatever they hold.
    """

    hidden: ClassVar[tuple[str, ...]] = ()
    apart: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in self.hidden)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Discreet) or type(other) is not type(self):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name not in self.apart)
