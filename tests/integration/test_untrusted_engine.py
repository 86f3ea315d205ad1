"""How the engine keeps an untrusted project from calling, collecting and running what plugins declare as not for it."""

from __future__ import annotations

import io
import re
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from imagebuild import (
    Check,
    CheckContext,
    CheckResult,
    Command,
    CommandContext,
    Option,
    Picture,
    ProviderContext,
    Publication,
    Publisher,
    Request,
    Result,
    Step,
    StepContext,
    hookimpl,
)
from imagebuild.cli.application import run
from imagebuild.cli.shell import Shell
from imagebuild.cost import Cost
from imagebuild.errors import LockError, SpecError, SpendingRefused, UsageError
from imagebuild.executor import LocalExecutor
from imagebuild.manifest import Manifest
from imagebuild.option import Configurable
from imagebuild.project import Project
from imagebuild.publisher import PublisherContext
from imagebuild.registry import Registry
from imagebuild.spec import load_spec
from imagebuild.testing import RecordingProvider, World, png
from imagebuild.trust import UNTRUSTED

Make = Callable[..., World]

READ_FIRST = "run it without '--untrusted' once somebody has read it"


class Shrink(Step):
    """Has its pictures made small by a service, or by a program of the user's."""

    name, version = "shrink", "1"
    options = (
        Option("width", "integer", "How wide.", default=2),
        Option("service", "text", "Whom to ask.", main=True, trusted_only=True),
        Option("program", "file", "What to run.", trusted_only=True),
    )

    def apply(self, pictures: object, context: StepContext) -> tuple[Picture, ...]:
        raise AssertionError("an untrusted spec got it to run")


class Judge(Check):
    """Asks somebody."""

    name, version = "judge", "1"
    trusted_only = True

    def check(self, pictures: object, context: CheckContext) -> CheckResult:
        raise AssertionError("an untrusted spec got it to run")


@dataclass
class Hook(Publisher):
    """Calls an address."""

    remote = False
    name, version = "hook", "1"
    options = (Option("address", "text", "Where to.", main=True, trusted_only=True),)
    ran: int = 0

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        self.ran += 1
        return Publication("hook", 0)


class FarHook(Hook):
    """Is run by ``imagebuild publish`` alone."""

    remote = True
    name = "far-hook"


PLUGINS = """\
version: 1
targets:
  a:
    prompt: a
    provider: sketch
    {}
publish: [{}]
"""


def problems(world: World) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as caught:
        world.plan()
    assert all((problem.hint or "").endswith(READ_FIRST) for problem in caught.value.problems)
    return [(problem.message, str(problem.place)) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("field", "publish", "message", "place"),
    [
        ("steps: [{shrink: {service: evil}}]", "", "give 'service' of the step 'shrink'", "6:22"),
        ("steps: [{shrink: evil}]", "", "give 'service' of the step 'shrink'", "6:14"),
        ("steps: [{shrink: {program: {file: run}}}]", "", "give 'program' of the step 'shrink'", "6:23"),
        ("checks: [judge]", "", "use the check 'judge'", "6:14"),
        ("tags: [x]", "{hook: {address: evil}}", "give 'address' of the publisher 'hook'", "7:18"),
        ("tags: [x]", "{hook: evil}", "give 'address' of the publisher 'hook'", "7:12"),
    ],
)
def test_what_a_plugin_declares_as_for_the_trusted_alone_is_refused_at_its_place(
    project: Make, field: str, publish: str, message: str, place: str
) -> None:
    world = project({"imagebuild.yaml": PLUGINS.format(field, publish), "run": "#!/bin/sh\n"})
    world.extra = (Shrink(), Judge(), Hook(), FarHook())
    assert world.plan().actions  # trusted, there is nothing to say against it
    world.environ[UNTRUSTED] = "1"
    found = problems(world)
    assert [text for text, _ in found] == [f"an untrusted spec may not {message}"]
    assert [at.removeprefix("imagebuild.yaml:").split(":")[0] for _, at in found] == [place.split(":")[0]]


def test_all_such_things_are_told_at_once_with_the_other_mistakes(project: Make) -> None:
    field = "steps: [{shrink: {service: evil, widht: 4}}]\n    checks: [judge]"
    world = project({"imagebuild.yaml": PLUGINS.format(field, "hook: evil")})
    world.extra = (Shrink(), Judge(), Hook())
    world.environ[UNTRUSTED] = "1"
    with pytest.raises(SpecError) as caught:
        world.plan()
    assert [problem.message for problem in caught.value.problems] == [
        "an untrusted spec may not give 'service' of the step 'shrink'",
        "unknown option 'widht' of 'shrink'",
        "an untrusted spec may not use the check 'judge'",
        "an untrusted spec may not give 'address' of the publisher 'hook'",
    ]


def test_options_that_are_left_out_and_publishers_that_are_not_run_stop_nothing(project: Make) -> None:
    world = project({"imagebuild.yaml": PLUGINS.format("tags: [x]", "hook, {far-hook: evil}")})
    hook, far = Hook(), FarHook()
    world.extra = (hook, far)
    world.environ[UNTRUSTED] = "1"
    assert world.build().exit_code == 0
    assert (hook.ran, far.ran) == (1, 0)
    with pytest.raises(SpecError, match="publisher 'far-hook' leaves this machine, and is not run for an untrusted"):
        world.open().publish()
    assert [event.publisher for event in world.open().publish(["hook"])] == ["hook"]
    assert far.ran == 0


TWO = "version: 1\ntargets: {a: {prompt: a, provider: recorder}, b: {prompt: b, provider: sketch}}\n"


@pytest.mark.parametrize("agreed", ["cap", "budget", "environment", "yes", "plan"])
def test_nothing_that_agrees_to_spending_counts(project: Make, agreed: str) -> None:
    world = project({"imagebuild.yaml": TWO + "budget: {max_cost: 9}\n" * (agreed == "budget")})
    approved = world.plan() if agreed == "plan" else None
    world.environ |= {UNTRUSTED: "1", **({"IMAGEBUILD_MAX_COST": "9"} if agreed == "environment" else {})}
    with pytest.raises(SpendingRefused) as caught:
        world.build(
            max_cost=9.0 if agreed == "cap" else None,
            confirm=(lambda plan: True) if agreed == "yes" else None,
            approved=approved,
        )
    assert caught.value.message == (
        "this build would call 'recorder' for $0.04, and nobody is called for an untrusted project"
    )
    assert (world.provider.calls, world.painter.calls) == ([], [])


@pytest.mark.parametrize(("free", "local", "runs"), [(True, True, True), (True, False, False), (False, True, False)])
def test_only_a_provider_that_is_free_and_on_this_machine_is_called(
    project: Make, free: bool, local: bool, runs: bool
) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: other}}\n"})
    other = RecordingProvider("other", free=free, local=local)
    world.extra = (other,)
    world.environ[UNTRUSTED] = "1"
    if runs:
        assert world.build().exit_code == 0
    else:
        with pytest.raises(SpendingRefused, match="would call 'other'"):
            world.build()
    assert len(other.calls) == runs


def test_a_price_of_nothing_in_the_spec_buys_nothing(project: Make) -> None:
    spec = "version: 1\nproviders: {recorder: {price: 0}}\ntargets: {a: {prompt: a, provider: recorder}}\n"
    world = project({"imagebuild.yaml": spec})
    world.provider.price = None
    assert world.plan().cost == Cost.free()
    world.environ[UNTRUSTED] = "1"
    with pytest.raises(SpendingRefused):
        world.build(max_cost=None)
    assert world.provider.calls == []


def test_what_is_bought_already_is_used_and_a_locked_build_tells_what_is_missing(project: Make) -> None:
    world = project({"imagebuild.yaml": TWO})
    assert world.build().exit_code == 0
    (world.root / "images" / "a.png").unlink()
    world.environ[UNTRUSTED] = "1"
    assert world.build(locked=True).exit_code == 0
    assert (world.root / "images" / "a.png").exists()
    world.edit("imagebuild.yaml", "prompt: a,", "prompt: another,")
    with pytest.raises(LockError, match="the lock does not hold all"):
        world.build(locked=True)
    assert world.build(draft=True).exit_code == 0
    assert len(world.provider.calls) == 1


def test_the_one_place_that_calls_refuses_too_whatever_was_planned(
    project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = project({"imagebuild.yaml": TWO})
    monkeypatch.setattr("imagebuild.run.LocalExecutor", lambda *stores, **_: LocalExecutor(*stores, calls_nobody=True))
    report = world.build()
    assert [failure.error.message for failure in report.failures] == [
        "provider 'recorder' is not called for an untrusted project"
    ]
    assert (report.exit_code, report.made, world.provider.calls) == (4, 1, [])


class PowerCut(BaseException):
    """Ends a call as a kill would: nothing after it is done."""


class Collecting(RecordingProvider):
    """Is cut off while its first answer is on the way, under an id."""

    def __init__(self) -> None:
        super().__init__(answer=self._cut_off)
        self.collected: list[str] = []

    def _cut_off(self, request: Request, context: ProviderContext) -> bytes | None:
        context.note_id("answer-1")
        raise PowerCut

    def collect(self, request: Request, response_id: str, context: ProviderContext) -> Result:
        self.collected.append(response_id)
        return Result((Picture(png(9, 9), "image/png"),), cost_usd=0.04)


def test_pictures_in_flight_of_this_machine_are_neither_collected_nor_given_up(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: recorder}}\n"})
    world.provider = provider = Collecting()
    world.build()
    world.environ[UNTRUSTED] = "1"
    report = world.build(give_up=True)
    assert (report.exit_code, report.waiting, provider.collected) == (3, ("a",), [])
    del world.environ[UNTRUSTED]
    assert (world.build().exit_code, provider.collected) == (0, ["answer-1"])
    assert world.read("images/a.png") == png(9, 9)


def test_batches_are_neither_waited_for_nor_given_up(project: Make) -> None:
    world = project({"imagebuild.yaml": TWO})
    world.environ[UNTRUSTED] = "1"
    with pytest.raises(UsageError, match="an untrusted project may not collect pictures"):
        world.open().collect()
    with pytest.raises(UsageError, match="an untrusted project may not give up a batch"):
        world.open().cancel_batch("batch_1")
    assert world.open().batches() == []


def test_the_python_api_takes_the_word_as_well(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\nplugins: [./own.py]\ntargets: {a: {prompt: a}}\n", "own.py": ""})
    opened = Project.open(world.root, home=world.home, registry=world.registry, environ={}, untrusted=True)
    assert opened.untrusted
    with pytest.raises(SpecError, match="an untrusted spec may not bring plugins"):
        opened.plan()
    assert not load_spec(world.root, environ={}).untrusted


class Tell(Command):
    """Says what it knows."""

    name, version, help = "tell", "1", "Say what it knows."

    def run(self, arguments: Namespace, context: CommandContext) -> int:
        context.out(context.environ.get(UNTRUSTED, "trusted"))
        return 0


class TellPlugin:
    """Adds it."""

    @hookimpl
    def imagebuild_commands(self) -> list[Command]:
        return [Tell()]


@pytest.mark.parametrize(
    ("words", "told"),
    [(["tell"], "trusted\n"), (["tell", "--untrusted"], "1\n"), (["--untrusted", "tell"], "1\n")],
    ids=["neither", "after", "before"],
)
def test_commands_of_plugins_are_told(words: list[str], told: str, tmp_path: Path) -> None:
    out = io.StringIO()
    shell = Shell(io.StringIO(), out, io.StringIO(), {}, folder=str(tmp_path), registry=Registry({"t": TellPlugin()}))
    assert (run(words, shell), out.getvalue()) == (0, told)


NAMED = re.compile(
    r"://|address|endpoint|program|repositor|variable|remote|host|certificate|private key", re.IGNORECASE
)
"""What the name, the text or the example of an option holds that names somebody to go to, or something to run."""
HARMLESS = {
    ("metadata", "license"): "written into the picture",
    ("metadata", "web_statement"): "written into the picture",
    ("folder", "base"): "written into pages",
    ("manifest", "base"): "written into pages",
    ("s3", "base"): "written into pages",
    ("git", "base"): "written into pages",
    ("command", "base"): "written into pages",
    ("sign", "certificate"): "a file of the project",
}
"""Options that hold an address and get nobody to go there, each with what comes of it."""


def test_each_option_that_takes_an_address_a_program_or_a_variable_is_declared() -> None:
    registry = Registry.load()
    registry.require_sound()
    things: list[Configurable] = [
        *registry.steps.values(),
        *registry.checks.values(),
        *registry.publishers.values(),
        *registry.stores.values(),
    ]
    whole = {thing.name for thing in things if thing.trusted_only}
    assert whole >= {"sign", "custom", "command"}
    telling = {
        (thing.name, option.name): option.trusted_only
        for thing in things
        for option in thing.options
        if option.kind in ("text", "file", "block") and NAMED.search(f"{option.name} {option.doc} {option.example}")
    }
    declared = {
        ("sign", "timestamp"),
        ("sign", "key_variable"),
        ("s3", "url"),
        ("s3", "endpoint"),
        ("bucket", "endpoint"),
    }
    assert {name for name, is_declared in telling.items() if is_declared} >= declared
    assert {name for name, is_declared in telling.items() if not is_declared} == HARMLESS.keys()
