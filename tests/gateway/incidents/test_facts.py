"""What is known of an incident comes back whole to who has the key, in its own picture, to nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Caller, Casualties, Caution, Place
from gateway.incidents.facts import NOTHING, Facts, from_scalars, seal, unseal
from gateway.people import Person

from .builders import FACTS, picture

CASE, SOMEBODY = Person("p-contoh", bytes(32)), Person("p-contoh", bytes(31) + b"x")
ID = picture().incident

words = st.none() | st.text(min_size=1, max_size=40)
counts = st.none() | st.integers(0, 100_000)
places = st.builds(
    Place,
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    precision_m=st.none() | st.integers(1, 100_000),
    address=words,
    landmark=words,
    area_code=st.none() | st.just("15.71.08"),
    area_name=st.none() | st.just("Jelutung"),
)
known = st.builds(
    Facts,
    place=places,
    narrative=words,
    cautions=st.lists(st.sampled_from(Caution), unique=True).map(tuple),
    casualties=st.builds(Casualties, counts, counts, counts, counts),
    caller=st.none() | st.builds(Caller, st.text(min_size=1, max_size=40), words),
    note=words,
)


@given(known)
def test_everything_comes_back(facts: Facts) -> None:
    """Whatever was told, and nothing that was not: no one counted is not nobody hurt."""
    assert from_scalars(facts.scalars()) == facts
    sealed = seal(CASE, facts, incident=ID, sequence=3)
    assert unseal(CASE, picture(sequence=3, sealed=sealed)) == facts


@given(known)
def test_what_is_sealed_has_no_floats_and_no_gaps(facts: Facts) -> None:
    """As an audit entry wants it."""
    assert all(isinstance(value, str | int) for value in facts.scalars().values())


def test_nothing_known_is_nothing_said() -> None:
    """An empty picture is one all the same."""
    assert NOTHING.scalars() == {}
    assert unseal(CASE, picture(sealed=seal(CASE, NOTHING, incident=ID, sequence=1))) == NOTHING


@pytest.mark.parametrize(
    ("person", "incident", "sequence"),
    [(None, ID, 1), (SOMEBODY, ID, 1), (CASE, "i-anotherthere2", 1), (CASE, ID, 2)],
)
def test_without_the_key_or_elsewhere_nothing_is_said(
    person: Person | None, incident: str, sequence: int
) -> None:
    """Whoever was named was erased, or the picture was put into another's place."""
    sealed = seal(CASE, FACTS, incident=ID, sequence=1)
    assert unseal(person, picture(incident=incident, sequence=sequence, sealed=sealed)) is None


@pytest.mark.parametrize(("person", "facts"), [(None, FACTS), (CASE, None)])
def test_what_was_erased_is_sealed_as_nothing(person: Person | None, facts: Facts | None) -> None:
    """An incident can be ended after an erasure, and that picture says nothing of anybody."""
    sealed = seal(person, facts, incident=ID, sequence=2)
    assert sealed == ""
    assert unseal(CASE, picture(sequence=2, sealed=sealed)) is None


def test_no_word_of_it_stands_in_the_row() -> None:
    """Sealed means unreadable."""
    sealed = seal(CASE, FACTS, incident=ID, sequence=1)
    assert all(word not in sealed for word in ("Contoh", "103.61567", "+6281200000001"))
