"""Plugins are strangers: whatever they do, the error names them, and nothing paid for is lost or paid again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imagebuild.artifact import Picture
from imagebuild.cost import Cost
from imagebuild.errors import NoImageError, PluginError, SpendingRefused
from imagebuild.hookspecs import hookimpl
from imagebuild.registry import Registry
from imagebuild.request import ProviderContext, Request, Resolution, Result
from imagebuild.testing import Plugin, RecordingProvider, World, png

Make = Callable[..., World]

SPEC = "version: 1\ndefaults: {provider: odd}\ntargets: {a: {prompt: a}, b: {prompt: b}}\n"
GOOD = (Picture(png(4, 4), "image/png"),)


class Odd(RecordingProvider):
    """Answers with whatever it was made with."""

    def __init__(self, reply: object = None, *, estimate: object = None, resolution: object = None) -> None:
        super().__init__("odd")
        self.reply, self.guess, self.resolution = reply, estimate, resolution

    def resolve(self, request: Request) -> Resolution:
        if isinstance(self.resolution, Exception):
            raise self.resolution
        return super().resolve(request) if self.resolution is None else self.resolution

    def estimate(self, request: Request) -> Cost:
        if isinstance(self.guess, Exception):
            raise self.guess
        return super().estimate(request) if self.guess is None else self.guess

    def generate(self, request: Request, context: ProviderContext) -> Result:
        super().generate(request, context)
        if isinstance(self.reply, BaseException):
            raise self.reply
        return self.reply


@pytest.mark.parametrize(
    "reply",
    [
        None,
        "text",
        42,
        b"bytes",
        Result(()),
        Result((Picture("text", "image/png"),)),
        Result((b"bytes",)),
        Result(None),
        Result((*GOOD, Picture(b"bad", "image/png"))),
    ],
    ids=str,
)
def test_a_reply_of_the_wrong_shape_fails_its_target_and_names_the_provider(project: Make, reply: object) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.extra = (Odd(reply),)
    report = world.build()
    assert (report.exit_code, len(report.failures)) == (1, 2)
    error = report.failures[0].error
    assert isinstance(error, NoImageError)
    assert str(error).startswith("provider 'odd' returned the wrong thing: ")
    kept = [path for path in (world.home / "quarantine").glob("*") if path.suffix != ".json"]
    pieces = {b"bytes": 1, None: 0}.get(reply if isinstance(reply, bytes) else None, 0)
    if isinstance(reply, Result) and reply.pictures:
        pieces = sum(isinstance(getattr(each, "data", each), bytes) for each in reply.pictures)
    assert len(kept) == 2 * pieces


@pytest.mark.parametrize("charged", [float("nan"), float("inf"), -1.0, "free", True])
def test_a_charge_that_is_no_amount_counts_as_unknown_and_the_cap_holds(project: Make, charged: object) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.extra = (Odd(Result(GOOD, cost_usd=charged)),)
    world.provider.concurrency = 1
    report = world.build(max_cost=0.08)
    assert (report.bought, report.cost_usd, report.exit_code) == (2, None, 0)
    assert world.build().exit_code == 0


@pytest.mark.parametrize("guess", [Cost(-5.0, -4.0), Cost(float("nan"), 1.0), Cost(2.0, 1.0), None, "cheap"], ids=str)
def test_an_estimate_that_is_no_amount_is_unknown_and_refused_under_a_cap(project: Make, guess: object) -> None:
    world = project({"imagebuild.yaml": SPEC})
    provider = Odd(Result(GOOD), estimate=guess or "nothing")
    world.extra = (provider,)
    with pytest.raises(SpendingRefused, match="the price of 2 of the pictures is unknown"):
        world.build(max_cost=0.10)
    assert provider.calls == []


@pytest.mark.parametrize(
    "usage", [{"x": object()}, {1, 2}, {"x": float("nan")}, None], ids=["object", "set", "nan", "none"]
)
def test_usage_that_cannot_be_kept_is_left_out_and_the_picture_is_kept(project: Make, usage: object) -> None:
    world = project({"imagebuild.yaml": SPEC})
    provider = Odd(Result(GOOD, cost_usd=0.04, usage=usage, model=7, revised_prompt=b"x"))
    world.extra = (provider,)
    assert world.build().bought == 2
    assert world.build().exit_code == 0
    assert len(provider.calls) == 2


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), RecursionError()], ids=repr)
def test_whatever_a_provider_raises_fails_its_target_and_names_it(project: Make, error: BaseException) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.extra = (Odd(error),)
    report = world.build()
    assert report.exit_code == 1
    assert str(report.failures[0].error) == f"provider 'odd' failed: {error!r}"


@pytest.mark.parametrize(
    "odd",
    [
        Odd(resolution=ValueError("no")),
        Odd(resolution="nothing"),
        Odd(resolution=Resolution(Request("a", {"x": object()}))),
        Odd(estimate=ValueError("no")),
    ],
    ids=["resolve raises", "resolve answers nonsense", "options that no key can hold", "estimate raises"],
)
def test_a_provider_that_fails_while_planning_is_named(project: Make, odd: Odd) -> None:
    world = project({"imagebuild.yaml": SPEC})
    world.extra = (odd,)
    with pytest.raises(PluginError, match="provider 'odd' failed while"):
        world.plan()


class Misspelt:
    @hookimpl
    def imagebuild_provider(self) -> list[object]:
        return []


class Leaving:
    @hookimpl
    def imagebuild_providers(self) -> list[object]:
        raise SystemExit(7)


class Nameless(RecordingProvider):
    def __init__(self) -> None:
        super().__init__()
        self.version = 1


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        (Misspelt(), "has an unknown hook 'imagebuild_provider'; did you mean 'imagebuild_providers'?"),
        (Leaving(), "cannot be registered: SystemExit(7)"),
        (Plugin([Nameless()]), "has a provider Nameless without a version"),
        (Plugin(["text"]), "hands over 'text' where a provider is wanted"),
        (Plugin([RecordingProvider("x"), RecordingProvider("x")]), "adds provider 'x' twice"),
        (Plugin([RecordingProvider("sketch")]), "adds provider 'sketch', which 'first' (this process) adds too"),
    ],
    ids=["misspelt", "leaves", "no version", "no provider", "twice", "clash"],
)
def test_a_broken_plugin_is_an_error_that_names_it_and_leaves_the_others(plugin: object, reason: str) -> None:
    registry = Registry({"first": Plugin([RecordingProvider("sketch")]), "broken": plugin})
    assert list(registry.providers) == ["sketch"]
    assert [error.message for error in registry.errors] == [f"plugin 'broken' (this process) {reason}"]
    assert {info.name: info.error for info in registry.plugins()} == {"first": None, "broken": reason}
    with pytest.raises(PluginError):
        registry.require_sound()


def test_a_call_that_was_cut_off_shows_before_anybody_agrees_to_pay_again(project: Make) -> None:
    world = project({"imagebuild.yaml": SPEC.replace("odd", "recorder")})

    class PowerCut(BaseException):
        pass

    def cut(request: Request, context: ProviderContext) -> bytes | None:
        raise PowerCut

    world.provider.answer = cut
    world.build("a")
    assert str(world.plan().actions[0].reasons[0]) == "a call for it was cut off, and may have been paid"
    shown: list[list[str]] = []
    with pytest.raises(SpendingRefused):
        world.build(max_cost=None, confirm=lambda plan: bool(shown.append(list(world.notices))))
    assert "it may have been paid" in shown[0][0]
