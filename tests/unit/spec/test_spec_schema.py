"""JSON Schema and reference page agree with what the reader accepts."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from imagebuild.spec.field import BLOCKS, KINDS
from imagebuild.spec.schema import json_schema, reference

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "spec.md"

EXAMPLE = """\
version: 1
include: [specs/*.yaml]
vars: {brand: "flat vector, warm colours"}
providers:
  openai: {api: responses, model: gpt-6-luna, concurrency: 4, images_per_minute: 20}
budget: {max_cost: 5.00}
styles:
  blog: {prompt: "{{ prompt }}, {{ brand }}", options: {quality: medium}, steps: [{responsive: {widths: [400, 800]}}]}
defaults: {provider: openai, options: {size: 1536x1024}}
targets:
  logo: {prompt: {file: prompts/logo.md}}
  hero:
    style: [blog]
    prompt: "Draw a sunset over mountains in {{ season }}"
    matrix: {season: [spring, autumn], exclude: []}
    options: {quality: high, format: png, background: auto}
    inputs: [refs/logo.png, {target: logo}]
    mask: masks/sky.png
    edits:
      - "Make it blue"
      - {prompt: "Add racing stripes", options: {quality: high}, mask: masks/car.png, inputs: [refs/stripes.png]}
    candidates: 3
    steps:
      - crop: {aspect: "16:9"}
      - responsive: {widths: [400, 800, 1600], formats: [avif, webp, jpeg]}
      - placeholder: {kind: thumbhash}
    alt: "Sunset over mountains"
    output: "img/{{ id }}{% if width %}-{{ width }}{% endif %}.{{ ext }}"
    tags: [blog]
    frozen: false
"""
FILES = {
    "specs/a.yaml": "vars: {}\n",
    "prompts/logo.md": "a logo",
    **dict.fromkeys(("refs/logo.png", "refs/stripes.png", "masks/sky.png", "masks/car.png"), "x"),
}


@pytest.fixture(scope="module")
def validator():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_example_is_accepted_by_schema_and_reader(validator, load) -> None:
    validator.validate(yaml.safe_load(EXAMPLE))
    spec = load(EXAMPLE, FILES)
    assert list(spec.targets) == ["logo", "hero[season=spring]", "hero[season=autumn]"]
    assert spec.targets["hero[season=spring]"].steps[0].options == {"aspect": "16:9"}


@pytest.mark.parametrize(
    "line",
    ["target: {}", "plugins: {a: b}", "targets: {a: {promt: x}}", "targets: {a: {prompt: x, checks: {}}}", "version: 2",
     "targets: {a: {prompt: 3}}", "targets: {a: {prompt: x, candidates: 11}}", "targets: {a: {prompt: x, edits: [{}]}}",
     "targets: {a: {prompt: x, steps: [{a: {}, b: {}}]}}", "targets: {a/b: {prompt: x}}", "vars: {a-b: 1}",
     "targets: {a: {prompt: x, inputs: [{taget: a}]}}", "targets: {a: {prompt: x, matrix: {a: []}}}",
     "styles: {s: {matrix: {a: [1]}}}", "budget: {max_cost: -1}", "targets: {a: {prompt: x, alt: {generate: 1}}}"],
)  # fmt: skip
def test_what_the_reader_refuses_the_schema_refuses(line, validator, fail) -> None:
    text = line if line.startswith("version") else f"version: 1\n{line}"
    assert not validator.is_valid(yaml.safe_load(text))
    assert fail(text + "\n")


def test_every_example_in_the_table_is_accepted(validator, load) -> None:
    for name, block in BLOCKS.items():
        for field in block.fields.values():
            value = yaml.safe_load(field.example)
            assert set(value) == {field.name}
            definition = {**json_schema(), "$ref": f"#/$defs/{name}"} if name != "spec" else None
            if definition is None:
                validator.validate({"version": 1, **value})
            else:
                schema = {"$defs": json_schema()["$defs"], "$ref": f"#/$defs/{name}"}
                jsonschema.validate({"prompt": "x", **value} if name == "edit" else value, schema)


def test_every_kind_of_field_is_named() -> None:
    assert {field.kind for block in BLOCKS.values() for field in block.fields.values()} <= set(KINDS)


def test_the_reference_page_is_the_one_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference()


def test_the_package_is_imported_without_yaml_and_jinja2() -> None:
    import subprocess
    import sys

    code = "import sys, imagebuild.spec; print([m for m in ('yaml', 'jinja2', 'difflib') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
