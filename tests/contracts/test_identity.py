"""Numbers that name a person: checked for form, masked in print, never repeated in an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts import Nik, Nokartu
from contracts.identity import NotAnIdentityNumber

WOMAN = "1571015203909901"
MAN = "1571011203900001"


@pytest.mark.parametrize("text", [WOMAN, MAN, "1571012902000001", "9701010101010001"])
def test_a_possible_nik_is_taken(text: str) -> None:
    """Women's days stand 40 higher; 29 February exists in some century."""
    assert text == Nik(text).reveal()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "digits"),
        ("157101520390990", "digits"),
        ("15710152039099011", "digits"),
        ("157101520390990x", "digits"),
        ("١٥٧١٠١٥٢٠٣٩٠٩٩٠١", "digits"),
        ("1111111111111111", "repeated_digit"),
        ("0000000000000000", "repeated_digit"),
        ("1071015203909901", "nik_province"),
        ("1500015203909901", "nik_region"),
        ("1571005203909901", "nik_region"),
        ("1571013203909901", "nik_birth_date"),
        ("1571017203909901", "nik_birth_date"),
        ("1571015213909901", "nik_birth_date"),
        ("1571015203900000", "nik_serial"),
    ],
)
def test_an_impossible_nik_is_refused_by_its_fault(text: str, code: str) -> None:
    """The code says what is wrong; the message never repeats the number."""
    with pytest.raises(NotAnIdentityNumber) as refused:
        Nik(text)
    assert refused.value.code == code
    assert not text or text not in str(refused.value)


def test_a_card_number_keeps_its_leading_zeros() -> None:
    """It is text, not a number."""
    assert Nokartu("0000000000018").reveal() == "0000000000018"


@given(st.from_regex("[0-9]{13}", fullmatch=True))
def test_print_shows_eight_digits_at_most(text: str) -> None:
    """Neither str nor repr nor an f-string shows the whole number."""
    try:
        card = Nokartu(text)
    except NotAnIdentityNumber:
        assert len(set(text)) == 1
        return
    for shown in (str(card), repr(card), f"{card}"):
        assert text not in shown
        assert sum(sign.isdigit() for sign in shown) == 8


class _Question(BaseModel):
    nik: Nik


@pytest.mark.parametrize("wrong", ["1571013203909901", "x", None, 1571015203909901])
def test_a_model_refuses_by_code(wrong: object) -> None:
    """Numbers arrive as text; an integer is not one."""
    with pytest.raises(ValidationError) as refused:
        _Question.model_validate({"nik": wrong})
    assert refused.value.errors()[0]["loc"] == ("nik",)


def test_a_model_takes_and_describes_it() -> None:
    """The schema says what it is."""
    assert _Question.model_validate({"nik": WOMAN}).nik == Nik(WOMAN)
    assert _Question.model_json_schema()["properties"]["nik"]["pattern"] == "^[0-9]{16}$"
