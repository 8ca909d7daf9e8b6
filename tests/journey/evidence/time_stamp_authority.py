"""A time-stamp authority: OpenSSL's own, behind a small web server on loopback."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

USUAL, OTHER = "1.3.6.1.4.1.55555.1", "1.3.6.1.4.1.55555.2"
CONFIGURATION = f"""
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
certs = between.pem
signer_digest = sha256
default_policy = {USUAL}
other_policies = {OTHER}
digests = sha256
ess_cert_id_alg = HASH
"""
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Answering = Callable[[bytes], tuple[int, bytes]]


@dataclass(frozen=True)
class OpenSSL:
    """`openssl ts -reply`, with certificates of its own: root, between, signer."""

    home: Path
    root: bytes

    def answer(self, question: bytes) -> tuple[int, bytes]:
        (self.home / "question").write_bytes(question)
        self._run("ts", "-reply", "-queryfile", "question", "-config", "cnf", "-out", "answer")
        return 200, (self.home / "answer").read_bytes()

    def accepts(self, answer: bytes, message: bytes) -> bool:
        (self.home / "stored.tsr").write_bytes(answer)
        (self.home / "message").write_bytes(message)
        file = ("-in", "stored.tsr", "-data", "message", "-CAfile", "root.pem")
        return self._run("ts", "-verify", *file, check=False) == 0

    def _run(self, *command: str, check: bool = True) -> int:
        done = subprocess.run(
            ("openssl", *command), cwd=self.home, check=False, capture_output=True, timeout=30
        )
        assert not check or done.returncode == 0, done.stderr
        return done.returncode


@contextmanager
def serving(answering: Answering) -> Iterator[str]:
    """An HTTP server on loopback in front of `answering`; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, answer = answering(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            # Who has read too much hangs up.
            with suppress(ConnectionError):
                self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Quiet: a test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def authority(
    home: Path,
    key: Key,
    hash_of_certificate: str = "sha256",
    purposes: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,),
) -> OpenSSL:
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: apt-get install openssl")
    root_key = ec.generate_private_key(ec.SECP256R1())
    between_key = ec.generate_private_key(ec.SECP256R1())
    issuing = (x509.BasicConstraints(ca=True, path_length=None),)
    stamping = (
        x509.BasicConstraints(ca=False, path_length=None),
        x509.ExtendedKeyUsage(purposes),
    )
    root = _certificate("North Root", root_key, "North Root", root_key, issuing)
    between = _certificate("North Between", between_key, "North Root", root_key, issuing)
    signer = _certificate("North Time Stamping", key, "North Between", between_key, stamping)
    files = {
        "root.pem": root,
        "between.pem": between,
        "signer.pem": signer,
        "signer.key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "serial": b"01\n",
        "cnf": CONFIGURATION.replace("HASH", hash_of_certificate).encode(),
    }
    for name, content in files.items():
        (home / name).write_bytes(content)
    return OpenSSL(home, root)


def _certificate(
    name: str, key: Key, issuer: str, by: Key, extensions: tuple[x509.ExtensionType, ...]
) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.PEM)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
