"""What the manifest says of each picture, in the fields that are its contract; see ``manifest.schema.json``.

What the contract names is always there, and null where nobody knows; what goes beyond it is there only where there is
something to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import fsum

from imagebuild import Image, Stage, Variant
from imagebuild_publish.link import Links
from imagebuild_publish.srcset import main_sources, offered

__all__ = ["INCLUDABLE", "catalog", "typed_catalog"]

INCLUDABLE = ("prompt", "edits", "model", "options", "cost", "labels")
"""What stands in a manifest only when it is asked for."""

Entry = dict[str, object]


def catalog(images: Iterable[Image], links: Links, include: Collection[str], *, hugo: bool = False) -> Entry:
    """The whole manifest; ``hugo`` adds to each file what Hugo finds it by."""
    return {
        "version": 1,
        "base": links.base,
        "images": {image.id: _image(image, links, include, hugo=hugo) for image in images},
    }


def typed_catalog(images: Iterable[Image], links: Links, include: Collection[str]) -> Entry:
    """The pictures by id with what a component needs besides: ``src``, ``sources`` and each file's ``url``."""
    entries: Entry = {}
    for image in images:
        entry = _image(image, links, include)
        sources = main_sources(image.variants)
        entry["src"] = links.url(sources[-1].largest.path) if sources else None
        entry["sources"] = [{"type": each.type, "srcset": each.srcset(links.url)} for each in sources]
        entry["variants"] = [
            {**_variant(variant, links, include), "url": links.url(variant.path)} for variant in offered(image.variants)
        ]
        entries[image.id] = entry
    return entries


def _image(image: Image, links: Links, include: Collection[str], *, hugo: bool = False) -> Entry:
    facts = {name: _text(image.facts.get(name)) for name in ("color", "lqip", "thumbhash", "blurhash")}
    if facts["blurhash"] is None:
        del facts["blurhash"]
    return {
        "alt": image.alt,
        "decorative": image.decorative,
        "width": image.width,
        "height": image.height,
        **facts,
        "digital_source_type": image.digital_source_type,
        "sha256": image.sha256,
        "variants": [_variant(variant, links, include, hugo=hugo) for variant in offered(image.variants)],
        **_included(image, include),
    }


def _variant(variant: Variant, links: Links, include: Collection[str], *, hugo: bool = False) -> Entry:
    entry: Entry = {
        "format": variant.format,
        "type": variant.type,
        "width": variant.width,
        "height": variant.height,
        "file": links.names[variant.path],
        "bytes": variant.bytes,
        "sha256": variant.sha256,
    }
    if hugo:
        entry["resource"] = links.resource(variant.path)
    if "labels" in include:
        entry["labels"] = variant.labels
    return entry


def _included(image: Image, include: Collection[str]) -> Entry:
    made = next((stage for stage in image.stages if stage.kind == "generate"), None)
    entry = _told(made, include) if made else {}
    if "edits" in include:
        asked = {"prompt", *include}
        entry["edits"] = [_told(stage, asked) for stage in image.stages if stage.kind == "edit"]
    if "cost" in include:
        costs = [stage.cost_usd for stage in image.stages if stage.kind in ("generate", "edit")]
        known = [cost for cost in costs if cost is not None]
        entry["cost_usd"] = round(fsum(known), 6) if len(known) == len(costs) else None
    return entry


def _told(stage: Stage, include: Collection[str]) -> Entry:
    entry: Entry = {}
    if "prompt" in include and stage.prompt is not None:
        entry["prompt"] = stage.prompt
        if stage.revised_prompt is not None:
            entry["revised_prompt"] = stage.revised_prompt
    if "model" in include and stage.model is not None:
        entry["model"] = stage.model
    if "options" in include:
        entry["options"] = stage.options
    return entry


def _text(fact: object) -> str | None:
    return fact if isinstance(fact, str) else None
