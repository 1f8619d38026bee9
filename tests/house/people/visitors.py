"""Whoever opens the console's pages and sends their forms; signed in, or not."""

import re
import sqlite3
from contextlib import closing

import httpx

from gateway.console.static_files import address
from tests.running import House, Sandbox

from .account_holders import AccountHolders
from .asking import Ask, Asking
from .browser import Browser
from .referring import PATIENT, SAYOETI

AGE_OF_A_PROOF_US = 301_000_000


class Visitors(Asking):
    """The head, the operator and the duty officer of *holders* before their screens."""

    def __init__(self, house: House, sandbox: Sandbox, holders: AccountHolders) -> None:
        super().__init__(house, sandbox)
        self.holders = holders
        self.page = ""
        self.incident = ""

    def new(self) -> httpx.Response:
        """Send the form of a new referral."""
        operator = self.holders.operator
        operator.get("/rujukan/baru")
        known = {"name": PATIENT["name"], "nik": PATIENT["nik"], "need": "icu", "hospitals": SAYOETI}
        answer = operator.post("/rujukan/baru", place="-1.6, 103.6", **known)
        self.page = answer.headers["location"]
        return answer

    def decide(self) -> httpx.Response:
        """Approve what was read."""
        text = self.holders.head.get(self.page).text
        seen = {name: _value(text, name) for name in ("version", "screen")}
        return self.holders.head.post(f"{self.page}/keputusan", event="approve", **seen)

    def decide_late(self) -> httpx.Response:
        """Decide with a proof older than five minutes: first a fresh one."""
        age = "UPDATE session SET stepped_up_at_us = stepped_up_at_us - ?"
        with closing(sqlite3.connect(self.house.data / "gerbang.db", timeout=10)) as connection:
            connection.execute(age, [AGE_OF_A_PROOF_US])
            connection.commit()
        answer = self.decide()
        assert answer.headers["location"].startswith("/konfirmasi")
        return answer

    def new_incident(self) -> httpx.Response:
        """Send the form of an incident that concerns one agency, which has a duty officer and no system."""
        operator = self.holders.operator
        operator.get("/insiden/baru")
        answer = operator.post("/insiden/baru", category="public_facility", severity="moderate")
        self.incident = answer.headers["location"]
        return answer

    def press(self) -> httpx.Response:
        """Press the one big button."""
        about = self.incident.rpartition("/")[2]
        return self.holders.officer.post(f"/kotak/{about}/diterima", seen="1000")

    def enter_call(self) -> httpx.Response:
        """Enter what the agency said by telephone."""
        operator = self.holders.operator
        number = _value(operator.get(self.incident).text, "notification")
        said = {"state": "on_scene", "person": "Petugas Contoh", "channel": "phone"}
        return operator.post(f"{self.incident}/telepon", notification=number, **said)

    def search(self, text: str) -> httpx.Response:
        """Look for a number."""
        return self.holders.operator.post("/cari", expect=200, q=text)

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order."""
        head, operator = (lambda: self.holders.head), (lambda: self.holders.operator)
        return {
            "open the inbox": lambda: head().get("/antrean"),
            "open the form of a new referral": lambda: operator().get("/rujukan/baru"),
            "send that form": self.new,
            "open a referral": lambda: head().get(self.page),
            "open the board": lambda: head().get("/papan?need=icu"),
            "open the warnings": lambda: head().get("/peringatan"),
            "open the partners": lambda: head().get("/mitra"),
            "open one partner": lambda: head().get("/mitra/satpol-pp"),
            "open the form of a new incident": lambda: operator().get("/insiden/baru"),
            "send the form of an incident": self.new_incident,
            "open the incidents": lambda: operator().get("/insiden"),
            "look at an incident": lambda: operator().get(self.incident),
            "open the alarms": lambda: operator().get("/alarm"),
            "open the duty officer's page": lambda: self.holders.officer.get("/kotak"),
            "press its button": self.press,
            "enter a call by a form": self.enter_call,
            "look for a number": lambda: self.search(self.page.rpartition("/")[2]),
            "look for a person's number": lambda: self.search(PATIENT["nik"]),
            "open one's account": lambda: head().get("/akun"),
            "open the deputies": lambda: head().get("/wakil"),
            "open the ways by which one is woken": lambda: head().get("/akun/bangun"),
            "decide by a form": self.decide,
            "send a form without its token": lambda: operator().post(
                f"{self.page}/tindakan", expect=403, token="", event="cancel"
            ),
            "send a form without a session": lambda: Browser(self.house).post(
                f"{self.page}/tindakan", expect=401, event="cancel"
            ),
            "open a page without a session": lambda: Browser(self.house).get("/antrean", expect=303),
            "open a page of another role": lambda: operator().get("/wakil", expect=403),
            "switch the language": lambda: operator().post("/bahasa", bahasa="id", next="/papan"),
            "fetch the style": lambda: head().get(address("console.css")),
            "decide without a fresh proof": self.decide_late,
        }


def _value(text: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found[1]
