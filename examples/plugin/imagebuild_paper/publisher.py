"""The publisher ``paper-index``: a list of all pictures for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import imagebuild

COLUMNS = ("id", "file", "type", "width", "height", "bytes", "alt")


class PaperIndex(imagebuild.Publisher):
    """Writes a list of all pictures as CSV: what they are called, how large they are, and their alt texts."""

    name = "paper-index"
    version = "1"
    options = (
        imagebuild.Option(
            "path",
            "text",
            "The file, below the project's folder.",
            default="pictures.csv",
            main=True,
            example="path: data/pictures.csv",
        ),
    )

    def publish(
        self, manifest: imagebuild.Manifest, context: imagebuild.PublisherContext
    ) -> imagebuild.Publication:
        """Write it, unless it says the same already, and take away the one at an earlier path."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_rows(manifest, context))
        path = str(context.options["path"])
        changed = context.write(path, text.getvalue().encode(), _is_a_list)
        return imagebuild.Publication(path, changed + context.clear())


def _is_a_list(data: bytes) -> bool:
    """Whether a file that is there already is such a list: in a fresh clone, one that was committed."""
    return data.splitlines()[:1] == [",".join(COLUMNS).encode()]


def _rows(
    manifest: imagebuild.Manifest, context: imagebuild.PublisherContext
) -> Iterator[tuple[object, ...]]:
    """A row for each file, under the name that the publishers before have given it."""
    names = {path: name for each in context.published for path, name in each.files.items()}
    for image in manifest.images.values():
        for variant in image.variants:
            file = names.get(variant.path, variant.path)
            size = (variant.width, variant.height, variant.bytes)
            yield image.id, file, variant.type, *size, image.alt
