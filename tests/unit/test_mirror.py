"""What a remote store hands over is believed only when it proves itself, and what is sent to it is sent once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from imagebuild.artifact import Artifact
from imagebuild.digest import digest_bytes, digest_value
from imagebuild.errors import StoreError, UnreachableError
from imagebuild.event import Notice
from imagebuild.remote import Remote
from imagebuild.share.document import document_of, read_document
from imagebuild.share.mirror import Mirror
from imagebuild.share.name import object_name, parse_name, record_name
from imagebuild.share.transfer import Cargo, inspect, push
from imagebuild.store import Record, Store
from imagebuild.testing import png

HILL, HUT = png(4, 3, (1, 2, 3)), png(5, 6, (4, 5, 6))


class Shelf(Remote):
    """Bytes by name; ``asked`` lists the requests, ``trouble`` may raise before each."""

    location = "the shelf"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.trouble: Callable[[str], None] = lambda name: None
        self.guard = threading.Lock()

    def note(self, request: str, name: str) -> None:
        with self.guard:
            self.asked.append((request, name))
        self.trouble(name)

    def get(self, name: str) -> bytes | None:
        self.note("get", name)
        return self.files.get(name)

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        self.note("put", name)
        with self.guard:
            if name in self.files and not replace:
                return False
            self.files[name] = data
            return True

    def has(self, name: str) -> bool:
        self.note("has", name)
        return name in self.files

    def list(self, prefix: str = "") -> Iterator[str]:
        self.note("list", prefix)
        yield from [name for name in self.files if name.startswith(prefix)]

    def remove(self, name: str) -> None:
        self.files.pop(name, None)


class Machine:
    """Two stores and the way to a shelf; ``said`` is what a person hears."""

    def __init__(self, folder: Path, shelf: Remote, *, write: bool = True) -> None:
        self.originals = Store.originals(folder / "home")
        self.derivatives = Store.derivatives(folder / "project")
        self.said: list[str] = []
        self._shelf = shelf
        self._write = write

    @property
    def mirror(self) -> Mirror:
        """The mirror of one command."""

        def tell(event: object) -> None:
            assert isinstance(event, Notice)
            self.said.append(event.message)

        return Mirror(lambda: self._shelf, self.originals, self.derivatives, write=self._write, tell=tell)

    def bought(self, prompt: str = "a hill", data: bytes = HILL, **changes: Any) -> Record:
        """A paid picture that is in the store."""
        return self._kept(self.originals, record_of(prompt, data, **changes), data)

    def made(self, data: bytes = HUT, **changes: Any) -> Record:
        """What a step made."""
        parts = {"format": 1, "kind": "step", "step": "mark", "version": "1", "options": {}, "inputs": []}
        record = replace(
            record_of("", data), kind="step", plugin="mark", parts=parts, key=digest_value(parts), paid=False
        )
        record = replace(record, model=None, request_id=None, cost_usd=None, usage={}, **changes)
        return self._kept(self.derivatives, record, data)

    def _kept(self, store: Store, record: Record, data: bytes) -> Record:
        store.objects.put(data)
        store.records.put(record)
        return record

    def send(self, *records: Record, **options: Any) -> Any:
        return push(self.mirror, Cargo(records, options.pop("digests", ())), **options)

    def close(self) -> None:
        self.originals.close()
        self.derivatives.close()


def record_of(prompt: str, data: bytes, **changes: Any) -> Record:
    parts = {
        "format": 1,
        "kind": "generate",
        "provider": "recorder",
        "version": "1",
        "prompt": prompt,
        "options": {"ratio": 1.0, "steps": 3},
        "take": 1,
    }
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    artifact = Artifact(digest_bytes(data), "image/png", len(data), width, height)
    record = Record(
        key=digest_value(parts),
        kind="generate",
        plugin="recorder",
        version="1",
        parts=parts,
        artifacts=(artifact,),
        paid=True,
        time=1_700_000_000.5,
        seconds=2.0,
        model="recorder-1",
        request_id="req",
        usage={"tokens": 3},
        cost_usd=0.04,
    )
    return replace(record, **changes)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def machine(tmp_path: Path, shelf: Shelf) -> Iterator[Callable[[str], Machine]]:
    opened: list[Machine] = []

    def make(name: str, **options: Any) -> Machine:
        opened.append(Machine(tmp_path / name, shelf, **options))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


Make = Callable[..., Machine]


def test_a_record_comes_over_whole_with_its_picture(machine: Make) -> None:
    author, other = machine("author"), machine("other")
    record = author.bought(faults=("smaller than asked",), effective={"size": "4x3"}, revised_prompt="A hill.")
    author.send(record)
    assert other.mirror.fetch_records("originals", [record.key]) == {record.key: record}
    assert other.originals.lookup(record.key) == record
    assert other.originals.read(digest_bytes(HILL)) == HILL
    assert other.said == []


def test_a_derivative_comes_over_with_its_labels_and_facts(machine: Make) -> None:
    author, other = machine("author"), machine("other")
    record = author.made()
    artifact = replace(record.artifacts[0], labels={"width": 800}, facts={"thumbhash": "abc"})
    record = replace(record, artifacts=(artifact,))
    author.derivatives.records.put(record)
    author.send(record)
    assert other.mirror.fetch_records("derivatives", [record.key]) == {record.key: record}
    assert other.originals.lookup(record.key) is None


def spoil(shelf: Shelf, record: Record, change: Callable[[dict[str, Any]], None]) -> None:
    name = record_name("originals", record.key)
    given = json.loads(shelf.files[name])
    change(given)
    shelf.files[name] = json.dumps(given).encode()


SPOILT: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "another key": (lambda given: given.update(key="0" * 64), "it answers another key"),
    "other parts": (lambda given: given["parts"].update(prompt="a trap"), "it answers another key"),
    "another kind of number": (lambda given: given["parts"]["options"].update(ratio=1), "it answers another key"),
    "another type": (
        lambda given: given["artifacts"][0].update(media_type="image/svg+xml"),
        "it says image/svg+xml of 4x3, and the bytes are image/png of 4x3",
    ),
    "another size": (
        lambda given: given["artifacts"][0].update(width=4000),
        "it says image/png of 4000x3, and the bytes are image/png of 4x3",
    ),
    "another length": (lambda given: given["artifacts"][0].update(size=7), "its bytes are others"),
    "no picture": (lambda given: given.update(artifacts=[]), "it names no picture"),
    "a digest that leaves the folder": (
        lambda given: given["artifacts"][0].update(digest="../" * 21 + "x"),
        "a digest in it is none",
    ),
    "a label that is a list": (
        lambda given: given["artifacts"][0].update(labels={"width": [1]}),
        "a label in it is neither text nor a whole number",
    ),
    "a time that is none": (lambda given: given.update(time=1e300), "its 'time' is no number that can be"),
    "a cost below zero": (lambda given: given.update(cost_usd=-1), "its 'cost_usd' is no number that can be"),
    "a missing field": (lambda given: given.pop("paid"), "its 'paid' is missing or of the wrong type"),
    "a paid that is a text": (lambda given: given.update(paid="yes"), "its 'paid' is missing or of the wrong type"),
    "a fault that is a number": (lambda given: given.update(faults=[1]), "'1' in it is no text"),
    "half a character": (lambda given: given.update(model="\ud800"), "a text in it is broken"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_record_that_does_not_prove_itself_is_a_miss_and_a_line(machine: Make, shelf: Shelf, name: str) -> None:
    author, other = machine("author"), machine("other")
    record = author.bought()
    author.send(record)
    change, said = SPOILT[name]
    spoil(shelf, record, change)
    assert other.mirror.fetch_records("originals", [record.key]) == {}
    assert other.originals.records.get(record.key) is None
    assert other.said == [f"a record at the shelf is not used: {said} ({record_name('originals', record.key)})"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is no JSON, or cut off"),
        (b"[1, 2]", "it is no object"),
        (b"\xff\xfe", "it is no JSON, or cut off"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b'{"version": 1, "time": NaN}', "NaN in it is no number"),
        (b'{"version": 9}', "it was written by a newer imagebuild (format 9, this one knows 1)"),
        (b" " * 5_000_000, "it has 5000000 bytes"),
    ],
)
def test_a_document_that_is_none_is_a_miss_and_a_line(machine: Make, shelf: Shelf, data: bytes, said: str) -> None:
    other = machine("other")
    shelf.files[record_name("originals", "a" * 64)] = data
    assert other.mirror.fetch_records("originals", ["a" * 64]) == {}
    assert other.said == [f"a record at the shelf is not used: {said} ({record_name('originals', 'a' * 64)})"]


def test_a_record_of_another_key_put_in_the_place_of_one_is_not_used(machine: Make, shelf: Shelf) -> None:
    author, other = machine("author"), machine("other")
    hill, hut = author.bought(), author.bought("a hut", HUT)
    author.send(hill, hut)
    shelf.files[record_name("originals", hill.key)] = shelf.files[record_name("originals", hut.key)]
    assert list(other.mirror.fetch_records("originals", [hill.key, hut.key])) == [hut.key]


def test_a_derivative_among_the_originals_is_not_used(machine: Make, shelf: Shelf) -> None:
    author, other = machine("author"), machine("other")
    record = author.made()
    author.send(record)
    shelf.files[record_name("originals", record.key)] = shelf.files[record_name("derivatives", record.key)]
    assert other.mirror.fetch_records("originals", [record.key]) == {}
    assert "it stands among the originals" in other.said[0]


def test_a_call_that_is_said_to_have_made_no_picture_is_not_used(machine: Make, shelf: Shelf) -> None:
    """A text file as the picture of a call: nobody who asked for it himself would have kept that."""
    author, other = machine("author"), machine("other")
    data = b"<html>no picture"
    artifact = Artifact(digest_bytes(data), "text/plain", len(data))
    record = replace(record_of("a hill", HILL), artifacts=(artifact,))
    author.originals.objects.put(data)
    author.originals.records.put(record)
    assert author.send(record).records == 0
    shelf.files[record_name("originals", record.key)] = document_of(record)
    assert other.mirror.fetch_records("originals", [record.key]) == {}
    assert "wanted a picture" in other.said[0]


@pytest.mark.parametrize("data", [HILL[:-9], HUT, b""], ids=["truncated", "swapped", "empty"])
def test_bytes_that_are_others_are_a_miss_and_a_line_and_never_kept(machine: Make, shelf: Shelf, data: bytes) -> None:
    author, other = machine("author"), machine("other")
    record = author.bought()
    author.send(record)
    name = object_name("originals", digest_bytes(HILL))
    shelf.files[name] = data
    mirror = other.mirror
    assert mirror.fetch_objects([digest_bytes(HILL)]) == set()
    assert mirror.fetch_records("originals", [record.key]) == {}
    assert list(other.originals.objects.digests()) == []
    assert other.said == [f"a picture at the shelf is damaged and not used: its digest is another ({name})"]


def test_of_many_damaged_things_three_are_told_and_the_rest_in_one_line(machine: Make, shelf: Shelf) -> None:
    other = machine("other")
    digests = [digest_bytes(bytes([number])) for number in range(20)]
    shelf.files.update({object_name("originals", digest): b"x" for digest in digests})
    other.mirror.fetch_objects(digests)
    assert len(other.said) == 4
    assert other.said[-1] == "more of what is at the shelf is damaged, and not used"


def test_a_record_that_is_here_is_never_replaced_and_its_lost_picture_is_fetched(machine: Make) -> None:
    author, other = machine("author"), machine("other")
    mine = other.bought(cost_usd=0.5)
    author.send(author.bought())
    other.originals.objects.remove(digest_bytes(HILL))
    assert other.originals.lookup(mine.key) is None
    assert other.mirror.fetch_records("originals", [mine.key]) == {mine.key: mine}
    assert other.originals.lookup(mine.key) == mine


def test_what_the_lock_pins_outweighs_a_record(machine: Make) -> None:
    author, other = machine("author"), machine("other")
    record = author.bought()
    author.send(record)
    mirror = other.mirror
    mirror.pinned = {record.key: {digest_bytes(HUT)}}
    assert mirror.fetch_records("originals", [record.key]) == {}
    assert other.originals.records.get(record.key) is None
    assert other.said == []  # it is another's choice, and no fault


def test_each_name_that_is_not_there_is_asked_for_once(machine: Make, shelf: Shelf) -> None:
    mirror = machine("other").mirror
    for _ in range(3):
        assert mirror.find("originals", "a" * 64) is None
        assert mirror.fetch_objects(["b" * 64]) == set()
    assert len(shelf.asked) == 2


def test_a_remote_that_does_not_answer_is_asked_no_more_and_told_once(machine: Make, shelf: Shelf) -> None:
    def down(name: str) -> None:
        raise UnreachableError("the shelf is gone", hint="look for it")

    shelf.trouble = down
    other = machine("other")
    mirror = other.mirror
    assert mirror.fetch_objects([digest_bytes(bytes([number])) for number in range(200)]) == set()
    assert mirror.find("originals", "a" * 64) is None
    assert other.said == ["the remote store is left out: the shelf is gone"]
    assert len(shelf.asked) <= 16


@pytest.mark.parametrize("error", [RuntimeError("odd"), StoreError("access denied", hint="ask for it")])
def test_a_plugin_that_raises_anything_costs_the_remote_and_not_the_build(
    machine: Make, shelf: Shelf, error: Exception
) -> None:
    def fail(name: str) -> None:
        raise error

    shelf.trouble = fail
    other = machine("other")
    assert other.mirror.fetch_objects(["a" * 64]) == set()
    assert len(other.said) == 1
    assert other.said[0].startswith("the remote store is left out: ")


def test_a_remote_that_cannot_be_opened_is_left_out(tmp_path: Path) -> None:
    def closed() -> Remote:
        raise StoreError("it needs the library 'obstore'", hint="pip install it")

    originals, derivatives = Store.originals(tmp_path / "home"), Store.derivatives(tmp_path / "project")
    mirror = Mirror(closed, originals, derivatives)
    assert mirror.fetch_objects(["a" * 64]) == set()
    assert [(notice.message, notice.hint) for notice in mirror.notices()] == [
        ("the remote store is left out: it needs the library 'obstore'", "pip install it")
    ]
    assert mirror.location == "the remote store"


def test_what_was_sent_is_remembered_and_asks_nobody_again(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    record = author.bought()
    sent = author.send(record, digests=[digest_bytes(HILL)])
    assert (sent.pictures, sent.records, sent.size, sent.location) == (1, 1, len(HILL), "the shelf")
    shelf.asked.clear()
    assert author.send(record).pictures == 0
    assert shelf.asked == []


def test_a_remote_that_is_away_and_has_everything_leaves_nothing_to_send(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    record = author.bought()
    author.send(record)

    def down(name: str) -> None:
        raise UnreachableError("the shelf is gone")

    shelf.trouble = down
    mirror = author.mirror
    mirror.find("originals", "a" * 64)
    assert push(mirror, Cargo([record])).complete
    assert not push(mirror, Cargo([author.bought("a hut", HUT)])).complete


def test_a_picture_that_is_there_already_is_not_sent_again(machine: Make, shelf: Shelf) -> None:
    author, other = machine("author"), machine("other")
    author.send(author.bought())
    shelf.asked.clear()
    assert other.send(other.bought()).pictures == 0
    assert [request for request, name in shelf.asked if "objects" in name] == ["has"]


def test_a_pinned_picture_without_a_record_is_sent_by_its_digest(machine: Make) -> None:
    author, other = machine("author"), machine("other")
    author.originals.objects.put(HUT)
    author.send(digests=[digest_bytes(HUT), digest_bytes(b"nobody has it")])
    assert other.mirror.fetch_objects([digest_bytes(HUT)]) == {digest_bytes(HUT)}


def test_what_neither_side_has_is_named(machine: Make) -> None:
    missing = digest_bytes(b"nobody has it")
    assert machine("author").send(digests=[missing]).lost == [missing]


def test_verdicts_of_checks_and_pictures_taken_in_are_never_sent(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    record = author.made()
    for kind in ("check", "source"):
        author.send(replace(record, kind=kind))
    assert shelf.files == {}


def test_a_wrong_memory_is_healed_by_a_push_that_verifies(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    record = author.bought()
    author.send(record)
    shelf.files.clear()
    assert author.send(record).pictures == 0
    assert author.send(record, verify=True).pictures == 1
    assert set(shelf.files) == {object_name("originals", digest_bytes(HILL)), record_name("originals", record.key)}


def test_a_thing_that_turns_out_to_be_gone_makes_the_machine_look_again(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    hill, hut = author.bought(), author.bought("a hut", HUT)
    author.send(hill, hut)
    shelf.files.clear()
    author.originals.objects.remove(digest_bytes(HUT))
    mirror = author.mirror
    mirror.fetch_objects([digest_bytes(HUT)])
    assert push(mirror, Cargo([hill])).pictures == 1


@pytest.mark.parametrize("kind", ["objects", "records"])
def test_what_is_damaged_there_is_replaced_by_a_push_that_verifies(machine: Make, shelf: Shelf, kind: str) -> None:
    author, other = machine("author"), machine("other")
    record = author.bought()
    author.send(record)
    whole = dict(shelf.files)
    name = next(name for name in whole if (parsed := parse_name(name)) and parsed.kind == kind)
    shelf.files[name] = b"rubbish"
    sent = author.send(record, verify=True)
    assert (sent.repaired, shelf.files) == (1, whole)
    assert other.mirror.fetch_records("originals", [record.key])


def test_what_a_machine_found_damaged_it_replaces_when_it_has_made_it_anew(machine: Make, shelf: Shelf) -> None:
    author, other = machine("author"), machine("other")
    record = author.made()
    author.send(record)
    whole = dict(shelf.files)
    shelf.files = dict.fromkeys(shelf.files, b"rubbish")
    mirror = other.mirror
    assert mirror.fetch_records("derivatives", [record.key]) == {}
    mirror.fetch_objects([record.artifacts[0].digest], layer="derivatives")
    assert push(mirror, Cargo([other.made()])).pictures == 1
    assert shelf.files == whole


def test_a_record_whose_picture_is_gone_there_is_replaced_by_who_made_another(machine: Make, shelf: Shelf) -> None:
    author, other, third = machine("author"), machine("other"), machine("third")
    author.send(author.made())
    shelf.remove(object_name("derivatives", digest_bytes(HUT)))
    mirror = other.mirror
    key = author.made().key
    assert mirror.fetch_records("derivatives", [key]) == {}
    assert other.said == []
    push(mirror, Cargo([other.made(HILL)]))
    assert third.mirror.fetch_records("derivatives", [key])[key].artifacts[0].digest == digest_bytes(HILL)


def test_who_sends_first_is_right_and_a_second_record_of_a_key_changes_nothing(machine: Make, shelf: Shelf) -> None:
    first, second, third = machine("first"), machine("second"), machine("third")
    record = first.bought()
    first.send(record)
    second.send(second.bought(data=HUT))
    found = third.mirror.fetch_records("originals", [record.key])
    assert found[record.key].artifacts[0].digest == digest_bytes(HILL)


def test_machines_that_send_the_same_at_once_leave_it_whole(machine: Make, shelf: Shelf) -> None:
    machines = [machine(f"author {number}") for number in range(4)]
    records = [each.bought() for each in machines]
    gate = threading.Barrier(4)

    def send(each: Machine, record: Record) -> None:
        gate.wait()
        each.send(record)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(machines, records, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert machine("reader").mirror.fetch_records("originals", [records[0].key])
    assert len(shelf.files) == 2


def test_what_was_sent_before_the_remote_went_away_is_remembered(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    records = [author.bought(f"hill {number}", png(3, 3, (number, 0, 0))) for number in range(40)]

    def trouble(name: str) -> None:
        if len(shelf.files) >= 10:
            raise UnreachableError("the shelf is gone")

    shelf.trouble = trouble
    sent = author.send(*records)
    assert not sent.complete
    assert sent.pictures == len(shelf.files)
    shelf.trouble = lambda name: None
    shelf.asked.clear()
    before = sent.pictures
    assert author.send(*records).pictures == 40 - before
    assert len([name for request, name in shelf.asked if request == "put"]) == 80 - before


def test_an_inspection_counts_what_is_whole_and_repairs_the_rest_from_here(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    hill, hut = author.bought(), author.bought("a hut", HUT)
    author.send(hill, hut)
    foreign = object_name("originals", digest_bytes(b"not here"))
    names = [object_name("originals", digest_bytes(HILL)), record_name("originals", hut.key)]
    shelf.files.update({foreign: b"rubbish", names[0]: b"rubbish", names[1]: b"rubbish", "v1/notes.txt": b"ours?"})
    found = inspect(author.mirror, repair=True)
    assert (found.pictures, found.records, found.foreign) == (2, 2, 1)
    assert found.damaged == sorted([foreign, *names])
    assert found.repaired == sorted(names)
    assert inspect(author.mirror, repair=True).damaged == [foreign]


def test_an_inspection_alone_changes_nothing(machine: Make, shelf: Shelf) -> None:
    author = machine("author")
    author.send(author.bought())
    shelf.files[object_name("originals", digest_bytes(HILL))] = b"rubbish"
    before = dict(shelf.files)
    reader = machine("reader", write=False)
    reader.bought()
    assert inspect(reader.mirror, repair=False).repaired == []
    assert shelf.files == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_document_gives_anything_but_a_record_of_the_key_it_was_asked_for(data: st.DataObject) -> None:
    record = record_of("a hill", HILL)
    given = json.loads(document_of(record))
    for _ in range(data.draw(st.integers(1, 3))):
        level = (
            data.draw(st.sampled_from([given, given["parts"], given["artifacts"][0]])) if _is_whole(given) else given
        )
        field = data.draw(st.sampled_from([*sorted(level), "other"]))
        level[field] = data.draw(JSON)
    try:
        found = read_document(json.dumps(given).encode(), record.key)
    except ValueError:
        return
    assert found.key == digest_value(found.parts) == record.key
    assert (found.kind, found.plugin, found.version, found.parts) == ("generate", "recorder", "1", record.parts)
    assert document_of(found)


def _is_whole(given: dict[str, Any]) -> bool:
    artifacts = given.get("artifacts")
    return (
        isinstance(given.get("parts"), dict)
        and isinstance(artifacts, list)
        and bool(artifacts)
        and isinstance(artifacts[0], dict)
    )
