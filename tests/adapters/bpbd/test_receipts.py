"""What BPBD says to our messages, and what is no receipt at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.bpbd.receipts import error_code, receipts_of
from contracts import Garbled, Progress, Receipt

from .sample import ALERT, SETTINGS

WIRE = Path(__file__).parents[2] / "wire" / "bpbd"
SENDER = SETTINGS["sender"]
ACK, ACCEPTED, ERROR = ((WIRE / f"{name}.xml").read_text() for name in ("ack", "ack-accepted", "error"))


def said(text: str) -> Receipt:
    """Return the one receipt in *text*."""
    (only,) = receipts_of(text.encode(), sender=SENDER)
    return only


def test_a_bare_ack_is_a_machines_word() -> None:
    """Tools send them by themselves: nobody has read anything yet."""
    receipt = said(ACK)
    assert receipt == Receipt(ALERT.id, Progress.RECEIVED, datetime(2026, 11, 29, 3, 0, 2, tzinfo=UTC))
    assert not receipt.is_human


def test_an_ack_of_the_profile_is_a_persons_word() -> None:
    """It says how far they are, who says so, and their own number."""
    receipt = said(ACCEPTED)
    assert receipt.progress is Progress.ACCEPTED
    assert (receipt.by, receipt.post) == ("Petugas Contoh", "Piket Pusdalops")
    assert receipt.reference == "PUSDALOPS/2026/0001"
    assert receipt.is_human


def test_a_name_alone_says_no_more_than_received() -> None:
    """Without GERBANG-STATE nobody has said that it was read."""
    stateless = ACCEPTED.replace("<value>accepted</value>", "<value></value>")
    assert said(stateless).progress is Progress.RECEIVED
    assert not said(stateless).is_human


@pytest.mark.parametrize("progress", Progress)
def test_every_state_can_be_said(progress: Progress) -> None:
    """By its own name."""
    assert said(ACCEPTED.replace(">accepted<", f">{progress}<")).progress is progress


def test_an_error_is_a_refusal_with_its_reason() -> None:
    """A machine's, unless it names somebody."""
    receipt = said(ERROR)
    assert receipt.progress is Progress.REFUSED
    assert receipt.reason == "Pesan yang dirujuk tidak dikenal"
    assert not receipt.is_human
    assert error_code(ERROR.encode()) == "unknown_reference"


@pytest.mark.parametrize("other", [ACK, "", ERROR.replace("unknown_reference", "x y z"), "<a/>"])
def test_only_the_profiles_codes_are_passed_on(other: str) -> None:
    """Anything else could hold anything."""
    assert error_code(other.encode()) is None


def test_several_messages_can_be_acknowledged_at_once() -> None:
    """Those of others are passed over."""
    mine = f"{SENDER},n-2k4m6p8r0t2v4,2026-11-29T10:00:00+07:00"
    both = f"{mine} {SENDER},n-other,2026-11-29T09:00:00+07:00 lain.example,x,2026-11-29T09:00:00+07:00"
    found = receipts_of(ACK.replace(mine, both).encode(), sender=SENDER)
    assert [each.alert for each in found] == [ALERT.id, "n-other"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (SENDER + ",", "lain.example,", "cap.not_ours"),
        (">Ack<", ">Alert<", "cap.no_receipt"),
        ("<status>Actual", "<status>Draft", "cap.no_receipt"),
        (">accepted<", ">sudah<", "profile.state"),
        (">Ack<", ">Error<", "rule.error_without_note"),
        (">Private<", ">Restricted<", "rule.restriction"),
        ("<alert ", "<!DOCTYPE alert><alert ", "xml.doctype"),
    ],
)
def test_what_is_no_receipt(old: str, new: str, code: str) -> None:
    """It is Garbled by name, and records nothing."""
    with pytest.raises(Garbled) as wrong:
        receipts_of(ACCEPTED.replace(old, new).encode(), sender=SENDER)
    assert wrong.value.detail == code


def test_long_words_are_cut() -> None:
    """A novel is no reason."""
    told = said(ERROR.replace("Pesan yang dirujuk tidak dikenal", "sebab " * 200))
    assert len(told.reason or "") == 300


@pytest.mark.parametrize("number", ["1571015203909901", "1571 0152 0390 9901", "0009876543217"])
def test_a_persons_number_is_blotted_out(number: str) -> None:
    """Whoever writes one into a reason has it kept nowhere in the clear; the refusal itself counts."""
    note = "Pesan yang dirujuk tidak dikenal"
    receipt = said(ERROR.replace(note, f"NIK {number} tidak ada"))
    assert (receipt.progress, receipt.reason) == (Progress.REFUSED, "NIK ••• tidak ada")
