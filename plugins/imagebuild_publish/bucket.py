"""One prefix of a bucket, through the library ``obstore``: list, look, put and remove, with errors of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress

from msgspec import Struct

from imagebuild_publish.bucket_connection import PATIENT, Place, connect, faults

__all__ = ["Bucket", "Found"]


class Found(Struct, frozen=True):
    """An object that is there: its length in bytes, and its ETag without quotes, empty where it has none."""

    size: int
    etag: str


class Bucket:
    """Files directly under one prefix. Every method raises ``PublishError`` and may be called from any thread.

    Opening it asks nothing of it, and raises ``PublishError`` when the library is missing.
    """

    def __init__(self, place: Place) -> None:
        self._store = connect(place, PATIENT)
        self._place = place

    def list(self) -> dict[str, Found]:
        """What is there by name, all pages of it; without what lies in folders below."""
        import obstore

        with self._faults("list"):
            listed = obstore.list_with_delimiter(self._store)["objects"]
        return {meta["path"]: Found(meta["size"], (meta["e_tag"] or "").strip('"')) for meta in listed}

    def headers(self, name: str) -> dict[str, str]:
        """The headers and metadata that an object was put with; empty when it is gone."""
        import obstore

        with self._faults("read"):
            try:
                return dict(obstore.get(self._store, name, options={"head": True}).attributes)
            except FileNotFoundError:
                return {}

    def put(self, name: str, data: bytes, headers: Mapping[str, str]) -> str:
        """Put a file, whole or not at all, and give its ETag."""
        import obstore

        with self._faults("send"):
            # One request for any size: an ETag is the MD5 only of what was not sent in parts.
            answer = obstore.put(self._store, name, data, attributes=dict(headers), use_multipart=False)
        return (answer["e_tag"] or "").strip('"')

    def remove(self, names: Sequence[str]) -> None:
        """Take files away; one that is gone already is no fault."""
        import obstore

        with self._faults("remove"):
            try:
                obstore.delete(self._store, list(names))
            except FileNotFoundError:  # some services tell; it stops the others
                for name in names:
                    with suppress(FileNotFoundError):
                        obstore.delete(self._store, name)

    def _faults(self, doing: str) -> AbstractContextManager[None]:
        return faults(doing, self._place)
