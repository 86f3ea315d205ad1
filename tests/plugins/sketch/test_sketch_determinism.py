from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sketching import drawn, edit

from imagebuild_sketch.brief import read
from imagebuild_sketch.chance import Chance
from imagebuild_sketch.colour import from_oklch, hex_of, mix, to_oklch
from imagebuild_sketch.option import Settings
from imagebuild_sketch.picture import drawing_of

OPTIONS = {"size": "1024x1024", "quality": "medium", "background": "auto", "output_format": "png"}
GOLDEN = {
    "a red car": "a91cba2761736202442401f0abf5ca2ec4bd63f0e62f866b9138491eeb7ad998",
    "sunset over mountains in spring": "d7a264567c988cd98e901c73cd7a589efd799c8fd146a3a17bdc7eadf3853e16",
    "a city skyline at dusk": "dfca65400bdd5be051d2cdacb27b6ea896eeb75c5b16d4e81fa9fcc9735beffc",
    "a magical forest": "3aa67f15281e50f8102215eeedc61c7cd2788e90942552341ca7e1c40b79d410",
    "abstract flowing shapes in teal and coral": "d2eeba4510058c3e795bd9879521a1cc5dc8f90a82fb5222bb3a8d47216d9b47",
    "a cozy reading room": "5c38594fbcb8f691234b651cd0d21726588814b7b00db3b55e40278bb6677eb7",
    "portrait of a woman in a yellow jacket": "23edbfbd2ac655bd4bd52eea54376780f4d589c378adc7d2bd8b0c14157ef196",
    "isometric building": "10f0a498d6bb59042f9678c2486672707150e69380525ec421089180ecd44a15",
    "app icon of a camera": "52d1c42aa9b46598f7b67f395124301f47542e829b189cdc38ca16b135f44379",
    "a sailboat on the sea at dawn": "8582c45588381fce6d5131b3327bc79a314ecb43fbffc8b44486bb66db80ebc7",
}


def composed(prompt: str) -> str:
    return hashlib.sha256(drawing_of(read(prompt), Settings.of(OPTIONS), candidate=1, take=1).svg.encode()).hexdigest()


@pytest.mark.parametrize("prompt", GOLDEN)
def test_the_composed_drawing_is_the_same_on_every_platform(prompt: str) -> None:
    """Changes on purpose only: then raise ``SketchProvider.version`` with it."""
    assert composed(prompt) == GOLDEN[prompt]


def test_hash_seed_and_process_do_not_change_a_byte() -> None:
    script = (
        "import hashlib, sys; sys.path.insert(0, 'tests/plugins/sketch'); from sketching import drawn, edit; "
        "car = drawn('a red car in a city at night'); "
        "print(hashlib.sha256(car + edit(car, 'add a tree and make it autumn')).hexdigest())"
    )
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "VIPS_CONCURRENCY": threads, "LC_ALL": "C"},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "4"))
    }
    assert len(answers) == 1


def test_threads_at_once_draw_the_same_as_one_alone() -> None:
    prompts = ["a red car", "a forest in fog", "pattern of leaves", "watercolor house", "a rocket in space"] * 3
    alone = {prompt: drawn(prompt) for prompt in prompts}
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(drawn, prompts)) == [alone[prompt] for prompt in prompts]


def test_edits_in_threads_are_the_same_as_one_alone() -> None:
    parent = drawn("a red car")
    prompts = ["make it blue", "add a tree", "make it night", "remove the background"] * 2
    alone = [edit(parent, prompt) for prompt in prompts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda prompt: edit(parent, prompt), prompts)) == alone


def test_white_space_in_a_prompt_does_not_redraw() -> None:
    assert drawn("a  red\n car") == drawn("a red car")


def test_chance_is_a_fixed_sequence() -> None:
    chance = Chance("seed")
    assert [chance.whole(0, 99) for _ in range(6)] == [96, 94, 28, 53, 32, 62]


def test_children_of_chance_do_not_depend_on_what_was_drawn_before() -> None:
    one, other = Chance("seed"), Chance("seed")
    other.unit()
    assert one.child("sky").bits() == other.child("sky").bits()


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#d8322f", "#2f6fd0", "#7f7f7f", "#00ff00"])
def test_colours_survive_the_way_through_oklch(colour: str) -> None:
    assert from_oklch(*to_oklch(colour)) == colour


def test_colours_outside_srgb_lose_chroma_and_keep_their_light() -> None:
    light, chroma, _ = to_oklch(from_oklch(0.7, 0.4, 150))
    assert abs(light - 0.7) < 0.02
    assert chroma < 0.4


def test_mixing_ends_at_its_ends() -> None:
    assert mix("#d8322f", "#2f6fd0", 0) == "#d8322f"
    assert mix("#d8322f", "#2f6fd0", 1) == "#2f6fd0"
    assert hex_of(300, -5, 127.5) == "#ff0080"
