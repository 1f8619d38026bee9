"""
A hospital's departments and places as SATUSEHAT shows them.

Habits after the official sample collection as described in our facts, sections 1.3 and 1.5 (read
2026-11-23): beds hang on departments two levels below the hospital, a ward has no partOf, an ICU is
known by its room's type, VIP rooms may carry the state themselves, coordinates may be swapped.
"""

from base64 import b64encode
from datetime import UTC, datetime
from uuid import UUID, uuid5

from sandbox.building import Place
from sandbox.fhir.shelf import Resource, Stamping
from sandbox.hospital import state_coding
from sandbox.plain.dress import CLASS_SYSTEM, CLASS_URL, PHYSICAL, PHYSICAL_SYSTEM
from sandbox.table import HospitalRow

_NAMES = UUID("00000000-0000-4000-8000-00000c040112")
_OUTPATIENT = "http://terminology.kemkes.go.id/CodeSystem/locationServiceClass-Outpatient"
_LOCATION_TYPE = "http://terminology.kemkes.go.id/CodeSystem/location-type"

# Kemkes code system location-type, as published 2023-11-02 in the national IG's source (read 2026-11-24).
BED_TYPE = ("RT0004", "Tempat Tidur")  # every bed has it, wherever it stands
ROOM_TYPES = {
    "igd": ("RT0026", "Ruangan Observasi"),
    "icu": ("RT0007", "Ruang Perawatan Intensif Umum (ICU)"),
    "hcu": ("RT0013", "High Care Unit (HCU)"),
    "nicu": ("RT0012", "Ruangan Perawatan Intensif Neonatus(NICU)"),
    "picu": ("RT0011", "Ruangan Perawatan Intensif Pediatrik (PICU)"),
    "isolation": ("RT0018", "Ruangan Perawatan Isolasi"),
    "delivery": ("RT0008", "Ruangan Persalinan"),
}
_GENERIC_INTENSIVE = ("RT0009", "Ruang Perawatan Intensif")
_WARD_TYPES = {"igd": ("RT0006", "Instalasi Gawat Darurat")}
_INPATIENT = ("RT0016", "Ruang Rawat Inap")

# Department of each need, below one of the two divisions.
DIVISIONS = {"pelayanan-medik": "Divisi Pelayanan Medik", "penunjang": "Divisi Penunjang Medik"}
DEPARTMENTS = {
    "gawat-darurat": ("Pelayanan Gawat Darurat", "pelayanan-medik"),
    "intensif": ("Layanan Intensif", "pelayanan-medik"),
    "kia": ("Layanan Kesehatan Ibu dan Anak", "pelayanan-medik"),
    "penyakit-dalam": ("Layanan Penyakit Dalam", "pelayanan-medik"),
    "radiologi": ("Layanan Radiologi", "penunjang"),
    "laboratorium": ("Layanan Laboratorium", "penunjang"),
}
_DEPARTMENT_OF = {"igd": "gawat-darurat", "icu": "intensif", "hcu": "intensif"} | dict.fromkeys(
    ("nicu", "picu", "delivery"), "kia"
)


def made_id(row: HospitalRow, kind: str, key: str) -> str:
    """Return the platform's id for something of this hospital: a UUID, always the same."""
    return str(uuid5(_NAMES, f"{row.organization}/{kind}/{key}"))


def _version(before: str | None, at: datetime) -> str:
    del before  # the platform makes versions from the time
    return b64encode(str(int(at.timestamp() * 1_000_000)).encode()).decode().rstrip("=")


STAMPING = Stamping(_version, lambda at: at.astimezone(UTC).isoformat(timespec="microseconds"))


def _telecom(row: HospitalRow) -> list[Resource]:
    return [{"system": "phone", "use": "work", "value": row.phone}]


def _organization(row: HospitalRow, key: str, name: str, inside: str) -> Resource:
    kind = {
        "system": "http://terminology.hl7.org/CodeSystem/organization-type",
        "code": "dept",
        "display": "Hospital Department",
    }
    return {
        "resourceType": "Organization",
        "id": made_id(row, "organization", key),
        "active": True,
        "identifier": [
            {
                "use": "official",
                "system": f"http://sys-ids.kemkes.go.id/organization/{row.organization}",
                "value": name,
            }
        ],
        "name": f"{name}, {row.name} (data contoh)",
        "type": [{"coding": [kind]}],
        "telecom": _telecom(row),
        "partOf": {"reference": f"Organization/{inside}"},
    }


def organizations_of(row: HospitalRow) -> list[Resource]:
    """Return the hospital, its divisions and their departments."""
    kind = {
        "system": "http://terminology.kemkes.go.id/CodeSystem/organization-type",
        "code": "104",
        "display": "Rumah Sakit",
    }
    hospital = {
        "resourceType": "Organization",
        "id": row.organization,
        "active": True,
        "name": f"{row.name} (data contoh)",
        "type": [{"coding": [kind]}],
        "telecom": _telecom(row),
        "address": [{"use": "work", "line": [row.address], "city": "Kota Jambi", "country": "ID"}],
    }
    divisions = [_organization(row, key, name, row.organization) for key, name in DIVISIONS.items()]
    departments = [
        _organization(row, key, name, made_id(row, "organization", division))
        for key, (name, division) in DEPARTMENTS.items()
    ]
    return [hospital, *divisions, *departments]


def department_of(row: HospitalRow, place: Place) -> str:
    """Return the id of the department that manages *place*."""
    return made_id(row, "organization", _DEPARTMENT_OF.get(place.row.key, "penyakit-dalam"))


def _type(row: HospitalRow, place: Place) -> tuple[str, str]:
    if place.kind == "bd":
        return BED_TYPE
    if (place.kind, place.row.key) == ("ro", "icu") and "generic_intensive" in row.habits:
        return _GENERIC_INTENSIVE
    table = ROOM_TYPES if place.kind == "ro" else _WARD_TYPES
    return table.get(place.row.key, _INPATIENT)


def _physical_type(place: Place) -> Resource:
    code = "bu" if (place.kind, place.row.key) == ("wa", "igd") else place.kind
    coding = {"system": PHYSICAL_SYSTEM, "code": code, "display": PHYSICAL.get(code, "Building")}
    return {"coding": [coding]}


def _class(place: Place) -> Resource:
    if place.row.key == "igd":
        coding = {"system": _OUTPATIENT, "code": "reguler", "display": "Kelas Reguler"}
    else:
        kelas = place.row.kelas or "1"  # even an ICU room carries an inpatient class here
        coding = {"system": CLASS_SYSTEM, "code": kelas, "display": f"Kelas {kelas.upper()}"}
    return {"url": CLASS_URL, "valueCodeableConcept": {"coding": [coding]}}


def _position(row: HospitalRow) -> Resource:
    longitude, latitude = row.longitude, row.latitude
    if "swapped" in row.habits:
        longitude, latitude = latitude, longitude
    return {"longitude": longitude, "latitude": latitude, "altitude": 0}


def _loosen(row: HospitalRow, system: str) -> str:
    """Kemenkes' systems also occur with https and a trailing blank."""
    return system.replace("http://", "https://", 1) + " " if "loose_systems" in row.habits else system


def location_of(row: HospitalRow, place: Place) -> Resource:
    """Return *place* as the platform shows it."""
    code, display = _type(row, place)
    location: Resource = {
        "resourceType": "Location",
        "id": made_id(row, "location", place.key),
        "identifier": [
            {"system": f"http://sys-ids.kemkes.go.id/location/{row.organization}", "value": place.key}
        ],
        "status": "active",
        "mode": "instance",
        "name": f"{place.name}, {row.name}",
        "description": f"{place.name} (data contoh)",
        "extension": [_class(place)],
        "telecom": _telecom(row),
        "type": [{"coding": [{"system": _loosen(row, _LOCATION_TYPE), "code": code, "display": display}]}],
        "physicalType": _physical_type(place),
        "position": _position(row),
        "managingOrganization": {"reference": f"Organization/{department_of(row, place)}"},
    }
    if place.inside:
        location["partOf"] = {
            "reference": f"Location/{made_id(row, 'location', place.inside)}",
            "display": place.name.split(",")[0],
        }
    if place.state:
        location["operationalStatus"] = state_coding(place.state)
    return location


def misspell_one(locations: list[Resource]) -> None:
    """Write the state of one class-2 bed as "UO", as an official sample does."""
    bed = next(
        place
        for place in locations
        if place["identifier"][0]["value"].startswith("kelas-2") and place.get("operationalStatus")
    )
    bed["operationalStatus"] = {**bed["operationalStatus"], "code": "UO", "display": "Unoccupied"}
