"""The journal: how often each partner was asked, and nothing about whom."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.sandbox.conftest import R4_TOKEN, satusehat_token, trouble

BED = "/rs/rsud-raden-mattaher/fhir/Location/icu"


def page(client: httpx.Client, target: str) -> dict[str, object]:
    """Return one target's counts."""
    counts: dict[str, object] = client.get("/door/journal", params={"target": target}).json()
    return counts


def test_counts_questions_by_partner_and_kind(sandbox: httpx.Client) -> None:
    """A hospital's question counts for it and for `hospitals`; the door's own count for nobody."""
    sandbox.get(BED, headers=R4_TOKEN)
    sandbox.get("/rs/rs-siloam/fhir/metadata")
    assert page(sandbox, "rsud-raden-mattaher")["by_question"] == {"GET Location": 1}
    assert page(sandbox, "rs-siloam")["by_question"] == {"GET metadata": 1}
    assert page(sandbox, "hospitals")["seen"] == 2
    assert page(sandbox, "vclaim")["seen"] == 0


def test_the_platforms_questions_count_for_whose_token_they_carry(sandbox: httpx.Client) -> None:
    """The token question counts for the platform only, as nobody holds one yet."""
    token = satusehat_token(sandbox, "rs-mitra", "99000013")
    sandbox.get("/satusehat/fhir-r4/v1/Location", headers=token)
    assert page(sandbox, "satusehat")["by_question"] == {"POST accesstoken": 1, "GET Location": 1}
    assert page(sandbox, "rs-mitra")["seen"] == 1


def test_holds_no_number_of_a_person(sandbox: httpx.Client) -> None:
    """The NIK in VClaim's address is not written down anywhere."""
    sandbox.get("/vclaim-rest/Peserta/nik/1571015203909901/tglSEP/2026-11-24")
    journal = sandbox.get("/door/journal").text
    assert '"GET Peserta":1' in journal
    assert "1571" not in journal


def test_counts_trouble(sandbox: httpx.Client) -> None:
    """Seen and troubled are told apart."""
    trouble(sandbox, "rs-siloam", "503", times=1)
    for _ in range(3):
        sandbox.get("/rs/rs-siloam/fhir/metadata")
    counts = page(sandbox, "rs-siloam")
    assert (counts["seen"], counts["troubled"]) == (3, 1)


@pytest.mark.slow
def test_counts_how_many_were_asked_at_once(sandbox: httpx.Client) -> None:
    """Four questions to a slow hospital are under way together."""
    trouble(sandbox, "rs-siloam", "slow", seconds=0.5)
    with ThreadPoolExecutor(4) as askers:
        list(askers.map(lambda _: sandbox.get("/rs/rs-siloam/fhir/metadata"), range(4)))
    counts = page(sandbox, "rs-siloam")
    assert (counts["most_at_once"], counts["under_way"]) == (4, 0)
