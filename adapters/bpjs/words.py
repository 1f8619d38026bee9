"""The insurer's own words, made safe to show: one printable line, of a bounded length."""

import re

_LONGEST = 200  # characters
_MARKUP = re.compile(r"<[^>]*>?")
# A card number has 13 digits and a NIK 16, sometimes written in groups; a date has 8 in groups.
_NUMBER_OF_A_PERSON = re.compile(r"\d(?:[ .-]?\d){12,}|\d{8,}")


def line(value: object) -> str | None:
    """Return a text or whole number as one line; None for null, empty, and everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    if not value.isprintable():
        value = "".join(letter if letter.isprintable() else " " for letter in value)
    return value.strip()[:_LONGEST].rstrip() or None


def masked(value: object) -> str | None:
    """Return *value* as a line without markup and without digits that could name a person."""
    if isinstance(value, str):
        value = _NUMBER_OF_A_PERSON.sub("•••", _MARKUP.sub(" ", value))
    return line(value)
