"""An incident at the desk and at an agency: told, alarmed, rung, received by one press, all of it live."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.running import House, Sandbox

from .conftest import Open, address, shoot
from .people import Person

LIVE_MS = 5_000  # a change is on every open screen in this time
ALARM_MS = 10_000
SOUND_EVERY_S = 5
PAGES = 5  # of alarms, at most, that earlier tests left

# Notes when a tone begins, by the audio clock's own time; the page itself keeps no count.
LISTENING = """(() => {
  window.tones = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.tones.push(at); return start.call(this, at); };
})()"""


@pytest.fixture(autouse=True)
def mended(sandbox: Sandbox) -> Iterator[None]:
    """Let no agency be in trouble after a test."""
    yield
    sandbox.mend()


def report(house: House, **changes: object) -> str:
    """Let the operator's program open an incident; return its id."""
    order = {"category": "crime", "severity": "severe", "address": "Jl. Contoh 7", "area_code": "15.71.08"}
    with house.client("operator") as operator:
        answer = operator.post("/v1/incidents", json=order | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["incident"]["id"])


def of(page: Page, name: str) -> object:
    """Return the card of one agency."""
    return page.locator("li.card", has=page.get_by_role("heading", name=name)).first


def take_every_alarm(house: House) -> None:
    """Let somebody have seen to what earlier tests left."""
    with house.client("operator") as operator:
        for _ in range(PAGES):
            for each in operator.get("/v1/notifications?alarmed=true").json()["notifications"]:
                operator.post(f"/v1/notifications/{each['id']}/alarm-seen").raise_for_status()


def test_an_incident_is_told_and_its_alarm_cannot_be_overlooked(
    house: House, operator: Person, open_page: Open
) -> None:
    """BPBD is not connected: bar, title and sound on every page until somebody takes it and has rung."""
    page = open_page("/antrean")
    page.add_init_script(LISTENING)
    operator.enter(page, "/insiden/baru")
    page.locator("#category-fire").check()
    page.locator("#severity-severe").check()
    page.locator("#address").fill("Jl. Contoh 7")
    page.locator("#area_code").select_option("15.71.08")
    page.locator("#narrative").fill("Rumah terbakar, api di atap")
    page.locator("#details > summary").click()
    page.locator("#caller_phone").fill("0811-740112")
    page.locator("#caution-electricity").check()
    shoot(page, "incident-new")
    elsewhere = open_page("/papan?need=icu", beside=page)
    page.get_by_role("button", name="Catat dan beri tahu mitra").click()
    page.wait_for_url("**/insiden/i-*")
    incident = page.url.rpartition("/")[2]

    bpbd, damkar = of(page, "BPBD Kota Jambi"), of(page, "Damkar Kota Jambi")
    expect(bpbd).to_contain_text("BPBD Kota Jambi belum terhubung - BELUM diberitahu. Telepon 0741-000021")
    expect(damkar.locator(".shown").first).to_have_text("SAMPAI", timeout=LIVE_MS)
    expect(damkar).to_contain_text("Sampai di sistem Damkar Kota Jambi - BELUM dibaca petugas")
    shoot(page, "incident")

    bar = elsewhere.locator(".alarms")
    expect(bar).to_be_visible(timeout=ALARM_MS)
    expect(bar).to_contain_text("BPBD Kota Jambi")
    expect(bar.locator("a.ring")).to_have_attribute("href", "tel:+62741000021")
    expect(elsewhere).to_have_title(re.compile(r"^\(1\) "))
    expect(elsewhere.locator("#alarm-said")).to_contain_text("BPBD Kota Jambi")
    shoot(elsewhere, "alarm-bar", whole=False)
    _hear(page)
    page.goto(address(house, "/alarm"))
    shoot(page, "alarms")

    page.locator("main").get_by_role("button", name="Saya tangani").click()
    page.wait_for_url(f"**/insiden/{incident}#n-*")
    expect(elsewhere.locator(".alarms")).to_be_hidden(timeout=ALARM_MS)
    expect(elsewhere).to_have_title(re.compile(r"^[^(]"))
    _enter_the_call(page)


def _hear(page: Page) -> None:
    """Wait for the sound: three tones every five seconds, planned ahead for hidden tabs."""
    page.mouse.click(5, 5)
    page.wait_for_function("window.tones.length > 9")
    tones = page.evaluate("window.tones")
    assert tones[3] - tones[0] == pytest.approx(SOUND_EVERY_S)
    expect(page.locator("#touch-for-sound")).to_be_hidden()


def _enter_the_call(page: Page) -> None:
    card = of(page, "BPBD Kota Jambi")
    expect(card).to_contain_text("TELEPON SEKARANG")
    card.get_by_text("Catat telepon").click()
    card.get_by_text("Menerima, akan menangani").click()
    card.get_by_label("Pos / jabatan / satuan").fill("Piket BPBD")
    card.get_by_label("Nomor laporan mitra").fill("B-17")
    shoot(page, "incident-call")
    card.get_by_role("button", name="Simpan jawaban").click()
    expect(page.get_by_role("alert").filter(has_text="Tercatat.")).to_be_visible()
    card = of(page, "BPBD Kota Jambi")
    expect(card.locator(".shown").first).to_have_text("DITANGANI")
    expect(card).to_contain_text("Piket BPBD")
    expect(card).to_contain_text("B-17")
    expect(card).not_to_contain_text("TELEPON SEKARANG")


def test_one_press_at_the_agency_shows_on_the_desk(
    house: House, operator: Person, officer: Person, open_page: Open
) -> None:
    """390 px: what, where, how bad; Diterima; the desk sees it without a touch, and each step after it."""
    phone = open_page("/kotak")
    phone.add_init_script(LISTENING)
    officer.enter(phone, "/kotak")
    expect(phone.locator("#nothing-new")).to_be_visible()
    shoot(phone, "duty-empty")
    phone.mouse.click(5, 5)
    said = {"narrative": "Perampokan di toko", "cautions": ["armed"], "caller": {"phone": "0811740112"}}
    incident = report(house, **said)
    desk = open_page("/antrean")
    operator.enter(desk, f"/insiden/{incident}")
    expect(of(desk, "Polresta Jambi").locator(".shown").first).to_have_text("SAMPAI")

    card = phone.locator("li.card").first
    expect(card.locator(".what")).to_have_text("Kejahatan", timeout=LIVE_MS)
    expect(card.locator(".where")).to_have_text("Jl. Contoh 7")
    expect(card).to_contain_text("Bersenjata")
    expect(phone).to_have_title(re.compile(r"^\(1\) "))
    phone.wait_for_function("window.tones.length > 2")
    shoot(phone, "duty-new")
    shoot(phone, "duty-first-screen", whole=False)
    press = phone.get_by_role("button", name="Diterima", exact=True)
    assert press.bounding_box()["height"] >= 80
    time.sleep(1)  # a card that has just come is not pressed by accident
    press.click()
    expect(phone.get_by_role("alert").filter(has_text="112 melihatnya")).to_be_visible()
    expect(phone).to_have_title(re.compile(r"^[^(]"))
    expect(of(desk, "Polresta Jambi").locator(".shown").first).to_have_text("DITANGANI", timeout=LIVE_MS)
    expect(of(desk, "Polresta Jambi")).to_contain_text("Disanggupi petugas Polresta Jambi")

    phone.get_by_role("button", name="Berangkat", exact=True).click()
    expect(of(desk, "Polresta Jambi")).to_contain_text("sudah dikirim", timeout=LIVE_MS)
    phone.locator(f"#number-{incident} > summary").click()
    phone.get_by_label("Nomor laporan Anda").fill("LP/B/17")
    shoot(phone, "duty-going-on")
    phone.get_by_role("button", name="Simpan nomor").click()
    expect(of(desk, "Polresta Jambi")).to_contain_text("LP/B/17", timeout=LIVE_MS)
    shoot(desk, "incident-dispatched")


def test_an_agency_that_cannot_is_an_alarm_at_once(
    house: House, operator: Person, officer: Person, open_page: Open
) -> None:
    """Its reason stands before the operator; whoever has no script can say so as well."""
    take_every_alarm(house)
    incident = report(house, category="traffic", urgent=True, drill=True)
    phone = open_page("/kotak", java_script_enabled=False)
    officer.enter(phone, "/kotak")
    card = phone.locator("li.card", has=phone.get_by_text("Gangguan lalu lintas"))
    expect(card).to_contain_text("LATIHAN")
    card.locator("summary", has_text="Tidak bisa").click()
    card.get_by_role("textbox").fill("Semua regu di lapangan")
    card.get_by_role("button", name="Kirim: kami tidak bisa").click()
    expect(phone.get_by_role("alert")).to_contain_text("112 melihatnya")
    desk = open_page("/antrean")
    operator.enter(desk, f"/insiden/{incident}")
    police = of(desk, "Polresta Jambi")
    expect(police.locator(".shown").first).to_have_text("DITOLAK / GAGAL")
    expect(police).to_contain_text("Semua regu di lapangan")
    expect(desk.locator(".alarms")).to_contain_text("MENOLAK")
    shoot(desk, "incident-refused")


def test_what_is_typed_outlives_news_and_being_overtaken(
    house: House, operator: Person, open_page: Open
) -> None:
    """A live page keeps a half-typed form; saved on an old picture it comes back with everything in it."""
    incident = report(house, category="fire", drill=True)
    page = open_page("/antrean")
    operator.enter(page, f"/insiden/{incident}")
    page.locator("#update > summary").click()
    page.locator("#narrative").fill("Api sudah padam")
    with house.client("operator") as api:
        api.post(f"/v1/incidents/{incident}/updates", json={"severity": "minor"}).raise_for_status()
    expect(page.locator("#history ~ ol li")).to_have_count(2, timeout=LIVE_MS)
    expect(page.locator("#narrative")).to_have_value("Api sudah padam")
    time.sleep(1)
    page.get_by_role("button", name="Simpan dan beri tahu mitra").click()
    expect(page.locator("#told")).to_contain_text("berubah sejak Anda membacanya")
    expect(page.locator("#narrative")).to_have_value("Api sudah padam")
    page.get_by_role("button", name="Simpan dan beri tahu mitra").click()
    expect(page.locator("#told")).to_contain_text("Tercatat.")
    expect(page.get_by_text("Api sudah padam").first).to_be_visible()


def test_going_live_tells_what_still_goes_on(
    house: House, operator: Person, admin: Person, open_page: Open
) -> None:
    """BPBD: held and never shown as told; a proof first, a reason; then the latest state, marked as late."""
    incident = report(house, category="flood", drill=False)
    over = report(house, category="flood", severity="severe")
    with house.client("operator") as api:
        api.post(f"/v1/incidents/{over}/close", json={"outcome": "handled"}).raise_for_status()
    desk = open_page("/antrean")
    operator.enter(desk, f"/insiden/{incident}")
    expect(of(desk, "BPBD Kota Jambi").locator(".shown").first).to_have_text("BELUM SAMPAI")
    page = open_page("/antrean")
    admin.enter(page, "/mitra/bpbd")
    admin.let_proof_age()
    page.goto(address(house, "/mitra/bpbd"))
    expect(page.get_by_text("DITAHAN - mitra BELUM diberitahu")).to_be_visible()
    page.get_by_text("HIDUPKAN").click()
    page.locator("#reason").fill("Sistem BPBD siap")
    shoot(page, "partner-golive")
    page.get_by_role("button", name="Simpan").click()
    page.wait_for_url("**/konfirmasi?**")
    page.locator("#code").fill(admin.code())
    page.locator("form:has(#code) button").click()
    expect(page.locator("#reason")).to_have_value("Sistem BPBD siap")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("#told")).to_contain_text("yang masih berjalan dikirim sekarang")
    expect(page.locator("#told")).to_contain_text("masuk satu rangkuman")
    shoot(page, "partner-live")
    bpbd = of(desk, "BPBD Kota Jambi")
    expect(bpbd.locator(".shown").first).to_have_text("SAMPAI", timeout=LIVE_MS)
    expect(bpbd).to_contain_text("TERLAMBAT: ditahan sejak")
    page.get_by_role("button", name="Kirim satu pesan uji").click()
    expect(page.locator("#tested")).to_contain_text("Uji hubungan")
