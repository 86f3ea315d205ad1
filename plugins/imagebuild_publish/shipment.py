"""What a bucket lacks, sent to it: which files differ is found first, so that only those are sent.

A file is there when the listing shows its length, and its digest can be told: by the ETag that was remembered, by an
ETag that is the MD5 of the bytes, or by the digest that was put beside the object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from hashlib import md5
from itertools import islice
from typing import TypeVar

from imagebuild import PublisherContext
from imagebuild.errors import PublishError
from imagebuild_publish.bucket import Bucket, Found
from imagebuild_publish.ledger import Ledger
from imagebuild_publish.naming import NamedFile, content_type

__all__ = ["DIGEST", "Shipment"]

DIGEST = "sha256"
"""The metadata of an object that holds the digest of its bytes; Azure allows no hyphen in such a name."""

_SHOWN = 5
_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


class Shipment:
    """The way of files into a bucket, and what is known of those that went it before."""

    def __init__(self, bucket: Bucket, context: PublisherContext, ledger: Ledger, *, cache: str, parallel: int) -> None:
        self._bucket = bucket
        self._context = context
        self._ledger = ledger
        self._cache = cache
        self._parallel = parallel

    def deliver(self, files: Mapping[str, NamedFile], *, clean: bool) -> int:
        """Send ``files``, by name, as far as they are not there; the number of those sent and removed.

        The names are remembered before the first is sent, so that what a cut-off run left is known as ours. Raises
        :class:`PublishError`, which says what was sent.
        """
        there = self._bucket.list()
        missing = self._missing(files, there)
        leftovers = [name for name in self._ledger.entries if name not in files and name in there]
        gone = [name for name in leftovers if clean and self._is_ours(name, there[name])]
        if not self._context.dry_run:
            self._ledger.keep({**self._ledger.entries, **{name: {} for name in missing}})
            self._send([files[name] for name in missing])
            if gone:
                self._bucket.remove(gone)
            kept = {name for name in leftovers if name not in gone}
            after = {name: entry for name, entry in self._ledger.entries.items() if name in files or name in kept}
            self._ledger.keep({**after, **self._found(files, there, {*missing})})
        return len(missing) + len(gone)

    def _missing(self, files: Mapping[str, NamedFile], there: Mapping[str, Found]) -> list[str]:
        """Names whose files must be sent."""
        verdicts = {name: self._same(file, there.get(name)) for name, file in files.items()}
        unsure = [name for name, verdict in verdicts.items() if verdict is None]
        with ThreadPoolExecutor(self._parallel) as pool:
            for name, headers in zip(unsure, pool.map(self._bucket.headers, unsure), strict=True):
                verdicts[name] = headers.get(DIGEST) == files[name].variant.sha256
        return [name for name, verdict in verdicts.items() if not verdict]

    def _same(self, file: NamedFile, found: Found | None) -> bool | None:
        """Whether that is the file; None where only its metadata can tell."""
        if found is None or found.size != file.variant.bytes:
            return False
        known = self._ledger.entries.get(file.name, {})
        if known.get("etag") and known["etag"] == found.etag:
            return known["sha256"] == file.variant.sha256 and known.get("cache", self._cache) == self._cache
        if len(found.etag) == 32:
            data = self._context.read(file.variant.sha256)
            if md5(data, usedforsecurity=False).hexdigest() == found.etag:
                return True
        return None

    def _found(
        self, files: Mapping[str, NamedFile], there: Mapping[str, Found], sent: set[str]
    ) -> dict[str, Mapping[str, str]]:
        """What to remember of files that were there already, so that the next run knows them by their ETag."""
        return {
            name: {"sha256": file.variant.sha256, "etag": there[name].etag}
            for name, file in files.items()
            if name not in sent and not self._ledger.entries.get(name, {}).get("etag")
        }

    def _is_ours(self, name: str, found: Found) -> bool:
        """Whether an object is still what was put there; one that a cut-off run sent has no ETag to tell by."""
        etag = self._ledger.entries[name].get("etag")
        if etag and etag != found.etag:
            self._context.notice(f"'{name}' is no longer published, but was changed since it was; it is kept")
            return False
        return True

    def _send(self, files: list[NamedFile]) -> None:
        sent: dict[str, Mapping[str, str]] = {}
        try:
            for file, etag in _in_parallel(self._put, files, self._parallel):
                sent[file.name] = self._entry(file, etag)
        except PublishError as error:
            raise _partial(error, sorted(sent), len(files)) from None  # the cause is in the message
        finally:
            self._ledger.keep({**self._ledger.entries, **sent})

    def _put(self, file: NamedFile) -> Callable[[], str]:
        """The call that sends a file; its bytes are read here, in the thread that owns the store."""
        data = self._context.read(file.variant.sha256)
        headers = {
            "Content-Type": content_type(file.variant),
            "Cache-Control": self._cache,
            DIGEST: file.variant.sha256,
        }
        return lambda: self._bucket.put(file.name, data, headers)

    def _entry(self, file: NamedFile, etag: str) -> dict[str, str]:
        return {"sha256": file.variant.sha256, "etag": etag, "cache": self._cache}


def _in_parallel(
    prepare: Callable[[_Item], Callable[[], _Answer]], items: Iterable[_Item], parallel: int
) -> Iterator[tuple[_Item, _Answer]]:
    """Prepare a call for each item here, make some of them at once, and give the answers as they come.

    After the first that fails no other is begun; its error is raised once those under way have ended.
    """
    queue, failure = iter(items), None
    running: dict[Future[_Answer], _Item] = {}
    with ThreadPoolExecutor(parallel) as pool:
        while True:
            room = 0 if failure else 2 * parallel - len(running)
            running |= {pool.submit(prepare(item)): item for item in islice(queue, room)}
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                item = running.pop(future)
                if error := future.exception():
                    failure = failure or error
                else:
                    yield item, future.result()
    if failure:
        raise failure


def _partial(error: PublishError, sent: list[str], all_files: int) -> PublishError:
    """The error, with what was done before it."""
    if not sent:
        return error
    more = f" and {len(sent) - _SHOWN} more" if len(sent) > _SHOWN else ""
    names = ", ".join(f"'{name}'" for name in sent[:_SHOWN])
    hint = "run the same command again: it sends only what is missing"
    return PublishError(
        f"{error.message}; {len(sent)} of {all_files} files were sent: {names}{more}",
        hint=f"{error.hint}; then {hint}" if error.hint else hint,
    )
