"""What pictures for a site cost: 12 of 1536x1024 in three widths and three formats, beside sharp, eleventy-img, Pillow.

    python benchmarks/pictures.py [--rounds 5] [--slow-rounds 1] [--pictures 12] [--judged 2]

Draws the pictures with the provider sketch, installs what it compares with into a temporary folder (`npm install sharp
@11ty/eleventy-img`, `pip install pillow ssimulacra2`), and lets each make widths 400, 800 and 1600 (never enlarged) as
AVIF 50, WebP 80 and JPEG 80. Each run is a process of its own, measured from start to end; runs take turns, and a ratio
is the median of those of single rounds. `sharp` has the settings of the step `responsive` (AVIF effort 3 and 4:2:0,
progressive JPEG) and decodes and scales once, as the step does; `sharp, defaults` and `eleventy-img` have their own and
run in `--slow-rounds` only. Aims: no more CPU than sharp, a quarter of the defaults, a peak of 350 MB, the same bytes
run after run. Quality is SSIMULACRA2 against the picture scaled without loss, over all files of `--judged` pictures.
Last, one picture by itself: how long watch mode waits, and what one width alone takes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

PROMPTS = (
    "a fox in an autumn forest",
    "a city skyline at dusk",
    "a sailboat on the sea at dawn",
    "a lighthouse on a cliff at night in a storm",
    "sunset over mountains in spring",
    "a cup of coffee on a desk",
    "hot air balloons over hills",
    "a cozy reading room",
    "watercolor flowers",
    "a rocket flying through space",
    "a red car",
    "abstract flowing shapes in teal and coral",
)
WIDTHS = (400, 800, 1536)

SHARP = """
const sharp = require("sharp"), fs = require("fs"), path = require("path");
const [, , from, to, kind] = process.argv;
const own = kind === "own";
const settings = own
  ? { avif: {}, webp: {}, jpeg: {} }
  : { avif: { quality: 50, effort: 3, chromaSubsampling: "4:2:0" }, webp: { quality: 80, effort: 4 },
      jpeg: { quality: 80, progressive: true } };
async function one(name) {
  const file = path.join(from, name), stem = path.join(to, path.parse(name).name);
  const raw = own ? null : await sharp(file).raw().toBuffer({ resolveWithObject: true });
  for (const width of [400, 800, 1600]) {
    const start = own ? sharp(file) : sharp(raw.data, { raw: raw.info });
    let small = start.resize({ width, withoutEnlargement: true });
    if (!own) {
      const pixels = await small.raw().toBuffer({ resolveWithObject: true });
      small = sharp(pixels.data, { raw: pixels.info });
    }
    for (const [format, options] of Object.entries(settings)) {
      const ending = format === "jpeg" ? "jpg" : format;
      await small.clone().toFormat(format, options).toFile(`${stem}-${Math.min(width, 1536)}.${ending}`);
    }
  }
}
(async () => {
  const names = fs.readdirSync(from).filter((name) => name.endsWith(".png")).sort();
  const next = async () => { for (let name; (name = names.shift()); ) await one(name); };
  await Promise.all([next(), next()]);
})();
"""

ELEVENTY = """
const fs = require("fs"), path = require("path");
const [, , from, to] = process.argv;
(async () => {
  const { default: Image } = await import("@11ty/eleventy-img");
  const names = fs.readdirSync(from).filter((name) => name.endsWith(".png")).sort();
  await Promise.all(names.map((name) => Image(path.join(from, name), {
    widths: [400, 800, 1600], formats: ["avif", "webp", "jpeg"], outputDir: to, useCache: false,
    filenameFormat: (id, src, width, format) =>
      `${path.parse(src).name}-${width}.${format === "jpeg" ? "jpg" : format}`,
  })));
})();
"""

PILLOW = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from PIL import Image
source, target = Path(sys.argv[1]), Path(sys.argv[2])
def one(file):
    whole = Image.open(file).convert("RGB")
    for width in (400, 800, 1600):
        width = min(width, whole.width)
        small = whole.resize((width, round(whole.height * width / whole.width)), Image.Resampling.LANCZOS)
        stem = target / f"{file.stem}-{width}"
        small.save(f"{stem}.avif", quality=50, speed=6, max_threads=1)
        small.save(f"{stem}.webp", quality=80, method=4)
        small.save(f"{stem}.jpg", quality=80, progressive=True, optimize=True)
with ThreadPoolExecutor(2) as threads:
    list(threads.map(one, sorted(source.glob("*.png"))))
"""

JUDGE = """
import json, sys
from ssimulacra2 import compute_ssimulacra2
print(json.dumps([compute_ssimulacra2(*pair) for pair in json.loads(sys.stdin.read())]))
"""

OURS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from imagebuild import Picture, StepContext
from imagebuild.media import extension
from imagebuild_pixels.step.responsive import Responsive
source, target = Path(sys.argv[1]), Path(sys.argv[2])
options = Responsive().resolve({"widths": [400, 800, 1600], "formats": ["avif", "webp", "jpeg"]}).options
def one(file):
    made = Responsive().apply([Picture(file.read_bytes(), "image/png")], StepContext(file.stem, options))
    for picture in made:
        ending = extension(picture.media_type)
        (target / f"{file.stem}-{picture.labels['width']}.{ending}").write_bytes(picture.data)
with ThreadPoolExecutor(2) as threads:
    list(threads.map(one, sorted(source.glob("*.png"))))
"""


class Run(Struct, frozen=True):
    """What one process took: seconds of CPU and by the clock, megabytes at its peak, and a digest of all it wrote."""

    cpu: float
    wall: float
    peak: float
    digest: str


class Rival(Struct, frozen=True):
    """Who takes part: a name, the command before the two folders, and whether it takes its time."""

    name: str
    command: tuple[str, ...]
    after: tuple[str, ...] = ()
    slow: bool = False


def draw(folder: Path, count: int) -> None:
    """The pictures, drawn here."""
    from imagebuild import ProviderContext, Request
    from imagebuild_sketch import SketchProvider

    provider = SketchProvider()
    for number, prompt in enumerate(PROMPTS[:count]):
        request = provider.resolve(Request(prompt, {"size": "1536x1024"})).request
        result = provider.generate(request, ProviderContext("benchmark", str(number)))
        (folder / f"p{number:02}.png").write_bytes(result.pictures[0].data)


def install(folder: Path) -> list[Rival]:
    """Everybody who takes part, with what they need."""
    (folder / "package.json").write_text("{}")
    npm = ["npm", "install", "--no-audit", "--no-fund", "sharp", "@11ty/eleventy-img"]
    subprocess.run(npm, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = str(folder / "venv" / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "pillow", "ssimulacra2"], check=True, stderr=subprocess.DEVNULL
    )
    scripts = {"sharp.js": SHARP, "eleventy.js": ELEVENTY, "pillow.py": PILLOW, "judge.py": JUDGE, "ours.py": OURS}
    for name, text in scripts.items():
        (folder / name).write_text(text)
    sharp = ("node", str(folder / "sharp.js"))
    return [
        Rival("imagebuild", (sys.executable, str(folder / "ours.py"))),
        Rival("sharp", sharp, ("same",)),
        Rival("Pillow", (python, str(folder / "pillow.py"))),
        Rival("sharp, defaults", sharp, ("own",), slow=True),
        Rival("eleventy-img, defaults", ("node", str(folder / "eleventy.js")), slow=True),
    ]


def run(rival: Rival, source: Path, target: Path) -> Run:
    """One process, from start to end."""
    target.mkdir(exist_ok=True)
    start = time.perf_counter()
    process = subprocess.Popen([*rival.command, str(source), str(target), *rival.after], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{rival.name} failed")
    digest = hashlib.sha256()
    for file in sorted(target.iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, digest.hexdigest())


def judge(python: str, folder: Path, source: Path, count: int, names: list[str]) -> dict[str, dict[str, float]]:
    """The mean SSIMULACRA2 of each rival and format, over the files of the first pictures."""
    from imagebuild import Picture
    from imagebuild_pixels.geometry import scaled
    from imagebuild_pixels.raster import load, resized

    pairs, owners = [], []
    for file in sorted(source.glob("*.png"))[:count]:
        whole = load(Picture(file.read_bytes(), "image/png"), file.stem)
        for width in WIDTHS:
            truth = folder / f"truth-{file.stem}-{width}.png"
            resized(whole, *scaled((whole.width, whole.height), width=width)).pngsave(str(truth))
            for name in names:
                for ending in ("avif", "webp", "jpg"):
                    pairs.append((str(truth), str(folder / f"out {name}" / f"{file.stem}-{width}.{ending}")))
                    owners.append((name, ending))
    halves = [pairs[0::2], pairs[1::2]]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda half: _judged(python, folder, half), halves))
    scores = [0.0] * len(pairs)
    scores[0::2], scores[1::2] = answers
    found: dict[tuple[str, str], list[float]] = {}
    for owner, score in zip(owners, scores, strict=True):
        found.setdefault(owner, []).append(score)
    return {
        name: {ending: statistics.mean(found[name, ending]) for ending in ("avif", "webp", "jpg")} for name in names
    }


def _judged(python: str, folder: Path, pairs: list[tuple[str, str]]) -> list[float]:
    text = json.dumps(pairs)
    done = subprocess.run([python, folder / "judge.py"], input=text, capture_output=True, text=True, check=True)
    scores: list[float] = json.loads(done.stdout)
    return scores


def alone(file: Path) -> None:
    """What watch mode waits for: the step on one picture in a process that is warm."""
    from imagebuild import Picture, StepContext
    from imagebuild_pixels.step.resize import Resize
    from imagebuild_pixels.step.responsive import Responsive

    picture = Picture(file.read_bytes(), "image/png")
    for step, given, words in (
        (Responsive(), {}, "one picture alone, all nine files"),
        (Responsive(), {"formats": ["webp", "jpeg"]}, "the same without AVIF"),
        (Resize(), {"width": 800}, "one picture to width 800, PNG"),
    ):
        context = StepContext("alone", step.resolve(given).options)
        times = []
        for _ in range(4):
            start = time.perf_counter()
            step.apply([picture], context)
            times.append(time.perf_counter() - start)
        print(f"{words}: {min(times):.2f} s")


def report(rivals: list[Rival], runs: dict[str, list[Run]], folder: Path, scores: dict[str, dict[str, float]]) -> None:
    """One line each."""
    print(
        f"{'':24}{'CPU s':>8}{'of sharp':>10}{'clock s':>9}{'peak MB':>9}{'kB avif/webp/jpg':>22}{'quality':>20}  bytes"
    )
    for rival in rivals:
        mine, base = runs[rival.name], runs["sharp"]
        ratio = statistics.median(one.cpu / other.cpu for one, other in zip(mine, base, strict=False))
        out = folder / f"out {rival.name}"
        sizes = [sum(file.stat().st_size for file in out.glob(f"*.{end}")) // 1000 for end in ("avif", "webp", "jpg")]
        quality = [f"{scores[rival.name][end]:.1f}" for end in ("avif", "webp", "jpg")] if scores else []
        steady = "same" if len({one.digest for one in mine}) == 1 else "differ"
        print(
            f"{rival.name:24}{statistics.median(one.cpu for one in mine):8.1f}{ratio:10.3f}"
            f"{statistics.median(one.wall for one in mine):9.1f}{max(one.peak for one in mine):9.0f}"
            f"{'/'.join(map(str, sizes)):>22}{'/'.join(quality):>20}  {steady if len(mine) > 1 else 'once'}"
        )


def main() -> None:
    """Draw, install, run in turn, judge, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-rounds", type=int, default=1)
    parser.add_argument("--pictures", type=int, default=len(PROMPTS))
    parser.add_argument("--judged", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "in"
        source.mkdir()
        draw(source, given.pictures)
        rivals = [rival for rival in install(folder) if given.slow_rounds or not rival.slow]
        runs: dict[str, list[Run]] = {rival.name: [] for rival in rivals}
        for number in range(max(given.rounds, given.slow_rounds)):
            # Forwards, then backwards: nobody always runs on a machine that another has just warmed.
            for rival in rivals if number % 2 == 0 else rivals[::-1]:
                if number < (given.slow_rounds if rival.slow else given.rounds):
                    runs[rival.name].append(run(rival, source, folder / f"out {rival.name}"))
        python = str(folder / "venv" / "bin" / "python")
        names = [rival.name for rival in rivals]
        scores = judge(python, folder, source, given.judged, names) if given.judged else {}
        report(rivals, runs, folder, scores)
        alone(min(source.glob("*.png")))


if __name__ == "__main__":
    main()
