"""What imagebuild adds to the calls themselves: 500 pictures from a server with a latency of 200 ms, 50 at a time.

    python benchmarks/calls.py [--api images] [--mb 1.4] [--targets 500] [--seconds 0.2] [--concurrency 50]

The development server runs in a process of its own and gives PNGs of 1024x1024, no two alike, of 0.1 MB and of 1.4 MB,
which is what a real one has. `imagebuild` builds a project with an empty store. The bare loop calls the `openai`
client's own method in as many threads, decodes the base64 and writes the files; with the Responses API it waits in the
call, without conversation, background and looks. Both are processes that have imported all they need and made one
picture before. Time and CPU are of that process alone, from there to the last file, making the client included. Each is
run twice, in turn, and the lowest figures are printed (`--rounds`).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

SIDE = 1024
KEY = "dev-key-of-the-benchmark"

SERVER = """
import hashlib, struct, sys, zlib
from imagebuild_devserver import DevServer
whole = open(sys.argv[1], "rb").read()
def draw(prompt, options, parent, partial):
    told = b"tEXtPrompt" + bytes(1) + hashlib.sha256(prompt.encode()).hexdigest().encode()
    return whole[:33] + struct.pack(">I", len(told) - 4) + told + struct.pack(">I", zlib.crc32(told)) + whole[33:]
with DevServer(draw=draw, seconds=float(sys.argv[2]), key=sys.argv[3]) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""

MEASURE = """
import json, resource, sys, time
from pathlib import Path
url, api, key, folder = sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])
targets, width = int(sys.argv[5]), int(sys.argv[6])
def measured(work):
    work(folder / "warm", 1)
    wall, cpu = time.perf_counter(), time.process_time()
    work(folder / "measured", targets)
    print(json.dumps({
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }))
"""

OURS = """
from imagebuild import Project
spec = '''version: 1
defaults: {provider: openai}
providers: {openai: {profile: openai, base_url: %s, api: %s, concurrency: %s}}
targets:
'''
def build(root, count):
    root.mkdir()
    lines = [f'  t{number}: {{prompt: "{root.name} {number}"}}' for number in range(count)]
    (root / "imagebuild.yaml").write_text(spec % (url, api, width) + "\\n".join(lines))
    report = Project.open(root, home=folder / f"home-{root.name}", environ={"OPENAI_API_KEY": key}).build(max_cost=1e9)
    assert report.exit_code == 0 and report.bought == count, report.failures
measured(build)
"""

BARE = """
import base64
from concurrent.futures import ThreadPoolExecutor
import openai
size = {"size": "1024x1024", "quality": "medium"}
def picture(client, prompt):
    if api == "images":
        return client.images.generate(model="gpt-image-2", prompt=prompt, **size).data[0].b64_json
    tool = {"type": "image_generation", "model": "gpt-image-2", **size}
    choice = {"type": "image_generation"}
    answer = client.responses.create(model="gpt-6-luna", input=prompt, tools=[tool], tool_choice=choice)
    return next(item.result for item in answer.output if item.type == "image_generation_call")
def loop(root, count):
    root.mkdir()
    client = openai.OpenAI(base_url=url, api_key=key)
    def one(number):
        data = base64.b64decode(picture(client, f"{root.name} {number}"))
        (root / f"t{number}.png").write_bytes(data)
    with ThreadPoolExecutor(width) as threads:
        list(threads.map(one, range(count)))
measured(loop)
"""


def picture(megabytes: float) -> bytes:
    """A PNG of about so many megabytes: lines of noise, the rest black."""
    noisy = min(SIDE, round(megabytes * 1e6 / (3 * SIDE)))
    chance = random.Random(1)
    rows = b"".join(b"\0" + (chance.randbytes(3 * SIDE) if row < noisy else bytes(3 * SIDE)) for row in range(SIDE))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows, 1))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (*chunks, (b"IEND", b""))
    )


def measured(script: str, url: str, api: str, options: argparse.Namespace) -> dict[str, float]:
    """Wall and CPU seconds and peak memory of one process with folders of its own."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = [url, api, KEY, folder, str(options.targets), str(options.concurrency)]
        done = subprocess.run(
            [sys.executable, "-c", MEASURE + script, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def both(api: str, megabytes: float, options: argparse.Namespace) -> list[dict[str, float]]:
    """The best figures of the bare loop and of imagebuild, with one server for both."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.png"
        file.write_bytes(picture(megabytes))
        command = [sys.executable, "-c", SERVER, str(file), str(options.seconds), KEY]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            rounds = [[measured(script, url, api, options) for script in (BARE, OURS)] for _ in range(options.rounds)]
            server.stdin.close()
    return [{name: min(each[which][name] for each in rounds) for name in rounds[0][which]} for which in (0, 1)]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--api", action="append", choices=("images", "responses"), help="default: both")
    parser.add_argument("--targets", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--mb", action="append", type=float, help="size of a picture in MB; default: 0.1 and 1.4")
    options = parser.parse_args()
    ideal = options.seconds * -(-options.targets // options.concurrency)
    print(
        f"{options.targets} pictures, {options.concurrency} at a time, latency {options.seconds * 1000:g} ms: "
        f"{ideal:.2f} s of latency; {os.cpu_count()} cores\n"
    )
    print("| | wall s | × latency | × bare loop | CPU s | × bare loop | peak MiB |")
    print("|---|--:|--:|--:|--:|--:|--:|", flush=True)
    for api in options.api or ("images", "responses"):
        for megabytes in options.mb or (0.1, 1.4):
            bare, ours = both(api, megabytes, options)
            for name, row in (("bare loop", bare), ("imagebuild", ours)):
                print(
                    f"| {name}, {api}, {megabytes:g} MB | {row['wall']:.2f} | {row['wall'] / ideal:.2f} "
                    f"| {row['wall'] / bare['wall']:.2f} | {row['cpu']:.2f} | {row['cpu'] / bare['cpu']:.2f} "
                    f"| {row['peak'] / (1024 if sys.platform != 'darwin' else 1024 * 1024):.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
