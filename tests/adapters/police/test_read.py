"""What the police say back: at once, and step by step."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.police.read import has_it, receipt_at_once, receipts_of, refusal_code
from contracts import Garbled, Progress, Receipt

from .sample import ALERT

WIRE = Path(__file__).parents[2] / "wire" / "police"
OURS, THEIRS = "id.jambi.112", "polresta-jambi"
READ = json.loads((WIRE / "steps.json").read_text("utf-8"))[0]


def heard(envelopes: Any) -> tuple[Receipt, ...]:
    """Read envelopes, or the bytes of some."""
    body = envelopes if isinstance(envelopes, bytes) else json.dumps(envelopes).encode()
    return receipts_of(body, sender=OURS, recipient=THEIRS)


def with_ack(**changes: Any) -> dict[str, Any]:
    """Return the first example with another acknowledgement; None takes a field away."""
    ack = {**READ["content"]["ack"], **changes}
    return {**READ, "content": {"ack": {name: value for name, value in ack.items() if value is not None}}}


def test_the_steps_of_a_case() -> None:
    """Read by a post, accepted by an officer, closed with the number of the police report."""
    read, accepted, closed = heard((WIRE / "steps.json").read_bytes())
    assert read == Receipt(
        ALERT.id, Progress.READ, datetime(2026, 11, 29, 3, 1, tzinfo=UTC), post="Piket SPKT"
    )
    assert (accepted.by, accepted.post, accepted.reference) == ("Bripka Andi Contoh", "Unit Laka", "SPKT-7")
    assert accepted.at == datetime(2026, 11, 29, 3, 1, 30, tzinfo=UTC)
    assert (closed.progress, closed.reference, closed.reason) == (
        Progress.CLOSED,
        "LP/A/7/XI/2026/SPKT",
        "handled",
    )
    assert all(receipt.is_human for receipt in (read, accepted, closed))


@pytest.mark.parametrize(
    ("step", "progress"),
    [
        ("RECEIVED", Progress.RECEIVED),
        ("INTEGRATED", Progress.INTEGRATED),
        ("READ", Progress.READ),
        ("ACCEPTED", Progress.ACCEPTED),
        ("DISPATCHED", Progress.DISPATCHED),
        ("ONSCENE", Progress.ON_SCENE),
        ("CLOSED", Progress.CLOSED),
    ],
)
def test_every_step_has_its_progress(step: str, progress: Progress) -> None:
    """A machine's step is a machine's, whoever is named beside it."""
    (receipt,) = heard(with_ack(step=step))
    assert receipt.progress is progress
    assert receipt.is_human == (step not in ("RECEIVED", "INTEGRATED"))


def test_a_step_nobody_stands_behind_stops_no_ladder() -> None:
    """It is kept, and is nobody's word."""
    for officer in (None, {}, {"rank": "Bripka"}):
        (receipt,) = heard(with_ack(step="ACCEPTED", officer=officer))
        assert receipt.progress is Progress.ACCEPTED
        assert not receipt.is_human


def test_a_rejection_has_its_reason() -> None:
    """Without one it says nothing that a dispatcher could act on."""
    (receipt,) = heard((WIRE / "rejected.json").read_bytes())
    assert (receipt.progress, receipt.reason) == (Progress.REFUSED, "other_jurisdiction")
    assert receipt.is_human
    with pytest.raises(Garbled, match="no_reason"):
        heard(with_ack(step="REJECTED"))


def test_an_error_is_a_machines_refusal() -> None:
    """Their system cannot read the case: nobody has refused it."""
    (receipt,) = heard((WIRE / "error.json").read_bytes())
    assert (receipt.alert, receipt.progress, receipt.reason) == (ALERT.id, Progress.REFUSED, "schema")
    assert not receipt.is_human


@pytest.mark.parametrize(
    "wrong",
    [
        with_ack(step="SEEN"),
        with_ack(step="read"),
        with_ack(step=None),
        with_ack(distributionID=None),
        with_ack(distributionID=ALERT.id),
        with_ack(distributionID=f"id.jambi.113_{ALERT.id}"),
        with_ack(distributionID=f"{OURS}_"),
        with_ack(distributionID=f"{OURS}_n.1"),
        with_ack(distributionID=f"{OURS}_{'n' * 65}"),
        with_ack(reason="because he is Budi"),
        with_ack(at="2026-11-29T10:00:00"),
        with_ack(officer="Andi"),
        with_ack(policeReportNumber="x" * 121),
        with_ack(officer={"name": "Andi 1571015203909901"}),
        with_ack(officer={"unit": "Piket\nSPKT"}),
        with_ack(reference=""),
        {**READ, "senderID": "polda-jambi"},
        {**READ, "distributionKind": "Report"},
        {**READ, "distributionKind": "Error"},
        {**READ, "content": {}},
        {**READ, "dateTimeSent": "yesterday"},
        {},
        [READ] * 101,
        [READ, {}],
        7,
        b"",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_anything_else_is_garbled(wrong: Any) -> None:
    """An unknown step, another's message, another sender: nothing is guessed, none of a list is kept."""
    with pytest.raises(Garbled):
        heard(wrong)


def test_an_empty_list_says_nothing() -> None:
    """Harmless."""
    assert heard([]) == ()


@given(body=st.binary(max_size=200))
def test_any_bytes_at_all(body: bytes) -> None:
    """Receipts or Garbled, nothing else."""
    with suppress(Garbled):
        assert isinstance(heard(body), tuple)


def test_the_answer_at_once() -> None:
    """A machine has filed it, under its own number."""
    receipt = receipt_at_once(ALERT.id, (WIRE / "taken.json").read_bytes())
    assert receipt == Receipt(ALERT.id, Progress.INTEGRATED, reference="SPKT-7")


@pytest.mark.parametrize("step", ["READ", "ACCEPTED", "RECEIVED ", "", None])
def test_an_answer_at_once_is_a_machines(step: str | None) -> None:
    """No person has read anything within a second."""
    with pytest.raises(Garbled):
        receipt_at_once(ALERT.id, json.dumps({"ack": {"step": step}}).encode())


def test_why_a_message_was_refused() -> None:
    """In the contract's words only."""
    assert refusal_code((WIRE / "wrong-sequence.json").read_bytes()) == "wrong_sequence"
    for body in (b"", b"<html>", b'{"error": {"code": "BUDI", "distributionID": "x"}}', b'{"error": "no"}'):
        assert refusal_code(body) is None


def test_it_has_this_very_message() -> None:
    """Not another one."""
    body = (WIRE / "had-it.json").read_bytes()
    assert has_it(ALERT.id, body, sender=OURS)
    assert not has_it("n-other", body, sender=OURS)
    assert not has_it(ALERT.id, (WIRE / "wrong-sequence.json").read_bytes(), sender=OURS)
    assert not has_it(ALERT.id, b"ok", sender=OURS)
