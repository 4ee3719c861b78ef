"""Origin of a log: the first line of its checkpoints, with a checksum.

No entry contains it, so no hash of the tree covers it: its last digits are a checksum. The
origin of a log with an owner contains the fingerprint of the owner's first key, so that every
checkpoint binds it.
"""

import re
from collections.abc import Sequence
from hashlib import sha256

from orderwatch.errors import LogError
from orderwatch.frozen import Frozen
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.signed_note import Note, Signer, Verifier
from orderwatch.log.formats.tree import EMPTY_ROOT, HASH_SIZE
from orderwatch.model import TreeHead
from orderwatch.translation import _

SIZE_LIMIT = 2**63
"""Exclusive; other programs use signed 64-bit integers."""

_LINES_MIN = 3


class Checkpoint(Frozen):
    """Origin, size and root of a state of the log, validated when created."""

    origin: str
    """Name of the log, which should look like `example.org/log`."""
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    """Further lines, ignored."""

    def __post_init__(self) -> None:
        """Raise `LogError` for values that could not be parsed again."""
        for line in (self.origin, *self.extensions):
            if not line:
                raise LogError(_("a checkpoint has no empty line, and its origin a name"))
            if "\n" in notes.decode_text(line):
                raise LogError(
                    _("a line of a checkpoint contains a newline: {line!r}").format(line=line[:60])
                )
        if not 0 <= self.size < SIZE_LIMIT:
            raise LogError(_("invalid size of a log: {size}").format(size=self.size))
        if len(self.root) != HASH_SIZE:
            raise LogError(
                _("the root of a checkpoint has {expected} bytes, not {n}").format(
                    expected=HASH_SIZE, n=len(self.root)
                )
            )
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise LogError(_("the checkpoint of an empty log has the root of another log"))

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Parse the text of a checkpoint, without signatures."""
        lines = text.split("\n")
        if lines.pop():
            raise LogError(_("the checkpoint does not end with a newline: it was cut off"))
        if len(lines) < _LINES_MIN:
            raise LogError(
                _("a checkpoint has origin, size and root; this one has {n} lines").format(
                    n=len(lines)
                )
            )
        origin, size, root, *extensions = lines
        return cls(
            origin=origin,
            size=parse_decimal(size, _("the size of the checkpoint")),
            root=notes.decode_base64(root, _("the root of the checkpoint")),
            extensions=tuple(extensions),
        )

    def to_text(self) -> str:
        """Return the text that is signed."""
        root = notes.encode_base64(self.root)
        lines = (self.origin, str(self.size), root, *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """Sign a checkpoint; without signers, return the bare text as a note.

    Raises `LogError` if no signer has the name of the log: readers could not tell
    which log the key signs for.
    """
    names = [signer.name for signer in signers]
    if names and checkpoint.origin not in names:
        raise LogError(
            _(
                "the log is {origin!r}, but the key is that of {name!r}: sign with a "
                "key that has the name of the log"
            ).format(origin=checkpoint.origin, name=names[0])
        )
    return notes.sign(Note(text=checkpoint.to_text()), *signers)


def from_note(
    note: Note, verifiers: Sequence[Verifier] = (), *, origin: str | None = None
) -> Checkpoint:
    """Parse the checkpoint in a note, and verify the signatures of the note.

    With `verifiers`, one of them must have signed: one that has the name of the log, one
    that cosigns the checkpoints of any log, or any if `origin` is the expected log.
    Without `verifiers`, nothing is verified.
    """
    checkpoint = Checkpoint.parse(note.text)
    if origin is not None and checkpoint.origin != origin:
        raise LogError(
            _("the checkpoint is of {origin!r}, not {expected!r}").format(
                origin=checkpoint.origin, expected=origin
            )
        )
    if verifiers:
        signers = notes.verify(note, verifiers)
        speaks = [
            verifier.name == checkpoint.origin or verifier.type == notes.COSIGNATURE
            for verifier in signers
        ]
        if origin is None and not any(speaks):
            raise LogError(
                _(
                    "the checkpoint is of {origin!r}, but the key that signed it is of {name!r}"
                ).format(origin=checkpoint.origin, name=signers[0].name)
            )
    return checkpoint


def load(
    data: bytes | str, verifiers: Sequence[Verifier] = (), *, origin: str | None = None
) -> Checkpoint:
    """Parse and verify a checkpoint, signed or not; arguments as for `from_note`."""
    return from_note(notes.parse(data, unsigned=True), verifiers, origin=origin)


def parse_decimal(text: str, label: str) -> int:
    """Parse a number of a checkpoint or proof; `label` names it in errors."""
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) >= SIZE_LIMIT:
        raise LogError(
            _("{label} is not a number below 2^63 without leading zeroes: {text!r}").format(
                label=label, text=text[:60]
            )
        )
    return int(text)


_CHECKED = re.compile(r"(orderwatch/[0-9a-f]{16}([0-9a-f]{32})?)([0-9a-f]{4})")


def create_origin(digits: str, owner: str | None = None) -> str:
    """Return the origin of a log: 16 random digits, fingerprint of the owner, checksum."""
    origin = f"orderwatch/{digits}{_fingerprint(owner) or ''}"
    return origin + _checksum(origin)


def is_valid(origin: str, owner: str | None = None) -> bool:
    """Return whether an origin is undamaged, and that of a log of an owner."""
    return is_intact(origin) and _CHECKED.sub(r"\2", origin) == (_fingerprint(owner) or "")


def is_intact(origin: str) -> bool:
    """Return whether an origin has the form of ours and its checksum."""
    match = _CHECKED.fullmatch(origin)
    return match is not None and _checksum(match[1]) == match[3]


def _fingerprint(owner: str | None) -> str | None:
    """Return 128 bits of the SHA-256 of a public key."""
    return None if owner is None else sha256(owner.encode()).hexdigest()[:32]


def _checksum(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()[:4]


def sign_tree_head(head: TreeHead, signer_key: str | None) -> Note:
    """Build a checkpoint of a tree head, signed if there is a key.

    Raises `LogError` for a log without a name or an entry.
    """
    if head.origin is None and head.size:
        raise LogError(
            _(
                "the name of the log is missing: the log is damaged; `orderwatch log "
                "verify` shows what else is"
            )
        )
    if head.origin is None:
        raise LogError(
            _(
                "the log has no entry yet, and so no checkpoint; `orderwatch log add` "
                "records the first"
            )
        )
    checkpoint = Checkpoint(origin=head.origin, size=head.size, root=head.root)
    signers = [Signer.parse(signer_key)] if signer_key is not None else []
    return sign_checkpoint(checkpoint, *signers)
