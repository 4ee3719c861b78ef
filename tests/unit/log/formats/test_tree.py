"""The tree of RFC 9162, against its definition and against other programs."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import metamorphic_log  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from proofbundle import merkle

from orderwatch.errors import LogError
from orderwatch.log.formats.tree import (
    EMPTY_ROOT,
    Frontier,
    completed_nodes,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    root_from_inclusion,
    verify_consistency,
    verify_inclusion,
)
from tests.support.strategies import often

# The eight leaves with which implementations of Certificate Transparency test each
# other, and the roots of the first none, one, two ... of them.
CT_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

entries = st.lists(st.binary(max_size=3), max_size=70)
some_entries = st.lists(st.binary(max_size=3), min_size=1, max_size=70)


class Kept:
    """A store of complete subtrees that counts what is read from it."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.reads = 0
        for size, leaf in enumerate(leaves):
            self.append(size, leaf)

    def append(self, size: int, leaf: bytes) -> None:
        """Keep what a leaf completes, nothing twice."""
        for level, index, node in completed_nodes(size, leaf, self.read):
            assert (level, index) not in self.nodes
            self.nodes[level, index] = node

    def read(self, level: int, index: int) -> bytes:
        """Read one node."""
        self.reads += 1
        return self.nodes[level, index]

    def reading(self, work: Callable[[], object]) -> int:
        """Count the reads of `work`."""
        before = self.reads
        work()
        return self.reads - before


def kept(data: Sequence[bytes]) -> Kept:
    return Kept([leaf_hash(entry) for entry in data])


def split(size: int) -> int:
    """Find the largest power of two below `size`, as the RFC words it."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def defined_root(data: Sequence[bytes]) -> bytes:
    """Follow RFC 9162, section 2.1.1, to the letter."""
    if not data:
        return EMPTY_ROOT
    if len(data) == 1:
        return leaf_hash(data[0])
    k = split(len(data))
    return node_hash(defined_root(data[:k]), defined_root(data[k:]))


def defined_path(index: int, data: Sequence[bytes]) -> list[bytes]:
    """Follow section 2.1.3.1."""
    if len(data) == 1:
        return []
    k = split(len(data))
    if index < k:
        return [*defined_path(index, data[:k]), defined_root(data[k:])]
    return [*defined_path(index - k, data[k:]), defined_root(data[:k])]


def defined_subproof(old: int, data: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """Follow section 2.1.4.1."""
    if old == len(data):
        return [] if whole else [defined_root(data)]
    k = split(len(data))
    if old <= k:
        rest = defined_root(data[k:])
        return [*defined_subproof(old, data[:k], whole=whole), rest]
    rest = defined_root(data[:k])
    return [*defined_subproof(old - k, data[k:], whole=False), rest]


def flipped(value: bytes, bit: int) -> bytes:
    """Flip one bit of a hash."""
    return (int.from_bytes(value) ^ 1 << bit % 256).to_bytes(32)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    store = kept(CT_ENTRIES[:size])
    assert root(size, store.read).hex() == CT_ROOTS[size]


@given(entries)
def test_the_root_is_the_one_that_the_rfc_defines(data: list[bytes]) -> None:
    assert root(len(data), kept(data).read) == defined_root(data)


@given(some_entries, st.data())
def test_the_inclusion_proof_is_the_one_that_the_rfc_defines(
    data: list[bytes], draw: st.DataObject
) -> None:
    index = draw.draw(st.integers(0, len(data) - 1))
    proof = inclusion_proof(index, len(data), kept(data).read)
    assert proof == defined_path(index, data)


@given(some_entries, st.data())
def test_the_consistency_proof_is_the_one_that_the_rfc_defines(
    data: list[bytes], draw: st.DataObject
) -> None:
    old = draw.draw(st.integers(1, len(data)))
    proof = consistency_proof(old, len(data), kept(data).read)
    assert proof == defined_subproof(old, data, whole=True)


@given(entries)
def test_a_frontier_completes_the_same_subtrees_as_a_store(data: list[bytes]) -> None:
    store, frontier = Kept([]), Frontier()
    for size, entry in enumerate(data):
        leaf = leaf_hash(entry)
        completed = frontier.add(leaf)
        assert completed == completed_nodes(size, leaf, store.read)
        store.append(size, leaf)
        assert frontier.size == size + 1
        assert frontier.root() == root(size + 1, store.read)


@given(entries, st.data())
def test_a_frontier_goes_on_from_any_size_of_a_store(
    data: list[bytes], draw: st.DataObject
) -> None:
    size = draw.draw(st.integers(0, len(data)))
    frontier = Frontier(size, kept(data[:size]).read)
    for entry in data[size:]:
        frontier.add(leaf_hash(entry))
    assert (frontier.size, frontier.root()) == (len(data), defined_root(data))


@given(entries)
def test_the_quick_way_to_grow_completes_the_same_subtrees(data: list[bytes]) -> None:
    slow, quick = Frontier(), Frontier()
    joined = [b"".join(node for _, _, node in slow.add(leaf_hash(entry))) for entry in data]
    assert [quick.grow(leaf_hash(entry)) for entry in data] == joined
    assert (quick.size, quick.root()) == (len(data), defined_root(data))


@given(some_entries, st.data())
def test_work_grows_with_the_logarithm_of_the_size(data: list[bytes], draw: st.DataObject) -> None:
    size = len(data)
    store = kept(data[:-1])
    leaf, levels = leaf_hash(data[-1]), (size - 1).bit_length()
    assert store.reading(lambda: store.append(size - 1, leaf)) <= levels
    assert store.reading(lambda: root(size, store.read)) <= size.bit_length()
    index = draw.draw(st.integers(0, size - 1))
    path = store.reading(lambda: inclusion_proof(index, size, store.read))
    step = store.reading(lambda: consistency_proof(index, size, store.read))
    assert max(path, step) <= 2 * levels


@given(st.integers(1, 2**62), st.data())
def test_a_log_of_any_size_is_proved(size: int, draw: st.DataObject) -> None:
    # Of equal leaves, all complete subtrees of one level are equal.
    level = [leaf_hash(b"")]
    for _ in range(62):
        level.append(node_hash(level[-1], level[-1]))

    def read(height: int, _index: int) -> bytes:
        return level[height]

    index = draw.draw(st.integers(0, size - 1))
    whole = root(size, read)
    path = inclusion_proof(index, size, read)
    assert verify_inclusion(level[0], index, size, whole, path)
    step = consistency_proof(index, size, read)
    assert verify_consistency(index, root(index, read), size, whole, step)


@given(some_entries, st.data())
def test_an_inclusion_proof_proves_one_entry_at_one_place_of_one_tree(
    data: list[bytes], draw: st.DataObject
) -> None:
    size = len(data)
    store = kept([bytes([place]) + entry for place, entry in enumerate(data)])
    index = draw.draw(st.integers(0, size - 1))
    leaf, whole = store.nodes[0, index], root(size, store.read)
    proof = inclusion_proof(index, size, store.read)
    assert root_from_inclusion(leaf, index, size, proof) == whole
    assert verify_inclusion(leaf, index, size, whole, proof)

    bit = draw.draw(st.integers(0, 255))
    for place, node in enumerate(proof):
        wrong = [*proof[:place], flipped(node, bit), *proof[place + 1 :]]
        assert not verify_inclusion(leaf, index, size, whole, wrong)
        wrong = [*proof[:place], *proof[place + 1 :]]
        assert not verify_inclusion(leaf, index, size, whole, wrong)
    for wrong in ([*proof, whole], [leaf, *proof]):
        assert not verify_inclusion(leaf, index, size, whole, wrong)
    assert not verify_inclusion(flipped(leaf, bit), index, size, whole, proof)
    assert not verify_inclusion(leaf, index, size, flipped(whole, bit), proof)
    for other in (*range(-1, index), *range(index + 1, size + 2)):
        assert not verify_inclusion(leaf, other, size, whole, proof)
    for other in range(1, size):
        of_other = root(other, store.read)
        assert not verify_inclusion(leaf, index, other, of_other, proof)


@given(some_entries, st.data())
def test_a_consistency_proof_proves_one_pair_of_trees(
    data: list[bytes], draw: st.DataObject
) -> None:
    new = len(data)
    store = kept([bytes([place]) + entry for place, entry in enumerate(data)])
    roots = [root(size, store.read) for size in range(new + 1)]
    old = draw.draw(st.integers(1, new))
    proof = consistency_proof(old, new, store.read)
    assert verify_consistency(old, roots[old], new, roots[new], proof)

    bit = draw.draw(st.integers(0, 255))
    for place, node in enumerate(proof):
        wrong = [*proof[:place], flipped(node, bit), *proof[place + 1 :]]
        assert not verify_consistency(old, roots[old], new, roots[new], wrong)
        wrong = [*proof[:place], *proof[place + 1 :]]
        assert not verify_consistency(old, roots[old], new, roots[new], wrong)
    wrong = [*proof, roots[new]]
    assert not verify_consistency(old, roots[old], new, roots[new], wrong)
    of_old, of_new = flipped(roots[old], bit), flipped(roots[new], bit)
    assert not verify_consistency(old, of_old, new, roots[new], proof)
    assert not verify_consistency(old, roots[old], new, of_new, proof)
    for other in range(1, new):
        if other != old:
            assert not verify_consistency(other, roots[other], new, roots[new], proof)
            assert not verify_consistency(old, roots[old], other, roots[other], proof)


@given(some_entries)
def test_every_tree_continues_the_empty_one(data: list[bytes]) -> None:
    size, whole = len(data), defined_root(data)
    assert consistency_proof(0, size, kept(data).read) == []
    assert verify_consistency(0, EMPTY_ROOT, size, whole, [])
    assert verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    assert not verify_consistency(0, whole, size, whole, [])
    assert not verify_consistency(0, EMPTY_ROOT, 0, whole, [])
    assert not verify_consistency(0, EMPTY_ROOT, size, whole, [whole])


def test_nothing_continues_a_longer_log() -> None:
    assert not verify_consistency(2, EMPTY_ROOT, 1, EMPTY_ROOT, [])
    assert not verify_consistency(-1, EMPTY_ROOT, 1, EMPTY_ROOT, [])
    with pytest.raises(LogError, match="a log of 3 entries cannot continue one of 4"):
        consistency_proof(4, 3, Kept([]).read)


def test_hashes_of_another_length_prove_nothing() -> None:
    store = kept(CT_ENTRIES)
    leaf, whole = store.nodes[0, 2], root(8, store.read)
    proof = inclusion_proof(2, 8, store.read)
    # What is missing at the end of one hash stands at the beginning of the next.
    moved = leaf + proof[0][:1]
    cut = [proof[0][1:], *proof[1:]]
    assert node_hash(moved, cut[0]) == node_hash(leaf, proof[0])
    assert not verify_inclusion(moved, 2, 8, whole, cut)
    with pytest.raises(LogError, match="not 32 bytes"):
        root_from_inclusion(leaf, 2, 8, cut)
    assert not verify_consistency(1, b"", 1, b"", [])


@pytest.mark.parametrize("index", [-1, 3, 9])
def test_no_entry_outside_of_the_log_is_proved(index: int) -> None:
    with pytest.raises(LogError, match=f"3 entries has no entry at index {index}"):
        inclusion_proof(index, 3, kept(CT_ENTRIES).read)
    with pytest.raises(LogError, match=f"3 entries has no entry at index {index}"):
        root_from_inclusion(EMPTY_ROOT, index, 3, [])


def test_a_proof_of_the_wrong_length_is_named() -> None:
    with pytest.raises(LogError, match=r"has 1 hashes instead of 3 for index 2 of 8"):
        root_from_inclusion(EMPTY_ROOT, 2, 8, [EMPTY_ROOT])


@given(some_entries, st.data())
def test_another_program_proves_the_same(data: list[bytes], draw: st.DataObject) -> None:
    size, store = len(data), kept(data)
    index, old = draw.draw(st.integers(0, size - 1)), draw.draw(st.integers(1, size))
    path = inclusion_proof(index, size, store.read)
    step = consistency_proof(old, size, store.read)
    assert root(size, store.read) == merkle.merkle_tree_hash(data)
    assert path == merkle.inclusion_proof(data, index)
    assert step == merkle.consistency_proof(data, old)


changes = st.sampled_from(["nothing", "flip", "drop", "repeat", "swap"])


def changed(proof: list[bytes], change: str, place: int) -> list[bytes]:
    """Change one hash of a proof, or its place."""
    place = place % len(proof) if proof else 0
    before, here, after = proof[:place], proof[place : place + 1], proof[place + 1 :]
    match change:
        case "flip":
            return [*before, *(flipped(node, place) for node in here), *after]
        case "drop":
            return [*before, *after]
        case "repeat":
            return [*before, *here, *here, *after]
        case "swap":
            return [*after, *here, *before]
    return proof


@often(3)
@given(some_entries, changes, st.data())
def test_another_program_accepts_and_refuses_the_same(
    data: list[bytes], change: str, draw: st.DataObject
) -> None:
    size, store = len(data), kept(data)
    index, old, claimed = (draw.draw(st.integers(1, size)) for _ in range(3))
    claimed = draw.draw(st.sampled_from([size, claimed]))
    place = draw.draw(st.integers(0, 7))
    leaf, whole = store.nodes[0, index - 1], root(claimed, store.read)

    path = changed(inclusion_proof(index - 1, size, store.read), change, place)
    accepted = False
    with suppress(metamorphic_log.VerifyError):
        metamorphic_log.verify_inclusion(index - 1, claimed, leaf, path, whole)
        accepted = True
    assert verify_inclusion(leaf, index - 1, claimed, whole, path) == accepted

    begin = root(old, store.read)
    step = changed(consistency_proof(old, size, store.read), change, place)
    accepted = False
    with suppress(metamorphic_log.VerifyError):
        metamorphic_log.verify_consistency(old, claimed, step, begin, whole)
        accepted = True
    assert verify_consistency(old, begin, claimed, whole, step) == accepted
