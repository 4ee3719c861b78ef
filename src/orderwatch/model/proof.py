"""Verified checkpoint signatures, and attestations of the states of a log."""

from datetime import datetime
from enum import StrEnum

from orderwatch.frozen import Frozen
from orderwatch.model import TreeHead


class Trust(Frozen):
    """A tree head from a file, and which signatures of its checkpoint were verified."""

    head: TreeHead
    keys: int = 0
    """Number of keys that were given, of which one signed."""
    by_policy: bool = False
    """Whether a log of a policy signed."""
    by_recorder: bool = False
    """Whether the key of the recorder of the entry signed, under the name of the log."""
    by_owner: bool = False
    """Whether that key made the log: its name contains the fingerprint."""
    cosignatures: tuple[tuple[str, datetime], ...] = ()
    """Witnesses of a policy that cosigned, and when."""
    unchecked: int = 0
    """Number of signatures by other keys."""


class Cosigned(Frozen):
    """A state of a log that meets a policy."""

    size: int
    witnesses: tuple[tuple[str, datetime], ...]
    """Names in the policy of those who cosigned, and when."""


class Stamp(Frozen):
    """Time stamp on a state of a log."""

    size: int
    time: datetime
    """The state existed before."""
    authority: str
    """Subject of the certificate of the authority."""


class Attested(Frozen):
    """Verified cosignatures and time stamps of a log."""

    cosigned: Cosigned | None = None
    """`None` without a policy."""
    stamps: tuple[Stamp, ...] = ()
    unverified: int = 0
    """Number of time stamps by authorities without a root."""


class AttestationKind(StrEnum):
    """Kind of an attestation."""

    SIGNATURE = "signature"
    """Signature of the log on a checkpoint: a line of its note."""
    COSIGNATURE = "cosignature"
    """Cosignature of a witness: a line of its note."""
    TIMESTAMP = "timestamp"
    """Time-stamp response (RFC 3161) on the text of a checkpoint: DER."""


class Attestation(Frozen):
    """Cosignature or time stamp of a state of the log, stored beside it."""

    size: int
    """Number of entries of that state."""
    root: bytes
    kind: AttestationKind
    value: bytes
    identity: str | None = None
    """Verifier key of a cosignature; SHA-256 of a time stamp, in hexadecimal."""
