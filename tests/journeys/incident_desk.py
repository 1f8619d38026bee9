"""The people around an incident, over real sockets: who tells of it, whom it is told to, who answers."""

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.running import REPOSITORY, House, Sandbox
from tests.trust import TRUST

Incident = dict[str, Any]
Line = dict[str, Any]

PATIENCE_S = 30.0
POLRESTA, DAMKAR, DINSOS, BPBD, SATPOL, DISPATCH = (
    *("polresta-jambi", "damkar", "dinsos", "bpbd", "satpol-pp"),
    "dispatch",
)
AGENCIES = (POLRESTA, DAMKAR, DINSOS, BPBD, SATPOL, DISPATCH)
WITH_A_SYSTEM = (POLRESTA, DAMKAR, DINSOS, DISPATCH)  # of the sandbox's; BPBD has a door of its own
HERE = {"lat": -1.6101, "lon": 103.6131, "area_code": "15.71"}
CALLER = {"name": "Warga Contoh", "phone": "081200000099"}


def agencies_text(
    sandbox: Sandbox, ladders: Mapping[str, str] | None = None, *, beside: Collection[str] = ()
) -> str:
    """Return the demo's partner file with its agencies only, and *beside*; *ladders* are TOML by partner."""
    rows = (REPOSITORY / "sandbox" / "partners.toml").read_text("utf-8").split("[[partners]]\n")[1:]
    named = {row.split('"', 2)[1]: row for row in rows}
    chosen = [named[name] for name in (*AGENCIES, *beside)]
    for name, ladder in (ladders or {}).items():
        at = (*AGENCIES, *beside).index(name)
        first, rest = chosen[at].split("\n", 1)
        chosen[at] = f"{first}\nladder = {{ {ladder} }}\n{rest}"
    return "".join(f"[[partners]]\n{row}" for row in chosen).replace("{sandbox}", sandbox.url)


class IncidentDesk:
    """Everybody with a key of the house, and a hand on what the sandbox's agencies do."""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        self.house = house
        self.sandbox = sandbox
        self._keys: dict[str, str] = {}

    def ask(self, role: str, method: str, path: str, *, expect: int = 200, **more: Any) -> httpx.Response:
        """Ask with the key of *role*; the status is as expected."""
        with self.house.client(role) as client:
            answer = client.request(method, f"/v1{path}", **more)
        assert answer.status_code == expect, answer.text
        return answer

    def key_of(self, partner: str) -> str:
        """Return a key that speaks for that partner, made at the first question."""
        if partner not in self._keys:
            order = {"role": "partner", "holder": f"test {partner}", "partner": partner}
            self._keys[partner] = self.ask("admin", "POST", "/keys", expect=201, json=order).json()["key"]
        return self._keys[partner]

    def as_partner(
        self, partner: str, method: str, path: str, *, expect: int = 200, **more: Any
    ) -> httpx.Response:
        """Ask with a key of that partner's."""
        headers = {"Authorization": f"Bearer {self.key_of(partner)}", **more.pop("headers", {})}
        answer = httpx.request(
            method,
            f"{self.house.url}/v1{path}",
            headers=headers,
            timeout=20,
            trust_env=False,
            verify=TRUST,
            **more,
        )
        assert answer.status_code == expect, answer.text
        return answer

    def open(self, category: str, *, role: str = "dispatcher", expect: int = 201, **more: Any) -> str:
        """Tell of an incident; return its id."""
        body = {"category": category, **HERE, "narrative": "Contoh, bukan kejadian sebenarnya", **more}
        answer = self.ask(role, "POST", "/incidents", expect=expect, json=body)
        return str(answer.json()["incident"]["id"])

    def do(
        self, verb: str, incident: str, *, role: str = "dispatcher", expect: int = 200, **body: Any
    ) -> Any:
        """Carry one verb out; return the incident as it is then, or the problem."""
        answer = self.ask(role, "POST", f"/incidents/{incident}/{verb}", expect=expect, json=body).json()
        return answer if expect != 200 else answer["incident"]

    def see(self, incident: str, *, role: str = "operator") -> Incident:
        """Return the whole incident as that role sees it."""
        return dict(self.ask(role, "GET", f"/incidents/{incident}").json()["incident"])

    def ladder(self, incident: str, partner: str) -> list[Line]:
        """Return what that partner is told of it, the oldest first."""
        return [line for line in self.see(incident)["ladder"] if line["partner"] == partner]

    def until(
        self, incident: str, wanted: Callable[[Incident], object], *, within_s: float = PATIENCE_S
    ) -> Incident:
        """Wait until the incident is as *wanted*; fail with what it is instead."""
        deadline = time.monotonic() + within_s
        while not wanted(seen := self.see(incident)):
            told = [(each["partner"], each["kind"], each["state"], each["alarm"]) for each in seen["ladder"]]
            assert time.monotonic() < deadline, (seen["state"], told)
            time.sleep(0.1)
        return seen

    def until_line(
        self, incident: str, partner: str, wanted: Callable[[Line], object], *, within_s: float = PATIENCE_S
    ) -> Line:
        """Wait until the newest line of that partner is as *wanted*; return it."""

        def fits(seen: Incident) -> bool:
            its = [line for line in seen["ladder"] if line["partner"] == partner]
            return bool(its) and bool(wanted(its[-1]))

        seen = self.until(incident, fits, within_s=within_s)
        return [line for line in seen["ladder"] if line["partner"] == partner][-1]

    def until_state(self, incident: str, partner: str, state: str, *, within_s: float = PATIENCE_S) -> Line:
        """Wait until the newest line of that partner stands there."""
        return self.until_line(incident, partner, lambda line: line["state"] == state, within_s=within_s)

    def telephoned(self, notification: str, *, expect: int = 200, **said: Any) -> httpx.Response:
        """Enter what a partner said to the operator by telephone."""
        body = {"channel": "phone", "state": "accepted", "person": "Piket Contoh", **said}
        path = f"/notifications/{notification}/receipts"
        return self.ask("operator", "POST", path, expect=expect, json=body)

    def standing(self, partner: str, standing: str, *, expect: int = 200) -> dict[str, Any]:
        """Say how a partner stands; return what became of what had waited."""
        body = {"standing": standing, "reason": "Uji coba"}
        return dict(
            self.ask("admin", "POST", f"/partners/{partner}/standing", expect=expect, json=body).json()
        )

    def connect(self, *agencies: str) -> None:
        """Have the officers of these send what they say to this house."""
        for agency in agencies:
            url = f"{self.house.url}/v1/callbacks/{agency}/receipts"
            self.at_the_door("PUT", agency, "/callback", {"token": self.key_of(agency), "url": url})

    def officer(self, agency: str, script: str, *, after_s: float = 0.2, **more: Any) -> None:
        """Tell an agency's officer, and its system, how to behave with what comes from now on."""
        wish = {"officer": script, "after_s": after_s, **more}
        self.at_the_door("PUT", agency, "/habits" if agency == BPBD else "", wish)

    def says(self, agency: str, message: str, step: str, **more: Any) -> int:
        """Have the officer say one step to one message now; return the status of our answer."""
        return int(self.at_the_door("POST", agency, f"/{message}", {"step": step, **more})["status"])

    def received(self, agency: str, incident: str | None = None) -> list[dict[str, Any]]:
        """Return the messages an agency has, of one incident or all, in the order of their coming."""
        told = self.at_the_door("GET", agency, "/received")
        name, every = ("incident", told["messages"]) if agency == BPBD else ("about", told["received"])
        return [each for each in every if incident is None or each[name] == incident]

    def gaps(self, agency: str) -> list[int]:
        """Return the numbers that an agency is missing."""
        return list(self.at_the_door("GET", agency, "/received")["gaps"])

    def at_the_door(self, method: str, agency: str, path: str, wish: object = None) -> Any:
        """Do something at an agency's door; return what the sandbox answers."""
        place = agency if agency == BPBD else f"agencies/{agency}"
        answer = httpx.request(
            method,
            f"{self.sandbox.url}/door/{place}{path}",
            json=wish,
            timeout=20,
            trust_env=False,
            verify=TRUST,
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def renew(self) -> None:
        """Have all agencies be as at the start."""
        httpx.delete(f"{self.sandbox.url}/door/agencies", trust_env=False, verify=TRUST).raise_for_status()
        httpx.delete(f"{self.sandbox.url}/door/bpbd/habits", trust_env=False, verify=TRUST).raise_for_status()


def of(seen: Incident, partner: str) -> list[Line]:
    """Return what one partner is told of an incident, the oldest first."""
    return [line for line in seen["ladder"] if line["partner"] == partner]


def secret_of(house: House, partner: str) -> Path:
    """Return the file with the secret we sign for that partner with."""
    return house.data / "secrets" / f"{partner}.secret"
