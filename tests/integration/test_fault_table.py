"""Each fault over the wire: the engine, the provider, the real client, a server that breaks; and what was paid."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import yaml
from fault_rows import WAYS, Row
from fault_table import PAGE, ROWS, with_table
from msgspec import Struct

from imagebuild import OptionProblem, RetryPolicy, errors
from imagebuild.errors import ImageBuildError, LockError
from imagebuild.event import ActionRetried, ActionStarted
from imagebuild.lockfile import Lock
from imagebuild.store import Store
from imagebuild.testing import World
from imagebuild_devserver import DevServer
from imagebuild_openai import OpenAIProvider

Make = Callable[[Mapping[str, str | bytes]], World]

DAY = date(2026, 11, 22)
KEY = "dev-key-that-nobody-may-see"
QUICK = RetryPolicy(patience=2.0, first_wait=0.001, longest_wait=0.002, chance=lambda: 0.0)
FOR_PICTURES = ("/v1/responses", "/v1/images/generations", "/v1/images/edits", "/v1/batches")


class Provider(OpenAIProvider):
    """The provider on a fixed day; what it opened can be closed."""

    def __init__(self) -> None:
        super().__init__(today=lambda: DAY)
        self.made: list[OpenAIProvider] = []

    def configure(
        self, settings: Mapping[str, Any], environ: Mapping[str, str]
    ) -> tuple[OpenAIProvider, tuple[OptionProblem, ...]]:
        made, problems = super().configure(settings, environ)
        self.made.append(made)
        return made, problems

    def close_all(self) -> None:
        while self.made:
            self.made.pop().connection.close()


class Seen(Struct, frozen=True):
    """What a build did: ``tries`` of the engine, ``sent`` requests for pictures, all that were ``asked``."""

    code: int
    error: ImageBuildError | None
    tries: int
    sent: int
    asked: int
    notices: tuple[str, ...]


class Books(Struct, frozen=True):
    """What our store knows: pictures, calls that may have been paid, calls still open, pieces in quarantine."""

    pictures: int
    maybe_paid: int
    open: int
    quarantine: int


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    with DevServer(draw="plain", today=DAY, key=KEY) as running:
        yield running


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_ends_and_costs_as_the_table_says(project: Make, server: DevServer, row: Row) -> None:
    server.faults.clear()
    began = server.paid
    world = world_of(project, server, row)
    for fault in row.faults:
        server.faults.add(fault)
    seen = build(world, server, row)
    wait_for_bills(server, began + row.paid)
    paid, after = server.paid - began, books(world)

    if not row.lasting:
        server.faults.clear()
    world.spec(spec_of(row, server.url, {}))
    later = build(world, server, row)
    paid_later, end = server.paid - began - paid, books(world)

    wanted = row.targets * (1 + len(row.edits))
    assert {
        "error": kind_of(seen.error),
        "exit code": seen.code,
        "tries": seen.tries,
        "requests for pictures": seen.sent,
        "paid": paid,
        "maybe paid": after.maybe_paid,
        "quarantine": after.quarantine,
        "next": what_it_did(later),
        "paid by it": paid_later,
        "maybe paid in the end": end.maybe_paid,
        "left open": end.open,
    } == {
        "error": row.error,
        "exit code": row.error.exit_code if row.error else row.code,
        "tries": row.tries,
        "requests for pictures": row.tries if row.sent is None else row.sent,
        "paid": row.paid,
        "maybe paid": row.booked,
        "quarantine": row.kept,
        "next": row.then,
        "paid by it": wanted - after.pictures if row.then == "buys" else 0,
        "maybe paid in the end": row.booked if row.booked_later is None else row.booked_later,
        "left open": 1 if row.then == "waits" else 0,
    }, f"{seen} then {later}"
    said = "\n".join([str(seen.error), repr(seen.error), *seen.notices])
    assert [words for words in row.says if words not in said] == [], said
    assert KEY not in said
    if row.error is not None and row.named:
        assert str(getattr(seen.error, "request_id", None)).startswith("req_"), seen


def test_the_page_shows_this_table() -> None:
    text = PAGE.read_text("utf-8")
    assert text == with_table(text), "run: python tests/integration/fault_table.py"


def test_no_row_stands_twice() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40


def world_of(project: Make, server: DevServer, row: Row) -> World:
    url = f"http://127.0.0.1:{closed_port()}/v1" if row.down else server.url
    world = project({"imagebuild.yaml": spec_of(row, url, row.settings)})
    world.extra = (Provider(),)
    world.environ = {"OPENAI_API_KEY": server.key}
    world.retry = QUICK
    return world


def spec_of(row: Row, url: str, more: Mapping[str, Any]) -> str:
    settings = {
        "profile": "openai",
        "base_url": url,
        "image_model": "gpt-image-2.5-flare",
        "poll": 0.02,
        "timeout": 10,
        "wait": 10,
        "grace": 0.2,
        "concurrency": 1,
        **WAYS[row.way][0],
        **more,
    }
    extra = {"edits": [*row.edits]} if row.edits else {}
    spec = {
        "version": 1,
        "providers": {"openai": settings},
        "defaults": {"provider": "openai", "options": {"quality": "low", **row.options}},
        "targets": {
            f"t{number}": {"prompt": f"picture {number}", **extra, **({"accept": "any"} if row.accept else {})}
            for number in range(1, row.targets + 1)
        },
    }
    return yaml.safe_dump(spec)


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def build(world: World, server: DevServer, row: Row) -> Seen:
    """Build; what goes into batches is collected by building once more."""
    if not row.way.startswith("batch"):
        return build_once(world, server, "local")
    first = build_once(world, server, "batch")
    if first.error is not None:
        return first
    second = build_once(world, server, "batch")
    return Seen(
        second.code,
        second.error,
        first.tries + second.tries,
        first.sent + second.sent,
        first.asked + second.asked,
        first.notices + second.notices,
    )


def build_once(world: World, server: DevServer, executor: str) -> Seen:
    before = len(server.requests)
    error: ImageBuildError | None = None
    try:
        report = world.build(executor=executor)
        code = report.exit_code
        error = report.failures[0].error if report.failures else None
    except ImageBuildError as raised:
        code, error = raised.exit_code, raised
    for each in world.extra:
        if isinstance(each, Provider):
            each.close_all()
    requests = server.requests[before:]
    sent = sum(each.method == "POST" and each.path in FOR_PICTURES for each in requests)
    tries = sum(isinstance(event, ActionStarted | ActionRetried) for event in world.events)
    return Seen(code, error, sent if executor == "batch" else tries, sent, len(requests), tuple(world.notices))


def what_it_did(later: Seen) -> str:
    if later.code == LockError.exit_code and later.error is None:
        return "waits"
    if later.code:
        return "fails" if later.asked == 0 else f"fails: {later.error!r}"
    if later.sent:
        return "buys"
    return "collects" if later.asked else "nothing"


def wait_for_bills(server: DevServer, count: int) -> None:
    """A call that its caller gave up is billed a moment later."""
    until = time.monotonic() + 5
    while server.paid < count and time.monotonic() < until:
        time.sleep(0.01)


def books(world: World) -> Books:
    store = Store.originals(world.home)
    try:
        folder = world.home / "quarantine"
        pieces = [path for path in folder.iterdir() if path.suffix != ".json"] if folder.exists() else []
        records = store.records
        return Books(len(records.keys()), len(records.maybe_paid()), len(records.open_intents()), len(pieces))
    finally:
        store.close()


def kind_of(error: ImageBuildError | None) -> type | None:
    """The public error that it is; a plugin may have a kind of its own below it."""
    return next((kind for kind in type(error).__mro__ if kind.__name__ in errors.__all__), None)


def test_a_model_that_stood_in_is_named_in_the_lock(project: Make, server: DevServer) -> None:
    row = next(row for row in ROWS if "fallback" in row.settings)
    server.faults.clear()
    for fault in row.faults:
        server.faults.add(fault)
    world = world_of(project, server, row)
    assert build(world, server, row).code == 0
    (line,) = Lock.read(world.root / "imagebuild.lock").lines.values()
    assert (line.model, line.options["image_model"]) == ("gpt-image-2", "gpt-image-2.5-flare")
