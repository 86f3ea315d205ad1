"""Signing in a whole build: once, with the original as the parent, and the key nowhere but in the environment."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from certifying import IPTC, Papers, papers, picture, read, sign
from stamping import is_there

from imagebuild import Picture
from imagebuild.testing import World
from imagebuild_c2pa import Sign

SPEC = """
version: 1
targets:
  hero:
    provider: sketch
    prompt: "a picture of a secret"
    steps: [{sign: {certificate: {file: certs/chain.pem}}}]
"""
Make = Callable[[Mapping[str, str | bytes]], World]


@pytest.fixture
def world(project: Make, valid: Papers) -> World:
    world = project({"imagebuild.yaml": SPEC, "certs/chain.pem": valid.chain})
    world.extra = (Sign(),)
    return world


def finished(world: World) -> Picture:
    return Picture(world.read("images/hero.png"), "image/png")


def test_a_build_signs_once_and_keeps_what_it_signed(world: World) -> None:
    assert world.build().ok
    first = finished(world)
    report = read(first)
    assert (report.state, report.ingredients[0]["relationship"]) == ("Valid", "parentOf")
    assert report.actions[0]["digitalSourceType"] == f"{IPTC}trainedAlgorithmicMedia"
    world.build()
    assert (world.started, finished(world)) == ([], first)
    (world.root / "images" / "hero.png").unlink()
    world.build()
    assert (world.started, finished(world)) == ([], first)


def test_a_renewed_certificate_signs_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.build()
    before = finished(world)
    renewed = papers()
    monkeypatch.setenv("IMAGEBUILD_C2PA_KEY", renewed.key)
    world.write({"certs/chain.pem": renewed.chain})
    assert world.build().ok
    assert world.started == ["hero step 1"]
    assert finished(world) != before


def test_without_provenance_no_source_type_is_signed(world: World) -> None:
    world.spec(SPEC.replace("version: 1", "version: 1\nprovenance: none"))
    assert world.build().ok
    assert "digitalSourceType" not in read(finished(world)).actions[0]


def test_neither_the_key_nor_the_prompt_is_in_any_file(world: World, valid: Papers) -> None:
    world.build()
    secret = valid.key.splitlines()[1].encode()
    files = [path for folder in (world.root, world.home) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert [path.name for path in files if secret in path.read_bytes()] == []
    assert secret.decode() not in repr(world.events)
    assert b"a picture of a secret" not in finished(world).data


def test_a_missing_key_fails_the_target_and_says_which(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMAGEBUILD_C2PA_KEY")
    (failure,) = world.build().failures
    assert "the environment variable IMAGEBUILD_C2PA_KEY is not set" in str(failure.error)


def test_the_trial_certificate_of_the_how_to_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_there() and "CI" not in os.environ:
        pytest.skip("the program openssl, which the how-to calls, is not installed")
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "provenance.md").read_text("utf-8")
    found = re.search(r"^```sh\n(openssl req .*?)^```", page, re.DOTALL | re.MULTILINE)
    assert found
    (tmp_path / "certs").mkdir()
    subprocess.run(["bash", "-ec", found[1]], cwd=tmp_path, capture_output=True, check=True)
    monkeypatch.setenv("IMAGEBUILD_C2PA_KEY", (tmp_path / "signing.pem").read_text())
    trial = Papers((tmp_path / "certs" / "chain.pem").read_bytes(), None)
    report = read(sign(trial, picture(), picture(width=100)))
    assert (report.state, report.failures) == ("Valid", ("signingCredential.untrusted",))
