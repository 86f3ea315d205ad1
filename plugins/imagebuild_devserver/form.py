"""Forms with files (``multipart/form-data``), read by the standard library's mail parser."""

from __future__ import annotations

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP

from msgspec import Struct

from imagebuild_devserver.refusal import Refusal

__all__ = ["Form", "Part", "parse_form"]


class Part(Struct, frozen=True):
    """A file of a form."""

    name: str
    type: str
    data: bytes


class Form(Struct, frozen=True):
    """Fields and files in order of arrival, by name; ``svg[model]`` is a name like any other."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[Part, ...]]


def parse_form(content_type: str, body: bytes) -> Form:
    """The form of a request."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    if not message.is_multipart():
        raise Refusal(400, "The form of your request could not be read.")
    fields: dict[str, str] = {}
    files: dict[str, tuple[Part, ...]] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition") or "")
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        file_name = part.get_filename()
        if file_name is None:
            fields[name] = data.decode("utf-8", "replace")
        else:
            files[name] = (*files.get(name, ()), Part(file_name, part.get_content_type(), data))
    return Form(fields, files)
