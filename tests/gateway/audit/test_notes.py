"""Checkpoints are C2SP signed notes: held against the known example of Go's note package."""

from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.audit.keys import FileSigner, NoKey, SigningKeys
from gateway.audit.notes import Checkpoint, NoCheckpoint, in_one_line, read, signed

# The documentation of Go's module sumdb/note: a key pair, and what it signs.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

CHECKPOINT = Checkpoint("example.gerbang.example/audit/2026/gerbang-1", 4_321, bytes(range(32)))


def test_the_known_key_signs_the_known_text(tmp_path: Path) -> None:
    """Key id, verifier key and signature are those of the independent implementation."""
    (tmp_path / "audit-signing-c74f20a3.key").write_text(SECRET)
    signer = SigningKeys(tmp_path).load(VKEY)
    assert signer.vkey == VKEY
    assert b64decode(SIGNATURE) == bytes.fromhex("c74f20a3") + signer.sign(TEXT.encode())


def test_a_note_is_the_text_and_its_signatures(tmp_path: Path) -> None:
    """Three lines, an empty one, a line a signer; each verifies under its key."""
    signers = [SigningKeys(tmp_path).make(name) for name in ("one.example", "two.example")]
    note = signed(CHECKPOINT, signers)
    text, _, lines = note.partition("\n\n")
    assert text + "\n" == CHECKPOINT.text
    for line, signer in zip(lines.splitlines(), signers, strict=True):
        dash, name, signature = line.split(" ")
        assert (dash, name) == ("\u2014", signer.vkey.split("+")[0])
        public = Ed25519PublicKey.from_public_bytes(b64decode(signer.vkey.split("+", 2)[2])[1:])
        public.verify(b64decode(signature)[4:], CHECKPOINT.text.encode())


def test_a_note_is_read_back(tmp_path: Path) -> None:
    """What was signed is what is read, also from the one line of a header."""
    note = signed(CHECKPOINT, [SigningKeys(tmp_path).make("one.example")])
    assert read(note) == CHECKPOINT
    assert b64decode(in_one_line(note)).decode() == note


@pytest.mark.parametrize(
    "note", ["", "a\n1\nAA==", "a\nx\nAA==\n\n", "a\n01\nAA==\n\n", "a\n1\nno\n\n", "a\n1\nAA==\nmore\n\n"]
)
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    """Also a size with a leading zero: the text must be the one that was signed."""
    with pytest.raises(NoCheckpoint):
        read(note)


def test_a_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    """The file is private and loads again; the key in memory is the key on disk."""
    keys = SigningKeys(tmp_path / "secrets")
    signer = keys.make("one.example")
    (file,) = (tmp_path / "secrets").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert keys.load(signer.vkey).sign(b"x") == signer.sign(b"x")


def test_a_missing_or_foreign_key_names_its_file(tmp_path: Path) -> None:
    """Whoever must restore it learns which; nothing of the key is said."""
    keys = SigningKeys(tmp_path)
    signer, other = keys.make("one.example"), FileSigner("one.example", bytes(32))
    (file,) = tmp_path.iterdir()
    with pytest.raises(NoKey, match=f"audit-signing-{other.vkey.split('+')[1]}.key cannot be read"):
        keys.load(other.vkey)
    good = file.read_text()
    for wrong, said in (("nonsense", "no signing key"), (SECRET, "another key"), ("\xe9", "cannot be read")):
        file.write_text(wrong, encoding="latin-1")
        with pytest.raises(NoKey, match=said) as refused:
            keys.load(signer.vkey)
        assert good[-30:] not in str(refused.value)
