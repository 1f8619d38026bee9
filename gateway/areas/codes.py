"""
Kemendagri codes: province 15, city 15.71, kecamatan 15.71.01, kelurahan 15.71.01.1004.

SATUSEHAT and others leave the dots out (157101); we write them.
"""

import re
from collections.abc import Iterable, Sequence

PATTERN = r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$"

_ENDS = (2, 4, 6, 10)  # digits of a province, a city, a kecamatan, a kelurahan
_DOTTED = re.compile(PATTERN)


def normal(text: str) -> str:
    """Return a code as we write it, with dots. Raises ValueError."""
    digits = text if text.isascii() else ""
    if digits.isdigit() and len(digits) in _ENDS:
        starts = (0, *_ENDS)
        return ".".join(
            digits[start:end] for start, end in zip(starts, _ENDS, strict=False) if end <= len(digits)
        )
    if not _DOTTED.fullmatch(text):
        raise ValueError("no Kemendagri code")
    return text


def is_within(code: str, ancestors: Iterable[str]) -> bool:
    """Say whether *code* is one of *ancestors* or lies below one."""
    return any(code == each or code.startswith(f"{each}.") for each in ancestors)


def meets(code: str, others: Iterable[str]) -> bool:
    """Say whether *code* lies below one of *others*, is one, or has one below itself."""
    return any(is_within(code, (each,)) or is_within(each, (code,)) for each in others)


def common(codes: Sequence[str]) -> str | None:
    """Return the narrowest code that all of *codes* lie in, None where there is none."""
    if not codes:
        return None
    shared: list[str] = []
    for parts in zip(*(code.split(".") for code in codes), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared) or None
