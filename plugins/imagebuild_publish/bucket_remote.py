"""A remote store in a bucket: bytes by name, written only where nothing is yet, and seconds lost when it is down.

Before anything else it asks for a listing of nothing: that tells a bucket that is missing from an object that is, and a
service that is down, before many threads wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from imagebuild import Remote
from imagebuild.errors import StoreError, UnreachableError
from imagebuild_publish.bucket_connection import PATIENT, Patience, Place, connect, faults
from imagebuild_publish.bucket_fault import is_conflict, lacks_bucket, lacks_conditions
from imagebuild_publish.object_name import is_object_name, require_object_name, require_prefix

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["BucketRemote"]

_QUICK = Patience(connect=3, answer=4, part=None, retries=1)  # twice this is what a service that is down costs
_STEADY = Patience(connect=3, answer=300, part=10, retries=2)
_QUIET = 30.0  # seconds for which a service that did not answer, or refused, is not asked again
_NOTHING = ".nothing"  # no name begins with a dot
_PAGE = 1000
_TRIES = 3


class BucketRemote(Remote):
    """Objects under one prefix of a bucket, at any depth."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._quick = connect(place, _QUICK)
        self._lock = Lock()
        self._answers = False
        self._refusal: tuple[float, StoreError] | None = None
        self._knows_conditions = True
        service = place.service() if place.address.scheme == "s3" else None
        self.location = f"{place.address} at {_shown(service)}" if service else str(place.address)

    def get(self, name: str) -> bytes | None:
        """The bytes of an object."""
        import obstore

        require_object_name(name)
        with self._asking("read"):
            try:
                return bytes(obstore.get(self._steady, name).bytes())
            except FileNotFoundError as error:
                if lacks_bucket(error):
                    raise
                return None

    def has(self, name: str) -> bool:
        """Whether there is such an object."""
        import obstore

        require_object_name(name)
        with self._asking("read"):
            try:
                obstore.head(self._quick, name)
            except FileNotFoundError:
                return False
            return True

    def put(self, name: str, data: bytes, *, replace: bool = False) -> bool:
        """Send an object in one request, so that nothing of a cut-off one stays.

        The request holds only if nothing is there; a service that knows no such requests is asked before.
        """
        require_object_name(name)
        if replace:
            return self._replace(name, data)
        for _ in range(_TRIES):
            if not self._knows_conditions:
                return not self.has(name) and self._replace(name, data)
            if (written := self._create(name, data)) is not None:
                return written
        raise StoreError(f"cannot send '{name}' to '{self.location}': others write it too", hint="run it again")

    def list(self, prefix: str = "") -> Iterator[str]:
        """All objects with a name that is one, page by page."""
        import obstore

        require_prefix(prefix)
        with self._asking("list"):
            pages = obstore.list(self._steady, prefix or None, chunk_size=_PAGE)
        while True:
            with self._asking("list"):
                page = next(pages, None)
            if page is None:
                return
            yield from (meta["path"] for meta in page if is_object_name(meta["path"]))

    def remove(self, name: str) -> None:
        """Take an object away; that it is gone already is no fault."""
        import obstore

        require_object_name(name)
        with self._asking("remove"), suppress(FileNotFoundError):
            obstore.delete(self._quick, name)

    @cached_property
    def _steady(self) -> ObjectStore:
        return connect(self._place, _STEADY)

    @cached_property
    def _patient(self) -> ObjectStore:
        return connect(self._place, PATIENT)

    def _create(self, name: str, data: bytes) -> bool | None:
        """Send what is not there, and whether it was; None when that is to be tried again."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError

        with self._asking("send"):
            try:
                obstore.put(self._patient, name, data, mode="create", use_multipart=False)
            except AlreadyExistsError as error:
                in_conflict = is_conflict(error)
            except BaseError as error:
                if not lacks_conditions(error):
                    raise
                self._knows_conditions = False
                return None
            else:
                return True
        return None if in_conflict and not self.has(name) else False

    def _replace(self, name: str, data: bytes) -> bool:
        import obstore

        with self._asking("send"):
            obstore.put(self._patient, name, data, use_multipart=False)
        return True

    @contextmanager
    def _asking(self, doing: str) -> Iterator[None]:
        """Ask only a service that answers, and turn what the library raises into an error of ours."""
        self._require_answer()
        try:
            with faults(doing, self._place):
                yield
        except UnreachableError:
            self._answers = False
            raise

    def _require_answer(self) -> None:
        import obstore

        with self._lock:
            if self._answers:
                return
            if self._refusal and monotonic() < self._refusal[0]:
                said = self._refusal[1]
                raise type(said)(said.message, hint=said.hint)
            try:
                with faults("list", self._place):
                    obstore.list_with_delimiter(self._quick, _NOTHING)
            except StoreError as error:
                self._refusal = (monotonic() + _QUIET, error)
                raise
            self._answers = True


def _shown(service: str) -> str:
    """The address of a service without a login or a query, which may be secrets of the environment."""
    scheme, _, rest = service.partition("://")
    host, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
