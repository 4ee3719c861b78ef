"""Cosignatures of witnesses over checkpoints (https://c2sp.org/tlog-cosignature), Ed25519.

A witness cosigns a checkpoint that continues the last one which it cosigned of that log.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from orderwatch.errors import LogError
from orderwatch.frozen import Frozen
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.signed_note import Note, Signature, Signer, Verifier
from orderwatch.translation import _

_LATEST = int(datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp())


class Cosignature(Frozen):
    """A verified cosignature: who made it, and when."""

    verifier: Verifier
    signature: Signature

    @property
    def time(self) -> datetime:
        """Return the time that the witness signed; a later one than dates reach is the last."""
        return datetime.fromtimestamp(min(self.signature.seconds, _LATEST), UTC)


def cosign(note: Note, signer: Signer, at: datetime) -> Signature:
    """Cosign the text of a checkpoint at an instant."""
    notes.decode_text(note.text)
    if signer.type != notes.COSIGNATURE:
        raise LogError(_("the key of {name!r} is not that of a witness").format(name=signer.name))
    return signer.sign(note.text, int(at.timestamp()))


def verify(note: Note, verifiers: Sequence[Verifier]) -> tuple[Cosignature, ...]:
    """Return the cosignatures of a note by keys of witnesses, one for each key: the latest.

    Signatures by other keys are ignored. Raises `LogError` if a signature by one of these
    keys is wrong.
    """
    latest: dict[Verifier, Signature] = {}
    for verifier, signature in notes.match(note, verifiers):
        latest[verifier] = max(latest.get(verifier, signature), signature, key=_seconds)
    return tuple(
        Cosignature(verifier=verifier, signature=signature)
        for verifier, signature in latest.items()
        if verifier.type == notes.COSIGNATURE
    )


def parse_lines(data: bytes | str) -> tuple[Signature, ...]:
    """Parse the lines that a witness returns."""
    lines = notes.decode_text(data).strip("\n").split("\n")
    if len(lines) > notes.MAX_SIGNATURES:
        raise LogError(
            _("there are {n} cosignatures; the maximum is {limit}").format(
                n=len(lines), limit=notes.MAX_SIGNATURES
            )
        )
    return tuple(map(notes.parse_signature, lines))


def _seconds(signature: Signature) -> int:
    return signature.seconds
