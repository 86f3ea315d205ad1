"""From resolved options to what is sent: the tool of the Responses API, the parameters of the Images API. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagebuild_openai.profile import Profile

__all__ = ["extra_body_of", "image_parameters", "tool_of", "wire_options"]

_NOT_PARAMETERS = frozenset(
    {"api", "model", "image_model", "service", "action", "continue", "instructions", "extra_body", "n"}
)


def wire_options(options: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The options that both APIs send under the same names.

    Where a profile does not pin, ``auto`` and ``png`` are the server's own choice and are not sent.
    """
    sent = {name: value for name, value in options.items() if name not in _NOT_PARAMETERS}
    if profile.pins:
        return sent
    return {
        name: value
        for name, value in sent.items()
        if value != "auto" and not (name == "output_format" and value == "png")
    }


def tool_of(options: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The ``image_generation`` tool of a resolved request; a mask and partial pictures are the caller's to add."""
    tool = {"type": "image_generation", "model": options["image_model"], "action": options["action"]}
    return tool | wire_options(options, profile)


def image_parameters(options: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The body of an Images API call but prompt, pictures and streaming.

    ``moderation`` is among it: the method that edits has no keyword for it, so there it goes into ``extra_body``.
    """
    body = {"model": options["model"], **wire_options(options, profile)}
    if options.get("n", 1) > 1:
        body["n"] = options["n"]
    if profile.response_format is not None:
        body["response_format"] = profile.response_format
    return body


def extra_body_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Further fields of the body, as the spec gave them."""
    extra = options.get("extra_body") or {}
    return dict(extra)
