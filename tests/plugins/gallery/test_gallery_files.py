"""Which files the gallery writes, keeps and takes away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from showcase import Showcase, one, publish, stored

from imagebuild import Manifest, Publication, PublisherContext
from imagebuild.errors import StoreError
from imagebuild.testing import Desk, png
from imagebuild_gallery import GalleryPublisher

FOLDER = "public/gallery"
PAGE = f"{FOLDER}/index.html"


def few(show: Showcase, *names: str) -> Manifest:
    return Manifest("harbour", {name: show.images[name] for name in names})


def test_equal_bytes_are_one_file(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "car", "car-winter"))
    bodies = list(desk.files().values())
    assert len(bodies) == len(set(bodies))


def test_what_is_no_longer_shown_goes_and_strangers_stay(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    (tmp_path / FOLDER / "pictures").mkdir(parents=True)
    (tmp_path / FOLDER / "pictures" / "mine.png").write_bytes(png())
    publish(desk, few(show, "fox", "logo"))
    publication = publish(desk, few(show, "logo"))
    names = {Path(path).name.split(".")[0] for path in desk.files()}
    assert names == {"index", "mine", "logo"}
    assert publication.changed == 8


def test_a_page_that_somebody_changed_is_kept(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox"))
    edited = (tmp_path / PAGE).read_text("utf-8").replace("fox", "vixen")
    (tmp_path / PAGE).write_text(edited, "utf-8")
    publish(desk, few(show, "fox", "logo"))
    assert (tmp_path / PAGE).read_text("utf-8") == edited
    assert desk.notices == [f"'{PAGE}' was changed since it was published; it is kept, delete it and publish again"]
    (tmp_path / PAGE).unlink()
    publish(desk, few(show, "fox", "logo"))
    assert "logo" in (tmp_path / PAGE).read_text("utf-8")


def test_a_page_of_somebody_else_is_kept(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / PAGE).write_text("<h1>My own page</h1>")
    publish(desk, few(show, "fox"))
    assert (tmp_path / PAGE).read_text() == "<h1>My own page</h1>"
    assert len(desk.notices) == 1


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_a_page_of_an_earlier_run_elsewhere_is_replaced(ends: bytes, tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox"))
    (tmp_path / PAGE).write_bytes((tmp_path / PAGE).read_bytes().replace(b"\n", ends))
    desk.forget()
    publish(desk, few(show, "logo"))
    assert "logo" in (tmp_path / PAGE).read_text("utf-8")
    assert desk.notices == []


def test_a_picture_that_somebody_changed_is_kept_even_when_nothing_shows_it(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox", "logo"))
    path = next((tmp_path / FOLDER / "pictures").glob("logo*"))
    path.write_bytes(b"retouched")
    for manifest in (few(show, "fox", "logo"), few(show, "fox")):
        assert publish(desk, manifest).changed <= 1
        assert path.read_bytes() == b"retouched"
    assert ["is kept" in notice for notice in desk.notices] == [True, True]


def test_another_folder_leaves_nothing_in_the_old_one(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox"))
    publication = publish(desk, few(show, "fox"), {"path": "site/pictures"})
    assert publication.location == "site/pictures"
    assert {path.split("/")[0] for path in desk.files()} == {"site"}


def test_nothing_is_read_from_the_store_again(tmp_path: Path, show: Showcase) -> None:
    desk, asked = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox", "logo"))
    asked.clear()
    publish(desk, few(show, "fox", "logo", "car"))
    car = show.images["car"]
    assert set(asked) == {car.sha256, car.variants[0].sha256}


def test_files_that_are_right_are_put_there_all_the_same_so_that_the_engine_watches_them(
    tmp_path: Path, show: Showcase
) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox", "logo"))
    context = context_of(desk)
    told: list[str] = []

    def write(path: str, data: bytes, ours: Callable[[bytes], bool] | None = None) -> bool:
        told.append(path)
        return context.write(path, data, ours)

    def place(path: str, sha256: str) -> bool:
        told.append(path)
        return context.place(path, sha256)

    GalleryPublisher().publish(few(show, "fox", "logo"), replace(context, write=write, place=place))
    assert sorted(told) == sorted(desk.files())


def test_a_publisher_that_is_given_the_memory_of_another_leaves_its_files(tmp_path: Path, show: Showcase) -> None:
    """As happens when the spec names them in another order."""
    desk, _ = stored(tmp_path, show.pictures)
    foxes, logos = (few(show, "fox"), "site/foxes"), (few(show, "logo"), "site/logos")
    for order in ((logos, foxes), (foxes, logos)):
        published: tuple[Publication, ...] = ()
        for name, (manifest, path) in zip(("gallery", "gallery 1"), order, strict=True):
            options = GalleryPublisher().resolve({"path": path}).options
            published += (desk.publish(GalleryPublisher(), manifest, options, published=published, name=name),)
    folders = ["/".join(path.split("/")[:2]) for path in desk.files()]
    assert (folders.count("site/foxes"), folders.count("site/logos")) == (8, 2)
    assert [publication.changed for publication in published] == [2, 2]


def test_a_folder_in_other_letters_may_be_the_same_folder(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox"))
    there = set(desk.files())
    publish(desk, few(show, "fox"), {"path": "Public/Gallery"})
    assert there <= set(desk.files())


def test_a_new_picture_is_read_once(tmp_path: Path, show: Showcase) -> None:
    desk, asked = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox", "car-icon"))
    assert len(asked) == len(set(asked))


def test_broken_memory_is_no_memory(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, few(show, "fox"))
    there = desk.files()
    desk.memory = {"version": "1", "facts": {"z": [1, 2]}}
    assert publish(desk, few(show, "fox")).changed == 0
    assert desk.files() == there


def test_a_run_that_was_cut_off_is_cleaned_up_after(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    with pytest.raises(StoreError, match="full"):
        run(desk, few(show, "fox"), fail_at="index.html")
    assert len(desk.files()) == 7
    publish(desk, few(show, "logo"))
    assert {Path(path).name.split(".")[0] for path in desk.files()} == {"index", "logo"}


def run(desk: Desk, manifest: Manifest, *, fail_at: str) -> Publication:
    """Publish onto a disk that is full at one file."""
    context = context_of(desk)

    def write(path: str, data: bytes, ours: Callable[[bytes], bool] | None = None) -> bool:
        if path.endswith(fail_at):
            raise StoreError("the disk is full")
        return context.write(path, data, ours)

    failing: PublisherContext = replace(context, write=write)
    return GalleryPublisher().publish(manifest, failing)


def context_of(desk: Desk) -> PublisherContext:
    return desk.context(GalleryPublisher().resolve({}).options, name="gallery")


def test_a_dry_run_remembers_nothing(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    options = GalleryPublisher().resolve({}).options
    assert GalleryPublisher().publish(few(show, "fox"), desk.context(options, dry_run=True)).changed == 8
    assert (desk.memory, desk.files()) == ({}, {})


def test_a_finished_picture_that_is_gone_is_an_error(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, {})
    with pytest.raises(StoreError):
        publish(desk, few(show, "logo"))


def test_a_link_in_place_of_a_picture_is_not_followed(tmp_path: Path, show: Showcase) -> None:
    desk, _ = stored(tmp_path, show.pictures)
    publish(desk, one(show.images["logo"]))
    path = next((tmp_path / FOLDER / "pictures").glob("logo*"))
    secret = tmp_path / "elsewhere"
    secret.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(secret)
    there = secret.read_bytes()
    assert publish(desk, Manifest("harbour")).changed == 1
    assert (path.is_symlink(), secret.read_bytes()) == (True, there)
    assert ["is kept" in notice for notice in desk.notices] == [True]
