"""Runs the command line in this process, with streams and environment of its own, and compares with golden files."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from batch_vendor import SPEC, Service, Vendor
from msgspec import Struct, field
from whole_chain import spread_out

from imagebuild.cli.application import run
from imagebuild.cli.shell import Shell
from imagebuild.testing import World, png

TODAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
GOLDEN = Path(__file__).parents[2] / "golden" / "cli"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Answer(Struct, frozen=True):
    code: int
    out: str
    err: str


class Cli(Struct):
    """Calls commands in one project: ``cli("build", "--json")``. ``plugins`` are there beside those of the world.

    ``sleep`` is called in place of waiting, after which ``now`` is as many seconds later.
    """

    world: World
    plugins: dict[str, object] = field(default_factory=dict)
    sleep: Callable[[float], None] = lambda seconds: None
    now: float = 0.0

    def __call__(
        self,
        *args: str,
        tty: bool = False,
        stdin: str = "",
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Answer:
        stream = Terminal if tty else io.StringIO
        out, err = stream(), stream()
        registry = self.world.registry
        for name, plugin in self.plugins.items():
            registry.add(name, plugin, f"imagebuild-{name}", "1.0")
        shell = Shell(
            stream(stdin),
            out,
            err,
            {"IMAGEBUILD_HOME": str(self.world.home), "TERM": "xterm", **(environ or {})},
            folder=str(folder or self.world.root),
            registry=registry,
            clock=lambda: TODAY,
            ticks=lambda: self.now,
            sleep=self._sleep,
        )
        code = run(args, shell)
        return Answer(code, out.getvalue(), err.getvalue())

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.sleep(seconds)


@pytest.fixture
def world(project: Callable[[Mapping[str, str | bytes]], World]) -> World:
    """A project whose pictures are bought: one with an edit and a step, one that takes it as an input, one drawn."""
    return project(
        {
            "imagebuild.yaml": (
                "version: 1\n"
                "defaults: {provider: recorder}\n"
                "targets:\n"
                "  hero:\n"
                '    prompt: "a mountain lake at dawn with a small red boat and mist over the water"\n'
                '    edits: ["make it blue"]\n'
                "    steps: [{mark: {mark: a}}]\n"
                "  card: {prompt: a card, inputs: [{target: hero}, refs/logo.png], tags: [blog]}\n"
                "  icon: {prompt: an icon, provider: sketch}\n"
            ),
            "refs/logo.png": png(4, 4, (1, 2, 3)),
        }
    )


@pytest.fixture
def cli(world: World) -> Cli:
    return Cli(world)


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a golden file; ``IMAGEBUILD_UPDATE_GOLDEN=1`` writes it instead."""

    def compare(name: str, text: str) -> None:
        text = steady(text)
        path = GOLDEN / name
        if os.environ.get("IMAGEBUILD_UPDATE_GOLDEN") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        assert text == path.read_text("utf-8")

    return compare


def steady(text: str) -> str:
    """``text`` without what differs from run to run: times, keys."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "DATE", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "YYYY-MM-DD HH:MM", text)
    text = re.sub(r"\bin \d+(\.\d)? s\b", "in TIME", text)
    return re.sub(r"\bkey [0-9a-f]{12}", "key KEY", text)


@pytest.fixture
def service(cli: Cli) -> Service:
    """A service that takes batches, and a project whose pictures are bought from it."""
    service = Service()
    cli.world.extra = (Vendor(service),)
    cli.world.spec(SPEC)
    return service


@pytest.fixture
def chain(cli: Cli) -> World:
    """A project with every kind of action: sources, calls, steps, checks, an alt text, publishers."""
    return spread_out(cli.world)
