"""What a signature is made with: a chain of certificates from a file and a private key from the environment, checked.

The checks come before the library's own because its words do not say what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from imagebuild.errors import StepError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
    from cryptography.x509 import Certificate

__all__ = ["ALGORITHMS", "Credential", "Source", "credential"]

_OF_CURVE = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_OF_RSA = ("ps256", "ps384", "ps512")
ALGORITHMS = (*_OF_CURVE.values(), *_OF_RSA, "ed25519")
"""Those of C2PA (specification 2.4, section 13.2.1)."""


class Credential(Struct, frozen=True):
    """A chain of certificates (PEM, the signer's own first), its private key (PEM, PKCS #8) and the algorithm."""

    chain: bytes
    key: bytes
    algorithm: str

    def __repr__(self) -> str:
        return f"Credential(algorithm={self.algorithm!r})"


class Source(Struct, frozen=True):
    """Where both come from: the bytes of the chain's file, the variable of the key, the algorithm asked for."""

    chain: bytes
    variable: str
    algorithm: str | None = None


def credential(source: Source, environ: Mapping[str, str], now: datetime) -> Credential:
    """Read both and see whether they can sign at this time. Raises ``StepError``, which never holds the key.

    Raises ``ImportError`` where the library for certificates is not installed.
    """
    from cryptography.hazmat.primitives import serialization

    chain = _chain(source)
    _check_order(chain)
    _check_validity(chain[0], now)
    key = _key(source, environ)
    if key.public_key() != chain[0].public_key():
        raise StepError(
            f"the private key in '{source.variable}' is not that of the first certificate in 'certificate'",
            hint="take the key that the certificate was made for; the signer's own certificate comes first in the file",
        )
    pem = serialization.Encoding.PEM
    return Credential(
        b"".join(each.public_bytes(pem) for each in chain),
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        _algorithm(source, chain[0].public_key()),
    )


def _chain(source: Source) -> list[Certificate]:
    from cryptography import x509

    if b"PRIVATE KEY-----" in source.chain:
        raise StepError(
            "the file of 'certificate' holds a private key, expected certificates only",
            hint=f"take the key out of the project, and give it in the environment variable {source.variable}",
        )
    try:
        chain = x509.load_pem_x509_certificates(source.chain)
        for each in chain:
            each.public_key()
    except (ValueError, TypeError) as error:
        raise StepError(
            "the file of 'certificate' holds no certificate in PEM that can be read",
            hint="it begins with '-----BEGIN CERTIFICATE-----'; one in DER is converted by 'openssl x509 -inform der'",
        ) from error
    return chain


def _check_order(chain: list[Certificate]) -> None:
    for certificate, above in pairwise(chain):
        if certificate.issuer != above.subject:
            raise StepError(
                "the certificates in 'certificate' do not vouch for each other in their order",
                hint="the signer's own comes first, then the one that issued it, and so on; leave out all others",
            )


def _check_validity(certificate: Certificate, now: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > end:
        raise StepError(
            f"the certificate expired on {end:%Y-%m-%d}",
            hint="renew it; pictures that were signed before stay as they are",
        )
    if now < begin:
        raise StepError(
            f"the certificate is not valid before {begin:%Y-%m-%d}",
            hint="is this machine's clock right?",
        )


def _key(source: Source, environ: Mapping[str, str]) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = environ.get(source.variable, "").strip()
    if not text:
        raise StepError(
            f"there is no private key to sign with: the environment variable {source.variable} is not set",
            hint="put the PEM text of the key into it; it belongs into no file of the project",
        )
    try:
        return load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        encrypted = "ENCRYPTED" in text
        raise StepError(
            f"the private key in '{source.variable}' "
            + ("is locked with a password" if encrypted else "cannot be read, expected PEM text"),
            hint="'openssl pkey -in key.pem' unlocks it"
            if encrypted
            else "it begins with '-----BEGIN PRIVATE KEY-----'",
        ) from None  # what the library says may quote the text


def _algorithm(source: Source, public: PublicKeyTypes) -> str:
    """The algorithm asked for, where the key can do it, or the first one that it can."""
    fitting = _fitting(public)
    if not fitting:
        raise StepError(
            "the key of the certificate is of a kind that C2PA does not know",
            hint="take one of P-256, P-384, P-521, RSA with 2048 bits or more, or Ed25519",
        )
    if source.algorithm is not None and source.algorithm not in fitting:
        raise StepError(
            f"the key of the certificate signs with {' or '.join(fitting)}, not {source.algorithm}",
            hint="leave 'algorithm' out, and the certificate decides",
        )
    return source.algorithm or fitting[0]


def _fitting(public: PublicKeyTypes) -> tuple[str, ...]:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(public, ec.EllipticCurvePublicKey):
        return (_OF_CURVE[public.curve.name],) if public.curve.name in _OF_CURVE else ()
    if isinstance(public, rsa.RSAPublicKey):
        return _OF_RSA if public.key_size >= 2048 else ()
    return ("ed25519",) if isinstance(public, ed25519.Ed25519PublicKey) else ()
