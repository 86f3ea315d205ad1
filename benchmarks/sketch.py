"""What a picture of the provider sketch costs: the median CPU time of twenty prompts at 1024x1024, encoding included.

    python benchmarks/sketch.py

Aim: no more than 300 ms of CPU each. Prints one line a prompt, the slowest last, then the median and the maximum.
"""

from __future__ import annotations

import statistics
import time

from imagebuild import ProviderContext, Request
from imagebuild_sketch import SketchProvider

PROMPTS = (
    "a red car",
    "a lighthouse on a cliff at night in a storm",
    "a fox in an autumn forest",
    "a cup of coffee on a desk",
    "a rocket flying through space",
    "sunset over mountains in spring",
    "a minimal logo for a bakery",
    "app icon of a camera",
    "seamless pattern of leaves",
    "abstract flowing shapes in teal and coral",
    "a city skyline at dusk",
    "a sailboat on the sea at dawn",
    "portrait of a woman in a yellow jacket",
    "a bottle of perfume, product photo",
    "a cozy reading room",
    "an open book with stars rising",
    "hot air balloons over hills",
    "watercolor flowers",
    "isometric building",
    "line art cat",
)
ROUNDS = 3


def cost(prompt: str) -> float:
    """Milliseconds of CPU of this process: the best of a few rounds, as the machine may be shared."""
    provider = SketchProvider()
    request = provider.resolve(Request(prompt)).request
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        provider.generate(request, ProviderContext("benchmark", "key"))
        times.append((time.process_time() - start) * 1000)
    return min(times)


def main() -> None:
    """Warm up, measure, print."""
    cost("warm up")
    costs = sorted((cost(prompt), prompt) for prompt in PROMPTS)
    for milliseconds, prompt in costs:
        print(f"{milliseconds:7.1f} ms  {prompt}")
    values = [milliseconds for milliseconds, _ in costs]
    print(f"{statistics.median(values):7.1f} ms  median, {max(values):.1f} ms maximum")


if __name__ == "__main__":
    main()
