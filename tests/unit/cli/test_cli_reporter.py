"""What is shown while a build runs: a line an action in logs, lines that move on a terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from rich.console import Console

from imagebuild.cli.printer import Printer
from imagebuild.cli.reporter.live import LiveReporter
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.summary import duration, failure_lines, headline
from imagebuild.cli.text import plain
from imagebuild.errors import RefusedError
from imagebuild.event import ActionFailed, ActionFinished, ActionStarted, BuildStarted, Event, Notice, OutputWritten
from imagebuild.outcome import Failure
from imagebuild.plan import Plan
from imagebuild.project import Report

EVENTS: list[Event] = [
    BuildStarted("site", 3, 3),
    ActionStarted("hero", "generate", "openai", 0, "k1"),
    ActionStarted("hero", "edit", "openai", 1, "k2"),
    ActionFinished("hero", "generate", "openai", 0, "k1", "bought", ("d",), 0.04, 12.3),
    Notice("something\x1b[2J", "do this"),
    OutputWritten("hero", "images/hero.png", "d"),
    ActionFailed("hero", "edit", "openai", 1, "k2", RefusedError("no\nmore")),
    ActionFinished("icon", "generate", "openai", 0, "k3", "bought", ("d",), None, 1.0, 2),
]


def told(reporter: Callable[..., Any], **options: Any) -> str:
    stream = io.StringIO()
    speaker = reporter(Printer(stream, colour=False, ascii_only=False), **options)
    for event in EVENTS:
        speaker.hear(event)
    speaker.close()
    speaker.close()
    return stream.getvalue()


def test_a_log_has_a_line_for_each_action() -> None:
    assert told(PlainReporter).splitlines() == [
        "[1/3] hero: bought with openai in 12 s for $0.04",
        "note: something\\x1b[2J",
        "hint: do this",
        "[2/3] hero (edit 1): failed: no",
        "[3/3] icon (candidate 2): bought with openai in 1.0 s, cost unknown",
    ]


def test_a_quiet_log_has_failures_only_and_a_verbose_one_everything() -> None:
    assert told(PlainReporter, quiet=True).splitlines() == ["[1/3] hero (edit 1): failed: no"]
    verbose = told(PlainReporter, verbose=True)
    assert "hero: generate with openai begins" in verbose
    assert "hero: wrote images/hero.png" in verbose


def test_a_terminal_shows_what_runs_and_the_totals() -> None:
    stream, now = io.StringIO(), [100.0]
    reporter = LiveReporter(Printer(stream, colour=False, ascii_only=True), width=60, clock=lambda: now[0])
    for event in EVENTS[:3]:
        reporter.hear(event)
    now[0] = 103.0
    shown = _rendered(reporter)
    assert [line[2:] for line in shown[:2]] == ["hero with openai, 3.0 s", "hero (edit 1) with openai, 3.0 s"]
    assert shown[2] == "0/3 - 3.0 s"
    for event in EVENTS[3:]:
        reporter.hear(event)
    assert _rendered(reporter) == ["3/3 - 2 bought ($0.04) - 1 failed - 3.0 s"]
    reporter.close()
    assert "hero: bought with openai in 12 s for $0.04" in stream.getvalue()
    assert "something\\x1b[2J" in stream.getvalue()


def test_more_running_actions_than_lines_are_counted() -> None:
    reporter = LiveReporter(Printer(io.StringIO(), colour=False, ascii_only=False), width=60)
    reporter.hear(BuildStarted("site", 50, 50))
    for number in range(50):
        reporter.hear(ActionStarted(f"t{number}", "generate", "openai", 0, f"k{number}"))
    shown = _rendered(reporter)
    reporter.close()
    assert len(shown) == 14
    assert shown[-2] == "  … and 38 more running"


def test_a_build_with_nothing_to_run_starts_no_display() -> None:
    stream = io.StringIO()
    reporter = LiveReporter(Printer(stream, colour=False, ascii_only=False))
    reporter.hear(BuildStarted("site", 3, 0))
    reporter.hear(Notice("as it is"))
    reporter.close()
    assert stream.getvalue() == "note: as it is\n"


def _rendered(reporter: LiveReporter) -> list[str]:
    console = Console(file=io.StringIO(), width=60, height=30, color_system=None)
    with console.capture() as capture:
        console.print(reporter._render())
    return [line.rstrip() for line in capture.get().splitlines()]


def test_headlines() -> None:
    plan = Plan(tuple(f"t{number}" for number in range(52)), ())
    twelve = tuple("abcdefghijkl")
    done = Report(targets=12, bought=3, made=9, cached=40, written=twelve, cost_usd=0.12, seconds=4.2, plan=plan)
    assert headline(done) == "built 12 pictures in 4.2 s: 3 bought ($0.12), 9 made, 40 cached; 12 files written"
    assert headline(Report(cached=52, plan=plan)) == "nothing to do (52 pictures are up to date)"
    restored = Report(cached=52, plan=plan, written=("a",), seconds=0.1)
    assert headline(restored) == "wrote 1 file in 0.1 s; 52 pictures are up to date"
    stopped = Report(bought=1, cost_usd=None, seconds=75, skipped=4, exit_code=130, plan=plan)
    assert headline(stopped) == "stopped after 1 min 15 s: 1 bought (cost unknown); 4 not begun"
    assert headline(Report()) == "nothing to do (no pictures are wanted)"


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0.04, 9.96, 42, 187, 3720)] == [
        "0.0 s",
        "10.0 s",
        "42 s",
        "3 min 7 s",
        "1 h 2 min",
    ]


def test_equal_failures_are_told_once() -> None:
    failures = tuple(Failure(f"t{at}", RefusedError("no key", hint="set one"), f"t{at}", 1) for at in range(7))
    assert [plain(line) for line in failure_lines(failures)] == [
        "failed: t0, t1, t2, t3, t4 and 2 more",
        "  no key",
        "  hint: set one",
        "  7 actions that need it were not run",
    ]
