"""The options of both APIs as a table, and how one is read: names, aliases, types and ranges."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from imagebuild import OptionProblem

__all__ = ["ALIASES", "FORMATS", "HINTS", "INTERNAL", "OPTIONS", "Option", "read_options"]

Kind: TypeAlias = Literal["choice", "count", "text", "size", "block", "seconds"]


class Option(Struct, frozen=True):
    """One option. ``values`` are what a choice may be, ``low`` to ``high`` what a whole number may be.

    ``api`` is the only one of the two that takes it, None for both. ``help`` says in a few words what it does.
    """

    name: str
    kind: Kind
    help: str
    values: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    api: str | None = None


FORMATS = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}

OPTIONS = {
    option.name: option
    for option in (
        Option("api", "choice", "which of OpenAI's APIs draws", ("responses", "images")),
        Option("model", "text", "the main-line model; with `api: images` the image model"),
        Option("image_model", "text", "the model that draws"),
        Option("size", "size", "width and height in pixels"),
        Option("quality", "choice", "how much is spent on it", ("low", "medium", "high", "xhigh", "max", "auto")),
        Option("background", "choice", "what lies behind the subject", ("auto", "opaque", "transparent")),
        Option("output_format", "choice", "the format of the picture", tuple(FORMATS)),
        Option("output_compression", "count", "for jpeg and webp; 100 is the best picture", low=0, high=100),
        Option("moderation", "choice", "how strictly content is filtered", ("auto", "low")),
        Option("input_fidelity", "choice", "how closely old models follow input pictures", ("low", "high")),
        Option("complexity", "choice", "how much thought goes into the picture", ("low", "medium", "high")),
        Option("frame_count", "count", "frames of a gif", low=2, high=16),
        Option("frame_duration_ms", "count", "how long a frame of a gif is shown", low=1, high=655_350),
        Option("svg", "block", "who writes an svg: `{model, reasoning: {effort}}`"),
        Option("n", "count", "pictures of one call", low=1, high=10, api="images"),
        Option("action", "choice", "whether to draw anew or to edit", ("generate", "edit", "auto"), api="responses"),
        Option("continue", "choice", "how an edit knows its parent", ("response", "picture"), api="responses"),
        Option("instructions", "text", "what the main-line model is told first", api="responses"),
        Option("partial_images", "count", "unfinished pictures to show on the way", low=0, high=3),
        Option("timeout", "seconds", "how long one call may take"),
        Option("extra_body", "block", "more fields of the body, sent as they are"),
    )
}

HINTS = ("partial_images", "timeout")
"""Options that shape the call and never the picture: they leave the key."""

INTERNAL = ("service",)
"""What resolving adds to options, and no spec may write."""

_MODELS_OWN = ("size", "quality", "background", "moderation", "input_fidelity", "complexity")

ALIASES = {"format": "output_format", "compression": "output_compression"}

_EXTRA = "OpenAI's models have no such option; for a compatible server write 'extra_body: {{{name}: ...}}'"
_FOREIGN = {
    **dict.fromkeys(
        ("seed", "steps", "step", "num_inference_steps", "guidance_scale", "cfg_scale", "guidance", "sampler", "lora"),
        _EXTRA,
    ),
    "negative_prompt": "OpenAI's models have none: say in the prompt what not to draw; for a compatible server write "
    "'extra_body: {{negative_prompt: ...}}'",
    "style": "describe the style in the prompt: the option ended with dall-e-3; 'style' of a target is another thing",
    "response_format": "leave it out: pictures come in the answer; for a compatible server write "
    "'extra_body: {{response_format: b64_json}}'",
    "stream": "leave it out: 'partial_images: 2' shows the picture on its way",
    "user": "set 'safety_identifier' under providers.openai",
    "safety_identifier": "set it under providers.openai: it does not change the picture",
    "service_tier": "set it under providers.openai: it does not change the picture",
    "store": "set it under providers.openai: it does not change the picture",
    "mask": "write 'mask: FILE' beside 'options', on an edit",
    "input_image_mask": "write 'mask: FILE' beside 'options', on an edit",
    "image": "write 'inputs: [FILE]' beside 'options'",
    "images": "write 'inputs: [FILE]' beside 'options'",
    "markup": "write 'markup: FILE' beside 'options', on an edit",
    "width": "write 'size: 1024x1024'",
    "height": "write 'size: 1024x1024'",
    "aspect_ratio": "write 'size: 1536x1024'",
    "transparent": "write 'background: transparent'",
    "effort": "write 'complexity: low', medium or high",
    "reasoning": "write 'complexity: low', medium or high",
    "tools": "the tool is made of the other options",
    "tool_choice": "the tool is always called",
    "previous_response_id": "write 'continue: response' on an edit",
    "api_key": "keys come from the environment alone: set OPENAI_API_KEY",
}


def read_options(
    given: Mapping[str, Any], problems: list[OptionProblem], *, is_open: bool = False
) -> tuple[dict[str, Any], dict[str, str]]:
    """The options under their own names with values of the right type, and the name each was written with.

    What is wrong is left out and told. ``is_open``: any text will do for what only the model judges.
    """
    read: dict[str, Any] = {}
    written: dict[str, str] = {}
    for name, value in given.items():
        real = ALIASES.get(name, name)
        if value is None or name in INTERNAL:
            continue
        if real not in OPTIONS:
            problems.append(_unknown(name))
            continue
        try:
            found = _READERS[OPTIONS[real].kind](OPTIONS[real], value, is_open and real in _MODELS_OWN)
        except ValueError as expected:
            close = difflib.get_close_matches(str(value).lower(), OPTIONS[real].values, 1)
            hint = f"did you mean '{close[0]}'?" if close else None
            hint = "write 'size: 1024x1024'" if real == "size" else hint
            problems.append(OptionProblem(name, f"'{name}' is '{_shown(value)}', expected {expected}", hint))
            continue
        if real in read and read[real] != found:
            message = f"'{name}' and '{written[real]}' are one option and differ"
            problems.append(OptionProblem(name, message, "keep one of them"))
            continue
        read[real], written[real] = found, name
    return read, written


def _unknown(name: str) -> OptionProblem:
    if name in _FOREIGN:
        return OptionProblem(name, f"unknown option '{name}'", _FOREIGN[name].format(name=name), unknown=True)
    close = difflib.get_close_matches(name, (*OPTIONS, *ALIASES), 1)
    hint = f"did you mean '{close[0]}'?" if close else f"known options: {', '.join(OPTIONS)}"
    return OptionProblem(name, f"unknown option '{name}'", hint, unknown=True)


def _shown(value: object) -> str:
    text = "a block" if isinstance(value, Mapping) else "a list" if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _choice(option: Option, value: Any, is_open: bool) -> str:
    text = value.strip().lower() if isinstance(value, str) else ""
    if option.name == "output_format" and text == "jpg":
        text = "jpeg"
    if text in option.values:
        return text
    if is_open and text:
        return str(value).strip()
    raise ValueError(f"one of {', '.join(option.values)}")


def _count(option: Option, value: Any, is_open: bool) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not option.low <= value <= option.high:
        raise ValueError(f"a whole number from {option.low} to {option.high:,}")
    return value


def _text(option: Option, value: Any, is_open: bool) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a name" if "model" in option.name else "a text")
    return value.strip()


def _size(option: Option, value: Any, is_open: bool) -> str:
    from imagebuild_openai.size import format_size, parse_size

    if isinstance(value, str) and value.strip().lower() == "auto":
        return "auto"
    if (size := parse_size(value)) is not None:
        return format_size(size)
    if is_open and isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("WIDTHxHEIGHT or auto")


def _seconds(option: Option, value: Any, is_open: bool) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86_400:
        raise ValueError("a number of seconds, more than 0")
    return float(value)


def _block(option: Option, value: Any, is_open: bool) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError("a block of keys")
    return {str(key): inner for key, inner in value.items()}


_READERS: dict[Kind, Callable[[Option, Any, bool], Any]] = {
    "choice": _choice,
    "count": _count,
    "text": _text,
    "size": _size,
    "block": _block,
    "seconds": _seconds,
}
