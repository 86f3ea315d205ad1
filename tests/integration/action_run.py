"""Runs the shell steps of action.yml here as the runner of GitHub would, with a ``gh`` that only remembers."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, field

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")

_GH = """\
#!{python}
import json, os, sys
path, args = os.environ["FAKE_GH"], sys.argv[1:]
with open(path) as file:
    known = json.load(file)
known["calls"].append({{"args": args, "token": os.environ.get("GH_TOKEN")}})
code = 0
if "--paginate" in args:
    assert "env.MARKER" in args[args.index("--jq") + 1] and 'type == "Bot"' in args[args.index("--jq") + 1]
    ours = [each for each in known["comments"] if each["type"] == "Bot"]
    for each in ours:
        if each["body"].startswith(os.environ["MARKER"]):
            print(each["id"])
elif known["read_only"]:
    sys.stderr.write("gh: Resource not accessible by integration (HTTP 403)\\n")
    code = 1
else:
    body = open(args[args.index("--field") + 1].removeprefix("body=@"), encoding="utf-8").read()
    target = args[args.index("--method") + 2]
    if args[args.index("--method") + 1] == "POST":
        known["comments"].append({{"id": 100 + len(known["comments"]), "type": "Bot", "body": body}})
    else:
        next(each for each in known["comments"] if str(each["id"]) == target.rpartition("/")[2])["body"] = body
with open(path, "w") as file:
    json.dump(known, file)
sys.exit(code)
"""
_PYTHON = """\
#!/bin/sh
printf '%s\\n' "$@" >>"$PIP_CALLS"
"""


class Outcome(Struct):
    """What one run left: exit code, outputs of the action, the summary of the run, and all that was said."""

    code: int
    outputs: dict[str, str]
    summary: str
    log: str
    page: Path | None


class Runner(Struct, dict=True):
    """A checkout of a repository, and a service that keeps comments."""

    folder: Path
    checkout: Path
    home: Path
    read_only: bool = False
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bin = self.folder / "bin"
        self.bin.mkdir(parents=True)
        self.state = self.folder / "gh.json"
        self._write(self.bin / "gh", _GH.format(python=sys.executable))
        self._write(self.bin / "python", _PYTHON)
        self.state.write_text(json.dumps({"calls": [], "comments": [], "read_only": False}))

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    @property
    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.state.read_text())
        return found

    def comment(self, body: str, kind: str) -> None:
        """Put a comment there as somebody else would."""
        service = self.service
        service["comments"].append({"id": len(service["comments"]) + 1, "type": kind, "body": body})
        self.state.write_text(json.dumps(service))

    @property
    def pip(self) -> list[str]:
        path = self.folder / "pip.txt"
        return path.read_text().splitlines() if path.exists() else []

    def run(self, github: dict[str, Any], *, until: str = "", **inputs: str) -> Outcome:
        """Run every shell step in order, each with its own environment, as the runner does; ``until`` is the last."""
        service = self.service
        service["read_only"] = self.read_only
        self.state.write_text(json.dumps(service))
        given = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        given = {name: value if "${{" not in value else "TOKEN" for name, value in given.items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        defaults = {"server_url": "https://github.com", "repository": "we/site", "action_path": str(ROOT)}
        contexts: dict[str, Any] = {"inputs": given, "github": defaults | github, "steps": {}}
        summary = self.folder / "summary.md"
        summary.write_text("")
        log, code = "", 0
        for number, step in enumerate(ACTION["runs"]["steps"]):
            if "run" not in step:
                continue
            output = self.folder / f"output-{number}"
            output.write_text("")
            environ = self._environ(contexts) | {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
            environ |= {name: filled(str(value), contexts) for name, value in step.get("env", {}).items()}
            script = self.folder / f"step-{number}.sh"
            script.write_text(step["run"])
            answer = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
                cwd=self.checkout / filled(step.get("working-directory", "."), contexts),
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=120,
                check=False,
            )
            log += f"== {step['name']}\n{answer.stdout}"
            rows = (line.partition("=") for line in output.read_text().splitlines())
            contexts["steps"][step.get("id", str(number))] = {"outputs": {name: value for name, _, value in rows}}
            if answer.returncode or step.get("id") == until:
                code = answer.returncode
                break
        outputs = {name: filled(each["value"], contexts) for name, each in ACTION["outputs"].items()}
        page = contexts["steps"].get("compare", {}).get("outputs", {}).get("page")
        return Outcome(code, outputs, summary.read_text("utf-8"), log, Path(page) if page else None)

    def _environ(self, contexts: dict[str, Any]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        github = contexts["github"]
        path = os.pathsep.join([str(self.bin), str(Path(sys.executable).parent), os.environ["PATH"]])
        return {
            **kept,
            "PATH": path,
            "IMAGEBUILD_HOME": str(self.home),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.checkout),
            "GITHUB_SHA": str(github.get("sha", "")),
            "RUNNER_TEMP": str(self.folder),
            "FAKE_GH": str(self.state),
            "PIP_CALLS": str(self.folder / "pip.txt"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **self.environ,
        }


def filled(text: str, contexts: dict[str, Any]) -> str:
    """A text with its expressions, which are plain names of contexts, filled in; what is missing is empty."""

    def value(match: re.Match[str]) -> str:
        found: Any = contexts
        for part in match[1].split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return "" if found is None else str(found).lower() if isinstance(found, bool) else str(found)

    return EXPRESSION.sub(value, text)
