"""Inclusion proofs of entries (https://c2sp.org/tlog-proof).

The extra data of ours has two lines: the entry as in an export, with payload and salt or
without, and the size of the log, which the hashes of a proof do not always determine.
"""

from collections.abc import Sequence

from orderwatch.errors import LogError
from orderwatch.frozen import Frozen
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import jsonl, tree
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.signed_note import Note, Verifier
from orderwatch.model.entry import Entry
from orderwatch.translation import _

MAGIC = "c2sp.org/tlog-proof@v1"


class Proof(Frozen):
    """Inclusion proof of an entry, with the checkpoint."""

    index: int
    """Index of the entry, from 0."""
    hashes: tuple[bytes, ...]
    """Siblings of the leaf and of each node above it."""
    note: Note
    """Checkpoint with its signatures."""
    extra: bytes = b""
    """Data of the application; not covered by the proof."""

    @property
    def checkpoint(self) -> Checkpoint:
        """Parse the checkpoint without verifying its signatures."""
        return Checkpoint.parse(self.note.text)

    @classmethod
    def parse(cls, data: bytes | str) -> "Proof":
        """Parse a proof; its checkpoint may be unsigned."""
        head, separator, rest = notes.decode_text(data).partition("\n\n")
        magic, *lines = head.split("\n")
        if magic != MAGIC:
            raise LogError(_("not a proof: its first line is not {magic!r}").format(magic=MAGIC))
        if not separator:
            raise LogError(_("the proof has no empty line and checkpoint after its hashes"))
        extra = _parse_extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else b""
        if not lines or not lines[0].startswith("index "):
            raise LogError(_("the proof has no line 'index NUMBER' before its hashes"))
        index = lines.pop(0).removeprefix("index ")
        note = notes.parse(rest, unsigned=True)
        Checkpoint.parse(note.text)
        return cls(
            index=checkpoints.parse_decimal(index, _("the index of the proof")),
            hashes=tuple(map(parse_hash, lines)),
            note=note,
            extra=extra,
        )

    def to_text(self) -> str:
        """Format the proof."""
        extra = (f"extra {notes.encode_base64(self.extra)}",) if self.extra else ()
        hashes = map(notes.encode_base64, self.hashes)
        lines = (MAGIC, *extra, f"index {self.index}", *hashes, "")
        return "".join(f"{line}\n" for line in lines) + str(self.note)

    def entry(self) -> Entry:
        """Parse the entry in the extra data; verify its signature and its text, if there is one.

        Raises `LogError` unless it is exactly as an export writes it.
        """
        if not self.extra:
            raise LogError(_("the proof contains no entry"))
        line, _newline, size = self.extra.partition(b"\n")
        try:
            entry = jsonl.parse(line)
        except ValueError as error:
            raise LogError(_("the entry in the proof: {error}").format(error=error)) from error
        if jsonl.encode_line(entry.raw, entry.salt, entry.payload) != line + b"\n":
            raise LogError(_("the entry in the proof is not in its canonical form"))
        if size != b"%d" % self.checkpoint.size:
            raise LogError(_("the proof was made for a log of another size than its checkpoint"))
        return entry

    def verify(
        self,
        leaf: bytes,
        verifiers: Sequence[Verifier] = (),
        *,
        origin: str | None = None,
    ) -> Checkpoint:
        """Return the checkpoint of the tree that contains `leaf`, or raise `LogError`.

        `verifiers` and `origin` are those of `checkpoint.from_note`.
        """
        checkpoint = checkpoints.from_note(self.note, verifiers, origin=origin)
        root = tree.root_from_inclusion(leaf, self.index, checkpoint.size, self.hashes)
        if root != checkpoint.root:
            raise LogError(
                _(
                    "the entry is not the one at index {index} of the {size} in this "
                    "checkpoint of {origin!r}"
                ).format(index=self.index, size=checkpoint.size, origin=checkpoint.origin)
            )
        return checkpoint


def _parse_extra(line: str) -> bytes:
    extra = notes.decode_base64(line.removeprefix("extra "), _("the extra data of the proof"))
    if not extra:
        raise LogError(_("the proof has an 'extra' line without data"))
    return extra


def parse_hash(line: str) -> bytes:
    """Parse a line with a hash of a proof."""
    value = notes.decode_base64(line, _("a hash of the proof"))
    if len(value) != tree.HASH_SIZE:
        raise LogError(
            _("a hash of the proof has {n} bytes instead of {size}").format(
                n=len(value), size=tree.HASH_SIZE
            )
        )
    return value


def prove_entry(
    line: bytes, seq: int, size: int, signed_note: Note, read_node: tree.NodeReader
) -> Proof:
    """Build the inclusion proof of an entry, a line of an export, in a tree of that size."""
    hashes = tree.inclusion_proof(seq - 1, size, read_node)
    return Proof(
        index=seq - 1, hashes=tuple(hashes), note=signed_note, extra=b"%b\n%d" % (line, size)
    )
