"""Opens what VClaim seals, written for the tests alone: no line of it is shared with the sandbox."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from hmac import digest
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$"


def signed(consid: str, secret: str, user_key: str, timestamp: int) -> dict[str, str]:
    """Return the four headers of a question."""
    seal = digest(secret.encode(), f"{consid}&{timestamp}".encode(), sha256)
    return {
        "X-cons-id": consid,
        "X-timestamp": str(timestamp),
        "X-signature": b64encode(seal).decode(),
        "user_key": user_key,
    }


def decrypted(sealed: str, consid: str, secret: str, timestamp: int) -> str:
    """Return the compressed text; raise ValueError for a wrong key."""
    key = sha256(f"{consid}{secret}{timestamp}".encode()).digest()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(b64decode(sealed, validate=True)) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    return (unpadder.update(padded) + unpadder.finalize()).decode("ascii")


def decompressed(text: str) -> str:
    """Return the text behind LZ-string's compressToEncodedURIComponent, the plain slow way."""
    bits: Iterator[int] = (SIGNS.index(sign) >> shift & 1 for sign in text for shift in (5, 4, 3, 2, 1, 0))

    def read(width: int) -> int:
        return sum(next(bits) << place for place in range(width))

    table: list[str] = ["", "", ""]
    out: list[str] = []
    last, width, left = "", 2, 1  # the first code is counted alone
    while (code := read(width)) != 2:
        if code < 2:
            table.append(chr(read(16 if code else 8)))
            code = len(table) - 1
            left -= 1
            if left == 0:
                left, width = 2**width, width + 1
        phrase = table[code] if code < len(table) else last + last[0]
        out.append(phrase)
        if last:
            table.append(last + phrase[0])
            left -= 1
            if left == 0:
                left, width = 2**width, width + 1
        last = phrase
    return "".join(out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def opened(sealed: str, consid: str, secret: str, timestamp: int) -> Any:
    """Return the JSON value inside a sealed response."""
    return json.loads(decompressed(decrypted(sealed, consid, secret, timestamp)))
