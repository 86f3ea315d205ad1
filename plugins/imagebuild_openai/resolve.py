"""From the options a spec wrote to all that a picture depends on: defaults, models, hints, problems and notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace

from imagebuild import OptionProblem, Request, Resolution
from imagebuild_openai.model import Catalog, Entry
from imagebuild_openai.option import FORMATS, HINTS, read_options
from imagebuild_openai.profile import Profile
from imagebuild_openai.rule import Case, broken_rules
from imagebuild_openai.settings import Settings

__all__ = ["judged", "resolve"]

_NAMING = ("api", "model", "image_model")
_KEPT = (
    "output_compression",
    "input_fidelity",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "svg",
    "action",
    "instructions",
    "extra_body",
)


def resolve(request: Request, settings: Settings, catalog: Catalog, today: date) -> Resolution:
    """The request as the service will understand it; pure."""
    problems: list[OptionProblem] = []
    naming, names = read_options(_part(request.options, naming=True), problems)
    api = naming.get("api", settings.api)
    if api not in settings.profile.apis:
        message = f"profile '{settings.profile.name}' has no api '{api}'"
        problems.append(OptionProblem("api", message, f"it has: {', '.join(settings.profile.apis)}"))
        api = settings.profile.apis[0]
    models = _models(api, naming, settings, catalog, problems)
    image_model = models.get("image_model" if api == "responses" else "model")
    entry = _known(image_model, settings, catalog, today) if image_model else None
    given, written = read_options(_part(request.options, naming=False), problems, is_open=entry is None)
    options = {"api": api, **models, **_explicit(given, request, entry, settings.profile, api)}
    if settings.service is not None:
        options["service"] = settings.service
    if request.options.get("service") not in (None, settings.service):
        problems.append(OptionProblem("service", "'service' is no option", "set it under providers.openai", True))
    case = Case(request, options, given, {**written, **names}, entry, settings.profile, settings)
    notes: list[str] = []
    problems.extend(judged(models, api, settings, catalog, today, notes))
    problems.extend(broken_rules(case))
    return Resolution(
        request=replace(request, options=options, hints=_hints(case)),
        media_type=FORMATS[options["output_format"]],
        problems=tuple(problems),
        notes=tuple(notes),
    )


def _part(options: Mapping[str, Any], *, naming: bool) -> dict[str, Any]:
    return {name: value for name, value in options.items() if (name in _NAMING) is naming}


def _known(model: str, settings: Settings, catalog: Catalog, today: date) -> Entry | None:
    """What a model is judged by. Servers that are not OpenAI's call models of their own by its names."""
    entry = catalog.find(model)
    if entry is None or not (settings.profile.pins or model in settings.models):
        return None
    is_gone = entry.shutdown is not None and entry.shutdown <= today
    return None if is_gone or entry.kind != "image" else entry


def _models(
    api: str, naming: Mapping[str, Any], settings: Settings, catalog: Catalog, problems: list[OptionProblem]
) -> dict[str, Any]:
    """``model`` and, for responses, ``image_model``; one is left out when nothing names it."""
    profile = settings.profile
    defaults = catalog.defaults if profile.judged else {}
    image = settings.image_model or settings.azure_deployment or profile.model or defaults.get("image_model")
    if api == "images":
        asked = {naming[name] for name in ("model", "image_model") if name in naming}
        if len(asked) > 1:
            message = "'model' and 'image_model' differ, but both name the image model with 'api: images'"
            problems.append(OptionProblem("model", message, "keep one of them"))
        chosen = {"model": naming.get("model", naming.get("image_model", image))}
    else:
        chosen = {
            "model": naming.get("model", settings.model or defaults.get("model")),
            "image_model": naming.get("image_model", image),
        }
    for name, model in chosen.items():
        if model is None:
            field = "image_model" if api == "images" else name
            message = f"profile '{profile.name}' has no default for '{field}'"
            hint = (
                f"write 'options: {{{field}: NAME}}', or '{field}' under providers.openai; where OpenAI's own models "
                "are behind the base URL, 'profile: openai' says so"
            )
            problems.append(OptionProblem(name, message, hint))
    return {name: model for name, model in chosen.items() if model is not None}


def _explicit(
    given: Mapping[str, Any], request: Request, entry: Entry | None, profile: Profile, api: str
) -> dict[str, Any]:
    """All options that change the picture, those with defaults included."""
    form = given.get("output_format", "png")
    has_pictures = request.parent is not None or bool(request.inputs)
    options: dict[str, Any] = {
        "size": given.get("size", _default_size(form, entry) if profile.pins else "auto"),
        "quality": given.get("quality", _default_quality(entry) if profile.pins else "auto"),
        "background": given.get("background", "auto"),
        "output_format": form,
        "moderation": given.get("moderation", "auto"),
    }
    if profile.pins:
        if form in ("jpeg", "webp"):
            options["output_compression"] = 100
        if form == "gif":
            options |= {"frame_count": 9, "frame_duration_ms": 200}
        if entry is not None and entry.input_fidelity and has_pictures:
            options["input_fidelity"] = entry.input_fidelity[0]
    if api == "responses":
        options["action"] = "edit" if has_pictures else "generate"
        if given.get("continue") == "response" and request.parent is not None:
            options["continue"] = "response"
    elif given.get("n", 1) > 1:
        options["n"] = given["n"]
    return options | {name: given[name] for name in _KEPT if name in given}


def _default_size(form: str, entry: Entry | None) -> str:
    """The square that every model makes; for a gif the largest that every number of frames allows."""
    if form == "gif":
        return "720x720"
    return "1024x1024" if entry is None or not entry.sizes or "1024x1024" in entry.sizes else entry.sizes[0]


def _default_quality(entry: Entry | None) -> str:
    """The middle; a model that has none is asked for the first it has."""
    return "medium" if entry is None or "medium" in entry.qualities or not entry.qualities else entry.qualities[0]


def _hints(case: Case) -> dict[str, Any]:
    """What shapes the call: from the option, an earlier resolution, or the settings."""
    hints = {**case.request.hints, **{name: case.given[name] for name in HINTS if name in case.given}}
    can_stream = case.profile.streams and case.options["output_format"] not in ("gif", "svg")
    can_stream = can_stream and (case.entry is None or case.entry.partial)
    hints.setdefault("partial_images", case.settings.partial_images)
    if not can_stream:
        hints["partial_images"] = 0
    return hints


def judged(
    models: Mapping[str, str], api: str, settings: Settings, catalog: Catalog, today: date, notes: list[str]
) -> Iterator[OptionProblem]:
    """Problems of the models themselves. What is wrong in the settings is told there, not at every target."""
    if not settings.profile.judged:
        return
    for name, model in models.items():
        kind = "main" if api == "responses" and name == "model" else "image"
        from_settings = model == (settings.model if kind == "main" else settings.image_model)
        entry = catalog.find(model)
        if entry is None:
            notes.append(_unknown(model, catalog))
        elif entry.kind != kind and not from_settings:
            yield _misplaced(name, model, kind)
        elif (ending := catalog.lifecycle(model, today)) is not None:
            if not ending.retired:
                notes.append(f"{ending.message}: {ending.hint}")
            elif not from_settings:
                yield OptionProblem(name, ending.message, ending.hint)


def _unknown(model: str, catalog: Catalog) -> str:
    meant = catalog.close_to(model)
    price = "" if catalog.prices(model) else " and its price is unknown"
    note = f"model '{model}' is not known here: nothing is checked{price}"
    return note + (f"; did you mean '{meant}'?" if meant else "")


def _misplaced(name: str, model: str, kind: str) -> OptionProblem:
    if kind == "main":
        message = f"'model' is '{model}', an image model; with 'api: responses' it is the main-line model"
        return OptionProblem(name, message, f"write 'image_model: {model}', or 'api: images'")
    message = f"'{name}' is '{model}', a main-line model, which makes no pictures by itself"
    return OptionProblem(name, message, "name an image model, such as gpt-image-2.6-sunburst")
