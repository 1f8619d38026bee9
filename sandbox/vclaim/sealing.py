"""
How VClaim seals `response`: LZ-string, then AES-256-CBC, then base64.

Key = SHA-256 of consid + secret + the request's own timestamp; IV = the key's first 16 bytes;
PKCS7 padding. Facts section 3 (read 2026-11-23).
"""

from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from .lzstring import compress
from .signing import Credentials


def seal_compressed(compressed: str, credentials: Credentials, timestamp: str) -> str:
    """Encrypt text that is compressed already."""
    key = sha256(f"{credentials.consid}{credentials.secret}{timestamp}".encode()).digest()
    padder = PKCS7(128).padder()
    padded = padder.update(compressed.encode("ascii")) + padder.finalize()
    encryptor = Cipher(AES256(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def seal(text: str, credentials: Credentials, timestamp: str) -> str:
    """Return *text* as it stands in an answer to a question made at *timestamp*."""
    return seal_compressed(compress(text), credentials, timestamp)
