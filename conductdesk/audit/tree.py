"""The Merkle tree of the audit log: hashes, tiles and proofs (RFC 9162 §2.1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
"""A tile holds 256 hashes, eight levels above the one below it (C2SP tlog-tiles)."""

EMPTY_ROOT = sha256(b"").digest()

Tiles = Callable[[int, int], bytes]
"""Given the level and the index of a tile, its hashes side by side, as far as it is filled."""


class ProofError(Exception):
    """A proof does not prove what it was given for."""


def hash_leaf(entry: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others (RFC 9162 §2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def split_hashes(joined: bytes) -> list[bytes]:
    """Return the hashes that lie side by side in *joined*."""
    if len(joined) % HASH_SIZE:
        raise ValueError("the length is not a multiple of 32 bytes")
    return [joined[at : at + HASH_SIZE] for at in range(0, len(joined), HASH_SIZE)]


def push(frontier: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    """Add a leaf to the frontier of a tree of *size* leaves, in place.

    The frontier holds the roots of the full subtrees that make up the tree, the largest first. The
    roots of the tiles that this leaf completes are returned, the lowest level first.
    """
    completed = []
    level = 0
    while size >> level & 1:
        leaf = hash_children(frontier.pop(), leaf)
        level += 1
        if level % TILE_HEIGHT == 0:
            completed.append(leaf)
    frontier.append(leaf)
    return completed


def root_of(frontier: Sequence[bytes]) -> bytes:
    """Return the root hash of the tree with this frontier."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = hash_children(left, root)
    return root


def root_at(tiles: Tiles, size: int) -> bytes:
    """Return the root hash that the tree had when it held *size* leaves."""
    return _range_root(tiles, 0, size) if size else EMPTY_ROOT


def inclusion_proof(tiles: Tiles, index: int, size: int) -> list[bytes]:
    """Return the proof that leaf *index* is in the tree of *size* leaves (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _largest_power_below(high - low)
        if index < middle:
            proof.append(_range_root(tiles, middle, high))
            high = middle
        else:
            proof.append(_range_root(tiles, low, middle))
            low = middle
    return proof[::-1]


def consistency_proof(tiles: Tiles, size1: int, size2: int) -> list[bytes]:
    """Return the proof that the tree of *size2* leaves extends that of *size1* (§2.1.4.1)."""
    if not 0 < size1 <= size2:
        raise ValueError(f"there is no consistency proof from {size1} to {size2} leaves")
    proof = []
    low, high = 0, size2
    while size1 != high:
        middle = low + _largest_power_below(high - low)
        if size1 <= middle:
            proof.append(_range_root(tiles, middle, high))
            high = middle
        else:
            proof.append(_range_root(tiles, low, middle))
            low = middle
    if low:
        proof.append(_range_root(tiles, low, high))
    return proof[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise ProofError unless *proof* shows the leaf hash at *index* (RFC 9162 §2.1.3.2)."""
    _require_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    fn, sn, computed = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            raise ProofError("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            computed = hash_children(step, computed)
            fn, sn = _skip_right_edge(fn, sn)
        else:
            computed = hash_children(computed, step)
        fn, sn = fn >> 1, sn >> 1
    if sn or computed != root:
        raise ProofError(f"the inclusion proof of leaf {index} does not lead to the root")


def verify_consistency(
    size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ProofError unless the second tree extends the first (RFC 9162 §2.1.4.2).

    A proof from the empty tree shows nothing and is refused.
    """
    _require_hashes(root1, root2, *proof)
    if not 0 < size1 <= size2:
        raise ProofError(f"there is no consistency proof from {size1} to {size2} leaves")
    if size1 == size2:
        if proof or root1 != root2:
            raise ProofError(f"two different trees of {size1} leaves")
        return
    path = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    if not path:
        raise ProofError("the consistency proof is too short")
    if _fold_consistency(size1, size2, path) != (root1, root2):
        raise ProofError(f"the tree of {size2} leaves does not extend that of {size1}")


def root_shown(size1: int, size2: int, root2: bytes, proof: Sequence[bytes]) -> bytes | None:
    """Return the root of *size1* leaves that a consistency proof shows in the second tree, if any.

    Another root than the known one proves that the second tree does not extend the first. Where
    *size1* is a power of two a proof leaves that root out, so it cannot show it: None.
    """
    if not 0 < size1 < size2 or not size1 & (size1 - 1) or not proof:
        return None
    try:
        root1, shown = _fold_consistency(size1, size2, list(proof))
    except ProofError:
        return None
    return root1 if shown == root2 else None


def _fold_consistency(size1: int, size2: int, path: list[bytes]) -> tuple[bytes, bytes]:
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for step in path[1:]:
        if sn == 0:
            raise ProofError("the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = hash_children(step, fr), hash_children(step, sr)
            fn, sn = _skip_right_edge(fn, sn)
        else:
            sr = hash_children(sr, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise ProofError("the consistency proof is too short")
    return fr, sr


def _skip_right_edge(fn: int, sn: int) -> tuple[int, int]:
    """Climb past the levels on which a node of the right edge has no sibling."""
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def _range_root(tiles: Tiles, low: int, high: int) -> bytes:
    """Return the root over leaves *low* to *high*, where *low* starts a subtree as large."""
    roots = []
    while low < high:
        level = (high - low).bit_length() - 1
        roots.append(_node(tiles, level, low >> level))
        low += 1 << level
    return root_of(roots)


def _node(tiles: Tiles, level: int, index: int) -> bytes:
    tile_level, height = divmod(level, TILE_HEIGHT)
    first = index << height
    at = first % TILE_WIDTH * HASH_SIZE
    row = split_hashes(tiles(tile_level, first // TILE_WIDTH)[at : at + (HASH_SIZE << height)])
    if len(row) != 1 << height:
        raise ProofError(f"tile {tile_level}/{first // TILE_WIDTH} is not filled far enough")
    while len(row) > 1:
        row = [hash_children(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _largest_power_below(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _require_hashes(*hashes: bytes) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofError("a hash in a proof must have 32 bytes")
