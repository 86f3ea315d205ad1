"""Take the screenshots of the docs anew. ``python docs/screenshots.py`` needs git, and Chromium on the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyvips
from playwright.sync_api import sync_playwright

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


def _run(root: Path, *words: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environ = {**os.environ, "PATH": path, "IMAGEBUILD_HOME": str(root / ".git" / "home")}
    subprocess.run(words, cwd=root, env=environ, check=True)  # noqa: S603 - commands of this file


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


if __name__ == "__main__":
    main()
