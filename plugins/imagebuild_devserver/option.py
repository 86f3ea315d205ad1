"""The options of a picture: checked as strictly as the service does, and made explicit."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from imagebuild_devserver.model import Facts
from imagebuild_devserver.refusal import Refusal, invalid, user_error
from imagebuild_devserver.size import settle_size

__all__ = ["Options", "Situation", "known_only", "settle_options"]

FORMATS = ("png", "jpeg", "webp", "gif", "svg")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "action": ("generate", "edit", "auto"),
    "background": ("transparent", "opaque", "auto"),
    "complexity": ("low", "medium", "high"),
    "input_fidelity": ("low", "high"),
    "moderation": ("auto", "low"),
    "output_format": FORMATS,
    "quality": ("low", "medium", "high", "xhigh", "max", "auto"),
}
_WHOLE: Mapping[str, tuple[int, int]] = {
    "frame_count": (2, 16),
    "frame_duration_ms": (1, 655_350),
    "n": (1, 10),
    "output_compression": (0, 100),
    "partial_images": (0, 3),
}


class Situation(Struct, frozen=True):
    """What surrounds the options. ``place`` goes before a parameter's name in messages, such as ``tools[0].``."""

    facts: Facts
    place: str = ""
    stream: bool = False
    mask: bool = False
    markup: bool = False
    parent: tuple[int, int] | None = None
    lenient: bool = False


class Options(Struct, frozen=True):
    """Options with every default explicit. ``frames`` is None unless the picture moves."""

    width: int
    height: int
    quality: str = "medium"
    background: str = "opaque"
    output_format: str = "png"
    compression: int = 100
    frames: int | None = None
    frame_ms: int = 200
    partials: int = 0
    n: int = 1
    svg_model: str | None = None

    @property
    def size(self) -> str:
        """``WxH``."""
        return f"{self.width}x{self.height}"


def known_only(given: Mapping[str, object], names: frozenset[str], place: str = "") -> None:
    """Refuse the first name that is no parameter."""
    for name in given:
        if name not in names:
            param = f"{place}{name}"
            raise invalid(param, f"Unknown parameter: '{param}'.", "unknown_parameter")


def settle_options(given: Mapping[str, object], situation: Situation) -> Options:
    """The options that will be used; what the model or the format does not do is refused."""
    values = {name: value for name, value in given.items() if value is not None}
    if situation.lenient:
        values = {name: value for name, value in values.items() if not _is_strange(name, value)}
    for name, choices in _CHOICES.items():
        if name in values and values[name] not in choices:
            listed = ", ".join(f"'{choice}'" for choice in choices)
            param = situation.place + name
            raise invalid(param, f"Invalid value: '{values[name]}'. Supported values are: {listed}.")
    for name, (least, most) in _WHOLE.items():
        value = values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most):
            param = situation.place + name
            raise invalid(param, f"Invalid '{param}': expected an integer from {least} to {most}, got '{value}'.")
    form = str(values.get("output_format", "png"))
    _check_model(values, form, situation.facts)
    _check_format(values, form, situation)
    frames = whole(values.get("frame_count"), 9) if form == "gif" else None
    width, height = settle_size(
        values.get("size"), situation.facts, frames, situation.parent, lenient=situation.lenient
    )
    quality, background = str(values.get("quality", "auto")), str(values.get("background", "auto"))
    svg = values.get("svg")
    return Options(
        width,
        height,
        "medium" if quality == "auto" else quality,
        "opaque" if background == "auto" else background,
        form,
        whole(values.get("output_compression"), 100),
        frames,
        max(10, round(whole(values.get("frame_duration_ms"), 200) / 10) * 10),
        whole(values.get("partial_images"), 0) if situation.stream else 0,
        whole(values.get("n"), 1),
        str(svg["model"]) if isinstance(svg, Mapping) and svg.get("model") else None,
    )


def whole(value: object, default: int) -> int:
    """A whole number, or the default when there is none."""
    return value if isinstance(value, int) else default


def _is_strange(name: str, value: object) -> bool:
    return (name in _CHOICES and value not in _CHOICES[name]) or (name in _WHOLE and not isinstance(value, int))


def _check_model(values: Mapping[str, object], form: str, facts: Facts) -> None:
    quality = values.get("quality", "auto")
    if quality != "auto" and quality not in facts.qualities:
        listed = ", ".join(f"'{name}'" for name in (*facts.qualities, "auto"))
        raise user_error("quality", f"Quality '{quality}' is not supported by this model. Supported are {listed}.")
    fidelity = values.get("input_fidelity")
    if fidelity is not None and fidelity not in facts.fidelity:
        message = f"input_fidelity '{fidelity}' is not supported by this model."
        raise Refusal(400, message, "invalid_input_fidelity_model", "image_generation_user_error", "input_fidelity")
    if "complexity" in values and not facts.complexity:
        raise user_error("complexity", "complexity is not supported by this model.")
    if form in ("gif", "svg") and not facts.moving:
        raise user_error("output_format", f"Output format '{form}' is not supported by this model.")


def _check_format(values: Mapping[str, object], form: str, situation: Situation) -> None:
    if values.get("background") == "transparent" and form not in ("png", "webp"):
        raise user_error("background", f"Transparent background is not supported for output format '{form}'.")
    if form in ("gif", "svg"):
        if values.get("output_compression", 100) != 100:
            raise user_error("output_compression", f"output_compression is not supported for '{form}'.")
        if values.get("partial_images"):
            raise user_error("partial_images", f"partial_images is not supported for '{form}'.")
    if form == "gif" and (situation.mask or situation.markup):
        raise user_error("mask", "A mask is not supported for output format 'gif'.")
    for name in ("frame_count", "frame_duration_ms"):
        if name in values and form != "gif":
            raise user_error(name, f"{name} needs output_format 'gif'.")
    if "svg" in values and form != "svg":
        raise user_error("svg", "svg needs output_format 'svg'.")
    if form == "svg" and whole(values.get("n"), 1) != 1:
        raise user_error("n", "n must be 1 for output format 'svg'.")
    if situation.markup and not situation.facts.markup:
        raise user_error("markup", "markup is not supported by this model.")
    if values.get("partial_images") and not situation.stream:
        raise invalid(f"{situation.place}partial_images", "partial_images is only supported with stream=true.")
