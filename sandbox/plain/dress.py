"""A hospital's places as plain FHIR R4 Locations."""

from datetime import UTC, datetime, timedelta, timezone

from sandbox.building import Place
from sandbox.fhir.shelf import Resource, Stamping
from sandbox.hospital import state_coding
from sandbox.table import HospitalRow

WIB = timezone(timedelta(hours=7))

ROLE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
PHYSICAL_SYSTEM = "http://terminology.hl7.org/CodeSystem/location-physical-type"
CLASS_URL = "https://fhir.kemkes.go.id/r4/StructureDefinition/LocationServiceClass"
CLASS_SYSTEM = "http://terminology.kemkes.go.id/CodeSystem/locationServiceClass-Inpatient"
# Hospitals here know the class codes of BPJS Aplicares by heart, so their own code list repeats them.
LOCAL_SYSTEM = "https://sandbox.contoh.invalid/CodeSystem/ruang"

PHYSICAL = {"wa": "Ward", "ro": "Room", "bd": "Bed"}
# What a place is for: HL7's role code where one fits, the hospital's own code, and its words.
_UNIT = ("HU", "Hospital unit")
ROLES = {
    "igd": (("ER", "Emergency room"), "IGD", "Instalasi Gawat Darurat (IGD)"),
    "icu": (("ICU", "Intensive care unit"), "ICU", "Ruang ICU"),
    "hcu": (None, "HCU", "Ruang HCU"),
    "nicu": (("PEDNICU", "Pediatric neonatal intensive care unit"), "NIC", "Ruang NICU"),
    "picu": (("PEDICU", "Pediatric intensive care unit"), "PIC", "Ruang PICU"),
    "isolation": (None, "ISO", "Ruang Isolasi"),
    "delivery": (None, "SAL", "Ruang Bersalin"),
    "kelas-1": (_UNIT, "KL1", "Bangsal Kelas 1"),
    "kelas-2": (_UNIT, "KL2", "Bangsal Kelas 2"),
    "kelas-3": (_UNIT, "KL3", "Bangsal Kelas 3"),
    "vip": (_UNIT, "VIP", "Bangsal VIP"),
}


def _next_number(before: str | None, at: datetime) -> str:
    del at  # this server numbers its versions; others use the time
    return str(int(before or "0") + 1)


def stamping(row: HospitalRow) -> Stamping:
    """Versions 1, 2, 3 ...; times in UTC or, for a hospital with that habit, in WIB."""
    zone = WIB if "wib" in row.habits else UTC
    return Stamping(_next_number, lambda at: at.astimezone(zone).isoformat(timespec="milliseconds"))


def _type(place: Place) -> list[Resource]:
    role, local, words = ROLES[place.row.key]
    codings = [{"system": LOCAL_SYSTEM, "code": local, "display": words}]
    if role is not None:
        codings.insert(0, {"system": ROLE_SYSTEM, "code": role[0], "display": role[1]})
    return [{"coding": codings, "text": words}]


def _class(kelas: str) -> Resource:
    coding = {"system": CLASS_SYSTEM, "code": kelas, "display": f"Kelas {kelas.upper()}"}
    return {"url": CLASS_URL, "valueCodeableConcept": {"coding": [coding]}}


def location_of(row: HospitalRow, place: Place) -> Resource:
    """Return *place* as this hospital's server would show it."""
    physical = {"system": PHYSICAL_SYSTEM, "code": place.kind, "display": PHYSICAL[place.kind]}
    location: Resource = {
        "resourceType": "Location",
        "id": place.key,
        "meta": {"tag": [{"system": "https://sandbox.contoh.invalid/tag", "code": "data-contoh"}]},
        "identifier": [{"system": f"https://sandbox.contoh.invalid/{row.id}/ruang", "value": place.key}],
        "status": "active",
        "name": place.name,
        "mode": "instance",
        "telecom": [{"system": "phone", "value": row.phone, "use": "work"}],
        "physicalType": {"coding": [physical]},
        "position": {"longitude": row.longitude, "latitude": row.latitude},
        "managingOrganization": {"reference": f"Organization/{row.organization}", "display": row.name},
    }
    if place.kind == "wa" or "typed_wards" not in row.habits:
        location["type"] = _type(place)
    if place.row.kelas and (place.kind == "wa" or "typed_wards" not in row.habits):
        location["extension"] = [_class(place.row.kelas)]
    if place.inside:
        location["partOf"] = {"reference": f"Location/{place.inside}"}
    if place.state:
        location["operationalStatus"] = state_coding(place.state)
    return location


def make_odd(locations: list[Resource]) -> None:
    """Give the first three class-3 beds what real servers show: no state, retired, out of use."""
    odd = [place for place in locations if place["id"].startswith("kelas-3") and "operationalStatus" in place]
    del odd[0]["operationalStatus"]
    odd[1].update(status="inactive", operationalStatus=state_coding("U"))
    odd[2].update(status="suspended", operationalStatus=state_coding("O"))


def fresh_since(row: HospitalRow, now: datetime) -> tuple[datetime, timedelta]:
    """When the oldest entry of this hospital was made, and over how long the others are spread."""
    if "stale" in row.habits:
        return now - timedelta(hours=9), timedelta(hours=2)
    return now - timedelta(minutes=45), timedelta(minutes=40)
