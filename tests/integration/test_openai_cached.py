"""A build that buys nothing never loads the service's client, needs no key and opens no connection."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imagebuild import Project
from imagebuild_devserver import DevServer

SPEC = """\
version: 1
providers: {openai: {profile: openai, poll: 0.05, base_url: "URL"}}
defaults: {provider: openai, options: {quality: low}}
targets:
  car: {prompt: "A red car", edits: ["Make it blue"]}
  logo: {prompt: "A fox"}
"""

RUN = """
import socket, sys
def refuse(self, address): raise SystemExit(f"a connection to {address}")
socket.socket.connect = refuse
sys.argv = ["imagebuild", *sys.argv[1:]]
from imagebuild.cli.main import main
try: main()
except SystemExit as end: code = end.code or 0
print("LOADED", sorted({"openai", "httpx2", "pydantic", "pyvips"} & set(sys.modules)), code)
"""


@pytest.mark.parametrize("command", [["build"], ["build", "--locked"], ["plan"], ["status"], ["build", "--offline"]])
def test_what_is_bought_already_needs_no_client_no_key_and_no_connection(tmp_path: Path, command: list[str]) -> None:
    with DevServer(draw="plain") as server:
        root, home = tmp_path / "project", tmp_path / "home"
        root.mkdir()
        (root / "imagebuild.yaml").write_text(SPEC.replace("URL", server.url), "utf-8")
        project = Project.open(root, home=home, environ={"OPENAI_API_KEY": server.key})
        assert project.build(max_cost=1.0).bought == 3
        shutil.rmtree(root / ".imagebuild")
        shutil.rmtree(root / "images")
        environ = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
        answer = subprocess.run(
            [sys.executable, "-c", RUN, *command],
            cwd=root,
            env={**environ, "IMAGEBUILD_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.stdout.splitlines()[-1] == "LOADED [] 0", answer.stderr
        assert server.paid == 3
