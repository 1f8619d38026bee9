"""The invented members, and a member's record as VClaim shows it (facts section 4.1)."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("members.toml")
_NOBODY = "0" * 16  # the development environment answers it with a placeholder newborn


@dataclass(frozen=True, slots=True)
class Member:
    """
    One invented member.

    *odd*: `newborn` (fields missing that a newborn has not got), `bare` (blocks left out),
    `another_person` (the record carries somebody else's numbers), `no_status` (statusPeserta null).
    """

    nik: str
    card: str
    name: str
    born: date
    kelas: str = "3"
    segment: tuple[str, str] = ("13", "PEKERJA PENERIMA UPAH")
    status: tuple[str, str] = ("0", "AKTIF")
    cob: str | None = None
    dinsos: str | None = None
    sktm: str | None = None
    odd: str | None = None

    @property
    def sex(self) -> str:
        """`L` or `P`; a woman's NIK has her day of birth plus 40."""
        return "P" if int(self.nik[6:8]) > 40 else "L"


_PLACEHOLDER = Member(_NOBODY, "0" * 13, "BAYI BARU LAHIR", date(2026, 1, 1), odd="newborn")


def _member(entry: dict[str, Any]) -> Member:
    pairs: dict[str, Any] = {key: tuple(entry[key]) for key in ("segment", "status") if key in entry}
    return Member(**(entry | pairs))


class Members:
    """The members by NIK and by card."""

    def __init__(self, members: Iterable[Member]) -> None:
        known = list(members)
        self.by_nik = {member.nik: member for member in [*known, _PLACEHOLDER]}
        self.by_card = {member.card: member for member in known}

    @classmethod
    def from_table(cls) -> "Members":
        """Return those of members.toml."""
        document = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
        return cls(_member(entry) for entry in document["member"])


def _age(born: date, on: date) -> str:
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    days = on.day - born.day if on.day >= born.day else on.day + 30 - born.day
    return f"{months // 12} tahun ,{months % 12} bulan ,{days} hari"  # the odd spacing is theirs


def _class_name(kelas: str) -> str:
    return "KELAS " + {"1": "I", "2": "II", "3": "III"}.get(kelas, kelas)


def _pair(pair: tuple[str, str]) -> dict[str, str]:
    return {"kode": pair[0], "keterangan": pair[1]}


def peserta_of(member: Member, *, today: date, service_date: date) -> dict[str, Any]:
    """Return the member's record; everything is text or null."""
    record: dict[str, Any] = {
        "cob": {"nmAsuransi": member.cob, "noAsuransi": None, "tglTAT": None, "tglTMT": None},
        "hakKelas": {"kode": member.kelas, "keterangan": _class_name(member.kelas)},
        "informasi": {"dinsos": member.dinsos, "noSKTM": member.sktm, "prolanisPRB": None, "eSEP": "False"},
        "jenisPeserta": _pair(member.segment),
        "mr": {"noMR": None, "noTelepon": None},
        "nama": member.name,
        "nik": member.nik,
        "noKartu": member.card,
        "pisa": "1",
        "provUmum": {"kdProvider": "00990001", "nmProvider": "PUSKESMAS CONTOH"},
        "sex": member.sex,
        "statusPeserta": _pair(member.status),
        "tglCetakKartu": "2020-01-01",
        "tglLahir": member.born.isoformat(),
        "tglTAT": "2065-01-01",
        "tglTMT": "2020-01-01",
        "umur": {
            "umurSaatPelayanan": _age(member.born, service_date),
            "umurSekarang": _age(member.born, today),
        },
    }
    return {**record, **_oddities(member)}


def _oddities(member: Member) -> dict[str, Any]:
    table: dict[str | None, dict[str, Any]] = {
        "newborn": {"nik": None, "pisa": "4", "provUmum": None, "mr": None, "tglCetakKartu": None},
        "bare": {
            "cob": None,
            "informasi": None,
            "umur": None,
            "hakKelas": {"kode": None, "keterangan": None},
        },
        "another_person": {"nik": "1571010101909999", "noKartu": "0000000009999"},
        "no_status": {"statusPeserta": None},
    }
    return table.get(member.odd, {})
