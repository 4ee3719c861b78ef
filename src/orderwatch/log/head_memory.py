"""Memory of the last tree heads that this home wrote, by the origin of a log.

A file for each log is a C2SP checkpoint of the last one, which `log verify --checkpoint` takes,
too; the earlier ones are its further lines, as `SIZE ROOT`. Only commands that append read or
write it. It shows that a log was cut: by a fail-over to a replica that lagged, or by a backup
that was older than the log.
"""

import re
from hashlib import sha256
from pathlib import Path

from orderwatch import fs
from orderwatch.errors import LogError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.log import reader
from orderwatch.log.formats import checkpoint, tree
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.signed_note import decode_base64, encode_base64
from orderwatch.log.types import Database
from orderwatch.model import TreeHead
from orderwatch.translation import _

HEADS_MAX = 64
"""Tree heads of a log that are kept, so that a cut can be located."""
STATES_MAX = 1_000
"""Entries that others may have appended since the root to accept was printed."""
_FILE_MAX = 100_000
_HEX = re.compile("[0-9a-f]+")
_LEAVES = "SELECT substr(nodes, 1, 32) FROM entry WHERE seq > ? ORDER BY seq"


class Cut(Frozen):
    """Entries that a log held when this home wrote to it, and lacks now."""

    first: int
    """The first entry that can be missing."""
    last: int
    size: int
    """Entries of the log at hand."""
    root: bytes
    lost: frozenset[TreeHead]
    """Tree heads that the log at hand does not continue."""

    def __str__(self) -> str:
        """Format what is missing, and what to do."""
        root = encode_base64(self.root)
        text = (
            _("Entry {last} was acknowledged, and the log lacks it.")
            if self.first == self.last
            else _("Entries {first} to {last} were acknowledged, and the log lacks them.")
            if self.size < self.first
            else _("Entries {first} to {last} were acknowledged, and the log lacks some of them.")
        )
        return "\n".join(
            (
                text.format(first=self.first, last=self.last),
                _("It has {size} entries now; root {root}").format(size=self.size, root=root),
                _(
                    "A fail-over or an older backup can be the reason. `orderwatch log import` of"
                    " an export that has the entries brings them back."
                ),
                _("To go on without them: --accept-cut {root}").format(root=root),
            )
        )


class HeadMemory:
    """Memory of tree heads, in a folder with a file for each log."""

    def __init__(self, folder: Path, accepted: str | None = None) -> None:
        """Read nothing yet; `accepted` is the root of a log that may lack entries."""
        self.note: str | None = None
        """Remark for users, if a tree head could not be stored."""
        self._folder = folder
        self._accepted = None if accepted is None else _parse_root(accepted)
        self._lost: frozenset[TreeHead] = frozenset()

    def require_whole(self, con: Database) -> None:
        """Raise `LogError` if a log was cut, unless its root was accepted."""
        cut = self.find_cut(con)
        if cut is not None and not self.accepts(con, cut):
            raise LogError(str(cut))

    def accepts(self, con: Database, cut: Cut) -> bool:
        """Return whether the root of a log that was cut was accepted, and drop what it lacks."""
        if self._accepted is None or not _had_root(con, cut.size, self._accepted):
            return False
        self._lost = cut.lost
        return True

    def find_cut(self, con: Database) -> Cut | None:
        """Compare a log with the tree heads that were stored; `None` if it continues the last."""
        rows = con.fetch("SELECT origin FROM log")
        heads = self._read(rows[0][0].decode(errors="replace")) if rows else []
        size = reader.entry_count(con)
        if not heads or _continues(con, size, heads[0]):
            return None
        lost = [head for head in heads if not _continues(con, size, head)]
        kept = max((head.size for head in heads if head not in lost), default=0)
        is_replaced = any(head.size <= size for head in lost)
        return Cut(
            first=(kept if is_replaced else size) + 1,
            last=heads[0].size,
            size=size,
            root=_root(con, size),
            lost=frozenset(lost),
        )

    def store(self, head: TreeHead) -> None:
        """Store the tree head of a log after an append, and drop those that a cut took."""
        try:
            fs.create_folder(self._folder)
            with fs.lock_folder(self._folder):
                heads = {*self._read(str(head.origin)), head} - self._lost
                kept = sorted(heads, key=lambda item: item.size, reverse=True)[:HEADS_MAX]
                fs.write(self._path(str(head.origin)), [_encode(kept).encode()])
        except OSError as error:
            self.note = _(
                "The tree head of the log was not stored in {folder} ({reason}): if the log is"
                " cut, that is not noticed here."
            ).format(folder=self._folder, reason=error.strerror or error)

    def _read(self, origin: str) -> list[TreeHead]:
        """Read the tree heads of a log, the last first."""
        path = self._path(origin)
        try:
            return _decode(checkpoint.load(fs.read(path, _FILE_MAX), origin=origin))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise LogError(f"{path}: {error.strerror or error}") from error
        except LogError as error:
            raise LogError(
                _(
                    "{path} is damaged ({reason}). It holds the last tree head that this home"
                    " wrote: remove it to go on without it."
                ).format(path=path, reason=error)
            ) from error

    def _path(self, origin: str) -> Path:
        name = origin.rpartition("/")[2]
        if not _HEX.fullmatch(name):
            name = sha256(origin.encode()).hexdigest()
        return self._folder / f"{name}.checkpoint"


def _encode(heads: list[TreeHead]) -> str:
    last, *earlier = heads
    lines = tuple(f"{head.size} {encode_base64(head.root)}" for head in earlier)
    return Checkpoint(
        origin=str(last.origin), size=last.size, root=last.root, extensions=lines
    ).to_text()


def _decode(last: Checkpoint) -> list[TreeHead]:
    heads = [(last.size, last.root)]
    for line in last.extensions:
        size, _space, root = line.partition(" ")
        heads.append(
            (checkpoint.parse_decimal(size, _("a size")), decode_base64(root, _("a root")))
        )
    return [TreeHead(size=size, root=root, origin=last.origin) for size, root in heads]


def _parse_root(text: str) -> bytes:
    try:
        root = decode_base64(text.strip(), "--accept-cut")
    except LogError as error:
        raise UsageError(str(error)) from error
    if len(root) != tree.HASH_SIZE:
        raise UsageError(
            _("--accept-cut takes the root of the log at hand, as the error prints it.")
        )
    return root


def _root(con: Database, size: int) -> bytes:
    return tree.root(size, reader.node_reader(con, size))


def _continues(con: Database, size: int, head: TreeHead) -> bool:
    """Return whether the first `size` entries begin with those of a tree head."""
    return head.size <= size and _root(con, head.size) == head.root


def _had_root(con: Database, size: int, root: bytes) -> bool:
    """Return whether a log has a root, or had it some entries before."""
    start = max(0, size - STATES_MAX)
    frontier = tree.Frontier(start, reader.node_reader(con, start))
    if frontier.root() == root:
        return True
    for (leaf,) in con.fetch(_LEAVES, (start,)):
        frontier.grow(bytes(leaf))
        if frontier.root() == root:
            return True
    return False
