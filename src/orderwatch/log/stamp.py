"""Time stamps (RFC 3161) on checkpoints: requests, responses, and what they prove.

Stamped is the text of a checkpoint, without signatures. A stamp verifies by its own time, also
when the certificate of the authority has run out since.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from orderwatch import https
from orderwatch.errors import LogError, RegisterError, UsageError, install_command
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.sql_log import SqlLog
from orderwatch.model import TreeHead
from orderwatch.model.proof import Attestation, AttestationKind, Stamp
from orderwatch.translation import _

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest, TimeStampResponse

RESPONSE_MAX = 60_000
"""Bytes of a response."""
ROOTS_MAX = 10_000_000
STATES_MAX = 1_000
"""States of the log, the last first, with which a response is compared."""
_GRANTED = bytes.fromhex("3003020100")
"""Status of a response that grants, without text."""
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_ALGORITHMS = {
    "2.16.840.1.101.3.4.2.1": ("300d06092a864886f70d01010b0500", "300a06082a8648ce3d040302"),
    "2.16.840.1.101.3.4.2.2": ("300d06092a864886f70d01010c0500", "300a06082a8648ce3d040303"),
    "2.16.840.1.101.3.4.2.3": ("300d06092a864886f70d01010d0500", "300a06082a8648ce3d040304"),
}
"""Algorithms of signatures in DER, RSA and ECDSA, by that of the digest: SHA-256, 384, 512."""
_DATA_VERSION, _SIGNER_VERSION = 3, 1
_LONG = 0x80
"""First length in DER that needs more bytes."""
_OCTETS = b"\x04"
_LENGTH_BYTES = {0x81: 1, 0x82: 2}
"""Bytes of a length in DER, by the first."""


class UnverifiedError(LogError):
    """A time stamp is not signed by an authority of the roots."""


def build_request(log: SqlLog[Any]) -> "TimeStampRequest":
    """Build the request for a time stamp on the last checkpoint."""
    rfc3161 = _import_rfc3161()
    builder = rfc3161.TimestampRequestBuilder(
        stamped_text(log.head()), rfc3161.HashAlgorithm.SHA256
    )
    request: TimeStampRequest = builder.build()
    return request


def submit(log: SqlLog[Any], url: str, roots: "Sequence[Certificate]" = ()) -> Stamp:
    """Send a request to an authority over HTTPS, and store its stamp."""
    request = build_request(log)
    body = request.as_bytes()
    try:
        answer = https.post(url, body, RESPONSE_MAX, "application/timestamp-query")
    except RegisterError as error:
        raise LogError(str(error)) from error
    if not answer.is_ok:
        raise LogError(
            _("{url}: the authority refused the request ({code})").format(
                url=url, code=answer.status
            )
        )
    try:
        return store(log, answer.data or b"", roots, nonce=request.nonce)
    except LogError as error:
        raise LogError(f"{url}: {error}") from error


def store(
    log: SqlLog[Any],
    data: bytes,
    roots: "Sequence[Certificate]" = (),
    *,
    nonce: int | None = None,
) -> Stamp:
    """Store a response; verify it if there are roots.

    Raises `LogError` unless it is on one of the last states of the log.
    """
    with _decoding():
        response = _decode(data)
        if nonce is not None and response.tst_info.nonce != nonce:
            raise LogError(_("the time stamp answers another request"))
        size = _locate(log, response.tst_info.message_imprint.message)
        # Without the text of the status, which nothing covers.
        value = _wrap(_GRANTED + response.time_stamp_token())
        stamp = _stamp(size, _decode(value))
    if roots:
        stamp = verify(value, log.head_of(size), roots)
    log.attest(size, AttestationKind.TIMESTAMP, value, sha256(value).hexdigest())
    return stamp


def verify_all(log: SqlLog[Any], roots: "Sequence[Certificate]") -> tuple[tuple[Stamp, ...], int]:
    """Verify the stored time stamps; return those of the roots, and the number of others.

    Raises `LogError` if one was changed or is of another log, and if none is of the roots.
    """
    stamps, others = [], 0
    problem: UnverifiedError | None = None
    for item in _of_authorities(log.attestations()):
        head = log.head_of(item.size)
        if sha256(item.value).hexdigest() != item.identity:
            raise LogError(
                _("the time stamp on the first {n} entries was changed").format(n=item.size)
            )
        try:
            stamps.append(verify(item.value, head, roots))
        except UnverifiedError as error:
            others, problem = others + 1, error
    if not stamps:
        raise problem or LogError(
            _("no checkpoint of the log is stamped: `orderwatch log stamp` does that")
        )
    return tuple(stamps), others


def verify(data: bytes, head: TreeHead, roots: "Sequence[Certificate]") -> Stamp:
    """Verify a response on a state of the log against roots, or raise `LogError`."""
    rfc3161 = _import_rfc3161()
    problem = _("the time stamp on the first {n} entries is not valid: {reason}")
    with _decoding():
        response = _decode(data)
        if response.tst_info.message_imprint.message != _digest(head):
            reason = _("it is on another checkpoint")
            raise LogError(problem.format(n=head.size, reason=reason))
        verifier = rfc3161.VerifierBuilder(roots=list(roots)).build()
        try:
            verifier.verify(response, _digest(head))
        except rfc3161.VerificationError as error:
            raise UnverifiedError(problem.format(n=head.size, reason=error)) from error
        return _stamp(head.size, response)


def read_roots(data: bytes) -> "list[Certificate]":
    """Read certificates in PEM, or raise `UsageError`."""
    _import_rfc3161()
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise UsageError(_("no certificates in PEM: {reason}").format(reason=error)) from error


def stamped_text(head: TreeHead) -> bytes:
    """Return the text of a checkpoint, which is stamped."""
    if head.origin is None or head.size == 0:
        raise LogError(_("the log has no entry yet, and so nothing to stamp"))
    return Checkpoint(origin=head.origin, size=head.size, root=head.root).to_text().encode()


def _digest(head: TreeHead) -> bytes:
    return sha256(stamped_text(head)).digest()


def _of_authorities(attestations: Iterable[Attestation]) -> list[Attestation]:
    return [item for item in attestations if item.kind is AttestationKind.TIMESTAMP]


def _locate(log: SqlLog[Any], digest: bytes) -> int:
    last = log.head().size
    for size in range(last, max(0, last - STATES_MAX), -1):
        if _digest(log.head_of(size)) == digest:
            return size
    raise LogError(
        _("the time stamp is on none of the last {n} states of the log").format(
            n=min(last, STATES_MAX)
        )
    )


def _decode(data: bytes) -> "TimeStampResponse":
    """Decode a response; raise `LogError` if it was refused or has another form."""
    rfc3161 = _import_rfc3161()
    response: TimeStampResponse = rfc3161.decode_timestamp_response(data)
    if response.status != rfc3161.PKIStatus.GRANTED:
        reason = " ".join(response.status_string) or str(response.status)
        raise LogError(_("the time stamp was not granted: {reason}").format(reason=reason))
    if not _is_plain(response, data):
        raise LogError(_("the form of the time stamp is not supported"))
    return response


@contextmanager
def _decoding() -> Iterator[None]:
    """Translate errors of the decoder, which decodes parts when they are read."""
    try:
        yield
    except ValueError as error:
        raise LogError(
            _("not a response of a time-stamp authority: {reason}").format(reason=error)
        ) from error


def _is_plain(response: "TimeStampResponse", data: bytes) -> bool:
    """Return whether what the signature of a response does not cover has its only value."""
    signed = response.signed_data
    digests = [item.dotted_string for item in signed.digest_algorithms]
    return (
        signed.version == _DATA_VERSION
        and [item.version for item in signed.signer_infos] == [_SIGNER_VERSION]
        and any(_ends_with_signature(data, digest) for digest in digests)
    )


def _ends_with_signature(data: bytes, digest: str) -> bool:
    """Return whether a known algorithm and a signature are the end of a response."""
    for algorithm in (_RSA, *map(bytes.fromhex, _ALGORITHMS.get(digest, ()))):
        place = data.rfind(algorithm + _OCTETS)
        start = place + len(algorithm) + 1
        if place < 0 or start == len(data):
            continue
        length, content = data[start], start + 1
        if extra := _LENGTH_BYTES.get(length):
            length = int.from_bytes(data[content : content + extra])
            content += extra
        if content + length == len(data):
            return True
    return False


def _wrap(content: bytes) -> bytes:
    """Encode a sequence in DER."""
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8 or 1)
    prefix = length if size < _LONG else bytes([_LONG | len(length)]) + length
    return b"\x30" + prefix + content


def _stamp(size: int, response: "TimeStampResponse") -> Stamp:
    """Return time and authority of a response; the latest time that its accuracy allows."""
    info = response.tst_info
    accuracy = info.accuracy
    margin = timedelta()
    if accuracy is not None:
        margin = timedelta(
            seconds=accuracy.seconds or 0,
            milliseconds=accuracy.millis or 0,
            microseconds=accuracy.micros or 0,
        )
    return Stamp(size=size, time=info.gen_time + margin, authority=_authority(response))


def _authority(response: "TimeStampResponse") -> str:
    """Return the subject of the certificate that signed, or its issuer and number."""
    from cryptography import x509

    [signer] = response.signed_data.signer_infos
    for der in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            return certificate.subject.rfc4514_string()
    return f"{signer.issuer.rfc4514_string()}, {signer.serial_number}"


def _import_rfc3161() -> Any:  # noqa: ANN401 - a module
    try:
        import rfc3161_client
    except ImportError as error:
        raise UsageError(
            _("time stamps need another package: {command}").format(
                command=install_command("stamp")
            )
        ) from error
    return rfc3161_client
