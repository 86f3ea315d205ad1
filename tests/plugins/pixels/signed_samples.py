"""Pictures with real content credentials, signed with certificates that are made for the run of the tests."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pixel_samples import WRITERS, gradient

from imagebuild import Picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'
FORMS = ("png", "jpeg", "webp", "avif", "gif", "svg")


def unsigned(form: str) -> Picture:
    return Picture(SVG, "image/svg+xml") if form == "svg" else WRITERS[form](gradient())


@cache
def signed(form: str) -> Picture:
    """The same picture with a manifest store inside."""
    import c2pa

    plain, out = unsigned(form), io.BytesIO()
    chain, key = _papers()
    info = c2pa.C2paSignerInfo("es256", chain, key, None)
    claim = {"claim_generator_info": [{"name": "tests", "version": "1"}], "assertions": [_created()]}
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(claim)) as builder:
        builder.sign(signer, plain.media_type, io.BytesIO(plain.data), out)
    return Picture(out.getvalue(), plain.media_type)


def _created() -> dict[str, Any]:
    kind = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    return {"label": "c2pa.actions", "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": kind}]}}


@cache
def _papers() -> tuple[bytes, bytes]:
    """A chain of two certificates, and the private key of the first."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain = _certificate("Test Signer", own, authority) + _certificate("Test Authority", authority, authority)
    return chain, own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _certificate(name: str, owner: ec.EllipticCurvePrivateKey, authority: ec.EllipticCurvePrivateKey) -> bytes:
    is_authority, now = owner is authority, datetime.now(UTC)
    usage = x509.KeyUsage(not is_authority, False, False, False, False, is_authority, is_authority, False, False)
    key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Authority")]))
        .public_key(owner.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(30))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(owner.public_key()), critical=False)
        .add_extension(key, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    )
    return builder.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)
