"""The tree over the log: against a plain recursion from RFC 9162's text, and against software that we did not write."""

import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, InvalidProof, verify_consistency

from certification.records.rules import merkle
from tests.effort import examples

MOST = 64
TEXTS = [f"leaf {number}".encode() for number in range(MOST)]


# RFC 9162, 2.1, word for word: nothing here is taken from the code under test.
def plain_hash(texts: list[bytes]) -> bytes:
    if not texts:
        return hashlib.sha256(b"").digest()
    if len(texts) == 1:
        return hashlib.sha256(b"\x00" + texts[0]).digest()
    k = plain_split(len(texts))
    return hashlib.sha256(b"\x01" + plain_hash(texts[:k]) + plain_hash(texts[k:])).digest()


def plain_split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def plain_path(m: int, texts: list[bytes]) -> list[bytes]:
    if len(texts) == 1:
        return []
    k = plain_split(len(texts))
    if m < k:
        return [*plain_path(m, texts[:k]), plain_hash(texts[k:])]
    return [*plain_path(m - k, texts[k:]), plain_hash(texts[:k])]


def plain_subproof(m: int, texts: list[bytes], whole: bool) -> list[bytes]:
    n = len(texts)
    if m == n:
        return [] if whole else [plain_hash(texts)]
    k = plain_split(n)
    if m <= k:
        return [*plain_subproof(m, texts[:k], whole), plain_hash(texts[k:])]
    return [*plain_subproof(m - k, texts[k:], False), plain_hash(texts[:k])]


@cache
def root(size: int) -> bytes:
    return plain_hash(TEXTS[:size])


@cache
def tree() -> dict[merkle.Address, bytes]:
    """What a log of MOST leaves keeps: its leaves, and the nodes that growing it gave."""
    leaves = [merkle.leaf_hash(text) for text in TEXTS]
    grown = merkle.grow(0, (), leaves)
    kept = {(0, index): leaf for index, leaf in enumerate(leaves)}
    return kept | {(level, index): node for level, index, node in grown.nodes}


def at(level: int, index: int) -> bytes:
    return tree()[level, index]


SIZES = range(1, MOST + 1)


def test_growing_gives_every_root_whatever_the_portions() -> None:
    for portion in (1, 2, 3, 7, MOST):
        size, peaks = 0, ()
        while size < MOST:
            leaves = [merkle.leaf_hash(text) for text in TEXTS[size : size + portion]]
            peaks = merkle.grow(size, peaks, leaves).peaks
            size += len(leaves)
            assert merkle.root_of(peaks) == root(size)
            assert merkle.peaks_of(size, at) == peaks
    assert merkle.root_of(()) == plain_hash([])


def test_growing_needs_the_peaks_of_that_size() -> None:
    with pytest.raises(ValueError, match="has 2 peaks"):
        merkle.grow(3, [root(2)], [b"x" * 32])


def test_a_log_keeps_each_complete_subtree_once() -> None:
    nodes = merkle.grow(0, (), [merkle.leaf_hash(text) for text in TEXTS]).nodes
    assert len({(level, index) for level, index, _hash in nodes}) == len(nodes) == MOST - 1
    for level, index, node in nodes:
        assert node == plain_hash(TEXTS[index << level : (index + 1) << level])


def test_inclusion_proofs_are_those_of_the_text_and_of_foreign_software() -> None:
    foreign = InmemoryTree(algorithm="sha256")
    for text in TEXTS:
        foreign.append_entry(text)
    for size in SIZES:
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, at)
            assert proof == plain_path(index, TEXTS[:size])
            leaf = merkle.leaf_hash(TEXTS[index])
            assert merkle.includes(leaf=leaf, index=index, size=size, proof=proof, root=root(size))
            theirs = [bytes.fromhex(step) for step in foreign.prove_inclusion(index + 1, size).serialize()["path"]]
            assert theirs == [leaf, *proof]


def test_consistency_proofs_are_those_of_the_text() -> None:
    for size in SIZES:
        for old in range(1, size + 1):
            proof = merkle.consistency_proof(old, size, at)
            assert proof == plain_subproof(old, TEXTS[:size], True)
            assert merkle.extends(old=old, old_root=root(old), size=size, root=root(size), proof=proof)


def test_foreign_software_holds_our_heads_to_be_consistent() -> None:
    foreign = InmemoryTree(algorithm="sha256")
    for text in TEXTS:
        foreign.append_entry(text)
    for size in SIZES:
        for old in range(1, size):
            proof = foreign.prove_consistency(old, size)
            verify_consistency(root(old), merkle.root_of(merkle.peaks_of(size, at)), proof)
    with pytest.raises(InvalidProof):
        verify_consistency(forged(root(3)), root(7), foreign.prove_consistency(3, 7))


def forged(step: bytes) -> bytes:
    return bytes([step[0] ^ 1, *step[1:]])


def lies(proof: list[bytes]) -> list[list[bytes]]:
    """Every way of bending a proof by one step: changed, dropped, doubled, added, swapped, cut."""
    found = [[*proof[:place], forged(step), *proof[place + 1 :]] for place, step in enumerate(proof)]
    found += [proof[:place] + proof[place + 1 :] for place in range(len(proof))]
    found += [[*proof[:place], step, *proof[place:]] for place, step in enumerate(proof)]
    found += [[*proof, b"\x00" * 32], [b"\x00" * 32, *proof], proof[::-1]]
    return [lie for lie in found if lie != proof]


def test_forged_inclusion_proofs_fail_for_all_small_sizes() -> None:
    for size in range(1, 33):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, at)
            leaf = merkle.leaf_hash(TEXTS[index])
            right = {"leaf": leaf, "index": index, "size": size, "proof": proof, "root": root(size)}
            wrong = [{**right, "proof": lie} for lie in lies(proof)]
            wrong += [{**right, "index": other} for other in range(-1, size + 1) if other != index]
            wrong += [{**right, "leaf": forged(leaf)}, {**right, "root": forged(root(size))}]
            wrong += [{**right, "root": root(size - 1)}, {**right, "root": root(size + 1)}]
            for lie in wrong:
                assert not merkle.includes(**lie), lie


def test_forged_consistency_proofs_fail_for_all_small_sizes() -> None:
    for size in range(1, 33):
        for old in range(1, size + 1):
            proof = merkle.consistency_proof(old, size, at)
            right = {"old": old, "old_root": root(old), "size": size, "root": root(size), "proof": proof}
            wrong = [{**right, "proof": lie} for lie in lies(proof)]
            wrong += [{**right, "old_root": forged(root(old))}, {**right, "root": forged(root(size))}]
            wrong += [{**right, "old": 0}, {**right, "old": size + 1}]
            wrong += [{**right, "old_root": root(other)} for other in range(1, size + 1) if other != old]
            for lie in wrong:
                assert not merkle.extends(**lie), lie


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_inclusion_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_proof(index, size, at)


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3)])
def test_no_consistency_proof_from_nothing_or_from_more(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="not the beginning"):
        merkle.consistency_proof(old, size, at)


@settings(max_examples=examples(60))
@given(st.integers(1, 2**40), st.data())
def test_a_proof_reads_no_more_than_its_levels_however_large_the_log(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    asked = merkle.addresses_of(lambda at: merkle.inclusion_proof(index, size, at))
    assert len(asked) <= 2 * size.bit_length()
    for level, place in asked:
        assert (place + 1) << level <= size, "a proof reads complete subtrees alone"
