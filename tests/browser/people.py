"""People with accounts: their passwords, one-time codes, and how they sign in."""

import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pyotp
from playwright.sync_api import Page

from tests.running import House

PASSWORD = "jembatan hijau 42 bulan"
AGE_OF_A_PROOF_US = 301_000_000


@dataclass
class Person:
    """One account; a one-time code counts once, so the last step used is remembered."""

    house: House
    login: str
    password: str
    codes: pyotp.TOTP
    last_step: int = field(default=0)
    cookies: list[Any] = field(default_factory=list)

    def code(self) -> str:
        """Return a code that was not used yet; waits where the next is not taken yet."""
        step = max(int(time.time()) // 30, self.last_step + 1)
        while step > int(time.time()) // 30 + 1:
            time.sleep(0.5)
        self.last_step = step
        return self.codes.generate_otp(step)

    def sign_in(self, page: Page, path: str = "/antrean") -> None:
        """Sign in at the page that asks for it, with a password and a code."""
        page.goto(re.sub(r"(:\d+).*", rf"\1{path}", page.url))
        page.get_by_label(re.compile("Nama pengguna|User name")).fill(self.login)
        page.get_by_label(re.compile("Kata sandi|Password")).fill(self.password)
        page.locator("main button").click()
        page.locator("#code").fill(self.code())
        page.locator("form:has(#code) button").click()
        if "/akun/sandi" in page.url:
            self._own_password(page)
            page.goto(re.sub(r"(:\d+).*", rf"\1{path}", page.url))

        self.cookies = page.context.cookies()

    def enter(self, page: Page, path: str = "/antrean") -> None:
        """Be signed in, with a fresh proof; by the first session again, since each code counts but once."""
        if not self.cookies:
            self.sign_in(page, path)
            return
        self._change_proof("UPDATE session SET stepped_up_at_us = ?", time.time_ns() // 1000)
        page.context.add_cookies(self.cookies)
        page.goto(re.sub(r"(:\d+).*", rf"\1{path}", page.url))

    def _own_password(self, page: Page) -> None:
        page.locator("#old").fill(self.password)
        for field_id in ("#new", "#again"):
            page.locator(field_id).fill(PASSWORD)
        page.locator("main form:has(#new) button").click()
        page.wait_for_url(lambda url: "/akun/sandi" not in url)
        self.password = PASSWORD

    def let_proof_age(self) -> None:
        """Let the last proof be older than five minutes, as the database tells it."""
        age = "UPDATE session SET stepped_up_at_us = stepped_up_at_us - ?"
        self._change_proof(age, AGE_OF_A_PROOF_US)

    def _change_proof(self, statement: str, microseconds: int) -> None:
        with closing(sqlite3.connect(self.house.data / "gerbang.db", timeout=10)) as connection:
            connection.execute(statement, [microseconds])
            connection.commit()


def make(house: House, login: str, name: str, role: str, partner: str | None = None) -> Person:
    """Make an account; the one-time password is changed at the first sign-in."""
    wanted = {"login": login, "display_name": name, "role": role}
    wanted |= {} if partner is None else {"partner": partner}
    with house.client("admin") as admin:
        answer = admin.post("/v1/accounts", json=wanted)
    assert answer.status_code == 201, answer.text
    handed = answer.json()
    return Person(house, login, handed["password"], pyotp.TOTP(handed["totp_secret"]))
