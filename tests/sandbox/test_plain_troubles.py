"""The troubles that live in a plain hospital's search answers."""

import httpx
import pytest

from tests.sandbox.conftest import R4_TOKEN, all_pages, rows_of, trouble

BASE = "/rs/rsud-raden-mattaher/fhir"


def ask(client: httpx.Client, query: str) -> httpx.Response:
    """Search the hospital's Locations."""
    return client.get(f"{BASE}/Location?{query}", headers=R4_TOKEN)


@pytest.mark.parametrize(
    ("mode", "rows"),
    [("no_next", 100), ("everything", 471), ("nothing", 0)],
)
def test_result_troubles_change_the_number_of_rows(sandbox: httpx.Client, mode: str, rows: int) -> None:
    """A missing next, ignored filters, an empty 200."""
    trouble(sandbox, "rsud-raden-mattaher", mode)
    filters = "operational-status=U&" if mode == "everything" else ""
    pages = all_pages(sandbox, f"{BASE}/Location?{filters}_count=100", headers=R4_TOKEN)
    assert len(rows_of(pages)) == rows
    if mode == "no_next":
        assert pages[0]["total"] == 471


def test_next_may_loop_leave_or_repeat(sandbox: httpx.Client) -> None:
    """Next leads to the same page, to another host, or to a page that repeats a row."""
    trouble(sandbox, "rsud-raden-mattaher", "loop", times=1)
    looping = ask(sandbox, "_count=100").json()["link"]
    assert looping[1]["url"] == looping[0]["url"]
    trouble(sandbox, "rsud-raden-mattaher", "next_elsewhere", times=1)
    assert "elsewhere.contoh.invalid" in ask(sandbox, "_count=100").json()["link"][1]["url"]
    trouble(sandbox, "rsud-raden-mattaher", "repeat_rows")
    ids = [row["id"] for row in rows_of(all_pages(sandbox, f"{BASE}/Location?_count=200", headers=R4_TOKEN))]
    assert len(ids) == len(set(ids)) + 2


def test_all_full_leaves_no_free_bed(sandbox: httpx.Client) -> None:
    """Every bed of the page is occupied; the shelf itself is untouched."""
    trouble(sandbox, "rsud-raden-mattaher", "all_full", times=1)
    rows = rows_of([ask(sandbox, "partof=icu-r01").json()])
    assert {row["operationalStatus"]["code"] for row in rows} == {"O"}
    assert "U" in {
        row["operationalStatus"]["code"] for row in rows_of([ask(sandbox, "partof=icu-r01").json()])
    }


def test_an_r5_server_renames_elements(sandbox: httpx.Client) -> None:
    """Version 5.0.0, form in place of physicalType, and it says so in the content type."""
    trouble(sandbox, "rsud-raden-mattaher", "r5")
    assert sandbox.get(f"{BASE}/metadata").json()["fhirVersion"] == "5.0.0"
    answer = ask(sandbox, "_id=icu-r01-b001")
    bed = answer.json()["entry"][0]["resource"]
    assert "physicalType" not in bed
    assert bed["form"]["coding"][0]["code"] == "bd"
    assert "fhirVersion=5.0" in answer.headers["content-type"]
