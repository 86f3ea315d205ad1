from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from board_samples import sketched
from check_samples import STYLE, SVG, judged, labelled, problems
from PIL import Image, ImageDraw, ImageFont
from pixel_samples import plain, png

from imagebuild import Check, Picture
from imagebuild.errors import StepError
from imagebuild.testing import CheckContract
from imagebuild_pixels.check import reading
from imagebuild_pixels.check.program import Answer
from imagebuild_pixels.check.text import Text


@pytest.fixture
def tesseract() -> None:
    """The program, which has to be there where all tests must run."""
    if shutil.which("tesseract") is None:
        if os.environ.get("CI"):
            pytest.fail("tesseract is not installed")
        pytest.skip("tesseract is not installed")


def lettered(
    text: str,
    *,
    ink: str = "black",
    ground: str = "white",
    size: int = 48,
    on: Picture | None = None,
    mode: str = "RGB",
    form: str = "PNG",
) -> Picture:
    """A text in the font that Pillow brings along, on a colour or on a picture."""
    image = Image.open(io.BytesIO(on.data)) if on else Image.new("RGBA", (420, 300), ground)
    ImageDraw.Draw(image).text((24, 60), text, fill=ink, font=ImageFont.load_default(size))
    file = io.BytesIO()
    image.convert(mode).save(file, form)
    return Picture(file.getvalue(), f"image/{form.lower()}")


@pytest.mark.usefixtures("tesseract")
class TestContains(CheckContract):
    def check(self) -> Check:
        return Text()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"": "SALE"}

    def passing(self) -> Sequence[Picture]:
        return [lettered("Summer\nSale")]

    def failing(self) -> Sequence[Picture]:
        return [lettered("Summer\nSail")]


@pytest.mark.usefixtures("tesseract")
class TestNone(CheckContract):
    def check(self) -> Check:
        return Text()

    def options(self) -> Mapping[str, object]:  # type: ignore[override]  # any JSON
        return {"none": True}

    def passing(self) -> Sequence[Picture]:
        return [sketched("a red fox in the snow")]

    def failing(self) -> Sequence[Picture]:
        return [lettered("Qrbtal wimsen")]


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("black", "white"),
        ("white", "black"),
        ("white", "#3060a0"),
        ("#ffd040", "#2060d0"),
        ("black", "#00000000"),
        ("white", "#00000000"),
    ],
)
def test_lettering_is_read_in_many_colours_and_on_nothing(ink: str, ground: str) -> None:
    picture = lettered("Summer Sale", ink=ink, ground=ground, mode="RGBA")
    assert judged(Text(), {"": "summer sale"}, picture).passed


@pytest.mark.usefixtures("tesseract")
def test_lettering_is_read_on_a_scene() -> None:
    scene = sketched("a fox in a forest", size=512)
    assert judged(Text(), {"": "OPEN"}, lettered("open", ink="black", on=scene, size=70)).passed
    assert not judged(Text(), {"none": True}, lettered("open", ink="black", on=scene, size=70)).passed


@pytest.mark.usefixtures("tesseract")
def test_small_lettering_and_small_pictures_are_enlarged() -> None:
    image = Image.open(io.BytesIO(lettered("Summer Sale").data)).resize((140, 100), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "PNG")
    assert judged(Text(), {"": "summer sale"}, Picture(file.getvalue(), "image/png")).passed


@pytest.mark.usefixtures("tesseract")
def test_what_was_read_and_what_was_wanted_are_told() -> None:
    verdict = judged(Text(), {"": "SALE"}, lettered("Summer Sail"))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (False, "'summer sail'", "'SALE'")
    verdict = judged(Text(), {"none": True}, lettered("Summer Sail"))
    assert (verdict.passed, verdict.measured, verdict.wanted) == (False, "'Summer Sail'", "no text")
    assert judged(Text(), {"": "SALE"}, png(plain(200, 200))).measured == "no text"


@pytest.mark.usefixtures("tesseract")
def test_several_texts_must_all_be_there() -> None:
    picture = lettered("Summer Sale\n50% off")
    assert judged(Text(), {"contains": ["sale", "50 % off"]}, picture).passed
    verdict = judged(Text(), {"contains": ["sale", "winter"]}, picture)
    assert (verdict.passed, verdict.wanted) == (False, "'sale' and 'winter'")


@pytest.mark.usefixtures("tesseract")
def test_a_part_of_a_word_is_not_the_word() -> None:
    assert not judged(Text(), {"": "SALE"}, lettered("Wholesale")).passed


@pytest.mark.usefixtures("tesseract")
def test_the_largest_picture_is_read() -> None:
    small, large = labelled(png(plain(40, 40)), width=40), labelled(lettered("Summer Sale"), width=420)
    assert judged(Text(), {"": "sale"}, small, large, SVG).passed


def test_there_is_no_text_where_there_are_no_pixels() -> None:
    assert judged(Text(), {"none": True}, SVG, STYLE).passed
    assert not judged(Text(), {"": "sale"}, SVG, STYLE).passed


def test_a_program_that_is_not_installed_is_an_error_that_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StepError, match="needs the program 'tesseract', which is not installed") as caught:
        judged(Text(), {"none": True}, png(plain(8, 8)))
    assert "apt install tesseract-ocr" in str(caught.value.hint)


@pytest.mark.usefixtures("tesseract")
def test_a_language_that_is_not_installed_is_an_error_that_names_it() -> None:
    with pytest.raises(StepError, match="'tesseract' has no language 'tlh'") as caught:
        judged(Text(), {"": "sale", "language": "eng+tlh"}, png(plain(8, 8)))
    assert "tesseract-ocr-tlh" in str(caught.value.hint)


class Program:
    """Stands in for tesseract: answers with these words, and remembers how it was called."""

    def __init__(self, *words: tuple[str, float], code: int = 0, err: str = "") -> None:
        rows = ["\t".join(["5", *"00000000000"[:9], str(sure), word]) for word, sure in words]
        self.table = "\n".join(["level\tpage_num", "1\t1\t0\t0\t0\t0\t0\t0\t8\t8\t-1\t", *rows])
        self.code, self.err = code, err
        self.calls: list[tuple[list[str], dict[str, Any]]] = []

    def __call__(self, command: list[str], stdin: bytes, **options: Any) -> Answer:
        self.calls.append((command, options))
        if "--list-langs" in command:
            return Answer(0, "List of languages (3):\nchi_sim\neng\nosd\n", "")
        return Answer(self.code, self.table, self.err)


def reads(monkeypatch: pytest.MonkeyPatch, *words: tuple[str, float], **options: Any) -> Program:
    program = Program(*words, **options)
    monkeypatch.setattr(reading, "run", program)
    monkeypatch.setattr(shutil, "which", lambda name: f"bin/{name}")
    return program


def test_the_program_runs_in_one_thread_with_a_time_limit_and_stops_when_all_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = reads(monkeypatch, ("Sale", 90))
    assert judged(Text(), {"": "sale", "seconds": 7}, png(plain(8, 8))).passed
    (_, (command, options)) = program.calls
    assert command == ["bin/tesseract", "stdin", "stdout", "--psm", "11", "-l", "eng", "tsv"]
    assert options == {"name": "'tesseract'", "seconds": 7, "environ": {"OMP_THREAD_LIMIT": "1"}}


def test_words_that_the_program_is_not_sure_of_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, ("Sale", 55), ("gibberish", 40))
    assert not judged(Text(), {"": "sale"}, png(plain(8, 8))).passed
    assert judged(Text(), {"": "sale", "confidence": 50}, png(plain(8, 8))).passed
    assert judged(Text(), {"none": True}, png(plain(8, 8))).passed


@pytest.mark.parametrize("noise", ["|||", "~", "iii", "llllll", "a1", "— _"])
def test_strokes_that_are_read_as_letters_are_no_text(monkeypatch: pytest.MonkeyPatch, noise: str) -> None:
    reads(monkeypatch, (noise, 95))
    assert judged(Text(), {"none": True}, png(plain(8, 8))).passed


def test_scripts_without_spaces_are_compared_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, ("夏季", 90), ("特", 90), ("卖中", 90))
    assert judged(Text(), {"": "特卖", "language": "chi_sim"}, png(plain(8, 8))).passed


def test_a_program_that_fails_is_an_error_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, code=1, err="Tesseract\nread_params_file: broken\n")
    with pytest.raises(StepError, match="'tesseract' failed: read_params_file: broken"):
        judged(Text(), {"none": True}, png(plain(8, 8)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "'text' needs 'contains' or 'none'"),
        ({"contains": "SALE", "none": True}, "'text' has both 'contains' and 'none'"),
        ({"contains": "!!"}, "'contains' of 'text' is empty, expected letters or digits"),
        ({"contains": []}, "'contains' of 'text': expected 1 or more values, found 0"),
        (
            {"": "SALE", "language": "../eng"},
            "'language' of 'text': expected a name like eng or deu+eng, found '../eng'",
        ),
        ({"": "SALE", "language": "-l"}, "'language' of 'text': expected a name like eng or deu+eng, found '-l'"),
    ],
)
def test_what_cannot_be_read_is_said(options: dict[str, object], message: str) -> None:
    assert problems(Text(), options) == [message]
