"""The operator: one tap sends an emergency, a telephone is as good as a system, a review comes after."""

import re

from playwright.sync_api import Page, expect

from tests.running import House

from .conftest import Open, address, shoot
from .people import Person
from .test_deciding import refer, state_of

LIVE_MS = 5_000
ONLY_A_TELEPHONE = "RSUD H. Abdurrahman Sayoeti"


def act(page: Page, name: str) -> None:
    """Press a button and wait until it is recorded."""
    page.get_by_role("button", name=name, exact=True).first.click()
    expect(page.get_by_role("alert")).to_contain_text("Tercatat.")


def test_an_emergency_goes_by_one_tap_and_is_reviewed_afterwards(
    house: House, operator: Person, head: Person, open_page: Open
) -> None:
    """To a hospital that has only a telephone: rung, answered, departed, arrived; then the head's word."""
    page = open_page("/antrean")
    operator.enter(page, "/rujukan/baru")
    page.locator("#need-delivery").check()
    page.locator("#details > summary").click()
    page.locator("#callback_phone").fill("0811-740112")
    page.locator("#hospitals > summary").click()
    page.get_by_label(ONLY_A_TELEPHONE).check()
    shoot(page, "new-referral")
    page.get_by_role("button", name="Memerlukan tindakan segera").click()
    page.wait_for_url("**/rujukan/r-*")
    referral = page.url.rpartition("/")[2]
    expect(page.locator("p.emergency")).to_contain_text("GAWAT DARURAT")
    card = page.locator("li.card", has=page.get_by_role("heading", name=ONLY_A_TELEPHONE)).first
    expect(card.locator("a.ring")).to_have_attribute("href", re.compile(r"^tel:\+62741"))
    expect(card).to_contain_text("Hanya telepon - telepon sekarang")

    card.get_by_text("Catat jawaban telepon").click()
    card.get_by_text("Bersedia menerima").click()
    card.get_by_label("Nama dan jabatan").fill("Bidan jaga (contoh)")
    shoot(page, "telephone-answer")
    card.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("alert")).to_contain_text("Tercatat.")
    expect(page.locator("#state")).to_have_text("Diterima RS")
    expect(page.get_by_text("Tempat tidur TIDAK dipesan")).to_be_visible()
    act(page, "Berangkat")
    expect(page.locator("#state")).to_have_text("Pasien dalam perjalanan")
    act(page, "Sudah tiba di RS")
    assert state_of(house, referral) == "arrived"
    _review(house, head, open_page, referral)


def _review(house: House, head: Person, open_page: Open, referral: str) -> None:
    page = open_page("/antrean")
    head.enter(page, "/antrean")
    owed = page.locator("section", has=page.locator("#reviews"))
    expect(owed.locator("h2")).to_have_text("Tinjauan terutang (1)")
    owed.locator(f'a[href="/rujukan/{referral}"]').click()
    page.locator("#review-note").fill("Tepat, tidak ada waktu menunggu")
    page.get_by_role("button", name="Sesuai", exact=True).click()
    expect(page.get_by_text("Sudah ditinjau")).to_be_visible()
    expect(page.get_by_text("Tepat, tidak ada waktu menunggu").first).to_be_visible()
    shoot(page, "reviewed")
    page.goto(address(house, "/antrean"))
    expect(page.locator("#reviews")).to_have_count(0)


def test_a_patient_who_worsens_goes_at_once(house: House, operator: Person, open_page: Open) -> None:
    """While the approval is still waited for: two touches, no typing, no proof."""
    referral = refer(house)
    page = open_page("/antrean")
    operator.enter(page, f"/rujukan/{referral}")
    page.get_by_text("KIRIM SEKARANG - gawat darurat").click()
    act(page, "Penurunan kesadaran")
    assert state_of(house, referral) != "submitted"
    expect(page.locator("#told")).to_be_visible()


def test_without_scripts_everything_works_by_hand(house: House, head: Person, open_page: Open) -> None:
    """An old telephone, or a network that loses the script: read, approve, reload."""
    referral = refer(house)
    page = open_page("/antrean", java_script_enabled=False)
    head.enter(page, f"/rujukan/{referral}")
    expect(page.get_by_text("Siti Contoh")).to_be_visible()
    act(page, "Setujui")
    assert state_of(house, referral) != "submitted"


def test_keys_alone_are_enough(house: House, head: Person, open_page: Open) -> None:
    """Tab reaches the decision, the focus is seen, the first stop skips to the content."""
    referral = refer(house)
    page = open_page("/antrean")
    head.enter(page, f"/rujukan/{referral}")
    page.locator("body").press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    approve = page.get_by_role("button", name="Setujui", exact=True)
    for _ in range(120):
        page.keyboard.press("Tab")
        if approve.evaluate("each => each === document.activeElement"):
            break
    outline = approve.evaluate("each => getComputedStyle(each).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Tercatat.")


def test_the_search_finds_a_ticket(house: House, operator: Person, open_page: Open) -> None:
    """By the dispatch system's number; nothing that was typed stands in the address."""
    referral = refer(house, source_ref={"system": "112", "ticket": "T-2026-99"})
    page = open_page("/antrean")
    operator.enter(page, "/cari")
    page.locator("#q").fill("T-2026-99")
    page.locator("main button").click()
    expect(page.locator(f'a[href="/rujukan/{referral}"]')).to_be_visible()
    assert page.url == address(house, "/cari")
    shoot(page, "search")
