"""The step ``sign``: its options, and when it refuses."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from msgspec.structs import replace

from imagebuild import Option, OptionProblem, Picture, Step, StepContext
from imagebuild.errors import StepError
from imagebuild_c2pa.credential import ALGORITHMS, Source, credential
from imagebuild_c2pa.signing import Signer

__all__ = ["Sign"]

KEY_VARIABLE = "IMAGEBUILD_C2PA_KEY"
TYPES = ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif", "image/svg+xml")

_INSTALL = "pip install 'imagebuild-ai[c2pa]'"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\Z")


class Sign(Step):
    """Puts signed content credentials (C2PA) into pictures, which say where they come from and what made them.

    The original becomes the parent, and keeps its own credentials inside, so that the chain goes back to the provider.
    It has to be the last step: one that encodes a picture again takes the credentials off.
    """

    name = "sign"
    version = "1"
    marks: ClassVar[bool] = True
    wants_originals: ClassVar[bool] = True
    deterministic: ClassVar[bool] = False
    trusted_only: ClassVar[bool] = True  # what it signs is signed in somebody's name
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "certificate",
            "file",
            "The chain of certificates in PEM: the signer's own first, then the one that issued it, and so on.",
            required=True,
            main=True,
            example="certificate: {file: certs/chain.pem}",
        ),
        Option(
            "key_variable",
            "text",
            "The environment variable that holds the private key as PEM text. The key itself stands in no spec, key, "
            "log or store.",
            default=KEY_VARIABLE,
            example="key_variable: SHOP_SIGNING_KEY",
            trusted_only=True,
        ),
        Option(
            "algorithm",
            "choice",
            "How to sign; the certificate decides when it is left out.",
            choices=ALGORITHMS,
            example="algorithm: es256",
        ),
        Option(
            "timestamp",
            "text",
            "The address of an authority for time stamps (RFC 3161), which makes a signature count after its "
            "certificate has expired. It is called for each picture that is signed; without it there is no network.",
            example="timestamp: http://timestamp.example.com",
            trusted_only=True,
        ),
    )

    def judge(self, options: Mapping[str, Any]) -> list[OptionProblem]:
        """The name of a variable is one, and so is an address."""
        problems = []
        if not _VARIABLE.match(options["key_variable"]):
            problems.append(
                OptionProblem(
                    "key_variable",
                    "'key_variable' of 'sign' takes the name of an environment variable, of letters, digits and '_'",
                    f"for example: key_variable: {KEY_VARIABLE}",
                )
            )
        if "timestamp" in options and not _is_address(options["timestamp"]):
            problems.append(
                OptionProblem(
                    "timestamp",
                    "'timestamp' of 'sign' takes an address that begins with http:// or https://, without a password",
                    "for example: timestamp: http://timestamp.example.com",
                )
            )
        return problems

    def apply(self, pictures: Sequence[Picture], context: StepContext) -> Sequence[Picture]:
        """Sign each picture. Raises ``StepError``."""
        for picture in pictures:
            if picture.media_type not in TYPES:
                raise StepError(
                    f"'sign' cannot sign {picture.media_type}, expected png, jpeg, webp, avif, gif or svg",
                    hint="leave the step out, or the one that makes this file",
                )
        signer = self._signer(context)
        return [
            replace(picture, data=signer.sign(picture, context.originals, context.source_type)) for picture in pictures
        ]

    def _signer(self, context: StepContext) -> Signer:
        options: Mapping[str, Any] = context.options
        source = Source(context.files["certificate"].data, options["key_variable"], options.get("algorithm"))
        try:
            # The process's own environment: a step is handed none, so that no other can read secrets by accident.
            return Signer(credential(source, os.environ, datetime.now(UTC)), options.get("timestamp"))
        except ImportError as error:
            raise StepError("'sign' needs the library c2pa-python, which is not installed", hint=_INSTALL) from error


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
