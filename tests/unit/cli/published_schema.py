"""Holds what a command prints against its published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "schemas"


def checked(name: str, out: str) -> dict[str, Any]:
    """A printed object, after it was held against its schema with every field named there."""

    def closed(value: Any) -> Any:
        if isinstance(value, dict):
            value = {key: closed(inner) for key, inner in value.items()}
            return {"additionalProperties": False, **value} if "properties" in value else value
        return [closed(item) for item in value] if isinstance(value, list) else value

    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    answer: dict[str, Any] = json.loads(out)
    jsonschema.Draft202012Validator(closed(schema)).validate(answer)
    return answer
