"""Who sends patients to hospitals: dispatch, the head of the unit, hospitals by telephone, their systems."""

from typing import Any

import httpx

from sandbox.table import read_table
from tests.journeys.referral_desk import Desk

from .asking import Ask, Asking

SAYOETI, RIMBO, ERNI = "rsud-sayoeti", "rsu-rimbo-medika", "rsu-erni-medika"  # by telephone only
SILOAM = "rs-siloam"
PATIENT = {"name": "Contoh Pasien", "nik": "1571041708019904", "sex": "female"}
TICKED = ["reduced_consciousness"]


class Referring(Asking):
    """Four referrals: a routine one, one rejected that worsens, an emergency, one approved by telephone."""

    routine = rejected = emergency = telephoned = ""

    def post(self, role: str, path: str, *, expect: int = 200, **more: Any) -> httpx.Response:
        """Carry a verb out."""
        return self.ask(role, "POST", f"/v1/referrals{path}", expect=expect, **more)

    def do(self, role: str, referral: str, verb: str, *, expect: int = 200, **body: Any) -> httpx.Response:
        """Carry a verb out on one referral."""
        return self.post(role, f"/{referral}/{verb}", expect=expect, json=body)

    def new(
        self, then: str, *hospitals: str, expect: int = 201, repeat: str = "", **more: Any
    ) -> httpx.Response:
        """Make a referral."""
        headers = {"Idempotency-Key": repeat} if repeat else {}
        body = {
            "need": "icu",
            "then": then,
            "hospitals": hospitals,
            "patient": PATIENT,
            "lat": -1.6,
            "lon": 103.6,
        }
        return self.post("dispatcher", "", expect=expect, json=body | more, headers=headers)

    def draft(self, *, expect: int) -> httpx.Response:
        """Write a draft, once; the sandbox's hospitals say nothing of themselves from then on."""
        self.hush()
        answer = self.new("draft", SAYOETI, expect=expect, repeat="referral-1")
        self.routine = answer.json()["referral"]["id"]
        return answer

    def hush(self) -> None:
        """Have no hospital's system answer."""
        desk = Desk(self.house, self.sandbox)
        for row in read_table():
            if row.system != "telephone":
                desk.hospital(row.id, "silent")

    def submit_new(self, name: str, *hospitals: str) -> httpx.Response:
        """Make a referral that waits for the head; it is *name* from then on."""
        answer = self.new("submit", *hospitals)
        setattr(self, name, answer.json()["referral"]["id"])
        return answer

    def emergency_at_once(self) -> httpx.Response:
        """Send an emergency to two hospitals; a person is to choose."""
        answer = self.new("break_glass", SAYOETI, RIMBO, criteria=TICKED, rule="person")
        self.emergency = answer.json()["referral"]["id"]
        return answer

    def break_glass(self) -> httpx.Response:
        """Break the glass of a draft; nothing more is done with it."""
        drafted = self.new("draft", SAYOETI).json()["referral"]["id"]
        return self.do("dispatcher", drafted, "break-glass", criteria=TICKED)

    def decide(
        self, role: str, referral: str, *, expect: int = 200, seen: str | None = None, **body: Any
    ) -> httpx.Response:
        """Decide on the version that is there, or on another."""
        etag = seen or self.ask(role, "GET", f"/v1/referrals/{referral}").headers["etag"]
        return self.post(role, f"/{referral}/decision", expect=expect, json=body, headers={"If-Match": etag})

    def said(
        self, referral: str, hospital: str, state: str, *, role: str = "operator", expect: int = 200
    ) -> httpx.Response:
        """Enter what a hospital said by telephone."""
        told = {"hospital": hospital, "state": state, "channel": "phone", "person": "Perawat jaga (contoh)"}
        return self.do(role, referral, "answers", expect=expect, **told)

    def called_back(self, partner: str, *, expect: int = 200) -> httpx.Response:
        """Say, with the key of RSUD Sayoeti, that *partner* has news."""
        return self.ask("partner", "PUT", f"/v1/callbacks/{partner}/fhir/Task/t-1", expect=expect, json={})

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order."""
        listed = "/v1/referrals"
        return {
            "draft a referral": lambda: self.draft(expect=201),
            "draft it again": lambda: self.draft(expect=200),
            "list open referrals": lambda: self.ask("operator", "GET", listed),
            "list what waits": lambda: self.ask("operator", "GET", f"{listed}?waiting=true"),
            "find a referral": lambda: self.ask("operator", "GET", f"{listed}?named={self.routine}"),
            "read a referral": lambda: self.ask("approver", "GET", f"{listed}/{self.routine}"),
            "read another hospital's referral": lambda: self.ask(
                "partner", "GET", f"{listed}/{self.routine}", expect=404
            ),
            "submit a referral": lambda: self.do("dispatcher", self.routine, "submit"),
            "approve what has changed": lambda: self.decide(
                "approver", self.routine, expect=412, seen='"1"', decision="approve"
            ),
            "approve": lambda: self.decide("approver", self.routine, decision="approve", reason="Sesuai"),
            "the only hospital asked declines": lambda: self.said(self.routine, SAYOETI, "declined"),
            **self._of_the_rejected(),
            **self._of_the_emergency(),
            **self._of_the_telephoned(),
            "a hospital has news": lambda: self.called_back(SAYOETI),
            "a hospital speaks for another": lambda: self.called_back(SILOAM, expect=403),
        }

    def _of_the_rejected(self) -> dict[str, Ask]:
        return {
            "make and submit a referral": lambda: self.submit_new("rejected", SAYOETI),
            "reject": lambda: self.decide(
                "approver", self.rejected, decision="reject", reason="Dapat dirawat di puskesmas"
            ),
            "see the alarm": lambda: self.do("operator", self.rejected, "alarm-seen"),
            "worsen": lambda: self.do("dispatcher", self.rejected, "worsened", criteria=TICKED),
        }

    def _of_the_emergency(self) -> dict[str, Ask]:
        return {
            "break the glass at once": self.emergency_at_once,
            "break the glass": self.break_glass,
            "a hospital accepts, and a person chooses": lambda: self.said(
                self.emergency, SAYOETI, "accepted"
            ),
            "another accepts as well": lambda: self.said(self.emergency, RIMBO, "accepted"),
            "choose": lambda: self.do("operator", self.emergency, "choice", hospital=SAYOETI),
            "the destination falls through": lambda: self.do("operator", self.emergency, "fallen-through"),
            "ask a further hospital": lambda: self.do("operator", self.emergency, "asks", hospitals=[ERNI]),
            "depart unanswered": lambda: self.do("dispatcher", self.emergency, "departure", hospital=ERNI),
            "arrive": lambda: self.do("dispatcher", self.emergency, "arrival"),
            "review": lambda: self.do("approver", self.emergency, "review", verdict="sesuai", note="Tepat"),
            "review it again": lambda: self.do(
                "approver", self.emergency, "review", expect=409, verdict="sesuai"
            ),
        }

    def _of_the_telephoned(self) -> dict[str, Ask]:
        def entered() -> httpx.Response:
            self.submit_new("telephoned", SAYOETI)
            return self.decide("operator", self.telephoned, decision="approve", told_by="dr. Kepala (contoh)")

        return {
            "enter an approval by telephone": entered,
            "confirm it": lambda: self.do("approver", self.telephoned, "confirmation", verdict="sesuai"),
            "answer for another hospital": lambda: self.said(
                self.telephoned, SILOAM, "accepted", role="partner", expect=403
            ),
            "a hospital accepts, and is chosen": lambda: self.said(self.telephoned, SAYOETI, "accepted"),
            "depart": lambda: self.do("dispatcher", self.telephoned, "departure"),
            "cancel": lambda: self.do("dispatcher", self.telephoned, "cancel", note="Salah input"),
            "a hospital accepts after the cancellation": lambda: self.said(
                self.telephoned, SAYOETI, "accepted"
            ),
        }
