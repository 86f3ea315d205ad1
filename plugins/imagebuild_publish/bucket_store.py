"""The kind of remote store ``bucket``: a prefix of a bucket of Amazon S3, Google Cloud, Azure, or what is like S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagebuild import OptionProblem, Remote, RemoteStore, ResolvedOptions
from imagebuild.errors import StoreError
from imagebuild_publish.bucket_address import parse_address
from imagebuild_publish.bucket_connection import Place
from imagebuild_publish.bucket_fault import REMOTE
from imagebuild_publish.bucket_option import NO_KEYS_HERE, SERVICE, endpoint_of, region_of, service_problems
from imagebuild_publish.secret import holds_password, without_secrets

__all__ = ["BucketStore"]


class BucketStore(RemoteStore):
    """Keeps pictures in a bucket: Amazon S3, Cloudflare R2, MinIO and others like them, Google Cloud Storage, Azure.

    Its address is ``s3://BUCKET/PREFIX``, ``gs://BUCKET/PREFIX`` or ``az://CONTAINER/PREFIX``; the bucket must be
    there. Keys come from the environment alone. Needs ``pip install 'imagebuild-ai[remote]'``.
    """

    name = "bucket"
    version = "1"
    schemes = ("s3", "gs", "az")
    options = SERVICE

    def resolve(self, options: Mapping[str, Any]) -> ResolvedOptions:
        """By the table; a key among the options is said to be one."""
        return without_secrets(super().resolve(options), NO_KEYS_HERE)

    def judge(self, options: Mapping[str, object]) -> list[OptionProblem]:
        """A service that can be one; whether the address goes with it shows in :meth:`open`."""
        if holds_password(endpoint_of(options) or ""):
            return [OptionProblem("endpoint", "'endpoint' may hold no user or password", NO_KEYS_HERE)]
        return service_problems(options, "s3")

    def fault(self, address: str) -> str | None:
        """What can be no address of a bucket; a password in it is not repeated."""
        if holds_password(address):
            return "holds a user or a password; keys come from the environment alone"
        try:
            parse_address(address)
        except ValueError as error:
            return f"is no address of a bucket: {error}"
        return None

    def open(self, address: str, options: Mapping[str, Any], environ: Mapping[str, str]) -> Remote:
        """The bucket. Raises ``StoreError`` also when the library is missing."""
        from imagebuild_publish.bucket_remote import BucketRemote

        parsed = parse_address(address)
        for problem in service_problems(options, parsed.scheme):
            raise StoreError(problem.message, hint=problem.hint)
        return BucketRemote(Place(parsed, endpoint_of(options), region_of(options), environ, REMOTE))
