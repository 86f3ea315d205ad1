"""What is known of models, as data: ``models.json`` with its date, under what the settings add or correct."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from msgspec import Struct, field

from imagebuild import Model

__all__ = ["Catalog", "Entry", "Lifecycle", "build_catalog", "model_faults", "price_faults"]

SOON = timedelta(days=60)
_SNAPSHOT = re.compile(r"(.+)-\d{4}-\d{2}-\d{2}")
_DIGITS = re.compile(r"[\d.]+")
_PRICES = ("text_in", "text_cached", "image_in", "image_cached", "image_out", "in", "cached", "out")
_DATES = ("released", "shutdown")
_LISTS = ("qualities", "formats", "input_fidelity")
_FLAGS = ("transparent", "complexity", "markup", "batch", "partial")
_FIELDS = ("kind", *_DATES, "successor", "sizes", *_LISTS, *_FLAGS, "prices", "tokens", "sources")


class Entry(Struct, frozen=True):
    """One model. ``kind`` is ``image`` or ``main`` (the main-line model that calls the image tool).

    ``sizes`` are its only sizes, None when it makes any legal one. ``tokens`` is how its output is estimated: ``q`` by
    quality, and ``factor`` as a range by quality where its spending is only roughly known; empty when unknown.
    """

    name: str
    kind: Literal["image", "main"] = "image"
    released: date | None = None
    shutdown: date | None = None
    successor: str | None = None
    sizes: tuple[str, ...] | None = None
    qualities: tuple[str, ...] = ("low", "medium", "high", "xhigh", "max", "auto")
    formats: tuple[str, ...] = ("png", "jpeg", "webp", "gif", "svg")
    input_fidelity: tuple[str, ...] = ()
    transparent: bool = True
    complexity: bool = True
    markup: bool = True
    batch: bool = True
    partial: bool = True
    tokens: Mapping[str, Any] = field(default_factory=dict)


class Lifecycle(Struct, frozen=True):
    """That a model is retired or will be soon, in words."""

    retired: bool
    message: str
    hint: str


class Catalog:
    """The models by name. A snapshot (``NAME-YYYY-MM-DD``) is what its base is, unless it is listed itself."""

    def __init__(
        self,
        as_of: str,
        defaults: Mapping[str, str],
        entries: Mapping[str, Entry],
        prices: Mapping[str, Mapping[str, float]],
    ) -> None:
        self.as_of = as_of
        self.defaults = defaults
        self.entries = entries
        self._prices = prices

    def find(self, name: str) -> Entry | None:
        """What is known of a model, None when nothing is."""
        return self.entries.get(name) or self.entries.get(_base(name))

    def prices(self, name: str) -> Mapping[str, float]:
        """US dollars for a million tokens, by what they are for; empty when unknown.

        Images: ``text_in, text_cached, image_in, image_cached, image_out``; main-line: ``in, cached, out``.
        """
        return {**self._prices.get(_base(name), {}), **self._prices.get(name, {})}

    def close_to(self, name: str) -> str | None:
        """The known name that was perhaps meant; another version of a known one is meant as it is written."""
        close = difflib.get_close_matches(name, self.entries, 1, 0.8)
        return close[0] if close and _DIGITS.sub("", close[0]) != _DIGITS.sub("", name) else None

    def lifecycle(self, name: str, today: date) -> Lifecycle | None:
        """What has to be said of a model that is retired or retires within 60 days."""
        entry = self.find(name)
        if entry is None or entry.shutdown is None or entry.shutdown - today > SOON:
            return None
        hint = f"use '{entry.successor}'" if entry.successor else "see 'imagebuild models' for others"
        if entry.shutdown <= today:
            return Lifecycle(True, f"model '{name}' was retired on {entry.shutdown}", hint)
        return Lifecycle(False, f"model '{name}' retires on {entry.shutdown}", hint)

    def models(self) -> Sequence[Model]:
        """Every model, images first, for people."""
        return tuple(
            Model(
                name=entry.name,
                kind="image" if entry.kind == "image" else "main-line",
                released=entry.released.isoformat() if entry.released else None,
                shutdown=entry.shutdown.isoformat() if entry.shutdown else None,
                successor=entry.successor,
                options=("image_model", "model") if entry.kind == "image" else ("model",),
                prices=self.prices(entry.name),
                unit="a million tokens",
                note=self._note(entry),
            )
            for entry in sorted(self.entries.values(), key=lambda entry: entry.kind != "image")
        )

    def _note(self, entry: Entry) -> str | None:
        return "default" if entry.name in self.defaults.values() else None


def _base(name: str) -> str:
    match = _SNAPSHOT.fullmatch(name)
    return match[1] if match else name


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resources.files("imagebuild_openai").joinpath("models.json").read_bytes())
    return loaded


def build_catalog(
    models: Mapping[str, Any] | None = None, prices: Mapping[str, Any] | None = None, *, priced: bool = True
) -> Catalog:
    """The shipped models under ``models`` and ``prices`` of the settings, which are of the same shape.

    ``priced`` false leaves the shipped prices out: another service than OpenAI has its own.
    """
    shipped = _shipped()
    raw: dict[str, dict[str, Any]] = dict(shipped["models"])
    known = {name: dict(model.get("prices") or {}) if priced else {} for name, model in raw.items()}
    for name, given in (models or {}).items():
        raw[name] = {**raw.get(name, raw.get(_base(name), {})), **given}
        known[name] = {**known.get(name, {}), **(given.get("prices") or {})}
    for name, given in (prices or {}).items():
        known[name] = {**known.get(name, {}), **given}
    entries = {name: _entry(name, model) for name, model in raw.items()}
    return Catalog(shipped["as_of"], shipped["defaults"], entries, known)


def _entry(name: str, raw: Mapping[str, Any]) -> Entry:
    given: dict[str, Any] = {key: raw[key] for key in ("kind", "successor", *_FLAGS) if raw.get(key) is not None}
    given |= {key: date.fromisoformat(raw[key]) for key in _DATES if raw.get(key)}
    given |= {key: tuple(raw[key]) for key in _LISTS if raw.get(key) is not None}
    sizes = raw.get("sizes")
    return Entry(name, sizes=None if sizes in (None, "free") else tuple(sizes), tokens=raw.get("tokens") or {}, **given)


def model_faults(models: object) -> Iterator[str]:
    """What is wrong with the setting ``models``, one sentence each."""
    if not isinstance(models, Mapping):
        yield "'models' must be a block of model names, each with what is known of it"
        return
    for name, given in models.items():
        if not isinstance(given, Mapping):
            yield f"'models.{name}' must be a block of keys"
            continue
        yield from (f"'models.{name}' has no key '{key}'" for key in given if key not in _FIELDS)
        yield from (f"'models.{name}.{key}' is wrong: {why}" for key, why in _wrong(given))
        yield from price_faults({name: given.get("prices") or {}}, "models")


def _wrong(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if given.get("kind", "image") not in ("image", "main"):
        yield "kind", "expected image or main"
    for key in _DATES:
        if given.get(key) is not None and not _is_date(given[key]):
            yield key, f"expected a date as 2026-12-31, found '{given[key]}'"
    for key in (*_LISTS, "sizes"):
        value = given.get(key)
        listed = isinstance(value, Sequence) and all(isinstance(item, str) for item in value)
        if value is not None and not (key == "sizes" and value == "free") and (isinstance(value, str) or not listed):
            yield key, "expected a list of texts"
    for key in _FLAGS:
        if not isinstance(given.get(key, True), bool):
            yield key, "expected true or false"
    if given.get("tokens") is not None and not _are_tokens(given["tokens"]):
        yield "tokens", "expected {q: {medium: 24}, factor: {medium: [3, 4]}}"


def _are_tokens(tokens: object) -> bool:
    if not isinstance(tokens, Mapping) or not isinstance(tokens.get("q", {}), Mapping):
        return False
    factors = tokens.get("factor", {})
    ranges = list(factors.values()) if isinstance(factors, Mapping) else [None]
    return all(_is_amount(q) for q in tokens.get("q", {}).values()) and all(
        isinstance(pair, Sequence) and len(pair) == 2 and all(map(_is_amount, pair)) for pair in ranges
    )


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def price_faults(prices: object, where: str = "prices") -> Iterator[str]:
    """What is wrong with the setting ``prices``, one sentence each."""
    if not isinstance(prices, Mapping):
        yield "'prices' must be a block of model names, each with prices for a million tokens"
        return
    for name, given in prices.items():
        if not isinstance(given, Mapping):
            yield f"'{where}.{name}' must be a block of prices, as {{image_out: 30}}"
            continue
        for key, value in given.items():
            if key not in _PRICES:
                yield f"'{where}.{name}' has no price '{key}'; known: {', '.join(_PRICES)}"
            elif not _is_amount(value):
                yield f"'{where}.{name}.{key}' must be a number of US dollars, 0 or more; found '{value}'"
