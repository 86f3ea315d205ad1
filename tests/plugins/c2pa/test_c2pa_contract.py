from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from certifying import Papers

from imagebuild import Picture, Step
from imagebuild.testing import StepContract
from imagebuild_c2pa import Sign, imagebuild_steps


class TestSign(StepContract):
    @pytest.fixture(autouse=True)
    def chain(self, valid: Papers) -> None:
        self.certificates = valid

    def step(self) -> Step:
        return Sign()

    def options(self) -> Mapping[str, Any]:
        return {"certificate": {"file": "certs/chain.pem"}}

    def files(self) -> Mapping[str, Picture]:
        return {"certificate": Picture(self.certificates.chain, "application/octet-stream")}


def test_the_hook_gives_one_step_whose_bytes_differ_each_time() -> None:
    (step,) = imagebuild_steps()
    assert (step.name, step.version, step.deterministic) == ("sign", "1", False)
    assert (step.marks, step.wants_originals) == (True, True)


def test_loading_the_plugin_loads_no_library() -> None:
    code = "import sys, imagebuild_c2pa; print({'c2pa', 'cryptography'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "certificate"),
        ({"certificate": "certs/chain.pem"}, "certificate"),
        ({"algorithm": "rs256"}, "algorithm"),
        ({"key_variable": "-----BEGIN PRIVATE KEY-----"}, "key_variable"),
        ({"key_variable": "A KEY"}, "key_variable"),
        ({"timestamp": "timestamp.example.com"}, "timestamp"),
        ({"timestamp": "file:///etc/passwd"}, "timestamp"),
        ({"timestamp": "http://user:word@example.com"}, "timestamp"),
        ({"timestamp": "http://[bad"}, "timestamp"),
    ],
)
def test_what_cannot_work_is_a_problem_of_its_option(options: dict[str, Any], field: str) -> None:
    known = {"certificate": {"file": "certs/chain.pem"}} if field != "certificate" else {}
    problems = Sign().resolve({**known, **options}).problems
    assert [problem.field for problem in problems] == [field]


def test_a_key_that_was_taken_for_a_name_is_not_shown() -> None:
    options = {"certificate": {"file": "a.pem"}, "key_variable": "-----BEGIN PRIVATE KEY-----secret"}
    (problem,) = Sign().resolve(options).problems
    assert "secret" not in f"{problem.message} {problem.hint}"


def test_a_bare_file_is_the_certificate() -> None:
    assert Sign().resolve({"": {"file": "a.pem"}}).options["certificate"] == {"file": "a.pem"}
