"""Certificates and their key in the environment, for every test of the step."""

from __future__ import annotations

import pytest
from certifying import Papers, papers


@pytest.fixture(scope="session")
def made_papers() -> Papers:
    return papers()


@pytest.fixture
def valid(made_papers: Papers, monkeypatch: pytest.MonkeyPatch) -> Papers:
    """Certificates that can sign, with their key where the step looks for it."""
    monkeypatch.setenv("IMAGEBUILD_C2PA_KEY", made_papers.key)
    return made_papers
