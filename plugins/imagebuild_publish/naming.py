"""Names of files as they are delivered, and their content types; every publisher that delivers files uses these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from posixpath import basename

from msgspec import Struct

from imagebuild import Image, Option, Variant
from imagebuild.errors import PublishError

__all__ = ["NAMES", "NamedFile", "content_type", "folded", "name_files"]

NAMES = Option(
    "names",
    "choice",
    "How files are named: `hashed` is `ID-WIDTH.HASH8.EXT`, which may be cached for ever; `plain` is `ID-WIDTH.EXT`, "
    "for tools that put a hash into names themselves; `output` is the name of the output file.",
    default="hashed",
    choices=("hashed", "plain", "output"),
    example="names: plain",
)
"""The option for :func:`name_files`."""

_ALWAYS = ("name", "width")
_WHERE_NEEDED = ("height", "kind", "index")
_LONGEST = 200  # bytes of a name; file systems hold 255, and temporary files add some
_OUTSIDE = re.compile(r"[^\w.-]+")
_TEXT = ("text/css", "text/html", "text/plain", "text/javascript")


class NamedFile(Struct, frozen=True):
    """One file to deliver: the name it gets, without folders, and what it is."""

    name: str
    image: Image
    variant: Variant


def name_files(images: Iterable[Image], names: str) -> list[NamedFile]:
    """Every variant of ``images`` with its name, in order.

    ``names`` is a value of the option :data:`NAMES`. Two files get one name only where it is hashed and their bytes are
    equal. Raises :class:`PublishError` naming both targets for any other two whose names are one, also to a system that
    folds case.
    """
    files = [named for image in images for named in _files_of(image, names)]
    taken: dict[str, NamedFile] = {}
    for file in files:
        if len(file.name.encode("utf-8")) > _LONGEST:
            hint = "give the target a shorter name, or write names: output"
            raise PublishError(
                f"the name of '{file.variant.path}' of target '{file.image.id}' is longer than {_LONGEST} bytes",
                hint=hint,
            )
        first = taken.setdefault(folded(file.name), file)
        same_file = names == "hashed" and first.name == file.name and first.variant.sha256 == file.variant.sha256
        if first is not file and not same_file:
            raise _clash(first, file, names)
    return files


def content_type(variant: Variant) -> str:
    """The ``Content-Type`` to deliver a variant with."""
    return f"{variant.type}; charset=utf-8" if variant.type in _TEXT else variant.type


def folded(name: str) -> str:
    """What two names have in common that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _files_of(image: Image, names: str) -> list[NamedFile]:
    if names == "output":
        return [NamedFile(basename(variant.path), image, variant) for variant in image.variants]
    groups: dict[tuple[str, ...], list[Variant]] = {}
    for variant in image.variants:
        groups.setdefault(_main_parts(image, variant), []).append(variant)
    files = []
    for variant in image.variants:
        parts = _main_parts(image, variant)
        *stem, ending = parts
        stem += _further_parts(variant, groups[parts])
        fingerprint = f".{variant.sha256[:8]}" if names == "hashed" else ""
        files.append(NamedFile(f"{'-'.join(stem)}{fingerprint}.{ending}", image, variant))
    return files


def _main_parts(image: Image, variant: Variant) -> tuple[str, ...]:
    labels = [_clean(variant.labels[label]) for label in _ALWAYS if label in variant.labels]
    return (image.slug, *labels, variant.format)


def _further_parts(variant: Variant, group: Sequence[Variant]) -> list[str]:
    """The other labels that tell files of one slug, name, width and ending apart."""
    others = {label for each in group for label in each.labels} - {*_ALWAYS, *_WHERE_NEEDED}
    return [
        _clean(variant.labels[label])
        for label in (*_WHERE_NEEDED, *sorted(others))
        if label in variant.labels and len({each.labels.get(label) for each in group}) > 1
    ]


def _clean(label: str | int) -> str:
    """A label as part of a name: letters, digits, ``.``, ``_`` and ``-``."""
    return _OUTSIDE.sub("-", unicodedata.normalize("NFC", str(label))).strip(".-") or "-"


def _clash(first: NamedFile, second: NamedFile, names: str) -> PublishError:
    pair = " and ".join(f"'{file.variant.path}' of target '{file.image.id}'" for file in (first, second))
    hint = "rename one of the targets" if names == "hashed" else "write names: hashed, or rename one of the targets"
    return PublishError(f"{pair} would both be named '{second.name}'", hint=hint)
