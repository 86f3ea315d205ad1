"""Claims: one buyer for each key, among threads and among processes, without waiting for other keys."""

import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from imagebuild.errors import StoreError
from imagebuild.store import Intent, Store
from imagebuild.store import claim as module


@pytest.fixture
def store(tmp_path):
    store = Store.originals(tmp_path / "home")
    yield store
    store.close()


def child(tmp_path: Path, code: str) -> subprocess.Popen[str]:
    source = "import os, sys\nfrom pathlib import Path\nfrom imagebuild.store import Intent, Store\n"
    source += f"store = Store.originals(Path({str(tmp_path / 'home')!r}))\n" + textwrap.dedent(code)
    return subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_fifty_keys_are_held_at_once_even_when_all_share_a_shard(store, monkeypatch):
    monkeypatch.setattr(
        module.hashlib, "sha256", lambda data: type("Same", (), {"hexdigest": lambda self: "abcabcabcabc"})()
    )
    together = threading.Barrier(50, timeout=10)

    def hold(number: int) -> None:
        with store.claim(f"key {number}"):
            together.wait()

    threads = [threading.Thread(target=hold, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not together.broken
    assert len(os.listdir(store.folder / "locks")) <= 1


def test_one_thread_at_a_time_holds_a_key(store):
    inside, most = [], []

    def hold() -> None:
        for _ in range(20):
            with store.claim("key"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=hold) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}
    assert len(most) == 160


def test_another_store_of_the_process_waits_for_the_same_key(store):
    other = Store.originals(store.folder)
    with store.claim("key"):
        with pytest.raises(StoreError, match="still making"), other.claim("key", timeout=0.05):
            pass
        with other.claim("another key", timeout=0.05):
            pass
    with other.claim("key", timeout=0.05):
        pass


def test_an_error_inside_frees_the_key(store):
    with pytest.raises(RuntimeError), store.claim("key"):
        raise RuntimeError
    with store.claim("key", timeout=0):
        pass
    assert module._turns == {}


def test_processes_that_want_the_same_key_pay_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    ledger = tmp_path / "ledger"
    children = [context.Process(target=buy, args=(tmp_path / "home", ledger)) for _ in range(4)]
    for each in children:
        each.start()
    for each in children:
        each.join()
    assert [each.exitcode for each in children] == [0] * 4
    assert sorted(ledger.read_text().split()) == sorted(f"key{number}" for number in range(10))


def buy(home: Path, ledger: Path) -> None:
    from imagebuild.artifact import Picture
    from imagebuild.store import Record

    store = Store.originals(home)
    for number in range(10):
        key = f"key{number}"
        with store.claim(key):
            if store.lookup(key) is None:
                with ledger.open("a") as file:
                    file.write(key + "\n")
                artifacts = store.keep([Picture(key.encode(), "image/png")])
                store.records.put(Record(key, "generate", "p", "1", {}, artifacts, paid=True))
    store.close()


def test_a_process_that_dies_holds_nothing_and_its_intent_is_abandoned(store, tmp_path):
    holder = child(
        tmp_path,
        """
        with store.claim("key"):
            store.records.begin(Intent("key", "openai", "hero", 1.0))
            print("held", flush=True)
            sys.stdin.readline()
            os._exit(9)
        """,
    )
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match="still making"), store.claim("key", timeout=0.1):
        pass
    assert store.abandoned() == []
    holder.communicate("die\n")
    assert holder.returncode == 9
    assert [intent.key for intent in store.abandoned()] == ["key"]
    with store.claim("key", timeout=5):
        pass


def test_ones_own_running_call_is_not_abandoned(store):
    with store.claim("key"):
        store.records.begin(Intent("key", "openai", "hero", 1.0))
        assert store.abandoned() == []
    assert len(store.abandoned()) == 1


def test_claims_cost_one_file_and_nothing_that_stays(store):
    for number in range(200):
        with store.claim(f"{number}"):
            pass
    assert os.listdir(store.folder / "locks") == ["claims.lock"]
    assert (module._bytes, module._turns) == ({}, {})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_holds_nothing_and_takes_nothing_from_its_parent(store):
    with store.claim("key"):
        child = os.fork()
        if child == 0:
            free = store._claims.is_free("key")
            with store.claim("other", timeout=1):
                pass
            os._exit(1 if free else 0)
        assert os.waitpid(child, 0)[1] == 0
        assert not store._claims.is_free("key")
    assert store._claims.is_free("key")


def test_a_claim_is_held_while_another_of_the_same_process_ends(store, tmp_path):
    with store.claim("key"):
        with store.claim("other"):
            pass
        asker = child(tmp_path, """print(store._claims.is_free("key"), flush=True)""")
        assert asker.communicate()[0] == "False\n"


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed there")
def test_a_lock_file_that_was_removed_is_made_again(store):
    with store.claim("key"):
        pass
    (store.folder / "locks" / "claims.lock").unlink()
    with store.claim("key"):
        assert (store.folder / "locks" / "claims.lock").exists()
