"""
The daily page for the inspectorate, in Indonesian: was the log intact, and what to keep as proof of it.

The page holds the newest checkpoint in words and as a QR picture; kept outside the house, it is the anchor
that later shows whether anything before it was rewritten or cut off: `verify.py EXPORT --anchor PAGE`.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno

VERDICTS = {0: "UTUH", 1: "BERUBAH", 2: "BUKTI KURANG"}
_MEANING = {
    0: "Tidak ada entri yang ditambah, diubah, dihapus atau dipotong sejak titik periksa terdahulu.",
    1: "Jejak audit TIDAK sama dengan yang pernah ditandatangani. Hubungi Inspektorat dan amankan server.",
    2: "Tidak ditemukan perubahan, tetapi bukti belum lengkap. Lihat keterangan di bawah.",
}
_DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()
_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
_WIDTH = 78


@dataclass(frozen=True, slots=True)
class LogState:
    """One log as it was checked: its entries, how many a checkpoint covers, and the newest note."""

    log: str
    entries: int
    signed: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What the page tells: *code* is the verifier's exit code, *remarks* its own words (English, ASCII)."""

    day: date
    site: str
    environment: str
    code: int
    remarks: Sequence[str]
    logs: Sequence[LogState]
    today: Sequence[tuple[str, int]]

    @property
    def verdict(self) -> str:
        """The one word that counts."""
        return VERDICTS[self.code]

    @property
    def newest(self) -> str | None:
        """The note to keep: of the log written last."""
        notes = [state.note for state in self.logs if state.note is not None]
        return notes[-1] if notes else None


def page(found: Findings) -> str:
    """Return the page as text of at most 78 columns, notes excepted."""
    parts = (_head(found), _checked(found), _today(found), _remarks(found), _anchor(found), _how())
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def picture(found: Findings) -> bytes:
    """Return the newest note as a QR picture (ISO/IEC 18004), PNG; without one the verdict alone."""
    out = io.BytesIO()
    text = found.newest or f"{found.site} {found.day.isoformat()} {found.verdict}"
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def in_words(day: date) -> str:
    """Return the day as people say it: Rabu, 25 November 2026."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _head(found: Findings) -> list[str]:
    demo = ["*** DATA CONTOH - JANGAN DIPAKAI ***"] if found.environment == "demo" else []
    return [
        "LAPORAN HARIAN JEJAK AUDIT",
        f"Gerbang, pusat panggilan darurat 112 - {found.site}",
        in_words(found.day),
        *demo,
        "",
        f"HASIL PEMERIKSAAN: {found.verdict}",
        _MEANING[found.code],
    ]


def _checked(found: Findings) -> list[str]:
    return (
        ["Yang diperiksa", *(_state(state) for state in found.logs)] if found.logs else ["Belum ada entri."]
    )


def _state(state: LogState) -> str:
    return f"  {state.log}: {_number(state.entries)} entri, ditandatangani sampai {_number(state.signed)}"


def _today(found: Findings) -> list[str]:
    total = sum(count for _, count in found.today)
    return [
        f"Hari sebelumnya tercatat {_number(total)} entri",
        *(f"  {_number(count):>9}  {act}" for act, count in found.today),
    ]


def _remarks(found: Findings) -> list[str]:
    return ["Keterangan program pemeriksa", *(f"  {remark}" for remark in found.remarks)]


def _anchor(found: Findings) -> list[str]:
    if found.newest is None:
        return ["Belum ada titik periksa yang ditandatangani."]
    return ["Titik periksa terbaru (juga dalam gambar QR). SIMPAN HALAMAN INI.", "", found.newest.rstrip()]


def _how() -> list[str]:
    return [
        "Cara memeriksa sendiri, tanpa jaringan dan tanpa Gerbang (Python 3.11):",
        "  python3 verify.py EKSPOR --policy policy.txt --anchor HALAMAN-INI.txt",
        "Hasil 0 = utuh, 1 = berubah, 2 = bukti kurang.",
        "Pemeriksaan di atas memakai berkas jangkar milik sistem ini sendiri. Jangkar dari luar adalah",
        "halaman-halaman yang Anda simpan: hanya dengan itu pemotongan dan pemalsuan kunci terlihat.",
        "Mohon balas surat ini sebagai tanda terima.",
    ]


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
