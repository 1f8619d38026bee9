"""What each event makes of an incident, without a database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts import AlertKind, Caller, Casualties, Category, Severity
from gateway.areas.areas import load
from gateway.incidents import moves
from gateway.incidents.facts import Facts
from gateway.incidents.moves import ERASED, Now, Refusal, Step
from gateway.incidents.orders import News, Outcome, Void
from gateway.incidents.states import Event

from .builders import FACTS, NOON, PLACE, incident

JAMBI = load()
LATER = NOON + timedelta(minutes=10)


def _now(facts: Facts | None = FACTS, **more: Any) -> Now:
    return Now(incident(**more), facts, LATER)


def _updated(news: News, **more: Any) -> Step:
    step = moves.updated(_now(**more), news, JAMBI)
    assert isinstance(step, Step)
    return step


@pytest.mark.parametrize(
    ("news", "facts", "said"),
    [
        (News(facts={"narrative": "Api besar"}), {"narrative": "Api besar"}, {"narrative": "Api besar"}),
        (News(facts={"narrative": None}), {"narrative": None}, {"narrative": None}),
        (News(facts={"cautions": ()}), {"cautions": ()}, {"cautions": None}),
        (News(casualties={"dead": 1}), {"casualties": Casualties(dead=1, injured=2)}, {"dead": 1}),
        (News(casualties={"injured": None}), {"casualties": Casualties()}, {"injured": None}),
        (News(casualties={"injured": 0}), {"casualties": Casualties(injured=0)}, {"injured": 0}),
        (
            News(facts={"caller": Caller(phone="+6274161692")}),
            {"caller": Caller(phone="+6274161692")},
            {"caller_name": None, "caller_phone": "+6274161692"},
        ),
        (
            News(place={"address": "Jl. Lain 1"}),
            {"place": replace(PLACE, address="Jl. Lain 1")},
            {"address": "Jl. Lain 1"},
        ),
        (
            News(place={"latitude": -1.565, "longitude": 103.622}),  # the area goes with the point
            {
                "place": replace(
                    PLACE, latitude=-1.565, longitude=103.622, area_code="15.71.05", area_name="Pelayangan"
                )
            },
            {
                "latitude": "-1.565",
                "longitude": "103.622",
                "area_code": "15.71.05",
                "area_name": "Pelayangan",
            },
        ),
        (
            News(place={"latitude": -1.565, "longitude": 103.622, "area_code": "15.71.06"}),  # as was said
            {
                "place": replace(
                    PLACE, latitude=-1.565, longitude=103.622, area_code="15.71.06", area_name="Danau Teluk"
                )
            },
            {
                "latitude": "-1.565",
                "longitude": "103.622",
                "area_code": "15.71.06",
                "area_name": "Danau Teluk",
            },
        ),
        (
            News(place={"area_code": None}),  # what the point says, then
            {"place": PLACE},
            {},
        ),
        (
            News(place={"latitude": None, "longitude": None}),
            {"place": replace(PLACE, latitude=None, longitude=None, area_code=None, area_name=None)},
            {"latitude": None, "longitude": None, "area_code": None, "area_name": None},
        ),
    ],
)
def test_what_is_news_takes_its_place_in_a_whole_picture(
    news: News, facts: dict[str, Any], said: dict[str, Any]
) -> None:
    """The rest stays as it was, and the entry says only what is new."""
    step = _updated(news)
    assert step.facts == replace(FACTS, **facts)
    assert step.said == said
    assert (step.event, step.picture) == (Event.UPDATE, AlertKind.UPDATE)


def test_the_row_follows_the_picture_to_a_kilometre() -> None:
    """The area, and two decimals."""
    changes = _updated(News(place={"latitude": -1.5654321, "longitude": 103.6223456})).changes
    assert {name: changes[name] for name in ("latitude", "longitude", "area_code")} == {
        "latitude": -1.57,
        "longitude": 103.62,
        "area_code": "15.71.05",
    }


@pytest.mark.parametrize(
    ("was", "news", "urgent"),
    [
        ({"urgent": True}, News(), True),
        ({"urgent": False}, News(), False),
        ({"urgent": False}, News(category=Category.FIRE), False),  # said before, and still a fire
        ({"urgent": True}, News(severity=Severity.MINOR), False),
        ({"urgent": False, "category": Category.ANIMAL}, News(category=Category.RESCUE), True),
        ({"urgent": False, "category": Category.ANIMAL}, News(severity=Severity.EXTREME), True),
        ({"urgent": True}, News(category=Category.ANIMAL, urgent=True), True),
        ({"urgent": False}, News(urgent=True), True),
        ({"urgent": True}, News(urgent=False), False),
    ],
)
def test_it_is_as_urgent_as_what_it_becomes(was: dict[str, Any], news: News, urgent: bool) -> None:
    """Unless somebody says otherwise; and what was said stands while it stays what it is."""
    assert _updated(news, **was).changes["urgent"] is urgent


def test_nothing_new_can_be_said_of_what_was_erased() -> None:
    """A picture of nothing but the news would not be a whole one."""
    assert moves.updated(_now(None), News(facts={"narrative": "x"}), JAMBI) is ERASED


@pytest.mark.parametrize(
    ("step", "event", "kind", "code"),
    [
        (moves.closed(_now(), Outcome.HANDLED, None), Event.CLOSE, AlertKind.CLOSED, "handled"),
        (moves.cancelled(_now(), Void.PRANK, None), Event.CANCEL, AlertKind.CANCEL, "prank"),
        (moves.merged(_now(), "i-anotherthere2"), Event.MERGE, AlertKind.CANCEL, "merged"),
        (moves.dismissed(_now()), Event.DISMISS, AlertKind.CANCEL, "dismissed"),
        (
            moves.dismissed(_now(), event=Event.WITHDRAW, code="stale"),
            Event.WITHDRAW,
            AlertKind.CANCEL,
            "stale",
        ),
    ],
)
def test_each_end_has_its_picture_and_its_code(step: Step, event: Event, kind: AlertKind, code: str) -> None:
    """Partners are told the code; the picture is as it last was."""
    assert (step.event, step.picture, step.code) == (event, kind, code)
    assert (step.changes["outcome"], step.changes["closed_at"]) == (code, LATER)
    assert step.facts == FACTS


def test_a_note_stays_with_the_picture_and_an_erased_one_has_none() -> None:
    """It is the centre's own word, sealed with the rest."""
    step = moves.closed(_now(), Outcome.HANDLED, "Contoh catatan")
    assert step.facts == replace(FACTS, note="Contoh catatan")
    assert step.said == {"note": "Contoh catatan"}
    assert moves.closed(_now(None), Outcome.HANDLED, "Contoh catatan").facts is None


@pytest.mark.parametrize(
    ("step", "told", "first"),
    [
        (moves.told(_now(told=("bpbd",)), "polres"), ("bpbd", "polres"), ("polres",)),
        (moves.told(_now(told=("bpbd",)), "bpbd"), ("bpbd",), ("bpbd",)),
        (
            moves.taken_over(_now(told=("bpbd",)), "i-anotherthere2", ("bpbd", "damkar")),
            ("bpbd", "damkar"),
            ("bpbd", "damkar"),
        ),
    ],
)
def test_who_is_told_by_hand_is_told_from_now_on(
    step: Step | Refusal, told: tuple[str, ...], first: tuple[str, ...]
) -> None:
    """And has the picture that stands as its first word; nobody else hears anything."""
    assert isinstance(step, Step)
    assert (step.changes["told"], step.first, step.picture) == (told, first, None)


def test_a_proposal_taken_up_is_another_picture_of_the_same() -> None:
    """Who had the warning hears that it is real now."""
    step = moves.accepted(_now())
    assert isinstance(step, Step)
    assert (step.picture, step.facts) == (AlertKind.UPDATE, FACTS)
    assert moves.accepted(_now(None)) is ERASED
