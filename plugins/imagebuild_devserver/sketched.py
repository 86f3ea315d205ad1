"""Pictures drawn by the installed provider ``sketch``, found as any plugin is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from imagebuild import Provider, ProviderContext, Reference, Request
from imagebuild.errors import PluginError
from imagebuild.media import probe
from imagebuild_devserver.convert import animate, blur, convert, wrap_in_svg

__all__ = ["draw_sketch"]

_CONTEXT = ProviderContext(target="dev-server", key="0" * 64)
_DRAWN = ("png", "jpeg", "webp")
_BLURS = (24.0, 12.0, 6.0)


def draw_sketch(prompt: str, options: Mapping[str, object], parent: bytes | None, partial: int | None) -> bytes:
    """An illustration of the prompt, or ``parent`` changed as it says; a partial one is a blur of it."""
    form = str(options["output_format"])
    wanted: dict[str, str | int] = {
        "size": f"{options['width']}x{options['height']}",
        "quality": str(options["quality"]),
        "background": str(options["background"]),
        "output_format": form if form in _DRAWN else "png",
    }
    compression = options.get("compression")
    if form in ("jpeg", "webp") and isinstance(compression, int):
        wanted["output_compression"] = compression
    mask, inputs = options.get("mask"), options.get("inputs")
    take = options["take"]
    request = Request(
        prompt,
        wanted,
        parent=_reference(parent) if parent else None,
        inputs=tuple(_reference(data) for data in inputs if isinstance(data, bytes))
        if isinstance(inputs, tuple)
        else (),
        mask=_reference(mask) if isinstance(mask, bytes) else None,
        take=take if isinstance(take, int) else 1,
    )
    provider = _provider()
    data = provider.generate(provider.resolve(request).request, _CONTEXT).pictures[0].data
    if partial is not None:
        return blur(data, _BLURS[min(partial, 2)], form)
    if form == "gif":
        return animate(data, int(str(options["frames"])), int(str(options["frame_ms"])))
    if form == "svg":
        return wrap_in_svg(data, int(str(options["width"])), int(str(options["height"])))
    return data


@cache
def _provider() -> Provider:
    for entry in entry_points(group="imagebuild"):
        if entry.name == "sketch":
            for provider in entry.load().imagebuild_providers():
                if isinstance(provider, Provider) and provider.name == "sketch":
                    return provider
    raise PluginError("the provider 'sketch' is not installed", hint="draw with 'plain'")


def _reference(data: bytes) -> Reference:
    found = probe(data)
    if found is not None and found.media_type == "image/gif":
        data = convert(data, "png")
        found = probe(data)
    digest = hashlib.sha256(data).hexdigest()
    return Reference("input", digest, found.media_type if found else "image/png", lambda: data)
