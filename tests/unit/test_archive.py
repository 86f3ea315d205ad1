"""Archives of originals: the same store gives the same bytes, and nothing wrong ever gets into a store."""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from imagebuild.artifact import Artifact, Picture
from imagebuild.digest import canonical, digest_bytes, digest_value
from imagebuild.errors import StoreError
from imagebuild.housekeeping.archive import Arrival, Cargo, cargo_of, read_archive, write_archive
from imagebuild.store import Record, Store
from imagebuild.testing import png


@contextmanager
def a_store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.derivatives(Path(folder) / "store")  # as originals, without the flushes
        try:
            yield store
        finally:
            store.close()


def record_of(store: Store, prompt: str, *pictures: bytes, **fields: Any) -> Record:
    parts = {"kind": "generate", "provider": "p", "version": "1", "prompt": prompt, "options": {"x": 1.5}}
    artifacts = store.keep([Picture(data, "image/png") for data in pictures])
    record = Record(digest_value(parts), "generate", "p", "1", parts, artifacts, paid=True, time=100.25, cost_usd=0.04)
    return replace(record, **fields)


def bought(store: Store, prompt: str, *pictures: bytes, **fields: Any) -> Record:
    record = record_of(store, prompt, *pictures, **fields)
    store.records.put(record)
    return record


def packed(store: Store, cargo: Cargo | None = None) -> bytes:
    file = io.BytesIO()
    write_archive(store, cargo or cargo_of(store)[0], file)
    return file.getvalue()


def unpacked(store: Store, data: bytes) -> Arrival:
    return read_archive(store, io.BytesIO(data))


def sealed(body: dict[str, Any], *members: tuple[str, bytes]) -> bytes:
    """An archive with any index and any members, sealed as ours are."""
    index = canonical({**body, "digest": digest_value(body)}) + b"\n"
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in (("index.json", index), *members):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file.getvalue()


def body_of(archive: bytes) -> dict[str, Any]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        member = tar.extractfile("index.json")
        assert member is not None
        index: dict[str, Any] = json.load(member)
    del index["digest"]
    return index


def two_pictures(store: Store) -> bytes:
    bought(store, "a", png(3, 3))
    bought(store, "b", png(4, 4), png(5, 5), revised_prompt="a red b", usage={"tokens": 3})
    return packed(store)


def members(archive: bytes) -> list[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return [(info.name, tar.extractfile(info).read()) for info in tar][1:]  # type: ignore[union-attr]  # all are files


def test_what_is_exported_comes_in_as_it_was() -> None:
    with a_store() as here, a_store() as there:
        arrival = unpacked(there, two_pictures(here))
        assert (len(arrival.new), arrival.records, arrival.is_whole) == (3, 2, True)
        assert there.stock.records() == here.stock.records()
        assert [each[:2] for each in there.objects.entries()] == [each[:2] for each in here.objects.entries()]
        assert all(there.read(digest) for digest in here.objects.digests())


def test_the_same_store_gives_the_same_bytes_and_so_does_its_copy() -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        unpacked(there, archive)
        assert packed(here) == archive
        assert packed(there) == archive


def test_an_archive_is_a_plain_tar_of_nobody_at_no_time() -> None:
    with a_store() as store, tarfile.open(fileobj=io.BytesIO(two_pictures(store))) as tar:
        found = tar.getmembers()
        assert [info.name for info in found] == [
            "index.json",
            *(f"objects/{digest[:2]}/{digest}" for digest in store.objects.digests()),
        ]
        about = {(info.mtime, info.mode, info.uid, info.gid, info.uname, info.gname) for info in found}
        assert about == {(0, 0o644, 0, 0, "", "")}


def test_a_record_that_is_here_stays_as_it_is() -> None:
    with a_store() as here, a_store() as there:
        mine = bought(there, "a", png(9, 9))
        arrival = unpacked(there, two_pictures(here))
        assert (arrival.records, arrival.kept, arrival.is_whole) == (1, 1, True)
        assert there.records.get(mine.key) == mine
        assert there.read(digest_bytes(png(3, 3)))


def test_an_archive_that_is_read_twice_adds_nothing() -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        unpacked(there, archive)
        arrival = unpacked(there, archive)
        assert (arrival.new, len(arrival.known), arrival.records, arrival.kept) == ([], 3, 0, 2)


def test_paid_records_in_whose_place_others_stand_go_along_once() -> None:
    with a_store() as here, a_store() as there:
        old = bought(here, "a", png(3, 3))
        bought(here, "a", png(6, 6), time=200.0)
        archive = packed(here)
        unpacked(there, archive)
        unpacked(there, archive)
        assert there.stock.superseded() == [old]
        assert there.records.get(old.key) == here.records.get(old.key)


def test_a_chosen_archive_holds_pictures_of_the_lock_with_all_of_their_calls_and_names_what_is_not_here() -> None:
    with a_store() as store:
        both = bought(store, "both", png(4, 4), png(5, 5))
        bought(store, "other", png(6, 6))
        lines = [line_of(both.key, both.artifacts[1].digest), line_of("e" * 64, "f" * 64)]
        cargo, absent = cargo_of(store, lines)
        assert cargo.records == (both,)
        assert {digest for digest, _ in cargo.objects} == {each.digest for each in both.artifacts}
        assert absent == ["f" * 64]


def test_a_pinned_picture_goes_along_without_a_record_and_so_does_the_one_before() -> None:
    with a_store() as store:
        pinned, before = store.objects.put(png(7, 7)), store.objects.put(png(8, 8))
        cargo, absent = cargo_of(store, [replace(line_of("e" * 64, pinned), replaces=before)])
        assert ({digest for digest, _ in cargo.objects}, cargo.records, absent) == ({pinned, before}, (), [])


def line_of(key: str, digest: str) -> Any:
    from imagebuild.lockfile import LockLine

    return LockLine(
        target="hero",
        stage=0,
        candidate=0,
        key=key,
        take=1,
        digest=digest,
        media_type="image/png",
        picked=True,
        review="unreviewed",
        provider="p",
        time="2026-11-23T10:00:00Z",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "the archive has version 2, expected 1"),
        ({"format": "something else"}, "the archive's index is damaged"),
        ({"objects": "none"}, "the archive's index lacks a list"),
        ({"objects": [["../../etc/passwd", 3]]}, 'the archive\'s index names no object in ["../../etc/passwd", 3]'),
        ({"objects": [["a" * 64, -1]]}, "names no object in"),
        ({"objects": [["a" * 64, 1 << 40]]}, "names no object in"),
        ({"objects": [["a" * 64, True]]}, "names no object in"),
        ({"objects": [["b" * 64, 1], ["a" * 64, 1]]}, "does not name its objects in order, each once"),
        ({"objects": [["a" * 64, 1], ["a" * 64, 1]]}, "does not name its objects in order, each once"),
    ],
)
def test_an_index_that_is_wrong_is_refused_and_nothing_is_kept(change: dict[str, Any], message: str) -> None:
    with a_store() as here, a_store() as there:
        body = body_of(two_pictures(here)) | change
        with pytest.raises(StoreError) as caught:
            unpacked(there, sealed(body))
        assert message in caught.value.message
        assert not there.folder.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the archive holds nothing that can be used: it is cut off after 0 bytes"),
        (b"\x1f\x8b" + bytes(600), "the archive is compressed"),
        (b"PK\3\4" + bytes(600), "this is no archive of a store, or its beginning is damaged"),
        (bytes(10240), "this is no archive of a store, or its beginning is damaged"),
    ],
)
def test_a_file_that_is_no_archive_is_said_to_be_none(data: bytes, message: str) -> None:
    with a_store() as store, pytest.raises(StoreError, match=message):
        unpacked(store, data)


def test_an_archive_bigger_than_the_disk_is_refused_before_anything_is_written() -> None:
    names = [[f"{number:064x}", 1 << 30] for number in range(1 << 16)]
    body = {"format": "imagebuild archive", "version": 1, "objects": names, "records": [], "superseded": []}
    with a_store() as store, pytest.raises(StoreError, match=r"the archive holds \d+ MB, the store's disk has \d+ MB"):
        unpacked(store, sealed(body))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_file_ends_the_reading_and_leaves_nothing_behind(kind: bytes) -> None:
    with a_store() as here, a_store() as there:
        body = body_of(two_pictures(here))
        file = io.BytesIO(sealed(body))
        with tarfile.open(fileobj=file, mode="a") as tar:
            info = tarfile.TarInfo(f"objects/{body['objects'][0][0][:2]}/{body['objects'][0][0]}")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        arrival = unpacked(there, file.getvalue())
        assert "it is damaged before byte" in str(arrival.problem)
        assert (arrival.new, list(there.objects.digests()), there.stock.records()) == ([], [], [])


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "objects/ab/../../../outside"])
def test_a_member_with_another_name_is_written_nowhere(name: str, tmp_path: Path) -> None:
    with a_store() as here, a_store() as there:
        body = body_of(two_pictures(here))
        arrival = unpacked(there, sealed(body, (name, png(3, 3))))
        assert arrival.problem
        assert [path.name for path in there.folder.rglob("outside")] == []
        assert not (there.folder.parent / "outside").exists()


def test_bytes_that_are_not_those_of_the_index_are_left_out_and_the_rest_comes_in() -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        parts = members(archive)
        wrong = bytes([parts[0][1][0] ^ 1]) + parts[0][1][1:]
        arrival = unpacked(there, sealed(body_of(archive), (parts[0][0], wrong), *parts[1:]))
        assert (len(arrival.damaged), len(arrival.new), arrival.problem) == (1, 2, None)
        assert all(digest_bytes(there.read(digest)) == digest for digest in there.objects.digests())
        assert not any(there.lost(record.key) for record in there.stock.records())


def test_a_record_of_another_request_than_its_key_says_is_refused() -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        body = body_of(archive)
        body["records"][0]["parts"]["prompt"] = "a poisoned one"
        arrival = unpacked(there, sealed(body, *members(archive)))
        assert (len(arrival.refused), arrival.records, arrival.is_whole) == (1, 1, False)
        assert len(there.stock.records()) == 1


@pytest.mark.parametrize("fields", [{"cost_usd": -1.0}, {"time": "now"}, {"artifacts": []}, {"paid": 1}, {"parts": 3}])
def test_a_record_with_a_field_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        body = body_of(archive)
        body["records"][0].update(fields)
        arrival = unpacked(there, sealed(body, *members(archive)))
        assert (len(arrival.refused), arrival.records) == (1, 1)


def test_a_step_is_no_original() -> None:
    with a_store() as here, a_store() as there:
        parts = {"kind": "step", "step": "crop", "version": "1", "options": {}}
        record = Record(digest_value(parts), "step", "crop", "1", parts, here.keep([Picture(png(2, 2), "image/png")]))
        here.records.put(record)
        arrival = unpacked(there, packed(here))
        assert arrival.refused == ["it is none of a provider's call"]
        assert there.stock.records() == []


def test_a_record_says_of_its_pictures_what_their_bytes_say() -> None:
    with a_store() as here, a_store() as there:
        record = record_of(here, "a", png(3, 3))
        lying = replace(record, artifacts=(replace(record.artifacts[0], width=9000, media_type="image/webp"),))
        here.records.put(lying)
        unpacked(there, packed(here))
        assert there.records.get(record.key) == record


def test_a_record_without_its_pictures_is_refused() -> None:
    with a_store() as here, a_store() as there:
        record = bought(here, "a", png(3, 3))
        arrival = unpacked(there, packed(here, Cargo((), (record,))))
        assert (arrival.refused, there.stock.records()) == (["not all of its pictures are there"], [])


def test_what_a_full_disk_lets_in_stays_and_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        put, kept, guard = there.objects.put, list[str](), threading.Lock()

        def full(data: bytes) -> str:
            with guard:
                if len(kept) == 1:
                    raise StoreError("cannot keep object: no space left on device")
                kept.append(put(data))
                return kept[-1]

        monkeypatch.setattr(there.objects, "put", full)
        arrival = unpacked(there, archive)
        assert [digest for digest, _ in arrival.new] == kept
        assert arrival.problem == "what it holds cannot be kept: cannot keep object: no space left on device"


def test_a_damaged_object_is_not_exported() -> None:
    with a_store() as store:
        record = bought(store, "a", png(3, 3))
        cargo, _ = cargo_of(store)
        path = store.objects.path(record.artifacts[0].digest)
        path.chmod(0o644)
        path.write_bytes(b"broken")
        with pytest.raises(StoreError, match="is damaged"):
            packed(store, cargo)


pictures = st.builds(png, st.integers(1, 6), st.integers(1, 6), st.tuples(*[st.integers(0, 255)] * 3))
calls = st.lists(
    st.tuples(st.text(max_size=12), st.lists(pictures, min_size=1, max_size=3), st.floats(0, 9)), max_size=5
)


@settings(max_examples=40, deadline=None)
@given(calls)
def test_any_store_comes_over_whole(made: list[tuple[str, list[bytes], float]]) -> None:
    with a_store() as here, a_store() as there:
        for prompt, given_pictures, cost in made:
            bought(here, prompt, *given_pictures, cost_usd=cost, revised_prompt=prompt)
        archive = packed(here)
        assert unpacked(there, archive).is_whole
        assert there.stock.records() == here.stock.records()
        assert sorted(map(repr, there.stock.superseded())) == sorted(map(repr, here.stock.superseded()))
        assert packed(there) == archive


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_flipped_or_cut_is_noticed_and_nothing_wrong_is_kept(data: st.DataObject) -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        at = data.draw(st.integers(0, len(archive) - 1))
        if data.draw(st.booleans()):
            bad = archive[:at]
        else:
            bad = archive[:at] + bytes([archive[at] ^ data.draw(st.integers(1, 255))]) + archive[at + 1 :]
        try:
            assert not unpacked(there, bad).is_whole
        except StoreError:
            assert not there.folder.exists()
        right = {digest: here.read(digest) for digest in here.objects.digests()}
        assert {digest: there.objects.get(digest) for digest in there.objects.digests()}.items() <= right.items()
        assert there.objects.damages == []
        known = {record.key: record for record in here.stock.records()}
        assert all(record == known[record.key] and there.holds(record) for record in there.stock.records())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_whatever_make_it_fall_over(data: bytes) -> None:
    with a_store() as store, pytest.raises(StoreError):
        unpacked(store, data)


def test_an_artifact_of_the_index_is_no_path() -> None:
    with a_store() as here, a_store() as there:
        archive = two_pictures(here)
        body = body_of(archive)
        body["records"][0]["artifacts"][0]["digest"] = "../" * 20 + "x" * 4
        arrival = unpacked(there, sealed(body, *members(archive)))
        assert len(arrival.refused) == 1
        assert isinstance(there.stock.records()[0].artifacts[0], Artifact)
