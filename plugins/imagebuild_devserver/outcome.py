"""What becomes of a response: its output items, its status, its usage, and what faults make of them."""

from __future__ import annotations

from collections.abc import Mapping

from imagebuild_devserver.caption import caption
from imagebuild_devserver.encoding import Base64, Tree
from imagebuild_devserver.model import Facts
from imagebuild_devserver.record import Record
from imagebuild_devserver.studio import Studio
from imagebuild_devserver.usage import image_usage, svg_usage, text_usage

__all__ = ["describe", "finish", "picture_item"]

_WORDS = "I can describe this picture, but I did not draw it."


def describe(record: Record, status: str, changes: Mapping[str, Tree] | None = None) -> dict[str, Tree]:
    """The response object in a state; ``changes`` are the fields that differ from those of a fresh one."""
    asked = record.asked
    return {
        "id": record.id,
        "object": "response",
        "created_at": record.made,
        "status": status,
        "background": record.background,
        "completed_at": None,
        "conversation": {"id": record.conversation.id} if record.conversation else None,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.get("instructions"),
        "max_output_tokens": asked.get("max_output_tokens"),
        "max_tool_calls": asked.get("max_tool_calls"),
        "metadata": asked.get("metadata") or {},
        "model": asked["model"],
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": asked.get("previous_response_id"),
        "prompt_cache_key": asked.get("prompt_cache_key"),
        "reasoning": asked.get("reasoning") or {"effort": None, "summary": None},
        "safety_identifier": asked.get("safety_identifier"),
        "service_tier": asked.get("service_tier") or "default",
        "store": record.stored,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": asked.get("tool_choice") or "auto",
        "tools": asked["tools"],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": None,
        "user": None,
        **(changes or {}),
    }


def picture_item(record: Record, status: str, number: int = 0, picture: Base64 | None = None) -> dict[str, Tree]:
    """The item of the image tool's call."""
    options = record.wish.options
    item: dict[str, Tree] = {
        "id": record.item_id + (f"_{number}" if number else ""),
        "type": "image_generation_call",
        "status": status,
        "result": picture,
    }
    if status == "completed":
        item |= {
            "action": record.action,
            "background": options.background,
            "output_format": options.output_format,
            "quality": options.quality,
            "size": options.size,
            "revised_prompt": revised(record.wish.prompt, record.action),
        }
        if options.output_format == "svg":
            item["svg_usage"] = svg_usage(record.wish.prompt, options.svg_model or str(record.asked["model"]))
    return item


def revised(prompt: str, action: str) -> str:
    """The prompt as the main-line model would put it."""
    return f"{'Change the picture' if action == 'edit' else 'A picture'}: {prompt.strip()}"


def finish(record: Record, studio: Studio, facts: Facts) -> dict[str, Tree]:
    """Do the work and give the final response object; leaves the picture in ``record``."""
    kind = record.fault.kind if record.fault else ""
    error: dict[str, Tree] = {"code": (record.fault and record.fault.code) or "server_error"}
    error["message"] = (record.fault and record.fault.message) or "An error occurred while processing your request."
    if kind in ("response_failed", "stream_error"):
        return describe(record, "failed", {"error": error})
    usage: dict[str, Tree] = {"completed_at": record.ready}
    output = _output(record, studio, kind)
    if kind != "no_usage":
        count = len(record.takes) if record.picture else 0
        usage |= _usage(record, facts, count)
    if kind == "incomplete":
        reason = (record.fault and record.fault.code) or "max_output_tokens"
        return describe(record, "incomplete", {**usage, "incomplete_details": {"reason": reason}})
    return describe(record, "completed", {**usage, "output": output})


def _output(record: Record, studio: Studio, kind: str) -> list[Tree]:
    match kind:
        case "no_output" | "incomplete":
            return []
        case "text_only":
            return [_words(record, _text(record, _WORDS))]
        case "refusal":
            return [_message(record, {"type": "refusal", "refusal": _text(record, "I cannot help with that.")})]
        case "moderation_item":
            return [{**picture_item(record, "failed"), "error": _moderated(record)}]
    if record.describes:
        return [_words(record, caption(record.wish.inputs[0]))]
    pictures = [studio.draw(record.wish, take, record.fault) for take in record.takes]
    record.picture = pictures[0]
    return [picture_item(record, "completed", number, picture) for number, picture in enumerate(pictures)]


def _message(record: Record, content: Tree) -> dict[str, Tree]:
    name = record.id.replace("resp_", "msg_")
    return {"id": name, "type": "message", "role": "assistant", "status": "completed", "content": [content]}


def _words(record: Record, text: str) -> dict[str, Tree]:
    return _message(record, {"type": "output_text", "text": text, "annotations": []})


def _text(record: Record, default: str) -> str:
    return (record.fault and record.fault.message) or default


def _moderated(record: Record) -> dict[str, Tree]:
    return {
        "code": (record.fault and record.fault.code) or "moderation_blocked",
        "message": _text(record, "Your request was rejected by the safety system."),
        "type": "image_generation_user_error",
        "param": None,
        "moderation_details": {"moderation_stage": "output", "categories": ["violence"]},
    }


def _usage(record: Record, facts: Facts, count: int) -> dict[str, Tree]:
    wish = record.wish
    told = f"{record.asked.get('instructions') or ''}{wish.prompt}"
    usage: dict[str, Tree] = {"usage": text_usage(told, wish.shown)}
    if count:
        drawn = image_usage(wish.prompt, wish.shown, wish.options, facts, count)
        usage["tool_usage"] = {"image_gen": drawn, "web_search": {"num_requests": 0}}
    return usage
