"""What every test has: the `project` fixture, no account, and no way to any address but this machine's own."""

from __future__ import annotations

import os
import socket

import pytest

pytest_plugins = ["imagebuild.testing.fixtures"]

SERVICE = ("OPENAI_", "AZURE_OPENAI_", "IMAGEBUILD_OPENAI_")
LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what a developer's own environment says of a service: no test may rest on it, or use its key."""
    for name in [name for name in os.environ if name.startswith(SERVICE)]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that opens a connection to anything that is not loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller gave

    monkeypatch.setattr(socket.socket, "connect", guarded)
