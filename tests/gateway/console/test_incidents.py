"""The incidents' pages: what stands on them, what a form orders, and what is never told."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from contracts import Caller, Category, Caution, Progress, Severity
from gateway.access.roles import Role
from gateway.console import new_incident
from gateway.console.incident_page import agencies
from gateway.incidents.afloat import Taken
from gateway.incidents.answers import PhoneLine
from gateway.incidents.orders import Outcome, Void
from gateway.incidents.rows import State
from gateway.problems import Problem
from gateway.referrals.orders import Channel

from .desk import CSRF, NOW
from .incident_desk import (
    BPBD,
    HERE,
    INCIDENT,
    everything,
    incident,
    incident_desk,
    ladder,
    receipt,
    shown,
)
from .test_pages import read

PAGES = ("/insiden", "/insiden?selesai=1", "/insiden/baru", HERE)
VERSION = ("version", "4")


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Let it be the moment that the pretended incidents were made for."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
async def test_a_page_is_whole(monkeypatch: pytest.MonkeyPatch, path: str, language: str) -> None:
    """Nothing inline, every form with its token, no id twice, every element closed, no word missing."""
    waiting = [incident(needs_phone_call=True), incident(State.PROPOSED), incident(State.CLOSED)]
    here = incident_desk(monkeypatch, shown=everything(), waiting=waiting)
    answer = await here.get(path, cookie=f"bahasa={language}")
    assert answer.status_code == 200
    page = read(answer.text)
    assert (page.inline, page.wrong, page.stack) == ([], [], [])
    assert page.posts == page.tokens
    assert sorted({each for each in page.ids if page.ids.count(each) > 1}) == []
    assert f'value="{CSRF}"' in answer.text


async def test_whom_to_ring_stands_first_and_with_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 7; in the design's own words, and the one who has a person's word last."""
    here = incident_desk(monkeypatch, shown=everything())
    text = (await here.get(HERE)).text
    names = re.findall(r'<h3 class="name">(.*?)</h3>', text)
    assert names == ["BPBD Kota Jambi", "Damkar", "Polres Jambi"]
    assert 'href="tel:+6274160000"' in text
    assert "TELEPON SEKARANG" in text
    assert "Kata-kata (held)" in text
    assert "Nomor telepon tidak diketahui" in text
    assert "LP/7" in text


async def test_five_words_say_how_far_an_agency_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve states for programs, five on the screen (design, section 10)."""
    words = {"queued": "BELUM SAMPAI", "delivered": "SAMPAI", "read": "DIBACA", "on_scene": "DITANGANI"}
    words |= {"dead": "DITOLAK / GAGAL", "integrated": "SAMPAI", "refused": "DITOLAK / GAGAL"}
    for state, word in words.items():
        here = incident_desk(monkeypatch, shown=shown(ladder=[ladder(state)]))
        assert re.search(rf'<span class="shown \w+">{word}</span>', (await here.get(HERE)).text)


def test_the_furthest_word_of_a_person_stands_for_an_agency() -> None:
    """A newer picture that nobody has read does not hide that they are on their way."""
    gone = ladder("dispatched", id="n-1", number=1, human_confirmed=True)
    read_only = ladder("read", id="n-2", number=2, human_confirmed=True)
    unread = ladder("delivered", id="n-3", number=3)
    (police,) = agencies([gone, read_only, unread])
    assert (police.now.id, [line.id for line in police.others]) == ("n-1", ["n-3", "n-2"])


def test_what_must_be_rung_about_comes_before_what_is_confirmed() -> None:
    """Whatever the order they were told in."""
    found = agencies(
        [ladder("accepted", human_confirmed=True), ladder("held", needs_phone_call=True, **BPBD)]
    )
    assert [each.partner for each in found] == ["bpbd", "polres-jambi"]


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.OPERATOR, True), (Role.DISPATCHER, True), (Role.APPROVER, False)]
)
async def test_only_the_desk_may_do_something(
    monkeypatch: pytest.MonkeyPatch, role: Role, offered: bool
) -> None:
    """The head of the unit reads."""
    here = incident_desk(monkeypatch, role, shown=shown(role=role))
    text = (await here.get(HERE)).text
    for path in ("telepon", "perbarui", "tutup", "batal", "gabung"):
        assert (f'action="{HERE}/{path}"' in text) is offered


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.DUTY])
async def test_nobody_else_sees_incidents(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    """A duty officer sees what his agency is told, on a page of its own."""
    here = incident_desk(monkeypatch, role, shown=shown())
    assert [(await here.get(path)).status_code for path in PAGES] == [403] * len(PAGES)


async def test_a_protected_category_is_not_named_to_who_does_not_dispatch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither in the list, nor on the page, nor in its title or history."""
    protected: dict[str, Any] = {"category": Category.DOMESTIC_VIOLENCE, "sensitive": True}
    for role, told in ((Role.APPROVER, False), (Role.OPERATOR, True)):
        whole = shown(role=role, **protected, masked=not told, caller=None, narrative=None, pictures=[])
        here = incident_desk(monkeypatch, role, shown=whole, waiting=[incident(**protected)])
        for path in ("/insiden", HERE):
            text = (await here.get(path)).text.partition("<main")[2].partition('id="acts"')[0]
            assert ("KDRT" in text) is told
            assert ("Kategori dilindungi" in text) is not told


async def test_a_new_incident_is_taken_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything the form says; what was left empty is not known."""
    here = incident_desk(monkeypatch)
    answer = await here.post(
        "/insiden/baru",
        ("cautions", "armed"),
        ("cautions", "hazmat"),
        category="crime",
        severity="severe",
        address=" Jl. Contoh 7 ",
        area_code="15.71.08",
        point="-1.61, 103.61",
        narrative="Perampokan",
        caller_phone="0811-740112",
        injured="0",
        dead="",
        urgent="",
        ticket="T-9",
        drill="true",
        repeat="a" * 24,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    ((name, draft),) = here.said
    assert (name, draft.category, draft.severity, draft.urgent) == (
        "take",
        Category.CRIME,
        Severity.SEVERE,
        None,
    )
    assert draft.facts.cautions == (Caution.ARMED, Caution.HAZMAT)
    assert draft.facts.caller == Caller(None, "+62811740112")
    place = draft.facts.place
    assert (place.address, place.latitude, place.area_code) == ("Jl. Contoh 7", -1.61, "15.71.08")
    assert (draft.facts.casualties.injured, draft.facts.casualties.dead) == (0, None)
    assert (draft.source_ticket, draft.drill, draft.repeat) == ("T-9", True, "a" * 24)


async def test_what_has_happened_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """One touch, and it is told."""
    here = incident_desk(monkeypatch)
    answer = await here.post("/insiden/baru", category="fire", severity="unknown")
    assert answer.status_code == 303
    assert here.said[0][1].category is Category.FIRE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "party"),
        ("severity", "huge"),
        ("area_code", "<script>"),
        ("point", "here"),
        ("point", "-1.6"),
        ("point", "91, 103"),
        ("caller_phone", "112"),
        ("caller_name", "X1571015203909901"),
        ("injured", "many"),
        ("injured", "-1"),
        ("dead", "9" * 6),
        ("ticket", "a b"),
        ("ticket", "1571015203909901"),
        ("address", "x" * 301),
    ],
)
async def test_a_mistake_is_marked_and_nothing_is_typed_twice(
    monkeypatch: pytest.MonkeyPatch, field: str, value: str
) -> None:
    """The form comes again with everything in it, and nothing was told to anybody."""
    here = incident_desk(monkeypatch)
    fields = {"category": "fire", "severity": "severe", "narrative": "Api di atap", field: value}
    answer = await here.post("/insiden/baru", ("cautions", "armed"), **fields)
    assert (answer.status_code, here.said) == (422, [])
    assert f'id="wrong-{field}"' in answer.text
    assert ">Api di atap</textarea>" in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]
    assert re.search(r'value="armed" checked', answer.text)


async def test_enter_in_a_field_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form's first button is what Enter presses: here it is one that does nothing."""
    text = (await incident_desk(monkeypatch).get("/insiden/baru")).text
    form = text[text.index('action="/insiden/baru"') :]
    assert form.index("<button disabled hidden>") < form.index('name="go"')


async def test_news_carry_the_version_and_what_was_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole form is the picture; a point that moved finds its area by itself."""
    here = incident_desk(monkeypatch, shown=shown())
    moved = {"point": "-1.65, 103.60", "was_point": "-1.6172, 103.6131"}
    area = {"area_code": "15.71.08", "was_area": "15.71.08"}
    said = {"category": "fire", "severity": "extreme", "narrative": "", "injured": "3", "urgent": "yes"}
    answer = await here.post(f"{HERE}/perbarui", VERSION, **moved, **area, **said)
    assert answer.status_code == 303
    ((name, news),) = here.said
    assert (name, news.severity, news.urgent) == ("update", Severity.EXTREME, True)
    assert news.place["latitude"] == -1.65
    assert news.place["area_code"] is None
    assert news.facts["narrative"] is None
    assert news.casualties["injured"] == 3


async def test_whoever_was_overtaken_types_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """412: nothing was recorded; the form is open, with what was typed and the present version."""
    here = incident_desk(monkeypatch, shown=shown(), refuse=Problem("changed-meanwhile"))
    fields = {"category": "fire", "severity": "severe", "narrative": "Api padam", "form": "update"}
    answer = await here.post(f"{HERE}/perbarui", ("version", "3"), **fields)
    assert answer.status_code == 412
    assert "berubah sejak Anda membacanya" in answer.text
    assert '<details id="update" open>' in answer.text
    assert ">Api padam</textarea>" in answer.text
    assert 'name="version" value="4"' in answer.text


@pytest.mark.parametrize(
    ("path", "fields", "name", "said"),
    [
        ("tutup", {"outcome": "handled", "note": " beres "}, "close", Outcome.HANDLED),
        ("batal", {"reason": "prank"}, "cancel", Void.PRANK),
        ("gabung", {"into": "i-bcdefghjkmnpq"}, "merge", "i-bcdefghjkmnpq"),
        ("kaitkan", {"other": "i-bcdefghjkmnpq"}, "link", "i-bcdefghjkmnpq"),
        ("beritahu", {"partner": "bpbd"}, "tell_partner", "bpbd"),
        ("terima", {}, "accept_proposal", INCIDENT),
        ("tolak", {}, "dismiss", INCIDENT),
    ],
)
async def test_what_the_desk_does(
    monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str], name: str, said: object
) -> None:
    """One form, one act, and back to the page."""
    here = incident_desk(monkeypatch, shown=shown())
    answer = await here.post(f"{HERE}/{path}", VERSION, **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?tercatat=1")
    assert here.said == [(name, said)]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("tutup", {"outcome": "gone"}),
        ("tutup", {}),
        ("batal", {"reason": ""}),
        ("gabung", {"into": "x"}),
        ("beritahu", {"partner": "../x"}),
        ("tutup", {"outcome": "handled", "version": "four"}),
        ("perbarui", {"category": "fire", "point": "x"}),
    ],
)
async def test_a_forged_form_does_nothing(
    monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str]
) -> None:
    """The page comes again and says which field."""
    here = incident_desk(monkeypatch, shown=shown())
    answer = await here.post(f"{HERE}/{path}", **({"version": "4"} | fields))
    assert (answer.status_code, here.said) == (422, [])
    assert "Periksa isian yang ditandai" in answer.text


async def test_a_telephone_call_is_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who said what, by which way; it counts as much as a machine's word, and needs no version."""
    here = incident_desk(monkeypatch, shown=shown())
    said = {"state": "dispatched", "person": " Aiptu Contoh ", "post": "SPKT", "reference": "LP/7"}
    answer = await here.post(f"{HERE}/telepon", notification="n-abcdefghjkmnp", channel="radio", **said)
    assert answer.headers["location"] == f"{HERE}?tercatat=1#n-abcdefghjkmnp"
    ((name, (heard,)),) = here.said
    assert (name, heard.alert, heard.progress) == ("hear", "n-abcdefghjkmnp", Progress.DISPATCHED)
    assert (heard.by, heard.post, heard.reference) == ("Aiptu Contoh", "SPKT", "LP/7")
    assert heard.is_human


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "received"},
        {"state": "nothing"},
        {"channel": "pigeon"},
        {"person": "", "post": " "},
        {"state": "refused", "reason": ""},
        {"post": "1571015203909901"},
        {"person": "x" * 121},
        {"reason": "a\u202eb"},
    ],
)
async def test_a_call_without_a_person_or_a_reason_is_not_entered(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    """What was typed is still there, and the form is open."""
    here = incident_desk(monkeypatch, shown=shown())
    said = {"notification": "n-abcdefghjkmnp", "channel": Channel.PHONE, "state": "accepted", "person": "Ani"}
    answer = await here.post(f"{HERE}/telepon", **(said | {"reference": "LP/9"} | wrong))
    assert (answer.status_code, here.said) == (422, [])
    assert '<details id="call-n-abcdefghjkmnp" open>' in answer.text
    assert 'value="LP/9"' in answer.text


async def test_what_somebody_said_stands_with_how_we_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Post, way and number; the name stays sealed."""
    whole = shown(ladder=[ladder("accepted", receipts=[receipt()], human_confirmed=True)])
    text = (await incident_desk(monkeypatch, shown=whole).get(HERE)).text
    for said in ("Diterima", "SPKT", "nama tercatat", "lewat telepon", "LP/B/7/XI/2026"):
        assert said in text


async def test_what_is_typed_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever somebody says."""
    here = incident_desk(monkeypatch, shown=shown(narrative="<script>alert(1)</script>"))
    text = (await here.get(HERE)).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def _returning(taken: Taken) -> Any:
    async def take(*_: object, **__: object) -> Taken:
        return taken

    return take


async def test_what_cannot_be_written_down_says_whom_to_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 1: it is taken up; nobody is told yet, and that is said."""
    here = incident_desk(monkeypatch)
    taken = Taken(incident(), new=True, afloat=True)  # type: ignore[arg-type]  # all that is used of it
    monkeypatch.setattr(new_incident, "take", _returning(taken))
    monkeypatch.setattr(new_incident, "ring", lambda *_: ())
    line = incident(phone=[PhoneLine(partner="bpbd", name="BPBD Kota Jambi", phone="0741-60000")])
    monkeypatch.setattr(new_incident.views, "unwritten", lambda *_: line)
    answer = await here.post("/insiden/baru", category="fire")
    assert answer.status_code == 202
    assert "mitra BELUM diberitahu" in answer.text
    assert 'href="tel:+6274160000"' in answer.text


async def test_an_incident_is_found_by_its_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the referrals; whoever may not read incidents finds none."""
    here = incident_desk(monkeypatch, incidents=[incident()])
    assert f'href="{HERE}"' in (await here.post("/cari", q="T-88")).text
    auditor = incident_desk(monkeypatch, Role.AUDITOR, incidents=[incident()])
    assert HERE not in (await auditor.post("/cari", q="T-88")).text
