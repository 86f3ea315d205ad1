"""A project as a publisher finds it after a build: drawn by the sketch provider, with all that a page can show."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyvips
from msgspec.structs import replace

from imagebuild import Image, Manifest, ProviderContext, Publication, Reference, Request, Stage, Variant
from imagebuild.testing import Desk
from imagebuild_gallery import GalleryPublisher
from imagebuild_sketch import SketchProvider

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48" onload="document.title=1">'
    b'<script>document.title="script of a picture"</script><circle cx="24" cy="24" r="20" fill="#c8553d"/></svg>'
)
SAVERS = {
    "avif": ("image/avif", ".avif[Q=50,effort=0]"),
    "webp": ("image/webp", ".webp[Q=75,effort=0]"),
    "jpeg": ("image/jpeg", ".jpg[Q=80]"),
    "png": ("image/png", ".png"),
}
OPTIONS = {"size": "1536x1024", "quality": "high", "output_format": "png"}


class Showcase:
    """Pictures by digest and the images of a manifest, drawn ``scale`` pixels to the unit."""

    def __init__(self, scale: int = 16) -> None:
        self.scale = scale
        self.pictures: dict[str, bytes] = {}
        self.images: dict[str, Image] = {}

    @property
    def manifest(self) -> Manifest:
        return Manifest("harbour", dict(sorted(self.images.items())))

    def keep(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.pictures[digest] = data
        return digest

    def draw(self, prompt: str, width: int = 15, height: int = 10, *, candidate: int = 1, **options: Any) -> bytes:
        size = f"{width * self.scale}x{height * self.scale}"
        return self._run(Request(prompt, {"size": size, **options}, candidate=candidate))

    def change(self, parent: bytes, prompt: str) -> bytes:
        digest = hashlib.sha256(parent).hexdigest()
        return self._run(Request(prompt, {}, parent=Reference("parent", digest, "image/png", lambda: parent)))

    def _run(self, request: Request) -> bytes:
        provider = SketchProvider()
        resolution = provider.resolve(request)
        assert resolution.problems == ()
        return provider.generate(resolution.request, ProviderContext("test", "key")).pictures[0].data

    def generated(self, data: bytes, prompt: str, **facts: Any) -> Stage:
        made: dict[str, Any] = {"model": "gpt-image-2", "cost_usd": 0.041, "options": OPTIONS, **facts}
        return Stage("generate", "openai", self.keep(data), "image/png", prompt=prompt, **made)

    def edited(self, data: bytes, prompt: str, **facts: Any) -> Stage:
        made: dict[str, Any] = {"model": "gpt-image-2", "cost_usd": 0.052, "options": {"quality": "high"}, **facts}
        return Stage("edit", "openai", self.keep(data), "image/png", prompt=prompt, **made)

    def stepped(self, name: str, data: bytes, media_type: str = "image/png", **options: Any) -> Stage:
        return Stage("step", name, self.keep(data), media_type, options=options)

    def variant(self, path: str, data: bytes, kind: str, size: tuple[int, int] | None, **labels: str | int) -> Variant:
        media_type = {"svg": "image/svg+xml", "ico": "image/x-icon"}.get(kind) or SAVERS[kind][0]
        width, height = size or (None, None)
        return Variant(path, kind, media_type, width, height, len(data), self.keep(data), labels)

    def resized(self, slug: str, data: bytes, formats: tuple[str, ...], widths: tuple[int, ...]) -> tuple[Variant, ...]:
        """One file for each format and width, a width counting in fifteenths of the whole."""
        found = []
        for width in widths:
            image = pyvips.Image.new_from_buffer(data, "")
            small = image.resize(width / 15) if width != 15 else image
            for kind in formats:
                flat = small.flatten(background=[255, 255, 255]) if kind == "jpeg" and small.hasalpha() else small
                body = bytes(flat.write_to_buffer(SAVERS[kind][1]))
                size = (small.width, small.height)
                path = f"images/{slug}-{small.width}.{kind}"
                found.append(self.variant(path, body, kind, size, width=small.width))
        return tuple(found)

    def add(
        self, name: str, alt: str | None, variants: tuple[Variant, ...], stages: tuple[Stage, ...], **more: Any
    ) -> Image:
        slug = more.pop("slug", name)
        largest = max(variants, key=lambda variant: variant.width or 0)
        image = Image(
            id=more.pop("id", name),
            name=name,
            slug=slug,
            alt=alt,
            width=largest.width,
            height=largest.height,
            sha256=stages[0].sha256 if stages else variants[0].sha256,
            digital_source_type="trainedAlgorithmicMedia",
            variants=variants,
            stages=stages,
            **more,
        )
        self.images[image.id] = image
        return image

    def plain(self, name: str, prompt: str, alt: str | None, *, size: tuple[int, int] = (15, 10), **more: Any) -> Image:
        """A target of one generated picture, delivered as it came."""
        data = self.draw(prompt, *size, **more.pop("draw", {}))
        pixels = pyvips.Image.new_from_buffer(data, "")
        variant = self.variant(f"images/{name}.png", data, "png", (pixels.width, pixels.height))
        return self.add(name, alt, (variant,), (self.generated(data, prompt, **more.pop("stage", {})),), **more)


def facts_of(data: bytes) -> dict[str, str]:
    """Colour and placeholder as a step would find them."""
    small = pyvips.Image.thumbnail_buffer(data, 20).copy_memory()
    small = small.flatten(background=[255, 255, 255]) if small.hasalpha() else small
    mean = [round(small.extract_band(band).avg()) for band in range(3)]
    lqip = base64.b64encode(small.write_to_buffer(".webp[Q=40]")).decode()
    return {"color": "#{:02x}{:02x}{:02x}".format(*mean), "lqip": f"data:image/webp;base64,{lqip}"}


def showcase(scale: int = 16) -> Showcase:
    """Fourteen targets with variants, edits, candidates, steps, shared calls, missing alt texts and an SVG."""
    show = Showcase(scale)
    for season in ("autumn", "spring", "winter"):
        prompt = f"Sunset over mountains with a lake in {season}, flat vector, warm colours"
        data = show.draw(prompt)
        show.add(
            "hero",
            f"Sunset over mountains in {season}",
            show.resized(f"hero-{season}", data, ("avif", "webp", "jpeg"), (5, 10, 15)),
            (show.generated(data, prompt), show.stepped("responsive", data, widths=[400, 800, 1600])),
            id=f"hero[season={season}]",
            slug=f"hero-{season}",
            axes={"season": season},
            tags=("blog", "landscape"),
            facts=facts_of(data),
        )
    _add_edits(show)
    _add_candidates(show)
    show.plain("lighthouse", "A lighthouse on a cliff at night, storm", None, tags=("blog",))
    show.plain("portrait", "Portrait of a gardener with a straw hat", "A gardener", size=(8, 12), tags=("people",))
    show.plain("ribbon", "A city skyline at dusk, neon", "Skyline", size=(18, 6), stage={"cost_usd": None})
    show.plain("pattern", "Seamless pattern of leaves", "", size=(10, 10), tags=("texture",))
    show.plain("whale", "A whale under the sea, watercolor", None, stage={"revised_prompt": "A blue whale " * 40})
    show.plain(
        "logo",
        "A minimal logo for a bakery",
        "Logo of the bakery",
        size=(10, 10),
        draw={"background": "transparent"},
        tags=("icon", "brand"),
    )
    icon = show.variant("images/spot.svg", SVG, "svg", None)
    show.add("spot", "A red spot", (icon,), (Stage("source", "file", icon.sha256, "image/svg+xml"),), tags=("icon",))
    return show


def _add_edits(show: Showcase) -> None:
    prompt = "A red car, product photo on a white background"
    red = show.draw(prompt)
    blue = show.change(red, "Make the car blue")
    snow = show.change(blue, "Make it winter")
    stages = (show.generated(red, prompt), show.edited(blue, "Make the car blue"), show.edited(snow, "Make it winter"))
    show.add("car", "A red car", show.resized("car", red, ("png",), (15,)), stages[:1], tags=("shop",))
    show.add("car-winter", "A blue car in snow", show.resized("car-winter", snow, ("webp", "jpeg"), (8, 15)), stages)
    square = pyvips.Image.new_from_buffer(snow, "").crop(0, 0, 10 * show.scale, 10 * show.scale)
    card = bytes(square.write_to_buffer(".png"))
    show.add(
        "car-icon",
        "A car",
        (
            show.variant("images/car-icon.png", card, "png", (square.width, square.height), name="touch-icon"),
            show.variant("images/car-icon.ico", b"\0\0\1\0" + card, "ico", None, name="favicon"),
        ),
        (*stages, show.stepped("crop", card, aspect="1:1", focus={"x": 0.5, "y": 0.5})),
        tags=("icon", "shop"),
        facts=facts_of(card),
    )


def _add_candidates(show: Showcase) -> None:
    prompt = "A fox in a forest in autumn, flat illustration"
    drawn = [show.draw(prompt, candidate=number) for number in (1, 2, 3)]
    made = show.generated(drawn[1], prompt, candidates=tuple(show.keep(data) for data in drawn), cost_usd=0.123)
    marked = pyvips.Image.new_from_buffer(drawn[1], "").draw_rect([255, 255, 255], 8, 8, 40, 12, fill=True)
    final = bytes(marked.write_to_buffer(".png"))
    show.add(
        "fox",
        "A fox among birches",
        show.resized("fox", final, ("webp", "png"), (8, 15)),
        (made, show.stepped("watermark", final, text="© 2026 Harbour", position="top left")),
        tags=("blog", "animals"),
        facts=facts_of(final),
    )


class Listening(Desk):
    """Notes which bytes the publisher asks for."""

    def __init__(self, root: Path, objects: Mapping[str, bytes]) -> None:
        super().__init__(root, {})
        self.objects.update(objects)
        self.asked: list[str] = []

    def read(self, digest: str) -> bytes:
        self.asked.append(digest)
        return super().read(digest)


def stored(root: Path, pictures: Mapping[str, bytes]) -> tuple[Desk, list[str]]:
    """Where the gallery works, and what it asks the store for."""
    desk = Listening(root, pictures)
    return desk, desk.asked


def published(root: Path, show: Showcase, options: Mapping[str, Any] | None = None) -> tuple[Desk, Publication]:
    """Publish it into ``root``."""
    desk, _ = stored(root, show.pictures)
    return desk, publish(desk, show.manifest, options)


def publish(desk: Desk, manifest: Manifest, options: Mapping[str, Any] | None = None) -> Publication:
    publisher = GalleryPublisher()
    resolution = publisher.resolve(options or {})
    assert resolution.problems == ()
    return desk.publish(publisher, manifest, resolution.options)


def one(image: Image, **changes: Any) -> Manifest:
    """A manifest of this image alone, changed."""
    changed = replace(image, **changes)
    return Manifest("harbour", {changed.id: changed})
