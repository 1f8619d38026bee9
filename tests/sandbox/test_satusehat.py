"""The national platform and its habits, spoken to over a real socket."""

from typing import Any

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle

from tests.sandbox.conftest import all_pages, rows_of, satusehat_token, trouble

FHIR = "/satusehat/fhir-r4/v1"
TOKEN = "/satusehat/oauth2/v1/accesstoken"
FORM = {"client_id": "demo-client-99000008", "client_secret": "demo-secret-rsu-baiturrahim"}
HOSPITALS = {
    "rsu-baiturrahim": "99000008",
    "rsu-santa-theresia": "99000009",
    "rs-islam-arafah": "99000010",
    "rsu-kambang": "99000011",
    "rs-mitra": "99000013",
}


def departments(client: httpx.Client, hospital: str, token: dict[str, str]) -> list[dict[str, Any]]:
    """Return everything below the hospital, in one question."""
    query = {"partof": HOSPITALS[hospital], "_revinclude": "Organization:partof"}
    answer = client.get(f"{FHIR}/Organization", params=query, headers=token).raise_for_status()
    rows = [entry["resource"] for entry in answer.json()["entry"]]
    return [row for row in rows if row["resourceType"] == "Organization"]


def location_pages(client: httpx.Client, hospital: str) -> list[dict[str, Any]]:
    """Return every page of Locations of the hospital's departments."""
    token = satusehat_token(client, hospital, HOSPITALS[hospital])
    ids = ",".join(row["id"] for row in departments(client, hospital, token))
    return all_pages(client, f"{FHIR}/Location?organization={ids}", headers=token)


def by_id(pages: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the Locations of all pages by id."""
    return {row["id"]: row for row in rows_of(pages) if row["resourceType"] == "Location"}


def type_of(row: dict[str, Any]) -> str:
    """Return the Kemkes type of a Location."""
    return str(row["type"][0]["coding"][0]["code"])


def test_a_token_is_text_all_over(sandbox: httpx.Client) -> None:
    """Numbers come as strings, as the API manager writes them."""
    answer = sandbox.post(f"{TOKEN}?grant_type=client_credentials", data=FORM).json()
    assert answer["expires_in"] == "3599"
    assert answer["issued_at"].isdecimal()
    assert len(answer["issued_at"]) == 13
    assert answer["token_type"] == "BearerToken"


@pytest.mark.parametrize(
    ("query", "form", "status"),
    [
        ("", {**FORM, "grant_type": "client_credentials"}, 400),
        ("?grant_type=password", FORM, 400),
        ("?grant_type=client_credentials", {**FORM, "client_id": "nobody"}, 401),
        ("?grant_type=client_credentials", {}, 415),
    ],
)
def test_refuses_other_token_questions_with_a_fault(
    sandbox: httpx.Client, query: str, form: dict[str, str], status: int
) -> None:
    """grant_type belongs in the query; the refusal has the API manager's shape."""
    answer = sandbox.post(TOKEN + query, data=form)
    assert answer.status_code == status
    assert set(answer.json()["fault"]) == {"faultstring", "detail"}


def test_a_wrong_secret_is_told_as_an_outcome(sandbox: httpx.Client) -> None:
    """One kind of refusal comes as OperationOutcome with its text in details."""
    answer = sandbox.post(f"{TOKEN}?grant_type=client_credentials", data={**FORM, "client_secret": "x"})
    assert answer.status_code == 401
    assert answer.json()["issue"][0]["details"]["text"]


def test_wants_a_token_in_force(sandbox: httpx.Client) -> None:
    """Without one, with an unknown one, and after the platform's restart: 401 with a fault."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    assert sandbox.get(f"{FHIR}/Organization/99000013", headers=token).status_code == 200
    sandbox.delete("/door/tokens")
    for headers in ({}, {"Authorization": "Bearer x"}, token):
        answer = sandbox.get(f"{FHIR}/Organization/99000013", headers=headers)
        assert answer.status_code == 401
        assert "errorcode" in answer.json()["fault"]["detail"]


def test_a_client_sees_its_own_organisation_only(sandbox: httpx.Client) -> None:
    """Another's id is refused with the sentence of the platform's documentation."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    answer = sandbox.get(f"{FHIR}/Location?organization=99000013,99000008", headers=token)
    assert answer.status_code == 403
    text = answer.json()["issue"][0]["details"]["text"]
    assert text == "resource cannot be accessed due to business rule"


def test_departments_hang_two_levels_below_the_hospital(sandbox: httpx.Client) -> None:
    """By partof alone the divisions, with _revinclude their departments too, at either spelling."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    plain = sandbox.get(f"{FHIR}/Organization?partof=99000013", headers=token).json()
    wide = sandbox.get(
        f"{FHIR}/Organization/?partof=99000013&_revinclude=Organization:part-of", headers=token
    ).json()
    assert (plain["total"], wide["total"]) == (2, 8)
    assert all("search" not in entry for entry in wide["entry"])
    Bundle.model_validate(wide)


def test_no_bed_hangs_on_the_hospital_itself(sandbox: httpx.Client) -> None:
    """Asking for the hospital's own id finds nothing: its beds belong to departments."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    answer = sandbox.get(f"{FHIR}/Location?organization=99000013", headers=token)
    assert answer.json()["total"] == 0
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("hospital", HOSPITALS)
def test_total_counts_the_page_and_a_short_page_is_not_the_last(sandbox: httpx.Client, hospital: str) -> None:
    """At most 100 entries, total equal to them, and next follows even after three."""
    pages = location_pages(sandbox, hospital)
    sizes = [len(page["entry"]) for page in pages]
    assert [page["total"] for page in pages] == sizes
    assert sizes[:2] == [100, 3]
    assert len(sizes) == 3
    for page in pages:
        Bundle.model_validate(page)
    assert [link["relation"] for link in pages[0]["link"]] == ["search", "first", "self", "next"]
    assert "_page_token=" in pages[0]["link"][-1]["url"]


def test_withheld_beds_stand_as_outcomes_without_an_address(sandbox: httpx.Client) -> None:
    """Four beds of one hospital are suppressed; they count in total and show nothing."""
    pages = location_pages(sandbox, "rsu-santa-theresia")
    withheld = [entry for page in pages for entry in page["entry"] if "fullUrl" not in entry]
    assert len(withheld) == 4
    assert {entry["resource"]["issue"][0]["code"] for entry in withheld} == {"suppressed"}
    token = satusehat_token(sandbox, "rs-islam-arafah", "99000010")
    query = "partof=99000010&_revinclude=Organization:partof"
    entries = sandbox.get(f"{FHIR}/Organization?{query}", headers=token).json()["entry"]
    assert sum("fullUrl" not in entry for entry in entries) == 2


@pytest.mark.parametrize("hospital", HOSPITALS)
def test_an_icu_bed_is_known_by_its_room(sandbox: httpx.Client, hospital: str) -> None:
    """Beds are all RT0004 and carry an inpatient class; the room says RT0007, at one hospital RT0009."""
    places = by_id(location_pages(sandbox, hospital))
    beds = [row for row in places.values() if type_of(row) == "RT0004"]
    rooms = [places[bed["partOf"]["reference"].removeprefix("Location/")] for bed in beds]
    wanted = "RT0009" if hospital == "rs-mitra" else "RT0007"
    icu_beds = [bed for bed, room in zip(beds, rooms, strict=True) if type_of(room) == wanted]
    truth = sandbox.get(f"/door/beds/{hospital}").json()["icu"]
    assert len(icu_beds) == truth["total"]
    assert sum(bed["operationalStatus"]["code"] == "U" for bed in icu_beds) == truth["free"]
    classes = {bed["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] for bed in icu_beds}
    assert classes == {"1"}


def test_vip_rooms_hold_no_bed_and_carry_the_state(sandbox: httpx.Client) -> None:
    """A VIP room is occupied or free itself."""
    places = by_id(location_pages(sandbox, "rs-mitra"))
    rooms = [row for row in places.values() if "VIP" in row["name"] and "operationalStatus" in row]
    assert len(rooms) == 6
    assert {row["physicalType"]["coding"][0]["code"] for row in rooms} == {"ro"}


def test_a_ward_stands_in_nothing(sandbox: httpx.Client) -> None:
    """Wards have no partOf; every other place has."""
    places = by_id(location_pages(sandbox, "rs-mitra"))
    kinds = {row["physicalType"]["coding"][0]["code"] for row in places.values() if "partOf" not in row}
    assert kinds == {"wa", "bu"}


def test_the_platforms_slips_occur(sandbox: httpx.Client) -> None:
    """Swapped coordinates, one state "UO", systems with https and a trailing blank."""
    kambang = by_id(location_pages(sandbox, "rsu-kambang")).values()
    assert {row["position"]["latitude"] for row in kambang} == {103.593}
    assert [row["operationalStatus"]["code"] for row in kambang if "operationalStatus" in row].count(
        "UO"
    ) == 1
    mitra = next(iter(by_id(location_pages(sandbox, "rs-mitra")).values()))
    system = mitra["type"][0]["coding"][0]["system"]
    assert system == "https://terminology.kemkes.go.id/CodeSystem/location-type "


def test_an_unknown_parameter_is_ignored_without_a_word(sandbox: httpx.Client) -> None:
    """Searching by state gives everything, not the free beds."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    ids = ",".join(row["id"] for row in departments(sandbox, "rs-mitra", token))
    address = f"{FHIR}/Location?organization={ids}"
    with_state = sandbox.get(f"{address}&operational-status=U", headers=token).json()
    assert with_state["entry"] == sandbox.get(address, headers=token).json()["entry"]


@pytest.mark.usefixtures("beds_restored")
def test_a_patch_may_add_below_a_missing_parent(sandbox: httpx.Client) -> None:
    """The official sample does so and the platform accepts it, though RFC 6902 forbids it."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    places = by_id(location_pages(sandbox, "rs-mitra")).values()
    ward = next(row for row in places if "operationalStatus" not in row)
    change = [{"op": "add", "path": "/operationalStatus/code", "value": "H"}]
    headers = {**token, "Content-Type": "application/json-patch+json"}
    answer = sandbox.patch(f"{FHIR}/Location/{ward['id']}", json=change, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["operationalStatus"] == {"code": "H"}
    assert answer.json()["meta"]["versionId"] != ward["meta"]["versionId"]


def test_count_and_page_token_are_checked(sandbox: httpx.Client) -> None:
    """_count is kept below the cap; an invented page token is 400."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    ids = ",".join(row["id"] for row in departments(sandbox, "rs-mitra", token))
    address = f"{FHIR}/Location?organization={ids}"
    assert sandbox.get(f"{address}&_count=10", headers=token).json()["total"] == 10
    assert sandbox.get(f"{address}&_count=500", headers=token).json()["total"] == 100
    for wrong in ("_count=x", "_page_token=x", "_page_token=////", "_page_token=Y29udG9oL3gveQ"):
        assert sandbox.get(f"{address}&{wrong}", headers=token).status_code == 400


@pytest.mark.parametrize(
    ("mode", "pages"), [("no_next", 1), ("loop", 50), ("nothing", 1), ("repeat_rows", 3), ("all_full", 3)]
)
def test_page_troubles_happen_here_too(sandbox: httpx.Client, mode: str, pages: int) -> None:
    """Each of them is seen by somebody who follows the links (and gives up after fifty)."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    ids = ",".join(row["id"] for row in departments(sandbox, "rs-mitra", token))
    trouble(sandbox, "rs-mitra", mode)
    seen = all_pages(sandbox, f"{FHIR}/Location?organization={ids}", headers=token)
    assert len(seen) == pages
    rows = [row for row in rows_of(seen) if row["resourceType"] == "Location"]
    if mode == "repeat_rows":
        assert len(rows) == len({row["id"] for row in rows}) + 2
    if mode == "all_full":
        assert {row["operationalStatus"]["code"] for row in rows if "operationalStatus" in row} == {"O"}


def test_a_refused_token_is_good_again_afterwards(sandbox: httpx.Client) -> None:
    """`unauthorized` once: 401, then the next question passes."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    trouble(sandbox, "rs-mitra", "unauthorized", times=1)
    statuses = [sandbox.get(f"{FHIR}/Organization/99000013", headers=token).status_code for _ in range(2)]
    assert statuses == [401, 200]
