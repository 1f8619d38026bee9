"""What a referral holds of the patient comes back whole to who has the key, and to nobody else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Nik, Nokartu, Patient
from gateway.people import Person
from gateway.referrals import store
from gateway.referrals.sealing import NOTHING, Told, open_note, seal, told_from, unseal
from gateway.referrals.states import Event

from .conftest import Desk
from .house import FIRST, NIK, TOLD

MARIA, SOMEBODY = Person("p-maria", bytes(32)), Person("p-maria", bytes(31) + b"x")
PLACE = "r-contoh"
words = st.none() | st.text(max_size=40)
patients = st.builds(
    Patient,
    name=words,
    nik=st.none() | st.just(Nik(NIK)),
    nokartu=st.none() | st.just(Nokartu("0001571015201")),
    sex=st.sampled_from((None, "male", "female")),
    birth_date=st.none() | st.dates(date(1900, 1, 1), date(2030, 1, 1)),
    age_years=st.none() | st.integers(0, 150),
    phone=words,
)
told = st.builds(Told, patients, words, words, words, words)


@given(told)
def test_everything_comes_back(what: Told) -> None:
    """Whatever the crew told, and nothing that it did not."""
    opened = unseal(MARIA, seal(MARIA, what.scalars(), place=PLACE), place=PLACE)
    assert opened is not None
    assert told_from(opened) == what
    assert None not in opened.values()


@pytest.mark.parametrize(
    ("person", "place"), [(None, PLACE), (SOMEBODY, PLACE), (MARIA, "r-other"), (MARIA, f"{PLACE} coverage")]
)
def test_without_the_key_or_elsewhere_nothing_is_said(person: Person | None, place: str) -> None:
    """The person was erased, has another key, or the row was put into another's place."""
    assert unseal(person, seal(MARIA, TOLD.scalars(), place=PLACE), place=place) is None


def test_what_was_never_sealed_is_none() -> None:
    """A referral without coverage has none."""
    assert unseal(MARIA, None, place=PLACE) is None


def test_no_word_of_it_stands_in_the_row() -> None:
    """Sealed means unreadable."""
    sealed = seal(MARIA, TOLD.scalars(), place=PLACE)
    assert all(word not in sealed for word in (NIK, "Siti", "I21.9"))


async def test_an_erased_patient_goes_on_as_somebody_unknown(desk: Desk) -> None:
    """The hospital is still asked, for nobody with a name."""
    referral = await desk.new()
    desk.people.erase(referral.subject)
    desk.room.forget()
    told_there: list[Patient] = []
    desk.hospitals[FIRST].heard = lambda hospital, ask: told_there.append(ask.patient)
    await desk.do(referral.id, Event.APPROVE)
    await desk.sweep()
    assert told_there == [NOTHING.patient]


async def test_a_note_opens_in_its_own_line_only(desk: Desk) -> None:
    """Its seal names the event and the referral."""
    referral = await desk.new()
    await desk.do(referral, Event.APPROVE, note="Contoh alasan")
    person = await desk.room.person(referral.subject)
    history = await desk.room.database.read(lambda c: store.history_of(c, referral.id))
    (line,) = [each for each in history if each.event == "approve"]
    assert line.sealed is not None
    assert "Contoh" not in line.sealed
    assert open_note(person, line.sealed, place="approve", referral=referral.id) == "Contoh alasan"
    assert open_note(person, line.sealed, place="reject", referral=referral.id) is None
    assert open_note(person, line.sealed, place="approve", referral="r-other") is None
