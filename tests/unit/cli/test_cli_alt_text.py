"""What the command line says of alt texts that a provider writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from imagebuild import Model, Request, Resolution
from imagebuild.testing import RecordingProvider

SPEC = """\
version: 1
defaults: {provider: writer}
targets:
  hero: {prompt: a hill, provider: sketch, alt: {generate: true, provider: writer, options: {model: mind-5}}}
  strip: {from: [{target: hero}], steps: [mark], alt: A strip of hills}
"""


class Writer(RecordingProvider):
    """Describes with a model that retires."""

    def __init__(self) -> None:
        super().__init__("writer", describes=True)
        plain = self.words.resolve

        def resolve(request: Request) -> Resolution:
            rest = {name: value for name, value in request.options.items() if name != "model"}
            told = plain(replace(request, options=rest))
            model = request.options.get("model", "mind-6")
            return replace(told, request=replace(told.request, options={**told.request.options, "model": model}))

        self.words.resolve = resolve  # type: ignore[method-assign]  # this one has models

    def models(self) -> Sequence[Model]:
        return (Model("mind-6", "main-line"), Model("mind-5", "main-line", shutdown="2026-12-01", successor="mind-6"))


@pytest.fixture
def told(cli: Any) -> Callable[..., Any]:
    cli.world.extra = (Writer(),)
    cli.world.spec(SPEC)
    return cli  # type: ignore[no-any-return]  # the fixtures of a conftest have no types here


def test_the_model_of_an_alt_text_is_in_use(told: Any) -> None:
    (found,) = json.loads(told("outdated", "--json").out)["outdated"]
    assert (found["model"], found["targets"]) == ("mind-5", ["hero"])
    assert [(each["option"], each["line"]) for each in found["places"]] == [("model", 4)]


def test_a_target_that_is_put_together_from_others_calls_no_model(told: Any) -> None:
    told.world.edit("imagebuild.yaml", "mind-5", "mind-6")
    assert told("outdated").out.startswith("no model in use is outdated")


def test_why_speaks_of_an_alt_text(told: Any) -> None:
    assert "\nalt text with writer: waiting for $0.001\n" in told("why", "hero").out
    told("build", "-y")
    assert "\nalt text with writer: cached\n" in told("why", "hero").out


def test_plan_and_build_name_the_alt_text_of_a_target(told: Any) -> None:
    assert "hero (alt text)" in told("plan").out
    assert "hero (alt text): bought with writer" in told("build", "-y").err
