"""Time stamps (RFC 3161): proof by an outside authority that a seal existed at a time.

The request is made with the seal, without network, and kept; nothing leaves this machine unless an authority is named, and then
only the request: a digest and a random number.  The token is kept as it came, with the certificates it was checked against.
A stamp on a seal is ``{authority, request, token, certificates, asked, stamped}`` (files by digest; null while it waits) and, where
it renews an earlier one, ``over``: the token it covers as well.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tutela.errors import TutelaError, declare, problem
from tutela.evidence import held
from tutela.evidence.custody import open_paper
from tutela.people.actions import require
from tutela.people.rules import Actor
from tutela.store import blobs, journal
from tutela.store.documents import dashed
from tutela.store.write import Row, live_rows, write

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

declare({
    "stamp-no-authority": ("No time-stamping authority is named, so nothing was asked.",
                           "Name one: `tutela evidence stamp --authority URL --certificates FILE`; it learns a digest and nothing else."),
    "stamp-address": ("{value} is not the address of an authority.", "Write it whole: http://… or https://…"),
    "stamp-unreachable": ("The authority {value} did not answer: {reason}.", "The requests are kept; try again when there is a network."),
    "stamp-refused": ("The answer of {value} is no time stamp for this request: {reason}.", "Nothing was kept; ask another authority."),
    "stamp-untrusted": ("The certificate of {value} leads to no certificate that is known here.",
                        "Get the authority's certificates from its own site and name the file (PEM) with --certificates."),
    "stamp-certificates": ("{value} holds no certificates that can be read.", "Give a PEM file."),
})

MOST = 1 << 20  # bytes of an answer
TIMEOUT = 20.0
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a token proves: the content existed ``at``; ``authority`` its certificate's name, good ``until``."""

    at: datetime
    until: datetime
    authority: str


def request_for(content: bytes) -> bytes:
    """A request (DER) for a stamp over this content; made without network."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build().as_bytes()


def certificates_in(pem: bytes, name: str = "") -> list[Certificate]:
    """The certificates of a PEM file.  Raises ``stamp-certificates``."""
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        raise TutelaError(problem("stamp-certificates", value=name)) from error


def prove(token: bytes, request: bytes, content: bytes, certificates: Sequence[Certificate]) -> Proof:
    """Check a token (TimeStampResp, DER) against its request, its content and the authority's certificates, as of its own time.

    ``certificates``: at least the one at the root.  Raises ``ValueError`` with what is wrong.
    """
    from rfc3161_client import VerificationError, VerifierBuilder

    from tutela.evidence.bundles.checker import BROKEN, stamp_request

    try:
        answer = _decoded(token)
        nonce = stamp_request(request)[2]
        builder = VerifierBuilder()
        for each in certificates:
            builder = builder.add_root_certificate(each) if each.issuer == each.subject else builder.add_intermediate_certificate(each)
        if nonce is not None:
            builder = builder.nonce(int.from_bytes(nonce, "big"))
        builder.build().verify_message(answer, content)
        leaf = _leaf(answer, certificates)
    except (VerificationError, *BROKEN) as error:
        raise ValueError(str(error)) from error
    from cryptography.x509.oid import NameOID

    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Proof(answer.tst_info.gen_time, leaf.not_valid_after_utc, str(names[0].value) if names else leaf.subject.rfc4514_string())


def _decoded(token: bytes) -> Any:
    """The token as the library takes it: it wants sets in DER's order, in which `openssl ts` and others do not put certificates.

    Their order is signed by nobody, so it is mended in a copy; the token is kept as it came.
    """
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(token)
    except ValueError as error:
        if "InvalidSetOrdering" not in str(error):
            raise
        return decode_timestamp_response(_ordered(token))


def _ordered(token: bytes) -> bytes:
    """The same token (DER) with its certificates in order; sorting changes no length."""
    at: tuple[int, int] = (0, len(token))
    for path in (0, 1, 1, 0):  # TimeStampResp → timeStampToken → [0] → SignedData
        _, at = _inside(token, *at)[path]
    start, end = next(place for tag, place in _inside(token, *at) if tag == 0xA0)
    parts, begin = [], start
    for _, (_, stop) in _inside(token, start, end):
        parts.append(token[begin:stop])
        begin = stop
    return token[:start] + b"".join(sorted(parts)) + token[end:]


def _inside(data: bytes, at: int, end: int) -> list[tuple[int, tuple[int, int]]]:
    """[(tag, (begin, end) of the content)] of the DER values between two places."""
    out = []
    while at < end:
        tag, length, at = data[at], data[at + 1], at + 2
        if length > 127:
            length, at = int.from_bytes(data[at : at + (length & 127)], "big"), at + (length & 127)
        out.append((tag, (at, at + length)))
        at += length
    return out


def _brought(answer: Any) -> list[Certificate]:
    """The certificates that came with a token."""
    from cryptography.x509 import load_der_x509_certificate

    return [load_der_x509_certificate(each) for each in sorted(answer.signed_data.certificates)]


def _leaf(answer: Any, certificates: Sequence[Certificate]) -> Certificate:
    signer = next(iter(answer.signed_data.signer_infos))
    return next(each for each in [*_brought(answer), *certificates]
                if each.issuer == signer.issuer and each.serial_number == signer.serial_number)


# --- asking ---------------------------------------------------------------------------------------------------------------------


def authority() -> tuple[str | None, bytes]:
    """(address, certificates as PEM) that this workspace asks when none is named; (None, b"") as long as nobody chose one."""
    try:
        kept = json.loads(_kept().read_text(encoding="utf-8"))
        return kept["address"], kept["certificates"].encode()
    except FileNotFoundError:
        return None, b""


def choose(actor: Actor, address: str | None, certificates: bytes = b"") -> None:
    """Ask this authority from now on; None: none.  Raises ``stamp-address``, ``stamp-certificates``."""
    require(actor, "seal")
    _kept().parent.mkdir(mode=0o700, exist_ok=True)
    if address is None:
        _kept().unlink(missing_ok=True)
        return
    _address(address)
    if certificates:
        certificates_in(certificates)
    temporary = _kept().with_suffix(".tmp")
    temporary.write_text(json.dumps({"address": address, "certificates": certificates.decode("ascii")}), encoding="utf-8")
    temporary.replace(_kept())


def _kept() -> Path:
    from django.conf import settings

    return settings.WORKSPACE.keys / "authority.json"


def stamp_pending(actor: Actor, address: str | None = None, timeout: float = TIMEOUT, certificates: bytes = b"",
                  renew: bool = False) -> list[dict[str, Any]]:
    """Ask for every stamp that is waited for; with ``renew``, for a new one over each whose newest is at its end within a year.

    Gives [{seal, stamped, authority}].  Each seal is kept as soon as its stamp came.  Raises ``stamp-no-authority``,
    ``stamp-unreachable``, ``stamp-refused``, ``stamp-untrusted``.
    """
    require(actor, "seal")
    chosen, known = authority()
    address, certificates = address or chosen, certificates or known
    if not address:
        raise TutelaError(problem("stamp-no-authority"))
    _address(address)
    trusted = certificates_in(certificates, "--certificates") if certificates else []
    out = []
    for _, uuid, _, _ in list(live_rows("seal")):
        found = _stamped(actor, uuid, address, timeout, trusted, renew)
        if found:
            out.append({"seal": dashed(uuid), **found})
    return out


def _stamped(actor: Actor, uuid: str, address: str, timeout: float, trusted: list[Certificate], renew: bool) -> dict[str, Any] | None:
    record = held.these([uuid]).get(uuid)
    if record is None or "bundle" in record.document:
        return None
    document = record.document
    waiting = [n for n, stamp in enumerate(document["stamps"]) if not stamp["token"]]
    content = _read(document["manifest"]) + bytes.fromhex(document["signature"])
    if not waiting and renew and _near_end(document, content):
        last = document["stamps"][-1]["token"]
        request = blobs.put(io.BytesIO(request_for(content + _read(last))))
        document["stamps"].append({"authority": None, "request": request, "token": None, "asked": _now(), "stamped": None, "over": last})
        waiting = [len(document["stamps"]) - 1]
    if not waiting:
        return None
    proof = None
    for number in waiting:
        stamp = document["stamps"][number]
        proof = _ask(stamp, address, timeout, trusted, content + (_read(stamp["over"]) if "over" in stamp else b""))
    with journal.change(actor.id, "evidence.stamp", address) as change:
        write(change, [Row("seal", uuid, document, expected=record.line)])
    assert proof is not None
    return {"stamped": proof.at.isoformat(), "authority": proof.authority}


def _near_end(document: Document, content: bytes) -> bool:
    proofs = [proof for proof in _proofs(document, content) if proof is not None]
    return not proofs or (proofs[-1].until - datetime.now(UTC)).days < 365


def _ask(stamp: Document, address: str, timeout: float, trusted: list[Certificate], content: bytes) -> Proof:
    """Ask for one stamp, check and keep the token; fills in ``stamp``."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from tutela.evidence.bundles.checker import BROKEN

    request = _read(stamp["request"])
    token = _answer(address, request, timeout)
    try:
        brought = _brought(_decoded(token))
    except BROKEN as error:
        raise TutelaError(problem("stamp-refused", value=address, reason=str(error) or "it cannot be read")) from error
    roots = [each for each in [*trusted, *([] if trusted else brought)] if each.issuer == each.subject]
    if not roots:
        raise TutelaError(problem("stamp-untrusted", value=address))
    used = list(dict.fromkeys([*roots, *trusted, *brought]))
    used = [each for each in used if each.issuer != each.subject or each in roots]
    try:
        proof = prove(token, request, content, used)
    except ValueError as error:
        raise TutelaError(problem("stamp-refused", value=address, reason=error)) from error
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in used)
    stamp.update(authority=address, token=blobs.put(io.BytesIO(token)), certificates=blobs.put(io.BytesIO(pem)), given=bool(trusted),
                 stamped=proof.at.isoformat())
    return proof


def _answer(address: str, request: bytes, timeout: float) -> bytes:
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply", "User-Agent": "Tutela"}
    try:
        with urlopen(Request(address, request, headers), timeout=timeout) as answer:  # the scheme was looked at
            return answer.read(MOST)
    except (URLError, OSError, ValueError) as error:
        reason = str(getattr(error, "reason", error)).rstrip(".")
        raise TutelaError(problem("stamp-unreachable", value=address, reason=reason)) from error


def _address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TutelaError(problem("stamp-address", value=address))


# --- looking at what is kept ----------------------------------------------------------------------------------------------------


def _proofs(document: Document, content: bytes) -> list[Proof | None]:
    """What each stamp of a seal proves; None while it waits.  Raises ``ValueError`` for one that does not hold."""
    out: list[Proof | None] = []
    for stamp in document["stamps"]:
        if not stamp["token"]:
            out.append(None)
            continue
        over = content + (_read(stamp["over"]) if "over" in stamp else b"")
        certificates = certificates_in(_read(stamp["certificates"]))
        out.append(prove(_read(stamp["token"]), _read(stamp["request"]), over, certificates))
    return out


def standing(document: Document, content: bytes, now: datetime) -> tuple[str, str, str | None, str | None]:
    """(state, reason, time proven, authority) of a seal whose signature holds, by its stamps.

    A stamp counts as long as its authority's certificate is good, or while a later stamp over it was made when it still was.
    """
    try:
        proofs = [proof for proof in _proofs(document, content) if proof is not None]
    except (ValueError, TutelaError) as error:
        return "broken", f"a time stamp does not hold: {error}", None, None
    if not proofs:
        return "pending", "The signature holds; no authority has stamped its time yet.", None, None
    first, at = proofs[0], proofs[0].at.isoformat()
    linked = all(later.at <= earlier.until for earlier, later in zip(proofs, proofs[1:], strict=False))
    if proofs[-1].until < now or not linked:
        ended = proofs[-1] if linked else first
        return "expired", (f"The signature holds and {first.authority} stamped it at {at}, but the certificate of {ended.authority} "
                           f"ended on {ended.until.date().isoformat()} and no later stamp was made before: whether its key was safe "
                           "afterwards cannot be shown."), at, first.authority
    given = all(stamp.get("given") for stamp in document["stamps"] if stamp["token"])
    how = "" if given else " Its root certificate came with the stamp itself; compare it with the authority's own site."
    return "valid", f"The signature holds; {first.authority} stamped it at {at}.{how}", at, first.authority


def _read(digest: str) -> bytes:
    with open_paper(digest) as stream:
        return stream.read()


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()
