"""A store as the engine sees it; one contract for originals and derivatives."""

import json
from pathlib import Path

import pytest

from imagebuild.artifact import Artifact, Picture
from imagebuild.digest import digest_bytes
from imagebuild.errors import StoreError, UsageError
from imagebuild.store import Record, Store, default_home

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (7).to_bytes(4) + (5).to_bytes(4) + bytes(30)
NOTHING_KNOWN = b"some bytes that no header tells"


class StoreContract:
    """What every store promises."""

    def make(self, folder: Path) -> Store:
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path):
        store = self.make(tmp_path / "store")
        yield store
        store.close()

    def kept(self, store: Store) -> Record:
        record = Record("key", "generate", "p", "1", {"a": 1}, store.keep([Picture(PNG, "image/webp", {"width": 7})]))
        store.records.put(record)
        return record

    def test_what_is_kept_has_the_type_and_size_that_its_bytes_say(self, store):
        [artifact] = store.keep([Picture(PNG, "image/webp", {"width": 7})])
        assert artifact == Artifact(digest_bytes(PNG), "image/png", len(PNG), 7, 5, {"width": 7})
        [unknown] = store.keep([Picture(NOTHING_KNOWN, "image/x")])
        assert unknown == Artifact(digest_bytes(NOTHING_KNOWN), "image/x", len(NOTHING_KNOWN))

    def test_what_is_kept_is_read(self, store):
        [artifact] = store.keep([Picture(PNG, "image/png")])
        assert store.read(artifact) == PNG
        assert store.read(artifact.digest) == PNG

    def test_a_record_is_looked_up(self, store):
        record = self.kept(store)
        assert store.lookup("key") == record
        assert store.lookup_many(["key", "other"]) == {"key": record}
        assert store.lost("key") is None

    def test_never_made_and_lost_are_two_things(self, store):
        record = self.kept(store)
        store.objects.remove(record.artifacts[0].digest)
        assert store.lookup("key") is None
        assert store.lookup_many(["key"]) == {}
        assert store.lost("key") == record
        assert store.lookup("other") is None
        assert store.lost("other") is None

    def test_reading_what_is_gone_or_damaged_says_what_to_do(self, store):
        with pytest.raises(StoreError, match="not in the store") as caught:
            store.read("a" * 64)
        assert caught.value.hint
        digest = self.kept(store).artifacts[0].digest
        store.objects.path(digest).chmod(0o600)
        store.objects.path(digest).write_bytes(b"torn")
        with pytest.raises(StoreError, match="damaged"):
            store.read(digest)
        assert store.lost("key") is not None

    def test_what_is_in_quarantine_is_named_explained_and_never_found(self, store):
        first = store.quarantine("key/../x", NOTHING_KNOWN, "wanted image/png")
        again = store.quarantine("key/../x", NOTHING_KNOWN, "wanted image/png")
        assert first != again
        assert first.parent == store.folder / "quarantine"
        assert first.suffix == ".bin"
        assert first.read_bytes() == NOTHING_KNOWN
        note = json.loads(first.with_suffix(".json").read_text())
        assert note == {
            "digest": digest_bytes(NOTHING_KNOWN),
            "key": "key/../x",
            "reason": "wanted image/png",
            "size": len(NOTHING_KNOWN),
        }
        assert not store.objects.has(digest_bytes(NOTHING_KNOWN))
        assert store.quarantine("key", PNG, "too small").suffix == ".png"

    def test_another_store_of_the_folder_sees_it_all(self, store):
        record = self.kept(store)
        other = self.make(store.folder)
        assert other.lookup("key") == record
        other.close()


class TestOriginals(StoreContract):
    def make(self, folder: Path) -> Store:
        return Store.originals(folder)


class TestDerivatives(StoreContract):
    def make(self, folder: Path) -> Store:
        return Store.derivatives(folder)


def test_home_is_what_the_environment_says_else_the_users_data_folder(tmp_path):
    assert default_home({"IMAGEBUILD_HOME": str(tmp_path)}) == tmp_path
    for moving in ("relative", "~nobody-of-that-name/store"):
        with pytest.raises(UsageError, match="expected an absolute path"):
            default_home({"IMAGEBUILD_HOME": moving})
    assert default_home({}).name == "imagebuild"
    assert default_home({"IMAGEBUILD_HOME": ""}) == default_home({})
