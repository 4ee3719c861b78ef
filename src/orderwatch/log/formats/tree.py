"""The Merkle tree of the log, as RFC 9162 section 2.1 defines it, with SHA-256.

Only complete subtrees are stored, since only they never change: node `(level, index)`
covers the leaves from `index * 2**level` on, `2**level` of them.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from orderwatch.errors import LogError

Read = Callable[[int, int], bytes]
"""From level and index to the stored hash of a complete subtree."""

Node = tuple[int, int, bytes]
"""A complete subtree: level, index, hash."""

Span = tuple[int, int]
"""The leaves of a subtree: the first, and the one after the last."""

HASH_SIZE = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry into its leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return sha256(b"\x01" + left + right).digest()


def grown(size: int, leaf: bytes, read: Read) -> list[Node]:
    """List the subtrees that `leaf` completes in a tree of `size`, the leaf first.

    `read` is asked for at most one node of each level, and each is a left sibling.
    """
    level, index, node = 0, size, leaf
    completed = [(level, index, node)]
    while index & 1:
        node = node_hash(read(level, index - 1), node)
        level, index = level + 1, index >> 1
        completed.append((level, index, node))
    return completed


def root(size: int, read: Read) -> bytes:
    """Compute the root of the first `size` leaves."""
    return _span_hash((0, size), read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Prove that leaf `index` is in the tree of `size`: the siblings, lowest first."""
    _check_index(index, size)
    _, siblings = _path(index, size, to_leaf=True)
    return [_span_hash(span, read) for span in siblings]


def consistency_proof(old: int, new: int, read: Read) -> list[bytes]:
    """Prove that the tree of size `new` begins with the tree of size `old`."""
    if not 0 <= old <= new:
        raise LogError(f"a log of {new} entries cannot continue one of {old}")
    if old == 0:
        return []
    start, siblings = _path(old - 1, new, to_leaf=False)
    spans = [(start, old), *siblings] if start else siblings
    return [_span_hash(span, read) for span in spans]


def root_from_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes]
) -> bytes:
    """Compute the root that `proof` leads to from `leaf`.

    Raises `LogError` if the proof has not the shape that index and size ask for.
    """
    _check_index(index, size)
    _, siblings = _path(index, size, to_leaf=True)
    if len(proof) != len(siblings):
        raise LogError(
            f"the proof has {len(proof)} hashes: for the entry at index {index} "
            f"of {size} it takes {len(siblings)}"
        )
    if not _are_hashes([leaf, *proof]):
        raise LogError(f"a hash of the proof is not {HASH_SIZE} bytes long")
    node = leaf
    for (start, _), sibling in zip(siblings, proof, strict=True):
        on_the_right = start > index
        node = node_hash(node, sibling) if on_the_right else node_hash(sibling, node)
    return node


def verify_inclusion(
    leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether `proof` leads from `leaf` to `root`."""
    try:
        return root_from_inclusion(leaf, index, size, proof) == root
    except LogError:
        return False


def verify_consistency(
    old_size: int,
    old_root: bytes,
    new_size: int,
    new_root: bytes,
    proof: Sequence[bytes],
) -> bool:
    """Tell whether `proof` shows that the new tree begins with the old one."""
    if not 0 <= old_size <= new_size or not _are_hashes([old_root, new_root, *proof]):
        return False
    if old_size == 0:
        # Every tree continues the empty one, of which there is only one.
        grew = new_size > 0 or new_root == EMPTY_ROOT
        return old_root == EMPTY_ROOT and grew and not proof
    start, siblings = _path(old_size - 1, new_size, to_leaf=False)
    # An old tree that is a subtree of the new one is not repeated in the proof.
    nodes = list(proof) if start else [old_root, *proof]
    if len(nodes) != 1 + len(siblings):
        return False
    old = new = nodes[0]
    for (first, _), sibling in zip(siblings, nodes[1:], strict=True):
        if first >= old_size:
            new = node_hash(new, sibling)
        else:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
    return old == old_root and new == new_root


class Frontier:
    """The right edge of a growing tree: enough to append and to name the root."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, read: Read | None = None) -> None:
        self.size = size
        self._peaks = [read(*node) for node in _peaks((0, size))] if read else []

    def add(self, leaf: bytes) -> list[Node]:
        """Append a leaf hash; list the subtrees that it completes, the leaf first."""
        completed = grown(self.size, leaf, self._take)
        self._peaks.append(completed[-1][2])
        self.size += 1
        return completed

    def grow(self, leaf: bytes) -> bytes:
        """Append a leaf hash; join the hashes of the subtrees that it completes."""
        # The same as `add`, in a third of the time: an import does little else.
        peaks, size, node, joined = self._peaks, self.size, leaf, leaf
        while size & 1:
            node = sha256(b"\x01" + peaks.pop() + node).digest()
            joined += node
            size >>= 1
        peaks.append(node)
        self.size += 1
        return joined

    def root(self) -> bytes:
        """Compute the root of all that was added."""
        return _joined(self._peaks) if self._peaks else EMPTY_ROOT

    def _take(self, _level: int, _index: int) -> bytes:
        # The left sibling of what was just completed is always the last peak.
        return self._peaks.pop()


def _peaks(span: Span) -> Iterator[tuple[int, int]]:
    """Cut a subtree into complete ones, left to right."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _joined(peaks: Sequence[bytes]) -> bytes:
    """Hash complete subtrees, given left to right, into the one above them."""
    *others, node = peaks
    for peak in reversed(others):
        node = node_hash(peak, node)
    return node


def _span_hash(span: Span, read: Read) -> bytes:
    return _joined([read(*node) for node in _peaks(span)])


def _path(index: int, size: int, *, to_leaf: bool) -> tuple[int, list[Span]]:
    """Go down to leaf `index`, or to the largest subtree that ends with it.

    Returns where that subtree begins, and the siblings on the way, lowest first.
    """
    start, end = 0, size
    siblings = []
    while end > index + 1 or (to_leaf and start < index):
        # A left subtree is the largest complete one that leaves something over.
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return start, siblings[::-1]


def _check_index(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise LogError(f"a log of {size} entries has none at index {index}")


def _are_hashes(values: Sequence[bytes]) -> bool:
    # Of other lengths, two hashes could be cut in more than one way.
    return all(len(value) == HASH_SIZE for value in values)
