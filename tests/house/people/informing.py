"""Who tells partners of incidents, what partners say to that, how far they are; all by telephone or key."""

import time
from typing import Any

import httpx

from tests.journeys.incident_desk import BPBD, DAMKAR, SATPOL, IncidentDesk
from tests.running import House, Sandbox
from tests.trust import TRUST

from .asking import Ask, Asking

NOBODYS = "other"  # a category no partner is told of
REASON = "Uji coba (contoh)"


def warn(sandbox: Sandbox) -> None:
    """Have BMKG warn of two storms; a house that starts now finds them in its first round."""
    for _ in range(2):
        answer = httpx.post(f"{sandbox.url}/door/bmkg/warnings", json={}, trust_env=False, verify=TRUST)
        assert answer.status_code == 201, answer.text


class Informing(Asking):
    """Incidents of which nobody is told; some of which one partner is; partners going live and suspended."""

    quiet = other = kept = fire = ""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        super().__init__(house, sandbox)
        self.desk = IncidentDesk(house, sandbox)

    def incident(self, verb: str, incident: str, *, expect: int = 200, **more: Any) -> httpx.Response:
        """Carry a verb out on an incident."""
        body = more.pop("json", None) or {}
        path = f"/v1/incidents/{incident}/{verb}"
        return self.ask("dispatcher", "POST", path, expect=expect, json=body, **more)

    def open(self, *, expect: int = 201) -> httpx.Response:
        """Tell of something that concerns no partner, twice the same."""
        body = {"category": NOBODYS, "narrative": "Contoh", "source_ref": {"system": "cad", "ticket": "B-1"}}
        answer = self.ask("dispatcher", "POST", "/v1/incidents", expect=expect, json=body)
        self.quiet = answer.json()["incident"]["id"]
        return answer

    def new(self, category: str = NOBODYS, **more: Any) -> str:
        """Tell of another one; return its id."""
        return self.desk.open(category, **more)

    def row(self, incident: str, partner: str) -> str:
        """Return the id of what that partner is told of an incident last."""
        return str(self.desk.ladder(incident, partner)[-1]["id"])

    def links(self) -> httpx.Response:
        """Link another one with it."""
        self.other = self.new()
        return self.incident("links", self.quiet, json={"other": self.other})

    def merge(self) -> httpx.Response:
        """Merge that one into a third."""
        self.kept = self.new()
        return self.incident("merge", self.other, json={"into": self.kept})

    def proposal(self, *, accept: bool) -> httpx.Response:
        """Decide on the oldest proposal."""
        path = "/v1/incidents?proposed=true"
        until = time.monotonic() + 20
        while not (found := self.ask("operator", "GET", path).json()["incidents"]):
            assert time.monotonic() < until  # the first round is on its way
            time.sleep(0.3)
        return self.incident("proposal", found[-1]["id"], json={"accept": accept})

    def receipt(self, partner: str, *, state: str = "accepted") -> httpx.Response:
        """Enter what a partner said of the fire by telephone."""
        said = {"channel": "phone", "state": state, "person": "Piket Contoh"}
        said |= {"reason": "Semua bertugas"} if state == "refused" else {}
        path = f"/v1/notifications/{self.row(self.fire, partner)}/receipts"
        return self.ask("operator", "POST", path, json=said)

    def burn(self) -> httpx.Response:
        """Tell of a fire, to the fire brigade and to BPBD, for whom it is held; enter what the first said."""
        self.fire = self.new("fire")
        self.desk.until_line(self.fire, DAMKAR, lambda line: line["delivered_at"])
        return self.receipt(DAMKAR)

    def replay(self) -> httpx.Response:
        """Have a drill told once more that BPBD's system refuses, for there is none."""
        self.desk.at_the_door("PUT", BPBD, "/habits", {"has_system": False})
        drill = self.new("flood", drill=True)
        dead = self.desk.until_state(drill, BPBD, "dead")["id"]
        answer = self.ask("operator", "POST", f"/v1/notifications/{dead}/replay")
        self.desk.until_state(drill, BPBD, "dead")
        return answer

    def seen(self) -> httpx.Response:
        """Take the alarm of the refusal."""
        return self.ask("operator", "POST", f"/v1/notifications/{self.row(self.fire, BPBD)}/alarm-seen")

    def inbox(self, since: int = 0) -> httpx.Response:
        """Fetch what Satpol PP was told."""
        return self.desk.as_partner(SATPOL, "GET", f"/inbox?since={since}")

    def nothing_more(self) -> httpx.Response:
        """Fetch what came after the newest."""
        return self.inbox(since=self.inbox().json()["newest"])

    def acknowledge(self, notification: str = "", *, expect: int = 200) -> httpx.Response:
        """Say as Satpol PP that a person has read something."""
        named = notification or self.row(self.quiet, SATPOL)
        said = {"state": "read", "by": "Danru Contoh"}
        return self.desk.as_partner(SATPOL, "POST", f"/inbox/{named}/receipts", expect=expect, json=said)

    def called_back(self, partner: str = DAMKAR, *, expect: int = 200) -> httpx.Response:
        """Send a receipt of the fire brigade's with the key of *partner*."""
        said = {"id": self.row(self.fire, DAMKAR), "state": "dispatched", "post": "Pos Utama"}
        path = f"/callbacks/{DAMKAR}/receipts"
        return self.desk.as_partner(partner, "POST", path, expect=expect, json=said)

    def standing(self, partner: str, standing: str) -> httpx.Response:
        """Say how a partner stands."""
        body = {"standing": standing, "reason": REASON}
        return self.ask("admin", "POST", f"/v1/partners/{partner}/standing", json=body)

    def suspend(self) -> httpx.Response:
        """Suspend Satpol PP, with one message waiting in its inbox."""
        self.new("public_facility")
        return self.standing(SATPOL, "suspended")

    def leave_nothing(self) -> httpx.Response:
        """Make it live again, and fetch what was let go."""
        answer = self.standing(SATPOL, "live")
        self.inbox()
        return answer

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order; BPBD is onboarding after it, and Satpol PP has fetched all."""
        return {**self._of_incidents(), **self._of_notifications(), **self._of_partners()}

    def _of_incidents(self) -> dict[str, Ask]:
        listed, handled = "/v1/incidents", {"outcome": "handled"}
        return {
            "open an incident": self.open,
            "open it again": lambda: self.open(expect=200),
            "list open incidents": lambda: self.ask("operator", "GET", f"{listed}?open=true"),
            "list proposed incidents": lambda: self.ask("operator", "GET", f"{listed}?proposed=true"),
            "find an incident": lambda: self.ask("operator", "GET", f"{listed}?named=B-1"),
            "read an incident": lambda: self.ask("approver", "GET", f"{listed}/{self.quiet}"),
            "update an incident": lambda: self.incident("updates", self.quiet, json={"severity": "minor"}),
            "update what has changed": lambda: self.incident(
                "updates", self.quiet, expect=412, json={"severity": "severe"}, headers={"If-Match": '"1"'}
            ),
            "tell one more partner": lambda: self.incident("tell", self.quiet, json={"partner": SATPOL}),
            "link two incidents": self.links,
            "merge two incidents": self.merge,
            "close an incident": lambda: self.incident("close", self.kept, json=handled),
            "close it again": lambda: self.incident("close", self.kept, expect=409, json=handled),
            "accept a proposal": lambda: self.proposal(accept=True),
            "dismiss a proposal": lambda: self.proposal(accept=False),
            "cancel an incident": lambda: self.incident("cancel", self.new(), json={"reason": "prank"}),
        }

    def _of_notifications(self) -> dict[str, Ask]:
        return {
            "enter a receipt": self.burn,
            "enter the same receipt again": lambda: self.receipt(DAMKAR),
            "enter a refusal": lambda: self.receipt(BPBD, state="refused"),
            "see its alarm": self.seen,
            "list notifications": lambda: self.ask("operator", "GET", f"/v1/notifications?about={self.fire}"),
            "a partner's system sends a receipt": self.called_back,
            "a partner speaks for another": lambda: self.called_back(SATPOL, expect=403),
            "send another partner's receipt": lambda: self.acknowledge(
                self.row(self.fire, DAMKAR), expect=403
            ),
            "read the inbox": self.inbox,
            "read it again": self.inbox,
            "read an inbox with nothing in it": self.nothing_more,
            "acknowledge it": self.acknowledge,
        }

    def _of_partners(self) -> dict[str, Ask]:
        return {
            "say how a partner stands": lambda: self.standing(BPBD, "onboarding"),
            "say it again": lambda: self.standing(BPBD, "onboarding"),
            "replay it": self.replay,
            "send a test": lambda: self.ask("admin", "POST", f"/v1/partners/{DAMKAR}/test"),
            "suspend a partner": self.suspend,
            "make a partner live": self.leave_nothing,
            "list warnings": lambda: self.ask("operator", "GET", "/v1/warnings"),
        }
