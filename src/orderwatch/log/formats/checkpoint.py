"""Checkpoints: size and root of the log, as https://c2sp.org/tlog-checkpoint defines.

A checkpoint without a signature is the text alone; that is ours, not the standard's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from orderwatch.errors import LogError
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.signed_note import Note, Signer, Verifier
from orderwatch.log.formats.tree import EMPTY_ROOT, HASH_SIZE
from orderwatch.model import TreeHead

SIZE_LIMIT = 2**63
"""Sizes are below it: other programs count in 64 bits, with a sign."""

_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What identifies a state of the log; one that cannot be written is refused."""

    origin: str
    """The name of the log, which should look like `example.org/log`."""
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    """Further lines, which nothing of ours reads."""

    def __post_init__(self) -> None:
        """Refuse what would not come back from its own text."""
        for line in (self.origin, *self.extensions):
            if not line:
                raise LogError("a checkpoint has no empty line, and its origin a name")
            if "\n" in notes.legible(line):
                raise LogError(f"a line of a checkpoint holds a newline: {line[:60]!r}")
        if not 0 <= self.size < SIZE_LIMIT:
            raise LogError(f"{self.size} cannot be the size of a log")
        if len(self.root) != HASH_SIZE:
            raise LogError(
                f"the root of a checkpoint has {HASH_SIZE} bytes, not {len(self.root)}"
            )
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise LogError("the checkpoint of an empty log has the root of another one")

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint, without signatures."""
        lines = text.split("\n")
        if lines.pop():
            raise LogError(
                "the checkpoint does not end with a newline: it was cut short"
            )
        if len(lines) < _LINES:
            raise LogError(
                f"a checkpoint has origin, size and root; this has {len(lines)} lines"
            )
        origin, size, root, *extensions = lines
        return cls(
            origin=origin,
            size=decimal(size, "the size of the checkpoint"),
            root=notes.decoded(root, "the root of the checkpoint"),
            extensions=tuple(extensions),
        )

    def text(self) -> str:
        """Write the text that is signed."""
        root = notes.encoded(self.root)
        lines = (self.origin, str(self.size), root, *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def signed(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """Make the note of a checkpoint; without a signer it is the bare text.

    Raises `LogError` if no signer bears the name of the log: readers could not tell
    which log the key speaks for.
    """
    names = [signer.name for signer in signers]
    if names and checkpoint.origin not in names:
        raise LogError(
            f"the log is {checkpoint.origin!r}, the key is that of {names[0]!r}: "
            "sign with a key that bears the name of the log"
        )
    return notes.sign(Note(text=checkpoint.text()), *signers)


def opened(
    note: Note, verifiers: Sequence[Verifier] = (), *, origin: str | None = None
) -> Checkpoint:
    """Take the checkpoint out of its note.

    With `verifiers`, one of them must have signed: one that bears the name of the log,
    or any if `origin` says which log is expected. Without, nothing is verified.
    """
    checkpoint = Checkpoint.parse(note.text)
    if origin is not None and checkpoint.origin != origin:
        raise LogError(
            f"the checkpoint is one of {checkpoint.origin!r}, not {origin!r}"
        )
    if verifiers:
        signers = notes.verify(note, verifiers)
        if origin is None and checkpoint.origin not in {v.name for v in signers}:
            raise LogError(
                f"the checkpoint is one of {checkpoint.origin!r}, "
                f"the key that signed it is that of {signers[0].name!r}"
            )
    return checkpoint


def read(
    data: bytes | str, verifiers: Sequence[Verifier] = (), *, origin: str | None = None
) -> Checkpoint:
    """Read a checkpoint, signed or not; `verifiers` and `origin` as for `opened`."""
    return opened(notes.parse(data, unsigned=True), verifiers, origin=origin)


def decimal(text: str, what: str) -> int:
    """Read a number as checkpoints and proofs write it; `what` names it in errors."""
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) >= SIZE_LIMIT:
        raise LogError(
            f"{what} is not a number below 2^63 without leading zeroes: {text[:60]!r}"
        )
    return int(text)


_CHECKED = re.compile(r"(orderwatch/[0-9a-f]{16})([0-9a-f]{4})")


def named(digits: str) -> str:
    """Make a name of 16 random digits."""
    name = f"orderwatch/{digits}"
    return name + _check(name)


def is_whole(name: str) -> bool:
    """Tell whether a name can be one that was made."""
    found = _CHECKED.fullmatch(name)
    return found is not None and _check(found[1]) == found[2]


def _check(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:4]


def sign_tree_head(head: TreeHead, signer_key: str | None) -> Note:
    """Build a checkpoint of a tree head, signed if there is a key.

    Raises `LogError` for a log without a name or an entry.
    """
    if head.origin is None and head.size:
        raise LogError(
            "the name of the log is missing: it is damaged; `orderwatch log verify` "
            "says what else is"
        )
    if head.origin is None:
        raise LogError(
            "the log has no entry yet, and so no checkpoint; `orderwatch log add` "
            "records the first"
        )
    checkpoint = Checkpoint(origin=head.origin, size=head.size, root=head.root)
    signers = [Signer.parse(signer_key)] if signer_key is not None else []
    return signed(checkpoint, *signers)
