"""The tree is RFC 6962's, by the standard's own definition and by the known roots of its reference tests."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit.tree import EMPTY_ROOT, Tree

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip  # one table
# Of the reference implementation of Certificate Transparency, for the first 1, 2, ... 8 of these leaves.
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashed(leaf: bytes) -> bytes:
    """Hash a leaf as the standard does."""
    return sha256(b"\x00" + leaf).digest()


def by_definition(leaves: list[bytes]) -> bytes:
    """Return the Merkle tree hash of section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    """Others' trees over the same leaves have the same roots."""
    tree = Tree().grown(hashed(leaf) for leaf in LEAVES[:size])
    assert tree.root().hex() == ROOTS[size - 1]


def test_the_empty_tree_has_a_root() -> None:
    """It is the hash of nothing."""
    assert Tree().root() == EMPTY_ROOT == by_definition([])


@given(st.lists(st.integers(0, 40), max_size=6))
def test_grown_in_any_steps_and_reopened_between(steps: list[int]) -> None:
    """Growing bit by bit, written down and read again each time, gives the root by definition."""
    leaves = [hashed(str(n).encode()) for n in range(sum(steps))]
    tree, done = Tree(), 0
    for step in steps:
        before = tree
        tree = Tree(tree.size, tree.peaks).grown(leaves[done : done + step])
        assert before.size == done
        done += step
        assert tree.root() == by_definition(leaves[:done])


@pytest.mark.parametrize(("size", "peaks"), [(1, b""), (3, bytes(32)), (0, bytes(32)), (4, bytes(31))])
def test_peaks_that_do_not_fit_are_refused(size: int, peaks: bytes) -> None:
    """A row that was changed does not become a tree."""
    with pytest.raises(ValueError, match="peak"):
        Tree(size, peaks)
