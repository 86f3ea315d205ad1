"""The state of a project: quick to read, never wrong, never in the way when it is broken."""

import os
import random
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from imagebuild.digest import digest_bytes
from imagebuild.store import FileDigests, OutputState, Signature, State, files
from imagebuild.store.signature import is_settled

OLD = Signature(10, 1_600_000_000_123_456_789, 1_600_000_000_123_456_789, 5)
ROW = OutputState("hero[season=spring]", "a" * 64, OLD, draft=False)
PARTS = {"prompt": "a fox 🦊\n", "options": {"n": 1.0}, "inputs": ["b" * 64], "none": None}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".imagebuild" / "state.db"


def filled(path: Path) -> State:
    state = State(path)
    state.set_outputs({"img/hero.png": ROW, "img/ü.png": replace(ROW, draft=True, signature=None)})
    state.set_slots({("hero", 0, 0): ("k" * 64, PARTS), ("hero", 1, 2): ("l" * 64, {})})
    state.commit()
    assert state.notices == []
    return state


def test_a_new_project_has_no_state_and_looking_makes_none(path):
    state = State(path)
    assert state.outputs() == {}
    assert state.slot(("hero", 0, 0)) is None
    assert len(state.slots()) == 0
    state.commit()
    state.close()
    assert not path.parent.exists()


def test_what_is_committed_is_read_by_the_next_build(path):
    filled(path)
    state = State(path)
    assert state.outputs() == {"img/hero.png": ROW, "img/ü.png": replace(ROW, draft=True, signature=None)}
    assert state.slot(("hero", 0, 0)) == ("k" * 64, PARTS)
    assert dict(state.slots()) == {("hero", 0, 0): ("k" * 64, PARTS), ("hero", 1, 2): ("l" * 64, {})}


def test_what_is_set_is_seen_at_once_and_lost_without_a_commit(path):
    state = filled(path)
    state.set_outputs({"new.png": ROW})
    state.set_slots({("new", 0, 0): ("m" * 64, {})})
    assert state.outputs()["new.png"] == ROW
    assert state.slot(("new", 0, 0)) == ("m" * 64, {})
    state.close()
    assert "new.png" not in state.outputs()
    assert state.slot(("new", 0, 0)) is None


def test_forgetting_drops_outputs_and_slots(path):
    state = filled(path)
    state.forget_outputs(["img/hero.png", "unknown"])
    state.forget_slots([("hero", 1, 2), ("unknown", 0, 0)])
    state.commit()
    again = State(path)
    assert set(again.outputs()) == {"img/ü.png"}
    assert set(again.slots()) == {("hero", 0, 0)}


def test_what_a_killed_build_left_beside_the_state_goes_with_the_next_commit(path):
    path.parent.mkdir()
    path.with_name(".state.db.dead.imagebuild-tmp").write_text("half a state")
    filled(path)
    assert sorted(os.listdir(path.parent)) == ["slots.db", "state.db"]


def test_a_commit_without_changes_writes_nothing(path):
    filled(path)
    before = [each.stat() for each in sorted(path.parent.iterdir())]
    state = State(path)
    state.set_outputs({"img/hero.png": ROW})
    state.set_slots({("hero", 0, 0): ("k" * 64, PARTS)})
    state.commit()
    assert [each.stat() for each in sorted(path.parent.iterdir())] == before


def test_the_signature_of_an_output_written_within_the_last_tick_vouches_for_nothing(path):
    state = State(path)
    fresh = Signature(10, time.time_ns(), time.time_ns(), 5)
    state.set_outputs({"fresh.png": replace(ROW, signature=fresh), "old.png": ROW})
    state.commit()
    assert State(path).outputs()["fresh.png"].signature is None
    assert State(path).outputs()["old.png"].signature == OLD


@pytest.mark.parametrize("name", ["state.db", "slots.db"])
@pytest.mark.parametrize("how", ["flipped", "truncated", "longer"])
def test_a_damaged_state_is_set_aside_wherever_the_damage_is(path, name, how):
    filled(path)
    whole = path.with_name(name).read_bytes()
    chance = random.Random(name + how)
    for _ in range(60):
        at = chance.randrange(len(whole))
        broken = {
            "flipped": whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :],
            "truncated": whole[:at],
            "longer": whole + whole[at:],
        }[how]
        path.with_name(name).write_bytes(broken)
        state = State(path)
        assert (state.outputs() == {}) == (name == "state.db")
        assert (len(state.slots()) == 0) == (name == "slots.db")
        assert len(state.notices) == 1
        assert path.with_name(name + ".broken").read_bytes() == broken
        state.set_outputs({"img/hero.png": ROW})
        state.set_slots({("hero", 0, 0): ("k" * 64, PARTS)})
        state.commit()
        assert State(path).outputs()["img/hero.png"] == ROW


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"output": 1}', b"[" * 100_000, b"\xff", b'{"output":["a"],"target":[]}', b"null"]
)
def test_a_state_that_is_sealed_but_nonsense_is_set_aside(path, body):
    path.parent.mkdir()
    for name, kind in (("state.db", b"imagebuild state 1"), ("slots.db", b"imagebuild slots 1")):
        seal = digest_bytes(body).encode()
        path.with_name(name).write_bytes(kind + b" " + seal + b"\n" + body)
    state = State(path)
    assert state.outputs() == {}
    assert len(state.slots()) == 0


def test_a_state_that_cannot_be_written_is_told_and_stops_nothing(path, tmp_path):
    path.parent.write_text("a file where the folder should be")
    state = State(path)
    state.set_outputs({"a.png": ROW})
    state.commit()
    assert "could not be saved" in state.notices[-1]


@pytest.fixture
def read(monkeypatch):
    """The files that were really read."""
    seen: list[str] = []
    digest_file = files.digest_file
    monkeypatch.setattr(files, "digest_file", lambda path: (seen.append(os.path.basename(path)), digest_file(path))[1])
    return seen


def digests(root: Path, *, later: float = 60.0) -> FileDigests:
    """As if ``later`` seconds had passed since now."""
    return FileDigests(root, {}, lambda: time.time_ns() + int(later * 1e9))


def test_a_file_is_read_once_until_it_changes(tmp_path, read):
    file = tmp_path / "logo.png"
    file.write_bytes(b"one")
    cache = digests(tmp_path)
    assert cache.digest_of(file) == cache.digest_of("logo.png") == digest_bytes(b"one")
    assert read == ["logo.png"]
    file.write_bytes(b"two!")
    assert cache.digest_of(file) == digest_bytes(b"two!")
    assert list(cache.entries()) == ["logo.png"]


def test_a_file_with_its_old_time_set_back_is_still_noticed(tmp_path):
    file = tmp_path / "logo.png"
    file.write_bytes(b"one")
    cache, before = digests(tmp_path), file.stat()
    cache.digest_of(file)
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    if os.name != "nt":  # there the time of the last change is not told
        assert cache.digest_of(file) == digest_bytes(b"two")


def test_a_same_size_change_within_a_tick_is_noticed(tmp_path, read, monkeypatch):
    exact = files.signature_of

    def whole_seconds(result):
        found = exact(result)
        return replace(found, mtime_ns=10**18, ctime_ns=10**18)

    monkeypatch.setattr(files, "signature_of", whole_seconds)
    file = tmp_path / "logo.png"
    file.write_bytes(b"one")
    cache = FileDigests(tmp_path, {}, lambda: 10**18 + 10**9)
    assert cache.digest_of(file) == digest_bytes(b"one")
    file.write_bytes(b"two")
    assert cache.digest_of(file) == digest_bytes(b"two")
    assert not cache.changed


def test_a_file_that_keeps_changing_is_not_remembered(tmp_path, monkeypatch):
    file = tmp_path / "logo.png"
    file.write_bytes(b"")
    digest_file, reads = files.digest_file, []

    def while_written(path):
        reads.append(path)
        digest = digest_file(path)
        file.write_bytes(b"x" * len(reads))
        return digest

    monkeypatch.setattr(files, "digest_file", while_written)
    cache = digests(tmp_path)
    cache.digest_of(file)
    assert len(reads) == 3
    assert cache.entries() == {}


def test_a_file_that_changed_once_while_it_was_read_is_read_again(tmp_path, monkeypatch):
    file = tmp_path / "logo.png"
    file.write_bytes(b"one")
    digest_file, reads = files.digest_file, []

    def once(path):
        digest = digest_file(path)
        if not reads:
            file.write_bytes(b"two!")
        reads.append(path)
        return digest

    monkeypatch.setattr(files, "digest_file", once)
    assert digests(tmp_path).digest_of(file) == digest_bytes(b"two!")


def test_digests_of_files_survive_in_the_state_and_forget_deleted_files(path, tmp_path, read, monkeypatch):
    monkeypatch.setattr("imagebuild.store.state.clock_of", lambda folder: time.time_ns() + 10**10)
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(name.encode())
    state = State(path)
    state.files.digest_of(tmp_path / "a.png")
    state.files.digest_of(tmp_path / "b.png")
    state.commit()
    state = State(path)
    assert state.files.digest_of("a.png") == digest_bytes(b"a.png")
    assert read == ["a.png", "b.png"]
    (tmp_path / "b.png").unlink()
    (tmp_path / "c.png").write_bytes(b"c")
    state.files.digest_of("c.png")
    state.commit()
    assert list(State(path).files.entries()) == ["a.png", "c.png"]


def test_a_file_that_was_written_here_is_not_read_by_the_next_build_unless_it_changes(tmp_path, read):
    cache = digests(tmp_path)
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"one")
        cache.note(name, files.signature_of((tmp_path / name).stat()), digest_bytes(b"one"))
    assert cache.changed
    cache = FileDigests(tmp_path, cache.entries(), lambda: time.time_ns() + 10**10)
    (tmp_path / "b.png").write_bytes(b"two!")
    assert [cache.digest_of("a.png"), cache.digest_of("b.png")] == [digest_bytes(b"one"), digest_bytes(b"two!")]
    assert read == ["b.png"]


def test_a_file_that_was_written_within_the_last_tick_is_read_to_know(tmp_path, read):
    (tmp_path / "a.png").write_bytes(b"one")
    signature = files.signature_of((tmp_path / "a.png").stat())
    cache = FileDigests(tmp_path, {}, lambda: max(signature.mtime_ns, signature.ctime_ns) + 10**7)
    cache.note("a.png", signature, digest_bytes(b"one"))
    assert cache.entries() == {}
    assert FileDigests(tmp_path, cache.entries(), time.time_ns).digest_of("a.png") == digest_bytes(b"one")
    assert read == ["a.png"]


def test_a_missing_file_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        digests(tmp_path).digest_of("missing.png")


@pytest.mark.parametrize(
    ("last_change", "now", "settled"),
    [
        (1_000_000_001, 1_200_000_000, True),
        (1_000_000_001, 1_050_000_000, False),
        (1_000_000_001, 1_000_000_001, False),
        (5_000_000_001, 1_000_000_000, False),
        (4_000_000_000, 6_000_000_000, False),
        (4_000_000_000, 7_000_000_001, True),
    ],
)
def test_a_signature_vouches_only_for_what_changed_before_the_last_tick(last_change, now, settled):
    assert is_settled(Signature(1, 0, last_change, 1), now) is settled
    assert is_settled(Signature(1, last_change, 1, 1), now) is settled
