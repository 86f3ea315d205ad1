"""Throw-away certificates, and pictures of every type that can be signed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from msgspec import Struct
from msgspec.structs import replace

from imagebuild import Picture, StepContext
from imagebuild.testing import png
from imagebuild_c2pa import Sign

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION
WEB = ExtendedKeyUsageOID.SERVER_AUTH
KEYS: Mapping[str, Callable[[], Any]] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ps256": lambda: rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "weak": lambda: rsa.generate_private_key(65537, 1024),
    "p224": lambda: ec.generate_private_key(ec.SECP224R1()),
}


class Papers(Struct, frozen=True):
    """A chain of two certificates and the private key of the first."""

    chain: bytes
    private: Any

    @property
    def key(self) -> str:
        return self.key_as(PrivateFormat.PKCS8)

    def key_as(self, form: PrivateFormat) -> str:
        text: bytes = self.private.private_bytes(Encoding.PEM, form, NoEncryption())
        return text.decode()


def papers(
    kind: str = "es256", *, usage: Sequence[ObjectIdentifier] = (MAIL,), days: tuple[int, int] = (-1, 30)
) -> Papers:
    """Certificates that are valid for ``days`` from now, made out to nobody."""
    authority, private = KEYS["es256"](), KEYS[kind]()
    above = _certificate("Test Authority", authority.public_key(), authority, (), (-60, 60), is_authority=True)
    own = _certificate("Test Signer", private.public_key(), authority, usage, days, is_authority=False)
    return Papers(own + above, private)


def _certificate(
    name: str,
    public: Any,
    authority: Any,
    usage: Sequence[ObjectIdentifier],
    days: tuple[int, int],
    *,
    is_authority: bool,
) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Authority")]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days[0]))
        .not_valid_after(now + timedelta(days[1]))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(not is_authority, False, False, False, False, is_authority, is_authority, False, False),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(usage)), critical=False)
    return builder.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)


def picture(media_type: str = "image/png", width: int = 64, height: int = 48) -> Picture:
    """A plain picture of any type that can be signed."""
    if media_type == "image/svg+xml":
        box = f"<rect width='{width}' height='{height}' fill='tomato'/>"
        return Picture(f"<svg xmlns='http://www.w3.org/2000/svg'>{box}</svg>".encode(), media_type)
    if media_type == "image/png":
        return Picture(png(width, height), media_type)
    import pyvips

    image = pyvips.Image.new_from_buffer(png(width, height), "")
    return Picture(image.write_to_buffer(f".{media_type.partition('/')[2].replace('jpeg', 'jpg')}"), media_type)


def context(
    certificates: Papers, *originals: Picture, source_type: str | None = "trainedAlgorithmicMedia", **options: Any
) -> StepContext:
    """What the engine would hand to the step."""
    resolved = Sign().resolve({"certificate": {"file": "certs/chain.pem"}, **options})
    assert resolved.problems == ()
    given = {name: value for name, value in resolved.options.items() if name != "certificate"}
    chain = Picture(certificates.chain, "application/octet-stream")
    return StepContext("hero", given, {"certificate": chain}, source_type, originals)


def sign(certificates: Papers, made: Picture, *originals: Picture, **options: Any) -> Picture:
    """One picture, signed."""
    (signed,) = Sign().apply([made], context(certificates, *originals, **options))
    return signed


class Report(Struct, frozen=True):
    """What a reader finds in a signed picture."""

    state: str
    active: Mapping[str, Any]
    manifests: Mapping[str, Any]
    failures: tuple[str, ...]

    @property
    def actions(self) -> list[dict[str, Any]]:
        return list(self.data["actions"])

    @property
    def data(self) -> Mapping[str, Any]:
        (found,) = (each for each in self.active["assertions"] if each["label"].startswith("c2pa.actions"))
        return dict(found["data"])

    @property
    def ingredients(self) -> list[dict[str, Any]]:
        return list(self.active["ingredients"])


def read(signed: Picture) -> Report:
    """Read a picture's credentials back. The only failure is that nobody knows the authority of the tests."""
    import c2pa

    with c2pa.Reader(signed.media_type, io.BytesIO(signed.data)) as reader:
        found = json.loads(reader.json())
    failures = found["validation_results"]["activeManifest"]["failure"]
    return Report(
        found["validation_state"],
        found["manifests"][found["active_manifest"]],
        found["manifests"],
        tuple(failure["code"] for failure in failures),
    )


def damaged(signed: Picture) -> Picture:
    """The picture, with a manifest that cannot be parsed any more."""
    at = signed.data.index(b"caBX") + 60
    return replace(signed, data=signed.data[:at] + b"\xff" * 200 + signed.data[at + 200 :])


def forged(signed: Picture) -> Picture:
    """The picture, with a manifest that says something else than was signed."""
    return replace(signed, data=signed.data.replace(b"c2pa.edited", b"c2pa.cropped"[:11]))
