"""What a request for a response holds: its texts, its pictures, its tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from imagebuild_devserver.encoding import Tree
from imagebuild_devserver.incoming import check_picture, from_data_url
from imagebuild_devserver.option import known_only
from imagebuild_devserver.refusal import invalid
from imagebuild_devserver.service import Service

__all__ = ["Heard", "listen", "tool_of"]

_KNOWN = (
    "access_programs background background_options context_management conversation image include input instructions "
    "max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt "
    "prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store "
    "stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user"
)
_DETAILS = ("low", "high", "auto", "original")
_TOOL = (
    "type model action size quality output_format output_compression background moderation input_fidelity complexity "
    "partial_images frame_count frame_duration_ms svg input_image_mask"
)
KNOWN, TOOL = frozenset(_KNOWN.split()), frozenset(_TOOL.split())


class Heard(Struct):
    """The prompt, the pictures in order, and the items as a conversation will show them."""

    texts: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    items: list[dict[str, Tree]] = field(default_factory=list)

    @property
    def prompt(self) -> str:
        """All texts."""
        return "\n".join(self.texts)


def tool_of(body: Mapping[str, Tree], lenient: bool) -> Mapping[str, Tree] | None:
    """The image tool of a request whose parameters are all known; None when there is none."""
    if not lenient:
        known_only(body, KNOWN)
    tools = body.get("tools") or []
    if not isinstance(tools, Sequence):
        raise invalid("tools", "Invalid type for 'tools': expected an array.", "invalid_type")
    for number, tool in enumerate(tools):
        if isinstance(tool, Mapping) and tool.get("type") == "image_generation":
            if not lenient:
                known_only(tool, TOOL, f"tools[{number}].")
            return tool
    return None


def listen(service: Service, body: Mapping[str, Tree], earlier: Callable[[str, str], bytes]) -> Heard:
    """Read ``input``. ``earlier`` gives the picture of an earlier call by its item id."""
    heard = Heard()
    given = body.get("input")
    if isinstance(given, str):
        given = [{"type": "message", "role": "user", "content": given}]
    if not isinstance(given, Sequence) or not given:
        raise invalid("input", "Missing required parameter: 'input'.", "missing_required_parameter")
    for number, item in enumerate(given):
        place = f"input[{number}]"
        if not isinstance(item, Mapping):
            raise invalid(place, f"Invalid type for '{place}': expected an object.", "invalid_type")
        kind = item.get("type", "message")
        if kind in ("image_generation_call", "item_reference"):
            heard.pictures.append(earlier(str(item.get("id")), place))
        elif kind == "message":
            _message(service, item, place, heard)
        else:
            raise invalid(f"{place}.type", f"Invalid value: '{kind}'.")
    return heard


def _message(service: Service, item: Mapping[str, Tree], place: str, heard: Heard) -> None:
    content = item.get("content")
    parts = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, Sequence):
        raise invalid(
            f"{place}.content", f"Missing required parameter: '{place}.content'.", "missing_required_parameter"
        )
    kept: list[Tree] = []
    for number, part in enumerate(parts):
        where = f"{place}.content[{number}]"
        if not isinstance(part, Mapping) or part.get("type") not in ("input_text", "input_image", "output_text"):
            raise invalid(f"{where}.type", f"Invalid value for '{where}.type'.")
        if part["type"] == "input_image":
            heard.pictures.append(_picture(service, part, where))
            detail = part.get("detail") or "auto"
            if detail not in _DETAILS:
                listed = ", ".join(f"'{name}'" for name in _DETAILS)
                raise invalid(f"{where}.detail", f"Invalid value: '{detail}'. Supported values are: {listed}.")
            kept.append({"detail": detail, "file_id": part.get("file_id"), "image_url": None, "type": "input_image"})
        else:
            if item.get("role", "user") == "user":
                heard.texts.append(str(part.get("text", "")))
            kept.append({"type": part["type"], "text": part.get("text", "")})
    role = item.get("role", "user")
    heard.items.append(
        {"id": service.new_id("msg"), "type": "message", "role": role, "status": "completed", "content": kept}
    )


def _picture(service: Service, part: Mapping[str, Tree], where: str) -> bytes:
    if part.get("file_id"):
        return check_picture(service.file(part["file_id"], f"{where}.file_id").data, where)
    return from_data_url(part.get("image_url"), f"{where}.image_url")
