"""JSON Schema and reference page of the grammar, made from its table of fields."""

from __future__ import annotations

from imagebuild.digest import Json
from imagebuild.spec.field import BLOCKS, KINDS, Block, Field
from imagebuild.spec.filter import FILTERS, TESTS
from imagebuild.spec.limit import LONGEST_TEXT, MOST_ITEMS

__all__ = ["json_schema", "reference"]

_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.\-]*$"
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_TEXT: dict[str, Json] = {"type": "string"}
_SCALAR: dict[str, Json] = {"type": ["string", "number", "boolean"]}


def _ref(block: str) -> dict[str, Json]:
    return {"$ref": f"#/$defs/{block}"}


def _named(value: Json, pattern: str = _NAME) -> dict[str, Json]:
    return {"type": "object", "propertyNames": {"pattern": pattern}, "additionalProperties": value}


def _either(*schemas: Json) -> dict[str, Json]:
    return {"anyOf": list(schemas)}


_LIST_OF_TEXTS = _either(_TEXT, {"type": "array", "items": _TEXT})
_ANY_OPTIONS: dict[str, Json] = {"type": "object"}
_USE = _either(_TEXT, {"type": "object", "minProperties": 1, "maxProperties": 1})
_CHECK = _either(
    _TEXT,
    {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 2,
        "properties": {"retry": {"type": "integer", "minimum": 0, "maximum": 5}},
    },
)
_SOURCE = _either(_TEXT, _ref("input"), _ref("source"))

_SCHEMAS: dict[str, dict[str, Json]] = {
    "version": {"const": 1},
    "text": _TEXT,
    "name": {"type": "string", "pattern": _NAME},
    "names": _LIST_OF_TEXTS,
    "texts": _LIST_OF_TEXTS,
    "path": _TEXT,
    "prompt": _either(_TEXT, _ref("prompt")),
    "alt": _either(_TEXT, _ref("alt")),
    "sources": _either(_SOURCE, {"type": "array", "items": _SOURCE, "minItems": 1}),
    "provenance": {"enum": ["iptc", "none"]},
    "checks": {"type": "array", "items": _CHECK},
    "publish": {"type": "array", "items": _USE},
    "output": _TEXT,
    "boolean": {"type": "boolean"},
    "candidates": {"type": "integer", "minimum": 1, "maximum": 10},
    "accept": {"enum": ["exact", "any"]},
    "money": {"type": "number", "minimum": 0},
    "options": _ANY_OPTIONS,
    "vars": _named(True, _VARIABLE),
    "matrix": {
        "type": "object",
        "properties": {"exclude": {"type": ["array", "null"], "items": _named(_SCALAR, _VARIABLE)}},
        "propertyNames": {"pattern": _VARIABLE},
        "additionalProperties": {"type": "array", "items": _SCALAR, "minItems": 1},
    },
    "inputs": {"type": "array", "items": _either(_TEXT, _ref("input"))},
    "edits": {"type": "array", "items": _either(_TEXT, _ref("edit"))},
    "steps": {"type": "array", "items": _USE},
    "store": {
        "type": "object",
        "properties": {"remote": _TEXT, "mode": {"enum": ["read", "write"]}},
        "required": ["remote"],
    },
    "providers": _named(
        {
            "type": ["object", "null"],
            "properties": {
                "concurrency": {"type": "integer", "minimum": 1},
                "images_per_minute": {"type": "number", "exclusiveMinimum": 0},
            },
        }
    ),
    "budget": _ref("budget"),
    "styles": _named(_ref("style")),
    "defaults": _ref("defaults"),
    "targets": _named(_ref("target")),
}


def json_schema() -> dict[str, Json]:
    """JSON Schema (2020-12) of imagebuild.yaml, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "imagebuild.yaml",
        **_block_schema(BLOCKS["spec"]),
        "$defs": {name: _block_schema(block) for name, block in BLOCKS.items() if name != "spec"},
    }


def _block_schema(block: Block) -> dict[str, Json]:
    fields = block.fields.values()
    schema: dict[str, Json] = {
        "type": "object",
        "description": block.doc,
        "properties": {field.name: _field_schema(field) for field in fields},
        "additionalProperties": False,
    }
    required: list[Json] = [field.name for field in fields if field.required]
    if required:
        schema["required"] = required
    return schema


def _field_schema(field: Field) -> dict[str, Json]:
    schema = _SCHEMAS[field.kind]
    if not field.required:
        schema = _either(schema, {"type": "null"})
    return {"description": f"{field.doc} Example: {field.example}", **schema}


_INTRODUCTION = """\
# imagebuild.yaml

<!-- Made by imagebuild.spec.schema.reference(); a test compares it. -->

One file says which pictures a project wants. A key that is not on this page is an error.

"""

_LAYERS = f"""\
## Layers

What holds for a target is put together from layers, weakest first: what is built in, `defaults`, the styles that it
names, in order, and the target itself.

- `options` are merged key by key.
- `tags` are united.
- `prompt` of a style or of `defaults` is a text around the target's: `{{{{ prompt }}}}` in it stands for the
  prompt as the layers before have made it. `defaults` come first, then the styles in order.
- Every other key is replaced as a whole, lists too.
- `null` takes away what weaker layers say: `mask: null`, or `options: {{quality: null}}`.
- An edit has the options of its target under its own, unless it names another provider.

## Variants

`matrix: {{season: [spring, autumn], time: [day, night]}}` makes four variants of a target `hero`:
`hero[season=spring,time=day]` and so on, axes in alphabetical order. In file names the same variant is
`hero-spring-day`. `{{target: hero}}` among the inputs of another target with the same axes means the variant with
the same values. A target has 10,000 variants at most.

## Templates

`prompt` and the files it names, `edits`, `alt`, `output`, `tags`, `inputs`, `from`, `mask` and all texts in `options`
and under `steps` and `checks` are templates in Jinja2's language. They know

- the names under `vars`, and those of the matrix's axes, which are stronger;
- `id`, as file names carry it, and `target`, the target's name;
- in prompts of styles and defaults `prompt`;
- in `output` also `ext` and the labels that steps give, such as `width`; a condition may ask for a label that is
  not there.

An unknown name is an error. There are `if`, `for`, `set`, `with` and `raw`; `range()`; `.items()`, `.keys()` and
`.values()` of blocks. White space around a rendered prompt is cut off. A text is at most {LONGEST_TEXT} characters
long and its
loops make at most {MOST_ITEMS} passes.

Filters: {", ".join(f"`{name}`" for name in FILTERS)}.

Tests: {", ".join(f"`{name}`" for name in TESTS)}.

## Paths

Paths are relative to the file that names them; `output` is relative to the project. All stay inside the project, none
follows a link out of it. `/` stands between folders on every system.

## Values

Values are read as YAML 1.2 reads them: `16:9`, `no`, `on`, `1_000` and `2026-11-23` are texts, `1e3` and `0755`
are the numbers
1000 and 755. A key given twice is an error.
"""


def reference() -> str:
    """The reference page of the grammar, in Markdown."""
    titles = {
        "spec": "The file",
        "prompt": "A prompt in a file",
        "input": "A target as input",
        "source": "Targets by tag",
        "alt": "An alt text that a provider writes",
    }
    parts = [_INTRODUCTION]
    for name, block in BLOCKS.items():
        parts.append(f"## {titles.get(name, f'`{name}`')}\n\n{block.doc}\n\n{_table(block)}\n")
    parts.append(_LAYERS)
    return "".join(parts)


def _table(block: Block) -> str:
    rows = ["| key | value | default | what it does | example |", "|---|---|---|---|---|"]
    for field in block.fields.values():
        default = "required" if field.required else field.default
        cells = (f"`{field.name}`", KINDS[field.kind], default, field.doc, f"`{field.example}`")
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"
