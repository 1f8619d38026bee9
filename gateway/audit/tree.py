"""The log as a Merkle tree (RFC 6962 section 2.1), held as the few hashes that its growth needs."""

from collections.abc import Iterable
from hashlib import sha256

HASH_BYTES = 32
_NODE = b"\x01"
EMPTY_ROOT = sha256(b"").digest()


class Tree:
    """
    A tree over the leaves so far: the roots of its whole subtrees, the largest first.

    A tree of a million leaves is at most twenty hashes; a leaf costs about one more hash on average.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        """Take the number of leaves and their `peaks`, 32 bytes each. Raises ValueError if they disagree."""
        if len(peaks) != HASH_BYTES * size.bit_count():
            raise ValueError("a tree has one peak for each binary one of its size")
        self.size = size
        self._peaks = [peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)]

    @property
    def peaks(self) -> bytes:
        """The peaks, enough to go on from."""
        return b"".join(self._peaks)

    def grown(self, leaves: Iterable[bytes]) -> "Tree":
        """Return the tree with *leaves* (hashes already) behind its own; this one stays as it is."""
        larger = Tree()
        larger.size, larger._peaks = self.size, self._peaks.copy()
        for leaf in leaves:
            larger._add(leaf)
        return larger

    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        if not self._peaks:
            return EMPTY_ROOT
        *larger, root = self._peaks
        for peak in reversed(larger):
            root = sha256(_NODE + peak + root).digest()
        return root

    def _add(self, leaf: bytes) -> None:
        node, size = leaf, self.size
        while size & 1:
            node = sha256(_NODE + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1
