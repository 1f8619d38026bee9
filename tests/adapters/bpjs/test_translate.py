"""A member's record read as coverage: only a clear statement is one."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bpjs.sealed import CannotOpen
from adapters.bpjs.translate import coverage_of, not_found, read_peserta
from contracts import Coverage, CoverageAnswer, CoverageQuestion, Garbled, PartnerError

from .insurer import BY_CARD, BY_NIK, DAY, peserta

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = "nik noKartu tglLahir statusPeserta jenisPeserta hakKelas provUmum cob informasi".split()


def read(question: CoverageQuestion = BY_NIK, **changes: object) -> CoverageAnswer:
    """Read the example member with some fields changed."""
    return coverage_of(read_peserta(json.dumps(peserta(**changes))), question)


def test_the_catalogues_member_is_read_with_all_the_approver_needs() -> None:
    """Status text, segment, class, first-level facility, second insurer, social note, birth date."""
    assert read() == CoverageAnswer(
        Coverage.ACTIVE,
        status_text="AKTIF",
        segment="PBI (APBD)",
        kelas="KELAS III",
        fktp="PUSKESMAS CONTOH",
        cob="ASURANSI CONTOH",
        social_note="Dinsos: TERDAFTAR DTKS",
        birth_date=date(1990, 3, 12),
    )


@pytest.mark.parametrize(
    ("kode", "text", "coverage", "doubt"),
    [
        ("0", "AKTIF", Coverage.ACTIVE, None),
        (0, "Aktif ", Coverage.ACTIVE, None),
        ("1", "TIDAK AKTIF", Coverage.NOT_ACTIVE, None),
        ("4", "PENANGGUHAN PEMBAYARAN", Coverage.NOT_ACTIVE, None),
        (9, "NON AKTIF", Coverage.NOT_ACTIVE, None),
        ("0", "TIDAK AKTIF", Coverage.UNKNOWN, "status_mismatch"),
        ("0", "AKTIF SEMENTARA", Coverage.UNKNOWN, "status_mismatch"),
        ("1", "AKTIF", Coverage.UNKNOWN, "status_mismatch"),
        ("1", "AKTIF SEMENTARA", Coverage.UNKNOWN, "status_mismatch"),
        ("00", "AKTIF", Coverage.UNKNOWN, "status_mismatch"),
        ("0", None, Coverage.UNKNOWN, "status_missing"),
        ("1", "", Coverage.UNKNOWN, "status_missing"),
        (None, "AKTIF", Coverage.UNKNOWN, "status_missing"),
        (False, "AKTIF", Coverage.UNKNOWN, "status_missing"),
    ],
)
def test_code_and_words_must_say_the_same(
    kode: object, text: object, coverage: Coverage, doubt: str | None
) -> None:
    """Where the two statements quarrel or one is missing, nothing is known."""
    answer = read(statusPeserta={"kode": kode, "keterangan": text})
    assert (answer.coverage, answer.doubt) == (coverage, doubt)


def test_a_member_without_status_is_unknown() -> None:
    """A missing status is never read as not active."""
    assert read(statusPeserta=None).coverage is Coverage.UNKNOWN
    assert read(statusPeserta={}).coverage is Coverage.UNKNOWN


def test_their_status_words_are_passed_on_as_they_are() -> None:
    """The approver reads the insurer's own words, in doubt as well."""
    assert (
        read(statusPeserta={"kode": "0", "keterangan": "Premi  tertunggak"}).status_text
        == "Premi  tertunggak"
    )


@pytest.mark.parametrize(
    ("question", "changes", "another"),
    [
        (BY_NIK, {"nik": "1571015203909902"}, True),
        (BY_NIK, {"nik": "123"}, True),
        (BY_NIK, {"nik": None}, False),
        (BY_NIK, {"nik": "157101******9901"}, False),
        (BY_NIK, {"nik": " 1571015203909901 "}, False),
        (BY_NIK, {"nik": 1571015203909901}, False),
        (BY_NIK, {"noKartu": "0000000000099"}, False),
        (BY_CARD, {"noKartu": "0000000000099"}, True),
        (BY_CARD, {"noKartu": 18}, False),
        (BY_CARD, {"noKartu": None}, False),
        (BY_CARD, {"nik": "1571015203909902"}, False),
    ],
)
def test_an_answer_about_another_person_is_unknown_and_tells_nothing(
    question: CoverageQuestion, changes: dict[str, object], another: bool
) -> None:
    """The number asked about must come back, unless it comes back masked or not at all."""
    answer = read(question, **changes)
    if another:
        assert answer == CoverageAnswer(Coverage.UNKNOWN, doubt="other_person")
    else:
        assert answer.coverage is Coverage.ACTIVE


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("1990-03-12", date(1990, 3, 12)),
        ("1990-03-12T00:00:00", date(1990, 3, 12)),
        (DAY.isoformat(), DAY),
        ("2026-11-25", None),
        ("0001-01-01", None),
        ("1990-02-30", None),
        ("12-03-1990", None),
        ("12 MARET 1990", None),
        ("", None),
        (None, None),
        (19900312, date(1990, 3, 12)),
        ({"a": 1}, None),
    ],
)
def test_a_birth_date_is_a_possible_day_or_none(text: object, born: date | None) -> None:
    """An odd date is no date, and costs nobody the coverage."""
    answer = read(tglLahir=text)
    assert (answer.birth_date, answer.coverage) == (born, Coverage.ACTIVE)


def test_odd_leaves_cost_nobody_the_coverage() -> None:
    """What only the approver reads is missing where it cannot be read."""
    answer = read(
        hakKelas="3", provUmum=[], cob={}, informasi={"dinsos": 5, "noSKTM": " "}, jenisPeserta=None
    )
    assert answer == CoverageAnswer(
        Coverage.ACTIVE, status_text="AKTIF", social_note="Dinsos: 5", birth_date=date(1990, 3, 12)
    )


def test_a_code_stands_in_where_words_are_missing() -> None:
    """A class or facility without a name is better shown by its code than not at all."""
    answer = read(hakKelas={"kode": "2", "keterangan": None}, provUmum={"kdProvider": "0000X000"})
    assert (answer.kelas, answer.fktp) == ("2", "0000X000")


def test_the_disease_programme_is_not_passed_on() -> None:
    """The example's member is in a programme for diabetes; nobody asked."""
    answer = read()
    assert not any("PRB" in str(getattr(answer, field) or "") for field in CoverageAnswer.__slots__)


def test_not_found_is_an_answer_unless_a_member_comes_with_it() -> None:
    """The insurer's words go with it; a contradiction is a doubt."""
    assert not_found("Tidak ada", None) == CoverageAnswer(Coverage.NOT_FOUND, status_text="Tidak ada")
    assert not_found("x", "sealed") == CoverageAnswer(Coverage.UNKNOWN, doubt="code_mismatch")


@pytest.mark.parametrize(
    "text", ['{"peserta":null}', "{}", "[]", '"1571R0010126V000001"', "null", '{"peserta":[]}']
)
def test_json_without_a_member_is_garbled(text: str) -> None:
    """It opened, so the key was right: asking again would not help."""
    with pytest.raises(Garbled, match="no_peserta"):
        read_peserta(text)


@pytest.mark.parametrize("text", ["", "AKTIF", '{"peserta":', '{"peserta":{"cob":' + "[" * 100_000])
def test_a_text_that_is_no_json_did_not_open(text: str) -> None:
    """JSON is the last gate that tells a wrong key."""
    with pytest.raises(CannotOpen, match="json"):
        read_peserta(text)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), st.sampled_from([BY_NIK, BY_CARD]))
def test_no_record_however_odd_raises_anything_unnamed(
    member: dict[str, object], question: CoverageQuestion
) -> None:
    """Any JSON in any field is an answer or a PartnerError, and never an unearned statement."""
    try:
        answer = coverage_of(read_peserta(json.dumps({"peserta": member})), question)
    except PartnerError:
        return
    assert answer.coverage is not Coverage.ACTIVE
