"""What a command of a plugin is: ``imagebuild NAME`` runs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from imagebuild.provider import Provider

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

__all__ = ["Command", "CommandContext"]


class CommandContext(Struct, frozen=True):
    """What a command may use.

    ``folder`` is where it was called or what ``-C`` names; ``providers`` are the installed ones by name. ``out`` writes
    a line of data to standard output, ``say`` one for people to standard error; control characters are taken out.
    """

    folder: Path
    environ: Mapping[str, str]
    providers: Mapping[str, Provider]
    out: Callable[[str], None]
    say: Callable[[str], None]


class Command(ABC):
    """One command. ``name`` is what the user types, ``help`` one sentence that says what it does."""

    name: str
    version: str
    help: str

    def configure(self, parser: ArgumentParser) -> None:
        """Add options and arguments. ``-h`` is there already."""
        return

    @abstractmethod
    def run(self, arguments: Namespace, context: CommandContext) -> int:
        """Do it; the exit code. Raises any ``ImageBuildError``; Ctrl-C arrives as ``KeyboardInterrupt``."""
