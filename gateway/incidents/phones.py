"""Telephone numbers in one form, ITU-T E.164: +62 and the number, however it was said."""

import re

COUNTRY = "62"
LONGEST_TYPED = 24

_BETWEEN = re.compile(r"[ ().-]")
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")


def normal(text: str) -> str:
    """
    Return the number with its country's code; 08... and 0741... are Indonesian.

    Raises ValueError: 110, 112 and 119 are no numbers to ring anybody back by.
    """
    digits = _BETWEEN.sub("", text[:LONGEST_TYPED])
    if digits.startswith("0") and not digits.startswith("00"):
        digits = f"+{COUNTRY}{digits[1:]}"
    elif digits.startswith(COUNTRY):
        digits = f"+{digits}"
    if len(text) > LONGEST_TYPED or not _E164.fullmatch(digits):
        raise ValueError("no telephone number")
    return digits
