"""The pages: what stands on them, what never does, and that each is whole in both languages."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import time_machine

from contracts import AnswerState, Coverage
from gateway.access.roles import Role
from gateway.console.figures import sentence
from gateway.console.render import POLICY
from gateway.console.static_files import address, files
from gateway.console.words import speech
from gateway.referrals.answers import CoverageView, ReasonView
from gateway.referrals.rows import AskState, OwedWhat
from gateway.referrals.states import State

from . import desk as pretence
from .desk import EMERGENCY, NOW, ask, candidate, desk, happening, line, owed, view

PAGES = (
    *("/antrean", "/cari", "/papan?need=icu", "/peringatan", "/mitra"),
    *("/rujukan/baru", "/rujukan/r-abcdefghjkmnp"),
)
NIK = "1571015203909901"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Let it be the moment that the pretended referrals were made for, however long the run takes."""
    with time_machine.travel(NOW, tick=True):
        yield


class Reader(HTMLParser):
    """Collects what the policy forbids, forms without a token, ids told twice, and unbalanced elements."""

    VOID = frozenset(("meta", "link", "input", "br", "hr", "img", "path", "rect"))

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.posts = self.tokens = 0
        self.stack: list[str] = []
        self.wrong: list[str] = []
        self._form_posts = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        told = dict(attrs)
        self.inline += [f"{tag} {name}" for name in told if name == "style" or name.startswith("on")]
        self.inline += [tag for _ in "x" if tag == "style" or (tag == "script" and "src" not in told)]
        self.ids += [told["id"] or ""] if "id" in told else []
        self.posts += tag == "form" and told.get("method") == "post"
        self.tokens += told.get("name") == "csrf"
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it again."""
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(tag)


def read(html: str) -> Reader:
    """Return what a page is made of."""
    reader = Reader()
    reader.feed(html)
    return reader


def everything(role: Role = Role.OPERATOR, state: State = State.SENT) -> pretence.ReferralView:
    """Return a referral on which everything there is to show stands."""
    return view(
        state,
        role,
        **EMERGENCY,
        alarm="emergency_declined",
        drill=True,
        kelas="1",
        destination="rsud-contoh",
        destination_name="RSUD Contoh",
        asks=[
            ask(AskState.ACCEPTED, answer=AnswerState.ACCEPTED, answered_at=NOW, channel="system"),
            ask(AskState.DECLINED, "RS Penuh", answered_at=NOW, channel="phone", code="full"),
            ask(AskState.QUEUED, "RS Telepon", telephone=True, needs_phone_call=True),
        ],
        candidates=[candidate(class_matches=False), *(candidate(f"RS {n}") for n in range(5))],
        owed=[owed(), owed(OwedWhat.CONFIRMATION), owed(done_at=NOW, verdict="sesuai", note="baik")],
        history=[happening("created"), happening("alarm", code="emergency_declined"), happening("strange")],
        coverage=CoverageView(
            coverage=Coverage.NOT_ACTIVE,
            checked_at=NOW,
            age_s=0,
            origin="bpjs",
            reason=None,
            advice=["Tetap kirim bantuan sekarang."],
            status_text="PENANGGUHAN PEMBAYARAN",
            segment="PBI",
        ),
    )


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.APPROVER, Role.OPERATOR])
async def test_a_page_is_whole_and_obeys_its_own_policy(
    monkeypatch: pytest.MonkeyPatch, path: str, role: Role, language: str
) -> None:
    """Nothing inline, a token in each form, every id once, every element closed."""
    if path == "/rujukan/baru" and role is Role.APPROVER:
        role = Role.DISPATCHER
    here = desk(monkeypatch, role, shown=everything(role), waiting=[line(), line(State.DECLINED)])
    answer = await here.get(path, cookie=f"bahasa={language}")
    page = read(answer.text)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert (page.inline, page.wrong, page.stack) == ([], [], [])
    assert page.posts == page.tokens > 0
    assert sorted(set(page.ids)) == sorted(page.ids)
    assert f'<html lang="{language}">' in answer.text


def test_the_reader_sees_what_is_wrong() -> None:
    """Planted mistakes are found."""
    page = read('<p style="x" onclick="y"><script>1</script><form method="post"></div>')
    assert page.inline == ["p style", "p onclick", "script"]
    assert (page.posts, page.tokens, page.wrong) == (1, 0, ["div"])


async def test_the_demo_says_on_every_page_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a live house does not."""
    here = desk(monkeypatch)
    assert "DATA CONTOH - JANGAN DIPAKAI" in (await here.get("/antrean")).text
    here.app.state.settings.environment = "live"
    assert "DATA CONTOH" not in (await here.get("/antrean")).text


async def test_the_inbox_names_nobody_and_shows_the_time_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The timer is that of the decision, with its clock time; the number of reviews owed stands there."""
    waiting = [line(), line(State.ARRIVED, id="r-two", owed=[owed()])]
    here = desk(monkeypatch, waiting=waiting, shown=view())
    text = (await here.get("/antrean")).text
    assert "sisa 12 menit" in text
    assert re.search(r"sampai (\d+ \w+ )?\d\d\.\d\d WIB", text)
    assert "Tinjauan terutang (1)" in text
    assert "sisa 5 jam" in text
    assert "Siti" not in text
    assert '<strong class="count">3</strong>' in text


async def test_a_hospital_to_be_rung_stands_with_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 7: everything that waits for a partner shows the number."""
    calls = [ask(AskState.QUEUED, telephone=True, needs_phone_call=True)]
    here = desk(monkeypatch, waiting=[line(State.SENT, needs_phone_call=True, calls=calls)])
    text = (await here.get("/antrean")).text
    assert "Perlu tindakan sekarang (1)" in text
    assert 'href="tel:+6274161692"' in text


async def test_nothing_that_waits_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty page could also be a broken one."""
    assert "Tidak ada yang menunggu." in (await desk(monkeypatch).get("/antrean")).text


async def test_a_figure_never_stands_without_age_and_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 2, on the board: known with both, unknown as a word and never as a number."""
    text = (await desk(monkeypatch).get("/papan?need=icu")).text
    known, unknown = re.findall(r'<li class="card.*?</li>', text, re.DOTALL)
    assert re.search(r"3 kosong, <time [^>]*>\d+ \w+ lalu</time>", known)
    assert "sumber: sistem RS" in known
    assert "Tidak diketahui" in unknown
    assert not re.search(r"\b0 kosong|[Pp]enuh", unknown)
    assert "Nomor telepon tidak diketahui" in unknown


async def test_the_decision_stands_with_everything_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patient, beds with their age, coverage that never blocks, and both answers, each with its screen."""
    here = desk(monkeypatch, shown=view())
    text = (await here.get("/rujukan/r-abcdefghjkmnp")).text
    for said in ("Siti Contoh", "54 tahun", "I21.9", "Belum dapat dicek - tetap kirim bantuan"):
        assert said in text
    assert re.search(r"2 kosong, <time [^>]*>4 menit lalu</time>", text)
    approve, reject = re.findall(
        r'<form method="post" action="/rujukan/[^"]+/keputusan".*?</form>', text, re.DOTALL
    )
    for form in (approve, reject):
        assert f'name="screen" value="{"5" * 64}"' in form
        assert 'name="version" value="3"' in form
    assert 'value="approve">Setujui' in approve
    assert "required" in reject


@pytest.mark.parametrize(
    ("role", "state", "offered", "withheld"),
    [
        (Role.APPROVER, State.SUBMITTED, "Setujui", "Kepala menyetujui lewat telepon"),
        (Role.OPERATOR, State.SUBMITTED, "Kepala menyetujui lewat telepon", 'value="approve"'),
        (Role.OPERATOR, State.SUBMITTED, "KIRIM SEKARANG - gawat darurat", 'value="worsened"'),
        (Role.OPERATOR, State.UNDER_WAY, "Sudah tiba di RS", 'value="depart"'),
        (Role.OPERATOR, State.UNDER_WAY, "Tiba di RS lain", 'value="depart"'),
        (Role.OPERATOR, State.REJECTED, "Pasien memburuk", 'value="break_glass"'),
        (Role.AUDITOR, State.SUBMITTED, "Menunggu", "/tindakan"),
    ],
)
async def test_only_what_one_may_do_now_is_offered(
    monkeypatch: pytest.MonkeyPatch, role: Role, state: State, offered: str, withheld: str
) -> None:
    """By the room's own table of states and parties."""
    here = desk(monkeypatch, role, shown=view(state, role, destination="rsud-contoh"))
    text = (await here.get("/rujukan/r-abcdefghjkmnp")).text
    assert offered in text
    assert withheld not in text


async def test_an_acceptance_is_no_bed_unless_one_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a declined emergency shows the rule."""
    held = NOW.replace(year=NOW.year + 1)
    asks = [
        ask(AskState.CHOSEN, answered_at=NOW),
        ask(AskState.ACCEPTED, "RS Dua", answered_at=NOW, bed_held_until=held),
        ask(AskState.DECLINED, "RS Tiga", answered_at=NOW),
    ]
    here = desk(monkeypatch, Role.OPERATOR, shown=view(State.ACCEPTED, Role.OPERATOR, asks=asks, **EMERGENCY))
    text = (await here.get("/rujukan/r-abcdefghjkmnp")).text
    one, two, three = re.findall(r'<li class="card[^"]*">\s*<h3>.*?</li>', text, re.DOTALL)[:3]
    assert "Tempat tidur TIDAK dipesan" in one
    assert "Tempat tidur dipesan sampai" in two
    assert "tidak boleh menolak" in three


async def test_an_unknown_patient_and_an_erased_one_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mr or Mrs X can still be named; nobody can name the erased."""
    nobody = pretence.PatientView()
    here = desk(monkeypatch, shown=view(patient=nobody))
    assert "Identitas belum diketahui" in (await here.get("/rujukan/r-abcdefghjkmnp")).text
    here.shown = view(patient=nobody, erased=True)
    assert "Data pasien sudah dihapus" in (await here.get("/rujukan/r-abcdefghjkmnp")).text


async def test_a_text_of_the_crew_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is typed stays what it is."""
    here = desk(monkeypatch, shown=view(situation="<script>alert(1)</script>"))
    text = (await here.get("/rujukan/r-abcdefghjkmnp")).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


async def test_a_referral_that_is_not_there_is_a_page_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way back."""
    answer = await desk(monkeypatch).get("/rujukan/r-nowhere")
    assert answer.status_code == 404
    assert "text/html" in answer.headers["content-type"]


async def test_the_search_looks_for_no_persons_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A NIK is not looked for, not shown again, and stands in no address."""
    here = desk(monkeypatch)
    answer = await here.post("/cari", q=f"{NIK[:6]} {NIK[6:]}")
    assert "Jangan mencari dengan nama, NIK" in answer.text
    assert NIK[6:] not in answer.text
    assert here.said == []
    await here.post("/cari", q=" T-17 ")
    assert here.said == [("search", "T-17")]


async def test_the_language_is_kept_and_leads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nowhere else."""
    here = desk(monkeypatch)
    answer = await here.post("/bahasa", bahasa="en", next="/mitra")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mitra")
    assert "bahasa=en" in answer.headers["set-cookie"]
    strange = await here.post("/bahasa", bahasa="xx", next="//evil.example")
    assert strange.headers["location"] == "/"
    assert "set-cookie" not in strange.headers


async def test_static_files_are_kept_by_the_browser_until_they_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An address with its version for a year; an old one, or a question with the ETag, is asked again."""
    here = desk(monkeypatch)
    new = await here.get(address("console.css"))
    assert new.content == files()["console.css"]
    assert new.headers["cache-control"] == "public, max-age=31536000, immutable"
    same = await here.get(address("console.css"), if_none_match=new.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")
    old = await here.get("/static/oldversion/console.css")
    assert old.headers["cache-control"] == "no-cache"
    assert (await here.get("/static/x/..%2fwords.toml")).status_code == 404


async def test_the_partners_page_shows_who_does_not_answer_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever must be rung stands on top, with the number."""
    here = desk(monkeypatch)
    here.app.state.registry.partners = {
        each.name: each
        for each in (
            _partner("RS Baik", answered=2, failed=9),
            _partner("RS Diam", answered=9, failed=2),
            _partner("RS Ditahan", answered=1, failed=None, breaker="open"),
            _partner("RS Telepon", port=None, standing="planned"),
        )
    }
    text = (await here.get("/mitra")).text
    names = re.findall(r'<h2 class="name"><a [^>]*>(.*?)</a></h2>', text)
    assert names == ["RS Diam", "RS Ditahan", "RS Baik", "RS Telepon"]
    assert "TIDAK MENJAWAB - telepon" in text
    assert "Ditahan sementara" in text
    assert "Belum terhubung - hanya telepon" in text
    assert [entry.act for entry in here.notebook.entries] == ["partners.listed"]


def _partner(
    name: str,
    *,
    answered: int | None = None,
    failed: int | None = None,
    breaker: str = "closed",
    port: object | None = object,
    standing: str = "live",
) -> pretence.SimpleNamespace:
    ago = {
        what: None if minutes is None else NOW - pretence.timedelta(minutes=minutes)
        for what, minutes in (("a", answered), ("f", failed))
    }
    presence = pretence.SimpleNamespace(last_answered_at=ago["a"], last_failed_at=ago["f"])
    breakers = {"x": pretence.SimpleNamespace(state=breaker)}
    return pretence.SimpleNamespace(
        id=name.lower().replace(" ", "-"),
        name=name,
        phone="0741-1",
        standing=standing,
        standing_since=None,
        port=port,
        presence=presence,
        breakers=breakers,
    )


def test_a_candidates_beds_being_cleaned_are_not_counted_as_free() -> None:
    """The reason alone is enough to say it."""
    said = sentence("soon", candidate(free=0, reasons=[ReasonView("soon", "")]), now=NOW, t=speech("id"))
    assert said.startswith("0 kosong, sebagian sedang dibersihkan")
