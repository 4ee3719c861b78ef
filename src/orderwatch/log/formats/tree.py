"""Merkle tree of the log (RFC 9162, section 2.1) with SHA-256.

Only complete subtrees are stored, since only they never change: node `(level, index)`
covers the leaves from `index * 2**level` on, `2**level` of them.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from orderwatch.errors import LogError
from orderwatch.translation import _

NodeReader = Callable[[int, int], bytes]
"""Returns the stored hash of a complete subtree by level and index."""

Node = tuple[int, int, bytes]
"""A complete subtree: level, index, hash."""

Span = tuple[int, int]
"""Leaves of a subtree: first, and last plus one."""

HASH_SIZE = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """Compute the leaf hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Compute the hash of the node above two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def completed_nodes(size: int, leaf: bytes, read: NodeReader) -> list[Node]:
    """Return the nodes that `leaf` completes in a tree of `size`, the leaf first.

    `read` is called for at most one node of each level, always a left sibling.
    """
    level, index, node = 0, size, leaf
    nodes = [(level, index, node)]
    while index & 1:
        node = node_hash(read(level, index - 1), node)
        level, index = level + 1, index >> 1
        nodes.append((level, index, node))
    return nodes


def root(size: int, read: NodeReader) -> bytes:
    """Compute the root of the first `size` leaves."""
    return _span_hash((0, size), read) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, read: NodeReader) -> list[bytes]:
    """Compute the inclusion proof of leaf `index` in a tree of `size`, lowest first."""
    _check_index(index, size)
    _start, siblings = _path(index, size, to_leaf=True)
    return [_span_hash(span, read) for span in siblings]


def consistency_proof(old: int, new: int, read: NodeReader) -> list[bytes]:
    """Compute the consistency proof between the trees of size `old` and `new`."""
    if not 0 <= old <= new:
        raise LogError(
            _("a log of {new} entries cannot continue one of {old}").format(new=new, old=old)
        )
    if old == 0:
        return []
    start, siblings = _path(old - 1, new, to_leaf=False)
    spans = [(start, old), *siblings] if start else siblings
    return [_span_hash(span, read) for span in spans]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Compute the root that `proof` leads to from `leaf`.

    Raises `LogError` if the proof does not have the length that index and size require.
    """
    _check_index(index, size)
    _start, siblings = _path(index, size, to_leaf=True)
    if len(proof) != len(siblings):
        raise LogError(
            _("the proof has {n} hashes instead of {expected} for index {index} of {size}").format(
                n=len(proof), expected=len(siblings), index=index, size=size
            )
        )
    if not _have_hash_size([leaf, *proof]):
        raise LogError(_("a hash of the proof is not {size} bytes long").format(size=HASH_SIZE))
    node = leaf
    for (start, _end), sibling in zip(siblings, proof, strict=True):
        is_right = start > index
        node = node_hash(node, sibling) if is_right else node_hash(sibling, node)
    return node


def verify_inclusion(
    leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether `proof` leads from `leaf` to `root`."""
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
    """Return whether `proof` shows that the new tree begins with the old one."""
    if not 0 <= old_size <= new_size or not _have_hash_size([old_root, new_root, *proof]):
        return False
    if old_size == 0:
        # Every tree begins with the empty tree.
        is_consistent = new_size > 0 or new_root == EMPTY_ROOT
        return old_root == EMPTY_ROOT and is_consistent and not proof
    start, siblings = _path(old_size - 1, new_size, to_leaf=False)
    # The proof omits the old root if it is a node of the new tree.
    nodes = list(proof) if start else [old_root, *proof]
    if len(nodes) != 1 + len(siblings):
        return False
    old = new = nodes[0]
    for (first, _end), sibling in zip(siblings, nodes[1:], strict=True):
        if first >= old_size:
            new = node_hash(new, sibling)
        else:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
    return old == old_root and new == new_root


class Frontier:
    """Right edge of a growing tree: enough to append and to compute the root."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, read: NodeReader | None = None) -> None:
        self.size = size
        self._peaks = [read(*node) for node in _peaks((0, size))] if read else []

    def add(self, leaf: bytes) -> list[Node]:
        """Append a leaf hash; return the nodes that it completes, the leaf first."""
        nodes = completed_nodes(self.size, leaf, self._pop_sibling)
        self._peaks.append(nodes[-1][2])
        self.size += 1
        return nodes

    def grow(self, leaf: bytes) -> bytes:
        """Append a leaf hash; return the joined hashes of the completed nodes."""
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
        """Compute the root of all leaves appended."""
        return _join_peaks(self._peaks) if self._peaks else EMPTY_ROOT

    def _pop_sibling(self, _level: int, _index: int) -> bytes:
        # The left sibling of a node that was just completed is always the last peak.
        return self._peaks.pop()


def _peaks(span: Span) -> Iterator[tuple[int, int]]:
    """Yield the complete subtrees of a subtree, left to right."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _join_peaks(peaks: Sequence[bytes]) -> bytes:
    """Compute the hash above complete subtrees, listed left to right."""
    *others, node = peaks
    for peak in reversed(others):
        node = node_hash(peak, node)
    return node


def _span_hash(span: Span, read: NodeReader) -> bytes:
    return _join_peaks([read(*node) for node in _peaks(span)])


def _path(index: int, size: int, *, to_leaf: bool) -> tuple[int, list[Span]]:
    """Return the siblings on the path to leaf `index`, lowest first, and where it ends.

    The path ends at the leaf, or at the largest subtree that ends with the leaf.
    """
    start, end = 0, size
    siblings = []
    while end > index + 1 or (to_leaf and start < index):
        # The left subtree is the largest complete one that leaves a right subtree.
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
        raise LogError(
            _("a log of {size} entries has no entry at index {index}").format(
                size=size, index=index
            )
        )


def _have_hash_size(values: Sequence[bytes]) -> bool:
    # Hashes of other lengths could be concatenated ambiguously.
    return all(len(value) == HASH_SIZE for value in values)
