"""Time from a save to the picture on disk in watch mode.

    python benchmarks/watch.py [--targets 10 10000] [--saves 30]

Watches projects of independent free targets in a process of its own and saves one changed prompt after another, as an
editor does: a new file that is renamed over the old one. The provider answers at once, so that what is measured is our
own time: hearing of the save, reading it, judging, writing the picture. The last row is the offline provider with ten
targets of 256 x 256 pixels, what a person sees. Prints the median and the slowest, the CPU time of the watching process
for a save, and its memory before and after.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WATCH = """
import sys
from imagebuild import Project
from imagebuild.event import OutputWritten, WatchStarted
from imagebuild.registry import Registry
from imagebuild.testing import Plugin, RecordingProvider
from imagebuild.watch.watcher import Watcher
root, home, provider = sys.argv[1:]
instant = Registry({"instant": Plugin([RecordingProvider("sketch", free=True, local=True)])})
project = Project.open(root, home=home, registry=instant if provider == "instant" else None, environ={})
project.build()
print("built", flush=True)
Watcher(project, listen=lambda event: isinstance(event, WatchStarted) and print("watching", flush=True)).run()
"""
PADDING = "with soft light, muted colours, a wide sky and a little more detail than anybody would ever ask for, please"


def spec(targets: int, changed: int, number: int, size: str) -> str:
    """Prompts that all differ; that of target ``changed`` holds ``number``."""
    lines = ["version: 1", f"defaults: {{options: {{size: {size}}}}}", "targets:"]
    for target in range(targets):
        words = f"edit {number} " if target == changed else ""
        lines += [f"  t{target}:", f'    prompt: "a fox {words}number {target} {PADDING}"', "    tags: [blog]"]
    return "\n".join(lines) + "\n"


def save(path: Path, text: str) -> float:
    """Replace a file as editors do; the moment at which it was in place."""
    temporary = path.with_name("imagebuild.yaml.tmp")
    temporary.write_text(text, "utf-8")
    os.replace(temporary, path)
    return time.perf_counter()


def watched(folder: Path, targets: int, saves: int, provider: str) -> list[str]:
    """One row of the table."""
    root = folder / f"{provider}-{targets}"
    root.mkdir()
    size = "4x4" if provider == "instant" else "256x256"
    written = root / "imagebuild.yaml"
    save(written, spec(targets, 0, 0, size))
    command = [sys.executable, "-c", WATCH, str(root), str(folder / f"home-{provider}-{targets}"), provider]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        for expected in ("built", "watching"):
            assert process.stdout.readline().strip() == expected
        time.sleep(2)  # the first look, and files of the build grow older than a clock tick
        memory, cpu = resident(process.pid), cpu_seconds(process.pid)
        times = []
        for number in range(1, saves + 1):
            changed = (number * 7919) % targets
            picture = root / "images" / f"t{changed}.png"
            before = os.stat(picture).st_ino
            began = save(written, spec(targets, changed, number, size))
            while os.stat(picture).st_ino == before:
                if time.perf_counter() - began > 30:
                    process.kill()
                    raise SystemExit(f"no picture 30 s after save {number}")
                time.sleep(0.0005)
            times.append(1000 * (time.perf_counter() - began))
            time.sleep(0.4)  # the state is written after the picture; people save less often
        spent = 1000 * (cpu_seconds(process.pid) - cpu) / saves
        after = resident(process.pid)
        process.kill()
    name = "provider that answers at once" if provider == "instant" else "offline provider"
    times = times[2:]  # the first ones warm up what is read once
    return [
        f"{targets}, {name}",
        f"{statistics.median(times):.0f}",
        f"{max(times):.0f}",
        f"{spent:.0f}",
        f"{memory:.0f} / {after:.0f}",
    ]


def resident(pid: int) -> float:
    """MiB of memory that a process holds; 0 where the system does not tell in this way."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_seconds(pid: int) -> float:
    """User and system time of a process; 0 where the system does not tell in this way."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, nargs="+", default=[10, 10_000])
    parser.add_argument("--saves", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [watched(Path(folder), targets, options.saves, "instant") for targets in options.targets]
        rows.append(watched(Path(folder), 10, options.saves, "sketch"))
    print("| targets | median ms | slowest ms | CPU ms a save | MiB before / after |\n|---|--:|--:|--:|--:|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
