from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from imagebuild.reason import Code, Reason

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def enums(schema: object) -> list[list[str]]:
    if isinstance(schema, dict):
        own = [schema["enum"]] if "enum" in schema else []
        return own + [found for value in schema.values() for found in enums(value)]
    return [found for value in schema for found in enums(value)] if isinstance(schema, list) else []


@pytest.mark.parametrize("name", ["plan", "status"])
def test_the_published_schemas_know_the_codes_of_reasons_and_no_others(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    assert [sorted(enum) for enum in enums(schema) if "upstream" in enum] == [sorted(get_args(Code))]


def test_a_reason_reads_as_people_speak() -> None:
    assert str(Reason("changed", "quality", "low", "high")) == "quality: low -> high"
    assert (
        str(Reason("changed", "mask", "1a", "2b", "m.png has other bytes")) == "mask: 1a -> 2b (m.png has other bytes)"
    )
    assert str(Reason("upstream", "logo (edit 1)")) == "waits for logo (edit 1)"
    assert str(Reason("frozen")) == "frozen"
    assert str(Reason("new", detail="never made")) == "never made"
