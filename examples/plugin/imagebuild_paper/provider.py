"""The provider ``paper-cut``: hills cut from sheets of paper, as SVG."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import imagebuild
from msgspec.structs import replace

from imagebuild_paper.hill import CHANCES, landscape
from imagebuild_paper.paper import PAPERS

DEFAULTS = {"paper": "ivory", "size": "1200x800"}


class PaperCut(imagebuild.Provider):
    """Cuts hills under a sun from sheets of paper. The prompt decides how they run."""

    name = "paper-cut"
    version = "1"
    free = True
    local = True
    source_type = "algorithmicMedia"

    def resolve(self, request: imagebuild.Request) -> imagebuild.Resolution:
        """Make the defaults explicit, so that they are in the key, and find what is wrong."""
        options = {**DEFAULTS, **request.options}
        found = replace(request, options=options)
        return imagebuild.Resolution(found, "image/svg+xml", tuple(self._problems(request)))

    def _problems(self, request: imagebuild.Request) -> Iterator[imagebuild.OptionProblem]:
        for name, value in request.options.items():
            if name not in DEFAULTS:
                message = f"unknown option '{name}' of '{self.name}'"
                known = f"it takes {' and '.join(DEFAULTS)}"
                yield imagebuild.OptionProblem(name, message, known, unknown=True)
            elif name == "paper" and value not in PAPERS:
                yield imagebuild.OptionProblem(
                    name, f"unknown paper '{value}'", f"there are {', '.join(PAPERS)}"
                )
            elif name == "size":
                try:
                    imagebuild.read_size(value)
                except ValueError as error:
                    yield imagebuild.OptionProblem(name, f"'size' of '{self.name}': {error}")

    def generate(
        self, request: imagebuild.Request, context: imagebuild.ProviderContext
    ) -> imagebuild.Result:
        """Cut it. Other prompts, candidates, takes and pictures to change give other hills."""
        before = request.parent.digest if request.parent else None
        seed = f"{request.prompt}\n{request.candidate}\n{request.take}\n{before}"
        width, height = imagebuild.read_size(request.options["size"])
        paper = PAPERS[str(request.options["paper"])]
        chances = hashlib.shake_256(seed.encode()).digest(CHANCES)
        svg = landscape(width, height, paper, chances)
        return imagebuild.Result((imagebuild.Picture(svg.encode(), "image/svg+xml"),))
