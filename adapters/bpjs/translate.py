"""
A `peserta`, the insurer's record of a member, read as coverage: UNKNOWN whenever in doubt.

Fields and values of the VClaim catalogue (read 2026-11-23). Every leaf is said to be a string or
null; what only the approver reads is taken leniently, so that an odd leaf costs nobody the answer.
"""

from datetime import date
from typing import Any

import msgspec

from contracts import Coverage, CoverageAnswer, CoverageQuestion, Garbled

from .sealed import CannotOpen
from .words import line

_ACTIVE_KODE = "0"  # no list of the other values is public: an open set
_ACTIVE_TEXT = "aktif"
# Under `informasi`; prolanisPRB stands there too and is left: it tells of a chronic disease.
_SOCIAL_NOTES = (("dinsos", "Dinsos"), ("noSKTM", "SKTM"))
_EARLIEST_BIRTH = date(1900, 1, 1)  # earlier days stand for "not known" (0001-01-01)


class Pair(msgspec.Struct):
    """A code and its words, as VClaim writes most values."""

    kode: Any = None
    keterangan: Any = None


class Peserta(msgspec.Struct, rename="camel"):
    """What we read of a member; the name, the diagnosis programmes and the rest are passed over."""

    nik: Any = None
    no_kartu: Any = None
    tgl_lahir: Any = None
    status_peserta: Pair | None = None
    jenis_peserta: Any = None
    hak_kelas: Any = None
    prov_umum: Any = None
    cob: Any = None
    informasi: Any = None

    def __repr__(self) -> str:
        """Show nothing of the person."""
        return "Peserta()"


class _Opened(msgspec.Struct):
    peserta: Peserta


_decoder = msgspec.json.Decoder(_Opened)


def read_peserta(text: str) -> Peserta:
    """
    Read the member from the unsealed *text*.

    Raises CannotOpen when it is no JSON (it was sealed with another key), Garbled when there is no
    member in it.
    """
    try:
        return _decoder.decode(text).peserta
    except msgspec.ValidationError as wrong:
        raise Garbled("no_peserta") from wrong
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise CannotOpen("json") from None  # the cause may hold the text


def coverage_of(peserta: Peserta, question: CoverageQuestion) -> CoverageAnswer:
    """Say what *peserta* means for the person of *question*; nothing of it if it is another person."""
    if _is_another(peserta, question):
        return CoverageAnswer(Coverage.UNKNOWN, doubt="other_person")
    status = peserta.status_peserta or Pair()
    coverage, doubt = _status(status)
    return CoverageAnswer(
        coverage,
        doubt=doubt,
        status_text=line(status.keterangan),
        segment=_of(peserta.jenis_peserta, "keterangan", "kode"),
        kelas=_of(peserta.hak_kelas, "keterangan", "kode"),
        fktp=_of(peserta.prov_umum, "nmProvider", "kdProvider"),
        cob=_of(peserta.cob, "nmAsuransi"),
        social_note=_social_note(peserta.informasi),
        birth_date=_birth_date(peserta.tgl_lahir, not_after=question.service_date),
    )


def not_found(message: str | None, response: object) -> CoverageAnswer:
    """Say that the number is not known there, unless a member came along with that statement."""
    if response:
        return CoverageAnswer(Coverage.UNKNOWN, doubt="code_mismatch")
    return CoverageAnswer(Coverage.NOT_FOUND, status_text=message)


def _status(status: Pair) -> tuple[Coverage, str | None]:
    """Read the one statement that is made twice, in code and in words; a quarrel is a doubt."""
    kode, text = line(status.kode), (line(status.keterangan) or "").casefold()
    if kode is None or not text:
        return Coverage.UNKNOWN, "status_missing"
    if kode == _ACTIVE_KODE and text == _ACTIVE_TEXT:
        return Coverage.ACTIVE, None
    # "AKTIF SEMENTARA" and the like agree with neither code: a person must look.
    if kode != _ACTIVE_KODE and not text.startswith(_ACTIVE_TEXT):
        return Coverage.NOT_ACTIVE, None
    return Coverage.UNKNOWN, "status_mismatch"


def _is_another(peserta: Peserta, question: CoverageQuestion) -> bool:
    if question.nik is not None:
        return _differs(peserta.nik, question.nik.reveal())
    return question.nokartu is not None and _differs(peserta.no_kartu, question.nokartu.reveal())


def _differs(echo: object, asked: str) -> bool:
    """Compare a whole number only; one that is masked or missing says nothing about the person."""
    text = line(echo) or ""
    return text.isdecimal() and text.zfill(len(asked)) != asked


def _of(holder: object, *keys: str) -> str | None:
    """Return the first of *keys* that *holder* has words for; None if it is no object."""
    if not isinstance(holder, dict):
        return None
    return next((text for key in keys if (text := line(holder.get(key)))), None)


def _social_note(informasi: object) -> str | None:
    notes = [f"{title}: {text}" for key, title in _SOCIAL_NOTES if (text := _of(informasi, key))]
    return "; ".join(notes) or None


def _birth_date(value: object, *, not_after: date) -> date | None:
    try:
        born = date.fromisoformat((line(value) or "")[:10])
    except ValueError:
        return None
    return born if _EARLIEST_BIRTH <= born <= not_after else None
