"""The publisher `s3`, against a real service."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from delivering import Work, problems
from msgspec.structs import replace
from seaweed import ADMIN, BUCKET, READER, SECRETS, WRITER, Door, environ

from imagebuild import Publication
from imagebuild.errors import PublishError, StoreError
from imagebuild.testing import Desk, PublisherContract
from imagebuild_publish.s3 import S3Publisher


class Bucket:
    """What is in the bucket under a prefix of one test, past the publisher."""

    def __init__(self, service: str, folder: Path) -> None:
        from obstore.store import S3Store

        self.prefix = sha256(str(folder).encode()).hexdigest()[:12]
        self.url = f"s3://{BUCKET}/{self.prefix}"
        config = {"access_key_id": ADMIN, "secret_access_key": SECRETS[ADMIN], "endpoint": service}
        self.store = S3Store(BUCKET, prefix=self.prefix, config=config, client_options={"allow_http": True})  # type: ignore[arg-type]  # a plain dictionary will do

    def files(self) -> dict[str, bytes]:
        listed = [meta["path"] for page in self.store.list() for meta in page]
        return {path: bytes(self.store.get(path).bytes()) for path in sorted(listed)}

    def headers(self, name: str) -> Mapping[str, str]:
        return dict(self.store.get(name).attributes)


@pytest.fixture
def bucket(s3_service: str, tmp_path: Path) -> Bucket:
    return Bucket(s3_service, tmp_path)


class Site:
    """Two pictures, and a way to publish them through the door."""

    def __init__(self, root: Path, bucket: Bucket, door: Door) -> None:
        self.bucket, self.door = bucket, door
        self.work = Work(root)
        self.work.desk.environ.update(environ(WRITER, door.address))
        self.work.add("hero", ("image/webp", 800), ("image/avif", 800)).add("logo", "image/svg+xml")

    def publish(self, *, dry_run: bool = False, **options: Any) -> Publication:
        self.door.asked.clear()
        return self.work.publish(S3Publisher(), {"url": self.bucket.url, "parallel": 1, **options}, dry_run=dry_run)

    def forget(self) -> None:
        """As a fresh clone, or another machine."""
        self.work.desk.forget()


@pytest.fixture
def site(tmp_path: Path, bucket: Bucket, door: Door) -> Site:
    return Site(tmp_path, bucket, door)


class TestContract(PublisherContract):
    @pytest.fixture(autouse=True)
    def _place(self, bucket: Bucket, s3_service: str) -> None:
        self.bucket, self.service = bucket, s3_service

    def publisher(self) -> S3Publisher:
        return S3Publisher()

    def options(self) -> Mapping[str, Any]:
        return {"url": self.bucket.url}

    def desk(self, root: Path, pictures: Mapping[str, bytes]) -> Desk:
        return Desk(root, pictures, environ(WRITER, self.service))

    def published(self, desk: Desk) -> Mapping[str, bytes]:
        return self.bucket.files()


def test_files_go_under_the_prefix_with_a_hash_in_their_names(site: Site, bucket: Bucket) -> None:
    publication = site.publish(base="https://cdn.example.com/img")
    hero, logo = site.work.images["hero"].variants, site.work.images["logo"].variants
    assert publication.files == {
        hero[0].path: f"hero-800.{hero[0].sha256[:8]}.webp",
        hero[1].path: f"hero-800.{hero[1].sha256[:8]}.avif",
        logo[0].path: f"logo.{logo[0].sha256[:8]}.svg",
    }
    assert bucket.files() == {
        publication.files[each.path]: site.work.desk.objects[each.sha256] for each in (*hero, *logo)
    }
    assert (publication.location, publication.base, publication.changed) == (
        bucket.url, "https://cdn.example.com/img/", 3,
    )  # fmt: skip  # a triple


def test_names_with_a_hash_are_cached_for_ever(site: Site, bucket: Bucket) -> None:
    publication = site.publish()
    logo = site.work.images["logo"].variants[0]
    assert bucket.headers(publication.files[logo.path]) == {
        "Content-Type": "image/svg+xml",
        "Cache-Control": "public, max-age=31536000, immutable",
        "sha256": logo.sha256,
    }


def test_names_and_base_are_told_without_asking_the_bucket(site: Site, door: Door) -> None:
    options = S3Publisher().resolve({"url": site.bucket.url, "base": "https://cdn.example.com"}).options
    announced = S3Publisher().announce(site.work.manifest, options)
    assert door.asked == []
    assert site.publish(base="https://cdn.example.com") == replace(announced, changed=3)


@pytest.mark.parametrize("names", ["plain", "output"])
def test_names_without_a_hash_are_cached_for_minutes(site: Site, bucket: Bucket, names: str) -> None:
    site.publish(names=names)
    assert bucket.headers("hero-800.webp")["Cache-Control"] == "public, max-age=300"


def test_each_file_is_put_once_and_the_listing_asked_for_once(site: Site, door: Door) -> None:
    site.publish()
    assert door.methods() == ["GET", "PUT", "PUT", "PUT"]
    site.publish()
    assert door.methods() == ["GET"]


@pytest.mark.parametrize("names", ["hashed", "plain"])
def test_a_machine_that_remembers_nothing_sends_nothing_again(site: Site, door: Door, names: str) -> None:
    site.publish(names=names)
    site.forget()
    assert site.publish(names=names).changed == 0
    assert door.methods() == ["GET"]
    assert site.publish(names=names).changed == 0


def test_only_what_changed_is_sent(site: Site, door: Door, bucket: Bucket) -> None:
    site.publish(names="plain")
    site.work.add("logo", "image/svg+xml", seed="new")
    assert site.publish(names="plain").changed == 1
    assert [line for line in door.asked if line.startswith("PUT")] == [f"PUT {BUCKET}/{bucket.prefix}/logo.svg"]
    assert bucket.files()["logo.svg"] == site.work.desk.objects[site.work.digest("logo")]


def test_a_picture_of_the_same_length_is_seen_to_have_changed(site: Site, bucket: Bucket) -> None:
    site.work.add("logo", "image/svg+xml", seed="a")
    site.publish(names="plain")
    site.work.add("logo", "image/svg+xml", seed="b")
    assert site.publish(names="plain").changed == 1
    site.forget()
    site.work.add("logo", "image/svg+xml", seed="c")
    assert site.publish(names="plain").changed == 1
    assert bucket.files()["logo.svg"].startswith(b"c")


def test_a_file_that_somebody_replaced_is_sent_again(site: Site, bucket: Bucket) -> None:
    site.publish(names="plain")
    good = bucket.files()
    bucket.store.put("logo.svg", b"x" * len(good["logo.svg"]))
    assert site.publish(names="plain").changed == 1
    assert bucket.files() == good


def test_a_file_that_somebody_removed_is_sent_again(site: Site, bucket: Bucket) -> None:
    site.publish()
    good = bucket.files()
    bucket.store.delete(next(iter(good)))
    assert site.publish().changed == 1
    assert bucket.files() == good


def test_where_the_etag_says_nothing_the_digest_beside_the_object_does(site: Site, bucket: Bucket, door: Door) -> None:
    # An object that was sent in parts has such an ETag, as every object has where keys of KMS encrypt them.
    logo = site.work.images["logo"].variants[0]
    data, name = site.work.desk.objects[logo.sha256], f"logo.{logo.sha256[:8]}.svg"
    bucket.store.put(name, iter([data]), attributes={"sha256": logo.sha256}, use_multipart=True)
    assert site.publish(targets="logo").changed == 0
    assert door.methods() == ["GET", "HEAD"]
    site.publish(targets="logo")
    assert door.methods() == ["GET"]
    site.forget()
    bucket.store.put(name, iter([data]), use_multipart=True)
    assert site.publish(targets="logo").changed == 1


def test_another_cache_header_is_sent_to_what_is_there(site: Site, bucket: Bucket) -> None:
    site.publish(names="plain")
    assert site.publish(names="plain", cache="no-cache").changed == 3
    assert bucket.headers("logo.svg")["Cache-Control"] == "no-cache"
    assert site.publish(names="plain", cache="no-cache").changed == 0


def test_listings_of_several_pages_are_read_to_the_end(site: Site, door: Door) -> None:
    for index in range(1003):  # a page holds a thousand
        site.work.add(f"icon{index}", "image/png")
    assert site.publish(parallel=16).changed == 1006
    site.forget()
    assert site.publish(parallel=16).changed == 0
    assert door.methods() == ["GET", "GET"]


def test_what_lies_in_folders_below_is_not_ours(site: Site, bucket: Bucket, door: Door) -> None:
    bucket.store.put("deeper/hero-800.webp", b"somebody's")
    site.publish(clean=True)
    assert bucket.files()["deeper/hero-800.webp"] == b"somebody's"


def test_targets_and_tags_choose_what_is_sent(site: Site, bucket: Bucket) -> None:
    assert site.publish(targets="logo", names="plain").changed == 1
    assert list(bucket.files()) == ["logo.svg"]


@pytest.mark.parametrize("names", ["hashed", "plain"])
def test_a_dry_run_asks_but_sends_nothing(site: Site, bucket: Bucket, door: Door, names: str) -> None:
    site.publish(names=names)
    there, remembered = bucket.files(), site.work.desk.memory
    site.work.add("logo", "image/svg+xml", seed="new").add("icon", "image/png")
    del site.work.images["hero"]
    planned = site.publish(names=names, clean=True, dry_run=True)
    assert {*door.methods()} <= {"GET", "HEAD"}
    assert (bucket.files(), site.work.desk.memory) == (there, remembered)
    assert planned == site.publish(names=names, clean=True)
    assert planned.changed == (5 if names == "hashed" else 4)


def test_only_what_was_published_from_here_is_cleaned_away(site: Site, bucket: Bucket) -> None:
    bucket.store.put("stranger.png", b"somebody's")
    site.publish(names="plain")
    del site.work.images["hero"]
    assert site.publish(names="plain").changed == 0
    assert "hero-800.webp" in bucket.files()
    assert site.publish(names="plain", clean=True).changed == 2
    assert sorted(bucket.files()) == ["logo.svg", "stranger.png"]
    assert site.publish(names="plain", clean=True).changed == 0


def test_a_leftover_that_somebody_replaced_is_kept_and_named(site: Site, bucket: Bucket) -> None:
    site.publish(names="plain")
    del site.work.images["hero"]
    bucket.store.put("hero-800.webp", b"somebody's")
    assert site.publish(names="plain", clean=True).changed == 1
    assert sorted(bucket.files()) == ["hero-800.webp", "logo.svg"]
    assert ["'hero-800.webp'" in notice for notice in site.work.desk.notices] == [True]


def test_what_is_remembered_of_one_place_removes_nothing_in_another(site: Site, bucket: Bucket) -> None:
    site.publish(names="plain")
    del site.work.images["hero"]
    bucket.store.put("other/hero-800.webp", b"somebody's")
    site.publish(url=f"{bucket.url}/other", names="plain", clean=True)
    assert bucket.files()["other/hero-800.webp"] == b"somebody's"
    assert site.publish(names="plain", clean=True).changed == 2


def test_a_run_that_was_cut_off_is_finished_by_the_next(site: Site, bucket: Bucket, door: Door) -> None:
    refused = iter([None, (403, "AccessDenied")])
    door.refuse = lambda method, path: next(refused) if method == "PUT" else None
    with pytest.raises(PublishError) as raised:
        site.publish()
    first = next(iter(bucket.files()))
    assert f"1 of 3 files were sent: '{first}'" in raised.value.message
    assert "sends only what is missing" in (raised.value.hint or "")
    door.refuse = lambda method, path: None
    assert site.publish().changed == 2
    assert len(bucket.files()) == 3


def test_a_killed_run_leaves_nothing_that_cannot_be_cleaned_away(site: Site, bucket: Bucket) -> None:
    remembered: list[Any] = []
    keep = site.work.desk._remember
    site.work.desk._remember = lambda memory: (
        keep(memory) if not remembered.append(memory) and len(remembered) == 1 else None
    )  # type: ignore[method-assign]  # nothing is kept after the first time
    site.publish(names="plain")
    assert len(remembered) > 1
    site.work.desk._remember = keep  # type: ignore[method-assign]  # as it was
    del site.work.images["hero"]
    assert site.publish(names="plain", clean=True).changed == 2
    assert sorted(bucket.files()) == ["logo.svg"]


def test_what_was_sent_before_a_run_broke_off_is_remembered(site: Site, door: Door) -> None:
    data = site.work.desk.objects.pop(site.work.digest("logo"))
    with pytest.raises(StoreError):
        site.publish(parallel=1)
    site.work.desk.objects[site.work.digest("logo")] = data
    assert site.publish().changed == 1
    assert door.methods() == ["GET", "PUT"]


def test_several_files_are_under_way_at_once(site: Site, bucket: Bucket) -> None:
    for index in range(40):
        site.work.add(f"icon{index}", "image/png")
    assert site.publish(parallel=16).changed == 43
    assert len(bucket.files()) == 43


# What can go wrong


def failed(site: Site, **options: Any) -> tuple[str, str]:
    with pytest.raises(PublishError) as raised:
        site.publish(**options)
    text = f"{raised.value.message} {raised.value.hint}"
    assert not any(secret in text for secret in (*SECRETS.values(), "Debug", "\n"))
    return raised.value.message, raised.value.hint or ""


def test_without_credentials_it_says_where_they_come_from(site: Site, door: Door) -> None:
    door.refuse = lambda method, path: (404, "") if path.startswith("latest") else None
    site.work.desk.environ.clear()
    site.work.desk.environ.update(AWS_ENDPOINT_URL=door.address, AWS_METADATA_ENDPOINT=door.address)
    message, hint = failed(site)
    assert message == f"no credentials for '{site.bucket.url}'"
    assert "AWS_ACCESS_KEY_ID" in hint


@pytest.mark.parametrize("wrong", [{"AWS_ACCESS_KEY_ID": "NOBODY"}, {"AWS_SECRET_ACCESS_KEY": "wrong-secret"}])
def test_credentials_that_are_not_accepted_are_told_from_missing_rights(site: Site, wrong: dict[str, str]) -> None:
    site.work.desk.environ.update(wrong)
    assert failed(site)[0] == f"'{site.bucket.url}' does not accept the credentials"


def test_without_the_right_to_write_it_names_the_right(site: Site, door: Door) -> None:
    site.work.desk.environ.update(environ(READER, door.address))
    message, hint = failed(site)
    assert message == f"access denied: may not send '{site.bucket.url}'"
    assert "s3:PutObject" in hint


def test_without_the_right_to_list_it_names_the_right(site: Site) -> None:
    message, hint = failed(site, url="s3://elsewhere/img")
    assert message == "access denied: may not list 's3://elsewhere/img'"
    assert "s3:ListBucket" in hint


def test_a_bucket_that_does_not_exist_is_named(site: Site, door: Door) -> None:
    site.work.desk.environ.update(environ(ADMIN, door.address))
    assert failed(site, url="s3://nowhere/img")[0] == "there is no bucket 's3://nowhere/img'"


def test_a_service_that_cannot_be_reached_is_told_from_one_that_refuses(site: Site) -> None:
    message, hint = failed(site, endpoint="http://127.0.0.1:1")
    assert message == f"'{site.bucket.url}' cannot be reached"
    assert "endpoint" in hint


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "RequestTimeTooSkewed", "refuses the time of this machine"),
        (400, "AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region><Code>x", "is in region 'eu-west-1'"),
        (301, "PermanentRedirect", "is in another region"),
        (400, "ExpiredToken", "does not accept the credentials"),
        (401, "", "does not accept the credentials"),
        (403, "", "access denied: may not list"),
        (503, "SlowDown", "is overloaded or out of order: it says SlowDown"),
        (400, "MalformedXML", "cannot list"),
    ],
)
def test_what_a_service_says_becomes_an_error_with_its_cause(
    site: Site, door: Door, status: int, code: str, said: str
) -> None:
    door.refuse = lambda method, path: (status, code)
    assert said in failed(site)[0]


def test_a_missing_library_gives_the_line_that_installs_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    message, hint = failed(site)
    assert message == "publishing to a bucket needs the library 'obstore'"
    assert hint == "pip install 'imagebuild-ai[remote]'"


def test_google_cloud_storage_is_spoken_to_in_its_own_way(site: Site, door: Door, bucket: Bucket) -> None:
    key = {"gcs_base_url": door.address, "disable_oauth": True}
    key |= {"client_email": "", "private_key": "", "private_key_id": ""}
    site.work.desk.environ.clear()
    site.work.desk.environ["GOOGLE_SERVICE_ACCOUNT_KEY"] = json.dumps(key)
    door.drop = ("authorization",)  # the service behind the door takes strangers, and no bearer
    url = f"gs://open/{bucket.prefix}"
    assert site.publish(url=url).changed == 3
    assert site.publish(url=url).changed == 0
    assert site.publish(url=url).location == url


def test_an_account_of_azure_is_asked_for(site: Site) -> None:
    site.work.desk.environ.clear()
    message, hint = failed(site, url="az://container/img")
    assert message == "no credentials for 'az://container/img'"
    assert "AZURE_STORAGE_ACCOUNT_NAME" in hint


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, "'s3' needs 'url'"),
        ({"url": "bucket/img"}, "expected s3://BUCKET/PREFIX"),
        ({"url": "s3://bucket//img"}, "expected s3://BUCKET/PREFIX"),
        ({"url": "s3://bucket/../img"}, "'..' can be no part of the prefix"),
        ({"url": "s3://bucket/a?b"}, "'a?b' can be no part of the prefix"),
        ({"url": "s3://bucket", "endpoint": "r2.example.com"}, "'endpoint' is no address"),
        ({"url": "gs://bucket", "endpoint": "https://r2.example.com"}, "goes with s3:// alone"),
        ({"url": "s3://bucket", "region": "eu west"}, "no region's name"),
        ({"url": "s3://bucket", "cache": "a\nb: c"}, "no value that a header can have"),
        ({"url": "s3://bucket", "base": "javascript:x"}, "expected a path like /img/"),
        ({"url": "s3://bucket", "parallel": 0}, "expected 1 to 64"),
    ],
)
def test_options_that_cannot_be_are_problems(options: dict[str, Any], found: str) -> None:
    assert [found in problem for problem in problems(S3Publisher(), options)] == [True]


def test_a_bare_value_is_the_bucket() -> None:
    assert S3Publisher().resolve({"": "s3://bucket/img"}).options["url"] == "s3://bucket/img"


@pytest.mark.parametrize("name", ["access_key", "secret_access_key", "aws_session_token", "key", "password", "api-key"])
def test_a_key_may_not_be_an_option_and_is_not_repeated(name: str) -> None:
    resolution = S3Publisher().resolve({"url": "s3://bucket", name: "s3cr3t-value"})
    assert [problem.message for problem in resolution.problems] == [f"'{name}' may not stand in a spec"]
    assert "AWS_ACCESS_KEY_ID" in str(resolution.problems[0].hint)
    assert "s3cr3t" not in str(resolution)


@pytest.mark.parametrize("name", ["url", "endpoint"])
def test_a_password_in_an_address_is_a_problem_and_is_not_repeated(name: str) -> None:
    options = {"url": "s3://bucket", name: "https://user:s3cr3t@host/x"}
    found = problems(S3Publisher(), options)
    assert found == [f"{name}: '{name}' may hold no user or password"]


def test_a_misspelt_option_is_no_key() -> None:
    assert problems(S3Publisher(), {"url": "s3://b1", "cash": "x"}) == ["cash: unknown option 'cash' of 's3'"]
