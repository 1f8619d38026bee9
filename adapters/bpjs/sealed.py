"""
The envelope's `response`: base64 of AES-256-CBC of LZ-string of JSON.

There is no checksum. What tells a wrong key from a right one is that the padding, the packing and
the JSON must all be sound: of 20,000 answers sealed for another second 90 passed the padding, none
the rest (measured 2026-11-23).
"""

from base64 import b64decode
from binascii import Error as NotBase64

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from .lzstring import NotPacked, decompress

_BLOCK = 16  # bytes
_LONGEST = 24_000  # letters of base64; a Peserta answer has about 1,000


class CannotOpen(ValueError):
    """The sealed text does not open with this key."""


def unseal(sealed: str, *, key: bytes) -> str:
    """Return the text sealed with *key* (32 bytes); raises CannotOpen, and nothing else."""
    try:
        return decompress(_decrypt(_ciphertext(sealed), key))
    except NotPacked:
        raise CannotOpen("packing") from None


def _ciphertext(sealed: str) -> bytes:
    if len(sealed) > _LONGEST:
        raise CannotOpen("too long")
    try:
        ciphertext = b64decode(sealed, validate=True)
    except (NotBase64, ValueError):  # ValueError: a letter beyond ASCII
        raise CannotOpen("base64") from None
    if not ciphertext or len(ciphertext) % _BLOCK:
        raise CannotOpen("length")
    return ciphertext


def _decrypt(ciphertext: bytes, key: bytes) -> bytes:
    # The first half of the key is the IV as well: the catalogue has it so, there is none in the message.
    decryptor = Cipher(AES(key), CBC(key[:_BLOCK])).decryptor()
    unpadder = PKCS7(8 * _BLOCK).unpadder()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise CannotOpen("padding") from None
