"""The program of the publisher ``command``, run once, and what it says when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from imagebuild import PublisherContext
from imagebuild.errors import PublishError
from imagebuild_publish.naming import NamedFile
from imagebuild_publish.placeholder import PLACEHOLDER, PLACEHOLDERS
from imagebuild_publish.program import Ending, find_program, run_program
from imagebuild_publish.project_path import clean_path
from imagebuild_publish.secret import scrub
from imagebuild_publish.tray import Tray, laid_out

__all__ = ["run_command"]

_LINES = 12  # of the output, in an error


def run_command(words: Sequence[str], named: Sequence[NamedFile], text: str, context: PublisherContext) -> None:
    """Run ``words`` with the files at hand. Raises :class:`PublishError` when the program does not succeed."""
    folder = _folder(context.root, clean_path(str(context.options["dir"])))
    program = find_program(words[0], folder, context.environ)
    with laid_out(named, text, context) as tray:
        ending = run_program(
            [program, *(_fill(word, tray) for word in words[1:])],
            folder=folder,
            environ=context.environ,
            seconds=float(str(context.options["seconds"])),
        )
    if ending.code != 0:
        raise _failure(words[0], ending, context)


def _fill(word: str, tray: Tray) -> str:
    """The word with its placeholders filled; other braces stay."""
    paths = dict(zip(PLACEHOLDERS, (str(tray.folder), str(tray.manifest)), strict=True))
    return PLACEHOLDER.sub(lambda match: paths.get(match[1], match[0]), word)


def _folder(root: Path, path: str) -> Path:
    folder = (root / path).resolve()
    if not folder.is_dir() or not folder.is_relative_to(root.resolve()):
        raise PublishError(f"'dir' is '{path}', which is no folder of the project", hint="make it, or leave 'dir' out")
    return folder


def _failure(program: str, ending: Ending, context: PublisherContext) -> PublishError:
    """What happened, and the last lines that the program wrote."""
    lines = scrub(ending.output.decode("utf-8", "replace"), context.environ).splitlines()
    said = "\n".join(f"  {line.rstrip()[:200]}" for line in [line for line in lines if line.strip()][-_LINES:])
    after = f":\n{said}" if said else ", and wrote nothing"
    if ending.code is None:
        seconds = context.options["seconds"]
        return PublishError(f"'{program}' took longer than {seconds} seconds{after}", hint="raise 'seconds'")
    how = f"by signal {-ending.code}" if ending.code < 0 else f"with exit code {ending.code}"
    hint = "put right what it says, then publish again: it runs until it succeeds"
    return PublishError(f"'{program}' ended {how}{after}", hint=hint)
