"""The publisher ``s3``: files of a finished build in a bucket of Amazon S3, or of a service that is like it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from imagebuild import Manifest, Option, OptionProblem, Publication, Publisher, PublisherContext, ResolvedOptions
from imagebuild_publish.address import BASE, base_fault, tidy_base
from imagebuild_publish.bucket_address import parse_address
from imagebuild_publish.naming import NAMES, NamedFile, name_files
from imagebuild_publish.secret import holds_password, without_secrets
from imagebuild_publish.selection import SELECTION, select

__all__ = ["S3Publisher"]

_FOR_EVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
_HEADER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")
_REGION = re.compile(r"[A-Za-z0-9-]{1,40}")
_ENDPOINT = re.compile(r"https?://[^\s?#]+")
_KEYS = "keys come from the environment alone: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and leave this out"


class S3Publisher(Publisher):
    """Sends finished pictures to a bucket, each once: what is there already is not sent again.

    Works with Amazon S3, Cloudflare R2, MinIO and others like them (``s3://``), Google Cloud Storage (``gs://``) and
    Azure Blob Storage (``az://``). Files with a hash in their name are cached for ever.
    """

    name = "s3"
    version = "1"
    remote = True
    options = (
        Option(
            "url",
            "text",
            "The bucket and the prefix under which files go: `s3://BUCKET/PREFIX`, `gs://` or `az://`.",
            required=True,
            main=True,
            example="url: s3://pictures.example.com/img",
        ),
        Option(
            "endpoint",
            "text",
            "The address of a service that is like S3; without it `AWS_ENDPOINT_URL`, or else Amazon's own.",
            example="endpoint: https://ACCOUNT.r2.cloudflarestorage.com",
        ),
        Option(
            "region",
            "text",
            "The region of the bucket; without it `AWS_REGION`, or else `us-east-1`.",
            example="region: eu-central-1",
        ),
        BASE,
        NAMES,
        Option(
            "cache",
            "text",
            f"The header `Cache-Control`; without it `{_FOR_EVER}` for names with a hash, `{_SHORT}` for others.",
            example='cache: "public, max-age=86400"',
        ),
        Option(
            "clean",
            "boolean",
            "Whether files that earlier runs on this machine sent, and nothing wants any more, are removed.",
            default=False,
            example="clean: true",
        ),
        Option(
            "parallel",
            "integer",
            "How many files are sent at once.",
            default=8,
            least=1,
            most=64,
            example="parallel: 4",
        ),
        *SELECTION,
    )

    def resolve(self, options: Mapping[str, Any]) -> ResolvedOptions:
        """By the table; a key among the options is said to be one."""
        return without_secrets(super().resolve(options), _KEYS)

    def judge(self, options: Mapping[str, object]) -> list[OptionProblem]:
        """An address that can be one, and headers that can be sent."""
        problems = []
        url, endpoint = str(options["url"]), str(options.get("endpoint", "https://-"))
        if holds_password(url) or holds_password(endpoint):
            name = "url" if holds_password(url) else "endpoint"
            return [OptionProblem(name, f"'{name}' may hold no user or password", _KEYS)]
        try:
            address = parse_address(url)
        except ValueError as error:
            return [OptionProblem("url", f"'url' is '{url[:80]}': {error}", "for example: url: s3://bucket/img")]
        if not _ENDPOINT.fullmatch(endpoint):
            hint = "for example: endpoint: https://ACCOUNT.r2.cloudflarestorage.com"
            problems.append(OptionProblem("endpoint", "'endpoint' is no address with https:// or http://", hint))
        problems += [
            OptionProblem(name, f"'{name}' goes with s3:// alone, not with {address.scheme}://", "leave it out")
            for name in ("endpoint", "region")
            if name in options and address.scheme != "s3"
        ]
        if not _REGION.fullmatch(str(options.get("region", "auto"))):
            problems.append(
                OptionProblem("region", "'region' is no region's name", "for example: region: eu-central-1")
            )
        if not _HEADER.fullmatch(str(options.get("cache", _SHORT))):
            hint = 'for example: cache: "public, max-age=86400"'
            problems.append(OptionProblem("cache", "'cache' is no value that a header can have", hint))
        if fault := base_fault(str(options.get("base", ""))):
            problems.append(OptionProblem("base", f"'base' {fault}", "for example: base: https://cdn.example.com/img/"))
        return problems

    def announce(self, manifest: Manifest, options: Mapping[str, object]) -> Publication:
        """Names and base, which follow from the options."""
        return Publication(
            location=str(parse_address(str(options["url"]))),
            changed=0,
            files={file.variant.path: file.name for file in _named(manifest, options)},
            base=tidy_base(str(options["base"])) if "base" in options else None,
        )

    def publish(self, manifest: Manifest, context: PublisherContext) -> Publication:
        """Send what is not there, then clean up where that is asked for."""
        from imagebuild_publish.bucket import open_bucket
        from imagebuild_publish.ledger import Ledger
        from imagebuild_publish.shipment import Shipment

        options = context.options
        address = parse_address(str(options["url"]))
        endpoint, region = (str(options[name]) if name in options else None for name in ("endpoint", "region"))
        shipment = Shipment(
            open_bucket(address, endpoint=endpoint, region=region, environ=context.environ),
            context,
            Ledger(context, str(address), endpoint or ""),
            cache=str(options.get("cache", _FOR_EVER if options["names"] == "hashed" else _SHORT)),
            parallel=int(str(options["parallel"])),
        )
        files = {file.name: file for file in _named(manifest, options)}  # those of one name hold the same bytes
        changed = shipment.deliver(files, clean=options["clean"] is True)
        return replace(self.announce(manifest, options), changed=changed)


def _named(manifest: Manifest, options: Mapping[str, object]) -> list[NamedFile]:
    return name_files(select(manifest, options), str(options["names"]))
