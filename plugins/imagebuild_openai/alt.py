"""The options of an alt text, and how they are made explicit: who writes it, in which language, how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from msgspec.structs import replace

from imagebuild import Configurable, Option, OptionProblem, Request, Resolution
from imagebuild_openai.model import Catalog
from imagebuild_openai.resolve import judged
from imagebuild_openai.rule import PICTURES_IN
from imagebuild_openai.settings import Settings

__all__ = ["BY_HAND", "resolve_alt"]

BY_HAND = "write the text yourself: 'alt: \"what it shows\"'"
"""What can always be done."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class _Alt(Configurable):
    """Writes an alt text."""

    name = "alt"
    options: ClassVar[tuple[Option, ...]] = (
        Option("model", "text", "The main-line model that writes.", example="model: gpt-6-luna"),
        Option("language", "text", "The text's language, as a BCP 47 tag.", "en", example="language: pt-BR"),
        Option(
            "detail",
            "choice",
            "How closely the model looks.",
            "low",
            choices=("low", "high", "auto", "original"),
            example="detail: high",
        ),
        Option("length", "integer", "Characters of the text at most.", 150, least=20, most=1000, example="length: 125"),
    )


def resolve_alt(request: Request, settings: Settings, catalog: Catalog, today: date) -> Resolution:
    """A request for an alt text as the service will understand it; pure."""
    given = {name: value for name, value in request.options.items() if name != "service"}
    read = _Alt().resolve(given)
    problems, notes = list(read.problems), list[str]()
    options: dict[str, Any] = dict(read.options)
    if "language" in options:
        language = _language(str(options["language"]))
        if language is None:
            message = f"'language' is '{str(options['language'])[:60]}', expected a tag such as en, de or pt-BR"
            problems.append(OptionProblem("language", message, "tags are those of BCP 47"))
        else:
            options["language"] = language
    default = settings.model or (catalog.defaults["model"] if settings.profile.judged else None)
    model = str(options.get("model") or "").strip() or default
    if model is not None:
        options["model"] = model
    if settings.service is not None:
        options["service"] = settings.service
    problems.extend(_objections(request, model, settings, catalog))
    if model is not None and not any(problem.field == "model" for problem in problems):
        problems.extend(judged({"model": model}, "responses", settings, catalog, today, notes))
    return Resolution(replace(request, options=options, hints={}), "text/plain", tuple(problems), tuple(notes))


def _language(text: str) -> str | None:
    """A tag as it is usually written, so that one language has one key. Source: RFC 5646, 2.1.1."""
    tag = text.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        return None
    first, *rest = tag.lower().split("-")
    return "-".join(
        [first, *(each.upper() if len(each) == 2 else each.title() if len(each) == 4 else each for each in rest)]
    )


def _objections(request: Request, model: str | None, settings: Settings, catalog: Catalog) -> Iterator[OptionProblem]:
    """What stands in the way beside the options' own values."""
    profile = settings.profile
    if request.options.get("service") not in (None, settings.service):
        yield OptionProblem("service", "'service' is no option", "set it under providers.openai", True)
    if "responses" not in profile.apis:
        message = f"profile '{profile.name}' has no Responses API, through which alt texts are written"
        yield OptionProblem("provider", message, f"name another provider under 'alt', or {BY_HAND}")
    elif model is None:
        message = f"profile '{profile.name}' has no default for 'model', which writes the alt text"
        hint = "write 'options: {model: NAME}' under 'alt', or 'model' under providers.openai"
        yield OptionProblem("model", message, hint)
    elif _draws(model, settings, catalog):
        hint = f"name a main-line model, such as {catalog.defaults['model']}"
        yield OptionProblem("model", f"'model' is '{model}', an image model, which writes no texts", hint)
    for picture in request.inputs:
        if picture.media_type is not None and picture.media_type not in PICTURES_IN["responses"]:
            kinds = ", ".join(kind.removeprefix("image/") for kind in PICTURES_IN["responses"])
            message = f"'{picture.name}' is {picture.media_type}, but alt texts are written of {kinds}"
            yield OptionProblem("inputs", message, BY_HAND)


def _draws(model: str, settings: Settings, catalog: Catalog) -> bool:
    """Whether it is one of OpenAI's image models, and so named by mistake; what settings name is judged there."""
    entry = catalog.find(model)
    return settings.profile.judged and model != settings.model and entry is not None and entry.kind != "main"
