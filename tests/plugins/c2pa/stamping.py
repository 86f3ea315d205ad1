"""An authority for time stamps (RFC 3161) of the tests' own, made with the program ``openssl``."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

__all__ = ["Authority", "is_there"]

_SETTINGS = """
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = authority
[authority]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
[own]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[above]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
"""


def is_there() -> bool:
    """Whether the program is installed."""
    return shutil.which("openssl") is not None


class Authority:
    """Answers queries with stamps of certificates that it makes in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "settings").write_text(_SETTINGS)
        (folder / "serial").write_text("01\n")
        new = "-newkey rsa:2048 -nodes -config settings"
        self._run(f"req -x509 {new} -keyout above.key -out above.pem -subj /CN=Above -extensions above -days 10")
        self._run(f"req {new} -keyout own.key -out own.csr -subj /CN=Stamps")
        self._run(
            "x509 -req -in own.csr -CA above.pem -CAkey above.key -CAcreateserial -out own.pem "
            "-extfile settings -extensions own -days 5"
        )

    def answer(self, query: bytes) -> bytes:
        """The reply to a query, both in DER."""
        (self.folder / "query").write_bytes(query)
        self._run(
            "ts -reply -config settings -section authority -queryfile query -signer own.pem -inkey own.key "
            "-chain above.pem -out reply"
        )
        return (self.folder / "reply").read_bytes()

    def _run(self, arguments: str) -> None:
        subprocess.run(["openssl", *arguments.split()], cwd=self.folder, capture_output=True, check=True)
