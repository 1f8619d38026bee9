"""What is sealed about somebody opens with their key, in its own place, and nowhere else."""

from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.audit import Entry, Scalar
from gateway.people import CannotUnseal, Person, about

KEY = bytes(range(32))
TOLD: dict[str, Scalar] = {"nik": "1571015203909901", "birth_date_match": True, "times": 3, "fktp": None}
scalars = st.text() | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none()


@given(st.dictionaries(st.text(), scalars))
def test_what_was_sealed_is_what_opens(told: dict[str, str | int | bool | None]) -> None:
    """Whatever it is, to the value and the type."""
    person = Person("p-1", KEY)
    assert person.unseal(person.seal(told, act="a.b", key="k"), act="a.b", key="k") == told


def test_two_seals_of_the_same_differ() -> None:
    """Nobody sees that the same thing was told twice."""
    person = Person("p-1", KEY)
    assert person.seal(TOLD, act="a.b", key="k").ct != person.seal(TOLD, act="a.b", key="k").ct


@pytest.mark.parametrize(("act", "key"), [("a.c", "k"), ("a.b", "l"), ("a", "b\nk"), ("", "")])
def test_it_opens_only_in_its_own_entry(act: str, key: str) -> None:
    """Moved to another entry it is worth nothing."""
    person = Person("p-1", KEY)
    with pytest.raises(CannotUnseal):
        person.unseal(person.seal(TOLD, act="a.b", key="k"), act=act, key=key)


@pytest.mark.parametrize("other", [Person("p-1", bytes(32)), Person("p-2", KEY)])
def test_another_person_opens_nothing(other: Person) -> None:
    """Neither another key under the same name nor the same key under another."""
    sealed = Person("p-1", KEY).seal(TOLD, act="a.b", key="k")
    with pytest.raises(CannotUnseal):
        other.unseal(sealed, act="a.b", key="k")
    with pytest.raises(CannotUnseal):
        other.unseal(replace(sealed, kid=other.pseudonym), act="a.b", key="k")


@given(st.data())
def test_one_changed_bit_is_seen(data: st.DataObject) -> None:
    """Anywhere: nonce, text or tag; and what is no base64 or too short is refused alike."""
    person = Person("p-1", KEY)
    sealed = person.seal(TOLD, act="a.b", key="k")
    raw = bytearray(b64decode(sealed.ct))
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    for wrong in (b64encode(raw).decode(), "", "no", "AAAA", sealed.ct[:20]):
        with pytest.raises(CannotUnseal) as refused:
            person.unseal(replace(sealed, ct=wrong), act="a.b", key="k")
        assert "1571" not in str(refused.value)


def test_an_entry_about_somebody_names_the_fields_and_hides_the_rest() -> None:
    """Pseudonym and field names in the clear, in order; the values only sealed."""
    person = Person("p-1", KEY)
    entry = about(Entry("eligibility.asked", "intended"), person, TOLD)
    assert (entry.subject, entry.fields) == ("p-1", ("birth_date_match", "fktp", "nik", "times"))
    assert entry.sealed is not None
    assert "1571015203909901" not in repr(entry)
    assert person.unseal(entry.sealed, act=entry.act, key=entry.key) == TOLD


def test_an_entry_that_tells_nothing_seals_nothing() -> None:
    """Only the pseudonym."""
    entry = about(Entry("eligibility.answered", "UNKNOWN"), Person("p-1", KEY), {})
    assert (entry.subject, entry.fields, entry.sealed) == ("p-1", (), None)


def test_nobody_prints_a_key() -> None:
    """The pseudonym is all that a log or a traceback may show."""
    assert repr(Person("p-1", KEY)) == "Person(p-1)"
