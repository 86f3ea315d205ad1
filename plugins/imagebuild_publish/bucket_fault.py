"""What a storage service or the way to it says, as an error that names the cause and what to do.

Codes: Amazon S3 API Reference, "Error responses"; Azure Blob Storage REST API, "Blob service error codes".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from imagebuild.errors import ImageBuildError, PublishError, StoreError, UnreachableError
from imagebuild_publish.secret import scrub

__all__ = ["PUBLISHER", "REMOTE", "Side", "bucket_fault", "is_conflict", "lacks_bucket", "lacks_conditions"]


class Side(Struct, frozen=True):
    """Who asked: ``fault`` and ``silence`` are the errors to raise, ``silence`` where a service gives no answer.

    ``purpose`` is what the library is for, and ``field`` of the spec holds the address. ``once_more`` says what running
    the command again does, and ``instead`` what there is to do without the right to write.
    """

    fault: type[ImageBuildError]
    silence: type[ImageBuildError]
    purpose: str
    field: str
    once_more: str
    instead: str = ""


PUBLISHER = Side(PublishError, PublishError, "publishing to a bucket", "url", "; what was sent is not sent again")
REMOTE = Side(StoreError, UnreachableError, "a store in a bucket", "remote", "", ", or write mode: read")

_CODE = re.compile(r"<Code>(\w+)</Code>|\(code: (\w+)\)")
_STATUS = re.compile(r"status code: (\d{3})")
_REGION = re.compile(r"<Region>([\w-]+)</Region>|expecting '([\w-]+)'")

# Without keys the library asks the machine it is on for some, as machines of these services can.
_NO_KEYS = re.compile(
    r"/latest/(?:api/token|meta-data)|computeMetadata|/metadata/identity"
    r"|Missing (?:SecretAccessKey|AccessKeyId)|Account must be specified"
)
_BAD_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "AuthenticationFailed"}
_NO_BUCKET = {"NoSuchBucket", "ContainerNotFound", "InvalidBucketName"}
_CLOCK = {"RequestTimeTooSkewed", "RequestExpired"}
_ELSEWHERE = {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint"}
_NO_CONDITIONS = {"NotImplemented", "NotSupported"}
_BUSY = {"SlowDown", "ServiceUnavailable", "InternalError", "ServerBusy", "TooManyRequests"}
_RIGHTS = {
    "s3": {
        "list": "s3:ListBucket on the bucket",
        "read": "s3:GetObject on its objects",
        "send": "s3:PutObject on its objects",
        "remove": "s3:DeleteObject on its objects",
    },
    "gs": dict.fromkeys(("list", "read", "send", "remove"), "the role Storage Object User on the bucket"),
    "az": dict.fromkeys(("list", "read", "send", "remove"), "the role Storage Blob Data Contributor"),
}
_SET_KEYS = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a profile of the aws command becomes these by "
    'eval "$(aws configure export-credentials --format env)"',
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS to the path of a key file",
    "az": "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}


def bucket_fault(error: BaseException, doing: str, url: str, environ: Mapping[str, str], side: Side) -> ImageBuildError:
    """The error to raise for one of the library's.

    ``doing`` is ``list``, ``read``, ``send`` or ``remove``; ``url`` is where, as a spec names it.
    """
    text = str(error)
    code, status = _code(text), _status(text)
    scheme = url.partition(":")[0]
    if _NO_KEYS.search(text):
        return side.fault(f"no credentials for '{url}'", hint=_SET_KEYS[scheme])
    if code in _CLOCK:
        hint = "set the clock of this machine right"
        return side.fault(f"'{url}' refuses the time of this machine, which differs from its own", hint=hint)
    if code in _BAD_KEYS or status == 401:
        return side.fault(f"'{url}' does not accept the credentials", hint=_SET_KEYS[scheme])
    if code in _ELSEWHERE or "redirect without LOCATION" in text:
        return _elsewhere(text, url, side)
    if code in _NO_BUCKET or (status == 404 and doing in ("list", "send")):
        hint = f"create it first, or correct '{side.field}' or 'endpoint'"
        return side.fault(f"there is no bucket '{url}'", hint=hint)
    if status == 403 or code == "AccessDenied" or "necessary privileges" in text:
        hint = f"the credentials need {_RIGHTS[scheme][doing]}{side.instead if doing == 'send' else ''}"
        return side.fault(f"access denied: may not {doing} '{url}'", hint=hint)
    if code in _BUSY or status == 429 or status >= 500:
        hint = f"run the same command again later{side.once_more}"
        return side.silence(f"'{url}' is overloaded or out of order: it says {code or status}", hint=hint)
    if "error sending request" in text or "HTTP error" in text or "timed out" in text:
        hint = "look at 'endpoint' and at the network, then run the same command again"
        return side.silence(f"'{url}' cannot be reached", hint=hint)
    said = scrub(text.partition("\n")[0], environ)[:300]
    return side.fault(f"cannot {doing} '{url}': {said[:1].lower()}{said[1:].rstrip('. ')}")


def lacks_bucket(error: BaseException) -> bool:
    """Whether what is not found is the bucket, and not an object in it."""
    return _code(str(error)) in _NO_BUCKET


def lacks_conditions(error: BaseException) -> bool:
    """Whether a service does not know requests that hold only if nothing is there."""
    text = str(error)
    return _code(text) in _NO_CONDITIONS or _status(text) == 501


def is_conflict(error: BaseException) -> bool:
    """Whether a write was refused because of another under way, which may still come to nothing (S3, PutObject)."""
    return _status(str(error)) == 409


def _code(text: str) -> str:
    return next((found for match in _CODE.finditer(text) for found in match.groups() if found), "")


def _status(text: str) -> int:
    statuses = _STATUS.findall(text)
    return int(statuses[-1]) if statuses else 0


def _elsewhere(text: str, url: str, side: Side) -> ImageBuildError:
    match = _REGION.search(text)
    region = match and (match[1] or match[2])
    where = f"region '{region}'" if region else "another region"
    return side.fault(f"the bucket '{url}' is in {where}", hint=f"write region: {region or 'NAME'}")
