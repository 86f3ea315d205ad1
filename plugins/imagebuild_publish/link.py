"""Where the files of pictures are on a site, by what the publishers before have delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from imagebuild import Image, Publication
from imagebuild.errors import PublishError
from imagebuild_publish.address import tidy_base, url_name

__all__ = ["Links", "links_of"]

_HUGO_ROOTS = ("assets", "static")


class Links(Struct, frozen=True):
    """What a page puts before a name, and the names, as URLs hold them, by output path.

    ``places`` are project paths of files that were delivered into the project.
    """

    base: str
    names: Mapping[str, str]
    places: Mapping[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """The whole address of an output."""
        return self.base + self.names[path]

    def resource(self, path: str) -> str:
        """What Hugo's ``resources.Get`` and ``relURL`` take: a path below ``assets`` or ``static``, or an URL."""
        parts = self.places.get(path, "").split("/")
        root = next((index for index, part in enumerate(parts[:-1]) if part in _HUGO_ROOTS), None)
        return "/".join(parts[root + 1 :]) if root is not None else self.url(path).lstrip("/")


def links_of(images: Iterable[Image], published: Sequence[Publication], base: str | None) -> Links:
    """Names and base of the last publication that delivered each file; without any, the output paths.

    ``base`` replaces what the publications say. Where they differ and it is not given, the base is empty and each name
    is a whole address. Raises :class:`PublishError` for a file that is in no publication though there are some.
    """
    # A publication whose address nobody knows, such as a private bucket's, can serve only under a given base.
    usable = [each for each in published if each.files and (each.base is not None or base is not None)]
    found: dict[str, tuple[str, str]] = {}
    places: dict[str, str] = {}
    for image in images:
        for variant in image.variants:
            path = variant.path
            source = next((each for each in reversed(usable) if path in each.files), None)
            if source is not None:
                found[path] = (tidy_base(source.base or ""), url_name(source.files[path]))
                if ":" not in source.location:  # an address, a branch or a command is no folder of the project
                    places[path] = f"{source.location}/{source.files[path]}"
            elif usable:
                raise PublishError(
                    f"no publisher before 'manifest' delivers '{path}' of target '{image.id}'",
                    hint="give 'manifest' the 'targets' and 'tags' of the publisher that stands before it",
                )
            else:
                found[path] = ("", url_name(path))
                places[path] = path
    bases = {each for each, _ in found.values()}
    if base is not None or len(bases) < 2:
        given = tidy_base(base) if base is not None else next(iter(bases), "")
        return Links(given, {path: name for path, (_, name) in found.items()}, places)
    return Links("", {path: before + name for path, (before, name) in found.items()}, places)
