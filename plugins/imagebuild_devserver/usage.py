"""Plausible token counts. Source of the output formula: OpenAI's calculator for gpt-image-2 and 2.5, October 2026."""

from __future__ import annotations

import math
from collections.abc import Sequence

from imagebuild.media import probe
from imagebuild_devserver.encoding import Tree
from imagebuild_devserver.model import Facts
from imagebuild_devserver.option import Options

__all__ = ["image_tokens", "image_usage", "svg_usage", "text_tokens", "text_usage"]

_SPREAD = {
    "2": {"low": 16, "medium": 48, "high": 96},
    "2.5": {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96},
}
_MORE = {"low": 4.0, "medium": 3.0}
"""2.6 spends this many times the tokens of 2.5 at low qualities (measured by third parties, November 2026)."""

_A_PARTIAL = 100


def image_tokens(options: Options, facts: Facts) -> int:
    """Output tokens of one picture."""
    spread = _SPREAD.get(facts.generation, _SPREAD["2.5"])[options.quality]
    short, long = sorted((options.width, options.height))
    area = options.width * options.height * (options.frames or 1)
    tokens = math.ceil(spread * round(spread * short / long) * (2_000_000 + area) / 4_000_000)
    if facts.generation == "2.6":
        tokens = math.ceil(tokens * _MORE.get(options.quality, 1.0))
    return tokens + _A_PARTIAL * options.partials


def text_tokens(text: str) -> int:
    """About a token for four letters."""
    return max(1, len(text) // 4)


def image_usage(prompt: str, inputs: Sequence[bytes], options: Options, facts: Facts, count: int) -> dict[str, Tree]:
    """Usage of the image model for ``count`` pictures."""
    text, shown = text_tokens(prompt), sum(map(_seen_tokens, inputs))
    made = image_tokens(options, facts) * count
    return {
        "input_tokens": text + shown,
        "input_tokens_details": {"text_tokens": text, "image_tokens": shown},
        "output_tokens": made,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": made},
        "total_tokens": text + shown + made,
    }


def text_usage(prompt: str, inputs: Sequence[bytes]) -> dict[str, Tree]:
    """Usage of the model that drives the tool."""
    read, written = 1000 + text_tokens(prompt) + sum(map(_seen_tokens, inputs)), 60 + text_tokens(prompt)
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }


def svg_usage(prompt: str, model: str) -> dict[str, Tree]:
    """Usage of the model that writes an SVG."""
    read = 500 + text_tokens(prompt)
    return {
        "input_tokens": read,
        "output_tokens": 1500,
        "reasoning_tokens": 0,
        "total_tokens": read + 1500,
        "model": model,
    }


def _seen_tokens(data: bytes) -> int:
    found = probe(data)
    width, height = (found.width or 1024, found.height or 1024) if found else (1024, 1024)
    return min(1536, math.ceil(width / 32) * math.ceil(height / 32))
