"""The page's style sheet with a rule for each picture and tag, and the policy that lets a browser use just this one."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from imagebuild import Image
from imagebuild_gallery.card import Card

__all__ = ["is_lqip", "picture_rule", "policy", "tag_rules"]

_LQIP = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/]{1,6000}={0,2}\Z")


def is_lqip(value: object) -> bool:
    """Whether a value is a data URL of a small picture that may stand in a style sheet."""
    return isinstance(value, str) and bool(_LQIP.match(value))


def picture_rule(card: Card, image: Image) -> str:
    """Proportions and what is seen of a picture before it has loaded.

    A picture that may be transparent gets no such ground: it would be seen through it ever after.
    """
    picture = card.picture
    parts = []
    if picture is not None and picture.ratio is not None:
        parts.append(f"--r:{picture.ratio:.5g};--w:{picture.width}px")
    if picture is not None and not picture.clear:
        if card.colour:
            parts.append(f"--c:{card.colour}")
        if is_lqip(image.facts.get("lqip")):
            parts.append(f"--l:url({image.facts['lqip']})")
    if card.colour:
        parts.append(f"--swatch:{card.colour}")
    return f"#{card.anchor}{{{';'.join(parts)}}}" if parts else ""


def tag_rules(anchors: Iterable[str]) -> str:
    """While a tag's place is the target of a link, cards without it are out of the way."""
    return "\n".join(
        f"body:has(#{anchor}:target) .card:not(.{anchor}){{display:none}}\n"
        f'body:has(#{anchor}:target) a[href="#{anchor}"]{{background:var(--ink);color:var(--paper)}}'
        for anchor in anchors
    )


def policy(style: str) -> str:
    """A Content Security Policy (W3C, CSP Level 3) under which the page loads its own pictures and nothing else.

    ``file:`` stands beside ``'self'`` since pages on disk have no origin that every browser would take for itself.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode()
    return (
        f"default-src 'none'; img-src 'self' file: data:; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
