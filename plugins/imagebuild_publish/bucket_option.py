"""What a spec says of a bucket beside its address: the options, and what is wrong with them. For all that use one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from imagebuild import Option, OptionProblem

__all__ = ["NO_KEYS_HERE", "SERVICE", "endpoint_of", "region_of", "service_problems"]

_REGION = re.compile(r"[A-Za-z0-9-]{1,40}")
_ENDPOINT = re.compile(r"https?://[^\s?#]+")

NO_KEYS_HERE = (
    "keys come from the environment alone: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and leave this out"
)
"""What to do with a key that stands in a spec."""

SERVICE = (
    Option(
        "endpoint",
        "text",
        "The address of a service that is like S3; without it `AWS_ENDPOINT_URL`, or else Amazon's own.",
        example="endpoint: https://ACCOUNT.r2.cloudflarestorage.com",
        trusted_only=True,
    ),
    Option(
        "region",
        "text",
        "The region of the bucket; without it `AWS_REGION`, or else `us-east-1`.",
        example="region: eu-central-1",
    ),
)
"""The options for :func:`service_problems`."""


def endpoint_of(options: Mapping[str, object]) -> str | None:
    """The option, where it is set."""
    return str(options["endpoint"]) if "endpoint" in options else None


def region_of(options: Mapping[str, object]) -> str | None:
    """The option, where it is set."""
    return str(options["region"]) if "region" in options else None


def service_problems(options: Mapping[str, object], scheme: str) -> list[OptionProblem]:
    """What is wrong with the options of a bucket whose address has this scheme."""
    problems = []
    if not _ENDPOINT.fullmatch(endpoint_of(options) or "https://-"):
        hint = "for example: endpoint: https://ACCOUNT.r2.cloudflarestorage.com"
        problems.append(OptionProblem("endpoint", "'endpoint' is no address with https:// or http://", hint))
    problems += [
        OptionProblem(name, f"'{name}' goes with s3:// alone, not with {scheme}://", "leave it out")
        for name in ("endpoint", "region")
        if name in options and scheme != "s3"
    ]
    if not _REGION.fullmatch(region_of(options) or "auto"):
        problems.append(OptionProblem("region", "'region' is no region's name", "for example: region: eu-central-1"))
    return problems
