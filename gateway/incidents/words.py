"""Where an incident stands, in Bahasa Indonesia and English; meaning is safety."""

from collections.abc import Mapping
from types import MappingProxyType

from .rows import State

STATES: Mapping[State, Mapping[str, str]] = MappingProxyType(
    {
        State.PROPOSED: {
            "id": "Usulan dari peringatan - BELUM diputuskan operator",
            "en": "Proposed by a warning - NOT decided by an operator",
        },
        State.OPEN: {"id": "Berlangsung", "en": "Goes on"},
        State.CLOSED: {"id": "Selesai", "en": "Over"},
        State.CANCELLED: {"id": "Dibatalkan - bukan kejadian", "en": "Cancelled - nothing had happened"},
        State.MERGED: {"id": "Digabung dengan kejadian lain", "en": "Merged into another incident"},
        State.DISMISSED: {"id": "Usulan tidak diambil", "en": "Proposal not taken up"},
    }
)

NOT_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "id": "BELUM tersimpan - mitra BELUM diberitahu. Telepon mereka dan catat di kertas",
        "en": "NOT stored yet - partners are NOT told. Ring them, and put it on paper",
    }
)
