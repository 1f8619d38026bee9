"""What BPBD is told: meant or not, to whom, in place of what; never who called."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings

from adapters.bpbd.settings import Settings
from adapters.bpbd.translate import message_of, msg_type_of, status_of
from adapters.bpbd.words import EVENTS, SEVERITIES
from adapters.cap.build import build
from adapters.cap.model import Info, Message
from adapters.cap.read import read
from adapters.cap.rules import findings, first_error
from adapters.cap.words import MsgType, ResponseType, Scope, Status, Urgency
from contracts import Alert, AlertKind, Caller, CannotConvey, Category, Earlier, Place, Severity
from tests.adapters.cap.oracle import complaint, takes

from .alerts import alerts
from .sample import (
    ALERT,
    CANCEL,
    CLOSED,
    DIGEST,
    DRILL,
    EVERY,
    HEARTBEAT,
    LATE,
    MORE_SETTINGS,
    SENT,
    SETTINGS,
    TEST,
    UPDATE,
)

PRIVATE = Settings.model_validate(SETTINGS).profile()
RESTRICTED = Settings.model_validate(MORE_SETTINGS[0]).profile()
NOTHING_CAP_SAYS = ("nothing_to_cancel", "empty", "rule.refers_to_itself")


def said(alert: Alert) -> Message:
    """Return the message as the other side reads it."""
    return read(build(message_of(alert, PRIVATE), zone=PRIVATE.zone))


def info(alert: Alert) -> Info:
    """Return its one info block."""
    (only,) = said(alert).infos
    return only


def told(alert: Alert) -> dict[str, str]:
    """Return its parameters by name."""
    return {each.name: each.value for each in info(alert).parameters}


@settings(max_examples=80, deadline=None)
@given(alert=alerts)
@example(alert=replace(ALERT, narrative="\ud800\x00", place=Place(address="\x07", area_name="\ufffe")))
@example(alert=replace(ALERT, place=Place(landmark=" ", area_name=" ")))
@example(alert=replace(DIGEST, over=(replace(DIGEST.over[0], area_name=" "),)))
def test_every_alert_is_valid_cap(alert: Alert) -> None:
    """By the OASIS schema and our rules, whatever people typed; or it is said why it cannot be told."""
    for profile in (PRIVATE, RESTRICTED):
        try:
            message = message_of(alert, profile)
        except CannotConvey as cannot:
            assert cannot.args[0] in NOTHING_CAP_SAYS  # noqa: PT017  most alerts can be told
            continue
        body = build(message, zone=profile.zone)
        assert takes(body), complaint(body)
        assert first_error(read(body)) is None
        assert_never(message, body, alert)


def assert_never(message: Message, body: bytes, alert: Alert) -> None:
    """What may never be: public, meant outside a live house or in a drill, the caller."""
    assert message.scope is not Scope.PUBLIC
    assert message.status is not Status.ACTUAL or (alert.live and not alert.drill)
    assert "Rahasia" not in body.decode()
    assert "81299998888" not in body.decode()


@pytest.mark.parametrize(
    ("alert", "status"),
    [
        (ALERT, Status.ACTUAL),
        (CANCEL, Status.ACTUAL),
        (DRILL, Status.EXERCISE),
        (replace(ALERT, live=False), Status.TEST),
        (replace(DRILL, live=False), Status.EXERCISE),
        (replace(DIGEST, live=False), Status.TEST),
        (TEST, Status.TEST),
        (replace(TEST, live=False, drill=True), Status.TEST),
        (HEARTBEAT, Status.SYSTEM),
        (replace(HEARTBEAT, live=False), Status.SYSTEM),
    ],
)
def test_it_is_meant_only_in_a_live_house_and_no_drill(alert: Alert, status: Status) -> None:
    """A demo or an exercise never sends anybody out."""
    assert status_of(alert) is status
    assert said(alert).status is status


@pytest.mark.parametrize("alert", [DRILL, replace(DRILL, live=False), replace(ALERT, live=False)])
def test_what_is_not_meant_says_so_in_words(alert: Alert) -> None:
    """In the note, which an exercise must have, and where people look first."""
    message = said(alert)
    assert findings(message) == ()
    assert message.note
    marks = (["LATIHAN"] if alert.drill else []) + ([] if alert.live else ["DATA CONTOH"])
    assert all(mark in message.note and mark in (message.infos[0].headline or "") for mark in marks)


@pytest.mark.parametrize(
    ("alert", "kind"),
    [
        (ALERT, MsgType.ALERT),
        (UPDATE, MsgType.UPDATE),
        (CLOSED, MsgType.UPDATE),
        (CANCEL, MsgType.CANCEL),
        (TEST, MsgType.ALERT),
        (HEARTBEAT, MsgType.ALERT),
        (DIGEST, MsgType.ALERT),
        (replace(UPDATE, replaces=()), MsgType.ALERT),
        (replace(CLOSED, replaces=()), MsgType.ALERT),
        (replace(ALERT, replaces=UPDATE.replaces), MsgType.ALERT),
    ],
)
def test_what_it_is_to_those_before(alert: Alert, kind: MsgType) -> None:
    """An Update of nothing is no CAP: whoever has had nothing is told an Alert."""
    assert msg_type_of(alert) is kind


def test_nothing_cannot_be_cancelled() -> None:
    """CAP wants the message that is void."""
    with pytest.raises(CannotConvey) as cannot:
        message_of(replace(CANCEL, replaces=()), PRIVATE)
    assert cannot.value.field == "replaces"


def test_it_names_every_message_it_takes_the_place_of() -> None:
    """By sender, identifier and the second it was sent, as the message itself said."""
    first, second = said(ALERT), said(UPDATE)
    references = said(CLOSED).references
    assert [(each.sender, each.identifier, each.sent) for each in references] == [
        (message.sender, message.identifier, message.sent) for message in (first, second)
    ]


def test_a_fraction_of_a_second_does_not_break_the_chain() -> None:
    """CAP has whole seconds: the reference and the message are cut alike."""
    at = SENT + timedelta(microseconds=999_999)
    first = said(replace(ALERT, sent_at=at))
    later = said(replace(UPDATE, replaces=(Earlier(ALERT.id, at),)))
    assert later.references[0].sent == first.sent


def test_an_end_is_an_all_clear() -> None:
    """CAP has no word for it: an Update whose urgency is past."""
    assert info(CLOSED).response_types == (ResponseType.ALL_CLEAR,)
    assert info(CLOSED).urgency is Urgency.PAST
    assert (info(CLOSED).headline or "").startswith("Selesai")


def test_it_is_private_or_restricted() -> None:
    """As configured, to whom."""
    private, restricted = message_of(ALERT, PRIVATE), message_of(ALERT, RESTRICTED)
    assert (private.scope, private.addresses) == (Scope.PRIVATE, tuple(SETTINGS["addresses"]))
    assert (restricted.scope, restricted.restriction) == (
        Scope.RESTRICTED,
        MORE_SETTINGS[0]["restriction"],
    )


def test_who_called_is_left_out() -> None:
    """CAP is made to be passed on; whoever needs the caller asks the centre."""
    caller = Caller("Nama Penelepon Rahasia", "+6281299998888")
    body = build(message_of(replace(ALERT, caller=caller), PRIVATE))
    assert body == build(message_of(ALERT, PRIVATE))


def test_where_and_how_exactly() -> None:
    """A circle of what we know, the code of the area, the address in words."""
    (area,) = info(ALERT).areas
    assert area.description == "Jl. Contoh 5, dekat Masjid Contoh, Kecamatan Contoh"
    assert (area.circles[0].latitude, area.circles[0].longitude) == (-1.572, 103.593)
    assert area.circles[0].radius_km == 0.2
    assert [(each.name, each.value) for each in area.geocodes] == [("KEMENDAGRI", "15.71.06")]
    assert told(ALERT)["GERBANG-PRECISION-M"] == "200"


def test_an_unknown_place_is_said_to_be_unknown() -> None:
    """No point, no code, and no silence."""
    (area,) = info(replace(ALERT, place=Place())).areas
    assert area.description == "Lokasi belum diketahui"
    assert (area.circles, area.geocodes) == ((), ())
    (about,) = info(replace(ALERT, place=Place(latitude=-1.6, longitude=103.6))).areas
    assert about.circles[0].radius_km == 1.0
    assert "GERBANG-PRECISION-M" not in told(replace(ALERT, place=Place(latitude=-1.6, longitude=103.6)))


def test_casualties_and_cautions_are_for_machines_and_people() -> None:
    """Nobody dead is a statement, an uncounted one is none."""
    parameters = told(ALERT)
    assert parameters["GERBANG-DEAD"] == "0"
    assert parameters["GERBANG-DISPLACED"] == "14"
    assert "GERBANG-MISSING" not in parameters
    assert parameters["GERBANG-CAUTION"] == "electricity"
    description = info(ALERT).description or ""
    assert "Korban: meninggal 0, luka 2, mengungsi 14." in description
    assert "Bahaya bagi petugas: aliran listrik." in description


def test_lateness_is_said() -> None:
    """To machines with the time, to people in the headline and the text."""
    parameters = told(LATE)
    assert parameters["GERBANG-DELAYED"] == "true"
    assert parameters["GERBANG-HELD-SINCE"] == "2026-11-28T10:00:00+07:00"
    assert (info(LATE).headline or "").startswith("TERLAMBAT: ")
    assert "tertahan sejak 28 Nov 2026 10.00 WIB" in (info(LATE).description or "")


def test_a_digest_lists_what_is_over() -> None:
    """One message, a line for people and a parameter for machines each."""
    one = info(DIGEST)
    assert [each.value for each in one.parameters if each.name == "GERBANG-OVER"] == [
        "i-bcdefghijklmn flood 2026-11-28T14:00:00+07:00 2026-11-29T10:00:00+07:00",
        "i-cdefghijklmno fallen_tree 2026-11-29T01:00:00+07:00 2026-11-29T10:00:00+07:00",
    ]
    assert "2. i-cdefghijklmno: Pohon tumbang, lokasi belum diketahui" in (one.description or "")
    assert [str(each) for each in one.categories] == ["Met", "Safety", "Infra"]
    with pytest.raises(CannotConvey):
        message_of(replace(DIGEST, over=()), PRIVATE)


def test_a_sign_of_life_says_how_far_the_numbers_have_come() -> None:
    """So that a gap is found without a new message."""
    assert told(HEARTBEAT)["GERBANG-NUMBER"] == "24"
    assert info(HEARTBEAT).response_types == (ResponseType.NONE,)


def test_every_word_of_ours_has_one_of_theirs() -> None:
    """No category or severity would be sent as something else."""
    assert set(EVENTS) == set(Category)
    assert set(SEVERITIES) == set(Severity)


@pytest.mark.parametrize("category", Category)
def test_our_own_category_stands_beside_the_event_term(category: Category) -> None:
    """The nearest term may be wide; ours loses nothing."""
    codes = {each.name: each.value for each in info(replace(ALERT, category=category)).event_codes}
    assert codes["GERBANG"] == str(category)
    assert codes["OET:v1.2"].startswith("OET-")


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "n 1"},
        {"id": "a,b"},
        {"expires_at": SENT},
        {"replaces": (Earlier(UPDATE.id, SENT),), "id": UPDATE.id, "kind": AlertKind.UPDATE},
        {"replaces": (Earlier("n-x", SENT + timedelta(hours=1)),), "kind": AlertKind.UPDATE},
        {"place": Place(latitude=91.0, longitude=0.0)},
    ],
)
def test_what_no_valid_message_says_is_not_sent(wrong: dict[str, Any]) -> None:
    """It is told to us, before anything leaves."""
    with pytest.raises(CannotConvey):
        message_of(replace(ALERT, **wrong), PRIVATE)


def test_a_headline_is_cut_where_cap_ends_it() -> None:
    """160 characters; the text has the rest."""
    place = replace(ALERT.place, area_name="Kecamatan " + "Panjang " * 40)
    assert len(info(replace(ALERT, place=place)).headline or "") == 160


def test_times_are_local() -> None:
    """As BPBD's clocks show them."""
    body = build(message_of(ALERT, RESTRICTED), zone=RESTRICTED.zone)
    assert b"<sent>2026-11-29T12:00:00+09:00</sent>" in body
    assert "29 Nov 2026 11.58 WIT" in body.decode()


@pytest.mark.parametrize("name", EVERY)
def test_no_example_raises_a_doubt(name: str) -> None:
    """Every kind of message is as it should be."""
    assert findings(said(EVERY[name])) == ()
