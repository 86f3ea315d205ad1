"""The example ``blog`` as its reader works with it: a copy, the command, the site generator, a server for the pages."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from msgspec import Struct, field

EXAMPLE = Path(__file__).parents[2] / "examples" / "blog"
CARD = "balloon-card"
"""The one target that is a link preview; the others are pictures of pages."""
MADE = (".imagebuild", "images", "data", "gallery", "public")


class Blog(Struct, frozen=True):
    """A copy of the example with a store of its own; ``first`` is what its first build reported."""

    root: Path
    home: Path
    first: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def in_folder(cls, folder: Path) -> Blog:
        root = shutil.copytree(EXAMPLE, folder / "blog", ignore=shutil.ignore_patterns(*MADE))
        return cls(root, folder / "home")

    def copy(self, folder: Path) -> Blog:
        """As it stands, store and all."""
        return Blog(shutil.copytree(self.root, folder / "blog"), shutil.copytree(self.home, folder / "home"))

    def build(self, *, code: int = 0) -> list[dict[str, Any]]:
        """``imagebuild build``; what it reported."""
        said = self._run("-m", "imagebuild", "build", "--json", code=code)
        return [json.loads(line) for line in said.splitlines()]

    def make_pages(self) -> None:
        """``python build.py``."""
        self._run("build.py")

    def edit(self, old: str, new: str) -> None:
        spec = self.root / "imagebuild.yaml"
        text = spec.read_text("utf-8")
        assert text.count(old) == 1
        spec.write_text(text.replace(old, new), "utf-8")

    def images(self) -> dict[str, Any]:
        """What the manifest says."""
        manifest: dict[str, Any] = json.loads((self.root / "data" / "images.json").read_text("utf-8"))
        return manifest["images"]  # type: ignore[no-any-return]  # as JSON has it

    def files(self) -> dict[str, tuple[int, int]]:
        """Every file but the state's, with what changes when it is written: its number and time."""
        paths = [path for path in self.root.rglob("*") if path.is_file()]
        names = {path.relative_to(self.root).as_posix(): path.stat() for path in paths}
        found = {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in names.items()}
        return {name: mark for name, mark in sorted(found.items()) if not name.startswith(".imagebuild/")}

    def _run(self, *args: str, code: int = 0) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMAGEBUILD_", "GITHUB_"))}
        done = subprocess.run(
            [sys.executable, *args],
            cwd=self.root,
            env={**kept, "IMAGEBUILD_HOME": str(self.home), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".avif": "image/avif", ".webp": "image/webp"}

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which a server on this machine shows ``folder``."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
