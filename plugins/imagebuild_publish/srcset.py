"""Variants in the order in which pages offer them, and the ``srcset`` of each type."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from imagebuild import Variant

__all__ = ["Source", "main_sources", "offered", "series_of", "sources_of"]

_RANKS = {
    "image/avif": 0,
    "image/webp": 1,
    "image/jpeg": 3,
    "image/png": 3,
    "image/gif": 4,
    "image/svg+xml": 5,
}
_UNKNOWN_PICTURE = 2  # newer than what every browser shows, so before that
_NO_PICTURE = 9
_ICONS = ("image/x-icon", "image/vnd.microsoft.icon")
_SIZE_LABELS = ("width", "height", "format")
_FIRST_LABELS = ("name", "kind", "index")


class Source(Struct, frozen=True):
    """Pictures of one media type that differ in size alone, widths ascending."""

    type: str
    variants: tuple[Variant, ...]

    @property
    def largest(self) -> Variant:
        """The one for browsers that know no ``srcset``."""
        return self.variants[-1]

    def srcset(self, url: Callable[[str], str]) -> str:
        """As HTML's attribute; ``url`` gives the address of an output path. No widths where none is known."""
        sized = {each.width: url(each.path) for each in reversed(self.variants) if each.width}
        if not sized:
            return url(self.largest.path)
        return ", ".join(f"{address} {width}w" for width, address in sorted(sized.items()))


def offered(variants: Iterable[Variant]) -> list[Variant]:
    """AVIF, WebP, JPEG or PNG, GIF, SVG, then what is no picture; of each type, widths ascending."""
    return sorted(variants, key=lambda each: (_rank(each), each.type, each.width or 0, each.path))


def series_of(variants: Iterable[Variant]) -> dict[tuple[str, ...], list[Variant]]:
    """The pictures among ``variants``, as :func:`offered`, by labels that say more than a size.

    Such a label is the name of an icon or of a crop: two of them do not show the same.
    """
    series: dict[tuple[str, ...], list[Variant]] = {}
    for variant in offered(variants):
        if _rank(variant) != _NO_PICTURE:
            others = sorted(set(variant.labels) - {*_SIZE_LABELS, *_FIRST_LABELS})
            key = tuple(str(variant.labels[label]) for label in (*_FIRST_LABELS, *others) if label in variant.labels)
            series.setdefault(key, []).append(variant)
    return dict(sorted(series.items()))


def sources_of(series: Iterable[Variant]) -> list[Source]:
    """One source for each media type; the last is what every browser shows."""
    types: dict[str, list[Variant]] = {}
    for variant in series:
        types.setdefault(variant.type, []).append(variant)
    return [Source(name, tuple(found)) for name, found in types.items()]


def main_sources(variants: Iterable[Variant]) -> list[Source]:
    """The sources of the pictures without a name of their own, or of the only ones there are; else none."""
    series = series_of(variants)
    if () in series:
        return sources_of(series[()])
    return sources_of(next(iter(series.values()))) if len(series) == 1 else []


def _rank(variant: Variant) -> int:
    if not variant.type.startswith("image/") or variant.type in _ICONS:
        return _NO_PICTURE
    return _RANKS.get(variant.type, _UNKNOWN_PICTURE)
