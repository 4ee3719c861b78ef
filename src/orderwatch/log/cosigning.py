"""Cosignatures on checkpoints of the own log: requests to witnesses, and what they return."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from orderwatch import https
from orderwatch.errors import DeliveryError, LogError, RegisterError
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import cosignature
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.checkpoint import Checkpoint, sign_tree_head
from orderwatch.log.formats.consistency import ConsistencyProof, prove_consistency
from orderwatch.log.formats.cosignature import Cosignature
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import Note, Signature, Verifier
from orderwatch.log.sql_log import SqlLog
from orderwatch.model import TreeHead
from orderwatch.model.proof import Attestation, AttestationKind, Cosigned
from orderwatch.translation import _

STATES_MAX = 1_000
"""States of the log, the last first, with which a cosignature is compared."""
INTERVAL = timedelta(days=1)
"""Time between two checkpoints that a witness gets by HTTP."""
_ANSWER_MAX = 100_000


def build_request(log: SqlLog[Any], signer_key: str | None, sizes: Collection[int] = ()) -> str:
    """Build a request for witnesses: a proof from each state that one cosigned, and from `sizes`.

    A witness that never cosigned needs the proof from the empty log.
    """
    latest = {item.identity: item.size for item in _of_witnesses(log.attestations())}
    head = log.head()
    note = sign_tree_head(head, signer_key)
    starts = sorted({0, *latest.values(), *sizes})
    return "\n".join(_prove(log, head, note, size).to_text() for size in starts)


def merge(
    log: SqlLog[Any], lines: bytes | str, verifiers: Sequence[Verifier], signer_key: str | None
) -> list[tuple[int, Cosignature]]:
    """Store cosignatures, each with the log's own signature; return them with their sizes.

    They are compared with `verifiers` and with the keys of witnesses that cosigned before. Raises
    `LogError` for one by another key, or of another state than the last ones of the log.
    """
    stored = [Verifier.parse(str(item.identity)) for item in _of_witnesses(log.attestations())]
    witnesses = [*verifiers, *stored]
    merged = [_locate(log, line, witnesses) for line in cosignature.parse_lines(lines)]
    for size, item in merged:
        _store(log, size, item, signer_key)
    return merged


def submit(
    log: SqlLog[Any], url: str, verifiers: Sequence[Verifier], signer_key: str | None
) -> list[Cosignature]:
    """Send the last checkpoint to a witness over HTTPS, and store its cosignature.

    The protocol is `add-checkpoint` of https://c2sp.org/tlog-witness.
    """
    vkeys = {str(item) for item in verifiers}
    sizes = [item.size for item in _of_witnesses(log.attestations()) if item.identity in vkeys]
    head = log.head()
    note = sign_tree_head(head, signer_key)
    address = f"{url.rstrip('/')}/add-checkpoint"
    answer = _post(address, _prove(log, head, note, max(sizes, default=0)))
    if answer.is_conflict:
        answer = _post(address, _prove(log, head, note, _parse_size(answer)))
    text = (answer.data or b"").decode(errors="replace")
    if not answer.is_ok:
        raise LogError(
            _("{url}: the witness refused the checkpoint ({code}): {reason}").format(
                url=url, code=answer.status, reason=text.strip()[:200] or _("no reason")
            )
        )
    signatures = cosignature.parse_lines(text)
    items = cosignature.verify(Note(text=note.text, signatures=signatures), verifiers)
    if not items:
        names = ", ".join(sorted({repr(item.name) for item in signatures}))
        raise LogError(
            _("{url}: the witness signed with another key, of {names}").format(url=url, names=names)
        )
    for item in items:
        _store(log, head.size, item, signer_key)
    return list(items)


def last_time(log: SqlLog[Any], verifiers: Sequence[Verifier]) -> datetime | None:
    """Return when one of these witnesses last cosigned a checkpoint of the log."""
    vkeys = {str(item) for item in verifiers}
    times = [
        item.time
        for _size, item in _cosignatures(log.attestations())
        if str(item.verifier) in vkeys
    ]
    return max(times, default=None)


def cosigned_note(log: SqlLog[Any]) -> Note:
    """Build the last checkpoint that was cosigned, with its signatures, or raise `LogError`."""
    attestations = log.attestations()
    sizes = [item.size for item in _of_witnesses(attestations)]
    if not sizes:
        raise _missing()
    return _note(log, max(sizes), attestations)


def approve(log: SqlLog[Any], policy: Policy) -> Cosigned:
    """Return the last state whose stored cosignatures meet a policy, or raise `LogError`."""
    attestations, origin = log.attestations(), log.head().origin
    problems = []
    for size in sorted({item.size for item in _of_witnesses(attestations)}, reverse=True):
        try:
            approval = policy.verify(_note(log, size, attestations), origin=origin)
        except LogError as error:
            problems.append(error)
        else:
            names = tuple((key.name, item.time) for key, item in approval.cosignatures)
            return Cosigned(size=size, witnesses=names)
    raise problems[0] if problems else _missing()


def _missing() -> LogError:
    return LogError(
        _("no checkpoint of the log is cosigned: `orderwatch log witness` asks witnesses")
    )


def _of_witnesses(attestations: Iterable[Attestation]) -> list[Attestation]:
    return [item for item in attestations if item.kind is AttestationKind.COSIGNATURE]


def _cosignatures(attestations: Iterable[Attestation]) -> list[tuple[int, Cosignature]]:
    return [
        (
            item.size,
            Cosignature(
                verifier=Verifier.parse(str(item.identity)),
                signature=notes.parse_signature(item.value.decode()),
            ),
        )
        for item in _of_witnesses(attestations)
    ]


def _note(log: SqlLog[Any], size: int, attestations: Iterable[Attestation]) -> Note:
    signatures = [
        notes.parse_signature(item.value.decode())
        for item in attestations
        if item.size == size and item.kind is not AttestationKind.TIMESTAMP
    ]
    # The signature of the log stands first.
    signatures.sort(key=lambda item: item.name != log.head().origin)
    return Note(text=_text(log.head_of(size)), signatures=tuple(signatures))


def _text(head: TreeHead) -> str:
    return Checkpoint(origin=str(head.origin), size=head.size, root=head.root).to_text()


def _prove(log: SqlLog[Any], head: TreeHead, note: Note, size: int) -> ConsistencyProof:
    if size > head.size:
        raise LogError(
            _("the witness cosigned {n} entries, the log has {size}: it was cut").format(
                n=size, size=head.size
            )
        )
    return prove_consistency(log.head_of(size), head, note, log.node)


def _locate(
    log: SqlLog[Any], line: Signature, verifiers: Sequence[Verifier]
) -> tuple[int, Cosignature]:
    """Return the state of the log that a cosignature is on."""
    keys = [key for key in verifiers if (key.name, key.key_id) == (line.name, line.key_id)]
    if not keys:
        raise LogError(
            _("the witness {name!r} is unknown: name its public key with --key").format(
                name=line.name
            )
        )
    last = log.head().size
    for size in range(last, max(0, last - STATES_MAX), -1):
        text = _text(log.head_of(size))
        for key in keys:
            if key.type == notes.COSIGNATURE and key.verifies(text, line):
                return size, Cosignature(verifier=key, signature=line)
    raise LogError(
        _(
            "the cosignature of {name!r} is on none of the last {n} states of the log: it was "
            "changed, or made for another log"
        ).format(name=line.name, n=min(last, STATES_MAX))
    )


def _store(log: SqlLog[Any], size: int, item: Cosignature, signer_key: str | None) -> None:
    head = log.head_of(size)
    for own in sign_tree_head(head, signer_key).signatures:
        log.attest(size, AttestationKind.SIGNATURE, str(own).encode())
    value = str(item.signature).encode()
    log.attest(size, AttestationKind.COSIGNATURE, value, str(item.verifier))


def _post(url: str, proof: ConsistencyProof) -> https.Answer:
    try:
        return https.post(url, proof.to_text().encode(), _ANSWER_MAX, "text/plain")
    except RegisterError as error:
        raise LogError(str(error)) from error


def _parse_size(answer: https.Answer) -> int:
    text = (answer.data or b"").decode(errors="replace").removesuffix("\n")
    try:
        return checkpoints.parse_decimal(text, _("the size that the witness names"))
    except LogError as error:
        raise DeliveryError(str(error)) from error
