"""The options by which a spec chooses fonts and the way a text is read; the same for every step that writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from imagebuild import Option, OptionProblem
from imagebuild_pixels.given import Given

__all__ = ["FACE_OPTIONS", "WEIGHTS", "judge_face"]

WEIGHTS = MappingProxyType({"light": 300, "regular": 400, "semibold": 600, "bold": 700, "black": 900})
"""Weights by name, as numbers of the OpenType axis ``wght``."""

FACE_OPTIONS = (
    Option(
        "font",
        "file",
        "A font file (ttf, otf). Left out: Source Sans Pro, for Latin, Greek and Cyrillic; fonts of the machine are "
        "never used.",
        example="font: {file: fonts/Inter.ttf}",
    ),
    Option(
        "fallback",
        "file",
        "A second font file, for characters that the first lacks: another script, or emoji as outlines.",
        example="fallback: {file: fonts/NotoEmoji.ttf}",
    ),
    Option(
        "weight",
        "choice",
        "How heavy letters are; with a font file only where it has a weight axis.",
        choices=tuple(WEIGHTS),
        example="weight: bold",
    ),
    Option(
        "direction",
        "choice",
        "How the text is read; `auto` goes by its first letter.",
        "auto",
        ("auto", "ltr", "rtl"),
        example="direction: rtl",
    ),
    Option(
        "language",
        "text",
        "The text's language, for fonts that draw a character differently by language.",
        "und",
        example="language: zh-Hant",
    ),
)

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}")


def judge_face(options: Mapping[str, Any]) -> list[OptionProblem]:
    """A language must look like one."""
    language = Given(options).text("language") or "und"
    if _TAG.fullmatch(language):
        return []
    return [
        OptionProblem("language", f"expected a language like 'en', found '{language}'", "for example: language: ja")
    ]
