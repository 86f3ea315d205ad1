"""Texts that try to be more than text, and a manifest with one of them in every field."""

from __future__ import annotations

from typing import Any

from imagebuild import Image, Manifest, Stage, Variant
from imagebuild.testing import Desk, png
from imagebuild_gallery import GalleryPublisher

__all__ = ["HOSTILE", "PICTURE", "hostile_image", "publish_hostile"]

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "` onload=`alert(1)",
    "</style><script>alert(1)</script>",
    "}</style>body{display:none}",
    "*/ @import url(https://example.org/x.css); /*",
    "url(https://example.org/x.png)",
    "</title><script>alert(1)</script>",
    "</textarea><iframe src=https://example.org></iframe>",
    "-->\n<script>alert(1)</script><!--",
    "<!-- imagebuild gallery; SHA-256 of all above: 00 -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<base href=https://example.org/>",
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<form action=https://example.org><button>x",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}{{ config }}",
    "{# comment #}${7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#x3c;/script&#x3e;",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "../../../../etc/passwd",
    "\\\\server\\share\\x",
    "con.aux.nul:",
    "\u202eevil\u202d \u2066isolate\u2067 never closed",
    "שלום עולם <b>ب</b>",
    "a\nb\r\nc\rd\te",
    "null\x00 bell\x07 escape\x1b[31m delete\x7f next line\x85",
    "lone surrogate \ud83d and noncharacter \uffff",
    "W" * 3000,
    "💥" * 500 + "\u0301" * 300,
    " \t\u00a0\u200b ",
)
PICTURE = png(8, 6)


def publish_hostile(desk: Desk, manifest: Manifest, **options: Any) -> None:
    publisher = GalleryPublisher()
    publisher.publish(manifest, desk.context(publisher.resolve(options).options))


def hostile_image(text: str, digest: str, *, number: int = 1) -> Image:
    """A target with ``text`` wherever there is text; ``number`` keeps the ids of several apart."""
    stage: dict[str, Any] = {
        "prompt": text,
        "revised_prompt": text + " revised",
        "options": {text: text, "nested": {text: [text, {text: text}]}},
        "model": text,
        "candidates": (digest, digest),
    }
    return Image(
        id=f"{text}{number}",
        name=text,
        slug=f"{text}{number}",
        alt=text,
        width=8,
        height=6,
        sha256=text,
        digital_source_type=text,
        facts={"color": text, "lqip": text, "thumbhash": text, text: text},
        axes={text: text},
        tags=(text, f"{text} again"),
        variants=(
            Variant(text, text, "image/png", 8, 6, len(PICTURE), digest, {"name": text, "width": 8, text: text}),
        ),
        stages=(
            Stage("generate", text, digest, "image/png", **stage),
            Stage("edit", text, digest, "image/png", **stage),
            Stage("step", text, digest, text, **stage),
            Stage(text, text, digest, "image/png", **stage),
        ),
    )
