"""The kind of remote store `bucket`, against a real service."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest
from seaweed import ADMIN, BUCKET, READER, SECRETS, WRITER, Door, environ, free_ports

from imagebuild import Remote
from imagebuild.errors import StoreError, UnreachableError
from imagebuild.testing import StoreContract
from imagebuild_publish import BucketStore, bucket_remote
from imagebuild_publish.bucket_connection import Patience


def url_of(folder: Path) -> str:
    return f"s3://{BUCKET}/store/{sha256(str(folder).encode()).hexdigest()[:12]}"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A prefix of this test alone."""
    return url_of(tmp_path)


def opened(url: str, keys: Mapping[str, str]) -> Remote:
    return BucketStore().open(url, {}, keys)


class TestContract(StoreContract):
    @pytest.fixture(autouse=True)
    def _place(self, s3_service: str) -> None:
        self.service = s3_service

    def store(self) -> BucketStore:
        return BucketStore()

    def options(self) -> Mapping[str, str]:
        return {"endpoint": self.service, "region": "us-east-1"}

    def address(self, folder: Path) -> str:
        return url_of(folder)

    def environ(self) -> Mapping[str, str]:
        return environ(WRITER, self.service)


# What it asks of the service


def test_a_login_in_the_address_of_the_service_is_not_shown(url: str) -> None:
    keys = environ(WRITER, "http://someone:hunter22@127.0.0.1:9/base?token=hunter33#hunter44")
    assert opened(url, keys).location == f"{url} at http://127.0.0.1:9/base"


def test_what_it_asks_for(door: Door, url: str) -> None:
    remote = opened(url, environ(WRITER, door.address))
    assert remote.location == f"{url} at {door.address}"  # two services may have buckets of one name
    assert remote.network is True
    assert door.methods() == []
    remote.put("v1/a", b"1")
    assert door.methods() == ["GET", "PUT"]
    remote.put("v1/a", b"2")
    remote.get("v1/a")
    remote.has("v1/a")
    assert door.methods() == ["GET", "HEAD", "PUT"]


def test_listings_of_several_pages_are_read_to_the_end(s3_service: str, url: str, door: Door) -> None:
    writer = opened(url, environ(WRITER, s3_service))
    names = {f"v1/{index % 9}/deep/{index}" for index in range(1100)}  # a page holds a thousand
    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(lambda name: writer.put(name, b""), names))
    reader = opened(url, environ(READER, door.address))
    assert set(reader.list()) == names
    assert door.methods() == ["GET", "GET", "GET"]
    assert len(list(reader.list("v1/3/"))) == sum(name.startswith("v1/3/") for name in names)


def test_objects_of_others_are_not_listed(s3_service: str, url: str) -> None:
    import obstore
    from obstore.store import S3Store

    config = {"access_key_id": ADMIN, "secret_access_key": SECRETS[ADMIN], "endpoint": s3_service}
    prefix = url.removeprefix(f"s3://{BUCKET}/")
    store = S3Store(BUCKET, prefix=prefix, config=config, client_options={"allow_http": True})  # type: ignore[arg-type]  # a plain dictionary will do
    for name in ("v1/a", "read me.txt", "v1/.hidden"):
        obstore.put(store, name, b"")
    assert list(opened(url, environ(READER, s3_service)).list()) == ["v1/a"]


def test_two_prefixes_of_a_bucket_are_two_remotes(s3_service: str, url: str) -> None:
    one, other = (opened(f"{url}/{name}", environ(WRITER, s3_service)) for name in ("a", "ab"))
    one.put("x", b"1")
    assert (list(one.list()), list(other.list()), other.get("x")) == (["x"], [], None)


@pytest.mark.parametrize(("status", "code"), [(501, "NotImplemented"), (400, "NotImplemented"), (501, "")])
def test_a_service_without_conditional_writes_is_looked_at_first(door: Door, url: str, status: int, code: str) -> None:
    def refuse(method: str, path: str) -> tuple[int, str] | None:
        return (status, code) if method == "PUT" and "if-none-match" in door.headers else None

    door.refuse = refuse
    remote = opened(url, environ(WRITER, door.address))
    assert [remote.put("v1/a", data) for data in (b"1", b"2")] == [True, False]
    assert remote.get("v1/a") == b"1"
    assert remote.put("v1/a", b"3", replace=True) is True
    assert remote.get("v1/a") == b"3"
    door.asked.clear()
    assert remote.put("v1/b", b"4") is True
    assert door.methods() == ["HEAD", "PUT"]


def test_a_write_that_was_refused_for_another_under_way_is_made_again(door: Door, url: str) -> None:
    refused = iter([(409, "ConditionalRequestConflict"), (409, "ConditionalRequestConflict")])
    door.refuse = lambda method, path: next(refused, None) if method == "PUT" else None
    remote = opened(url, environ(WRITER, door.address))
    assert remote.put("v1/a", b"1") is True
    assert remote.get("v1/a") == b"1"


def test_a_write_that_others_always_disturb_is_an_error(door: Door, url: str) -> None:
    door.refuse = lambda method, path: (409, "ConditionalRequestConflict") if method == "PUT" else None
    with pytest.raises(StoreError, match="others write it too"):
        opened(url, environ(WRITER, door.address)).put("v1/a", b"1")


# What can go wrong


ASKED: Mapping[str, Callable[[Remote], object]] = {
    "get": lambda remote: remote.get("v1/a"),
    "has": lambda remote: remote.has("v1/a"),
    "put": lambda remote: remote.put("v1/a", b"1"),
    "replace": lambda remote: remote.put("v1/a", b"1", replace=True),
    "list": lambda remote: list(remote.list()),
    "remove": lambda remote: remote.remove("v1/a"),
}


def refusals(remote: Remote, kind: type[StoreError], *names: str) -> list[tuple[str, str]]:
    """The different messages and hints with which each request fails; none holds a secret."""
    found = []
    for name in names or ASKED:
        with pytest.raises(kind) as raised:
            ASKED[name](remote)
        assert type(raised.value) is kind
        text = f"{raised.value.message} {raised.value.hint}"
        assert not any(secret in text for secret in (*SECRETS.values(), "Debug", "\n"))
        found.append((raised.value.message, raised.value.hint or ""))
    return list(dict.fromkeys(found))


def test_who_may_only_read_reads_and_is_told_what_else_there_is(s3_service: str, url: str) -> None:
    opened(url, environ(WRITER, s3_service)).put("v1/a", b"1")
    reader = opened(url, environ(READER, s3_service))
    assert refusals(reader, StoreError, "put", "replace") == [
        (
            f"access denied: may not send '{url}'",
            "the credentials need s3:PutObject on its objects, or write mode: read",
        )
    ]
    assert refusals(reader, StoreError, "remove")[0][0] == f"access denied: may not remove '{url}'"
    assert (reader.get("v1/a"), reader.has("v1/a"), reader.has("v1/b")) == (b"1", True, False)


def test_a_bucket_that_is_missing_is_told_from_an_object_that_is(s3_service: str, url: str) -> None:
    assert opened(url, environ(ADMIN, s3_service)).get("v1/a") is None
    nowhere = opened("s3://nowhere/img", environ(ADMIN, s3_service))
    assert refusals(nowhere, StoreError) == [
        ("there is no bucket 's3://nowhere/img'", "create it first, or correct 'remote' or 'endpoint'")
    ]


def test_a_bucket_that_goes_away_later_is_no_missing_object(door: Door, url: str) -> None:
    remote = opened(url, environ(WRITER, door.address))
    assert remote.get("v1/a") is None
    door.refuse = lambda method, path: (404, "NoSuchBucket")
    assert refusals(remote, StoreError, "get")[0][0] == f"there is no bucket '{url}'"


def test_without_the_right_to_list_it_names_the_right(s3_service: str) -> None:
    remote = opened("s3://elsewhere/img", environ(WRITER, s3_service))
    assert refusals(remote, StoreError) == [
        ("access denied: may not list 's3://elsewhere/img'", "the credentials need s3:ListBucket on the bucket")
    ]


def test_without_credentials_it_says_where_they_come_from_and_asks_once(door: Door, url: str) -> None:
    door.refuse = lambda method, path: (404, "") if path.startswith("latest") else None
    remote = opened(url, {"AWS_ENDPOINT_URL": door.address, "AWS_METADATA_ENDPOINT": door.address})
    ((message, hint),) = refusals(remote, StoreError)
    assert message == f"no credentials for '{url}'"
    assert "AWS_ACCESS_KEY_ID" in hint
    assert len(door.asked) == len({*door.asked})


@pytest.mark.parametrize("wrong", [{"AWS_ACCESS_KEY_ID": "NOBODY"}, {"AWS_SECRET_ACCESS_KEY": "wrong-secret"}])
def test_credentials_that_are_not_accepted_are_told_from_missing_rights(
    s3_service: str, url: str, wrong: Mapping[str, str]
) -> None:
    remote = opened(url, {**environ(WRITER, s3_service), **wrong})
    assert [message for message, _ in refusals(remote, StoreError)] == [f"'{url}' does not accept the credentials"]


def test_a_public_bucket_is_read_without_credentials(s3_service: str, url: str) -> None:
    public = url.replace(BUCKET, "open")
    remote = opened(public, {"AWS_SKIP_SIGNATURE": "true", "AWS_ENDPOINT_URL": s3_service})
    assert remote.put("v1/a", b"1") is True
    assert (remote.get("v1/a"), remote.get("v1/b"), list(remote.list())) == (b"1", None, ["v1/a"])


def test_an_address_where_nobody_listens_is_unreachable(url: str) -> None:
    (port,) = free_ports(1)
    remote = opened(url, environ(WRITER, f"http://127.0.0.1:{port}"))
    assert refusals(remote, UnreachableError) == [
        (
            f"'{url}' cannot be reached",
            "look at 'endpoint' and at the network, then run the same command again",
        )
    ]


def test_a_service_that_never_answers_is_given_up_once_for_all_who_wait(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_remote, "_QUICK", Patience(connect=1, answer=0.3, part=None, retries=1))
    accepted = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    accepted.append(listening.accept()[0])

        thread = Thread(target=accept)
        thread.start()
        remote = opened(url, environ(WRITER, f"http://127.0.0.1:{listening.getsockname()[1]}"))
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda name: refusals(remote, UnreachableError, name), [*ASKED] * 2))
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in accepted:
        connection.close()
    assert {message for refused in found for message, _ in refused} == {f"'{url}' cannot be reached"}
    assert len(accepted) == 2


def test_reads_of_a_service_that_is_down_are_tried_twice_within_seconds() -> None:
    quick = bucket_remote._QUICK
    assert (quick.retries + 1) * max(quick.connect, quick.answer) <= 10


@pytest.mark.parametrize(("status", "code"), [(500, "InternalError"), (503, "SlowDown"), (502, "")])
def test_a_service_that_is_out_of_order_is_unreachable(door: Door, url: str, status: int, code: str) -> None:
    door.refuse = lambda method, path: (status, code)
    remote = opened(url, environ(WRITER, door.address))
    assert refusals(remote, UnreachableError) == [
        (f"'{url}' is overloaded or out of order: it says {code or status}", "run the same command again later")
    ]


def test_a_service_that_recovered_is_asked_again(door: Door, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_remote, "_QUIET", 0.0)
    remote = opened(url, environ(WRITER, door.address))
    remote.put("v1/a", b"1")
    door.refuse = lambda method, path: (500, "")
    refusals(remote, UnreachableError)
    door.refuse = lambda method, path: None
    assert remote.get("v1/a") == b"1"


def test_a_missing_library_gives_the_line_that_installs_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(StoreError) as raised:
        opened(url, {})
    assert raised.value.message == "a store in a bucket needs the library 'obstore'"
    assert raised.value.hint == "pip install 'imagebuild-ai[remote]'"


def test_google_cloud_storage_is_spoken_to_in_its_own_way(door: Door, url: str) -> None:
    key = {"gcs_base_url": door.address, "disable_oauth": True}
    key |= {"client_email": "", "private_key": "", "private_key_id": ""}
    door.drop = ("authorization",)  # the service behind the door takes strangers, and no bearer
    address = url.replace(f"s3://{BUCKET}", "gs://open")
    remote = opened(address, {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(key)})
    assert remote.put("v1/a", b"1", replace=True) is True
    assert (remote.get("v1/a"), remote.get("v1/b"), list(remote.list())) == (b"1", None, ["v1/a"])
    assert remote.location == address


def test_an_account_of_azure_is_asked_for() -> None:
    with pytest.raises(StoreError, match="no credentials for 'az://container/img'") as raised:
        opened("az://container/img", {}).get("v1/a")
    assert "AZURE_STORAGE_ACCOUNT_NAME" in str(raised.value.hint)


# What a spec may say


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("s3://", "is no address of a bucket: expected s3://BUCKET/PREFIX"),
        ("s3://bucket//img", "is no address of a bucket: expected s3://BUCKET/PREFIX"),
        ("s3://bucket/../img", "is no address of a bucket: '..' can be no part of the prefix"),
        ("s3://bucket/a?b", "is no address of a bucket: 'a?b' can be no part of the prefix"),
        ("s3://key:s3cr3t@bucket/img", "holds a user or a password"),
    ],
)
def test_an_address_that_cannot_be_has_a_fault(address: str, fault: str) -> None:
    found = str(BucketStore().fault(address))
    assert found.startswith(fault)
    assert "s3cr3t" not in found


@pytest.mark.parametrize("address", ["s3://bucket", "s3://bucket/", "gs://bucket/a/b", "az://container/img"])
def test_an_address_that_can_be_has_none(address: str) -> None:
    assert BucketStore().fault(address) is None


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"endpoint": "r2.example.com"}, "'endpoint' is no address"),
        ({"endpoint": "https://user:s3cr3t@r2.example.com"}, "'endpoint' may hold no user or password"),
        ({"region": "eu west"}, "no region's name"),
        ({"secret_access_key": "s3cr3t-value"}, "'secret_access_key' may not stand in a spec"),
        ({"endpont": "https://r2.example.com"}, "unknown option 'endpont'"),
    ],
)
def test_options_that_cannot_be_are_problems(options: dict[str, str], found: str) -> None:
    resolution = BucketStore().resolve(options)
    assert [found in problem.message for problem in resolution.problems] == [True]
    assert "s3cr3t" not in str(resolution.problems)


@pytest.mark.parametrize("name", ["endpoint", "region"])
def test_options_of_s3_go_with_no_other_service(name: str) -> None:
    with pytest.raises(StoreError, match=f"'{name}' goes with s3:// alone, not with gs://"):
        BucketStore().open("gs://bucket", {name: "https://r2.example.com" if name == "endpoint" else "auto"}, {})


def test_what_it_holds_of_keys_stands_in_no_repr(s3_service: str, url: str) -> None:
    remote = opened(url, environ(WRITER, s3_service))
    assert SECRETS[WRITER] not in repr(vars(remote))
