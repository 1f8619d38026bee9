"""The people around a referral, over real sockets: who asks, who decides, and the hospitals that answer."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from tests.running import House, Sandbox
from tests.trust import TRUST

Referral = dict[str, Any]

NIK = "1571015203909901"
PATIENCE_S = 20.0


class Desk:
    """Everybody with a key of the house, and a hand on what the sandbox's hospitals decide."""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        self.house = house
        self.sandbox = sandbox

    def ask(self, role: str, method: str, path: str, *, expect: int = 200, **more: Any) -> httpx.Response:
        """Ask with the key of *role*; the status is as expected."""
        with self.house.client(role) as client:
            answer = client.request(method, f"/v1/referrals{path}", **more)
        assert answer.status_code == expect, answer.text
        return answer

    def new(self, then: str, *hospitals: str, role: str = "dispatcher", **more: Any) -> str:
        """Make a referral for an ICU; return its id."""
        body = {"need": "icu", "then": then, "hospitals": list(hospitals), "lat": -1.61, "lon": 103.6}
        body |= {"patient": {"name": "Contoh Pasien", "nik": NIK, "sex": "female"}, "diagnosis": "I61.9"}
        made = self.ask(role, "POST", "", expect=201, json=body | more)
        return str(made.json()["referral"]["id"])

    def do(self, verb: str, referral: str, *, role: str, expect: int = 200, **body: Any) -> Referral:
        """Carry one verb out; return the referral as it is then, or the problem."""
        answer = self.ask(role, "POST", f"/{referral}/{verb}", expect=expect, json=body)
        return dict(answer.json() if expect != 200 else answer.json()["referral"])

    def approve(self, referral: str, **body: Any) -> Referral:
        """Read it as the head does, and approve what was read."""
        return self.decide(referral, "approve", **body)

    def decide(self, referral: str, decision: str, **body: Any) -> Referral:
        """Read it and decide."""
        seen = self.ask("approver", "GET", f"/{referral}")
        answer = self.ask(
            "approver",
            "POST",
            f"/{referral}/decision",
            json={"decision": decision, "screen": seen.json()["screen"], **body},
            headers={"If-Match": seen.headers["etag"]},
        )
        return dict(answer.json()["referral"])

    def see(self, referral: str) -> Referral:
        """Return the whole referral as an operator sees it."""
        return dict(self.ask("operator", "GET", f"/{referral}").json())

    def until(
        self, referral: str, wanted: Callable[[Referral], object], *, within_s: float = PATIENCE_S
    ) -> Referral:
        """Wait until the referral is as *wanted*; fail with what it is instead."""
        deadline = time.monotonic() + within_s
        while not wanted(seen := self.see(referral)):
            told = (seen["state"], seen["alarm"], states(seen), [line["event"] for line in seen["history"]])
            assert time.monotonic() < deadline, told
            time.sleep(0.1)
        return seen

    def until_state(self, referral: str, state: str, *, within_s: float = PATIENCE_S) -> Referral:
        """Wait until it stands there."""
        return self.until(referral, lambda seen: seen["state"] == state, within_s=within_s)

    def until_alarm(self, referral: str, alarm: str, *, within_s: float = PATIENCE_S) -> Referral:
        """Wait until an operator is told that."""
        return self.until(referral, lambda seen: seen["alarm"] == alarm, within_s=within_s)

    def hospital(self, hospital: str, decision: str, **more: Any) -> None:
        """Tell a hospital of the sandbox how to answer what it is asked from now on."""
        wish = {"decision": decision, "after_s": 0.2, **more}
        answer = httpx.put(
            f"{self.sandbox.url}/door/referrals/{hospital}", json=wish, trust_env=False, verify=TRUST
        )
        assert answer.status_code == 200, answer.text

    def answer_now(self, hospital: str, ask: str, decision: str) -> None:
        """Have the hospital answer one ask at once."""
        url = f"{self.sandbox.url}/door/referrals/{hospital}/{ask}"
        answer = httpx.post(url, json={"decision": decision}, trust_env=False, verify=TRUST)
        assert answer.status_code in (200, 202, 204), answer.text

    def kept(self, hospital: str) -> dict[str, list[dict[str, Any]]]:
        """Return what the hospital's system keeps of us."""
        answer = httpx.get(f"{self.sandbox.url}/door/referrals/{hospital}", trust_env=False, verify=TRUST)
        return dict(answer.raise_for_status().json())

    def kept_of(self, hospital: str, referral: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the ServiceRequests and Tasks of one referral at that hospital, aborts left out."""
        kept = self.kept(hospital)
        requests = [each for each in kept["service_requests"] if referral in str(each)]
        numbers = {each["id"] for each in requests}
        tasks = [each for each in kept["tasks"] if referral in str(each) or _focus(each) in numbers]
        return requests, tasks


def states(seen: Referral) -> dict[str, str]:
    """Return where each hospital stands."""
    return {ask["hospital"]: ask["state"] for ask in seen["asks"]}


def events(seen: Referral) -> list[str]:
    """Return what happened, in order."""
    return [line["event"] for line in seen["history"]]


def one(found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the only one."""
    (only,) = found
    return only


def _focus(task: dict[str, Any]) -> str:
    return str(task.get("focus", {}).get("reference", "")).split("/")[-1]
