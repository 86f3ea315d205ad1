"""A build with nothing to do, and one after an edit, beside ninja; the help, beside a bare start of Python.

    python benchmarks/nothing.py [--targets 1000 10000] [--rounds 15]

With 100000 targets it takes some minutes, most of them for the first builds.

Installs ninja into an environment of its own. Builds projects of independent free targets whose provider, a plugin file
of the project, answers at once, waits until files are told by their times, and then lets `imagebuild build` and ninja
take turns; each ninja output has an input of its own. Then one prompt is changed, or one input of ninja, again and
again, and measured up to the provider's call and to the end. Prints medians in milliseconds and their ratio, next to a
bare start of the same Python; and the same for `--version` and `--help`. Reading the spec for the first time is set
beside PyYAML's C loader, each in a process of its own.
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
from functools import partial
from pathlib import Path

PLUGIN = """\
import os
import time
import zlib

from imagebuild import Cost, Picture, Provider, Resolution, Result, hookimpl


def chunk(kind, data):
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(seed):
    row = b"\\0" + (zlib.crc32(seed).to_bytes(4, "big") * 3)[:12]
    head = chunk(b"IHDR", b"\\0\\0\\0\\4\\0\\0\\0\\4\\x08\\2\\0\\0\\0")
    return b"\\x89PNG\\r\\n\\x1a\\n" + head + chunk(b"IDAT", zlib.compress(row * 4)) + chunk(b"IEND", b"")


class Instant(Provider):
    name, version, free, local = "instant", "1", True, True

    def resolve(self, request):
        return Resolution(request, "image/png")

    def estimate(self, request):
        return Cost.free()

    def generate(self, request, context):
        if "CALLED" in os.environ:
            with open(os.environ["CALLED"], "w") as file:
                file.write(str(time.time_ns()))
        return Result((Picture(png(request.prompt.encode()), "image/png"),))


@hookimpl
def imagebuild_providers():
    return [Instant()]
"""
READINGS = {
    "PyYAML's C loader": "import sys, yaml\nyaml.load(open(sys.argv[1], encoding='utf-8'), yaml.CSafeLoader)",
    "imagebuild": "import pathlib, sys, imagebuild.spec\nimagebuild.spec.load_spec(pathlib.Path(sys.argv[1]).parent)",
}
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


def compared(folder: Path, ninja: str, targets: int, rounds: int) -> tuple[list[float], list[float]]:
    """Medians of a bare Python start, ninja, imagebuild; and after an edit of ninja, imagebuild's call, and its end."""
    ours, theirs = folder / f"ours-{targets}", folder / f"ninja-{targets}"
    project(ours, targets)
    ninja_project(theirs, targets)
    environ = {**os.environ, "IMAGEBUILD_HOME": str(folder / f"home-{targets}")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
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
    edits = [edited(build, ours, environ, ninja, theirs) for _ in range(rounds + 2)][2:]
    return medians(times), medians(edits)


def medians(rows: Sequence[Sequence[float]]) -> list[float]:
    """The median of each column."""
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def edited(
    build: Sequence[str], ours: Path, environ: dict[str, str], ninja: str, theirs: Path
) -> tuple[float, float, float]:
    """Milliseconds of ninja after one edit, and of imagebuild up to the call and to the end."""
    (theirs / "in" / "t7.txt").write_text(str(time.time_ns()), "utf-8")
    other = milliseconds([ninja], theirs, environ)
    spec, called = ours / "imagebuild.yaml", ours.with_suffix(".called")
    lines = spec.read_text("utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("  t7:"))
    lines[at] = f'  t7: {{prompt: "a fox at {time.time_ns()} {PADDING}"}}'
    spec.write_text("\n".join(lines), "utf-8")
    began = time.time_ns()
    whole = milliseconds(build, ours, {**environ, "CALLED": str(called)})
    return other, (int(called.read_text("utf-8")) - began) / 1e6, whole


def first_reading(folder: Path, targets: int) -> list[tuple[str, float, float]]:
    """Median seconds of three readings of a spec, and peak memory in MiB, each in a process of its own."""
    root = folder / f"spec-{targets}"
    project(root, targets)
    (root / "imagebuild.yaml").write_text((root / "imagebuild.yaml").read_text("utf-8").replace("[instant.py]", "[]"))
    tail = "\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    seconds: dict[str, list[float]] = {name: [] for name in READINGS}
    peaks: dict[str, float] = {}
    for _ in range(3):
        for name, code in READINGS.items():
            command = [sys.executable, "-c", code + tail, str(root / "imagebuild.yaml")]
            began = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds[name].append(time.perf_counter() - began)
            peaks[name] = int(done.stdout) / 1024
    return [(name, statistics.median(seconds[name]), peaks[name]) for name in READINGS]


def starts(folder: Path, rounds: int) -> list[tuple[str, float]]:
    """Medians of what only says something, and of a bare Python start."""
    program = shutil.which("imagebuild") or sys.exit("install imagebuild first")
    commands = {"bare Python": [sys.executable, "-c", "pass"]}
    commands |= {option: [program, option] for option in ("--version", "--help")}
    environ = {**os.environ}
    asking = {"_IMAGEBUILD_COMPLETE": "bash_complete"}
    looks: list[Callable[[], float]] = [partial(milliseconds, each, folder, environ) for each in commands.values()]
    for what, words, at in (("a command", "imagebuild b", "1"), ("an option", "imagebuild build --o", "2")):
        commands[f"completion of {what}"] = [program]
        line = {"COMP_WORDS": words, "COMP_CWORD": at}
        looks.append(partial(milliseconds, [program], folder, environ | asking | line))
    times = [[look() for look in looks] for _ in range(rounds + 2)]
    return list(zip(commands, map(statistics.median, zip(*times[2:], strict=True)), strict=True))


def main() -> None:
    """Measure and print four tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--readings", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / "tools"
        venv.create(tools, with_pip=True)
        scripts = tools / ("Scripts" if os.name == "nt" else "bin")
        subprocess.run([str(scripts / "python"), "-m", "pip", "install", "-q", "ninja"], check=True)
        ninja = shutil.which("ninja", path=str(scripts)) or sys.exit("ninja could not be installed")
        # First of all: the peak of a child is never told as less than what its parent holds.
        readings = [(targets, *each) for targets in options.readings for each in first_reading(Path(folder), targets)]
        print("| targets | bare Python ms | ninja ms | imagebuild ms | × ninja |\n|---|--:|--:|--:|--:|")
        edits = []
        for targets in options.targets:
            (bare, other, own), edit = compared(Path(folder), ninja, targets, options.rounds)
            edits.append(edit)
            print(f"| {targets} | {bare:.1f} | {other:.1f} | {own:.1f} | {own / other:.2f} |")
        print("\n| one edit of | ninja ms | to the call ms | × ninja | to the end ms |\n|---|--:|--:|--:|--:|")
        for targets, (other, call, whole) in zip(options.targets, edits, strict=True):
            print(f"| {targets} | {other:.1f} | {call:.1f} | {call / other:.2f} | {whole:.1f} |")
        print("\n| first reading of | | s | × PyYAML | peak MiB |\n|---|---|--:|--:|--:|")
        for targets, name, spent, peak in readings:
            bare = next(each[2] for each in readings if each[0] == targets)
            print(f"| {targets} | {name} | {spent:.2f} | {spent / bare:.2f} | {peak:.0f} |")
        print("\n| | ms | × bare Python |\n|---|--:|--:|")
        rows = starts(Path(folder), options.rounds)
        for name, spent in rows:
            print(f"| {name} | {spent:.1f} | {spent / rows[0][1]:.2f} |")


if __name__ == "__main__":
    main()
