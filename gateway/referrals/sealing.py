"""What a referral holds of the patient: sealed under that patient's key, opened only to be shown or told."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from contracts import Nik, Nokartu, Patient
from contracts.audit import Scalar, Sealed
from gateway.people import Person
from gateway.people.person import ALGORITHM, CannotUnseal

ACT = "referral"
UNKNOWN = Patient()
_NUMBERS = {"nik": Nik, "nokartu": Nokartu}


@dataclass(frozen=True, slots=True)
class Told:
    """
    What the crew or the sending clinician told of the patient and their state.

    *diagnosis* is an ICD-10 code; *situation* free text (SBAR); *transport* names the ambulance and its crew;
    *callback_phone* is where the hospital reaches them.
    """

    patient: Patient = UNKNOWN
    diagnosis: str | None = None
    situation: str | None = None
    transport: str | None = None
    callback_phone: str | None = None

    def scalars(self) -> dict[str, Scalar]:
        """Return everything that is known, as an entry seals it."""
        patient = {each.name: getattr(self.patient, each.name) for each in fields(self.patient)}
        own = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "patient"}
        return {name: _scalar(value) for name, value in (patient | own).items() if value is not None}


NOTHING = Told()


def _scalar(value: object) -> Scalar:
    if isinstance(value, Nik | Nokartu):
        return value.reveal()
    return value.isoformat() if isinstance(value, date) else value  # type: ignore[return-value]  # text or number


def told_from(scalars: Mapping[str, Scalar]) -> Told:
    """Return what was sealed as *scalars*."""
    names = {each.name for each in fields(Patient)}
    patient = {name: _value(name, value) for name, value in scalars.items() if name in names}
    own = {each.name for each in fields(Told)} - {"patient"}
    rest = {name: value for name, value in scalars.items() if name in own}
    return replace(NOTHING, patient=Patient(**patient), **rest)  # type: ignore[arg-type]  # as they were sealed


def _value(name: str, value: Scalar) -> object:
    if name in _NUMBERS:
        return _NUMBERS[name](str(value))
    return date.fromisoformat(str(value)) if name == "birth_date" else value


def seal(person: Person, scalars: Mapping[str, Scalar], *, place: str) -> str:
    """Return *scalars* as only this person's key opens them, and only in this *place*."""
    return person.seal(scalars, act=ACT, key=place).ct


def unseal(person: Person | None, sealed: str | None, *, place: str) -> dict[str, Scalar] | None:
    """Return what was sealed there; None where it never was, or the key is gone: the person was erased."""
    if person is None or sealed is None:
        return None
    try:
        return person.unseal(Sealed(ALGORITHM, person.pseudonym, sealed), act=ACT, key=place)
    except CannotUnseal:
        return None


def open_note(person: Person | None, sealed: str | None, *, place: str, referral: str) -> str | None:
    """Return a note as `Case.seal` sealed it, None as above."""
    if person is None or sealed is None:
        return None
    try:
        opened = person.unseal(
            Sealed(ALGORITHM, person.pseudonym, sealed), act=f"referral {place}", key=referral
        )
    except CannotUnseal:
        return None
    return str(opened.get("note"))
