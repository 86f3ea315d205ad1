"""The publisher ``s3``: files of a finished build in a bucket of Amazon S3, or of a service that is like it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from imagebuild import Manifest, Option, OptionProblem, Publication, Publisher, PublisherContext, ResolvedOptions
from imagebuild_publish.address import BASE, base_fault, tidy_base
from imagebuild_publish.bucket_address import parse_address
from imagebuild_publish.bucket_connection import Place
from imagebuild_publish.bucket_fault import PUBLISHER
from imagebuild_publish.bucket_option import NO_KEYS_HERE, SERVICE, endpoint_of, region_of, service_problems
from imagebuild_publish.naming import NAMES, NamedFile, name_files
from imagebuild_publish.secret import holds_password, without_secrets
from imagebuild_publish.selection import SELECTION, select

__all__ = ["S3Publisher"]

_FOR_EVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
_HEADER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")


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
            trusted_only=True,
        ),
        *SERVICE,
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
        return without_secrets(super().resolve(options), NO_KEYS_HERE)

    def judge(self, options: Mapping[str, object]) -> list[OptionProblem]:
        """An address that can be one, and headers that can be sent."""
        url, endpoint = str(options["url"]), str(options.get("endpoint", "https://-"))
        if holds_password(url) or holds_password(endpoint):
            name = "url" if holds_password(url) else "endpoint"
            return [OptionProblem(name, f"'{name}' may hold no user or password", NO_KEYS_HERE)]
        try:
            address = parse_address(url)
        except ValueError as error:
            return [OptionProblem("url", f"'url' is '{url[:80]}': {error}", "for example: url: s3://bucket/img")]
        problems = service_problems(options, address.scheme)
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
        from imagebuild_publish.bucket import Bucket
        from imagebuild_publish.ledger import Ledger
        from imagebuild_publish.shipment import Shipment

        options = context.options
        address = parse_address(str(options["url"]))
        endpoint = endpoint_of(options)
        shipment = Shipment(
            Bucket(Place(address, endpoint, region_of(options), context.environ, PUBLISHER)),
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
