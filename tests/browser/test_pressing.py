"""Buttons while news keeps coming: what moved under the thumb waits a moment, and no other button does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.running import House

from .conftest import Open, address
from .people import Person
from .test_incidents import ALARM_MS, of, report, take_every_alarm

EVERY_S = 0.4  # between two incidents of a flood; each alarms, since BPBD is not connected
WATCHED_MS = 5_000
PRESSED_MS = 300  # how long a finger rests on a button, at most

# In how large a part of the time a button could be pressed.
WATCHING = """([name, ms]) => new Promise((done) => {
  let seen = 0; let free = 0;
  const look = setInterval(() => {
    const all = [...document.querySelectorAll("main button")];
    const found = all.find((each) => each.textContent.trim() === name);
    seen += 1;
    free += found && !found.disabled ? 1 : 0;
  }, 25);
  setTimeout(() => { clearInterval(look); done(free / seen); }, ms);
})"""


@contextmanager
def flood(house: House) -> Iterator[None]:
    """Let incidents come, each with an alarm of its own, as long as the block lasts."""
    over = threading.Event()

    def come() -> None:
        while not over.wait(EVERY_S):
            report(house, category="fire", drill=True)

    coming = threading.Thread(target=come)
    coming.start()
    try:
        yield
    finally:
        over.set()
        coming.join()


def can_be_pressed(page: Page, name: str) -> float:
    """Return the part of the next seconds in which that button of the page could be pressed."""
    return float(page.evaluate(WATCHING, [name, WATCHED_MS]))


def test_a_flood_of_alarms_leaves_the_buttons_to_be_pressed(
    house: House, operator: Person, open_page: Open
) -> None:
    """An incident's own page, and the page of all alarms: what stands still can be pressed all the while."""
    take_every_alarm(house)
    incident = report(house, category="fire", drill=True)
    report(house, category="fire", drill=True)
    page = open_page("/antrean")
    operator.enter(page, f"/insiden/{incident}")
    expect(page.locator(".alarms")).to_be_visible(timeout=ALARM_MS)
    with flood(house):
        assert can_be_pressed(page, "Simpan dan beri tahu mitra") > 0.5
        page.goto(address(house, "/alarm"))
        assert can_be_pressed(page, "Saya tangani") > 0.5
        page.locator("main").get_by_role("button", name="Saya tangani").first.click()
        page.wait_for_url("**/insiden/i-*#n-*")


def test_the_first_touch_lets_it_sound_and_is_no_lost_press(
    house: House, operator: Person, open_page: Open
) -> None:
    """The line that asks to be touched goes while the finger is down: nothing may move under it."""
    take_every_alarm(house)
    report(house, category="fire", drill=True)
    page = open_page("/antrean")
    operator.enter(page, "/alarm")
    expect(page.locator("#touch-for-sound")).to_be_visible()
    button = page.locator("main").get_by_role("button", name="Saya tangani").first
    expect(button).to_be_enabled()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(page.locator("#touch-for-sound")).to_be_hidden()
    page.wait_for_timeout(PRESSED_MS)
    page.mouse.up()
    page.wait_for_url("**/insiden/i-*#n-*")


def test_what_the_bar_pushes_down_cannot_be_pressed_for_a_moment(
    house: House, operator: Person, open_page: Open
) -> None:
    """The first alarm moves every button of the page; a thumb already on its way presses nothing else."""
    incident = report(house, category="crime", drill=True)
    page = open_page("/antrean")
    operator.enter(page, f"/insiden/{incident}")
    take_every_alarm(house)
    expect(page.locator(".alarms")).to_be_hidden(timeout=ALARM_MS)
    expect(of(page, "Polresta Jambi").locator(".shown").first).to_have_text("SAMPAI")
    button = page.locator("#update button")
    page.evaluate("""() => {
      window.held = 0;
      new MutationObserver((all) => { for (const each of all) if (each.target.disabled) window.held += 1; })
        .observe(document.getElementById("main"), { attributeFilter: ["disabled"], subtree: true });
      window.silent = 0;
      new MutationObserver((all) => { for (const each of all) if (each.target.inert) window.silent += 1; })
        .observe(document.body, { attributeFilter: ["inert"], subtree: true });
    }""")
    report(house, category="fire", drill=True)
    expect(page.locator(".alarms")).to_be_visible(timeout=ALARM_MS)
    page.wait_for_function("window.held > 0 && window.silent > 0")  # the number to ring as well
    expect(button).to_be_enabled()
    expect(page.locator("[inert]")).to_have_count(0)
