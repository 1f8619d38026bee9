"""The hand-made messages are sorted rightly; two readers of the schema say what it sees of them."""

import pytest

from adapters.cap.build import build
from adapters.cap.read import read
from adapters.cap.rules import Finding, findings, first_error
from contracts import Garbled

from .cases import CASES, MORE, VALID, Case
from .oracle import second_takes, takes


def verdict(body: bytes) -> str | None:
    """Return what is wrong with *body*, None where nothing is."""
    try:
        return first_error(read(body))
    except Garbled as wrong:
        return wrong.detail


def test_there_are_thirty_one() -> None:
    """As many as were measured, and one of them is valid."""
    assert len(CASES) == 31
    assert [case.name for case in CASES if case.code is None] == ["valid"]


@pytest.mark.parametrize("case", [*CASES, *MORE], ids=lambda case: case.name)
def test_each_is_sorted_rightly(case: Case) -> None:
    """What the schema misses the rules find, and each mistake has its own name."""
    assert verdict(case.body.encode()) == case.code


@pytest.mark.parametrize("case", [*CASES, *MORE], ids=lambda case: case.name)
def test_the_schema_says_what_we_say_it_says(case: Case) -> None:
    """Two independent readers agree on which mistakes are the schema's."""
    body = case.body.encode()
    assert takes(body) == second_takes(body) == case.schema


def test_a_valid_message_raises_no_doubt() -> None:
    """No false alarm."""
    assert findings(read(VALID.encode())) == ()


DOUBTS = {
    "rule.empty_element": ("<web>https://cuaca.contoh.example/peta.jpg</web>", "<web/>"),
    "rule.exercise_without_note": (">Actual<", ">Exercise<"),
    "rule.markup": ("Keterangan contoh.", "Keterangan &lt;b&gt;contoh&lt;/b&gt;"),
    "rule.never_expires": ("<expires>2026-11-24T12:05:00+07:00</expires>", ""),
    "rule.outside_indonesia": ("-1.70,103.65", "-14.70,103.65"),
    "rule.polygon_crosses_itself": (
        "-1.60,103.55 -1.60,103.65 -1.70,103.65 -1.60,103.55",
        "-1.60,103.55 -1.70,103.65 -1.60,103.65 -1.70,103.55 -1.60,103.55",
    ),
}


@pytest.mark.parametrize("code", DOUBTS)
def test_what_is_only_odd_is_no_error(code: str) -> None:
    """Somebody may look at it, and nobody refuses it."""
    old, new = DOUBTS[code]
    assert VALID.count(old) == 1
    assert findings(read(VALID.replace(old, new).encode())) == (Finding(code, is_error=False),)


def test_the_same_text_in_two_languages_is_odd() -> None:
    """Nobody has translated it."""
    start, end = VALID.index("  <info>"), VALID.index("</alert>")
    other = VALID[start:end].replace("<language>id<", "<language>en<")
    body = VALID.replace("</alert>", f"{other}</alert>")
    assert findings(read(body.encode())) == (Finding("rule.not_translated", is_error=False),)


def test_a_day_may_end_at_24() -> None:
    """XML Schema allows it, `fromisoformat` does not."""
    ends = VALID.replace("<expires>2026-11-24T12:05:00", "<expires>2026-11-24T24:00:00")
    assert takes(ends.encode())
    info = read(ends.encode()).infos[0]
    assert info.expires is not None
    assert info.expires.isoformat() == "2026-11-25T00:00:00+07:00"


def test_a_signature_is_passed_over() -> None:
    """It may follow the last info, and nothing may follow it."""
    signature = '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:SignedInfo/></s:Signature>'
    signed = VALID.replace("</alert>", f"{signature}</alert>")
    assert takes(signed.encode())
    assert read(signed.encode()) == read(VALID.encode())
    assert verdict(VALID.replace("<scope>", f"{signature}<scope>").encode()) == "cap.order.scope"


def test_instructions_and_comments_are_passed_over() -> None:
    """BMKG's bodies name a stylesheet."""
    odd = VALID.replace("<alert ", '<?xml-stylesheet href="x.xsl"?>\n<!-- contoh -->\n<alert ')
    odd = odd.replace("Keterangan contoh.", "Keterangan <!-- y -->contoh.")
    assert read(odd.encode()) == read(VALID.encode())


def test_what_is_read_is_written_again() -> None:
    """Everything of the example comes back."""
    message = read(VALID.encode())
    assert read(build(message)) == message
    assert takes(build(message))
