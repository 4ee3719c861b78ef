"""Time-stamp authorities of tests, made with `openssl ts`."""

import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIGURATION = """\
[tsa]
default_tsa = test
[test]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """An authority in a folder."""

    folder: Path

    @property
    def root(self) -> Path:
        """Its root certificate."""
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """Stamp a request."""
        (self.folder / "query").write_bytes(query)
        subprocess.run(  # noqa: S603 - ours
            [
                str(shutil.which("openssl")),
                "ts",
                "-reply",
                "-config",
                "conf",
                "-queryfile",
                "query",
                "-out",
                "reply",
            ],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return (self.folder / "reply").read_bytes()


def make(folder: Path, name: str, valid: timedelta = timedelta(days=1)) -> Authority:
    """Make an authority whose certificate is valid for a time from now."""
    folder.mkdir()
    now = datetime.fromtimestamp(int(time.time()), UTC)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, own_name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
        for text in (f"{name} Root", name)
    )
    root = (
        _builder(root_name, root_name, root_key, now, timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        _builder(own_name, root_name, key, now, valid)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    for path, certificate in (("root.pem", root), ("tsa.pem", own)):
        (folder / path).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "conf").write_text(CONFIGURATION, "utf-8")
    (folder / "serial").write_text("01\n", "utf-8")
    return Authority(folder)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    valid: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + valid)
    )
