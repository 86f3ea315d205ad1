"""The one table of every key a spec knows: checks, JSON Schema and the reference page are all made from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

__all__ = ["BLOCKS", "KINDS", "OPTION_NAMES", "Block", "Field"]


class Field(Struct, frozen=True):
    """One key: what kind of value it takes (see `kind`), what it is for, and what holds when it is left out."""

    name: str
    kind: str
    doc: str
    example: str
    default: str = "nothing"
    required: bool = False


class Block(Struct, frozen=True):
    """The keys that may stand together in one place, by name. ``noun`` is what messages call the place."""

    noun: str
    doc: str
    fields: Mapping[str, Field]


def _block(noun: str, doc: str, *fields: Field) -> Block:
    return Block(noun, doc, MappingProxyType({field.name: field for field in fields}))


_STYLE = Field("style", "names", "Styles to apply, weakest first.", "style: [blog]")
_PROMPT = Field(
    "prompt",
    "prompt",
    "What the picture shows: a text, or `{file: PATH}` for a file of its own. White space around it is cut off.",
    'prompt: "Draw a sunset over mountains in {{ season }}"',
)
_WRAP = Field(
    "prompt",
    "prompt",
    "A text around the target's own: `{{ prompt }}` stands for the prompt as it is so far.",
    'prompt: "{{ prompt }}, flat vector"',
)
_MATRIX = Field(
    "matrix",
    "matrix",
    "Axes with their values; each combination is a variant. `exclude` lists (partial) combinations to leave out.",
    "matrix: {season: [spring, autumn]}",
)
_COMMON = (
    Field(
        "options",
        "options",
        "What the provider is asked for. Layers are merged key by key; `null` takes away what a weaker layer says.",
        "options: {quality: high, format: png}",
    ),
    Field("provider", "name", "The provider that makes the picture.", "provider: openai", "`sketch`"),
    Field(
        "inputs",
        "inputs",
        "Reference pictures, in order: files, or `{target: NAME}` for the picture of another target.",
        "inputs: [refs/logo.png, {target: logo}]",
    ),
    Field("mask", "path", "A picture that says where the inputs may change.", "mask: masks/sky.png"),
    Field("markup", "path", "A drawing over the first input that shows what to change.", "markup: notes/sky.png"),
    Field(
        "edits",
        "edits",
        "Changes to the picture, one provider call each, in order: a text, or a block of keys.",
        'edits: ["Make it blue"]',
    ),
    Field(
        "candidates",
        "candidates",
        "How many pictures to make, of which one is chosen: 1 to 10.",
        "candidates: 3",
        "`1`",
    ),
    Field(
        "steps",
        "steps",
        "Local transformations, in order: a step's name, or its name with its options.",
        'steps: [{crop: {aspect: "16:9"}}]',
    ),
    Field(
        "checks",
        "checks",
        "Rules that the finished picture must obey: a check's name, or its name with what it wants. `retry: 2` "
        "beside it has a picture that fails made anew, at most so often a build and within the budget.",
        "checks: [{min_size: 1200x600}, {transparent: true, retry: 2}]",
    ),
    Field(
        "alt",
        "alt",
        "The text for those who do not see the picture; empty for decoration. `{generate: true}` has a provider "
        "write it.",
        'alt: "Sunset over mountains"',
    ),
    Field(
        "output",
        "output",
        "Where the picture goes, relative to the project. Knows also `ext` and the labels of steps, such as `width`.",
        'output: "img/{{ id }}.{{ ext }}"',
        "`images/{{ id }}.{{ ext }}`, with `-{{ name }}` and `-{{ width }}` where steps make several",
    ),
    Field(
        "accept",
        "accept",
        "`any`: take a picture also when its size, type or transparency is not what was asked for.",
        "accept: any",
        "`exact`",
    ),
    Field("tags", "texts", "Words to select targets by. Layers are united.", "tags: [blog]"),
    Field(
        "provenance",
        "provenance",
        "How derivatives say that a machine made them: `iptc` writes the digital source type into each, `none` "
        "nothing.",
        "provenance: none",
        "`iptc`",
    ),
)
_FROM = Field(
    "from",
    "sources",
    "Pictures to begin with, in place of a prompt: files, `{target: NAME}` for the finished pictures of another "
    "target, `{tag: NAME}` for those of all targets with a tag. A single file can be changed by `edits`.",
    "from: [photos/harbour.jpg]",
)
_FROZEN = Field(
    "frozen",
    "boolean",
    "`true`: no call makes the picture anew, whatever changes. Steps and checks follow the spec all the same.",
    "frozen: false",
    "`false`",
)

BLOCKS: Mapping[str, Block] = MappingProxyType(
    {
        "spec": _block(
            "the spec",
            "The whole file.",
            Field(
                "version",
                "version",
                "The version of this grammar: `1`. Included files may leave it out.",
                "version: 1",
                required=True,
            ),
            Field(
                "plugins",
                "texts",
                "Plugin files of the project, relative to the file that names them.",
                "plugins: [./plugins_local/grain.py]",
            ),
            Field(
                "include",
                "texts",
                "More files with this grammar, as paths or patterns (`*`, `**`), relative to the file that names them.",
                "include: [specs/*.yaml]",
            ),
            Field("vars", "vars", "Values that every template knows by name.", 'vars: {brand: "flat vector"}'),
            Field(
                "providers",
                "providers",
                "Settings of providers, by name. `${NAME}` stands for a variable of the environment, only here.",
                "providers: {openai: {concurrency: 4}}",
            ),
            Field("budget", "budget", "What may be spent.", "budget: {max_cost: 5.00}"),
            Field(
                "styles",
                "styles",
                "Fragments that targets name under `style`.",
                "styles: {blog: {options: {quality: medium}}}",
            ),
            Field(
                "defaults",
                "defaults",
                "What holds for every target that says nothing else.",
                "defaults: {provider: openai}",
            ),
            Field("targets", "targets", "The pictures, by name.", 'targets: {hero: {prompt: "A sunset"}}'),
            Field(
                "publish",
                "publish",
                "Where finished pictures are delivered, in order: a publisher's name, or its name with its options. "
                "`${NAME}` stands for a variable of the environment.",
                "publish: [{folder: {path: public/img}}]",
            ),
            Field(
                "store",
                "store",
                "A store shared with others: `remote` is a folder or an address such as `s3://BUCKET/PREFIX`, `mode` "
                "is `read` or `write`; further options are those of its kind. `${NAME}` stands for a variable of the "
                "environment; `IMAGEBUILD_STORE` and `IMAGEBUILD_STORE_MODE` are stronger.",
                "store: {remote: s3://pictures/team, mode: read}",
            ),
            Field(
                "provenance",
                "provenance",
                "How derivatives say that a machine made them, where neither a target nor its style says otherwise.",
                "provenance: iptc",
                "`iptc`",
            ),
        ),
        "budget": _block(
            "budget",
            "What one build may spend.",
            Field(
                "max_cost", "money", "US dollars for one build; `IMAGEBUILD_MAX_COST` is stronger.", "max_cost: 5.00"
            ),
        ),
        "target": _block(
            "target", "One picture, or one for each variant.", _STYLE, _PROMPT, _FROM, _MATRIX, *_COMMON, _FROZEN
        ),
        "style": _block("style", "A fragment of targets.", _WRAP, *_COMMON),
        "defaults": _block("defaults", "The weakest layer of every target.", _STYLE, _WRAP, *_COMMON, _FROZEN),
        "edit": _block(
            "edit",
            "One change to the picture.",
            Field("prompt", "prompt", "What to change.", 'prompt: "Add racing stripes"', required=True),
            Field(
                "options",
                "options",
                "Options of this call, over those of the target where the provider is the same.",
                "options: {quality: high}",
            ),
            Field("provider", "name", "The provider that makes the change.", "provider: openai", "the target's"),
            Field("mask", "path", "A picture that says where the change goes.", "mask: masks/car.png"),
            Field("markup", "path", "A drawing over the picture that shows what to change.", "markup: notes/car.png"),
            Field("inputs", "inputs", "Reference pictures of this call.", "inputs: [refs/stripes.png]"),
        ),
        "prompt": _block(
            "prompt",
            "A prompt in a file of its own.",
            Field(
                "file",
                "path",
                "The text file, relative to the file that names it.",
                "file: prompts/hero.md",
                required=True,
            ),
        ),
        "input": _block(
            "input",
            "The picture of another target.",
            Field("target", "text", "A target's name, or the id of one variant.", "target: logo", required=True),
        ),
        "source": _block(
            "source",
            "Targets as sources.",
            Field("tag", "text", "All targets with this tag, in the order of the spec.", "tag: icon", required=True),
        ),
        "alt": _block(
            "alt",
            "A text that a service writes.",
            Field("generate", "boolean", "`true`: have the text written.", "generate: true", "required"),
            Field("provider", "name", "The provider that writes it.", "provider: openai", "the target's"),
            Field("prompt", "prompt", "What to pay attention to.", 'prompt: "Name the season"'),
            Field("options", "options", "What the provider is asked for.", "options: {language: en}"),
        ),
    }
)
"""Every block of the grammar by its name."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "version": "the number 1",
        "store": "`{remote: ADDRESS, mode: read}`",
        "text": "text",
        "name": "name",
        "names": "name, or list of names",
        "texts": "text, or list of texts",
        "path": "path",
        "prompt": "text, or `{file: PATH}`",
        "alt": "text, or block",
        "sources": "path, `{target: NAME}`, `{tag: NAME}`, or list of these",
        "provenance": "`iptc` or `none`",
        "checks": "list of names and `{NAME: VALUE}`",
        "publish": "list of names and `{NAME: {OPTION: VALUE}}`",
        "output": "path",
        "boolean": "`true` or `false`",
        "candidates": "whole number from 1 to 10",
        "accept": "`exact` or `any`",
        "money": "number, 0 or more",
        "options": "names with values",
        "vars": "names with values",
        "matrix": "names with lists of values",
        "inputs": "list of paths and `{target: NAME}`",
        "edits": "list of texts and blocks",
        "steps": "list of names and `{NAME: {OPTION: VALUE}}`",
        "providers": "names with settings",
        "budget": "block",
        "styles": "names with blocks",
        "defaults": "block",
        "targets": "names with blocks",
    }
)
"""What each kind of value is, in words of the reference page."""

OPTION_NAMES = frozenset(
    [
        "quality",
        "size",
        "format",
        "output_format",
        "background",
        "model",
        "compression",
        "output_compression",
        "n",
        "style_preset",
        "seed",
        "moderation",
        "input_fidelity",
        "action",
        "complexity",
        "continue",
        "extra_body",
        "image_model",
        "partial_images",
    ]
)
"""Names that people write beside ``options`` when they belong into it; only for hints."""
