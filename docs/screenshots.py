"""Take the screenshots of the docs anew. ``python docs/screenshots.py`` needs git, and Chromium on the path."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyvips
from playwright.sync_api import Page, sync_playwright

SOURCES = Path(__file__).parent / "sources"
SPEC = """\
version: 1
defaults: {provider: sketch, options: {size: 768x512, format: webp}}
targets:
  lighthouse: {prompt: "A lighthouse on a cliff at sunset", alt: A lighthouse}
  car: {prompt: "A red car, product photo on a white background", alt: A car}
"""
EDITS = {"at sunset": "at night under stars", "red car": "blue car"}
BOAT = '  boat: {prompt: "A sailing boat on the sea at golden hour", alt: A boat}\n'


def diff_page(root: Path) -> Path:
    """The page of ``imagebuild diff`` for a project in which two pictures changed and one is new."""
    spec, page = root / "imagebuild.yaml", root / "diff.html"
    spec.write_text(SPEC, "utf-8")
    (root / ".gitignore").write_text(".imagebuild/\n", "utf-8")
    _run(root, "git", "init", "-q")
    _run(root, "imagebuild", "build", "-q")
    _run(root, "git", "add", "-A")
    _run(root, "git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "pictures")
    _run(root, "git", "branch", "-M", "main")
    text = SPEC + BOAT
    for old, new in EDITS.items():
        text = text.replace(old, new)
    spec.write_text(text, "utf-8")
    _run(root, "imagebuild", "build", "-q")
    _run(root, "imagebuild", "-q", "diff", "--base", "main", "--format", "html", "-o", str(page))
    return page


GALLERY = """\
version: 1
defaults: {provider: sketch, options: {size: 768x512}}
targets:
  hero:
    prompt: "A lighthouse on a cliff at sunset"
    alt: "A lighthouse at sunset"
    tags: [home]
    checks: [{min_size: 600x400}]
    steps: [{responsive: {widths: [240, 480, 768], formats: [webp, jpeg]}}]
  fox: {prompt: "A fox in a forest in autumn", candidates: 4, tags: [blog], alt: "A fox among trees"}
  car: {prompt: "A red car, product photo on a white background", edits: ["Make the car blue", "Add racing stripes"]}
  cabin: {prompt: "A cabin in the mountains in {{ season }}", matrix: {season: [spring, summer, autumn, winter]}}
  balloon: {prompt: "A hot air balloon over mountains in evening light", tags: [home]}
  cup: {prompt: "A cup of coffee", options: {size: 512x512, background: transparent, format: png}, alt: "A cup"}
  boat: {prompt: "A sailing boat on the sea at golden hour", tags: [blog]}
"""


@contextmanager
def gallery(root: Path) -> Iterator[str]:
    """The live gallery of a project in which something is fresh, stale, approved, rejected and frozen; its address."""
    (root / "imagebuild.yaml").write_text(GALLERY, "utf-8")
    environ = _environ(root)
    for words in (("build",), ("approve", "hero", "cup"), ("reject", "boat"), ("freeze", "balloon")):
        subprocess.run(["imagebuild", "-q", *words], cwd=root, env=environ, check=True)  # noqa: S603, S607 - as _run
    changed = GALLERY.replace("spring, summer", "early spring, summer").replace("at golden hour", "in a storm")
    (root / "imagebuild.yaml").write_text(changed, "utf-8")
    command = ["imagebuild", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=root, env=environ, stdout=subprocess.PIPE, text=True) as serve:  # noqa: S603 - as _run
        assert serve.stdout is not None
        try:
            yield json.loads(serve.stdout.readline())["address"]
        finally:
            serve.send_signal(signal.SIGINT)


def _grid(page: Page) -> None:
    page.click('[data-id="fox"] .tick')
    page.click('[data-id="car"] .tick')


def _target(page: Page) -> None:
    page.evaluate("location.hash = '#/target/car'")
    page.wait_for_selector("#view[data-ready^=target]")
    page.keyboard.press("c")
    page.wait_for_selector(".slider")


def _candidates(page: Page) -> None:
    page.evaluate("location.hash = '#/target/fox'")
    page.wait_for_selector("#view[data-ready^=target]")
    page.locator(".candidates").scroll_into_view_if_needed()


def shoot_gallery(address: str) -> None:
    """Save the pages of the live gallery."""
    shots = (
        ("gallery-grid", _grid, False, 1280, 800),
        ("gallery-target", _target, True, 1280, 900),
        ("gallery-phone", _candidates, False, 390, 800),
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, prepare, dark, width, height in shots:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            page.goto(address)
            page.wait_for_selector(".card .shot")
            prepare(page)
            page.wait_for_timeout(1200)  # pictures come one by one
            data = page.screenshot()
            pyvips.Image.new_from_buffer(data, "").write_to_file(str(SOURCES / f"{name}.webp"), Q=82, effort=6)
            page.close()
        browser.close()


def _environ(root: Path) -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "IMAGEBUILD_HOME": str(root / ".git" / "home")}


def _run(root: Path, *words: str) -> None:
    subprocess.run(words, cwd=root, env=_environ(root), check=True)  # noqa: S603 - commands of this file


def shoot(page: Path, target: Path) -> None:
    """Save a page as a browser of usual width shows it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1100, "height": 800})
        shown.goto(page.as_uri())
        data = shown.screenshot(full_page=True)
        browser.close()
    pyvips.Image.new_from_buffer(data, "").write_to_file(str(target), Q=82, effort=6)


def main() -> None:
    """Take every screenshot."""
    with tempfile.TemporaryDirectory() as folder:
        shoot(diff_page(Path(folder)), SOURCES / "diff-page.webp")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "our-pictures"
        root.mkdir()
        with gallery(root) as address:
            shoot_gallery(address)


if __name__ == "__main__":
    main()
