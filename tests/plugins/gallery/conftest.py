"""What the tests of the gallery share: a browser, and a project as a build leaves it."""

from __future__ import annotations

import pytest
from browser import chromium
from showcase import Showcase, showcase

__all__ = ["chromium", "show"]


@pytest.fixture(scope="session")
def show() -> Showcase:
    """Fourteen small targets, drawn once; nobody changes them."""
    return showcase()
