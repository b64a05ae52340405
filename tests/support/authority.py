"""A time-stamping authority of one's own: `openssl ts` behind a small server on this machine, its certificates of any dates."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIG = """[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def why_not() -> str | None:
    return None if shutil.which("openssl") else "no openssl program to play the authority"


@dataclass
class Authority:
    """``address`` to ask; ``root`` its root certificate (PEM); ``asked`` what it was sent."""

    folder: Path
    address: str = ""
    root: bytes = b""
    asked: list[bytes] = field(default_factory=list)
    answers: str = "well"  # well | nonsense | other (an old answer to another question) | error

    def answer(self, request: bytes) -> bytes:
        """A reply to this request, by the openssl program."""
        (self.folder / "request.tsq").write_bytes(request)
        subprocess.run(["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-signer", "tsa.pem", "-inkey",
                        "tsa.key", "-chain", "chain.pem", "-out", "reply.tsr"], cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply.tsr").read_bytes()


def _certificates(folder: Path, until: datetime, name: str) -> bytes:
    """A root and the authority's certificate, good until ``until``; gives the root (PEM)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    start = datetime.now(UTC) - timedelta(days=30)

    def certificate(subject: str, public: ec.EllipticCurvePublicKey, end: datetime, *extensions: tuple[x509.ExtensionType, bool]) -> bytes:
        builder = x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(f"{name} root")).public_key(public)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    signs = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    stamps = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    root = certificate(f"{name} root", root_key.public_key(), datetime.now(UTC) + timedelta(days=9000),
                       (x509.BasicConstraints(True, None), True), (signs, True),
                       (x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), False))
    leaf = certificate(name, key.public_key(), until, (x509.BasicConstraints(False, None), True), (stamps, True), (by, False),
                       (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True))
    (folder / "tsa.pem").write_bytes(leaf)
    (folder / "chain.pem").write_bytes(root)
    (folder / "tsa.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                       serialization.NoEncryption()))
    return root


@contextmanager
def running(folder: Path, until: datetime | None = None, name: str = "Test authority") -> Iterator[Authority]:
    """An authority that answers while the block runs.  ``until``: the end of its certificate, in ten years unless told."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Authority(folder)
    made.root = _certificates(folder, until or datetime.now(UTC) + timedelta(days=3650), name)
    (folder / "serial").write_text("01")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder="."))
    first: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append(request)
            if made.answers == "error":
                self.send_error(503)
                return
            reply = b"not a reply" if made.answers == "nonsense" else first[0] if made.answers == "other" else made.answer(request)
            first.append(reply)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
