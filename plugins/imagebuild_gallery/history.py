"""How a picture came to be: its stages in order, what was chosen among candidates, before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from msgspec import Struct

from imagebuild import Image, Stage
from imagebuild_gallery.amount import Excerpt, bill_of, excerpt, is_paid
from imagebuild_gallery.discretion import without_words
from imagebuild_gallery.display import Display, Files

__all__ = ["Candidate", "Comparison", "Moment", "comparisons_of", "history_of"]

_LONGEST_PROMPT = 4000
_LONGEST_VALUE = 300


class Candidate(Struct, frozen=True):
    """One of several pictures that were made to choose from."""

    number: int
    chosen: bool
    picture: Display | None


class Moment(Struct, frozen=True):
    """One stage as the page tells it."""

    kind: str
    title: str
    maker: str
    model: str | None
    prompt: Excerpt | None
    revised: Excerpt | None
    options: tuple[tuple[str, Excerpt], ...]
    cost: str | None
    picture: Display | None
    candidates: tuple[Candidate, ...]


class Comparison(Struct, frozen=True):
    """Two pictures of a chain; ``stacked`` where one can lie upon the other."""

    title: str
    before: Display
    after: Display
    before_name: str
    after_name: str
    stacked: bool


def history_of(image: Image, files: Files, *, prompts: bool, costs: bool) -> tuple[Moment, ...]:
    """All stages in order."""
    return tuple(
        _moment(stage, title, files, prompts=prompts, costs=costs)
        for stage, title in zip(image.stages, _titles(image.stages), strict=True)
    )


def comparisons_of(moments: tuple[Moment, ...], finished: Display | None) -> tuple[Comparison, ...]:
    """Each edit beside what it changed, and the finished picture beside the first where there is more between them."""
    found = []
    for earlier, later in pairwise(moments):
        if later.kind == "edit":
            pair = _compared(f"{later.title}, before and after", earlier.picture, later.picture, "Before", "After")
            found += [pair] if pair else []
    if len(moments) > 1 and finished is not None and not (len(moments) == 2 and found):
        pair = _compared("From first to finished", moments[0].picture, finished, "First", "Finished")
        found += [pair] if pair else []
    return tuple(found)


def _compared(
    title: str, before: Display | None, after: Display | None, before_name: str, after_name: str
) -> Comparison | None:
    if before is None or after is None or before.href == after.href:
        return None
    return Comparison(title, before, after, before_name, after_name, before.matches(after))


def _titles(stages: tuple[Stage, ...]) -> Iterator[str]:
    edits = 0
    for stage in stages:
        edits += stage.kind == "edit"
        match stage.kind:
            case "generate":
                yield "Generated"
            case "edit":
                yield f"Edit {edits}"
            case "source":
                yield "Source"
            case _:
                yield f"Step {stage.name}"


def _moment(stage: Stage, title: str, files: Files, *, prompts: bool, costs: bool) -> Moment:
    return Moment(
        stage.kind,
        title,
        stage.name,
        stage.model,
        _words(stage.prompt) if prompts else None,
        _words(stage.revised_prompt) if prompts and stage.revised_prompt != stage.prompt else None,
        tuple(_options(stage.options if prompts else without_words(stage.options))),
        str(bill_of([stage])) if costs and is_paid([stage]) else None,
        _picture(stage.sha256, files),
        _candidates(stage, files),
    )


def _words(text: str | None) -> Excerpt | None:
    return excerpt(text, _LONGEST_PROMPT) if text and text.strip() else None


def _options(options: Mapping[str, Any]) -> Iterator[tuple[str, Excerpt]]:
    for name, value in sorted(options.items()):
        written = (
            value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False, default=dict)
        )
        yield name or "value", excerpt(written, _LONGEST_VALUE)


def _candidates(stage: Stage, files: Files) -> tuple[Candidate, ...]:
    if len(stage.candidates) < 2 or not any(digest in files for digest in stage.candidates):
        return ()
    # Two of them may be the same bytes; one is the chosen one.
    chosen = stage.candidates.index(stage.sha256) + 1 if stage.sha256 in stage.candidates else 0
    return tuple(
        Candidate(number, number == chosen, _picture(digest, files))
        for number, digest in enumerate(stage.candidates, 1)
    )


def _picture(digest: str, files: Files) -> Display | None:
    """A stage's picture, None where it does not lie beside the page or is nothing that is looked at."""
    if digest not in files:
        return None
    href, facts = files[digest]
    if facts.media_type is None:
        return None
    return Display(href, facts.width, facts.height, facts.clear, facts.media_type != "image/svg+xml")
