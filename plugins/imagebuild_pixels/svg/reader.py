"""SVG text to elements, by expat, within bounds: no entity, no document type of the file's own, nothing fetched."""

from __future__ import annotations

from xml.parsers import expat

from imagebuild.errors import StepError
from imagebuild_pixels.svg.node import SVG, XLINK, XML, Element

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_ELEMENTS", "read"]

MAX_BYTES = 16_000_000
MAX_ELEMENTS = 100_000
MAX_DEPTH = 128
_MAX_ATTRIBUTES = 200
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "iso-8859-1"})
_PREFIXES = {XLINK: "xlink:", XML: "xml:"}
_RELOAD = "save it anew from a drawing program as plain SVG"


def read(data: bytes, target: str) -> tuple[Element, list[str]]:
    """The root element, and what the file wanted beside it: instructions for the program that opens it.

    Raises ``StepError`` for what is not well-formed, not SVG, declares entities or is beyond the bounds.
    """
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1e6:.1f} MB"
        raise StepError(f"'{target}' is an svg of {size}, expected at most {MAX_BYTES // 1_000_000} MB")
    reading = _Reading(target)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.XmlDeclHandler = reading.declare
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.EntityDeclHandler = reading.refuse_entity
    parser.SkippedEntityHandler = reading.refuse_entity
    parser.ProcessingInstructionHandler = reading.instruct
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise StepError(f"'{target}' is no well-formed svg: {error}", hint=_RELOAD) from error
    root = reading.root
    assert root is not None  # expat refuses a file without a root
    if root.name != "svg" or root.namespace != SVG:
        found = f"'{root.name}'" if root.name != "svg" else "'svg' without its namespace"
        raise StepError(
            f"'{target}' begins with {found}, expected an svg element", hint=f'it needs xmlns="{SVG}" to be a picture'
        )
    return root, reading.instructions


class _Reading:
    """What expat tells, as a tree."""

    def __init__(self, target: str) -> None:
        self.root: Element | None = None
        self.instructions: list[str] = []
        self._target = target
        self._open: list[Element] = []
        self._count = 0

    def declare(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise StepError(f"'{self._target}' is written in {encoding[:40]}, expected utf-8", hint=_RELOAD)

    def doctype(self, name: str, system: str | None, public: str | None, has_internal_subset: int) -> None:
        """The document type of SVG 1.1 says nothing and is passed over; one with rules of its own may say anything."""
        if has_internal_subset:
            raise StepError(f"'{self._target}' declares a document type of its own", hint=_RELOAD)

    def refuse_entity(self, *names: object) -> None:
        raise StepError(f"'{self._target}' uses an entity of its own, such as '{names[0]}'", hint=_RELOAD)

    def instruct(self, name: str, data: str) -> None:
        self.instructions.append(name)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise StepError(f"'{self._target}' has more than {MAX_ELEMENTS} elements", hint="simplify the drawing")
        if len(self._open) >= MAX_DEPTH:
            raise StepError(f"'{self._target}' is nested deeper than {MAX_DEPTH} elements", hint="simplify the drawing")
        if len(attributes) > _MAX_ATTRIBUTES:
            raise StepError(f"'{self._target}' has an element of more than {_MAX_ATTRIBUTES} attributes")
        namespace, _, local = name.rpartition(" ")
        element = Element(local, namespace, {_named(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._open[-1].children.append(text)


def _named(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return _PREFIXES.get(namespace, f"{namespace} " if namespace else "") + local
