"""Records and intents: nothing is lost between processes, and a broken database is never begun anew."""

import multiprocessing
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from imagebuild.artifact import Artifact
from imagebuild.errors import StoreError
from imagebuild.store import Intent, Record, Records
from imagebuild.store.database import Database

ARTIFACT = Artifact("a" * 64, "image/png", 10, 3, 2, {"width": 3, "kind": "x"})
RECORD = Record(
    key="k" * 64,
    kind="generate",
    plugin="openai",
    version="1",
    parts={"prompt": "a fox 🦊", "options": {"n": 1, "x": 1.5, "y": None}},
    artifacts=(ARTIFACT, replace(ARTIFACT, digest="b" * 64, width=None, height=None, labels={})),
    paid=True,
    time=1750000000.25,
    seconds=3.5,
    model="gpt-image",
    revised_prompt="a red fox",
    request_id="req_1",
    response_id="resp_1",
    usage={"output_tokens": 10},
    cost_usd=0.04,
)
INTENT = Intent("k" * 64, "openai", "hero", 100.5, {"prompt": "a fox"})


@pytest.fixture
def records(tmp_path):
    with_path = Records(tmp_path / "home" / "records.db", durable=True)
    yield with_path
    with_path.close()


def reopened(records: Records) -> Records:
    records.close()
    return records


def test_a_record_comes_back_as_it_was(records):
    bare = Record("bare", "step", "crop", "2", {}, (ARTIFACT,))
    records.put_many([RECORD, bare])
    assert reopened(records).get(RECORD.key) == RECORD
    assert records.get("bare") == bare
    assert records.keys() == ["bare", RECORD.key]


def test_a_record_without_artifacts_cannot_be():
    with pytest.raises(ValueError, match="at least one artifact"):
        replace(RECORD, artifacts=())


def test_looking_makes_no_file(tmp_path):
    records = Records(tmp_path / "home" / "records.db", durable=True)
    assert records.get("k") is None
    assert records.keys() == []
    assert records.open_intents() == []
    assert list(tmp_path.iterdir()) == []


def test_many_records_are_read_at_once(records):
    made = [replace(RECORD, key=f"{number:064x}") for number in range(3000)]
    records.put_many(made)
    keys = [record.key for record in made]
    assert records.get_many([*keys[:2500], "unknown"]) == {record.key: record for record in made[:2500]}


def test_a_deleted_record_is_gone(records):
    records.put(RECORD)
    records.delete(RECORD.key)
    records.delete("unknown")
    assert records.get(RECORD.key) is None


def test_a_paid_record_that_is_replaced_by_another_picture_is_remembered(records):
    records.put(RECORD)
    records.put(replace(RECORD, seconds=9.0))
    assert records.superseded() == []
    other = replace(RECORD, artifacts=(replace(ARTIFACT, digest="c" * 64),))
    records.put(other)
    assert records.get(RECORD.key) == other
    assert [record.artifacts for record in records.superseded()] == [RECORD.artifacts]


def test_an_intent_is_open_until_its_record_is_put(records):
    records.begin(INTENT)
    records.note_id(INTENT.key, "resp_9")
    assert reopened(records).open_intents() == [replace(INTENT, response_id="resp_9")]
    assert INTENT.pid == os.getpid()
    records.put(RECORD)
    assert records.open_intents() == []
    assert records.maybe_paid() == []


def test_a_record_can_be_put_without_settling(records):
    records.begin(INTENT)
    records.put(RECORD, settle=False)
    assert records.open_intents() == [INTENT]


@pytest.mark.parametrize(("outcome", "left"), [("recorded", []), ("failed_unbilled", []), ("maybe_paid", [INTENT])])
def test_settling_ends_an_intent_and_keeps_what_may_be_paid(records, outcome, left):
    records.begin(INTENT)
    records.settle(INTENT.key, outcome)
    records.settle("unknown", outcome)
    assert records.open_intents() == []
    assert reopened(records).maybe_paid() == left


def test_beginning_again_keeps_the_intent_that_was_cut_off(records):
    records.begin(INTENT)
    again = replace(INTENT, started=200.0)
    records.begin(again)
    assert records.open_intents() == [again]
    assert records.maybe_paid() == [INTENT]
    records.put(RECORD)
    assert records.maybe_paid() == [INTENT]
    records.clear_maybe_paid(INTENT.key)
    assert records.maybe_paid() == []


def test_settling_by_time_leaves_a_newer_intent_alone(records):
    records.begin(INTENT)
    records.settle(INTENT.key, "maybe_paid", started=INTENT.started - 1)
    assert records.open_intents() == [INTENT]
    records.settle(INTENT.key, "maybe_paid", started=INTENT.started)
    assert records.open_intents() == []


def test_a_failed_transaction_leaves_nothing(records):
    records.put(RECORD)
    with pytest.raises(TypeError):
        records.put_many([replace(RECORD, key="new"), replace(RECORD, key="bad", parts={"x": object()})])
    assert records.keys() == [RECORD.key]
    with pytest.raises(StoreError, match="NOT NULL"):
        records.put_many([replace(RECORD, key="new"), replace(RECORD, key="bad", plugin=None)])
    assert records.keys() == [RECORD.key]


def test_a_newer_database_is_refused_and_left_alone(records, tmp_path):
    records.put(RECORD)
    records.close()
    path = tmp_path / "home" / "records.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer imagebuild") as caught:
        records.get(RECORD.key)
    assert "upgrade" in caught.value.hint
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM record").fetchone() == (1,)
    connection.close()


def test_a_database_of_version_zero_is_migrated(tmp_path):
    sqlite3.connect(tmp_path / "records.db").close()
    records = Records(tmp_path / "records.db", durable=False)
    records.put(RECORD)
    assert records.get(RECORD.key) == RECORD
    records.close()


@pytest.mark.parametrize("garbage", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_database_is_an_error_and_never_begun_anew(tmp_path, garbage):
    path = tmp_path / "records.db"
    path.write_bytes(garbage)
    records = Records(path, durable=True)
    for ask in (lambda: records.get("k"), lambda: records.put(RECORD), lambda: records.begin(INTENT)):
        with pytest.raises(StoreError) as caught:
            ask()
        assert caught.value.hint
    assert path.read_bytes() == garbage


def test_a_damaged_row_is_an_error(records, tmp_path):
    records.put(RECORD)
    records.close()
    with sqlite3.connect(tmp_path / "home" / "records.db") as connection:
        connection.execute("UPDATE record SET artifacts = '[[1'")
    connection.close()
    with pytest.raises(StoreError, match="damaged"):
        records.get(RECORD.key)


def test_a_folder_that_cannot_be_made_is_an_error_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("")
    records = Records(tmp_path / "file" / "records.db", durable=True)
    with pytest.raises(StoreError, match="cannot open"):
        records.put(RECORD)


def test_threads_and_processes_write_at_once(tmp_path):
    path = tmp_path / "records.db"
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=write_many, args=(path, f"p{number}")) for number in range(3)]
    for child in children:
        child.start()
    records = Records(path, durable=True)
    threads = [threading.Thread(target=write_with, args=(records, f"t{number}")) for number in range(4)]
    for thread in threads:
        thread.start()
    for each in [*threads, *children]:
        each.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert len(records.keys()) == 7 * 20
    assert records.open_intents() == []
    records.close()


def write_many(path: Path, name: str) -> None:
    records = Records(path, durable=True)
    write_with(records, name)
    records.close()


def write_with(records: Records, name: str) -> None:
    for number in range(20):
        key = f"{name}-{number}"
        records.begin(replace(INTENT, key=key))
        records.put(replace(RECORD, key=key))


def test_threads_that_write_at_once_share_a_transaction_and_each_gets_its_own_answer(tmp_path, monkeypatch):
    records = Records(tmp_path / "records.db", durable=True)
    records.put(RECORD)
    database, writing = records._database, Database.writing
    transactions, begun, go = [], threading.Event(), threading.Event()

    @contextmanager
    def counted(self, **options):
        transactions.append(1)
        with writing(self, **options) as connection:
            yield connection

    monkeypatch.setattr(Database, "writing", counted)

    def slow(connection):
        begun.set()
        assert go.wait(20)
        return "slow"

    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(database.write, slow)
        assert begun.wait(20)
        others = [threads.submit(records.begin, replace(INTENT, key=f"{number}" * 64)) for number in range(8)]
        while len(database._queue) < 8:
            time.sleep(0.001)
        go.set()
        assert first.result(20) == "slow"
        assert [each.result(20) for each in others] == [None] * 8
    assert len(transactions) == 2
    assert len(records.open_intents()) == 8
    records.close()


def test_one_threads_fault_is_not_anothers(tmp_path):
    records = Records(tmp_path / "records.db", durable=True)
    records.put(RECORD)
    database, begun, go = records._database, threading.Event(), threading.Event()

    def slow(connection):
        begun.set()
        assert go.wait(20)

    def faulty(connection):
        connection.execute("INSERT INTO no_such_table VALUES (1)")

    with ThreadPoolExecutor(4) as threads:
        threads.submit(database.write, slow)
        assert begun.wait(20)
        good = threads.submit(records.begin, INTENT)
        bad = threads.submit(database.write, faulty)
        while len(database._queue) < 2:
            time.sleep(0.001)
        go.set()
        assert good.result(20) is None
        with pytest.raises(StoreError, match="no_such_table"):
            bad.result(20)
    assert [intent.key for intent in records.open_intents()] == [INTENT.key]
    records.close()
