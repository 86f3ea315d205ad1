"""What lies at output paths: written when it must be, kept when somebody else's."""

from __future__ import annotations

import os

import pytest
from ten_pictures import TEN, Make, refuse

from imagebuild.errors import (
    SpecError,
    UnavailableError,
)
from imagebuild.store import Store


def test_outputs_come_back_without_a_call_when_the_working_tree_is_cleaned(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    before = {path: world.read(f"images/{path}") for path in os.listdir(world.root / "images")}
    for folder in ("images", ".imagebuild"):
        for top, _, files in os.walk(world.root / folder, topdown=False):
            for file in files:
                os.unlink(os.path.join(top, file))
            os.rmdir(top)
    world.forget()
    report = world.build()
    assert world.provider.calls == []
    assert (report.cached, len(report.written)) == (10, 10)
    assert before == {path: world.read(f"images/{path}") for path in os.listdir(world.root / "images")}


def test_an_output_edited_by_hand_is_kept_and_said_to_be_until_overwritten(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    world.write({"images/t1.png": b"my own"})
    report = world.build()
    assert report.kept == ("images/t1.png",)
    assert world.notices == ["'images/t1.png' was changed by hand and is kept"]
    assert world.read("images/t1.png") == b"my own"
    assert world.status("t1")["t1"].reasons[0].code == "edited"
    assert world.build(overwrite=True).written == ("images/t1.png",)
    assert world.read("images/t1.png").startswith(b"\x89PNG")


def test_a_file_that_was_there_before_is_never_overwritten_unasked(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN, "images/t1.png": b"precious", "images/t2.png": b"too"})
    assert sorted(world.build().kept) == ["images/t1.png", "images/t2.png"]
    assert len(world.notices) == 1
    assert world.notices[0].startswith("kept as they were before, with other bytes: 'images/t")
    assert world.status("t1")["t1"].reasons[0].detail == "there before, and not made here"
    assert world.read("images/t1.png") == b"precious"


def test_the_old_picture_stays_until_the_new_one_is_there(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    before = world.read("images/t1.png")
    world.edit("imagebuild.yaml", "picture 1}", "picture one}")
    world.provider.answer = refuse("picture one", lambda: UnavailableError("down"))
    assert world.build().exit_code == 1
    assert world.read("images/t1.png") == before


def test_editing_an_output_in_place_never_changes_the_store(project: Make) -> None:
    world = project({"imagebuild.yaml": TEN})
    world.build()
    with (world.root / "images/t1.png").open("r+b") as file:
        file.write(b"scribble")
    store = Store.originals(world.home)
    assert all(store.objects.get(digest) for digest in store.objects.digests())
    store.close()


def test_a_path_that_ends_like_another_type_is_refused_before_anything_is_bought(project: Make) -> None:
    world = project({"imagebuild.yaml": "version: 1\ntargets: {a: {prompt: a, provider: recorder, output: a.jpg}}\n"})
    with pytest.raises(SpecError) as caught:
        world.build()
    assert str(caught.value) == "imagebuild.yaml:2:54: the output 'a.jpg' of target 'a' is to hold image/png"
    assert world.provider.calls == []


def test_two_pictures_of_one_target_at_one_path_are_an_error_with_the_place(project: Make) -> None:
    spec = "version: 1\ntargets: {a: {prompt: a, output: a.png, steps: [{mark: {widths: [1, 2]}}]}}\n"
    world = project({"imagebuild.yaml": spec})
    report = world.build()
    assert report.exit_code == 2
    assert "two pictures of 'a' would be written to 'a.png'" in str(report.failures[0].error)
    world.edit("imagebuild.yaml", "output: a.png", "output: 'a-{{ width }}.png'")
    assert world.build().written == ("a-1.png", "a-2.png")


def test_two_targets_that_turn_out_to_write_one_file_are_an_error_and_the_first_one_stands(project: Make) -> None:
    spec = """\
version: 1
targets:
  a: {prompt: a, output: "x{% if width %}-{{ width }}{% endif %}.png", steps: [{mark: {widths: [1]}}]}
  b: {prompt: b, output: x-1.png}
"""
    world = project({"imagebuild.yaml": spec})
    report = world.build(jobs=1)
    assert report.exit_code == 2
    assert str(report.failures[0].error) in (
        "'x-1.png' is the output of both 'a' and 'b'",
        "'x-1.png' is the output of both 'b' and 'a'",
    )
    assert world.written == ["x-1.png"]
