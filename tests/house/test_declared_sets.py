"""What happens leaves its declared set of audit entries: each action once, held against the rooms' tables."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from gateway import health
from gateway.access import entries as keys
from gateway.audit import pulse
from gateway.capacity import actions as capacity
from gateway.capacity import rounds
from gateway.eligibility import entries as eligibility
from gateway.evidence import daily
from gateway.inquiries import entries as inquiries
from gateway.partners import routes as partners
from tests.journeys.evidence import acts, by_request, records
from tests.running import House, Sandbox

TABLES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    *(capacity.DECLARED_SET, rounds.DECLARED_SET, eligibility.DECLARED_SET),
    *(keys.DECLARED_SET, partners.DECLARED_SET, health.DECLARED_SET),
    *(inquiries.DECLARED_SET, pulse.DECLARED_SET, daily.DECLARED_SET),
)
DECLARED = {action: left for table in TABLES for action, left in table.items()}
NOT_ASKED_FOR = {
    *("round", "change of outcome", "notice of expiry"),
    *("a new log", "heartbeat", "clock is set", "report", "report mailed"),
}
OF_THE_LOG_ITSELF = ("log.", "clock.", "report.")

STRANGER = "1571015203909933"
NIK, OTHER_NIK, THIRD_NIK = "1571015203909901", "1571020507859902", "1571037112749903"
BEDS = "/v1/capacity?need=icu"
TOLD = {"need": "icu", "free": 2, "told_by": "Perawat jaga (contoh)"}
HOSPITAL = "rs-siloam"

Ask = Callable[[], httpx.Response]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The simulated partners."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway that goes round every second."""
    with House(tmp_path_factory.mktemp("house"), sandbox, capacity_refresh_s="1") as running:
        yield running


class People:
    """Everybody who asks something of the house, with the key of their role or another."""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        self._house = house
        self._sandbox = sandbox
        self.made: Any = None
        self.hold: Any = None

    def ask(self, role: str, method: str, path: str, *, expect: int = 200, **more: Any) -> httpx.Response:
        """Ask with the key of *role*; the status is as expected."""
        with self._house.client(role) as client:
            answer = client.request(method, path, **more)
        assert answer.status_code == expect, answer.text
        return answer

    def bare(self, key: str | None) -> httpx.Response:
        """Ask for beds with this key."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        answer = httpx.get(self._house.url + BEDS, headers=headers, trust_env=False)
        assert answer.status_code == 401
        return answer

    def check(self, nik: str, *, reason: str | None = None, mode: str = "live") -> httpx.Response:
        """Ask about a person; the answer is as expected."""
        body = {"nik": nik, "purpose": "ETREAT"}
        answer = self.ask("dispatcher", "POST", "/v1/eligibility-checks", json=body)
        assert (answer.json()["reason"], answer.json()["mode"]) == (reason, mode)
        return answer

    def declare(self, role: str, hospital: str, *, expect: int = 200) -> httpx.Response:
        """Declare free beds."""
        return self.ask(role, "PUT", f"/v1/hospitals/{hospital}/declared-capacity", expect=expect, json=TOLD)

    def order(self, *, expect: int) -> httpx.Response:
        """Order a key that ends soon."""
        order = {"role": "auditor", "holder": "Meja contoh", "days": 5}
        answer = self.ask(
            "admin", "POST", "/v1/keys", expect=expect, json=order, headers={"Idempotency-Key": "order-1"}
        )
        self.made = answer.json() if expect == 201 else self.made
        return answer

    def revoke(self) -> httpx.Response:
        """Revoke that key."""
        return self.ask("admin", "DELETE", f"/v1/keys/{self.made['access_key']['id']}")

    def audit(self, path: str, *, expect: int = 200, role: str = "auditor", **body: str) -> httpx.Response:
        """Ask or order something of the audit log."""
        return self.ask(role, "POST", f"/v1/audit/{path}", expect=expect, json=body)

    def place_hold(self) -> httpx.Response:
        """Suspend a person's erasure."""
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        answer = self.audit("holds", expect=201, nik=NIK, reason="Polda Jambi, contoh", until=until)
        self.hold = answer.json()["hold"]
        return answer

    def lift_hold(self) -> httpx.Response:
        """End that hold."""
        return self.ask("auditor", "DELETE", f"/v1/audit/holds/{self.hold['id']}")

    def checkpoint(self) -> httpx.Response:
        """Read the newest checkpoint; a new house has its first one a second after its first entry."""
        until = time.monotonic() + 5
        with self._house.client("auditor") as auditor:
            while (answer := auditor.get("/v1/audit/checkpoint")).status_code == 404:
                assert time.monotonic() < until
                time.sleep(0.2)
        assert answer.status_code == 200
        return answer

    def breach(self) -> httpx.Response:
        """Ask who was affected today."""
        now = datetime.now(UTC)
        since, until = (now - timedelta(hours=1)).isoformat(), now.isoformat()
        answer = self.audit("breach-scope", since=since, until=until, purpose="HCOMPL", key="abcdefghij")
        assert answer.json()["people"] == []
        return answer

    def check_in_trouble(self) -> httpx.Response:
        """Ask about a person while the insurer hangs up."""
        self._sandbox.trouble("vclaim", "refuse")
        return self.ask(
            "dispatcher", "POST", "/v1/eligibility-checks", json={"nik": OTHER_NIK, "purpose": "ETREAT"}
        )

    def check_until_breaker_opens(self) -> httpx.Response:
        """Ask until the insurer is not asked any more."""
        for _ in range(10):
            answer = self.check_in_trouble()
            if answer.json()["reason"] == "breaker_open":
                return answer
        raise AssertionError("the breaker stayed closed")

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order, by the names in the tables."""
        return {
            "ask": lambda: self.ask("dispatcher", "GET", BEDS),
            "ask everyone": lambda: self.ask("dispatcher", "GET", f"{BEDS}&fresh=true"),
            "declare": lambda: self.declare("operator", "rsud-sayoeti"),
            "declare for another hospital": lambda: self.declare("partner", HOSPITAL, expect=403),
            "list hospitals": lambda: self.ask("dispatcher", "GET", "/v1/hospitals"),
            "list partners": lambda: self.ask("dispatcher", "GET", "/v1/partners"),
            "list alarms": lambda: self.ask("operator", "GET", "/v1/alarms"),
            "probe": lambda: self.ask("operator", "GET", "/readyz"),
            "read metrics": lambda: self.ask("operator", "GET", "/metrics"),
            "read the API's description": lambda: self.ask("operator", "GET", "/openapi.json"),
            "exchange": lambda: self.check(NIK),
            "answer from the cache": lambda: self.check(NIK, mode="cached"),
            "read the log": lambda: self.ask("auditor", "GET", "/v1/audit?limit=3"),
            "export the log as FHIR": lambda: self.ask("auditor", "GET", "/v1/audit?limit=3&format=fhir"),
            "read the checkpoint": self.checkpoint,
            "ask for a person's data": lambda: self.audit("subject-access", nik=NIK, purpose="PATRQT"),
            "ask for nobody's data": lambda: self.audit("subject-access", nik=STRANGER, purpose="PATRQT"),
            "ask for a breach's scope": self.breach,
            "note a receipt": lambda: self.audit(
                "report-receipts", expect=201, day="2026-11-25", channel="email", office="Inspektorat"
            ),
            "place a hold": self.place_hold,
            "list holds": lambda: self.ask("auditor", "GET", "/v1/audit/holds"),
            "erase under a hold": lambda: self.audit("erasures", expect=409, nik=NIK, reason="unlawful"),
            "lift a hold": self.lift_hold,
            "lift it again": self.lift_hold,
            "erase": lambda: self.audit("erasures", nik=NIK, reason="unlawful"),
            "erase a stranger": lambda: self.audit("erasures", expect=404, nik=STRANGER, reason="unlawful"),
            "rotate the signing key": lambda: self.audit("rotations", role="admin", key="signing"),
            "rotate the sealing key": lambda: self.audit("rotations", role="admin", key="sealing"),
            "failed exchange": self.check_in_trouble,
            "breaker open": self.check_until_breaker_opens,
            "create a key": lambda: self.order(expect=201),
            "repeat an order": lambda: self.order(expect=200),
            "list keys": lambda: self.ask("admin", "GET", "/v1/keys"),
            "revoke a key": self.revoke,
            "revoke it again": self.revoke,
            "revoked key": lambda: self.bare(self.made["key"]),
            "no key": lambda: self.bare(None),
            "unknown key": lambda: self.bare("grb_demo_abcdefghij_" + "A" * 43),
            "wrong role": lambda: self.ask("dispatcher", "GET", "/v1/keys", expect=403),
        }


def test_the_tables_name_what_is_driven_here() -> None:
    """An action added to a table is driven, or this fails; no name stands in two tables."""
    assert sum(len(table) for table in TABLES) == len(DECLARED)
    nobody: Any = None
    assert set(People(nobody, nobody).script()) | NOT_ASKED_FOR == set(DECLARED)


@pytest.mark.slow
def test_every_question_leaves_its_declared_set(house: House, sandbox: Sandbox) -> None:
    """By the request id of each answer: exactly those entries, an intent before its outcome."""
    requests = {
        name: do().headers["Gerbang-Request-Id"] for name, do in People(house, sandbox).script().items()
    }
    sandbox.mend()
    of = by_request(records(house))
    left = {name: tuple(acts(of.get(request, ()))) for name, request in requests.items()}
    assert left == {name: DECLARED[name] for name in requests}
    outcomes = {name: of[request][-1]["outcome"] for name, request in requests.items() if request in of}
    assert outcomes["exchange"] == "ACTIVE"
    assert outcomes["failed exchange"] == outcomes["breaker open"] == "UNKNOWN"
    assert outcomes["declare for another hospital"] == "refused"
    assert outcomes["repeat an order"] == outcomes["revoke it again"] == "repeated"
    strangers = ("no key", "unknown key", "revoked key")
    assert {outcomes[name] for name in strangers} == {"refused"}
    assert of[requests["exchange"]][0]["subj"] == of[requests["answer from the cache"]][0]["subj"]


@pytest.mark.slow
def test_a_round_leaves_one_entry_and_one_for_each_change(house: House, sandbox: Sandbox) -> None:
    """However many rounds meet the same silence, the change is told once, and once when it ends."""
    before = records(house)
    sandbox.trouble(HOSPITAL, "refuse")
    _rounds(house, 3)
    sandbox.mend()
    # Its breaker has opened meanwhile: refused, then not asked, then answered again.
    log = [record for record in _until_back(house)[len(before) :] if not _of_the_log(record)]
    changes = [record for record in log if record["act"] == "capacity.outcome_changed"]
    assert {record["partner"] for record in changes} == {HOSPITAL}
    steps = [record["outcome"] for record in changes]
    assert steps[0] == "unreachable"
    assert steps[-1] == "answered"
    assert all(one != other for one, other in pairwise(steps))
    assert set(acts(log)) == {"capacity.refreshed", "capacity.outcome_changed"}
    assert all("req" not in record for record in log)


def _of_the_log(record: dict[str, Any]) -> bool:
    return bool(record["act"].startswith(OF_THE_LOG_ITSELF))


def _rounds(house: House, number: int) -> None:
    wanted = acts(records(house)).count("capacity.refreshed") + number
    until = time.monotonic() + 20
    while acts(records(house)).count("capacity.refreshed") < wanted:
        assert time.monotonic() < until
        time.sleep(0.3)


def _until_back(house: House) -> list[dict[str, Any]]:
    until = time.monotonic() + 30
    while True:
        log = records(house)
        changes = [record for record in log if record.get("partner") == HOSPITAL]
        if changes[-1]["outcome"] == "answered":
            return log
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.slow
def test_a_notice_of_expiry_is_given_once(house: House) -> None:
    """A key with five days left: one entry at the next start, none at the one after."""
    with house.client("admin") as admin:
        made = admin.post("/v1/keys", json={"role": "auditor", "holder": "Meja lain", "days": 5}).json()
    for _ in range(2):
        house.stop()
        house.start()
        _rounds(house, 1)
    notices = Counter(
        record["obj"]["id"] for record in records(house) if record["act"] in DECLARED["notice of expiry"]
    )
    assert notices == {made["access_key"]["id"]: 1}
