"""What nobody asks for leaves its declared set too: hospitals' systems, waits that run out, whom it wakes."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from gateway.referrals.entries import DECLARED_SET as REFERRALS
from gateway.waking.entries import DECLARED_SET as WAKING
from sandbox.table import read_table
from tests.journeys.evidence import Record, acts, records
from tests.journeys.referral_desk import Desk
from tests.running import House, Sandbox

from .people.account_holders import AccountHolders
from .people.waking import Waking

pytestmark = pytest.mark.slow

SHORT = {
    "capacity_refresh_s": "2",
    "approval_reminder_s": "1",
    "approval_deputy_s": "2",
    "approval_run_out_s": "3",
    "answer_routine_s": "4",
}
SILOAM, MATTAHER, MANAP = "rs-siloam", "rsud-raden-mattaher", "rsud-abdul-manap"
BY_SYSTEM = [row.id for row in read_table() if row.system != "telephone"]
BY_TELEPHONE = [row.id for row in read_table() if row.system == "telephone"]
TAKEN, MORE = REFERRALS["a hospital's system takes it"], REFERRALS["a hospital's system is told more"]
COVERAGE = REFERRALS["coverage is known"]
BY_ITSELF = {
    *("a hospital's system takes it", "a hospital's system is away", "a hospital's system is told more"),
    *("a hospital's system accepts", "the last hospital declines", "a hospital is silent"),
    *("the head is reminded", "no approval comes", "coverage is known"),
    *("wake a person", "wake a person nobody reaches"),
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The simulated partners."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway that waits long for nobody, and sends texts."""
    with House(tmp_path_factory.mktemp("house"), sandbox, **SHORT) as running:
        yield running


@pytest.fixture
def desk(house: House, sandbox: Sandbox) -> Iterator[Desk]:
    """Everybody around a referral; hospitals' systems say nothing unless told to."""
    found = Desk(house, sandbox)
    for hospital in BY_SYSTEM:
        found.hospital(hospital, "silent")
    yield found
    sandbox.mend()


def _by_itself(house: House, referral: str) -> list[Record]:
    """Return what happened to a referral without a person's question; what turns ask has a dot in its id."""
    mine = [record for record in records(house) if record.get("obj", {}).get("id") == referral]
    return [record for record in mine if "." in record.get("req", ".")]


def _happened(house: House, referral: str) -> tuple[str, ...]:
    """Return the acts of it; coverage comes whenever it comes."""
    return tuple(act for act in acts(_by_itself(house, referral)) if act not in COVERAGE)


def _until(wanted: Callable[[], object], *, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_a_referral_that_is_taken_accepted_and_cancelled(desk: Desk) -> None:
    """The system takes it, accepts, hears that it is chosen, and that it is not; coverage comes beside."""
    desk.hospital(SILOAM, "accept")
    referral = desk.new("submit", SILOAM)
    desk.approve(referral)
    desk.until(referral, lambda seen: seen["destination"] and seen["coverage"]["checked_at"])
    _until(lambda: acts(_by_itself(desk.house, referral)).count("referral.conveyed") == 2)
    desk.do("cancel", referral, role="dispatcher")
    _until(lambda: acts(_by_itself(desk.house, referral)).count("referral.conveyed") == 3)
    accepts = REFERRALS["a hospital's system accepts"]
    assert _happened(desk.house, referral) == (*TAKEN, *accepts, *MORE, *MORE)
    found = _by_itself(desk.house, referral)
    assert tuple(act for act in acts(found) if act in COVERAGE) == COVERAGE
    told = [record["req"] for record in found if record["act"] == "referral.conveying"]
    assert told == [record["req"] for record in found if record["act"] == "referral.conveyed"]


def test_an_approval_that_does_not_come(desk: Desk) -> None:
    """Two reminders and an end."""
    referral = desk.new("submit", SILOAM)
    desk.until_alarm(referral, "approval_ran_out")
    reminded, over = REFERRALS["the head is reminded"], REFERRALS["no approval comes"]
    assert _happened(desk.house, referral) == (*reminded, *reminded, *over)


def test_a_hospital_that_is_silent(desk: Desk) -> None:
    """It has it and says nothing; then the next is asked."""
    referral = desk.new("submit", MATTAHER)
    desk.approve(referral)
    silent = (*TAKEN, *REFERRALS["a hospital is silent"])
    _until(lambda: len(_happened(desk.house, referral)) >= len(silent))
    assert _happened(desk.house, referral)[: len(silent)] == silent


def test_a_hospital_that_is_away(desk: Desk) -> None:
    """Whether it has arrived is said once."""
    desk.sandbox.trouble(MANAP, "refuse")
    referral = desk.new("submit", MANAP)
    desk.approve(referral)
    away = REFERRALS["a hospital's system is away"]
    _until(lambda: len(_happened(desk.house, referral)) >= len(away))
    assert _happened(desk.house, referral)[: len(away)] == away
    assert acts(_by_itself(desk.house, referral)).count("referral.unsure") == 1


def test_the_last_hospital_declines(desk: Desk) -> None:
    """Everybody was asked; the telephones have said no before."""
    for hospital in BY_SYSTEM:
        desk.hospital(hospital, "decline")
    referral = desk.new("submit", *BY_SYSTEM, *BY_TELEPHONE)
    desk.approve(referral)
    for hospital in BY_TELEPHONE:
        said = {"hospital": hospital, "state": "declined", "channel": "phone", "person": "Perawat contoh"}
        desk.do("answers", referral, role="operator", **said)
    desk.until_state(referral, "declined")
    last = REFERRALS["the last hospital declines"]
    assert _happened(desk.house, referral)[-len(last) :] == last


def test_whom_it_wakes(desk: Desk) -> None:
    """A text that arrives; then one that does not, until the address is out of use."""
    holders = AccountHolders(desk.house, desk.sandbox)
    holders.create_all()
    waking = Waking(desk.house, desk.sandbox, holders, whose="petugas")  # the operators, to telephone
    waking.add()
    arrives = _wakes_of(desk, _to_telephone(desk), over=1)
    assert arrives == {WAKING["wake a person"]}
    desk.sandbox.trouble("sms", "refuse")
    referral = _to_telephone(desk)
    _until(lambda: "waking.answered" in acts(_woken(desk, referral)))
    waking.remove()
    nobody = (*WAKING["wake a person"], *WAKING["wake a person nobody reaches"])
    assert nobody in _wakes_of(desk, referral, over=1, of=nobody)


def _to_telephone(desk: Desk) -> str:
    """Send an emergency to a hospital that must be rung."""
    return desk.new("break_glass", BY_TELEPHONE[0], criteria=["haemodynamic"])


def _woken(desk: Desk, referral: str) -> list[Record]:
    found = [record for record in records(desk.house) if record["act"].startswith("waking.")]
    return [record for record in found if record["detail"]["for"] == referral]


def _wakes_of(
    desk: Desk, referral: str, *, over: int, of: tuple[str, ...] = WAKING["wake a person"]
) -> set[tuple[str, ...]]:
    """Return the sets that the wakes of a referral left, once *over* of them have left as much as *of*."""

    def groups() -> list[tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for record in _woken(desk, referral):
            found[record["obj"]["id"]].append(record["act"])
        return [tuple(each) for each in found.values()]

    _until(lambda: sum(len(each) >= len(of) for each in groups()) >= over, within_s=60)
    return {each for each in groups() if len(each) >= len(of)}
