"""Decisions and other acts: what a form orders, the proof before it, and what the overtaken are shown."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts import AnswerState, Criterion, Need
from gateway.access.roles import Role
from gateway.problems import Problem
from gateway.referrals import actions
from gateway.referrals.orders import Channel, Draft, Order, Review, TelephoneAnswer, Then, Verdict
from gateway.referrals.rows import Rule
from gateway.referrals.states import Event, State

from .desk import ask, desk, happening, view

HERE = "/rujukan/r-abcdefghjkmnp"
SEEN = (("version", "3"), ("screen", "5" * 64))
NIK = "1571015203909901"


async def test_an_approval_carries_what_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version and screen, and the hospitals that were ticked; then back to the page."""
    here = desk(monkeypatch, shown=view())
    answer = await here.post(
        f"{HERE}/keputusan", *SEEN, ("hospitals", "rs-a"), ("hospitals", "rs-b"), event="approve"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?tercatat=approve")
    order = Order(Event.APPROVE, version=3, hospitals=("rs-a", "rs-b"), screen="5" * 64)
    assert here.said == [("carry_out", order)]
    assert "Tercatat." in (await here.get(answer.headers["location"])).text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("keputusan", {"event": "approve"}),
        ("keputusan", {"event": "reject", "note": "Penuh"}),
        ("tinjauan", {"verdict": "sesuai"}),
        ("persetujuan-telepon", {"verdict": "sesuai"}),
    ],
)
async def test_nothing_is_signed_without_the_screen_it_was_read_on(
    monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str]
) -> None:
    """The entry carries what was shown: a form that does not say leaves none."""
    here = desk(monkeypatch, shown=view())
    for screen in ({}, {"screen": ""}):
        answer = await here.post(f"{HERE}/{path}", version="3", **screen, **fields)
        assert answer.status_code == 422
    assert here.said == []


async def test_a_decision_without_a_fresh_proof_asks_for_one_and_forgets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is recorded; the reason stands in no address, and in the form again on the way back, once."""
    here = desk(monkeypatch, shown=view(), may_decide=False)
    answer = await here.post(f"{HERE}/keputusan", *SEEN, event="reject", note="Penuh di semua RS")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/konfirmasi?next=%2Frujukan%2Fr-abcdefghjkmnp%3Flanjut%3Dreject"
    assert here.said == []
    here.may_decide = True
    back = (await here.get(f"{HERE}?lanjut=reject")).text
    assert "Anda sudah terkonfirmasi" in back
    assert ">Penuh di semua RS</textarea>" in back
    assert "Penuh di semua RS" not in (await here.get(f"{HERE}?lanjut=reject")).text


@pytest.mark.parametrize("verdict", ["sesuai", "tidak_sesuai"])
@pytest.mark.parametrize(
    ("path", "verb"), [("tinjauan", "review"), ("persetujuan-telepon", "confirm_telephoned")]
)
async def test_what_is_owed_is_settled_with_a_proof(
    monkeypatch: pytest.MonkeyPatch, path: str, verb: str, verdict: str
) -> None:
    """The head's word afterwards."""
    here = desk(monkeypatch, shown=view(State.SENT), may_decide=False)
    assert "/konfirmasi" in (await here.post(f"{HERE}/{path}", *SEEN, verdict=verdict)).headers["location"]
    here.may_decide = True
    await here.post(f"{HERE}/{path}", *SEEN, verdict=verdict, note=" baik ")
    assert here.said == [(verb, Review(Verdict(verdict), note="baik", screen="5" * 64))]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.OPERATOR, Role.APPROVER])
@pytest.mark.parametrize("event", [Event.BREAK_GLASS, Event.WORSENED])
async def test_an_emergency_is_one_tap(monkeypatch: pytest.MonkeyPatch, role: Role, event: Event) -> None:
    """The criterion is the reason; no proof, no text."""
    here = desk(monkeypatch, role, shown=view(role=role), may_decide=False)
    answer = await here.post(f"{HERE}/tindakan", *SEEN, event=event, criterion="haemodynamic")
    assert answer.status_code == 303
    order = Order(event, screen="5" * 64, criteria=(Criterion.HAEMODYNAMIC,))
    assert here.said == [("carry_out", order)]


@pytest.mark.parametrize("refused", ["screen-unknown", "not-now"])
async def test_no_old_page_holds_an_emergency_back(monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    """Whatever the page was: an old screen is left out, what cannot break the glass any more has worsened."""
    here = desk(monkeypatch, Role.OPERATOR, shown=view(role=Role.OPERATOR))
    ordered: list[Order] = []

    async def carry_out(room: object, referral: str, order: Order, **_: object) -> None:
        ordered.append(order)
        if order.screen if refused == "screen-unknown" else order.event is not Event.WORSENED:
            raise Problem(refused)

    monkeypatch.setattr(actions, "carry_out", carry_out)
    fields = {"event": "break_glass", "criterion": "haemodynamic"}
    answer = await here.post(f"{HERE}/tindakan", ("version", "1"), ("screen", "5" * 64), **fields)
    assert answer.status_code == 303
    last = Event.BREAK_GLASS if refused == "screen-unknown" else Event.WORSENED
    assert ordered[-1] == Order(last, criteria=(Criterion.HAEMODYNAMIC,))


async def test_an_emergency_that_is_impossible_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrived already: the page comes again with what is true."""
    here = desk(
        monkeypatch, Role.OPERATOR, shown=view(State.ARRIVED, Role.OPERATOR), refuse=Problem("not-now")
    )
    answer = await here.post(f"{HERE}/tindakan", *SEEN, event="worsened", criterion="haemodynamic")
    assert answer.status_code == 409
    assert "tidak mungkin lagi" in answer.text


async def test_who_was_overtaken_sees_who_was_first_and_what_is_true_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """412: nothing was recorded, the reason is still in the form, the new version stands in it."""
    history = [happening("submit"), happening("approve", by="Dr. Wakil", role="approver")]
    history.append(happening("conveyed", by="gerbang", role="system", kind="system"))
    here = desk(monkeypatch, shown=view(version=4, history=history), refuse=Problem("changed-meanwhile"))
    answer = await here.post(f"{HERE}/keputusan", *SEEN, event="reject", note="Terlalu jauh")
    assert answer.status_code == 412
    assert "Keputusan Anda BELUM tercatat" in answer.text
    assert "Disetujui - Dr. Wakil (Kepala UPTD / wakil)" in answer.text
    assert 'name="version" value="4"' in answer.text
    assert ">Terlalu jauh</textarea>" in answer.text


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("not-now", "tidak mungkin lagi"),
        ("screen-unknown", "lebih dari 30 menit"),
        ("criterion-missing", "paling sedikit satu kriteria"),
        ("destination-missing", "Pilih RS tujuan dulu"),
    ],
)
async def test_a_refusal_is_said_above_the_present_state(
    monkeypatch: pytest.MonkeyPatch, problem: str, said: str
) -> None:
    """In words, with the status."""
    refused = Problem(problem)
    here = desk(monkeypatch, shown=view(), refuse=refused)
    answer = await here.post(f"{HERE}/keputusan", *SEEN, event="approve")
    assert answer.status_code == refused.status
    assert said in answer.text
    assert "Siti Contoh" in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("keputusan", {"event": "cancel"}),
        ("keputusan", {"event": "reject"}),
        ("keputusan", {"event": "approve", "version": "x"}),
        ("tindakan", {"event": "approve"}),
        ("tindakan", {"event": "run_out"}),
        ("tindakan", {"event": "worsened", "criterion": "bored"}),
        ("tinjauan", {"verdict": "maybe"}),
    ],
)
async def test_a_forged_form_orders_nothing(
    monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str]
) -> None:
    """An event that has another door, a reason that is missing, a version that is none."""
    here = desk(monkeypatch, shown=view())
    answer = await here.post(f"{HERE}/{path}", *SEEN, **fields)
    assert answer.status_code == 422
    assert here.said == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR, Role.ADMIN, Role.DISPATCHER])
async def test_only_an_approver_decides(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    """Whatever the page offers, the route asks again."""
    here = desk(monkeypatch, role, shown=view(role=role))
    answer = await here.post(f"{HERE}/keputusan", *SEEN, event="approve")
    assert (answer.status_code, here.said) == (403, [])


async def test_an_answer_by_telephone_is_told_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who said what by which way, and for how long a bed is held."""
    here = desk(monkeypatch, Role.OPERATOR, shown=view(State.SENT, Role.OPERATOR, asks=[ask("sent")]))
    told = {"state": "accepted", "person": " Ns. Contoh ", "channel": "phone", "hospital": "rs-a"}
    await here.post(f"{HERE}/jawaban", *SEEN, **told, bed_held_min="30")
    ((verb, answer),) = here.said
    assert verb == "answer_by_telephone"
    assert isinstance(answer, TelephoneAnswer)
    assert (answer.hospital, answer.state, answer.person) == ("rs-a", AnswerState.ACCEPTED, "Ns. Contoh")
    assert answer.channel is Channel.PHONE
    assert answer.bed_held_until == answer.at + timedelta(minutes=30)
    assert abs(answer.at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "yes"},
        {"channel": "pigeon"},
        {"person": "x"},
        {"bed_held_min": "0"},
        {"bed_held_min": "1e3"},
    ],
)
async def test_half_an_answer_is_not_taken(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    """The page comes again, with the state as it is."""
    here = desk(monkeypatch, Role.OPERATOR, shown=view(State.SENT, Role.OPERATOR))
    told = {"state": "declined", "person": "Ns. Contoh", "channel": "phone", "hospital": "rs-a"}
    answer = await here.post(f"{HERE}/jawaban", *SEEN, **(told | wrong))
    assert (answer.status_code, here.said) == (422, [])


async def test_a_new_emergency_needs_one_tap_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Need and criterion; the patient may be nobody yet."""
    here = desk(monkeypatch, Role.OPERATOR)
    answer = await here.post("/rujukan/baru", need="icu", criterion="reduced_consciousness", repeat="a" * 24)
    assert answer.headers["location"] == HERE
    ((_, draft),) = here.said
    criteria = (Criterion.REDUCED_CONSCIOUSNESS,)
    assert draft == Draft(Need.ICU, Then.BREAK_GLASS, criteria=criteria, repeat="a" * 24)


async def test_a_routine_referral_carries_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was filled in is dropped."""
    here = desk(monkeypatch, Role.OPERATOR)
    fields = {
        "need": "ward",
        "criterion": "",
        "name": "Siti Contoh",
        "sex": "female",
        "age_years": "54",
        "birth_date": "1990-03-12",
        "nik": NIK,
        "nokartu": "0001234567890",
        "phone": "0812-1",
        "diagnosis": "I21.9",
        "situation": " sesak ",
        "transport": "Ambulans 2",
        "callback_phone": "0811-740112",
        "kelas": "1",
        "place": "-1.607, 103.582",
        "ticket": "T-17",
        "rule": "person",
        "drill": "true",
    }
    await here.post("/rujukan/baru", ("hospitals", "rs-a"), ("hospitals", "rs-b"), **fields, repeat="b" * 24)
    ((_, draft),) = here.said
    assert (draft.then, draft.rule, draft.kelas, draft.drill) == (Then.SUBMIT, Rule.PERSON, "1", True)
    assert (draft.latitude, draft.longitude) == (-1.607, 103.582)
    assert (draft.source_system, draft.source_ticket, draft.hospitals) == ("112", "T-17", ("rs-a", "rs-b"))
    patient = draft.told.patient
    assert (patient.name, patient.sex, patient.age_years, patient.phone) == (
        "Siti Contoh",
        "female",
        54,
        "0812-1",
    )
    assert (patient.nik.reveal(), str(patient.birth_date)) == (NIK, "1990-03-12")
    assert (draft.told.diagnosis, draft.told.situation) == ("I21.9", "sesak")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nik", "1571015203909"),
        ("nokartu", "12"),
        ("age_years", "131"),
        ("birth_date", "12-03-1990"),
        ("diagnosis", "heart"),
        ("place", "here"),
        ("place", "-1.6"),
        ("place", "91, 103"),
        ("ticket", "a b"),
        ("birth_date", "2999-01-01"),
        ("callback_phone", "ring me"),
    ],
)
async def test_a_mistake_is_marked_and_nothing_is_typed_twice(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The form comes again with everything in it."""
    here = desk(monkeypatch, Role.OPERATOR)
    fields = {"need": "icu", "situation": "Nyeri dada", "repeat": "a" * 24, name: value}
    answer = await here.post("/rujukan/baru", **fields)
    assert (answer.status_code, here.said) == (422, [])
    assert f'aria-describedby="wrong-{name}"' in answer.text
    assert ">Nyeri dada</textarea>" in answer.text
    assert f'value="{value}"' in answer.text
    assert f'name="repeat" value="{"a" * 24}"' in answer.text


async def test_hospitals_ticked_stay_ticked_after_a_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the second press would ask others, and nobody would see it."""
    here = desk(monkeypatch, Role.OPERATOR)
    answer = await here.post("/rujukan/baru", need="icu", age_years="old", hospitals="rsud-contoh")
    assert answer.status_code == 422
    assert 'value="rsud-contoh" checked>' in answer.text
    assert 'value="rsud-contoh" checked>' not in (await here.get("/rujukan/baru")).text


async def test_enter_in_a_field_sends_no_ambulance(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form's first button is what Enter presses: here it is one that does nothing."""
    text = (await desk(monkeypatch, Role.OPERATOR).get("/rujukan/baru")).text
    form = text[text.index('action="/rujukan/baru"') :]
    assert form.index("<button disabled hidden>") < form.index('name="criterion"')
