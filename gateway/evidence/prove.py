"""A proof that one entry stands in the log, for whoever must not see the rest: C2SP tlog-proof v1."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

from gateway.audit.notes import read

_NODE = b"\x01"


class NoSuchLeaf(ValueError):
    """The tree has no leaf at that place."""


def prove(leaves: Iterable[bytes], index: int, note: str, *, extra: str) -> str:
    """
    Return the proof that the leaf at *index* (from 0) lies in the tree that *note* was signed over.

    *leaves* are the log's leaves in order, as many as the note covers; *extra* is the entry's record in
    base64. Memory is the tree's height. Raises NoSuchLeaf.
    """
    path = audit_path(leaves, index, read(note).size)
    lines = ["c2sp.org/tlog-proof@v1", f"extra {extra}", f"index {index}"]
    return "\n".join([*lines, *(b64encode(step).decode() for step in path), "", note])


def audit_path(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """Return RFC 6962's PATH(index, D[size]), the leaf's sibling first. Raises NoSuchLeaf."""
    if not 0 <= index < size:
        raise NoSuchLeaf(f"a tree of {size} leaves has none at {index}")
    return _path(iter(leaves), index, size)[1]


def _path(leaves: Iterable[bytes], index: int, size: int) -> tuple[bytes, list[bytes]]:
    """Return the root of the next *size* leaves, and the path to the one at *index* if it is among them."""
    leaves = iter(leaves)
    if size == 1:
        return next(leaves), []
    half = 1 << (size - 1).bit_length() - 1
    left, path = _path(leaves, index, half)
    right, other = _path(leaves, index - half, size - half)
    if 0 <= index < half:
        path = [*path, right]
    elif half <= index < size:
        path = [*other, left]
    return sha256(_NODE + left + right).digest(), path
