"""What one line of the fault table is, and how the page about failures shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct, field

from imagebuild.errors import ImageBuildError
from imagebuild_devserver import Fault

__all__ = ["WAYS", "Row", "answers", "table"]

Way = Literal["responses", "streamed", "foreground", "images", "images streamed", "batch", "batch of responses"]
Then = Literal["nothing", "buys", "collects", "waits", "fails"]

WAYS: Mapping[Way, tuple[Mapping[str, Any], str]] = {
    "responses": ({}, "`responses`"),
    "streamed": ({"partial_images": 2}, "`responses`, streamed"),
    "foreground": ({"store": False}, "`responses`, `store: false`"),
    "images": ({"api": "images"}, "`images`"),
    "images streamed": ({"api": "images", "partial_images": 2}, "`images`, streamed"),
    "batch": ({"api": "images"}, "`images`, in a batch"),
    "batch of responses": ({}, "`responses`, in a batch"),
}
"""The settings of each way to a picture, and what the page calls it."""

_THEN: Mapping[Then, str] = {
    "nothing": "has nothing to do",
    "buys": "calls anew",
    "collects": "collects it",
    "waits": "looks again, for two minutes",
    "fails": "fails, without a call",
}


class Row(Struct, frozen=True):
    """A fault, and what comes of it.

    ``faults`` strike while the first build runs, and are gone when the next one does; ``lasting`` ones are not cleared
    and end by themselves. With ``down`` nobody listens during the first build. ``settings`` are those of the first
    build alone, ``options`` and ``accept`` those of every target.

    ``error`` is None where the picture is made all the same; ``code`` is then the exit code. ``says`` are words of the
    error's message or of a notice. ``named``: the error holds the service's id of the request. ``tries`` counts the
    engine's attempts (of a batch: how often it was sent), ``sent`` the requests for pictures that reached the service
    (None: as many), ``paid`` what the service has billed after the build, ``booked`` the calls that our ledger then has
    as maybe paid, and ``booked_later`` those after the next build (None: as many), ``kept`` the pieces in quarantine.
    ``then`` is what the next build does.
    """

    fault: str
    way: Way
    faults: tuple[Fault, ...]
    error: type[ImageBuildError] | None = None
    says: tuple[str, ...] = ()
    tries: int = 1
    paid: int = 0
    booked: int = 0
    then: Then = "buys"
    kept: int = 0
    sent: int | None = None
    code: int = 0
    named: bool = True
    stops: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    targets: int = 1
    edits: tuple[str, ...] = ()
    accept: bool = False
    down: bool = False
    lasting: bool = False
    booked_later: int | None = None

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.fault} - {self.way}".replace("`", "")

    @property
    def outcome(self) -> str:
        """What the page says of it."""
        if self.error is None:
            return "to be collected" if self.code else "made"
        return f"`{self.error.__name__}`" + ("; stops the run" if self.stops else "")

    @property
    def line(self) -> str:
        """The row on the page."""
        cells = (
            self.fault,
            WAYS[self.way][1],
            self.outcome,
            str(self.tries),
            str(self.paid),
            str(self.booked),
            _THEN[self.then],
        )
        return f"| {' | '.join(cells)} |"


def answers(status: int, code: str | None = None, times: int | None = 1, **more: Any) -> tuple[Fault, ...]:
    """The request for a picture is answered with this status."""
    return (Fault("status", status=status, code=code, times=times, **more),)


def table(rows: Iterable[Row]) -> str:
    """The rows as the page shows them."""
    head = "| fault | api | outcome | tries | paid calls | noted as maybe paid | the next build |\n"
    return f"{head}|---|---|---|--:|--:|--:|---|\n" + "\n".join(row.line for row in rows) + "\n"
