"""An hour of hectic work in a minute: nothing crashes, nothing leaks, and the end is that of a clean build."""

from __future__ import annotations

import gc
import os
import random
import resource
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path

from watched import watching

from imagebuild.testing import World, png

Make = Callable[[Mapping[str, str | bytes]], World]
SAVES = 1_000
WARM = 250  # saves after which caches hold what they will hold
HEAD = "version: 1\ninclude: [specs/*.yaml]\ntargets:\n"


def spec(number: int, random_: random.Random) -> str:
    """A spec that is other each time; one in ten is broken, and names what is not there or misspells a key."""
    names = ["a", "b", "c", "d"][: random_.randint(1, 4)]
    rows = [f"  {name}: {{prompt: 'picture {name} {random_.randint(0, 9)}'}}\n" for name in names]
    rows.append("  taker: {prompt: taker, inputs: [ref.png, {target: a}]}\n")
    if random_.random() < 0.1:
        rows.append(
            random_.choice(["  e: {promt: x}\n", "  e: {prompt: x, inputs: [gone.png]}\n", "  e: [\n", "  a: {}\n"])
        )
    return HEAD + "".join(rows) + f"# {number}\n"


def resident() -> float:
    """MiB of memory held now; where the system does not tell, the most that was ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_a_thousand_saves_in_a_minute(project: Make) -> None:
    random_ = random.Random(6)
    files = {"ref.png": png(2, 2), "specs/more.yaml": "targets: {more: {prompt: more}}\n"}
    world, clean = project({"imagebuild.yaml": spec(0, random_), **files}), project(files)
    traced, before = 0, 0.0
    began = time.monotonic()
    with watching(world) as seen:
        for number in range(1, SAVES + 1):
            seen.save("imagebuild.yaml", spec(number, random_))
            if number % 7 == 0:
                (world.root / "ref.png").unlink(missing_ok=True)  # in the middle of a build, as likely as not
            if number % 7 == 3:
                world.write({"ref.png": png(2, 2, (number % 250, 1, 1))})
            if number % 50 == 0:
                (world.root / "images/a.png").unlink(missing_ok=True)
            if number == WARM:
                gc.collect()
                before = resident()
                tracemalloc.start()
                traced = tracemalloc.get_traced_memory()[0]
            time.sleep(0.02)
            seen.events.clear()
            seen.changed.clear()
        seconds = time.monotonic() - began
        world.write({"ref.png": png(2, 2)})
        last = HEAD + "  a: {prompt: the end}\n  taker: {prompt: taker, inputs: [ref.png, {target: a}]}\n"
        seen.until_picture("images/taker.png", lambda: seen.save("imagebuild.yaml", last))
        clean.spec(last)
        clean.build()
        ends = ("images/a.png", "images/taker.png", "images/more.png")
        seen.until(lambda: all(seen.picture(path) == clean.read(path) for path in ends), "the end")
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - traced
        tracemalloc.stop()
        after = resident()
    assert seconds < 60
    assert after < before * 1.2 + 8, (before, after)  # 8 MiB: what tracing itself and threads' stacks take
    assert grown < 8_000_000, grown
    assert world.build().exit_code == 0
    assert {path: world.read(path) for path in ends} == {path: clean.read(path) for path in ends}
    locks = [(each.root / "imagebuild.lock").exists() for each in (world, clean)]
    assert locks == [False, False]
