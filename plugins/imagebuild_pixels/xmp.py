"""The only metadata of derivatives: an XMP packet of our own, with the provenance mark and what `metadata` says.

Fields: IPTC Photo Metadata Standard 2023.1; XMP: ISO 16684-1. A packet is known as ours by its ``xmp:CreatorTool``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["FIELDS", "LONGEST", "build", "parse"]

_TOOL = "imagebuild"
_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NOT_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
"""Characters that XML 1.0 (2.2) does not allow."""

FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("dc:title", "alternatives"),
        "description": ("dc:description", "alternatives"),
        "creator": ("dc:creator", "sequence"),
        "copyright": ("dc:rights", "alternatives"),
        "credit": ("photoshop:Credit", "text"),
        "license": ("plus:Licensor", "licensor"),
        "web_statement": ("xmpRights:WebStatement", "text"),
        "alt": ("Iptc4xmpCore:AltTextAccessibility", "alternatives"),
    }
)
"""What a packet can say beside the mark, in the order it is written: name, XMP property and its form."""


LONGEST = 1000
"""Characters of a field at most: all of them together must fit into one segment of a JPEG."""


def build(fields: Mapping[str, str], source_type: str | None) -> bytes:
    """A packet that says these fields and the digital source type; empty where there is nothing to say."""
    parts = [_element(*FIELDS[name], fields[name]) for name in FIELDS if fields.get(name)]
    if source_type:
        parts.append(_element("Iptc4xmpExt:DigitalSourceType", "text", _TERMS + source_type))
    if not parts:
        return b""
    parts.append(_element("xmp:CreatorTool", "text", _TOOL))
    used = {name: uri for name, uri in _NAMESPACES.items() if any(f"<{name}:" in part for part in parts)}
    spaces = "".join(f' xmlns:{name}="{uri}"' for name, uri in used.items())
    body = "".join(parts)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">'
        f'<rdf:Description rdf:about=""{spaces}>{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def parse(packet: bytes) -> tuple[dict[str, str], str | None]:
    """Fields and digital source type of a packet that we wrote; nothing for any other, however it looks.

    It is read by the very form in which :func:`build` writes it, so no XML parser meets a stranger's bytes.
    """
    text = packet.decode("utf-8", "replace")
    if f"<xmp:CreatorTool>{_TOOL}</xmp:CreatorTool>" not in text:
        return {}, None
    found = {name: value for name, (tag, _) in FIELDS.items() if 0 < len(value := _value(text, tag)) <= LONGEST}
    return found, _value(text, "Iptc4xmpExt:DigitalSourceType").removeprefix(_TERMS) or None


def _element(tag: str, form: str, text: str) -> str:
    value = _escaped(_NOT_XML.sub("", text))
    if form == "alternatives":
        value = f'<rdf:Alt><rdf:li xml:lang="x-default">{value}</rdf:li></rdf:Alt>'
    elif form == "sequence":
        value = f"<rdf:Seq><rdf:li>{value}</rdf:li></rdf:Seq>"
    elif form == "licensor":
        inner = f"<plus:LicensorURL>{value}</plus:LicensorURL>"
        value = f'<rdf:Seq><rdf:li rdf:parseType="Resource">{inner}</rdf:li></rdf:Seq>'
    return f"<{tag}>{value}</{tag}>"


def _value(text: str, tag: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return _unescaped(re.sub("<[^>]*>", "", found[1])) if found else ""


def _escaped(text: str) -> str:
    """As element content; the standard library's own comes with half of its network code."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
