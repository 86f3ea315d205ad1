"""What a command may use of the world: streams, environment, the folder it works in, what the user asked for."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from imagebuild.cli.front import columns
from imagebuild.cli.printer import Printer
from imagebuild.trust import distrusting, is_untrusted

if TYPE_CHECKING:
    from imagebuild.registry import Registry

__all__ = ["Colour", "Shell"]

Colour = Literal["auto", "always", "never"]


def _now() -> datetime:
    return datetime.now(UTC)


class Shell:
    """The doors of one call of the command line.

    ``registry`` holds the plugins, None for those installed. ``root`` is the project's folder, once one
    is found. ``out`` carries data, ``err`` everything else; ``clock`` gives the time with its zone,
    ``ticks`` seconds since any moment.
    """

    def __init__(
        self,
        stdin: TextIO,
        stdout: TextIO,
        stderr: TextIO,
        environ: Mapping[str, str],
        *,
        folder: str = ".",
        registry: Registry | None = None,
        clock: Callable[[], datetime] = _now,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.environ = environ
        self.folder = folder
        self.root: Path | None = None
        self.registry = registry
        self.quiet = False
        self.verbose = False
        self.clock = clock
        self.ticks = ticks
        self.sleep = sleep
        self.out = self._printer(stdout)
        self.err = self._printer(stderr)
        self.use_colour("auto")

    @classmethod
    def of_process(cls) -> Shell:
        """This process's own streams and environment."""
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ)

    def distrust(self) -> None:
        """Take every project for a stranger's, as IMAGEBUILD_UNTRUSTED does."""
        self.environ = distrusting(self.environ)

    @property
    def untrusted(self) -> bool:
        """Whether projects are taken for a stranger's."""
        return is_untrusted(self.environ)

    def plugins(self) -> Registry:
        """The plugins, found at first use."""
        if self.registry is None:
            registry: Registry = import_module("imagebuild.registry").Registry.load()  # --help needs none of it
            self.registry = registry
        return self.registry

    def _printer(self, stream: TextIO) -> Printer:
        encoding = (stream.encoding or "utf-8").lower().replace("_", "-")
        ascii_only = not encoding.startswith("utf") or self.environ.get("TERM") == "dumb"
        return Printer(stream, colour=False, ascii_only=ascii_only, github=self.github)

    def use_colour(self, choice: Colour) -> None:
        """Decide about colours: the flag, then NO_COLOR (no-color.org), then FORCE_COLOR, then the terminal."""
        forced = self.environ.get("FORCE_COLOR", "")
        for printer in (self.out, self.err):
            if choice != "auto":
                printer.colour = choice == "always"
            elif self.environ.get("NO_COLOR") or forced == "0":
                printer.colour = False
            else:
                shows = printer.stream.isatty() and self.environ.get("TERM") != "dumb"
                printer.colour = bool(forced) or shows

    @property
    def github(self) -> bool:
        """Whether this runs in GitHub Actions."""
        return self.environ.get("GITHUB_ACTIONS") == "true"

    @property
    def folder_in_repository(self) -> str:
        """The project's folder relative to the checkout, as annotations name files."""
        if self.root is None:
            return ""
        try:
            return os.path.relpath(self.root, self.environ.get("GITHUB_WORKSPACE") or ".").replace(os.sep, "/")
        except ValueError:  # on another drive
            return ""

    @property
    def automated(self) -> bool:
        """Whether a CI service runs this, where nobody can answer."""
        return self.github or self.environ.get("CI", "").lower() not in ("", "0", "false")

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return not self.automated and self.stdin.isatty() and self.stderr.isatty()

    @property
    def live(self) -> bool:
        """Whether lines on stderr can be redrawn."""
        return not self.automated and self.stderr.isatty() and self.environ.get("TERM") != "dumb"

    def width(self, stream: TextIO) -> int | None:
        """Columns of the terminal behind ``stream``; None when it is a file or a pipe."""
        return columns(stream, self.environ)

    def ask(self, question: str) -> bool:
        """Ask for a yes; anything else is a no."""
        self.err.write(self.err.render([(question, "bold"), " [y/N] "]))
        return self.stdin.readline().strip().lower() in ("y", "yes")
