"""Debian's Chromium before a real gateway; without a browser these tests say so and are left out."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import REPOSITORY, House, Sandbox

from .people import Person, make

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
PHONE = {"width": 390, "height": 844}

Open = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser, headless; only for this folder, since its event loop counts as running all the while."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def sandbox(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The simulated partners."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway with the demo's partners."""
    with House(tmp_path_factory.mktemp("house"), sandbox, capacity_refresh_s="2") as running:
        yield running


@pytest.fixture(scope="module")
def head(house: House) -> Person:
    """The head of the unit, who has a password of his own."""
    return make(house, "kepala", "dr. Kepala Contoh", "approver")


@pytest.fixture(scope="module")
def operator(house: House) -> Person:
    """An operator at the desk, likewise."""
    return make(house, "operator", "Operator Contoh", "operator")


@pytest.fixture(scope="module")
def officer(house: House) -> Person:
    """The duty officer of the police, on a telephone."""
    return make(house, "piket", "Aiptu Contoh", "duty", "polresta-jambi")


@pytest.fixture(scope="module")
def admin(house: House) -> Person:
    """Who says whether a partner is told."""
    return make(house, "admin", "Admin Contoh", "admin")


@pytest.fixture
def open_page(browser: Browser, house: House) -> Iterator[Open]:
    """Open a page on a telephone of 390 px; what the browser complains about ends the test."""
    opened, complaints = [], []

    def open_one(path: str = "/", *, beside: Page | None = None, **options: object) -> Page:
        context = beside.context if beside else browser.new_context(**({"viewport": PHONE} | options))
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        opened.append(page)
        page.goto(address(house, path))
        return page

    yield open_one
    for page in opened:
        page.context.close()
    assert complaints == []


def _is_complaint(said: object) -> bool:
    """Say whether the browser found fault with the page; a refused form (4xx) is no fault of it."""
    text = getattr(said, "text", "")
    return getattr(said, "type", "") == "error" and "Failed to load resource" not in text


def address(house: House, path: str) -> str:
    """Return a page's address by the name passkeys belong to."""
    return house.url.replace("127.0.0.1", "localhost") + path


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of what is on the screen."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)
