"""What is shown while a build runs: a line an action in logs, lines that move on a terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from rich.console import Console

from imagebuild.cli.printer import Printer
from imagebuild.cli.reporter.live import LiveReporter
from imagebuild.cli.reporter.plain import PlainReporter
from imagebuild.cli.summary import duration, failure_lines, headline
from imagebuild.cli.text import plain
from imagebuild.cost import Cost
from imagebuild.errors import CheckFailed, RateLimitError, RefusedError
from imagebuild.event import (
    ActionFailed,
    ActionFinished,
    ActionRetried,
    ActionStarted,
    BuildStarted,
    Event,
    Notice,
    OutputWritten,
    PartialImage,
    Published,
)
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


def test_a_log_names_checks_by_their_rule_and_sources_by_nobody() -> None:
    stream = io.StringIO()
    speaker = PlainReporter(Printer(stream, colour=False, ascii_only=False), verbose=True)
    for event in (
        ActionStarted("photo", "source", "from", 0, "k1"),
        ActionFinished("photo", "source", "from", 0, "k1", "made", ("d",), 0.0, 0.1),
        ActionFinished("photo", "check", "wider", 1, "k2", "made", ("d",), 0.0, 0.1),
        ActionFailed("photo", "check", "wider", 2, "k3", CheckFailed("too small")),
        ActionFinished("photo", "describe", "openai", -1, "k4", "bought", ("d",), 0.001, 0.1),
        Published("listing", "site", 0),
    ):
        speaker.hear(event)
    assert stream.getvalue().splitlines() == [
        "photo: source begins",
        "[1/1] photo: made in 0.1 s",
        "[2/2] photo (check wider): passed in 0.1 s",
        "[3/3] photo (check wider): failed: too small",
        "[4/4] photo (alt text): bought with openai in 0.1 s for $0.001",
        "listing: nothing to do in site",
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
    assert _rendered(reporter) == ["3/3 - 2 bought ($0.04 + 1 unknown) - 1 failed - 3.0 s"]
    reporter.close()
    assert "hero: bought with openai in 12 s for $0.04" in stream.getvalue()
    assert "something\\x1b[2J" in stream.getvalue()


def retried(error: Exception, attempt: int = 2) -> ActionRetried:
    return ActionRetried("hero", "generate", "openai", 0, "k1", error, 12.3, attempt)


PARTIAL = PartialImage("hero", 0, 1, ".imagebuild/partials/hero-1.png")


def heard(reporter: Callable[..., Any], *events: Event, **options: Any) -> list[str]:
    stream = io.StringIO()
    speaker = reporter(Printer(stream, colour=False, ascii_only=False), **options)
    for event in events:
        speaker.hear(event)
    speaker.close()
    return stream.getvalue().splitlines()


def test_a_call_that_is_made_again_is_one_line_with_a_short_cause() -> None:
    again = ", trying again in 12 s (try 2)"
    for reporter in (PlainReporter, LiveReporter):
        assert heard(reporter, retried(RateLimitError("rate limited\nmore"))) == [f"hero: rate limited{again}"]
        assert heard(reporter, retried(RateLimitError("x" * 500))) == [f"hero: {'x' * 79}…{again}"]
        assert heard(reporter, retried(RateLimitError("a\x1b[2J"))) == [f"hero: a\\x1b[2J{again}"]
        assert heard(reporter, retried(RateLimitError("rate limited")), quiet=True) == []


def test_a_call_that_is_made_again_keeps_to_one_line_of_a_terminal() -> None:
    long = retried(RateLimitError("the service asks for fewer calls: " + "x" * 500))
    (line,) = heard(LiveReporter, long, width=80)
    assert len(line) == 80
    assert line.endswith("…, trying again in 12 s (try 2)")
    (narrow,) = heard(LiveReporter, long, width=30)
    assert narrow == "hero: the service asks fo…, trying again in 12 s (try 2)"


def test_a_partial_picture_is_told_with_its_path() -> None:
    line = "hero: partial 2 is .imagebuild/partials/hero-1.png"
    assert heard(PlainReporter, PARTIAL) == [line]
    assert heard(PlainReporter, PARTIAL, quiet=True) == []
    assert heard(LiveReporter, PARTIAL, verbose=True) == [line]
    assert heard(LiveReporter, PARTIAL) == []


def test_a_terminal_shows_how_far_a_call_is() -> None:
    reporter = LiveReporter(Printer(io.StringIO(), colour=False, ascii_only=True), width=60, clock=lambda: 100.0)
    for event in EVENTS[:3]:
        reporter.hear(event)
    reporter.hear(retried(RateLimitError("rate limited")))
    assert _rendered(reporter)[0][2:] == "hero with openai, 0.0 s, try 2"
    reporter.hear(PARTIAL)
    assert [line[2:] for line in _rendered(reporter)[:2]] == [
        "hero with openai, 0.0 s, partial 2",
        "hero (edit 1) with openai, 0.0 s",
    ]
    reporter.close()


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


def test_headlines_of_what_is_sent_and_not_there_yet() -> None:
    later = "are not there yet: build again to collect them"
    sent = Report(sent=2, sent_cost=Cost(0.15, 0.31), waiting=("a", "b"), exit_code=3, plan=Plan(("a", "b"), ()))
    assert headline(sent) == f"sent 2 pictures in batches (up to $0.31); 2 pictures {later}"
    unknown = replace(sent, sent_cost=Cost(0.05, 0.11, 1))
    assert headline(unknown) == f"sent 2 pictures in batches (up to $0.11 and an unknown cost); 2 pictures {later}"
    nobody_knows = replace(sent, sent_cost=Cost.of_unknown())
    assert headline(nobody_knows).startswith("sent 2 pictures in batches (cost unknown); ")
    earlier = Report(waiting=("a", "b", "x"), exit_code=3, plan=sent.plan)
    assert headline(earlier) == f"3 pictures {later}"
    some = replace(earlier, targets=1, made=1, written=("i",), seconds=2.0)
    assert headline(some) == f"built 1 picture in 2.0 s: 1 made; 1 file written; 3 pictures {later}"
    came = Report(collected=2, collected_usd=0.04, written=("a", "b"), seconds=0.1, plan=Plan(("a", "b"), ()))
    assert headline(came) == (
        "collected 2 pictures of earlier builds ($0.04); wrote 2 files in 0.1 s; 2 pictures are up to date"
    )
    assert headline(replace(came, written=(), collected=1, collected_usd=None)) == (
        "collected 1 picture of earlier builds (cost unknown); nothing to do (2 pictures are up to date)"
    )
    stopped = replace(earlier, exit_code=130, seconds=2.0)
    assert headline(stopped) == "stopped after 2.0 s", "nobody knows what would have been sent"


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
