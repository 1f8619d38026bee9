"""The state of one bed, from `operationalStatus` and `status`; in doubt UNKNOWN, never free."""

from functools import lru_cache

from contracts import BedState

from .structs import Resource

# HL7 table 0116 (FHIR v2-0116), all six codes. There is no "reserved".
CODES = {
    "U": BedState.FREE,
    "O": BedState.OCCUPIED,
    "H": BedState.SOON,
    "K": BedState.SOON,
    "I": BedState.ISOLATED,
    "C": BedState.CLOSED,
}
# A display is only read to catch one that contradicts its code.
DISPLAYS = {
    "unoccupied": BedState.FREE,
    "kosong": BedState.FREE,
    "tersedia": BedState.FREE,
    "occupied": BedState.OCCUPIED,
    "terisi": BedState.OCCUPIED,
    "housekeeping": BedState.SOON,
    "contaminated": BedState.SOON,
    "isolated": BedState.ISOLATED,
    "closed": BedState.CLOSED,
    # No code says these (read 2026-11-23), so servers say them beside another one.
    "reserved": BedState.UNKNOWN,
    "dipesan": BedState.UNKNOWN,
    "penuh": BedState.UNKNOWN,
    "rusak": BedState.UNKNOWN,
}
LIFE = {None: None, "active": None, "suspended": BedState.CLOSED, "inactive": BedState.CLOSED}
_SYSTEMS = {None, "http://terminology.hl7.org/codesystem/v2-0116", "http://hl7.org/fhir/v2/0116"}


def own_state(row: Resource) -> BedState | None:
    """Return the state the Location itself claims, None where it carries none."""
    life = LIFE.get(row.status, BedState.UNKNOWN)
    status = row.operational_status
    if life is not None or status is None:
        return life
    codings = status.codings()
    if len(codings) == 1:
        return _state(codings[0].system, codings[0].code, codings[0].display)
    states = {_state(coding.system, coding.code, coding.display) for coding in codings}
    certain = states - {BedState.UNKNOWN}
    return certain.pop() if len(certain) == 1 else BedState.UNKNOWN


@lru_cache(maxsize=256)
def plain(system: str | None) -> str | None:
    """Return a system's name for comparing: http and https, case, blanks and end slash aside."""
    if not system:
        return None
    text = system.strip().rstrip("/").casefold()
    return "http://" + text.removeprefix("https://") if text.startswith("https://") else text


@lru_cache(maxsize=256)
def _state(system: str | None, code: str | None, display: str | None) -> BedState:
    state = CODES.get((code or "").strip()) if plain(system) in _SYSTEMS else None
    shown = DISPLAYS.get((display or "").strip().casefold(), state)
    return state if state is not None and shown is state else BedState.UNKNOWN
