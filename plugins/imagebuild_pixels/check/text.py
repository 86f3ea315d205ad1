"""The check ``text``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from imagebuild import Check, CheckContext, CheckResult, Option, OptionProblem, Picture
from imagebuild_pixels.check.finished import first_frame, largest, rasters_of
from imagebuild_pixels.check.reading import Word, read_words
from imagebuild_pixels.raster import Image

__all__ = ["Text"]

_LANGUAGE = re.compile(r"[A-Za-z]\w*(?:/[A-Za-z]\w*)?(?:\+[A-Za-z]\w*(?:/[A-Za-z]\w*)?)*")
_LETTERS = re.compile(r"[^\W_]+")
_LEAST_LETTERS, _LEAST_DIFFERENT = 4, 3
"""What makes a word of something that was read in a picture that should have none: railings are read as ``lllll``."""
_LONGEST = 60


class Text(Check):
    """The picture shows a text, or shows none.

    Image models misspell, and paint letters where nobody asked for any. The text is read with the program tesseract,
    which must be installed. Capitals, punctuation and line breaks make no difference; whole words are compared. The
    largest finished picture is read, of an animation the first frame. SVG and files that are no pictures are passed
    over.
    """

    name = "text"
    version = "1"
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "contains",
            "text",
            "Texts that must all be there.",
            least=1,
            many=True,
            main=True,
            example="contains: SALE",
        ),
        Option(
            "none",
            "boolean",
            "Whether no text at all may be there: no word of four letters or more.",
            default=False,
            example="none: true",
        ),
        Option(
            "language",
            "text",
            "What to read it as: names of tesseract's language files, joined by '+'.",
            default="eng",
            example="language: deu+eng",
        ),
        Option(
            "confidence",
            "number",
            "How sure of a word the program must be, in percent.",
            default=60,
            least=0,
            most=100,
            example="confidence: 80",
        ),
        Option(
            "seconds",
            "number",
            "How long one pass of reading may take; there are up to four.",
            default=60,
            least=1,
            most=3600,
            example="seconds: 120",
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """One of two is wanted, and a language is the name of a file."""
        contains, none = options.get("contains", ()), options["none"]
        if bool(contains) == bool(none):
            both = "both 'contains' and 'none'" if none else "'contains' or 'none'"
            message = f"'text' has {both}" if none else f"'text' needs {both}"
            return [OptionProblem("contains", message, "for example: text: SALE, or text: {none: true}")]
        if any(not _LETTERS.search(text) for text in contains):
            return [OptionProblem("contains", "'contains' of 'text' is empty, expected letters or digits")]
        if not _LANGUAGE.fullmatch(options["language"]):
            message = f"'language' of 'text': expected a name like eng or deu+eng, found '{options['language']}'"
            return [OptionProblem("language", message, "see 'tesseract --list-langs'")]
        return []

    def check(self, pictures: Sequence[Picture], context: CheckContext) -> CheckResult:
        """Read the largest picture until all is found."""
        options: Mapping[str, Any] = context.options
        texts: list[str] = options.get("contains", [])
        wanted = "no text" if not texts else " and ".join(f"'{text}'" for text in texts)
        found = largest(rasters_of(pictures, context.target))
        if found is None:
            return CheckResult(not texts, "no picture made of pixels", wanted)
        image = first_frame(found[0])
        measured = _found(image, texts, options) if texts else _any(image, options)
        return CheckResult(measured is None, measured or ("found" if texts else "no text"), wanted)


def _found(image: Image, texts: Sequence[str], options: Mapping[str, Any]) -> str | None:
    """What was read where a text is missing; each pass may find other texts."""
    missing, best = list(texts), ""
    for words in _reading(image, options):
        read = _plain(word.text for word in words)
        missing = [text for text in missing if not _stands_in(text, read)]
        if not missing:
            return None
        best = max(best, read, key=len)
    return f"'{_short(best)}'" if best else "no text"


def _any(image: Image, options: Mapping[str, Any]) -> str | None:
    """The words that were read, if any."""
    for words in _reading(image, options):
        real = [word.text for word in words if _is_word(word.text)]
        if real:
            return f"'{_short(' '.join(real))}'"
    return None


def _reading(image: Image, options: Mapping[str, Any]) -> Iterable[list[Word]]:
    for words in read_words(image, options["language"], options["seconds"]):
        yield [word for word in words if word.confidence >= options["confidence"]]


def _is_word(text: str) -> bool:
    letters = "".join(_LETTERS.findall(text.casefold()))
    return len(letters) >= _LEAST_LETTERS and len(set(letters)) >= _LEAST_DIFFERENT


def _plain(texts: Iterable[str]) -> str:
    """Words of letters and digits with one space between."""
    return " ".join(_LETTERS.findall(unicodedata.normalize("NFKC", " ".join(texts)).casefold()))


def _stands_in(text: str, read: str) -> bool:
    """Whether whole words of what was read are the text; scripts that are written without spaces have none to keep."""
    sought = _plain([text])
    if any(unicodedata.east_asian_width(letter) in "WF" for letter in sought):
        return sought.replace(" ", "") in read.replace(" ", "")
    return f" {sought} " in f" {read} "


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
