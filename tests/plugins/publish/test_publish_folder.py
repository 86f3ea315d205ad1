from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from delivering import Work, delivered, problems
from msgspec.structs import replace

from imagebuild import Publisher, PublisherContext
from imagebuild.errors import PublishError
from imagebuild.testing import Desk, PublisherContract, manifest_of
from imagebuild_publish import FolderPublisher, imagebuild_publishers


class TestFolder(PublisherContract):
    def publisher(self) -> Publisher:
        return FolderPublisher()

    def options(self) -> Mapping[str, Any]:
        return {"path": "public/img"}


class TestPlainFolder(TestFolder):
    def options(self) -> Mapping[str, Any]:
        return {"": "static", "names": "plain", "clean": False}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return (
        Work(tmp_path)
        .add("hero", ("image/avif", 400), ("image/avif", 800), ("image/jpeg", 800))
        .add("logo", "image/svg+xml")
    )


def test_the_hook_gives_the_local_publishers() -> None:
    local = [publisher.name for publisher in imagebuild_publishers() if not publisher.remote]
    assert local == ["folder", "manifest"]


def test_every_file_is_copied_and_named_for_the_publishers_that_follow(work: Work) -> None:
    publication = work.folder()
    names = [f"hero-400.{work.digest('hero')[:8]}.avif", f"hero-800.{work.digest('hero', 1)[:8]}.avif"]
    names += [f"hero-800.{work.digest('hero', 2)[:8]}.jpg", f"logo.{work.digest('logo')[:8]}.svg"]
    assert list(publication.files.values()) == names == work.names()
    assert publication.files["images/hero-400.avif"] == names[0]
    assert (publication.location, publication.base, publication.changed) == ("public/img", "/img/", 4)
    assert work.desk.files()[f"public/img/{names[3]}"] == b"images/logo.svg"


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("public/img", "/img/"),
        ("./public//img/", "/img/"),
        ("static", "/"),
        (".", "/"),
        ("_site/a/b", "/a/b/"),
        ("src/img", "/img/"),
        ("docs/img", "/img/"),
        ("assets/img", "/assets/img/"),
        ("img", "/img/"),
        ("public/public", "/public/"),
        ("public/my pictures/50%", "/my%20pictures/50%25/"),
        ("public/画像", "/画像/"),
    ],
)
def test_the_base_comes_from_the_path_without_the_root_of_the_site(work: Work, path: str, base: str) -> None:
    assert work.folder(path=path).base == base


@pytest.mark.parametrize(
    ("base", "wanted"),
    [("/x", "/x/"), ("https://cdn.example.com", "https://cdn.example.com/"), ("", ""), ("/i?f=", "/i?f=")],
)
def test_a_given_base_ends_so_that_a_name_can_follow(work: Work, base: str, wanted: str) -> None:
    assert work.folder(base=base).base == wanted


def test_a_part_of_the_pictures_can_be_chosen(work: Work) -> None:
    work.add("icon", "image/x-icon", tags=("small",))
    assert set(work.folder(targets=["logo"]).files) == {"images/logo.svg"}
    assert set(work.folder(tags="small").files) == {"images/icon.ico"}


def test_files_that_are_no_pictures_are_delivered_too(work: Work) -> None:
    work.images.clear()
    work.add("site", ("application/manifest+json", None, {"name": "site"}), "text/css", "image/x-icon")
    work.folder(names="plain")
    assert work.names() == ["site-site.webmanifest", "site.css", "site.ico"]


def test_what_nothing_wants_any_more_is_removed_and_nothing_else(work: Work) -> None:
    work.folder()
    (work.desk.root / "public/img/photo.jpg").write_bytes(b"somebody's own")
    del work.images["logo"]
    assert work.folder().changed == 1
    assert [name.partition(".")[0] for name in work.names()] == ["hero-400", "hero-800", "hero-800", "photo"]
    assert work.folder().changed == 0


def test_a_new_picture_replaces_the_hashed_file_of_the_old_one(work: Work) -> None:
    work.folder()
    old = work.names()
    work.add("logo", "image/svg+xml", seed="new")
    assert work.folder().changed == 2
    assert len(work.names()) == 4
    assert len({*old, *work.names()}) == 5


def test_without_clean_old_files_stay_and_are_removed_once_it_is_wanted(work: Work) -> None:
    work.folder()
    del work.images["logo"]
    assert work.folder(clean=False).changed == 0
    assert len(work.names()) == 4
    assert work.folder(clean=True).changed == 1
    assert len(work.names()) == 3


def test_moving_the_folder_takes_the_files_along(work: Work) -> None:
    work.folder()
    assert work.folder(path="static/pictures").changed == 8
    assert work.names() == []
    assert len(work.desk.files()) == 4


def test_a_file_changed_by_hand_is_neither_replaced_nor_removed(work: Work) -> None:
    work.folder(names="plain")
    (work.desk.root / "public/img/logo.svg").write_bytes(b"edited")
    assert work.folder(names="plain").changed == 0
    work.add("logo", "image/svg+xml", seed="new")
    assert work.folder(names="plain").changed == 0
    assert set(work.desk.notices) == {
        "'public/img/logo.svg' was changed since it was published; it is kept, delete it and publish again"
    }
    work.desk.notices.clear()
    del work.images["logo"]
    assert work.folder(names="plain").changed == 0
    assert work.desk.files()["public/img/logo.svg"] == b"edited"
    assert work.desk.notices == [
        "'public/img/logo.svg' is no longer published, but was changed since it was; it is kept"
    ]
    work.desk.notices.clear()
    work.folder(names="plain")
    assert work.desk.notices == []


def test_a_kept_file_is_published_once_it_is_deleted(work: Work) -> None:
    work.folder(names="plain")
    logo = work.desk.root / "public/img/logo.svg"
    logo.write_bytes(b"edited")
    work.folder(names="plain")
    logo.unlink()
    assert work.folder(names="plain").changed == 1
    assert logo.read_bytes() == b"images/logo.svg"


def test_a_file_of_somebody_else_is_kept_and_not_removed_later(work: Work) -> None:
    theirs = work.desk.root / "public/img/logo.svg"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"theirs")
    assert work.folder(names="plain").changed == 3
    assert "was not published from here" in work.desk.notices[0]
    del work.images["logo"]
    work.folder(names="plain")
    assert theirs.read_bytes() == b"theirs"


def test_a_file_whose_bytes_are_in_the_store_or_empty_is_replaced(work: Work) -> None:
    folder = work.desk.root / "public/img"
    folder.mkdir(parents=True)
    (folder / "logo.svg").write_bytes(b"")
    (folder / "hero-400.avif").write_bytes(b"images/hero-800.avif")
    assert work.folder(names="plain").changed == 4
    assert work.desk.notices == []


def test_files_that_a_clone_has_already_are_taken_over(work: Work) -> None:
    work.folder()
    work.desk.forget()
    assert work.folder().changed == 0
    del work.images["logo"]
    assert work.folder().changed == 1


def test_a_run_that_was_cut_off_is_finished_by_the_next(work: Work) -> None:
    work.folder(names="plain")
    work.add("hero", ("image/avif", 400), ("image/avif", 800), ("image/jpeg", 800), seed="second")
    context, placed = folder_context(work, names="plain"), []

    def cut_off(path: str, digest: str) -> bool:
        if len(placed) == 2:
            raise KeyboardInterrupt
        placed.append(path)
        return context.place(path, digest)

    with pytest.raises(KeyboardInterrupt):
        FolderPublisher().publish(work.manifest, replace(context, place=cut_off))
    work.add("hero", ("image/avif", 400), ("image/avif", 800), ("image/jpeg", 800), seed="third")
    assert work.folder(names="plain").changed == 3
    assert work.desk.notices == []
    assert all(data.startswith(b"third") for path, data in work.desk.files().items() if "hero" in path)


def test_files_of_a_folder_before_are_not_removed(work: Work) -> None:
    first = work.folder()
    del work.images["logo"]
    work.publish(FolderPublisher(), {"path": "static"}, published=[first])
    assert any(name.startswith("logo") for name in work.names())


def test_a_file_that_became_an_output_is_not_removed(work: Work) -> None:
    work.folder(names="plain")
    work.desk.outputs = frozenset({"public/img/logo.svg"})
    work.folder(path="static")
    assert work.names() == ["logo.svg"]


def test_outputs_that_lie_in_the_folder_already_are_not_copied(work: Work) -> None:
    publication = work.folder(path="images", names="output")
    assert (publication.changed, publication.base) == (0, "/images/")
    assert publication.files["images/logo.svg"] == "logo.svg"


def test_a_name_in_other_letters_does_not_remove_the_new_file(work: Work) -> None:
    work.images.clear()
    work.add("Logo", "image/png").folder(names="plain")
    work.images.clear()
    work.add("logo", "image/png").folder(names="plain")
    assert "public/img/logo.png" in work.desk.files()


def test_what_is_no_file_is_kept(work: Work, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.svg").write_bytes(b"elsewhere")
    link = tmp_path / "public/img/logo.svg"
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "elsewhere.svg")
    work.folder(names="plain")
    assert link.is_symlink()
    assert (tmp_path / "elsewhere.svg").read_bytes() == b"elsewhere"


def test_a_dry_run_counts_what_would_be_written_and_removed(work: Work) -> None:
    work.folder()
    work.add("logo", "image/svg+xml", seed="new")
    before = work.desk.files()
    assert work.folder(dry_run=True).changed == 2
    assert work.desk.files() == before
    assert work.folder().changed == 2


def test_nothing_is_read_where_nothing_changed(work: Work) -> None:
    work.folder()
    work.desk.objects.clear()
    assert work.folder().changed == 0


def test_what_is_there_already_is_placed_too_so_that_the_engine_watches_it(work: Work) -> None:
    work.folder()
    context, placed = folder_context(work), []

    def listening(path: str, digest: str) -> bool:
        placed.append(path)
        return context.place(path, digest)

    assert FolderPublisher().publish(work.manifest, replace(context, place=listening)).changed == 0
    assert len(placed) == 4


def folder_context(work: Work, **options: Any) -> PublisherContext:
    resolved = FolderPublisher().resolve({"path": "public/img", **options})
    return work.desk.context(resolved.options, name="folder")


def test_no_pictures_are_no_fault(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {})
    publisher = FolderPublisher()
    publication = publisher.publish(manifest_of({}), desk.context(publisher.resolve({"path": "x"}).options))
    assert (publication.changed, publication.files, desk.files()) == (0, {}, {})


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "path: 'folder' needs 'path'"),
        ({"path": " "}, "path: 'path' is empty"),
        ({"path": "/srv/www"}, "path: 'path' is not relative to the project"),
        ({"path": "~/img"}, "path: 'path' is not relative to the project"),
        ({"path": "C:/img"}, "path: 'path' is not relative to the project"),
        ({"path": "a/../../b"}, "path: 'path' holds '..'"),
        ({"path": "a\\b"}, "path: 'path' holds a backslash; write '/' between folders"),
        ({"path": "a\nb"}, "path: 'path' holds a control character"),
        ({"path": "a", "base": "javascript:x"}, "base: 'base' is 'javascript:x', expected a path like"),
        ({"path": "a", "base": '/"onload='}, "base: 'base' holds '\"', which a URL cannot hold"),
        ({"path": "a", "base": "/a b"}, "base: 'base' holds ' ', which a URL cannot hold"),
        ({"path": "a", "names": "hash"}, "names: 'names' of 'folder': expected one of hashed, plain"),
    ],
)  # fmt: skip  # a row is a case
def test_bad_options_are_problems(options: Mapping[str, Any], problem: str) -> None:
    (found,) = problems(FolderPublisher(), options)
    assert found.startswith(problem)


def test_clashing_names_stop_before_anything_is_written(work: Work) -> None:
    work.add("hero[of=x]", "image/svg+xml", slug="logo", seed="other")
    with pytest.raises(PublishError, match=r"would both be named 'logo\.svg'"):
        work.folder(names="plain")
    assert work.desk.files() == {}
    assert delivered({}).changed == 0
