"""What steps do with an SVG: have it made safe, and write it down again."""

from __future__ import annotations

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild.media import probe
from imagebuild_pixels import xmp
from imagebuild_pixels.svg.cleaner import clean
from imagebuild_pixels.svg.node import Element
from imagebuild_pixels.svg.reader import read
from imagebuild_pixels.svg.reference import check_references
from imagebuild_pixels.svg.writer import write

__all__ = ["MEDIA_TYPE", "is_svg", "safe", "written"]

MEDIA_TYPE = "image/svg+xml"


def is_svg(picture: Picture) -> bool:
    """Whether a picture is an SVG, by what it says or by its bytes."""
    found = probe(picture.data)
    return picture.media_type == MEDIA_TYPE or (found is not None and found.media_type == MEDIA_TYPE)


def safe(data: bytes, target: str, *, strict: bool = False) -> Element:
    """The drawing without anything that acts, fetches or multiplies. Raises ``StepError``.

    ``strict`` refuses a drawing from which something dangerous would have to be taken.
    """
    root, instructions = read(data, target)
    cleaned = clean(root)
    dangers = [*(f"instruction '{name[:40]}'" for name in instructions if name == "xml-stylesheet"), *cleaned.dangers]
    if strict and dangers:
        more = f" and {len(dangers) - 3} more" if len(dangers) > 3 else ""
        raise StepError(
            f"'{target}' is an svg with what may not be in it: {', '.join(dangers[:3])}{more}",
            hint="remove it, or leave out 'strict' to have it removed",
        )
    check_references(cleaned, target)
    return cleaned.root


def written(root: Element, source_type: str | None = None) -> bytes:
    """The bytes of a drawing, with the provenance mark where there is one."""
    packet = xmp.build({}, source_type).decode("utf-8")
    start, end = packet.find("<x:xmpmeta"), packet.find("<?xpacket end")
    return write(root, packet[start:end] if packet else "")
