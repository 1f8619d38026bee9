"""One partner's page: what is held is said, and whether it is told is an admin's word with a proof."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from gateway.access.roles import Role
from gateway.alarms import Alarms
from gateway.console import partner_page
from gateway.partners.burden import Burden
from gateway.partners.shape import Standing

from .desk import NOW, Desk
from .incident_desk import BPBD, incident_desk, ladder
from .test_pages import read

HERE = "/mitra/bpbd"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Let it be the moment that the pretended partner was made for."""
    with time_machine.travel(NOW, tick=True):
        yield


class System:
    """A partner's system, of which nothing is asked here."""

    async def convey_alert(self, alert: object, *, key: str) -> None:
        """Never called."""


def partner_desk(monkeypatch: pytest.MonkeyPatch, role: Role = Role.ADMIN, **changes: Any) -> Desk:
    """Return a console at which BPBD has three held messages and one that is dead."""
    here = incident_desk(monkeypatch, role, **changes)
    here.app.router.routes.extend(partner_page.router.routes)
    bpbd = here.app.state.registry.partners["bpbd"]
    bpbd.standing, bpbd.port = Standing.PLANNED, System()
    here.app.state.notifications = SimpleNamespace(recorder=here.notebook)
    dead = ladder("dead", **BPBD, id="n-dead", reason="HTTP 422", trouble="refused", attempts=3)

    async def burdens() -> dict[str, Burden]:
        return {"bpbd": Burden(held=3, waiting=1, dead=1, alarmed=2)}

    async def lines(*_: object) -> list[Any]:
        return [dead]

    async def change_standing(room: object, partner: str, wanted: Standing, **told: Any) -> Any:
        here.said.append((f"standing {partner}", (wanted, told["reason"])))
        return SimpleNamespace(released=2, in_digest=1, expired=0, held=0)

    async def send_test(room: object, partner: str, **_: Any) -> Any:
        here.said.append(("test", partner))
        return bpbd, SimpleNamespace(word="unreachable", reason=None)

    async def replay(room: object, number: str, **_: Any) -> None:
        here.said.append(("replay", number))

    here.app.state.burdens = burdens
    monkeypatch.setattr(partner_page.reading, "lines", lines)
    monkeypatch.setattr(partner_page.standing, "change_standing", change_standing)
    monkeypatch.setattr(partner_page.trying, "send_test", send_test)
    monkeypatch.setattr(partner_page.actions, "replay", replay)
    return here


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPERATOR, Role.AUDITOR])
@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_page_is_whole(monkeypatch: pytest.MonkeyPatch, role: Role, language: str) -> None:
    """Nothing inline, every form with its token, no id twice, every element closed, no word missing."""
    answer = await partner_desk(monkeypatch, role).get(HERE, cookie=f"bahasa={language}")
    page = read(answer.text)
    assert (answer.status_code, page.inline, page.wrong, page.stack) == (200, [], [], [])
    assert page.posts == page.tokens
    assert sorted({each for each in page.ids if page.ids.count(each) > 1}) == []


async def test_what_is_held_is_said_with_the_number_to_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """On its own page and in the list, where whoever must be rung stands on top; looking is an entry."""
    here = partner_desk(monkeypatch)
    text = (await here.get(HERE)).text
    for told in ("3 DITAHAN - mitra BELUM diberitahu", "1 tidak dapat dikirim", "2 alarm", "HTTP 422"):
        assert told in text
    assert 'href="tel:+6274160000"' in text
    assert [entry.act for entry in here.notebook.entries] == ["notification.listed"]
    listed = (await here.get("/mitra")).text
    assert re.findall(r'href="/mitra/([a-z-]+)"', listed) == ["bpbd", "polres-jambi"]
    assert "3 DITAHAN" in listed


async def test_only_an_admin_says_whether_a_partner_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator may have told again what never arrived; an auditor reads."""
    for role, standing, replay in (
        (Role.ADMIN, True, True),
        (Role.OPERATOR, False, True),
        (Role.AUDITOR, False, False),
    ):
        here = partner_desk(monkeypatch, role)
        text = (await here.get(HERE)).text
        assert (f'action="{HERE}/kedudukan"' in text) is standing
        assert (f'action="{HERE}/ulang"' in text) is replay
        answer = await here.post(f"{HERE}/kedudukan", standing="live", reason="siap")
        assert (answer.status_code == 303) is standing
        assert ((await here.post(f"{HERE}/uji")).status_code == 303) is standing
        assert ((await here.post(f"{HERE}/ulang", notification="n-dead")).status_code == 303) is replay


async def test_going_live_says_what_came_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In numbers, which name nobody."""
    here = partner_desk(monkeypatch)
    answer = await here.post(f"{HERE}/kedudukan", standing="live", reason="  Sistem   siap ")
    assert here.said == [("standing bpbd", (Standing.LIVE, "Sistem siap"))]
    text = (await here.get(answer.headers["location"])).text
    assert "2 insiden yang masih berjalan dikirim sekarang" in text
    assert "1 yang sudah selesai masuk satu rangkuman" in text
    assert "kedaluwarsa, tidak dikirim" not in text


async def test_a_proof_comes_first_and_nothing_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason stands in no address, and in the form again on the way back."""
    here = partner_desk(monkeypatch, may_decide=False)
    answer = await here.post(f"{HERE}/kedudukan", standing="suspended", reason="Diretas")
    assert answer.headers["location"] == "/konfirmasi?next=%2Fmitra%2Fbpbd%3Flanjut%3D1"
    assert here.said == []
    here.may_decide = True
    back = (await here.get(f"{HERE}?lanjut=1")).text
    assert 'value="Diretas"' in back
    assert re.search(r'value="suspended"[^>]* checked', back)
    assert 'value="Diretas"' not in (await here.get(f"{HERE}?lanjut=1")).text


@pytest.mark.parametrize(
    "wrong", [{"standing": "on"}, {"standing": ""}, {"reason": "x"}, {"reason": ""}, {"reason": "x" * 301}]
)
async def test_a_change_without_standing_or_reason_is_none(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    """The form comes again with what was typed."""
    here = partner_desk(monkeypatch)
    answer = await here.post(f"{HERE}/kedudukan", **({"standing": "live", "reason": "siap"} | wrong))
    assert (answer.status_code, here.said) == (422, [])
    assert 'id="wrong-reason"' in answer.text


async def test_a_test_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code in the address, a sentence on the page; a strange code is no sentence of ours."""
    here = partner_desk(monkeypatch)
    answer = await here.post(f"{HERE}/uji")
    assert answer.headers["location"] == f"{HERE}?uji=unreachable"
    assert "tidak dapat dihubungi" in (await here.get(f"{HERE}?uji=unreachable")).text
    strange = (await here.get(f"{HERE}?uji=<script>")).text
    assert "Uji hubungan: tidak berhasil" in strange
    assert "<script>" not in strange.partition("<main")[2]


async def test_a_partner_that_is_not_there_is_a_page_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way back."""
    here = partner_desk(monkeypatch)
    assert (await here.get("/mitra/nowhere")).status_code == 404
    assert (await here.post("/mitra/nowhere/uji")).status_code == 404
    assert here.said == []


async def test_who_is_not_heard_of_stands_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at an inbox: that is said where partners are, with whom to ring."""
    here = partner_desk(monkeypatch, Role.OPERATOR)
    here.app.state.alarms = Alarms()
    here.app.state.alarms.raise_("inbox.unwatched", "telephone Satpol PP (0741-000022)")
    here.app.state.alarms.raise_("audit.spooling", "not of partners")
    text = (await here.get("/mitra")).text
    assert "Tidak ada yang melihat kotak masuk" in text
    assert "0741-000022" in text
    assert "not of partners" not in text
