"""Requests as the tests make them, short."""

from __future__ import annotations

import base64
from typing import Any

from imagebuild.media import probe

FORCED = {"type": "image_generation"}
IMAGE_MODEL = "gpt-image-2.5-flare"


def respond(client: Any, prompt: object = "a red car", *, tool: dict[str, object] | None = None, **more: object) -> Any:
    tools = [{"type": "image_generation", "model": IMAGE_MODEL, "quality": "low", **(tool or {})}]
    return client.responses.create(
        **{"model": "gpt-6-luna", "input": prompt, "tools": tools, "tool_choice": FORCED, **more}
    )


def generate(client: Any, prompt: str = "a red car", **more: object) -> Any:
    return client.images.generate(**{"model": IMAGE_MODEL, "prompt": prompt, **more})


def edit(client: Any, image: object, prompt: str = "make it blue", **more: object) -> Any:
    return client.images.edit(**{"model": IMAGE_MODEL, "prompt": prompt, "image": image, **more})


def named(data: bytes, name: str = "picture.png", kind: str = "image/png") -> tuple[str, bytes, str]:
    return name, data, kind


def shown(data: bytes, prompt: str = "make it blue") -> list[dict[str, object]]:
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    content = [{"type": "input_text", "text": prompt}, {"type": "input_image", "image_url": url, "detail": "auto"}]
    return [{"role": "user", "content": content}]


def result(response: Any) -> bytes:
    (item,) = [item for item in response.output if item.type == "image_generation_call"]
    return base64.b64decode(item.result, validate=True)


def first(answer: Any) -> bytes:
    return base64.b64decode(answer.data[0].b64_json, validate=True)


def described(data: bytes) -> tuple[str, int | None, int | None] | None:
    found = probe(data)
    return (found.media_type, found.width, found.height) if found else None
