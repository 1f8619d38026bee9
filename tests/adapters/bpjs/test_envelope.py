"""The envelope in all its spellings, and what stands in its place when there is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bpjs.envelope import Envelope, judge_code, read_envelope
from contracts import Garbled, NoAnswer, NotAccepted, PartnerError, Refused

from .insurer import NIK

PAGE = b"<!DOCTYPE html><html><body>Runtime Error</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        b'{"metaData":{"code":"200","message":"OK"},"response":"sealed"}',
        b'{"metaData":{"code":200,"message":"Sukses"},"response":"sealed"}',
        b'{"metadata":{"code":"200","message":"Ok"},"response":"sealed"}',
        b'{"metadata":{"Code":200},"response":"sealed"}',
        b'{"metaData":{"Code":"200","message":null},"response":"sealed","extra":[1,{"a":2}]}',
        b'{"metaData":{"code":" 200 "},"response":"sealed"}',
        b'\xef\xbb\xbf\r\n{"response":"sealed","metaData":{"message":7,"code":"200"}}\n',
        b'{"metaData":null,"metadata":{"code":"200"},"response":"sealed"}',
    ],
)
def test_every_spelling_of_success_is_the_same_success(body: bytes) -> None:
    """Name, letter case, type and message of the envelope differ between their services."""
    envelope = read_envelope(body, status=200)
    judge_code(envelope)
    assert (envelope.code, envelope.response) == ("200", "sealed")


@pytest.mark.parametrize(
    ("status", "body", "error", "reason"),
    [
        (200, b"", NoAnswer, "empty_body"),
        (200, b" \r\n", NoAnswer, "empty_body"),
        (204, b"", NoAnswer, "empty_body"),
        (200, b"null", NoAnswer, "empty_body"),
        (200, PAGE, NoAnswer, "html"),
        (200, b"\xef\xbb\xbf  " + PAGE, NoAnswer, "html"),
        (200, b"Service Unavailable", NoAnswer, "not_json"),
        (200, b'{"metaData":{"code":"200","mess', NoAnswer, "not_json"),
        (200, b"\xff\xfe\x00", NoAnswer, "not_json"),
        (200, b'{"metaData":{"code":"\xff"}}', NoAnswer, "not_json"),
        (200, b'{"response":' + b"[" * 100_000, NoAnswer, "not_json"),
        (200, b"[]", Garbled, "no_metadata"),
        (200, b"42", Garbled, "no_metadata"),
        (200, b"{}", Garbled, "no_metadata"),
        (200, b'{"metaData":[]}', Garbled, "no_metadata"),
        (200, b'{"metaData":{"code":{"a":1}}}', Garbled, "no_metadata"),
        (200, b'{"metaData":{}}', Garbled, "no_code"),
        (200, b'{"metaData":{"code":""}}', Garbled, "no_code"),
        (404, PAGE, Garbled, "wrong_path"),
        (404, b'{"message":"no Route matched with those values"}', Garbled, "wrong_path"),
        (404, b"", Garbled, "wrong_path"),
        (400, PAGE, Garbled, "status_400"),
        (405, b"", Garbled, "status_405"),
    ],
)
def test_what_is_no_envelope_is_named_by_its_shape(
    status: int, body: bytes, error: type[PartnerError], reason: str
) -> None:
    """Nothing in place of an answer may be asked again; another answer's shape may not."""
    with pytest.raises(error) as caught:
        read_envelope(body, status=status)
    assert caught.type is error
    assert caught.value.detail == reason


def test_a_message_is_read_in_either_letter_case() -> None:
    """Some of their services write the whole envelope in capitals."""
    body = b'{"metadata":{"Code":201,"Message":"Tidak ditemukan"}}'
    assert read_envelope(body, status=200).message == "Tidak ditemukan"


def test_an_envelope_decides_even_under_a_status_of_our_own_fault() -> None:
    """The HTTP status alone decides nothing where the insurer has spoken."""
    assert read_envelope(b'{"metaData":{"code":"201","message":"x"}}', status=404).code == "201"


@pytest.mark.parametrize(
    ("code", "message", "error", "reason"),
    [
        ("401", "x", NotAccepted, "code_401"),
        (403, None, NotAccepted, "code_403"),
        ("201", "Unauthorized!", NotAccepted, "unauthorized"),
        ("500", "unauthorised access", NotAccepted, "unauthorized"),
        ("1", "OK", Refused, "1: OK"),
        ("202", "Peserta sedang diverifikasi", Refused, "202: Peserta sedang diverifikasi"),
        (500, None, Refused, "500: "),
    ],
)
def test_a_code_other_than_success_is_named_by_what_to_do(
    code: object, message: object, error: type[PartnerError], reason: str
) -> None:
    """Our keys refused is an alarm; any other code is passed on with its words."""
    with pytest.raises(error) as caught:
        judge_code(_envelope(code, message))
    assert caught.type is error
    assert caught.value.detail == reason


@pytest.mark.parametrize(("code", "message"), [("200", "Unauthorized!"), ("201", "OK"), (201, None)])
def test_success_and_not_found_pass_whatever_their_message(code: object, message: object) -> None:
    """The text of a success is never compared."""
    judge_code(_envelope(code, message))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (f"NIK {NIK} tidak ditemukan", "NIK ••• tidak ditemukan"),
        ("kartu 0000 0000 000 18 dan 1571-0152-0390-9901.", "kartu ••• dan •••."),
        ("telp 08127400112", "telp •••"),
        ("tanggal 2026-11-24 salah", "tanggal 2026-11-24 salah"),
        ("baris\r\nsatu\x00\u202edua\x1b[31m", "baris  satu  dua [31m"),
        ("<html><b>rusak</b>", "rusak"),
        ("x" * 500, "x" * 200),
        ({"a": 1}, ""),
    ],
)
def test_a_refusal_is_passed_on_without_numbers_of_persons(message: object, shown: str) -> None:
    """Long digits are masked, control letters and markup dropped, the length bounded."""
    with pytest.raises(Refused) as caught:
        judge_code(_envelope("999", message))
    assert caught.value.reason == shown
    assert caught.value.code == "999"


def test_a_code_that_is_a_number_of_a_person_is_masked_too() -> None:
    """No field of the envelope is trusted to be what its name says."""
    with pytest.raises(Refused) as caught:
        judge_code(_envelope(int(NIK), "x"))
    assert NIK not in str(caught.value)


@given(st.binary(), st.sampled_from([200, 201, 400, 404]))
def test_any_bytes_are_an_envelope_or_a_named_fault(body: bytes, status: int) -> None:
    """No answer, however odd, raises anything but a PartnerError."""
    try:
        read_envelope(body, status=status)
    except PartnerError:
        return


def _envelope(code: object, message: object) -> Envelope:
    body = json.dumps({"metaData": {"code": code, "message": message}})
    return read_envelope(body.encode(), status=200)
