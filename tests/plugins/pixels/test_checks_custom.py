from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from check_samples import STYLE, judged, labelled, problems
from pixel_samples import gradient, plain, png, webp

from imagebuild import Check, CheckResult, Picture
from imagebuild.errors import StepError
from imagebuild.testing import CheckContract
from imagebuild_pixels.check.custom import Custom


def script(text: str) -> Picture:
    return Picture(textwrap.dedent(text).encode(), "application/octet-stream")


def ran(text: str, *pictures: Picture, **options: Any) -> CheckResult:
    files = {"script": script(text)}
    given = {"script": {"file": "checks/brand.py"}, **options}
    return judged(Custom(), given, *(pictures or (png(gradient()),)), files=files)


class TestCustom(CheckContract):
    def check(self) -> Check:
        return Custom()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": {"file": "checks/brand.py"}}

    def files(self) -> Mapping[str, Picture]:
        return {"script": script("import os, sys; size = os.path.getsize(sys.argv[1]); print(size); exit(size > 500)")}

    def passing(self) -> Sequence[Picture]:
        return [png(plain(8, 8))]

    def failing(self) -> Sequence[Picture]:
        return [png(gradient())]


def test_the_script_gets_the_finished_files_as_arguments() -> None:
    text = """
        import sys
        print([open(path, "rb").read()[:4] for path in sys.argv[1:]], sys.argv[1:])
    """
    verdict = ran(text, png(gradient()), webp(gradient()), STYLE)
    assert verdict.measured == (
        "[b'\\x89PNG', b'RIFF', b'.her'] ['pictures/1.png', 'pictures/2.webp', 'pictures/3.css']"
    )


def test_the_script_gets_target_labels_and_arguments_as_json() -> None:
    text = """
        import json, sys
        given = json.load(sys.stdin)
        print(given["target"], given["arguments"], given["pictures"])
    """
    verdict = ran(text, labelled(webp(gradient()), width=800), arguments={"colour": "teal", "limits": [1, 2]})
    pictures = "[{'path': 'pictures/1.webp', 'type': 'image/webp', 'labels': {'width': 800}}]"
    assert verdict.measured == f"hero {{'colour': 'teal', 'limits': [1, 2]}} {pictures}"


def test_the_last_line_it_prints_is_what_was_measured_and_the_code_is_the_verdict() -> None:
    text = "print('looking'); print('brightness 0.2\\n'); exit({code})"
    assert ran(text.format(code=0)) == CheckResult(True, "brightness 0.2", "what the script asks for")
    assert ran(text.format(code=3), wanted="a light picture") == CheckResult(False, "brightness 0.2", "a light picture")


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("import sys; sys.exit('too dark')", "too dark"),
        ("assert 1 > 2, 'too dark'", "too dark"),
        ("exit(4)", "code 4"),
        ("import sys; print('ünïcode 雪'); sys.exit(1)", "ünïcode 雪"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\n'); sys.exit(1)", "\ufffd"),
        ("print('x' * 5000); exit(1)", "x" * 200),
    ],
)
def test_a_script_can_say_no_in_several_ways(text: str, measured: str) -> None:
    verdict = ran(text)
    assert (verdict.passed, verdict.measured) == (False, measured)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise ValueError('odd')", "ValueError: odd"),
        ("raise ValueError", "ValueError"),
        ("this is no python", "SyntaxError: invalid syntax"),
    ],
)
def test_a_script_that_breaks_is_an_error_and_no_verdict(text: str, words: str) -> None:
    with pytest.raises(StepError) as caught:
        ran(text)
    assert caught.value.message == f"the script of the check 'custom' broke off: {words}"


def test_a_script_that_takes_too_long_is_ended_with_all_it_has_started() -> None:
    text = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(StepError, match=r"the script of the check 'custom' took more than 0\.5 seconds"):
        ran(text, seconds=0.5)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process is not ended by a signal")
def test_a_script_that_is_ended_by_a_signal_is_an_error() -> None:
    with pytest.raises(StepError, match="the script of the check 'custom' was ended by signal 9"):
        ran("import os; os.kill(os.getpid(), 9)")


def test_what_a_script_leaves_running_does_not_hold_up_the_build() -> None:
    text = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print(1)"
    assert ran(text, seconds=30).passed


def test_much_output_and_unread_input_do_not_hold_it_up() -> None:
    assert ran("print('x' * 3_000_000); print('done')", arguments={"text": "y" * 1_000_000}).measured == "done"


def test_no_secret_of_the_environment_reaches_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    verdict = ran("import os; print(sorted(set(os.environ) - {'PATH'}))")
    assert "KEY" not in verdict.measured
    assert "PYTHON" not in verdict.measured


def test_the_script_runs_alone_in_its_folder_with_this_python() -> None:
    text = """
        import os, sys
        sys.stdout.reconfigure(newline="\\n")
        print(sorted(os.listdir(".")), sys.flags.isolated, sys.executable)
    """
    assert ran(text).measured == f"['pictures', 'script'] 1 {sys.executable}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "'custom' needs 'script'"),
        ({"": "checks/brand.py"}, "'script' of 'custom': expected {file: PATH} or {target: NAME}"),
        ({"script": {"target": "hero"}}, "'script' of 'custom' is a target, expected a file"),
        ({"": {"file": "a.py"}, "seconds": 0}, "'seconds' of 'custom': expected 0.1 to 3600, found 0"),
        ({"": {"file": "a.py"}, "file": "b.py"}, "unknown option 'file' of 'custom'"),
    ],
)
def test_what_cannot_be_run_is_said(options: dict[str, object], message: str) -> None:
    (found,) = problems(Custom(), options)
    assert found.startswith(message)
