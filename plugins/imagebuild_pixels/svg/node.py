"""One element of a drawing, as it is read, cleaned and written."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

__all__ = ["SVG", "XLINK", "XML", "Element"]

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"


class Element(Struct):
    """An element: its name without a prefix, the address of its namespace, its attributes in order, what it holds.

    Attributes are named ``fill``, ``xlink:href`` or ``xml:space`` whatever the file's own prefixes; others with a
    prefix keep the address of their namespace.
    """

    name: str
    namespace: str = SVG
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def elements(self) -> Iterator[Element]:
        """The elements directly within."""
        return (child for child in self.children if isinstance(child, Element))

    def all(self) -> Iterator[Element]:
        """This element and all within it, in the order of the file."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(list(element.elements())))
