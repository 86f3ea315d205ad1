"""What cannot be asked for together: rules over one resolved request, each a function that tells its problems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from imagebuild import OptionProblem, Request
from imagebuild_openai.model import Entry
from imagebuild_openai.option import OPTIONS
from imagebuild_openai.profile import Profile
from imagebuild_openai.settings import KEY_SHAPE, SECRET_NAME, Settings
from imagebuild_openai.size import advice, parse_size, rules_for

__all__ = ["Case", "broken_rules"]

LONGEST_PROMPT = 32_000
MOST_PICTURES = {"images": 16, "responses": 1_500}
PICTURES_IN = {
    "images": ("image/png", "image/jpeg", "image/webp"),
    "responses": ("image/png", "image/jpeg", "image/webp", "image/gif"),
}
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_SENT = frozenset(
    {*OPTIONS, "prompt", "input", "tools", "tool_choice", "stream", "store", "conversation", "previous_response_id"}
    | {"image", "images", "mask", "markup", "type", "input_image_mask"}
)


class Case(Struct, frozen=True):
    """A request whose ``options`` are resolved. ``given`` are those the spec wrote, ``written`` under which names.

    ``entry`` is what is known of the image model, None when nothing is: then only what holds for all is judged.
    """

    request: Request
    options: Mapping[str, Any]
    given: Mapping[str, Any]
    written: Mapping[str, str]
    entry: Entry | None
    profile: Profile
    settings: Settings

    @property
    def pictures(self) -> int:
        """How many pictures go in."""
        return len(self.request.inputs) + (self.request.parent is not None)

    def problem(self, option: str, message: str, hint: str | None = None) -> OptionProblem:
        """A problem at an option, under the name the spec gave it."""
        return OptionProblem(self.written.get(option, option), message, hint)


def broken_rules(case: Case) -> Iterator[OptionProblem]:
    """Every problem of a case, in a fixed order."""
    for rule in _RULES:
        yield from rule(case)


def _format(case: Case) -> Iterator[OptionProblem]:
    form = case.options["output_format"]
    if case.entry and form not in case.entry.formats:
        yield case.problem(
            "output_format",
            f"model '{case.entry.name}' makes no {form}",
            f"it makes {', '.join(case.entry.formats)}",
        )
    if case.options["background"] == "transparent" and form not in ("png", "webp"):
        message = f"'background' is 'transparent', but 'output_format' is '{form}'"
        yield case.problem("background", message, "use output_format png or webp, or background opaque")
    if "output_compression" in case.given and form not in ("jpeg", "webp"):
        message = f"'output_compression' is for jpeg and webp, but 'output_format' is '{form}'"
        yield case.problem("output_compression", message, "leave it out, or choose another format")
    for name in ("frame_count", "frame_duration_ms"):
        if name in case.given and form != "gif":
            yield case.problem(name, f"'{name}' is for gif, but 'output_format' is '{form}'", "leave it out")
    if "svg" in case.given and form != "svg":
        yield case.problem("svg", f"'svg' is for svg, but 'output_format' is '{form}'", "leave it out")
    if form in ("gif", "svg") and case.given.get("partial_images"):
        yield case.problem("partial_images", f"a {form} has no partial pictures", "leave it out")
    if form == "svg" and case.options.get("n", 1) > 1:
        yield case.problem("n", "one call makes one svg", "leave 'n' out, or ask for 'candidates'")


def _author(case: Case) -> Iterator[OptionProblem]:
    svg = case.given.get("svg")
    if svg is None:
        return
    shape = "write 'svg: {model: NAME, reasoning: {effort: low}}'"
    model, reasoning = svg.get("model"), svg.get("reasoning", {})
    for key in svg.keys() - {"model", "reasoning"}:
        yield case.problem("svg", f"'svg' has no key '{key}'", shape)
    if model is not None and (not isinstance(model, str) or not model):
        yield case.problem("svg", "'svg.model' must be a model's name", shape)
    if case.options["api"] == "images" and not model:
        yield case.problem("svg", "'svg' needs a 'model' with 'api: images'", shape)
    effort = reasoning.get("effort") if isinstance(reasoning, Mapping) else ""
    wrong = not isinstance(reasoning, Mapping) or bool(reasoning.keys() - {"effort"})
    if wrong or (effort is not None and effort not in _EFFORTS):
        yield case.problem("svg", f"'svg.reasoning.effort' must be one of {', '.join(_EFFORTS)}", shape)


def _model(case: Case) -> Iterator[OptionProblem]:
    entry, options = case.entry, case.options
    if entry is None:
        return
    quality = options["quality"]
    if quality not in entry.qualities and "quality" in case.given:
        yield case.problem(
            "quality", f"model '{entry.name}' has no quality '{quality}'", f"it has {', '.join(entry.qualities)}"
        )
    if options["background"] == "transparent" and not entry.transparent:
        yield case.problem("background", f"model '{entry.name}' makes nothing transparent", "use background opaque")
    fidelity = case.given.get("input_fidelity")
    if fidelity and fidelity not in entry.input_fidelity:
        if entry.input_fidelity:
            hint = f"it takes {', '.join(entry.input_fidelity)}"
        else:
            hint = "leave it out: newer models always follow input pictures closely"
        yield case.problem("input_fidelity", f"model '{entry.name}' takes no 'input_fidelity: {fidelity}'", hint)
    if "complexity" in case.given and not entry.complexity:
        yield case.problem("complexity", f"model '{entry.name}' has no 'complexity'", "leave it out")
    if case.given.get("partial_images") and not entry.partial:
        yield case.problem("partial_images", f"model '{entry.name}' has no partial pictures", "leave it out")
    if case.request.markup is not None and not entry.markup:
        message = f"model '{entry.name}' reads no markup"
        yield OptionProblem("markup", message, "use gpt-image-2.5 or newer, or a mask")


def _size(case: Case) -> Iterator[OptionProblem]:
    size = parse_size(case.options["size"])
    if case.entry is None or size is None or case.options["output_format"] not in case.entry.formats:
        return
    frames = case.options.get("frame_count") if case.options["output_format"] == "gif" else None
    rules = rules_for(case.entry.sizes, frames)
    fault = rules.fault(size)
    if fault is not None:
        of_gif = f" for a gif of {frames} frames" if frames else ""
        message = f"'size' is '{case.options['size']}', which model '{case.entry.name}' refuses{of_gif}: {fault}"
        yield case.problem("size", message, advice(size, rules).hint)


def _references(case: Case) -> Iterator[OptionProblem]:
    request, api = case.request, case.options["api"]
    if case.pictures > MOST_PICTURES[api]:
        message = f"{case.pictures} pictures go in, but 'api: {api}' takes {MOST_PICTURES[api]:,} at most"
        yield OptionProblem("inputs", message, "the picture that is edited counts as one")
    for picture in request.inputs:
        if picture.media_type is not None and picture.media_type not in PICTURES_IN[api]:
            kinds = ", ".join(kind.removeprefix("image/") for kind in PICTURES_IN[api])
            message = f"'{picture.name}' is {picture.media_type}, expected one of {kinds}"
            yield OptionProblem("inputs", message, "convert it to png")
    for name, overlay in (("mask", request.mask), ("markup", request.markup)):
        if overlay is None:
            continue
        if not case.pictures:
            yield OptionProblem(
                name, f"there is no picture for the {name}", f"put the {name} on an edit, or add 'inputs'"
            )
        if overlay.media_type not in (None, "image/png"):
            message = f"'{overlay.name}' is {overlay.media_type}, but a {name} must be png"
            yield OptionProblem(name, message, "save it as png with an alpha channel")
    if request.mask is not None and case.options["output_format"] == "gif":
        yield OptionProblem("mask", "a gif takes no mask", "leave one of them out")
    if request.markup is not None and request.mask is not None:
        yield OptionProblem("markup", "'mask' and 'markup' exclude each other", "keep one of them")
    if request.markup is not None and api == "responses":
        yield OptionProblem("markup", "'api: responses' takes no markup", "write 'options: {api: images}'")


def _api(case: Case) -> Iterator[OptionProblem]:
    api, given = case.options["api"], case.given
    for name in given:
        only = OPTIONS[name].api
        if only is None or only == api or (name == "n" and given["n"] == 1):
            continue
        hint = f"leave it out, or write 'options: {{api: {only}}}'"
        if name == "n":
            hint = "ask for 'candidates' instead, or write 'options: {api: images}'"
        yield case.problem(name, f"'api: {api}' has no '{name}'", hint)
    if api == "images" and len(case.request.prompt) > LONGEST_PROMPT:
        message = (
            f"the prompt has {len(case.request.prompt):,} characters, 'api: images' takes {LONGEST_PROMPT:,} at most"
        )
        yield OptionProblem("prompt", message, "shorten it, or write 'options: {api: responses}'")
    if given.get("action") == "edit" and not case.pictures:
        yield case.problem("action", "'action' is 'edit', but no picture goes in", "leave it out, or add 'inputs'")
    if given.get("continue") == "response" and api == "responses" and not case.settings.store:
        message = "'continue: response' needs answers that the service keeps, but 'store' is false"
        yield case.problem("continue", message, "leave it out: the picture is then sent again")


def _profile(case: Case) -> Iterator[OptionProblem]:
    profile = case.profile
    who = f"profile '{profile.name}'"
    judged = ("size", "quality", "background", "output_format", "output_compression", "moderation", "input_fidelity")
    for name in (*judged, "complexity", "frame_count", "frame_duration_ms", "svg", "n"):
        default = "png" if name == "output_format" else 1 if name == "n" else "auto"
        if profile.options is not None and name not in profile.options and case.given.get(name, default) != default:
            hint = f"leave it out; if your server has it, write 'extra_body: {{{name}: ...}}' or 'profile: generic'"
            yield case.problem(name, f"{who} has no '{name}'", hint)
    if not profile.edits and case.pictures:
        field = "inputs" if case.request.inputs else "prompt"
        yield OptionProblem(field, f"{who} edits no pictures", "choose another provider for edits")
    for name, overlay in (("mask", case.request.mask), ("markup", case.request.markup)):
        if overlay is not None and not profile.masks:
            yield OptionProblem(name, f"{who} takes no {name}", profile.mask_hint)
    if case.given.get("partial_images") and not profile.streams:
        yield case.problem("partial_images", f"{who} has no partial pictures", "leave it out")


def _extra_body(case: Case) -> Iterator[OptionProblem]:
    extra = case.given.get("extra_body")
    if extra is None:
        return
    free = frozenset() if case.profile.options is None else OPTIONS.keys() - case.profile.options - {"model"}
    for key in extra:
        if key in _SENT and key not in free:
            message = f"'extra_body' may not set '{key}': it is sent already"
            hint = f"write 'options: {{{key}: ...}}'" if key in OPTIONS else None
            yield case.problem("extra_body", message, hint)
        elif SECRET_NAME.match(key):
            hint = "keys come from the environment alone: set OPENAI_API_KEY"
            yield case.problem("extra_body", f"'extra_body' may not hold a secret such as '{key}'", hint)
    try:
        text = json.dumps(extra, allow_nan=False)
    except (TypeError, ValueError):
        yield case.problem("extra_body", "'extra_body' holds a value that JSON has no word for")
        return
    if KEY_SHAPE.search(text):
        hint = "keys come from the environment alone: set OPENAI_API_KEY"
        yield case.problem("extra_body", "'extra_body' holds what looks like a key", hint)


_RULES: tuple[Callable[[Case], Iterator[OptionProblem]], ...] = (
    _format,
    _author,
    _model,
    _size,
    _references,
    _api,
    _profile,
    _extra_body,
)
