"""The Merkle tree against an independent definition, published roots and every changed hash."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductdesk.audit.tree import (
    EMPTY_ROOT,
    TILE_WIDTH,
    ProofError,
    Tiles,
    consistency_proof,
    hash_leaf,
    inclusion_proof,
    push,
    root_at,
    root_of,
    root_shown,
    split_hashes,
    verify_consistency,
    verify_inclusion,
)

PUBLISHED_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
"""The leaves of the tree that Certificate Transparency implementations share as a test."""

PUBLISHED_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The roots over the first 0, 1, … 8 of them."""


def merkle_tree_hash(entries: Sequence[bytes]) -> bytes:
    """The recursive definition of RFC 9162 §2.1.1, written down a second time."""
    if len(entries) < 2:
        return sha256(b"\x00" + entries[0]).digest() if entries else sha256().digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    left, right = merkle_tree_hash(entries[:split]), merkle_tree_hash(entries[split:])
    return sha256(b"\x01" + left + right).digest()


def some_entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def tiles_of(entries: Sequence[bytes]) -> Tiles:
    """Tiles of any size of tree, each level made from the one below."""
    levels = [[hash_leaf(entry) for entry in entries]]
    while len(levels[-1]) >= TILE_WIDTH:
        below = levels[-1]
        full = range(0, len(below) - len(below) % TILE_WIDTH, TILE_WIDTH)
        levels.append([subtree_root(below[at : at + TILE_WIDTH]) for at in full])
    return lambda level, idx: b"".join(levels[level][idx * TILE_WIDTH : (idx + 1) * TILE_WIDTH])


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    frontier: list[bytes] = []
    for size, leaf in enumerate(hashes):
        push(frontier, size, leaf)
    return root_of(frontier)


def flips(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """Each list that differs from *hashes* in one bit of one hash."""
    changed = []
    for at, value in enumerate(hashes):
        flipped = bytes([value[0] ^ 1]) + value[1:]
        changed.append([*hashes[:at], flipped, *hashes[at + 1 :]])
    return changed


def test_the_frontier_reproduces_the_published_roots() -> None:
    frontier: list[bytes] = []
    assert root_of(frontier).hex() == PUBLISHED_ROOTS[0]
    for size, leaf in enumerate(PUBLISHED_LEAVES):
        push(frontier, size, hash_leaf(bytes.fromhex(leaf)))
        assert root_of(frontier).hex() == PUBLISHED_ROOTS[size + 1]


def test_the_frontier_root_is_the_recursive_root_up_to_300_leaves() -> None:
    entries, frontier = some_entries(300), list[bytes]()
    for size, entry in enumerate(entries):
        push(frontier, size, hash_leaf(entry))
        assert root_of(frontier) == merkle_tree_hash(entries[: size + 1])


@given(st.lists(st.binary(max_size=40), max_size=300))
@settings(max_examples=50, deadline=None)
def test_the_frontier_root_is_the_recursive_root_of_any_entries(entries: list[bytes]) -> None:
    assert subtree_root([hash_leaf(entry) for entry in entries]) == merkle_tree_hash(entries)


def test_the_root_of_an_earlier_size_comes_out_of_the_tiles() -> None:
    entries = some_entries(600)
    tiles = tiles_of(entries)
    for size in (0, 1, 255, 256, 257, 511, 512, 513, 600):
        assert root_at(tiles, size) == merkle_tree_hash(entries[:size])


def test_a_completed_tile_hands_out_its_root() -> None:
    frontier: list[bytes] = []
    leaves = [hash_leaf(entry) for entry in some_entries(2 * TILE_WIDTH)]
    completed = [push(frontier, size, leaf) for size, leaf in enumerate(leaves)]
    assert [at for at, roots in enumerate(completed) if roots] == [255, 511]
    assert completed[511] == [subtree_root(leaves[TILE_WIDTH:])]


def test_every_inclusion_proof_up_to_70_leaves_verifies_and_no_changed_one_does() -> None:
    entries = some_entries(70)
    tiles = tiles_of(entries)
    for size in range(1, 71):
        root = merkle_tree_hash(entries[:size])
        for index in range(size):
            leaf = hash_leaf(entries[index])
            proof = inclusion_proof(tiles, index, size)
            verify_inclusion(leaf, index, size, proof, root)
            for changed in (*flips(proof), proof[:-1] if proof else [leaf], [*proof, leaf]):
                with pytest.raises(ProofError):
                    verify_inclusion(leaf, index, size, changed, root)


def test_every_consistency_proof_up_to_70_leaves_verifies_and_no_changed_one_does() -> None:
    entries = some_entries(70)
    tiles = tiles_of(entries)
    roots = [merkle_tree_hash(entries[:size]) for size in range(71)]
    for size2 in range(1, 71):
        for size1 in range(1, size2 + 1):
            proof = consistency_proof(tiles, size1, size2)
            verify_consistency(size1, roots[size1], size2, roots[size2], proof)
            for changed in (*flips(proof), proof[:-1] if proof else [roots[1]], [*proof, roots[1]]):
                with pytest.raises(ProofError):
                    verify_consistency(size1, roots[size1], size2, roots[size2], changed)


def test_a_consistency_proof_shows_the_old_root_unless_its_size_is_a_power_of_two() -> None:
    tiles = tiles_of(some_entries(20))
    for size2 in range(2, 21):
        root2 = root_at(tiles, size2)
        for size1 in range(1, size2):
            proof = consistency_proof(tiles, size1, size2)
            shown = root_at(tiles, size1) if size1.bit_count() > 1 else None
            assert root_shown(size1, size2, root2, proof) == shown
            for changed in (*flips(proof), proof[:-1], [*proof, root2]):
                assert root_shown(size1, size2, root2, changed) is None
    assert root_shown(3, 3, root2, []) is root_shown(0, 3, root2, []) is None


@given(st.integers(1, 70_000), st.data())
@settings(max_examples=40, deadline=None)
def test_proofs_hold_in_trees_of_several_tiles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    earlier = data.draw(st.integers(1, size))
    root = root_at(BIG_TILES, size)
    verify_inclusion(BIG_LEAF, index, size, inclusion_proof(BIG_TILES, index, size), root)
    proof = consistency_proof(BIG_TILES, earlier, size)
    verify_consistency(earlier, root_at(BIG_TILES, earlier), size, root, proof)


def test_another_leaf_index_size_or_root_is_not_accepted() -> None:
    entries = some_entries(20)
    proof = inclusion_proof(tiles_of(entries), 7, 20)
    root, leaf = merkle_tree_hash(entries), hash_leaf(entries[7])
    for claim in ((hash_leaf(b"other"), 7, 20), (leaf, 6, 20), (leaf, 20, 20), (leaf, -1, 20)):
        with pytest.raises(ProofError):
            verify_inclusion(*claim, proof, root)
    with pytest.raises(ProofError):
        verify_inclusion(leaf, 7, 20, proof, merkle_tree_hash(entries[:19]))


def test_a_consistency_proof_from_the_empty_tree_is_refused() -> None:
    with pytest.raises(ProofError):
        verify_consistency(0, EMPTY_ROOT, 3, merkle_tree_hash(some_entries(3)), [])
    with pytest.raises(ProofError):
        verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_proof(tiles_of(some_entries(3)), 0, 3)


@pytest.mark.parametrize("wrong", [b"", b"short", bytes(31), bytes(33)])
def test_a_hash_that_is_not_32_bytes_is_refused(wrong: bytes) -> None:
    leaf = hash_leaf(b"entry")
    with pytest.raises(ProofError):
        verify_inclusion(wrong, 0, 1, [], wrong)
    with pytest.raises(ProofError):
        verify_inclusion(leaf, 0, 2, [wrong], leaf)
    with pytest.raises(ProofError):
        verify_consistency(1, wrong, 1, wrong, [])


def test_a_tree_that_lost_its_end_is_no_extension() -> None:
    entries = some_entries(20)
    proof = consistency_proof(tiles_of(entries), 12, 20)
    with pytest.raises(ProofError):
        verify_consistency(20, merkle_tree_hash(entries), 12, merkle_tree_hash(entries[:12]), proof)


def test_joined_hashes_of_a_broken_length_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        split_hashes(bytes(33))


BIG_LEAF = hash_leaf(b"the same entry everywhere")


def _big_tiles() -> Tiles:
    """A tree of 70,000 equal leaves, so that only two tiles need to be made."""
    level_0 = BIG_LEAF * TILE_WIDTH
    level_1 = subtree_root([BIG_LEAF] * TILE_WIDTH) * TILE_WIDTH
    level_2 = subtree_root(split_hashes(level_1))
    return lambda level, _idx: (level_0, level_1, level_2)[level]


BIG_TILES = _big_tiles()
