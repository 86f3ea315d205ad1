"""What is asked of a provider and what it answers: immutable data, and the doors it may use while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from imagebuild.artifact import Picture
from imagebuild.digest import Json
from imagebuild.discreet import Discreet

__all__ = ["OptionProblem", "ProviderContext", "RateLimits", "Reference", "Request", "Resolution", "Result"]


class Reference(Discreet, frozen=True):
    """A picture that goes into a request.

    While a plan is made its bytes may not exist yet: then ``digest`` and ``media_type`` are None. :meth:`read` gives
    the bytes, which have ``digest``; it raises ``StoreError`` or ``OSError``. ``name`` is for people only.
    :meth:`response_id` is what the service called the answer that held this picture, for services that go on from it.
    """

    hidden = ("load", "answered")
    apart = ("load", "answered")

    name: str
    digest: str | None = None
    media_type: str | None = None
    load: Callable[[], bytes] | None = None
    answered: Callable[[], str | None] | None = None

    def read(self) -> bytes:
        """The picture's bytes."""
        if self.load is None:
            raise ValueError(f"{self.name} does not exist yet")
        return self.load()

    def response_id(self) -> str | None:
        """The service's id of the answer this picture came in, None where the same provider noted none."""
        return self.answered() if self.answered else None


class Request(Discreet, frozen=True):
    """One picture that is wanted.

    ``parent`` is the picture an edit changes and None when a picture is generated from nothing; ``inputs`` are
    reference pictures in the spec's order; ``mask`` says where the parent may change, ``markup`` is a
    drawing over it that shows what to change. ``candidate`` and ``take`` count
    from 1 and tell repeated attempts at one request apart. ``hints`` are what a provider moved out of ``options`` while
    it resolved because it shapes the call and never the picture (how many partial pictures to send): in no key.
    """

    apart = ("hints",)

    prompt: str
    options: Mapping[str, Json] = field(default_factory=dict)
    parent: Reference | None = None
    inputs: tuple[Reference, ...] = ()
    mask: Reference | None = None
    markup: Reference | None = None
    candidate: int = 1
    take: int = 1
    hints: Mapping[str, Json] = field(default_factory=dict)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The pictures that it takes: parent, inputs, mask, markup, those that there are."""
        given = (self.parent, *self.inputs, self.mask, self.markup)
        return tuple(reference for reference in given if reference is not None)


class OptionProblem(Struct, frozen=True):
    """Something a provider or step will not do.

    ``field`` is the option's name, or ``prompt``, ``inputs``, ``mask``, ``markup``. ``unknown`` says that the name
    itself is wrong and not its value; the error then points at the name.
    """

    field: str
    message: str
    hint: str | None = None
    unknown: bool = False


class Resolution(Struct, frozen=True):
    """A request as the provider understands it.

    ``request`` has every default and alias made explicit, so that its options hold all that can change pixels and
    nothing else. ``media_type`` is what will be delivered. ``problems`` stop the build before any call; ``notes`` are
    shown and stop nothing.
    """

    request: Request
    media_type: str = "image/png"
    problems: tuple[OptionProblem, ...] = ()
    notes: tuple[str, ...] = ()


class Result(Struct, frozen=True):
    """What a provider delivers: at least one picture, the first of which is the answer.

    ``cost_usd`` is what was charged, None when nobody can tell; ``model`` is the model as the service resolved it.
    ``faults`` say how what came differs from what was asked, one sentence each ("asked for 1536x1024, got 1024x1024"):
    such a picture is kept, but not used unless the target accepts any. ``effective`` are the options as the service
    says it used them, kept beside the record for people.
    """

    pictures: tuple[Picture, ...]
    cost_usd: float | None = None
    model: str | None = None
    revised_prompt: str | None = None
    request_id: str | None = None
    response_id: str | None = None
    usage: Mapping[str, Json] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    effective: Mapping[str, Json] = field(default_factory=dict)


class RateLimits(Struct, frozen=True):
    """What a service says of its limits: calls a minute, calls that are left, seconds until they are given anew."""

    per_minute: float | None = None
    remaining: int | None = None
    reset: float | None = None


class ProviderContext(Struct, frozen=True):
    """What a provider may use while it works.

    ``target`` names who asks, for messages; ``key`` is the action key; ``partial`` shows a picture that is not final
    yet; ``note_id`` writes the service's id of the running job durably, before the picture is waited for; a later id
    replaces an earlier one. ``note_limits`` passes on what the service says of its limits, and the engine keeps to it.
    ``notice`` tells the user something that stops nothing. ``cancelled`` turns true when the user no longer wants the
    answer.
    """

    target: str
    key: str
    partial: Callable[[int, Picture], None] = lambda index, picture: None
    note_id: Callable[[str], None] = lambda response_id: None
    note_limits: Callable[[RateLimits], None] = lambda limits: None
    notice: Callable[[str], None] = lambda message: None
    cancelled: Callable[[], bool] = lambda: False
