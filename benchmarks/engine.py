"""Time and memory of a first build and of a second one that has nothing to do.

    python benchmarks/engine.py [--targets 2000] [--size 256x256]

Builds a project of independent targets twice with the installed `imagebuild` and the offline provider, and once each
with a paid and a free provider that answers at once, which leaves the engine's own cost. Each build runs in a process
of its own, in a temporary folder with a store of its own. Prints wall time, CPU time and peak memory, next to a bare
start of Python and to doit, installed into an environment of its own, which writes as many files by Python actions,
flushes nothing and keeps no copy. No folder is used twice: ext4 is slow to give out what was removed a moment ago.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

SUBJECTS = (
    "a fox",
    "a lighthouse",
    "a red car",
    "a sailboat",
    "an open book",
    "a rocket",
    "a cup of coffee",
    "a house",
)
SCENES = ("in a forest", "by the sea", "in a city at night", "in the mountains", "in spring", "at sunset")


INSTANT = """
import sys
from imagebuild import Project
from imagebuild.registry import Registry
from imagebuild.testing import Plugin, RecordingProvider
root, home = sys.argv[1:3]
free = len(sys.argv) > 3
registry = Registry({"instant": Plugin([RecordingProvider("sketch", free=free)])})
report = Project.open(root, home=home, registry=registry, environ={}).build(max_cost=1e9)
assert report.exit_code == 0, report.failures
"""

DOIT = """
def write(path):
    with open(path, "wb") as file:
        file.write(path.encode())
def task_all():
    for number in range(%d):
        path = f"t{number}.png"
        yield {"name": path, "actions": [(write, [path])], "targets": [path], "file_dep": ["dodo.py"]}
"""


def spec(targets: int, size: str) -> str:
    """A spec whose prompts all differ."""
    lines = ["version: 1", f"defaults: {{options: {{size: {size}}}}}", "targets:"]
    for number in range(targets):
        subject, scene = SUBJECTS[number % len(SUBJECTS)], SCENES[number % len(SCENES)]
        lines.append(f'  t{number}: {{prompt: "{subject} {scene}, number {number}"}}')
    return "\n".join(lines) + "\n"


def measured(command: Sequence[str], folder: Path, environ: dict[str, str]) -> tuple[float, float, float, str]:
    """Wall and CPU seconds, peak memory in MiB, and the standard output of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    wrapper = (
        "import resource, subprocess, sys\n"
        "code = subprocess.run(sys.argv[1:]).returncode\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", wrapper, *command],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = int(done.stderr.split()[-1]) / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return wall, cpu, peak, done.stdout


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, default=2000)
    parser.add_argument("--size", default="256x256")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        (root / "imagebuild.yaml").write_text(spec(options.targets, options.size), "utf-8")
        environ = {**os.environ, "IMAGEBUILD_HOME": str(Path(folder) / "home")}
        build = [sys.executable, "-m", "imagebuild", "build", "--json"]
        rows = [("bare Python", *measured([sys.executable, "-c", "pass"], root, environ))]
        for name in ("first build", "second build"):
            rows.append((name, *measured(build, root, environ)))
            if name == "first build":
                time.sleep(3)  # past the tick within which a file just written has to be read again
        rows.append(("second build, as typed", *measured(build[:-1], root, environ)))
        for kind, more in (("paid", []), ("free", ["free"])):
            instant = Path(folder) / f"instant-{kind}"
            instant.mkdir()
            (instant / "imagebuild.yaml").write_text(spec(options.targets, "4x4"), "utf-8")
            command = [sys.executable, "-c", INSTANT, str(instant), f"{instant}-home", *more]
            rows.append((f"first build, {kind} provider answers at once", *measured(command, root, environ)))
        tools, theirs = Path(folder) / "tools", Path(folder) / "doit"
        venv.create(tools, with_pip=True)
        python = str(tools / ("Scripts" if os.name == "nt" else "bin") / "python")
        subprocess.run([python, "-m", "pip", "install", "-q", "doit"], check=True)
        theirs.mkdir()
        (theirs / "dodo.py").write_text(DOIT % options.targets, "utf-8")
        rows.append(("doit", *measured([python, "-m", "doit"], theirs, environ)))
    started = [json.loads(line)["event"] for line in rows[2][4].splitlines()].count("action_started")
    print(f"{options.targets} targets of {options.size}; actions started by the second build: {started}\n")
    print("| | wall s | CPU s | CPU ms a target | peak MiB |\n|---|--:|--:|--:|--:|")
    for name, wall, cpu, peak, _ in rows:
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {1000 * cpu / options.targets:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
