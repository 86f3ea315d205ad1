"""A provider and a step that remember what they were asked and make tiny pictures from it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from imagebuild.artifact import Picture
from imagebuild.cost import Cost
from imagebuild.describer import Describer, Description
from imagebuild.digest import Json, canonical
from imagebuild.option import ResolvedOptions
from imagebuild.provider import Provider
from imagebuild.request import OptionProblem, ProviderContext, Request, Resolution, Result
from imagebuild.step import Step, StepContext
from imagebuild.testing.picture import png

__all__ = ["RecordingDescriber", "RecordingProvider", "RecordingStep"]

OPTIONS: Mapping[str, Json] = {"size": "4x4", "quality": "medium", "background": "auto"}


class RecordingProvider(Provider):
    """Paid unless ``free`` is given; the same request gives the same small PNG.

    ``calls`` holds every request in the order of arrival. ``answer`` may replace what is made: it returns bytes,
    raises, or returns None for the usual picture. ``price`` is the estimate in USD a call; None makes it unknown.
    ``charged`` is what a call then costs, where that differs. With ``describes`` it puts pictures into words, too;
    ``words`` records that.
    """

    version = "1"

    def __init__(
        self,
        name: str = "recorder",
        *,
        price: float | None = 0.04,
        free: bool = False,
        local: bool = False,
        describes: bool = False,
        answer: Callable[[Request, ProviderContext], bytes | None] = lambda request, context: None,
    ) -> None:
        self.name = name
        self.price = price
        self.charged: float | None = None
        self.free = free
        self.local = local
        self.answer = answer
        self.calls: list[Request] = []
        self.words = RecordingDescriber(free=free)
        self.describes = describes
        self._lock = threading.Lock()

    @property
    def prompts(self) -> list[str]:
        """The prompts of all calls, sorted, for calls arrive in any order."""
        return sorted(request.prompt for request in self.calls)

    def resolve(self, request: Request) -> Resolution:
        """Take ``size``, ``quality`` and ``background``; anything else is a problem."""
        problems = tuple(
            OptionProblem(name, f"unknown option '{name}'", f"one of {', '.join(OPTIONS)}", unknown=True)
            for name in request.options
            if name not in OPTIONS
        )
        return Resolution(replace(request, options={**OPTIONS, **request.options}), "image/png", problems)

    def estimate(self, request: Request) -> Cost:
        """The price given when it was made."""
        if self.free:
            return Cost.free()
        return Cost.of_unknown() if self.price is None else Cost.exactly(self.price)

    def generate(self, request: Request, context: ProviderContext) -> Result:
        """Record the call and answer it."""
        with self._lock:
            self.calls.append(request)
        data = self.answer(request, context)
        picture = Picture(data if data is not None else picture_of(self.name, request), "image/png")
        return Result(
            (picture,),
            cost_usd=0.0 if self.free else self.price if self.charged is None else self.charged,
            model=f"{self.name}-1",
        )

    def describer(self) -> Describer | None:
        """The one whose calls are recorded, where it was made to describe."""
        return self.words if self.describes else None


class RecordingDescriber(Describer):
    """Writes the beginning of the picture's digest and the prompt. All else is as in :class:`RecordingProvider`."""

    def __init__(self, *, free: bool = False) -> None:
        self.version = "1"
        self.price: float | None = 0.0 if free else 0.001
        self.answer: Callable[[Request, ProviderContext], str | None] = lambda request, context: None
        self.calls: list[Request] = []
        self._lock = threading.Lock()

    def resolve(self, request: Request) -> Resolution:
        """Take ``language``; anything else is a problem."""
        problems = tuple(
            OptionProblem(name, f"unknown option '{name}'", "it takes 'language'", unknown=True)
            for name in request.options
            if name != "language"
        )
        return Resolution(replace(request, options={"language": "en", **request.options}), "text/plain", problems)

    def estimate(self, request: Request) -> Cost:
        """The price it has."""
        return Cost.of_unknown() if self.price is None else Cost.exactly(self.price)

    def describe(self, request: Request, context: ProviderContext) -> Description:
        """Record the call and answer it."""
        with self._lock:
            self.calls.append(request)
        text = self.answer(request, context)
        return Description(
            text if text is not None else f"{str(request.inputs[0].digest)[:8]} {request.prompt}".strip(),
            cost_usd=self.price,
            model="writer-1",
        )


def picture_of(name: str, request: Request) -> bytes:
    """A PNG whose colour comes from everything in the request, and from who was asked."""
    told: list[Json] = [
        name,
        request.prompt,
        dict(request.options),
        request.parent.digest if request.parent else None,
        [reference.digest for reference in request.inputs],
        request.mask.digest if request.mask else None,
        request.candidate,
        request.take,
    ]
    if request.markup:
        told.append(request.markup.digest)
    red, green, blue, width, height = hashlib.sha256(canonical(told)).digest()[:5]
    return png(1 + width % 16, 1 + height % 16, (red, green, blue))


class RecordingStep(Step):
    """Adds its option ``mark`` to a picture as a trailing comment; one picture out for each ``width`` in ``widths``."""

    def __init__(self, name: str = "mark", version: str = "1") -> None:
        self.name = name
        self.version = version
        self.calls: list[Mapping[str, Json]] = []
        self._lock = threading.Lock()

    def resolve(self, options: Mapping[str, Json]) -> ResolvedOptions:
        """Take ``mark`` (text) and ``widths`` (list of numbers); anything else is a problem."""
        problems = tuple(
            OptionProblem(name, f"unknown option '{name}'", unknown=True)
            for name in options
            if name not in ("mark", "widths")
        )
        return ResolvedOptions({"mark": "", "widths": [], **options}, problems)

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        """Record the call and mark the pictures."""
        with self._lock:
            self.calls.append(context.options)
        widths = context.options["widths"]
        labels: list[Mapping[str, str | int]] = [{}]
        if isinstance(widths, Sequence) and widths:
            labels = [{"width": int(str(width))} for width in widths]
        return [
            Picture(picture.data + f"{context.options['mark']}{dict(label)}".encode(), picture.media_type, label)
            for picture in pictures
            for label in labels
        ]
