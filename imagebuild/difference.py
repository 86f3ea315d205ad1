"""What differs between the parts of two keys, in words: why an action has to run."""

from __future__ import annotations

from collections.abc import Mapping

from imagebuild.digest import Json
from imagebuild.reason import Reason

__all__ = ["differences"]

_PICTURES = frozenset({"candidates", "inputs", "markup", "mask", "original", "originals", "parent", "previous"})


def differences(
    old: Mapping[str, Json], new: Mapping[str, Json], names: Mapping[str, str] | None = None
) -> list[Reason]:
    """What changed between the parts of two keys, field by field; options one by one.

    ``names`` says what stands at ``parent``, ``mask`` and ``inputs[0]``, and at an option that names a file, for which
    the parts hold only digests.
    """
    reasons: list[Reason] = []
    for field in dict.fromkeys([*new, *old]):
        before, after = old.get(field), new.get(field)
        if before == after and type(before) is type(after):
            continue
        if field == "references":
            before, after = before or {}, after or {}
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            changed = _other_bytes if field == "references" else _other_value
            reasons += [
                changed(name, before.get(name), after.get(name), names or {})
                for name in dict.fromkeys([*after, *before])
                if before.get(name) != after.get(name)
            ]
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            reasons += [
                _changed(f"{field}[{index}]", was, now, names or {})
                for index, (was, now) in enumerate(zip(before, after, strict=True))
                if was != now
            ]
        elif isinstance(before, list) and isinstance(after, list):
            reasons.append(Reason("changed", field, str(len(before)), str(len(after))))
        else:
            reasons.append(_changed(field, before, after, names or {}))
    return reasons


def _changed(field: str, before: Json, after: Json, names: Mapping[str, str]) -> Reason:
    if field == "prompt" and isinstance(before, str) and isinstance(after, str):
        return Reason("changed", field, *_around(before, after))
    if field.partition("[")[0] in _PICTURES:
        return _other_bytes(field, before, after, names)
    return _other_value(field, before, after, names)


def _other_value(field: str, before: Json, after: Json, names: Mapping[str, str]) -> Reason:
    return Reason("changed", field, _plain(before), _plain(after))


def _other_bytes(field: str, before: Json, after: Json, names: Mapping[str, str]) -> Reason:
    """A picture or file in the place of another one; of a picture with labels perhaps only these are new."""
    if isinstance(before, list) and isinstance(after, list) and before[0] == after[0]:
        return Reason("changed", field, _labels(before[1]), _labels(after[1]), "other labels")
    other = f"{names.get(field, 'it')} has other bytes" if before and after else ""
    return Reason("changed", field, _short_digest(before), _short_digest(after), other)


def _labels(labels: Json) -> str:
    return " ".join(f"{name}={value}" for name, value in labels.items()) if isinstance(labels, Mapping) else ""


def _plain(value: Json) -> str:
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _short_digest(value: Json) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return value[:8] if isinstance(value, str) else "(none)"


def _around(before: str, after: str, width: int = 60) -> tuple[str, str]:
    """Both texts, cut to the words about the first place where they differ."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = max(0, before.rfind(" ", 0, max(0, same - width // 3)) + 1) if same > width // 2 else 0
    return _cut(before, start, width), _cut(after, start, width)


def _cut(text: str, start: int, width: int) -> str:
    shown = " ".join(text[start : start + width].split())
    return f"'{'…' if start else ''}{shown}{'…' if start + width < len(text) else ''}'"
