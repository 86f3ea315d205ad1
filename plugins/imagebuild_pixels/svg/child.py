"""Draws SVG in a process of its own, started by ``renderer``: so that a drawing without end can be ended.

Reads drawings from standard input, each with its length before it, and writes the size and RGBA pixels of each. It
imports nothing of ours, so that it starts quickly.
"""

import contextlib
import struct
import sys

MEMORY = 4_000_000_000
"""Bytes of address space that a drawing may take, where the system can bound it."""


def main(seconds: int) -> int:
    """Draw all, within ``seconds`` of processor time; the answer is the exit code."""
    _bound(seconds)
    import pyvips

    pyvips.concurrency_set(1)
    pyvips.cache_set_max(0)
    given = sys.stdin.buffer.read()
    at = 0
    while at < len(given):
        (length,) = struct.unpack_from(">I", given, at)
        svg = given[at + 4 : at + 4 + length]
        at += 4 + length
        try:
            image = pyvips.Image.svgload_buffer(svg)
            pixels = bytes(image.colourspace("srgb").cast("uchar").write_to_memory())
        except pyvips.Error as error:
            sys.stderr.write(str(error))
            return 1
        sys.stdout.buffer.write(struct.pack(">II", image.width, image.height) + pixels)
    return 0


def _bound(seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, MEMORY)):
        # Some systems know a bound but refuse to set it, or have a lower one already.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
