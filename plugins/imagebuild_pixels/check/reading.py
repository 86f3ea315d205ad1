"""Reads the text in a picture with the program ``tesseract``.

Lettering in pictures is rarely black on white, so there are several passes, each with another way to make it so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from imagebuild.errors import StepError
from imagebuild_pixels.check.program import Answer, run
from imagebuild_pixels.raster import Image, resized

__all__ = ["Word", "read_words"]

_INSTALL = "'apt install tesseract-ocr' or 'brew install tesseract'; for Windows see tesseract-ocr.github.io"
_LEAST_PIXELS, _MOST_PIXELS = 2_400_000, 6_000_000
_ENLARGED = 4
"""Lettering must be some twenty pixels high to be read: small pictures are enlarged, up to so many times."""
_WORD_LEVEL = "5"


class Word(Struct, frozen=True):
    """A word that was read, and how sure the program is of it in percent."""

    text: str
    confidence: float


def read_words(image: Image, language: str, seconds: float) -> Iterator[list[Word]]:
    """The words of each of up to four passes, in the order of reading; a pass is made only when it is asked for.

    ``image`` as ``load`` gives it. Raises ``StepError`` where the program or one of the languages is missing.
    """
    from shutil import which

    program = which("tesseract")
    if program is None:
        raise StepError("the check 'text' needs the program 'tesseract', which is not installed", hint=_INSTALL)
    _check_languages(program, language, seconds)
    image = _sized(image.flatten(background=[128, 128, 128]) if image.hasalpha() else image)
    for inked in _PASSES:
        ink = inked(image).pngsave_buffer(compression=1, keep="none")
        # Sparse text in no order: lettering in a picture is no page.
        command = [program, "stdin", "stdout", "--psm", "11", "-l", language, "tsv"]
        yield _words(_run(command, ink, seconds))


def _run(command: list[str], data: bytes, seconds: float) -> str:
    # One thread, because more change the result's last digits.
    answer = run(command, data, name="'tesseract'", seconds=seconds, environ={"OMP_THREAD_LIMIT": "1"})
    if answer.code != 0:
        raise StepError(f"'tesseract' failed: {_last_line(answer)}")
    return answer.out


def _last_line(answer: Answer) -> str:
    lines = answer.err.strip().splitlines()
    return lines[-1][:200] if lines else f"code {answer.code}"


def _check_languages(program: str, language: str, seconds: float) -> None:
    """The program itself goes on with the languages that it has, and would read another text."""
    listed = _run([program, "--list-langs"], b"", seconds).split("\n")[1:]
    installed = sorted(name.strip() for name in listed if name.strip())
    missing = [name for name in language.split("+") if name not in installed]
    if missing:
        hint = f"installed: {', '.join(installed)}; to add it: 'apt install tesseract-ocr-{missing[0].lower()}'"
        raise StepError(f"'tesseract' has no language '{missing[0]}'", hint=hint)


def _words(table: str) -> list[Word]:
    """The rows of words: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    rows = (row.split("\t") for row in table.split("\n"))
    return [Word(row[11], float(row[10])) for row in rows if len(row) == 12 and row[0] == _WORD_LEVEL]


def _sized(image: Image) -> Image:
    pixels = image.width * image.height
    factor = math.sqrt(min(max(pixels, _LEAST_PIXELS), _MOST_PIXELS) / pixels)
    factor = min(factor, _ENLARGED)
    return resized(image, max(1, round(image.width * factor)), max(1, round(image.height * factor)))


def _grey(image: Image) -> Image:
    return image.copy(interpretation="srgb").colourspace("b-w").extract_band(0)


def _blue(image: Image) -> Image:
    """In this band yellow and white lettering on blue or green stands out."""
    return image.extract_band(2)


def _black(image: Image) -> Image:
    """What is nearly black, whatever stands behind it."""
    return ((_grey(image).cast("short") - 24) * 8).cast("uchar")


def _lighter(image: Image) -> Image:
    """What is lighter than its surroundings, black on white."""
    grey = _grey(image)
    around = grey.gaussblur(max(image.width, image.height) / 40, precision="approximate")
    return (255 - (grey.cast("short") - around) * 8).cast("uchar")


_PASSES: Sequence[Callable[[Image], Image]] = (_grey, _blue, _black, _lighter)
"""Ways to turn a picture into ink on paper. Of 36 texts over drawn scenes grey alone reads 10, all together 27; in
54 scenes without any text they find none. A way for what is darker than its surroundings added nothing."""
