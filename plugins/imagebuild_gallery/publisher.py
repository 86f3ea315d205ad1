"""The publisher itself: pictures first, then the page that shows them, then what is no longer shown goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from imagebuild import Image, Manifest, Option, OptionProblem, Publication, Publisher, PublisherContext
from imagebuild.errors import StoreError
from imagebuild_gallery.choice import choose
from imagebuild_gallery.discretion import originals
from imagebuild_gallery.fact import Facts, as_memory, facts_of, remembered
from imagebuild_gallery.name import file_names
from imagebuild_gallery.seal import is_whole, sealed

__all__ = ["GalleryPublisher"]

_PAGE = "index.html"


class GalleryPublisher(Publisher):
    """Writes one static page of all pictures: what each looks like, how it came to be, what it cost, and its files.

    The page opens from disk, needs no JavaScript and loads nothing from elsewhere.
    """

    name = "gallery"
    version = "1"
    options = (
        Option(
            "path",
            "text",
            "Folder of the page, relative to the project.",
            default="public/gallery",
            main=True,
            example="path: public/gallery",
        ),
        Option("title", "text", "Heading of the page, the project's name unless given.", example="title: Our pictures"),
        Option(
            "prompts",
            "boolean",
            "Whether prompts are shown, as written and as revised.",
            default=True,
            example="prompts: false",
        ),
        Option("costs", "boolean", "Whether costs are shown.", default=True, example="costs: false"),
        Option(
            "originals",
            "boolean",
            "Whether the pictures of each stage and all candidates are shown too, beside the finished ones.",
            default=True,
            example="originals: false",
        ),
        Option(
            "targets",
            "text",
            "Targets to show, by id, name or pattern; all unless given.",
            many=True,
            example='targets: [hero, "icon-*"]',
        ),
        Option("tags", "text", "Shows only targets with one of these tags.", many=True, example="tags: [blog]"),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """The folder must be one inside the project."""
        path = str(options["path"])
        parts = path.split("/")
        if re.search(r"[\\:\x00-\x1f]", path) or any(part in ("", ".", "..") for part in parts) or parts[0] == "~":
            message = f"'path' of 'gallery' is not a folder inside the project: '{path}'"
            return [OptionProblem("path", message, "write it relative to the project, like 'public/gallery'")]
        return []

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        """Write what differs. Raises :class:`~imagebuild.errors.PublishError`."""
        # The page and all that draws it load with the first one, so that other commands do not pay for them.
        from imagebuild_gallery.page import Content, render

        options: Mapping[str, Any] = context.options
        folder = str(options["path"])
        images = choose(manifest, options.get("targets", ()), options.get("tags", ()))
        names = file_names(images, stages=bool(options["originals"]))
        facts = remembered(context.memory.get("facts")) if context.memory.get("version") == self.version else {}
        secret = set() if options["prompts"] else originals(images)
        pictures = _Pictures(context, folder, facts, secret, _finished(images))
        content = Content(
            title=str(options.get("title") or f"Pictures of {manifest.project}"),
            project=manifest.project,
            images=images,
            files={digest: (name, found) for digest, name in names.items() if (found := pictures.put(digest, name))},
            prompts=bool(options["prompts"]),
            costs=bool(options["costs"]),
            stages=bool(options["originals"]),
        )
        page = context.write(f"{folder}/{_PAGE}", sealed(render(content).encode("utf-8")), is_whole)
        changed = pictures.changed + page + context.clear()
        kept: dict[str, Any] = {
            digest: as_memory(found) for digest, found in sorted(pictures.facts.items()) if digest in names
        }
        context.remember({"version": self.version, "facts": kept})
        return Publication(location=folder, changed=changed)


class _Pictures:
    """Lays picture files beside the page, each read only when it is new here; ``changed`` counts them."""

    def __init__(
        self,
        context: PublisherContext,
        folder: str,
        facts: dict[str, Facts],
        secret: set[str],
        finished: set[str],
    ) -> None:
        self.facts = facts
        self.changed = 0
        self._context, self._folder = context, folder
        self._secret, self._finished = secret, finished

    def put(self, digest: str, name: str) -> Facts | None:
        """What is known of the picture that now lies there; None where it does not.

        A picture of a stage may be gone from the store of this machine; a finished one never is.
        """
        try:
            facts = self.facts.get(digest) or facts_of(self._context.read(digest))
            self.facts[digest] = facts
            if digest in self._secret and facts.texts:
                if digest in self._finished:
                    self._context.notice(f"'{name}' may carry its prompt inside the file; the gallery leaves it out")
                return None
            self.changed += self._context.place(f"{self._folder}/{name}", digest)
        except StoreError:
            if digest in self._finished:
                raise
            return None
        return facts


def _finished(images: Iterable[Image]) -> set[str]:
    return {variant.sha256 for image in images for variant in image.variants}
