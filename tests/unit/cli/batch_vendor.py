"""A provider that takes batches, the service behind it, and a project that uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from imagebuild import Batching, BatchLine, BatchStatus, Picture, Request, Resolution, Result
from imagebuild.errors import ProviderError, RefusedError, UnavailableError
from imagebuild.testing import RecordingProvider, png

SCHEMAS = Path(__file__).parents[3] / "docs" / "reference" / "schemas"
SPEC = (
    "version: 1\n"
    "defaults: {provider: vendor}\n"
    "targets:\n"
    "  coast: {prompt: a coast}\n"
    "  forest: {prompt: a forest, edits: [add a deer]}\n"
)
FIRST = "batch_0001aaaabbbbccccdddd"
ID = FIRST[:18]


@dataclass
class Service(Batching):
    """Takes batches and finishes nothing until it is told to: ``finish``, or a batch's own status or error."""

    sent: dict[str, list[BatchLine]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    stands: dict[str, BatchStatus] = field(default_factory=dict)
    errors: dict[str, ProviderError] = field(default_factory=dict)
    refuses: str = ""
    lost_on_sending: bool = False

    def finish(self) -> None:
        for name, lines in self.sent.items():
            self.stands[name] = BatchStatus(name, "completed", len(lines), 0, len(lines))

    def problem(self, request: Request) -> str | None:
        return None

    def groups(self, lines: Sequence[BatchLine]) -> Sequence[Sequence[BatchLine]]:
        return [lines]

    def submit(self, token: str, lines: Sequence[BatchLine]) -> str:
        name = f"batch_{len(self.sent) + 1:04}aaaabbbbccccdddd"
        self.sent[name], self.tokens[token] = list(lines), name
        self.stands[name] = BatchStatus(name, "running", 0, 0, len(lines))
        if self.lost_on_sending:
            raise UnavailableError("the connection broke", billed=True, retryable=False)
        return name

    def find(self, token: str) -> str | None:
        return self.tokens.get(token)

    def status(self, batch_id: str) -> BatchStatus:
        if error := self.errors.get(batch_id):
            raise error
        return self.stands[batch_id]

    def results(self, batch_id: str, requests: Mapping[str, Request]) -> Iterator[tuple[str, Result | ProviderError]]:
        for key, request in requests.items():
            if self.refuses and self.refuses in request.prompt:
                yield key, RefusedError("the service declined the prompt", hint="change the prompt")
            else:
                yield key, Result((Picture(png(4, 4, (1, 2, len(request.prompt))), "image/png"),), cost_usd=0.02)

    def cancel(self, batch_id: str) -> BatchStatus:
        self.stands[batch_id] = replace(self.stands[batch_id], state="cancelling")
        return self.stands[batch_id]


class Vendor(RecordingProvider):
    """Takes batches and has something to say to every request."""

    def __init__(self, service: Service, notes: tuple[str, ...] = ()) -> None:
        super().__init__("vendor")
        self.service = service
        self.notes = notes

    def resolve(self, request: Request) -> Resolution:
        return replace(super().resolve(request), notes=self.notes)

    def batching(self) -> Batching:
        return self.service


def send(cli: Any) -> None:
    answer = cli("build", "-y", "--executor", "batch")
    assert answer.code == 3, answer.err
