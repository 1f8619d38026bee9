"""A hospital's own FHIR R4 server, spoken to over a real socket."""

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.operationoutcome import OperationOutcome

from tests.sandbox.conftest import R4_TOKEN, all_pages, rows_of

BASE = "/rs/rsud-raden-mattaher/fhir"
BED = f"{BASE}/Location/icu-r01-b001"
JSON_PATCH = {"Content-Type": "application/json-patch+json"}


def ask(client: httpx.Client, query: str = "", **headers: str) -> httpx.Response:
    """Search the hospital's Locations."""
    return client.get(f"{BASE}/Location?{query}", headers={**R4_TOKEN, **headers})


def patch_state(client: httpx.Client, code: str, **headers: str) -> httpx.Response:
    """Move the first ICU bed into another state, as a ward's terminal does."""
    change = [{"op": "replace", "path": "/operationalStatus/code", "value": code}]
    return client.patch(BED, json=change, headers={**R4_TOKEN, **JSON_PATCH, **headers})


def test_says_that_it_is_r4_to_anybody(sandbox: httpx.Client) -> None:
    """The CapabilityStatement needs no token and names 4.0.1."""
    statement = sandbox.get(f"{BASE}/metadata").json()
    assert statement["fhirVersion"] == "4.0.1"
    assert CapabilityStatement.model_validate(statement).status == "active"


@pytest.mark.parametrize("token", ["", "Bearer demo-rs-siloam", "Basic demo-rsud-raden-mattaher"])
def test_wants_its_own_token(sandbox: httpx.Client, token: str) -> None:
    """No token, another hospital's token and another scheme are all 401."""
    answer = sandbox.get(f"{BASE}/Location", headers={"Authorization": token} if token else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert OperationOutcome.model_validate(answer.json()).issue[0].code == "login"


def test_every_answer_says_that_it_is_no_real_data(sandbox: httpx.Client) -> None:
    """The header stands on good answers, refusals and pages nobody wrote."""
    for address in ("/", f"{BASE}/Location", "/nowhere", "/vclaim-rest/nowhere", "/door"):
        assert sandbox.get(address).headers["x-data-contoh"] == "sandbox"


def test_pages_hold_every_row_once_and_are_r4(sandbox: httpx.Client) -> None:
    """Following next gives as many different rows as total says, each page a valid searchset."""
    pages = all_pages(sandbox, f"{BASE}/Location?_count=100", headers=R4_TOKEN)
    ids = [row["id"] for row in rows_of(pages)]
    assert len(pages) == 5
    assert len(ids) == len(set(ids)) == pages[0]["total"] == 471
    for page in pages:
        Bundle.model_validate(page)
    assert pages[0]["entry"][0]["search"]["mode"] == "match"


def test_a_page_holds_at_most_two_hundred_rows(sandbox: httpx.Client) -> None:
    """However many are asked for."""
    assert len(ask(sandbox, "_count=5000").json()["entry"]) == 200


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("operational-status=U&type=ICU", 3),
        ("operational-status=http://terminology.hl7.org/CodeSystem/v2-0116|U&type=ICU", 3),
        ("operational-status=U,H&type=ICU", 4),
        ("operational-status:not=O&type=ICU&name:contains=bed", 4),
        ("partof=icu-r01", 10),
        ("partof=Location/icu-r01,Location/icu-r02", 18),
        ("_id=icu,vip", 2),
        ("name=ruang icu&_summary=count", 21),
        ("name:exact=Ruang ICU", 1),
        ("identifier=icu-r01-b001", 1),
        ("organization=99000001&status=inactive", 0),
        ("_lastUpdated=gt2099-01-01T00:00:00Z", 0),
        ("_count=0", 471),
    ],
)
def test_finds_what_r4_lets_one_search_for(sandbox: httpx.Client, query: str, total: int) -> None:
    """Tokens with and without system, lists, :not, references, names, times."""
    answer = ask(sandbox, query).json()
    assert answer["total"] == total
    if "_summary=count" in query or "_count=0" in query:
        assert "entry" not in answer
        assert [link["relation"] for link in answer["link"]] == ["self"]


def test_what_it_does_not_know_is_ignored_and_said(sandbox: httpx.Client) -> None:
    """All rows come, with one entry of mode outcome; self shows only what was used."""
    answer = ask(sandbox, "physicalType=bd&_count=2").json()
    assert answer["total"] == 471
    assert [entry["search"]["mode"] for entry in answer["entry"]] == ["match", "match", "outcome"]
    assert answer["entry"][-1]["resource"]["issue"][0]["severity"] == "warning"
    assert answer["link"][0]["url"].endswith("/Location?_count=2")
    Bundle.model_validate(answer)


def test_strict_handling_refuses_what_it_does_not_know(sandbox: httpx.Client) -> None:
    """Prefer: handling=strict makes it 400."""
    answer = ask(sandbox, "physicalType=bd", Prefer="handling=strict")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "not-supported")


@pytest.mark.parametrize("query", ["_count=many", "name:missing=true", "_lastUpdated=gtsoon", "_sort=colour"])
def test_nonsense_is_refused(sandbox: httpx.Client, query: str) -> None:
    """A value or modifier that cannot be meant is 400, not an empty result."""
    assert ask(sandbox, query).status_code == 400


def test_search_works_by_post_too(sandbox: httpx.Client) -> None:
    """`_search` takes the parameters as a form."""
    answer = sandbox.post(f"{BASE}/Location/_search", data={"partof": "icu-r01"}, headers=R4_TOKEN)
    assert answer.json()["total"] == 10


def test_elements_and_includes_thin_and_widen_the_answer(sandbox: httpx.Client) -> None:
    """_elements keeps what was asked for and says SUBSETTED; _revinclude adds what stands inside."""
    thin = ask(sandbox, "_id=icu-r01-b001&_elements=partOf").json()["entry"][0]["resource"]
    assert set(thin) == {"resourceType", "id", "meta", "partOf"}
    assert thin["meta"]["tag"][-1]["code"] == "SUBSETTED"
    wide = ask(sandbox, "_id=icu&_revinclude=Location:partof").json()
    assert [entry["search"]["mode"] for entry in wide["entry"]] == ["match", "include", "include"]
    assert wide["total"] == 1


def test_reads_one_bed_with_its_version(sandbox: httpx.Client) -> None:
    """ETag is the version; asking again with it is 304."""
    answer = sandbox.get(BED, headers=R4_TOKEN)
    assert answer.headers["content-type"] == "application/fhir+json"
    again = sandbox.get(BED, headers={**R4_TOKEN, "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert sandbox.get(f"{BED}x", headers=R4_TOKEN).status_code == 404


@pytest.mark.usefixtures("beds_restored")
def test_a_patch_changes_state_version_and_time(sandbox: httpx.Client) -> None:
    """The bed reads back as patched, as a later version."""
    before = sandbox.get(BED, headers=R4_TOKEN).json()
    after = patch_state(sandbox, "K").json()
    assert after["operationalStatus"]["code"] == "K"
    assert int(after["meta"]["versionId"]) == int(before["meta"]["versionId"]) + 1
    assert after["meta"]["lastUpdated"] > before["meta"]["lastUpdated"]
    assert sandbox.get(BED, headers=R4_TOKEN).json() == after


def test_a_stale_version_is_412_and_changes_nothing(sandbox: httpx.Client) -> None:
    """If-Match guards patch and put alike."""
    before = sandbox.get(BED, headers=R4_TOKEN).json()
    assert patch_state(sandbox, "K", **{"If-Match": 'W/"99"'}).status_code == 412
    put = sandbox.put(BED, json=before, headers={**R4_TOKEN, "If-Match": 'W/"99"'})
    assert put.status_code == 412
    assert sandbox.get(BED, headers=R4_TOKEN).json() == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"colour": "blue"}, 400),
        ({"name": ["not", "text"]}, 400),
        ({"id": "other"}, 400),
        ({"resourceType": "Patient"}, 400),
        ({"position": {"longitude": 103.6}}, 400),
        ({"status": "bogus"}, 422),
        ({"mode": "bogus"}, 422),
        (
            {"operationalStatus": {"system": "http://terminology.hl7.org/CodeSystem/v2-0116", "code": "UO"}},
            422,
        ),
    ],
)
def test_refuses_what_is_no_r4_location(
    sandbox: httpx.Client, change: dict[str, object], status: int
) -> None:
    """Structure is 400, a code outside a required list 422; nothing is kept."""
    before = sandbox.get(BED, headers=R4_TOKEN).json()
    answer = sandbox.put(BED, json={**before, **change}, headers=R4_TOKEN)
    assert answer.status_code == status
    OperationOutcome.model_validate(answer.json())
    assert sandbox.get(BED, headers=R4_TOKEN).json() == before


@pytest.mark.usefixtures("beds_restored")
def test_a_put_makes_a_new_bed(sandbox: httpx.Client) -> None:
    """An unknown id is 201 and can be read afterwards."""
    bed = {"resourceType": "Location", "id": "extra-1", "status": "active", "name": "Velbed 1"}
    address = f"{BASE}/Location/extra-1"
    assert sandbox.put(address, json=bed, headers=R4_TOKEN).status_code == 201
    assert Location.model_validate(sandbox.get(address, headers=R4_TOKEN).json()).name == "Velbed 1"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"[", "application/json-patch+json", 400),
        (b'{"op": "add"}', "application/json-patch+json", 400),
        (b'[{"op": "move", "path": "/name", "from": "/id"}]', "application/json-patch+json", 422),
        (b'[{"op": "replace", "path": "/nowhere/at/all", "value": 1}]', "application/json-patch+json", 422),
        (b'[{"op": "test", "path": "/name", "value": "x"}]', "application/json-patch+json", 422),
        (b'{"name": "x"}', "application/merge-patch+json", 415),
    ],
)
def test_refuses_a_patch_that_does_not_fit(
    sandbox: httpx.Client, body: bytes, kind: str, status: int
) -> None:
    """Broken JSON, no list, unknown steps, lost paths, failed tests, another patch language."""
    answer = sandbox.patch(BED, content=body, headers={**R4_TOKEN, "Content-Type": kind})
    assert answer.status_code == status


def test_one_hospital_shows_beds_as_odd_as_real_ones(sandbox: httpx.Client) -> None:
    """A bed without a state, a retired one that claims to be free, a suspended one."""
    token = {"Authorization": "Bearer demo-rsud-abdul-manap"}
    rows = rows_of(all_pages(sandbox, "/rs/rsud-abdul-manap/fhir/Location?_count=200", headers=token))
    beds = [row for row in rows if row["physicalType"]["coding"][0]["code"] == "bd"]
    assert sum("operationalStatus" not in bed for bed in beds) == 1
    states = [bed.get("operationalStatus", {}).get("code") for bed in beds if bed["status"] == "inactive"]
    assert states == ["U"]


def test_one_hospital_types_only_its_wards_and_writes_wib(sandbox: httpx.Client) -> None:
    """Beds say nothing of what they are for; times carry +07:00."""
    token = {"Authorization": "Bearer demo-rs-bhayangkara"}
    bed = sandbox.get("/rs/rs-bhayangkara/fhir/Location/icu-r01-b001", headers=token).json()
    ward = sandbox.get("/rs/rs-bhayangkara/fhir/Location/icu", headers=token).json()
    assert "type" not in bed
    assert ward["type"][0]["coding"][0]["code"] == "ICU"
    assert bed["meta"]["lastUpdated"].endswith("+07:00")
