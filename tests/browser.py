"""A real browser for tests of pages: Debian's or anybody's Chromium through playwright, found on the PATH.

A test takes the fixture ``chromium`` and opens pages with :func:`visit`. Import the fixture in a ``conftest.py``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from msgspec import Struct, field

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Visit(Struct):
    """A page under observation: what it asked for, and what the browser complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser, started once for each module: playwright's loop would be in the way of others' asyncio."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        _missing("chromium is not on the PATH")
    if importlib.util.find_spec("playwright") is None:
        _missing("playwright is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        yield browser
        browser.close()


def _missing(reason: str) -> NoReturn:
    """A page that nobody looked at is no tested page: where it counts, a missing browser is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def visit(
    browser: Browser, url: str, *, javascript: bool = True, dark: bool = False, width: int = 1280, height: int = 900
) -> Iterator[Visit]:
    """Open ``url`` in a profile of its own. A dialog, an error of the console or of the page is a complaint."""
    context = browser.new_context(
        java_script_enabled=javascript,
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": height},
    )
    try:
        page = context.new_page()
        seen = Visit(page)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("console", lambda message: seen.complaints.append(f"{message.type}: {message.text}"))
        page.on("dialog", lambda dialog: _dismiss(dialog, seen))
        page.goto(url)
        yield seen
    finally:
        context.close()


def _dismiss(dialog: Dialog, seen: Visit) -> None:
    seen.complaints.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def grave_findings(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it stands, each with the first places."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types

    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{finding['id']}: {finding['help']}: {[node['html'][:200] for node in finding['nodes'][:3]]}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
    ]
