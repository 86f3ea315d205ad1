"""The check ``custom``: a rule of the project's own, as a Python script."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, OptionProblem, Picture
from imagebuild.errors import StepError
from imagebuild_pixels.check.finished import Finished, finished
from imagebuild_pixels.check.program import Answer, run

__all__ = ["Custom"]

_BROKEN = re.compile(r"(?:\w+\.)*(\w+)(?::|$)")
_NAME = "the script of the check 'custom'"
_SCRIPT = "script/check.py"
_TRACEBACK = "Traceback (most recent call last):"
_LONGEST = 200


class Custom(Check):
    """A Python script of the project judges the finished pictures.

    It runs with the same Python as imagebuild, in a process and a folder of its own, so that it can import what is
    installed but no file beside it; of the environment it sees no more than programs need, and no key. Its arguments
    are the paths of the finished files; on its standard input is JSON: ``{"target": "hero", "arguments": {...},
    "pictures": [{"path": ..., "type": "image/webp", "labels": {"width": 800}}, ...]}``. It passes by ending with code
    0. The last line it prints is what was measured; where it prints nothing, ``sys.exit("too dark")`` and
    ``assert light, "too dark"`` say so in these words. A script that breaks off by another exception is no verdict, but
    an error.
    """

    name = "custom"
    version = "1"
    trusted_only: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "script",
            "file",
            "The script: a file of the project.",
            required=True,
            main=True,
            example="script: {file: checks/brand.py}",
            trusted_only=True,
        ),
        Option(
            "arguments",
            "block",
            "Values for the script.",
            example="arguments: {colour: teal}",
        ),
        Option(
            "wanted",
            "text",
            "What is asked for, in a few words, for the message of a failure.",
            default="what the script asks for",
            example="wanted: a teal corner",
        ),
        Option(
            "seconds",
            "number",
            "How long the script may take.",
            default=60,
            least=0.1,
            most=3600,
            example="seconds: 10",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """A picture is no script."""
        if "file" not in options["script"]:
            hint = "for example: script: {file: checks/brand.py}"
            return [OptionProblem("script", "'script' of 'custom' is a target, expected a file", hint)]
        return []

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Write the files down and run the script on them."""
        import tempfile

        options: Mapping[str, Any] = context.options
        with tempfile.TemporaryDirectory(prefix="imagebuild-check-", ignore_cleanup_errors=True) as folder:
            _write(Path(folder, _SCRIPT), context.files["script"].data)
            paths = [_path(file, number) for number, file in enumerate(finished(pictures, "picture"), 1)]
            for path, picture in zip(paths, pictures, strict=True):
                _write(Path(folder, path), picture.data)
            given = json.dumps(_given(pictures, paths, context)).encode()
            command = [sys.executable, "-I", "-B", "-X", "utf8", _SCRIPT, *paths]
            answer = run(command, given, name=_NAME, seconds=options["seconds"], folder=folder)
        _stop_if_broken(answer)
        return CheckResult(answer.code == 0, _measured(answer), options["wanted"])


def _path(file: Finished, number: int) -> str:
    """Relative to the script's folder, so that what it prints is the same each time; no two files share a name."""
    return f"pictures/{number}.{file.name.rpartition('.')[2]}"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def _given(pictures: Sequence[Picture], paths: Sequence[str], context: CheckContext) -> dict[str, object]:
    return {
        "target": context.target,
        "arguments": context.options.get("arguments", {}),
        "pictures": [
            {"path": path, "type": picture.media_type, "labels": dict(picture.labels)}
            for path, picture in zip(paths, pictures, strict=True)
        ],
    }


def _stop_if_broken(answer: Answer) -> None:
    """Tell a script that broke from one that says no: neither a signal nor an exception is a verdict."""
    if answer.code < 0:
        raise StepError(f"{_NAME} was ended by signal {-answer.code}", hint="run it by hand on a finished picture")
    last = _last(answer.err)
    kind = _BROKEN.match(last)
    traced = _TRACEBACK in answer.err or 'File "' in answer.err
    if answer.code == 1 and traced and kind and kind[1] != "AssertionError":
        raise StepError(f"{_NAME} broke off: {last}", hint="run it by hand on a finished picture")


def _measured(answer: Answer) -> str:
    return (_last(answer.out) or _last(answer.err).removeprefix("AssertionError: ")) or f"code {answer.code}"


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_LONGEST] if lines else ""
