"""One entry's proof: it fits that entry and no other, at every place of trees of every size."""

import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit.keys import FileSigner
from gateway.audit.notes import Checkpoint, signed
from gateway.evidence import verify
from gateway.evidence.prove import NoSuchLeaf, audit_path, prove
from gateway.evidence.verify import Damaged, Unusable, check_proof, ed25519, read_key, root_by_path

from .exports import root_of

LOG = "2026/gerbang-1"
SIGNER = FileSigner(f"test.gerbang.example/audit/{LOG}", bytes(range(32)))
KEY = read_key(SIGNER.vkey)


def records(count: int) -> list[bytes]:
    """Return so many records, as short as they may be."""
    return [f'{{"log":"{LOG}","seq":{number}}}'.encode() for number in range(1, count + 1)]


def leaves(count: int) -> list[bytes]:
    """Return their leaves."""
    return [sha256(b"\0" + record).digest() for record in records(count)]


@pytest.mark.parametrize("size", range(1, 71))
def test_every_place_of_every_small_tree(size: int) -> None:
    """The path leads to the root by the standard's definition; from any other place or leaf it does not."""
    hashes, root = leaves(size), root_of(leaves(size))
    for index in range(size):
        path = audit_path(hashes, index, size)
        assert root_by_path(hashes[index], index, size, path) == root
        other = (index + 1) % size
        if other != index:
            assert _leads(hashes[other], index, size, path) != root
            assert _leads(hashes[index], other, size, path) != root


def _leads(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    try:
        return root_by_path(leaf, index, size, path)
    except Unusable:
        return None


@given(st.integers(1, 300), st.data())
@settings(max_examples=40)
def test_a_path_of_another_length_is_refused(size: int, data: st.DataObject) -> None:
    """Nothing can be left out of it or added to it."""
    index = data.draw(st.integers(0, size - 1))
    path = audit_path(leaves(size), index, size)
    with pytest.raises(Unusable):
        root_by_path(leaves(size)[index], index, size, [*path, bytes(32)])
    if path:
        with pytest.raises(Unusable):
            root_by_path(leaves(size)[index], index, size, path[:-1])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_path(index: int, size: int) -> None:
    """Neither made nor checked."""
    with pytest.raises(NoSuchLeaf):
        audit_path(leaves(max(size, 1)), index, size)
    with pytest.raises(Unusable):
        root_by_path(bytes(32), index, size, [])


def proof_of(index: int, size: int = 11) -> str:
    """Prove an entry of a small log."""
    note = signed(Checkpoint(KEY.name, size, root_of(leaves(size))), [SIGNER])
    extra = b64encode(records(size)[index]).decode()
    return prove(leaves(size), index, note, extra=extra)


def test_a_proof_is_of_the_standards_form() -> None:
    """C2SP tlog-proof: version, extra, index, path, empty line, checkpoint."""
    head, _, note = proof_of(5).partition("\n\n")
    version, extra, index, *path = head.split("\n")
    assert (version, index, len(path)) == ("c2sp.org/tlog-proof@v1", "index 5", 4)
    assert extra.startswith("extra ")
    assert note.startswith(f"{KEY.name}\n11\n")


def test_a_proof_tells_its_entry() -> None:
    """Checked with the policy's key, it gives the record back."""
    for index in range(11):
        assert check_proof(proof_of(index), [KEY]) == {"log": LOG, "seq": index + 1}


WRONG = {
    "another index": lambda text: text.replace("index 5", "index 4"),
    "another entry": lambda text: text.replace(text.split("\n")[1], proof_of(6).split("\n")[1]),
    "a hash changed": lambda text: text.replace(text.split("\n")[3], b64encode(bytes(32)).decode()),
    "another size": lambda text: text.replace("\n11\n", "\n12\n"),
    "another log": lambda text: text.replace(f"/audit/{LOG}\n11", "/audit/2025/gerbang-1\n11"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_proof_that_was_changed_fails(name: str) -> None:
    """In whatever part."""
    with pytest.raises(Damaged):
        check_proof(WRONG[name](proof_of(5)), [KEY])


def test_a_proof_by_a_key_nobody_trusts_fails() -> None:
    """However sound it is in itself."""
    with pytest.raises(Damaged, match="not signed by a key you trust"):
        check_proof(proof_of(5), [read_key(FileSigner(KEY.name, bytes(32)).vkey)])


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\nindex 0\n\n", "x\n\ny", "\0" * 100])
def test_what_is_no_proof_is_said(text: str) -> None:
    """As unusable, not as tampering."""
    with pytest.raises(Unusable):
        check_proof(text, [KEY])


def test_the_command_checks_a_proof(tmp_path: Path) -> None:
    """Alone, with nothing but the file, the proof and the policy."""
    (tmp_path / "entry.tlog-proof").write_text(proof_of(5))
    (tmp_path / "policy.txt").write_text(f"log {SIGNER.vkey}\nquorum none\n")
    command = [
        sys.executable,
        "-I",
        "-S",
        verify.__file__,
        "--proof",
        "entry.tlog-proof",
        "--policy",
        "policy.txt",
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.split("\n")[0]) == (0, f"INTACT  {LOG}/6 stands in the log")


# RFC 8032 section 7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_standards_own_vectors(public: str, message: str, signature: str) -> None:
    """They verify, and with one bit changed anywhere they do not."""
    key, text, sign = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert ed25519(key, text, sign)
    assert not ed25519(key, text + b"x", sign)
    for place in (0, 31, 32, 63):
        changed = bytearray(sign)
        changed[place] ^= 1
        assert not ed25519(key, text, bytes(changed))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_an_independent_library(seed: bytes, message: bytes, bit: int) -> None:
    """What `cryptography` signs verifies here; what it refuses is refused here."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    signature = bytearray(private.sign(message))
    assert ed25519(public, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert ed25519(public, message, bytes(signature)) == _library(public, message, bytes(signature))


def _library(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_a_scalar_beyond_the_order_is_refused() -> None:
    """Or one signature could be turned into another that verifies too (RFC 8032 section 8.4)."""
    public, message, signature = (bytes.fromhex(part) for part in VECTORS[0])
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(signature[32:], "little") + order
    assert not ed25519(public, message, signature[:32] + scalar.to_bytes(32, "little"))
