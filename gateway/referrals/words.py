"""Where a referral and each hospital stand, in Bahasa Indonesia and English; meaning is safety."""

from collections.abc import Mapping
from types import MappingProxyType

from .rows import AskState, Clearance
from .states import State

NO_REFUSAL = {
    "id": "Rumah sakit tidak boleh menolak pasien gawat darurat (UU 17/2023 pasal 174).",
    "en": "No hospital may refuse an emergency (UU 17/2023 article 174).",
}

STATES: Mapping[State, Mapping[str, str]] = MappingProxyType(
    {
        State.DRAFT: {"id": "Draf - belum diajukan", "en": "Draft - not submitted"},
        State.SUBMITTED: {"id": "Menunggu persetujuan UPTD", "en": "Waits for UPTD's approval"},
        State.APPROVED: {
            "id": "Disetujui UPTD - RS BELUM menerima",
            "en": "Approved by UPTD - NO hospital has accepted",
        },
        State.REJECTED: {"id": "Tidak disetujui UPTD", "en": "Not approved by UPTD"},
        State.SENT: {
            "id": "Terkirim ke sistem RS - BELUM dijawab",
            "en": "In the hospital's system - NOT answered",
        },
        State.UNCONFIRMED: {
            "id": "Tidak pasti sampai - telepon RS",
            "en": "Not certain that it arrived - ring the hospital",
        },
        State.ACCEPTED: {"id": "Diterima RS", "en": "Accepted by the hospital"},
        State.DECLINED: {"id": "Ditolak semua RS - telepon RS", "en": "Declined by all - ring a hospital"},
        State.UNDER_WAY: {"id": "Pasien dalam perjalanan", "en": "The patient is under way"},
        State.ARRIVED: {"id": "Pasien sudah tiba", "en": "The patient has arrived"},
        State.CANCELLED: {"id": "Dibatalkan", "en": "Cancelled"},
        State.EXPIRED: {
            "id": "Tidak diputuskan pada waktunya - kembali ke operator",
            "en": "Not decided in time - back with the operator",
        },
    }
)

ASKS: Mapping[AskState, Mapping[str, str]] = MappingProxyType(
    {
        AskState.QUEUED: {"id": "Belum sampai", "en": "Has not arrived"},
        AskState.SENT: {
            "id": "Terkirim ke sistem RS - BELUM dijawab",
            "en": "In the hospital's system - NOT answered",
        },
        AskState.UNCONFIRMED: {
            "id": "Tidak pasti sampai - telepon RS",
            "en": "Not certain that it arrived - ring the hospital",
        },
        AskState.ACCEPTED: {"id": "Bersedia menerima", "en": "Willing to accept"},
        AskState.DECLINED: {"id": "Menolak", "en": "Declined"},
        AskState.SILENT: {"id": "Belum menjawab pada waktunya", "en": "Has not answered in time"},
        AskState.FAILED: {"id": "Batal menerima", "en": "Can no longer accept"},
        AskState.CHOSEN: {"id": "Diterima - RS tujuan", "en": "Accepted - the destination"},
        AskState.WITHDRAWN: {"id": "Ditarik kembali", "en": "Taken back"},
    }
)
TO_RING = {"id": "Hanya telepon - telepon sekarang", "en": "Telephone only - ring now"}
TO_TELL = {"id": "Ditarik kembali - beri tahu lewat telepon", "en": "Taken back - tell them by telephone"}
NO_BED = {"id": "bed BELUM dipesan", "en": "no bed is reserved"}

ALARMS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "approval_ran_out": {
            "id": "Persetujuan tidak datang pada waktunya: putuskan lagi atau laporkan memburuk.",
            "en": "No approval came in time: submit again, or report that the patient has worsened.",
        },
        "rejected": {
            "id": "Tidak disetujui: baca alasannya.",
            "en": "Not approved: read why.",
        },
        "nobody_to_ask": {
            "id": "Tidak ada RS yang dapat ditanya: telepon RS terdekat.",
            "en": "There is no hospital to ask: ring the nearest.",
        },
        "nobody_answers": {
            "id": "Belum ada RS yang menjawab: telepon sekarang.",
            "en": "No hospital has answered: ring now.",
        },
        "all_declined": {
            "id": "Semua RS menolak: telepon RS terdekat.",
            "en": "Every hospital has declined: ring the nearest.",
        },
        "emergency_declined": {
            "id": "RS menolak pasien gawat darurat: telepon dan ingatkan aturan.",
            "en": "A hospital declined an emergency: ring it and name the rule.",
        },
        "fell_through": {
            "id": "RS tujuan tidak dapat menerima lagi: RS berikutnya sedang ditanya.",
            "en": "The destination can no longer accept: the next is being asked.",
        },
        "choose_hospital": {
            "id": "Ada RS yang bersedia: pilih RS tujuan.",
            "en": "A hospital is willing: choose the destination.",
        },
        "telephone_wanted": {
            "id": "RS ini harus ditelepon sekarang.",
            "en": "This hospital must be rung now.",
        },
        "accepted_under_way": {
            "id": "RS menjawab setelah pasien berangkat: hubungi kru.",
            "en": "A hospital answered after departure: ring the crew.",
        },
        "declined_under_way": {
            "id": "RS menolak saat pasien dalam perjalanan: hubungi kru SEKARANG.",
            "en": "A hospital declined while the patient is under way: ring the crew NOW.",
        },
        "silent_under_way": {
            "id": "RS tujuan belum menjawab, pasien dalam perjalanan: telepon RS.",
            "en": "The destination has not answered and the patient is under way: ring it.",
        },
        "arrived_elsewhere": {
            "id": "RS lain melaporkan pasien tiba di sana: hubungi kru dan RS itu.",
            "en": "Another hospital reports that the patient is there: ring the crew and that hospital.",
        },
        "accepted_after_cancel": {
            "id": "RS menerima setelah dibatalkan: telepon RS dan batalkan.",
            "en": "A hospital accepted after the cancellation: ring it and call it off.",
        },
        "accepted_after_choice": {
            "id": "RS lain juga menerima: telepon dan sampaikan pasien tidak ke sana.",
            "en": "Another hospital accepted too: ring it and say that nobody comes.",
        },
    }
)
_BROKEN = {
    "id": "Darurat - dikirim tanpa menunggu; tidak pasti sampai, telepon RS",
    "en": "Emergency - sent without waiting; not certain that it arrived, ring the hospital",
}


def state_text(state: State, clearance: Clearance, *, language: str = "id") -> str:
    """Return where a referral stands, in words."""
    if state is State.UNCONFIRMED and clearance is Clearance.BREAK_GLASS:
        return _BROKEN[language]
    return STATES[state][language]


def alarm_text(code: str | None, *, language: str = "id") -> str | None:
    """Return what an operator must do, None without an alarm."""
    return None if code is None else ALARMS[code][language]
