"""The bodies of the incident API: what they become, and what is refused, by field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from contracts import Caller, Casualties, Category, Caution, Place, Severity
from gateway.incidents.bodies import (
    CancellingBody,
    ClosingBody,
    LinkBody,
    NewIncident,
    NewsBody,
    ProposalBody,
    TellBody,
)
from gateway.incidents.facts import Facts
from gateway.incidents.orders import Draft, News

WHOLE = {
    "category": "fire",
    "severity": "severe",
    "urgent": True,
    "lat": -1.61234,
    "lon": 103.61567,
    "precision_m": 25,
    "address": " Jl. Contoh 7 ",
    "landmark": "Pasar",
    "area_code": "157108",
    "narrative": "Contoh narasi",
    "cautions": ["hazmat", "armed", "hazmat"],
    "casualties": {"injured": 2},
    "caller": {"name": "Budi Contoh", "phone": "0812-0000-0001"},
    "reported_at": "2026-11-24T05:00:00Z",
    "source_ref": {"system": "cad", "ticket": "T-1"},
    "drill": True,
}


def test_a_whole_incident_becomes_a_draft() -> None:
    """Every field in its place and its one form."""
    assert NewIncident.model_validate(WHOLE).draft("k-1") == Draft(
        category=Category.FIRE,
        severity=Severity.SEVERE,
        urgent=True,
        facts=Facts(
            place=Place(-1.61234, 103.61567, 25, "Jl. Contoh 7", "Pasar", "15.71.08"),
            narrative="Contoh narasi",
            cautions=(Caution.HAZMAT, Caution.ARMED),
            casualties=Casualties(injured=2),
            caller=Caller("Budi Contoh", "+6281200000001"),
        ),
        reported_at=datetime(2026, 11, 24, 5, tzinfo=UTC),
        source_system="cad",
        source_ticket="T-1",
        repeat="k-1",
        drill=True,
    )


def test_nothing_but_the_category_is_compulsory() -> None:
    """Somebody shouts `fire` and hangs up."""
    assert NewIncident.model_validate({"category": "fire"}).draft(None) == Draft(Category.FIRE)
    assert NewIncident.model_validate({"category": "fire", "caller": {}}).draft(None) == Draft(Category.FIRE)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"category": "meteor"}, "category"),
        ({"category": None}, "category"),
        ({"severity": "bad"}, "severity"),
        ({"urgent": "yes"}, "urgent"),
        ({"lat": 91.0}, "lat"),
        ({"lon": -181.0}, "lon"),
        ({"lat": float("nan")}, "lat"),
        ({"lat": "-1.6"}, "lat"),
        ({"lon": None}, ""),
        ({"precision_m": 0}, "precision_m"),
        ({"address": "x" * 301}, "address"),
        ({"address": "  "}, "address"),
        ({"area_code": "15.7"}, "area_code"),
        ({"narrative": "x" * 4001}, "narrative"),
        ({"cautions": ["ghosts"]}, "cautions.0"),
        ({"cautions": ["armed"] * 7}, "cautions"),
        ({"casualties": {"dead": -1}}, "casualties.dead"),
        ({"casualties": {"dead": 100_001}}, "casualties.dead"),
        ({"casualties": {"dead": True}}, "casualties.dead"),
        ({"caller": {"phone": "112"}}, "caller.phone"),
        ({"caller": {"phone": "110110110"}}, "caller.phone"),
        ({"caller": {"name": "Budi 1571015203909901"}}, "caller.name"),
        ({"caller": {"nik": "1571015203909901"}}, "caller.nik"),
        ({"nik": "1571015203909901"}, "nik"),
        ({"diagnosis": "I21.9"}, "diagnosis"),
        ({"reported_at": 1}, "reported_at"),
        ({"reported_at": "2026-11-24T05:00:00"}, "reported_at"),
        ({"source_ref": {"system": "cad"}}, "source_ref.ticket"),
        ({"source_ref": {"system": "cad", "ticket": "1571015203909901"}}, "source_ref"),
        ({"drill": 1}, "drill"),
    ],
)
def test_what_is_wrong_is_named(said: dict[str, Any], at: str) -> None:
    """And there is no field for a NIK or a diagnosis."""
    with pytest.raises(ValidationError) as refused:
        NewIncident.model_validate(WHOLE | said)
    assert [".".join(map(str, each["loc"])) for each in refused.value.errors()] == [at]


YEAR = 366 * 24 * 60


@pytest.mark.parametrize(
    ("minutes", "fits"), [(-600, True), (4, True), (6, False), (5 - YEAR, True), (-5 - YEAR, False)]
)
def test_nothing_was_reported_in_the_future_or_long_ago(minutes: int, fits: bool) -> None:
    """Clocks differ by a few minutes, and a slip of the pen by centuries."""
    said = {**WHOLE, "reported_at": (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()}
    if fits:
        assert NewIncident.model_validate(said).reported_at
        return
    with pytest.raises(ValidationError):
        NewIncident.model_validate(said)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Api\x00 besar\x1b", "Api  besar"),
        ("Baris satu\nbaris dua", "Baris satu\nbaris dua"),
        ("\tApi\r\n", "Api"),
        ("Keluarga 👨‍👩‍👧", "Keluarga 👨‍👩‍👧"),
    ],
)
def test_control_signs_are_left_out_and_hold_nothing_back(typed: str, kept: str) -> None:
    """XML has no word for them, and somebody's copy and paste must not stop an intake."""
    assert NewIncident.model_validate({"category": "fire", "narrative": typed}).narrative == kept


def test_nothing_but_control_signs_is_no_text() -> None:
    """As no text at all."""
    with pytest.raises(ValidationError):
        NewIncident.model_validate({"category": "fire", "address": "\x00\x1b"})


@pytest.mark.parametrize(
    ("said", "news"),
    [
        ({"severity": "severe"}, News(severity=Severity.SEVERE)),
        ({"severity": None}, News(severity=Severity.UNKNOWN)),
        ({"category": "rescue", "urgent": False}, News(category=Category.RESCUE, urgent=False)),
        ({"lat": -1.6, "lon": 103.6}, News(place={"latitude": -1.6, "longitude": 103.6})),
        ({"lat": None, "lon": None}, News(place={"latitude": None, "longitude": None})),
        ({"address": None}, News(place={"address": None})),
        ({"narrative": None}, News(facts={"narrative": None})),
        ({"cautions": []}, News(facts={"cautions": ()})),
        ({"cautions": None}, News(facts={"cautions": ()})),
        ({"caller": None}, News(facts={"caller": None})),
        ({"caller": {"phone": "0741-61692"}}, News(facts={"caller": Caller(phone="+6274161692")})),
        ({"casualties": {"dead": 1, "injured": None}}, News(casualties={"dead": 1, "injured": None})),
        (
            {"casualties": None},
            News(casualties={"dead": None, "missing": None, "injured": None, "displaced": None}),
        ),
    ],
)
def test_news_is_what_was_said_and_nothing_else(said: dict[str, Any], news: News) -> None:
    """Absent stays, null takes out."""
    assert NewsBody.model_validate(said).news() == news


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (NewsBody, {}),
        (NewsBody, {"category": None}),
        (NewsBody, {"lat": -1.6}),
        (NewsBody, {"drill": True}),
        (NewsBody, {"source_ref": {"system": "cad", "ticket": "T-1"}}),
        (ClosingBody, {}),
        (ClosingBody, {"outcome": "false_alarm"}),
        (ClosingBody, {"outcome": "handled", "note": "x" * 4001}),
        (CancellingBody, {"reason": "handled"}),
        (LinkBody, {"other": "r-abcdefghjkmn2"}),
        (TellBody, {"partner": "Polres!"}),
        (ProposalBody, {"accept": "yes"}),
        (ProposalBody, {}),
    ],
)
def test_the_other_bodies_are_as_strict(body: Any, said: dict[str, Any]) -> None:
    """What cannot be meant is not guessed."""
    with pytest.raises(ValidationError):
        body.model_validate(said)
