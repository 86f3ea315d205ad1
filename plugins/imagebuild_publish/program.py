"""Other programs: run to their end or to a limit of time, with all their children, and their output kept."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from imagebuild.errors import PublishError

__all__ = ["Ending", "find_program", "run_program"]


class Ending(Struct, frozen=True):
    """How a program ended: its exit code, None where its time was up, and what it wrote."""

    code: int | None
    output: bytes
    errors: bytes = b""


def find_program(name: str, folder: Path, environ: Mapping[str, str]) -> str:
    """The path of a program: on the PATH, or relative to ``folder`` where the name has a slash.

    Raises :class:`PublishError` when there is none.
    """
    if os.path.dirname(name):
        found = shutil.which(os.path.join(folder, name))
    else:
        found = shutil.which(name, path=environ.get("PATH", os.defpath))
    if found is None:
        raise PublishError(f"there is no program '{name}'", hint="install it, or write its path")
    return found


def run_program(
    command: Sequence[str],
    *,
    folder: Path,
    environ: Mapping[str, str],
    seconds: float,
    feed: bytes = b"",
    apart: bool = False,
) -> Ending:
    """Run a program in ``folder``, without a shell and without a terminal to ask on; ``feed`` is its input.

    Its errors stand among its output, unless ``apart``. Raises :class:`PublishError` when it cannot be started. When
    its time is up, or this process is interrupted, it is ended with all that it started.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        source.write(feed)
        source.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 -- the list form, of the spec or our own; no shell reads it
                list(command),
                cwd=folder,
                env=dict(environ),
                stdin=source,
                stdout=output,
                stderr=errors if apart else subprocess.STDOUT,
                start_new_session=sys.platform != "win32",
            )
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise PublishError(f"cannot start '{os.path.basename(command[0])}': {said.lower()}") from error
        code: int | None = None
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            if process.returncode is None:
                _end(process)
        output.seek(0)
        errors.seek(0)
        return Ending(code, output.read(), errors.read())


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
