"""How a target's picture stands on the page: the file that is shown, and the others a browser may take instead."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from imagebuild import Image, Variant
from imagebuild_gallery.fact import Facts

__all__ = ["Display", "Files", "Source", "display_of", "is_passive"]

_SHOWN = ("image/avif", "image/webp", "image/jpeg", "image/png", "image/gif", "image/svg+xml")
"""Types that every current browser shows in ``<img>``, the lightest first."""
_PLAINEST = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml", "image/avif")
"""The same, those first that the oldest programs read."""
_PASSIVE = (*_SHOWN[:-1], "image/x-icon", "text/css", "application/json", "application/manifest+json")
_SIZES = "auto, (min-width: 40rem) 22rem, 92vw"
"""How wide a picture stands in the grid; ``auto`` lets a browser measure by itself, also when its card is opened."""

Files = Mapping[str, tuple[str, Facts]]
"""Name and facts of each picture that lies beside the page, by digest."""


class Source(Struct, frozen=True):
    """One ``<source>``: a type and its files with their widths, as ``srcset`` takes them."""

    media_type: str
    srcset: str


class Display(Struct, frozen=True):
    """One picture as the page shows it. ``clear`` says that what lies behind it may be seen."""

    href: str
    width: int | None = None
    height: int | None = None
    clear: bool = False
    passive: bool = True
    sources: tuple[Source, ...] = ()
    srcset: str = ""
    sizes: str = ""

    @property
    def ratio(self) -> float | None:
        """Width divided by height, None where one is not known."""
        return self.width / self.height if self.width and self.height else None

    def matches(self, other: Display) -> bool:
        """Whether both have the same proportions, so that one can lie upon the other."""
        mine, others = self.ratio, other.ratio
        return mine is not None and others is not None and abs(mine / others - 1) < 0.01


def is_passive(media_type: str) -> bool:
    """Whether a file of this type runs nothing when it is opened by itself.

    SVG does, also from disk, where browsers pay no heed to ``download``; the page shows it in ``<img>`` and nowhere
    leads to it.
    """
    return media_type in _PASSIVE


def display_of(image: Image, files: Files) -> Display | None:
    """The largest picture that browsers show, None where a target has none.

    Named cuttings, such as a card for social media, stand for a target only where it has nothing else.
    """
    shown = [variant for variant in image.variants if variant.type in _SHOWN and variant.sha256 in files]
    if not shown:
        return None
    plain = [variant for variant in shown if not _rest(variant)] or shown
    main = min(plain, key=lambda variant: (-_area(variant), *_plainness(variant)))
    family = [variant for variant in shown if _belongs(variant, main)]
    types = [kind for kind in _SHOWN if any(variant.type == kind for variant in family)]
    href, facts = files[main.sha256]
    several = len(family) > 1
    return Display(
        href,
        main.width or facts.width,
        main.height or facts.height,
        clear=facts.clear,
        passive=is_passive(main.type),
        sources=tuple(Source(kind, _srcset(family, kind, files)) for kind in types if kind != main.type),
        srcset=_srcset(family, main.type, files) if several else "",
        sizes=_SIZES if several else "",
    )


def _area(variant: Variant) -> int:
    return (variant.width or 0) * (variant.height or 0)


def _plainness(variant: Variant) -> tuple[int, str]:
    return _PLAINEST.index(variant.type), variant.path


def _belongs(variant: Variant, main: Variant) -> bool:
    """Whether a variant is the same picture in another size or format, and not, say, an icon cut out of it."""
    if variant is main:
        return True
    if not (variant.width and variant.height and main.width and main.height):
        return False
    same_labels = _rest(variant) == _rest(main)
    # A small file's sides are rounded to whole pixels, which moves its proportions by as much.
    slack = 0.01 + 1 / min(variant.width, variant.height)
    return same_labels and abs((variant.width / variant.height) / (main.width / main.height) - 1) < slack


def _rest(variant: Variant) -> dict[str, str | int]:
    return {name: value for name, value in variant.labels.items() if name not in ("width", "height", "format")}


def _srcset(family: list[Variant], kind: str, files: Files) -> str:
    by_width = {variant.width: files[variant.sha256][0] for variant in family if variant.type == kind}
    return ", ".join(f"{name} {width}w" for width, name in sorted(by_width.items(), key=lambda pair: pair[0] or 0))
