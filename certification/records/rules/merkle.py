"""The tree of RFC 9162 over leaf hashes in order: growing it, its root, and its two proofs.

A *subtree* is complete: `(level, index)` names the one over leaves `index << level` to `(index + 1) << level`. A log
keeps the hashes of its subtrees as they become complete, so a proof reads a handful of them and never the leaves.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Address = tuple[int, int]
HashAt = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(text: bytes) -> bytes:
    """RFC 9162, 2.1.1: SHA-256(0x00 || leaf)."""
    return hashlib.sha256(b"\x00" + text).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Grown:
    """What appending leaves did: the new peaks, and each subtree that became complete, leaves left out."""

    peaks: tuple[bytes, ...]
    nodes: tuple[tuple[int, int, bytes], ...]


def grow(size: int, peaks: Sequence[bytes], leaves: Iterable[bytes]) -> Grown:
    """Append leaf hashes to a tree of `size` leaves whose complete subtrees, largest first, hash to `peaks`.

    One peak stands for each binary one of `size` (ValueError otherwise). Linear in the new leaves.
    """
    if len(peaks) != size.bit_count():
        raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks)}")
    stack = list(peaks)
    nodes: list[tuple[int, int, bytes]] = []
    for leaf in leaves:
        level, index, here = 0, size, leaf
        while index & 1:
            here = node_hash(stack.pop(), here)
            level, index = level + 1, index >> 1
            nodes.append((level, index, here))
        stack.append(here)
        size += 1
    return Grown(tuple(stack), tuple(nodes))


def root_of(peaks: Sequence[bytes]) -> bytes:
    """The root of the tree with these peaks, largest first."""
    if not peaks:
        return EMPTY_ROOT
    here = peaks[-1]
    for peak in reversed(peaks[:-1]):
        here = node_hash(peak, here)
    return here


def merkle_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order; linear, in no more memory than one hash a level."""
    peaks: tuple[bytes, ...] = ()
    for size, leaf in enumerate(leaf_hashes):
        peaks = grow(size, peaks, (leaf,)).peaks
    return root_of(peaks)


def peaks_of(size: int, at: HashAt) -> tuple[bytes, ...]:
    """The peaks of the tree of the first `size` leaves, by `at(level, index)`."""
    return tuple(at(level, index) for level, index in peak_addresses(size))


def peak_addresses(size: int) -> list[Address]:
    """Which complete subtrees make up the first `size` leaves, largest first."""
    found: list[Address] = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def _subtree(start: int, end: int, at: HashAt) -> bytes:
    """The hash over leaves `start` to `end`, where `start` is a multiple of the largest power of two below the width."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return at(level, start >> level)
    half = _split(width)
    return node_hash(_subtree(start, start + half, at), _subtree(start + half, end, at))


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, at: HashAt) -> list[bytes]:
    """RFC 9162, 2.1.3.1: the hashes that lead from leaf `index` to the root of the first `size` leaves, lowest first.

    ValueError when the leaf is not among them.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(middle, end, at))
            end = middle
        else:
            path.append(_subtree(start, middle, at))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, at: HashAt) -> list[bytes]:
    """RFC 9162, 2.1.4.1: the hashes that show the first `old` leaves to be the beginning of the first `size`.

    Empty for equal sizes. ValueError unless 0 < old <= size.
    """
    if not 0 < old <= size:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {size}")
    path: list[bytes] = []
    start, end, is_whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_subtree(middle, end, at))
            end = middle
        else:
            path.append(_subtree(start, middle, at))
            start, is_whole = middle, False
    if not is_whole:
        path.append(_subtree(start, end, at))
    return path[::-1]


def includes(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2: whether the proof leads from this leaf hash, at this place, to this root."""
    if not 0 <= index < size:
        return False
    here, last, result = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            result = node_hash(step, result)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, step)
        here, last = here >> 1, last >> 1
    return last == 0 and result == root


def extends(*, old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, 2.1.4.2: whether the proof shows the tree of `old_root` to be the beginning of that of `root`."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    here, last = old - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, step)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def addresses_of(proof: Callable[[HashAt], object]) -> set[Address]:
    """Which subtrees a proof (or `peaks_of`) reads, so that they can be fetched in one go."""
    asked: set[Address] = set()

    def note(level: int, index: int) -> bytes:
        asked.add((level, index))
        return b""

    proof(note)
    return asked
