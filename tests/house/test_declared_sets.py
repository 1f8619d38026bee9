"""What happens leaves its declared set of audit entries: each action once, held against the rooms' tables."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest

from gateway import health
from gateway.access import entries as keys
from gateway.accounts import entries as accounts
from gateway.audit import pulse
from gateway.callbacks import actions as callbacks
from gateway.callbacks import receipt_routes as receipts
from gateway.capacity import actions as capacity
from gateway.capacity import rounds
from gateway.console import entries as console
from gateway.eligibility import entries as eligibility
from gateway.evidence import daily
from gateway.incidents import entries as incidents
from gateway.inquiries import entries as inquiries
from gateway.notifications import entries as notifications
from gateway.notifications import standing_entries as standing
from gateway.partners import routes as partners
from gateway.referrals import entries as referrals
from gateway.waking import entries as waking
from gateway.warnings import entries as warnings
from tests.journeys.evidence import acts, by_request, records
from tests.running import House, Sandbox

from .people.everybody import People
from .people.informing import warn
from .test_informed_by_itself import INFORMED
from .test_sets_by_themselves import BY_ITSELF

TABLES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    *(capacity.DECLARED_SET, rounds.DECLARED_SET, eligibility.DECLARED_SET),
    *(keys.DECLARED_SET, partners.DECLARED_SET, health.DECLARED_SET),
    *(inquiries.DECLARED_SET, pulse.DECLARED_SET, daily.DECLARED_SET),
    *(referrals.DECLARED_SET, callbacks.DECLARED_SET, accounts.DECLARED_SET),
    *(waking.DECLARED_SET, console.DECLARED_SET, receipts.DECLARED_SET),
    *(incidents.DECLARED_SET, notifications.DECLARED_SET, standing.DECLARED_SET, warnings.DECLARED_SET),
)
DECLARED = {action: left for table in TABLES for action, left in table.items()}
NOT_ASKED_FOR = {
    *("round", "change of outcome", "notice of expiry"),
    *("a new log", "heartbeat", "clock is set", "report", "report mailed"),
    *(BY_ITSELF | INFORMED),
}
# Beside its own entries a change of an incident leaves those of each partner that is told of it.
PROMISING = frozenset({"notification.accepted", "notification.alarmed"})
PROMISES = {"tell one more partner", "accept a proposal", "dismiss a proposal"}
OF_THE_LOG_ITSELF = ("log.", "clock.", "report.")

HOSPITAL = "rs-siloam"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The simulated partners."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway that goes round every second, wakes people by texts, and is warned of storms."""
    warn(sandbox)
    settings = {"capacity_refresh_s": "1", "eligibility_deadline_ms": "10000"}
    with House(tmp_path_factory.mktemp("house"), sandbox, **settings) as running:
        yield running


def test_the_tables_name_what_is_driven_here() -> None:
    """An action added to a table is driven, or this fails; no name stands in two tables."""
    assert sum(len(table) for table in TABLES) == len(DECLARED)
    nobody: Any = None
    assert set(People(nobody, nobody).script()) | NOT_ASKED_FOR == set(DECLARED)
    assert set(People(nobody, nobody).script()) & NOT_ASKED_FOR == set()


@pytest.mark.slow
def test_every_question_leaves_its_declared_set(house: House, sandbox: Sandbox) -> None:
    """By the request id of each answer: exactly those entries, an intent before its outcome."""
    requests = {
        name: do().headers["Gerbang-Request-Id"] for name, do in People(house, sandbox).script().items()
    }
    sandbox.mend()
    of = by_request(records(house))
    left = {name: tuple(acts(of.get(request, ()))) for name, request in requests.items()}
    told = {name: acts for name, acts in left.items() if name in incidents.DECLARED_SET}
    left |= {name: tuple(act for act in acts if act not in PROMISING) for name, acts in told.items()}
    assert left == {name: DECLARED[name] for name in requests}
    promised = {name: tuple(act for act in acts if act in PROMISING) for name, acts in told.items()}
    assert {name for name, acts in promised.items() if acts} == PROMISES
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
    log = [record for record in _until_back(house)[len(before) :] if not _of_another_clock(record)]
    changes = [record for record in log if record["act"] == "capacity.outcome_changed"]
    # On a busy machine another may be late meanwhile, and is told of as well.
    steps = [record["outcome"] for record in changes if record["partner"] == HOSPITAL]
    assert steps[0] == "unreachable"
    assert steps[-1] == "answered"
    assert all(one != other for one, other in pairwise(steps))
    assert set(acts(log)) == {"capacity.refreshed", "capacity.outcome_changed"}
    assert all("req" not in record for record in log)


def _of_another_clock(record: dict[str, Any]) -> bool:
    """Say whether it is the log's own or of a link: those may fall into any round."""
    return bool(record["act"].startswith((*OF_THE_LOG_ITSELF, "partner.heartbeat")))


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
