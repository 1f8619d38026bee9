"""VClaim's member part, spoken to over a real socket and opened by the tests' own means."""

import time
from typing import Any

import httpx
import pytest

from sandbox.vclaim.sealing import seal
from sandbox.vclaim.signing import Credentials, signature
from tests.sandbox.conftest import trouble
from tests.sandbox.opening import decrypted, opened, signed

CONSID, SECRET, USER_KEY = "99112", "demo-vclaim-secret", "demo-vclaim-user-key"
FIRST = "1571015203909901"
PATH = "/vclaim-rest/Peserta/nik/{}/tglSEP/2026-11-24"
GOLDEN_PLAIN = (
    '{"peserta": {"noKartu": "0000000000018", "nik": "1571010000000001", "nama": "CONTOH SINTETIS",'
    ' "statusPeserta": {"kode": "0", "keterangan": "AKTIF"}}}'
)
GOLDEN_SEALED = (
    "Jp9PJURZux7vG75nKuopaqy4u8qfUKEAg6AoqLwLf0JHpxeKs0FCxBS78832O/mGTQH0mQrFJ7pG0xtaA1mRIoai8nFnIQAAAZwKyxvkuXp3"
    "wrfsGty62YazofaY5rVsACyGHFYfp9dpoHq+yxY07ZkfKdXIuxmMC3NnP63PF/Z8F8N0i+D/IOCoT8380gZaDhQjes91dukmhLba9MjmoPYP"
    "fPVQBy9u8xlpU87yGmM="
)


def ask(
    client: httpx.Client, number: str = FIRST, *, path: str = PATH, at: int | None = None
) -> httpx.Response:
    """Ask about one member with good headers."""
    headers = signed(CONSID, SECRET, USER_KEY, int(time.time()) if at is None else at)
    return client.get(path.format(number), headers=headers)


def peserta(client: httpx.Client, number: str, *, path: str = PATH) -> dict[str, Any]:
    """Return the opened record of one member."""
    now = int(time.time())
    answer = ask(client, number, path=path, at=now).json()
    assert answer["metaData"]["code"] == "200"
    record: dict[str, Any] = opened(answer["response"], CONSID, SECRET, now)["peserta"]
    return record


def test_seals_and_signs_as_the_golden_vector() -> None:
    """The published example comes out byte for byte (facts, section 3)."""
    credentials = Credentials("12345", "s3cr3t-synthetic", "")
    assert signature(credentials, "1700000000") == "0g0lD7qy7YE2C0jKzj+L8ZgoD1PQXW513iWrbua0BGc="
    assert seal(GOLDEN_PLAIN, credentials, "1700000000") == GOLDEN_SEALED


def test_a_member_by_nik(sandbox: httpx.Client) -> None:
    """The first member: a woman born 12 March 1990, paid for by the city, class 3, active."""
    record = peserta(sandbox, FIRST)
    assert (record["nik"], record["noKartu"], record["sex"]) == (FIRST, "0000000000018", "P")
    assert record["tglLahir"] == "1990-03-12"
    assert record["statusPeserta"] == {"kode": "0", "keterangan": "AKTIF"}
    assert record["jenisPeserta"] == {"kode": "22", "keterangan": "PBI (APBD)"}
    assert record["hakKelas"]["kode"] == "3"
    assert record["umur"]["umurSaatPelayanan"] == "36 tahun ,8 bulan ,12 hari"


def test_a_member_by_card_is_the_same(sandbox: httpx.Client) -> None:
    """Both addresses give one record."""
    by_card = "/vclaim-rest/Peserta/nokartu/{}/tglSEP/2026-11-24"
    assert peserta(sandbox, "0000000000018", path=by_card) == peserta(sandbox, FIRST)


def test_the_message_says_nothing(sandbox: httpx.Client) -> None:
    """OK, Ok and Sukses all mean code 200."""
    niks = (FIRST, "1571020507859902", "1571037112749903", "1571041708019904")
    assert {ask(sandbox, nik).json()["metaData"]["message"] for nik in niks} == {"OK", "Ok", "Sukses"}


@pytest.mark.parametrize(
    ("nik", "status"),
    [
        ("1571041708019904", ("4", "NON AKTIF KARENA PREMI")),
        ("1571055002959905", ("2", "PBI NON AKTIF")),
        ("1571072204889907", ("0", "NON AKTIF")),
        ("1571086506929908", ("1", "AKTIF")),
    ],
)
def test_not_everybody_is_active(sandbox: httpx.Client, nik: str, status: tuple[str, str]) -> None:
    """Arrears, a cleaned-up PBI, and two whose code and text disagree: all code 200."""
    found = peserta(sandbox, nik)["statusPeserta"]
    assert (found["kode"], found["keterangan"]) == status


def test_odd_records_occur(sandbox: httpx.Client) -> None:
    """A newborn without NIK, bare fields and rare letters, another's numbers, no status, the zero NIK."""
    assert peserta(sandbox, "1571094311269909")["nik"] is None
    assert peserta(sandbox, "1571010101709912")["nama"] == "CONTOH ÉLISA DE L'ÎLE 𝄞"
    assert peserta(sandbox, "1571022812829913")["nik"] != "1571022812829913"
    assert peserta(sandbox, "1571036310979914")["statusPeserta"] is None
    assert peserta(sandbox, "0" * 16)["nama"] == "BAYI BARU LAHIR"


@pytest.mark.parametrize("number", ["1571015203909999", "157101520390990X", "1"])
def test_unknown_and_malformed_numbers_are_201_with_null(sandbox: httpx.Client, number: str) -> None:
    """Neither is an HTTP error, and the response is null, not sealed."""
    answer = ask(sandbox, number)
    assert answer.status_code == 200
    assert answer.json()["metaData"]["code"] == "201"
    assert answer.json()["response"] is None


@pytest.mark.parametrize(
    ("consid", "secret", "user_key", "skew", "status"),
    [
        (CONSID, "wrong", USER_KEY, 0, 200),
        ("1", SECRET, USER_KEY, 0, 200),
        (CONSID, SECRET, "wrong", 0, 401),
        (CONSID, SECRET, USER_KEY, -400, 200),
        (CONSID, SECRET, USER_KEY, 400, 200),
    ],
)
def test_refuses_wrong_headers(
    sandbox: httpx.Client, consid: str, secret: str, user_key: str, skew: int, status: int
) -> None:
    """Wrong secret, consumer, user key and a clock more than five minutes off."""
    headers = signed(consid, secret, user_key, int(time.time()) + skew)
    answer = sandbox.get(PATH.format(FIRST), headers=headers)
    assert (answer.status_code, answer.json()["metaData"]["code"]) == (status, "401")
    assert answer.json()["response"] is None


@pytest.mark.parametrize("timestamp", ["", "soon", "17e8", "-1700000000", "9" * 30])
def test_refuses_a_timestamp_that_is_none(sandbox: httpx.Client, timestamp: str) -> None:
    """Only whole seconds are taken."""
    headers = {**signed(CONSID, SECRET, USER_KEY, 0), "X-timestamp": timestamp}
    assert sandbox.get(PATH.format(FIRST), headers=headers).json()["metaData"]["code"] == "401"


def test_missing_headers_are_refused(sandbox: httpx.Client) -> None:
    """Nothing is answered to somebody without keys."""
    assert sandbox.get(PATH.format(FIRST)).status_code == 401


def test_a_wrong_path_is_a_page(sandbox: httpx.Client) -> None:
    """404 with XHTML, as the original's."""
    answer = ask(sandbox, path="/vclaim-rest/peserta/nik/{}/tglSEP/2026-11-24")
    assert answer.status_code == 404
    assert "xhtml" in answer.text


def test_slashes_are_escaped(sandbox: httpx.Client) -> None:
    """A JSON parser undoes it; a reader who takes base64 out by hand does not."""
    text = ask(sandbox, "1571037112749903").text
    assert "/" not in text.replace("\\/", "")


def test_an_answer_sealed_a_second_off_does_not_open(sandbox: httpx.Client) -> None:
    """The right key fails on it; the key of the next second opens it."""
    trouble(sandbox, "vclaim", "wrong_second")
    now = int(time.time())
    sealed = ask(sandbox, at=now).json()["response"]
    assert opened(sealed, CONSID, SECRET, now + 1)["peserta"]["nik"] == FIRST
    with pytest.raises(ValueError, match=r"."):
        opened(sealed, CONSID, SECRET, now)


def test_a_wrong_clock_refuses_good_questions(sandbox: httpx.Client) -> None:
    """With its clock an hour ahead, VClaim refuses our time."""
    trouble(sandbox, "vclaim", "clock_skew", seconds=3600)
    assert ask(sandbox).json()["metaData"]["code"] == "401"


def test_other_spellings_and_null_occur(sandbox: httpx.Client) -> None:
    """The word metadata with a numeric Code; code 200 without a response; good keys refused."""
    trouble(sandbox, "vclaim", "other_spelling", times=1)
    assert ask(sandbox).json()["metadata"]["Code"] == 200
    trouble(sandbox, "vclaim", "null_response", times=1)
    assert ask(sandbox).json() == {"metaData": {"code": "200", "message": "OK"}, "response": None}
    trouble(sandbox, "vclaim", "unauthorized", times=1)
    assert ask(sandbox).json()["metaData"]["code"] == "401"


def test_a_bomb_is_small_on_the_wire(sandbox: httpx.Client) -> None:
    """Some 20,000 characters of compressed text, good for fifty million."""
    trouble(sandbox, "vclaim", "lz_bomb")
    now = int(time.time())
    answer = ask(sandbox, at=now)
    assert len(answer.content) < 30_000
    assert 15_000 < len(decrypted(answer.json()["response"], CONSID, SECRET, now)) < 25_000
