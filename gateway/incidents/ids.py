"""Ids of incidents: 13 signs that cannot be mistaken for others; the same question makes the same id."""

import hashlib
import secrets

from .orders import Draft

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1: they are read aloud
_SIGNS = 13


def id_of(draft: Draft, key_id: str) -> str:
    """Return a new id; the same one for the same ticket, or for the same Idempotency-Key of that bearer."""
    if draft.source_ticket is not None:
        return _named(f"source\n{draft.source_system}\n{draft.source_ticket}")
    if draft.repeat is not None:
        return _named(f"repeat\n{key_id}\n{draft.repeat}")
    return "i-" + "".join(secrets.choice(_ALPHABET) for _ in range(_SIGNS))


def id_of_warning(warning: str) -> str:
    """Return the id of the incident that a warning proposes."""
    return _named(f"warning\n{warning}")


def _named(name: str) -> str:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest())
    signs = []
    for _ in range(_SIGNS):
        number, place = divmod(number, len(_ALPHABET))
        signs.append(_ALPHABET[place])
    return "i-" + "".join(signs)
