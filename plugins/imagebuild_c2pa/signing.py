"""The only door to the library c2pa: whether a picture has credentials, and a picture with new ones."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild_c2pa.claim import definition, ingredient, labels
from imagebuild_c2pa.credential import Credential

__all__ = ["Signer"]

_SETTINGS = {
    "core": {"allowed_network_hosts": []},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    # An original whose own manifest is broken is signed for all the same: what is wrong with it is then noted.
    "builder": {"thumbnail": {"enabled": False}, "ignore_ingredient_errors": True},
}
"""No thumbnails (400 KB), and nothing is fetched because a picture names an address."""


class Signer:
    """Signs the pictures of one chain. Making it raises ``ImportError`` where the library is not installed.

    ``timestamp`` is the address of an authority for time stamps, or None.
    """

    def __init__(self, credential: Credential, timestamp: str | None) -> None:
        import c2pa  # type: ignore[import-untyped]  # it comes without types

        self._c2pa: Any = c2pa
        self._credential = credential
        self._timestamp = timestamp

    def sign(self, picture: Picture, originals: Sequence[Picture], source_type: str | None) -> bytes:
        """The picture's bytes with credentials. Raises ``StepError``."""
        try:
            return self._signed(picture, originals, source_type, self._timestamp)
        except self._c2pa.C2paError.Signature as error:
            if self._timestamp and self._works(picture):
                raise StepError(
                    f"there is no time stamp from '{self._timestamp}': {_words(error)}",
                    hint="try again, name another authority, or leave 'timestamp' out",
                ) from error
            raise StepError(
                f"the certificate is not fit for content credentials: {_words(error)}",
                hint="its key usage has to allow digital signatures, and its extended key usage e-mail protection, "
                "document signing or C2PA claim signing",
            ) from error
        except self._c2pa.C2paError as error:
            raise StepError(
                f"{picture.media_type} cannot be signed: {_words(error)}", hint="is the picture damaged?"
            ) from error

    def _works(self, picture: Picture) -> bool:
        """Whether it signs without a time stamp."""
        try:
            return bool(self._signed(picture, (), None, None))
        except self._c2pa.C2paError:
            return False

    def _signed(
        self, picture: Picture, originals: Sequence[Picture], source_type: str | None, timestamp: str | None
    ) -> bytes:
        credential, target = self._credential, io.BytesIO()
        untouched = len(originals) == 1 and originals[0].data == picture.data
        info = self._c2pa.C2paSignerInfo(credential.algorithm, credential.chain, credential.key, timestamp)
        claim = definition(source_type, len(originals), untouched=untouched)
        with (
            self._context() as context,
            self._c2pa.Signer.from_info(info) as signer,
            self._c2pa.Builder(claim, context) as builder,
        ):
            for label, original in zip(labels(len(originals)), originals, strict=True):
                described = ingredient(
                    label,
                    original,
                    source_type,
                    alone=len(originals) == 1,
                    credentials=self._has_credentials(original),
                )
                builder.add_ingredient(described, original.media_type, io.BytesIO(original.data))
            builder.sign(signer, picture.media_type, io.BytesIO(picture.data), target)
        return target.getvalue()

    def _has_credentials(self, original: Picture) -> bool:
        """Whether a picture has credentials that can be read."""
        try:
            with self._context() as context:
                reader = self._c2pa.Reader.try_create(original.media_type, io.BytesIO(original.data), context=context)
                if reader is not None:
                    reader.close()
                return reader is not None
        except self._c2pa.C2paError:
            return False

    def _context(self) -> Any:
        return self._c2pa.Context.from_dict(_SETTINGS)


def _words(error: Exception) -> str:
    """What the library says, without the name of its class before it, on one line."""
    text = " ".join(str(error).split())
    return (text.partition(": ")[2] or text)[:200]
