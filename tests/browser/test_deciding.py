"""The head on a telephone: signs in, reads, proves who it is, approves; a second tab sees it live."""

import re

from playwright.sync_api import Page, expect

from tests.running import House

from .conftest import Open, shoot
from .people import Person

LIVE_MS = 5_000  # a change is on every open screen in this time


def refer(house: House, **changes: object) -> str:
    """Let the dispatch system ask for an intensive-care bed; return the referral's id."""
    order = {
        "need": "icu",
        "then": "submit",
        "patient": {"name": "Siti Contoh", "sex": "female", "age_years": 54},
        "situation": "Nyeri dada 2 jam, TD 90/60, nadi 118",
        "diagnosis": "I21.9",
        "callback_phone": "0811-740112",
        **changes,
    }
    with house.client("operator") as operator:
        answer = operator.post("/v1/referrals", json=order)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["referral"]["id"])


def state_of(house: House, referral: str) -> str:
    """Return where the referral stands."""
    with house.client("operator") as operator:
        answer = operator.get(f"/v1/referrals/{referral}")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["state"])


def test_the_head_approves_with_a_code_and_a_second_tab_sees_it(
    house: House, head: Person, open_page: Open
) -> None:
    """Read, asked for a proof, back with the way open, approved: on the other tab without a touch."""
    referral = refer(house)
    page = open_page("/antrean")
    head.sign_in(page, "/antrean")
    expect(page.locator("h1")).to_have_text("Antrean")
    shoot(page, "inbox-head")
    second = open_page("/antrean", beside=page)
    expect(second.locator(f'a[href="/rujukan/{referral}"]')).to_be_visible()

    page.locator(f'a[href="/rujukan/{referral}"]').click()
    expect(page.get_by_text("Siti Contoh")).to_be_visible()
    shoot(page, "referral-to-decide")
    shoot(page, "referral-first-screen", whole=False)
    head.let_proof_age()
    page.get_by_role("button", name="Setujui", exact=True).click()
    page.wait_for_url("**/konfirmasi?**")
    assert state_of(house, referral) == "submitted"
    shoot(page, "step-up")
    page.locator("#code").fill(head.code())
    page.locator("form:has(#code) button").click()
    page.wait_for_url(f"**/rujukan/{referral}?lanjut=approve")
    expect(page.get_by_role("alert")).to_contain_text("Anda sudah terkonfirmasi")
    shoot(page, "referral-proven", whole=False)
    page.get_by_role("button", name="Setujui", exact=True).click()
    page.wait_for_url("**tercatat=approve")
    expect(page.get_by_role("alert")).to_contain_text("Tercatat.")
    shoot(page, "referral-approved")
    waits = second.locator("section", has=second.locator("#decisions"))
    expect(waits).to_have_count(0, timeout=LIVE_MS)
    assert state_of(house, referral) != "submitted"


def test_a_decision_with_a_passkey(house: House, head: Person, open_page: Open) -> None:
    """Enrolled once; afterwards a finger on the telephone is the proof."""
    referral = refer(house)
    page = open_page("/akun")
    authenticator(page)
    head.enter(page, "/akun")
    page.locator("#label").fill("Ponsel contoh")
    page.locator('form[action="/akun/passkey/tambah"] button').click()
    expect(page.get_by_role("heading", name="Ponsel contoh")).to_be_visible()
    shoot(page, "account")
    head.let_proof_age()
    page.goto(page.url.replace("/akun", f"/rujukan/{referral}").partition("?")[0])
    page.locator("#reject-note").fill("RSUD penuh, pindahkan besok pagi")
    page.get_by_role("button", name="Tolak", exact=True).click()
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**lanjut=reject")
    expect(page.locator("#reject-note")).to_have_value("RSUD penuh, pindahkan besok pagi")
    page.get_by_role("button", name="Tolak", exact=True).click()
    page.wait_for_url("**tercatat=reject")
    assert state_of(house, referral) == "rejected"


def authenticator(page: Page) -> None:
    """Give the telephone a finger that is always there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_who_decides_second_is_told_and_loses_nothing(house: House, head: Person, open_page: Open) -> None:
    """Two tabs, one referral: the later press records nothing and shows what is true now."""
    referral = refer(house)
    page = open_page("/antrean")
    head.enter(page, f"/rujukan/{referral}")
    late = open_page(f"/rujukan/{referral}", beside=page)
    late.route("**/live?*", lambda route: route.abort())  # a tab without news
    late.goto(page.url)
    page.get_by_role("button", name="Setujui", exact=True).click()
    page.wait_for_url("**tercatat=approve")
    late.locator("#reject-note").fill("Terlalu jauh")
    late.get_by_role("button", name="Tolak", exact=True).click()
    expect(late.get_by_role("alert")).to_contain_text("Keputusan Anda BELUM tercatat")
    shoot(late, "overtaken", whole=False)
    assert state_of(house, referral) != "rejected"


def test_a_page_says_when_it_can_no_longer_be_believed(house: House, head: Person, open_page: Open) -> None:
    """Without the gateway an open page says so, with the time it was read; with it, it takes that back."""
    page = open_page("/antrean")
    head.enter(page, "/antrean")
    expect(page.locator("#connection")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible(timeout=15_000)
    expect(page.locator("#connection")).to_contain_text(re.compile(r"TIDAK TERSAMBUNG.*\d\d\.\d\d WIB"))
    shoot(page, "not-connected", whole=False)
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_be_hidden(timeout=15_000)


def test_a_referral_that_was_cancelled_meanwhile_can_no_longer_be_decided(
    house: House, head: Person, open_page: Open
) -> None:
    """The open page hears of it, and the buttons are gone."""
    referral = refer(house)
    page = open_page("/antrean")
    head.enter(page, f"/rujukan/{referral}")
    page.locator("#reject-note").fill("Belum stabil, tunggu")
    with house.client("operator") as operator:
        answer = operator.post(f"/v1/referrals/{referral}/cancel", json={"note": "Salah ketik"})
        assert answer.status_code == 200, answer.text
    expect(page.locator("#state")).to_have_text("Dibatalkan", timeout=LIVE_MS)
    expect(page.locator("#reject-note")).to_have_count(0)


def test_a_reason_being_typed_survives_the_news(house: House, head: Person, open_page: Open) -> None:
    """The page is put anew, the half-written reason and the open part stay where they were."""
    referral = refer(house)
    page = open_page("/antrean")
    head.enter(page, f"/rujukan/{referral}")
    page.locator("#reject-note").fill("Belum stabil, tunggu")
    page.locator("#more-candidates summary").click()
    page.evaluate("document.querySelector('[data-live=referral] h1').textContent = 'old'")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible(timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator("[data-live=referral] h1")).to_have_text("ICU", timeout=15_000)
    expect(page.locator("#reject-note")).to_have_value("Belum stabil, tunggu")
    expect(page.locator("#more-candidates")).to_have_attribute("open", "")
