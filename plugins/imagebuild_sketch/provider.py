"""The provider itself: what the engine asks, answered by the modules beside it."""

from __future__ import annotations

from msgspec.structs import replace

from imagebuild import OptionProblem, Picture, Provider, ProviderContext, Request, Resolution, Result
from imagebuild_sketch.option import MEDIA_TYPES, resolve_options

__all__ = ["SketchProvider"]


class SketchProvider(Provider):
    """Draws illustrations on this machine: free, offline, and the same bytes every time."""

    name = "sketch"
    version = "1"
    free = True
    local = True
    source_type = "algorithmicMedia"
    concurrency = 2

    def resolve(self, request: Request) -> Resolution:
        """Make every option explicit; see ``imagebuild_sketch.option``."""
        options, problems = resolve_options(request)
        if request.mask is not None and request.parent is None:
            message = "'mask' says where a picture may change, but there is no picture to edit"
            problems.append(OptionProblem("mask", message, "put the mask on an edit"))
        return Resolution(
            request=replace(request, options=options),
            media_type=MEDIA_TYPES[str(options["output_format"])],
            problems=tuple(problems),
        )

    def generate(self, request: Request, context: ProviderContext) -> Result:
        """Draw or edit the picture of a resolved request."""
        # Scenes, subjects and pyvips load with the first picture, so that a build with nothing to do pays for none.
        if request.parent is None:
            from imagebuild_sketch.picture import draw

            sketched = draw(request)
        else:
            from imagebuild_sketch.edit import edit

            sketched = edit(request)
        return Result(
            pictures=(Picture(sketched.data, sketched.media_type),),
            cost_usd=0.0,
            model="sketch-1",
            revised_prompt=sketched.sentence,
        )
