"""What an immutable value costs: as a data class of the standard library, and as a msgspec struct.

    python benchmarks/values.py [--rounds 5]

Makes the same class of eight fields again and again, then instances of it, in both ways by turns. Prints the medians in
microseconds and their ratio. Each start of a process makes the classes; a plan is made of instances.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from msgspec import Struct

CLASSES = 200
INSTANCES = 100_000


def data_class() -> Callable[..., object]:
    """The class as a data class."""

    @dataclass(frozen=True, slots=True)
    class Value:
        name: str
        path: str
        digest: str
        options: Mapping[str, object]
        size: int = 0
        width: int | None = None
        height: int | None = None
        labels: tuple[str, ...] = ()

    return Value


def struct() -> Callable[..., object]:
    """The class as a struct."""

    class Value(Struct, frozen=True):
        name: str
        path: str
        digest: str
        options: Mapping[str, object]
        size: int = 0
        width: int | None = None
        height: int | None = None
        labels: tuple[str, ...] = ()

    return Value


def microseconds(work: Callable[[], object], times: int) -> float:
    """CPU time of one call among many."""
    began = time.process_time()
    for _ in range(times):
        work()
    return 1e6 * (time.process_time() - began) / times


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ways = (data_class, struct)
    makings: dict[str, list[float]] = {way.__name__: [] for way in ways}
    uses: dict[str, list[float]] = {way.__name__: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            makings[way.__name__].append(microseconds(way, CLASSES))
            making = partial(way(), "fox", "images/fox.png", "", {}, size=1)
            uses[way.__name__].append(microseconds(making, INSTANCES))
    print("| µs | data class | struct | ratio |\n|---|--:|--:|--:|")
    for what, times in (("making the class", makings), ("making an instance", uses)):
        first, second = (statistics.median(times[way.__name__]) for way in ways)
        print(f"| {what} | {first:.2f} | {second:.2f} | {first / second:.0f} |")


if __name__ == "__main__":
    main()
