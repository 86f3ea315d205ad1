"""Pictures to deliver, a desk to deliver them from, and publishers run on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from imagebuild import Image, Manifest, Publication, Publisher, Stage, Variant
from imagebuild.testing import Desk
from imagebuild_publish import FolderPublisher, ManifestPublisher

ENDINGS = {
    "image/avif": "avif",
    "image/webp": "webp",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/x-icon": "ico",
    "application/manifest+json": "webmanifest",
    "text/css": "css",
}


class Work:
    """A project folder with pictures that can be changed between two runs."""

    def __init__(self, root: Path) -> None:
        self.desk = Desk(root, {})
        self.images: dict[str, Image] = {}

    def add(self, name: str, *files: tuple[Any, ...] | str, **about: Any) -> Work:
        """A picture ``name`` with files ``(media type, width, labels)``; another one of that name is replaced."""
        slug = about.pop("slug", name)
        seed = about.pop("seed", "")
        variants = [self._variant(slug, seed, *((file,) if isinstance(file, str) else file)) for file in files]
        largest = max(variants, key=lambda each: each.width or 0)
        about = {"alt": f"A picture of {name}", "width": largest.width, "height": largest.height, **about}
        stage = Stage("generate", "sketch", "0" * 64, "image/png", prompt=f"the prompt of {name}", cost_usd=0.02)
        self.images[name] = Image(
            **{
                "id": name,
                "name": name.partition("[")[0],
                "slug": slug,
                "sha256": sha256(name.encode()).hexdigest(),
                "variants": tuple(variants),
                "stages": (stage,),
                **about,
            }
        )
        return self

    def _variant(
        self,
        slug: str,
        seed: str,
        media_type: str,
        width: int | None = None,
        labels: Mapping[str, str | int] | None = None,
    ) -> Variant:
        labels = {"width": width} if labels is None and width else labels or {}
        ending = ENDINGS[media_type]
        path = f"images/{'-'.join([slug, *map(str, labels.values())])}.{ending}"
        data = f"{seed}{path}".encode()
        digest = sha256(data).hexdigest()
        self.desk.objects[digest] = data
        height = width * 2 // 3 if width else None
        return Variant(path, ending, media_type, width, height, len(data), digest, labels)

    @property
    def manifest(self) -> Manifest:
        return Manifest("project", dict(self.images))

    def publish(
        self,
        publisher: Publisher,
        options: Mapping[str, Any],
        *,
        published: Iterable[Publication] = (),
        dry_run: bool = False,
        name: str | None = None,
    ) -> Publication:
        resolved = publisher.resolve(options)
        assert resolved.problems == ()
        before = tuple(published)
        return self.desk.publish(
            publisher, self.manifest, resolved.options, dry_run=dry_run, published=before, name=name
        )

    def folder(self, **options: Any) -> Publication:
        dry_run = options.pop("dry_run", False)
        return self.publish(FolderPublisher(), {"path": "public/img", **options}, dry_run=dry_run)

    def text(self, path: str = "data/images.json", *published: Publication, **options: Any) -> str:
        """What the manifest publisher writes."""
        self.publish(ManifestPublisher(), {"path": path, **options}, published=published)
        return (self.desk.root / path).read_text("utf-8")

    def data(self, *published: Publication, **options: Any) -> Any:
        """What the manifest says."""
        return json.loads(self.text("data/images.json", *published, **options))

    def names(self) -> list[str]:
        """Files of the folder, without their path."""
        return [path.rpartition("/")[2] for path in self.desk.files() if path.startswith("public/img/")]

    def digest(self, name: str, index: int = 0) -> str:
        return self.images[name].variants[index].sha256


def delivered(files: Mapping[str, str], base: str | None = "/img/", location: str = "public/img") -> Publication:
    return Publication(location, 0, files, base)


def problems(publisher: Publisher, options: Mapping[str, Any]) -> list[str]:
    return [f"{problem.field}: {problem.message}" for problem in publisher.resolve(options).problems]
