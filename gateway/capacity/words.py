"""
The reasons for a hospital's place in words, in Bahasa Indonesia; meaning is safety.

A number never stands without its age, "nobody knows" is never 0 and never "penuh".
"""

from collections.abc import Callable
from datetime import datetime

from .ranking import Judged


def age_in_words(as_of: datetime | None, *, at: datetime) -> str:
    """Return the age of a figure as people say it: minutes, hours, then days."""
    if as_of is None:
        return "umur data tidak diketahui"
    minutes = max(0, int((at - as_of).total_seconds() // 60))
    if minutes < 1:
        return "baru saja"
    if minutes < 60:
        return f"{minutes} menit lalu"
    hours = minutes // 60
    return f"{hours} jam lalu" if hours < 48 else f"{hours // 24} hari lalu"


def _ring(one: Judged) -> str:
    return f"telepon {one.place.phone}" if one.place.phone else "pastikan lewat telepon"


def _free(one: Judged, age: str) -> str:
    return f"{one.figure.tally.free} kosong, {age}"


def _free_stale(one: Judged, age: str) -> str:
    return f"{one.figure.tally.free} kosong, {age} - pastikan lewat telepon"


def _free_unknown(one: Judged, age: str) -> str:
    if one.figure.tally.free is not None:
        return f"Terakhir {one.figure.tally.free} kosong, {age} - {_ring(one)}"
    return f"Tidak diketahui - {_ring(one)}"


def _soon(one: Judged, age: str) -> str:
    tally = one.figure.tally
    parts = [f"{tally.soon} sedang dibersihkan" if tally.soon else ""]
    parts.append(f"{tally.unknown} tidak diketahui keadaannya" if tally.unknown else "")
    return f"0 kosong, {', '.join(part for part in parts if part)}, {age}"


def _full(_: Judged, age: str) -> str:
    return f"0 kosong, {age}"


def _declared(one: Judged, _: str) -> str:
    declared = one.figure.declared
    by_phone = declared is not None and declared.proof == "operator_statement"
    return "Menurut keterangan RS lewat telepon" if by_phone else "Menurut pernyataan RS"


_WORDS: dict[str, Callable[[Judged, str], str]] = {
    "free": _free,
    "free_stale": _free_stale,
    "free_unknown": _free_unknown,
    "soon": _soon,
    "full": _full,
    "declared": _declared,
    "lacks_service": lambda one, age: "Tidak memiliki layanan ini",
    "competence_unknown": lambda one, age: "Layanan ini belum dipastikan ada",
    "not_connected": lambda one, age: f"Belum terhubung - {_ring(one)}",
    "late": lambda one, age: "Sistem RS terlambat menjawab",
    "unreachable": lambda one, age: "Sistem RS tidak dapat dihubungi",
    "unusable": lambda one, age: "Jawaban sistem RS tidak dapat dipakai",
    "incomplete": lambda one, age: "Sebagian data RS tidak terlihat: angka adalah batas bawah",
    "sex_split": lambda one, age: "Pembagian pria/wanita menurut RS, pastikan lewat telepon",
    "sex_split_unknown": lambda one, age: "Pembagian kamar pria/wanita tidak diketahui",
}


def in_words(reason: str, one: Judged, *, at: datetime) -> str:
    """Return the sentence for a reason code of the ranking."""
    return _WORDS[reason](one, age_in_words(one.figure.as_of, at=at))
