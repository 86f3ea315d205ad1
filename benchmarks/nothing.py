"""A build with nothing to do, beside ninja with as many outputs; and the help, beside a bare start of Python.

    python benchmarks/nothing.py [--targets 1000 10000] [--rounds 15]

Installs ninja into an environment of its own. Builds projects of independent free targets whose provider, a plugin file
of the project, answers at once, waits until files are told by their times, and then lets `imagebuild build` and ninja
take turns; each ninja output has an input of its own. Prints medians in milliseconds and their ratio, next to a bare
start of the same Python; and the same for `--version` and `--help`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

PLUGIN = """\
from imagebuild import hookimpl
from imagebuild.testing import RecordingProvider


@hookimpl
def imagebuild_providers():
    return [RecordingProvider("instant", free=True, local=True)]
"""
PADDING = "with soft light, muted colours, a wide sky and a little more detail than anybody would ever ask for, please"


def project(root: Path, targets: int) -> None:
    """Write a project of that many targets."""
    root.mkdir()
    (root / "instant.py").write_text(PLUGIN, "utf-8")
    lines = ["version: 1", "plugins: [instant.py]", "defaults: {provider: instant}", "targets:"]
    lines += [f'  t{number}: {{prompt: "a fox number {number} {PADDING}"}}' for number in range(targets)]
    (root / "imagebuild.yaml").write_text("\n".join(lines) + "\n", "utf-8")


def ninja_project(root: Path, targets: int) -> None:
    """Write the same for ninja."""
    (root / "in").mkdir(parents=True)
    lines = ["rule touch", "  command = touch $out"]
    for number in range(targets):
        (root / "in" / f"t{number}.txt").write_bytes(b"")
        lines.append(f"build images/t{number}.png: touch in/t{number}.txt")
    (root / "build.ninja").write_text("\n".join(lines) + "\n", "utf-8")


def milliseconds(command: Sequence[str], folder: Path, environ: dict[str, str]) -> float:
    """Wall time of one process, which has to succeed."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    spent = 1000 * (time.perf_counter() - began)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return spent


def compared(folder: Path, ninja: str, targets: int, rounds: int) -> tuple[float, float, float]:
    """Medians of a bare Python start, ninja and imagebuild."""
    ours, theirs = folder / f"ours-{targets}", folder / f"ninja-{targets}"
    project(ours, targets)
    ninja_project(theirs, targets)
    environ = {**os.environ, "IMAGEBUILD_HOME": str(folder / f"home-{targets}")}
    build = [shutil.which("imagebuild") or sys.exit("install imagebuild first"), "build"]
    milliseconds(build, ours, environ)
    milliseconds([ninja], theirs, environ)
    time.sleep(3)  # past the two seconds within which files just written are read again
    looks: list[Callable[[], float]] = [
        lambda: milliseconds([sys.executable, "-c", "pass"], ours, environ),
        lambda: milliseconds([ninja], theirs, environ),
        lambda: milliseconds(build, ours, environ),
    ]
    for _ in range(2):
        for look in looks:
            look()
    times = [[look() for look in looks] for _ in range(rounds)]
    bare, other, own = (statistics.median(column) for column in zip(*times, strict=True))
    return bare, other, own


def starts(folder: Path, rounds: int) -> list[tuple[str, float]]:
    """Medians of what only says something, and of a bare Python start."""
    program = shutil.which("imagebuild") or sys.exit("install imagebuild first")
    commands = {"bare Python": [sys.executable, "-c", "pass"]}
    commands |= {option: [program, option] for option in ("--version", "--help")}
    times = [[milliseconds(each, folder, {**os.environ}) for each in commands.values()] for _ in range(rounds + 2)]
    return list(zip(commands, map(statistics.median, zip(*times[2:], strict=True)), strict=True))


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / "tools"
        venv.create(tools, with_pip=True)
        scripts = tools / ("Scripts" if os.name == "nt" else "bin")
        subprocess.run([str(scripts / "python"), "-m", "pip", "install", "-q", "ninja"], check=True)
        ninja = shutil.which("ninja", path=str(scripts)) or sys.exit("ninja could not be installed")
        print("| targets | bare Python ms | ninja ms | imagebuild ms | × ninja |\n|---|--:|--:|--:|--:|")
        for targets in options.targets:
            bare, other, own = compared(Path(folder), ninja, targets, options.rounds)
            print(f"| {targets} | {bare:.1f} | {other:.1f} | {own:.1f} | {own / other:.2f} |")
        print("\n| | ms | × bare Python |\n|---|--:|--:|")
        rows = starts(Path(folder), options.rounds)
        for name, spent in rows:
            print(f"| {name} | {spent:.1f} | {spent / rows[0][1]:.2f} |")


if __name__ == "__main__":
    main()
