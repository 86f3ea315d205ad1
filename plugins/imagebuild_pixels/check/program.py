"""Runs a program for a check: no shell, a time limit for it and all it starts, and none of the user's secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING

from msgspec import Struct

from imagebuild.errors import StepError

if TYPE_CHECKING:
    from subprocess import Popen

__all__ = ["Answer", "plain_environment", "run"]

_KEPT = frozenset(
    {
        *("PATH", "PATHEXT", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "TMP", "TEMP", "TMPDIR"),
        *("LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TESSDATA_PREFIX"),
    }
)
"""What programs need in order to run at all. Keys of services have other names, and never get in."""
_LONGEST = 1_000_000
"""Bytes of each output that are kept, the last ones."""


class Answer(Struct, frozen=True):
    """How a program ended and what it wrote; ``code`` is negative where a signal ended it."""

    code: int
    out: str
    err: str


def plain_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Of an environment what programs need in order to run."""
    return {name: value for name, value in environ.items() if name.upper() in _KEPT}


def run(
    command: Sequence[str],
    stdin: bytes,
    *,
    name: str,
    seconds: float,
    folder: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Answer:
    """Run a program to its end, in ``folder``, with ``environ`` in addition to a plain environment.

    What it leaves running is ended with it. Input and outputs are files, so that no pipe can fill up or be held open.
    Raises ``StepError`` where it cannot be started or takes more than ``seconds``.
    """
    # Loaded here, since this package is imported at every command.
    import subprocess
    import tempfile

    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 -- callers give a list of words, none of which a shell reads
                list(command),
                stdin=given,
                stdout=out,
                stderr=err,
                cwd=folder,
                env={**plain_environment(os.environ), **(environ or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise StepError(f"{name} cannot be started: {error.strerror or error}") from error
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise StepError(f"{name} took more than {seconds:g} seconds", hint="raise 'seconds'") from error
        finally:
            _end(process)
        return Answer(code, _text(out), _text(err))


def _end(process: Popen[bytes]) -> None:
    """End what still runs, with all it has started where the system has groups of processes."""
    import signal

    if os.name == "posix":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group that has ended
            return
    else:
        process.kill()
    process.wait()


def _text(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST))
    return file.read().decode("utf-8", "replace")
