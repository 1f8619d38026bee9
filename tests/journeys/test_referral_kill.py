"""The plug is pulled between a decision and its sending: one copy at the hospital, or a person is told."""

import time
from collections.abc import Iterator

import pytest

from tests.postgres import fresh
from tests.running import House, Sandbox

from .evidence import Record, records
from .referral_desk import Desk, one, states

pytestmark = pytest.mark.slow

# The first takes If-None-Exist, the second must be searched first, the third cannot even be searched.
CONDITIONAL, SEARCHED, BLIND = "rs-siloam", "rs-bratanata", "rs-bhayangkara"
MOMENTS_S = (0.0, pytest.param(0.05, marks=pytest.mark.soak))
TICKED = ["haemodynamic"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox
) -> Iterator[House]:
    """A gateway on either database."""
    folder = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        with House(folder, sandbox, answer_routine_s="120") as running:
            yield running
    else:
        with (
            fresh(request.getfixturevalue("postgres")) as url,
            House(folder, sandbox, answer_routine_s="120", database_url=url) as running,
        ):
            yield running


@pytest.fixture
def desk(house: House, sandbox: Sandbox) -> Desk:
    """Everybody around a referral; the hospitals say nothing."""
    found = Desk(house, sandbox)
    for hospital in (CONDITIONAL, SEARCHED, BLIND):
        found.hospital(hospital, "silent")
    return found


@pytest.mark.parametrize("hospital", [CONDITIONAL, SEARCHED])
@pytest.mark.parametrize("after_s", MOMENTS_S)
def test_a_kill_after_the_decision_leaves_one_copy(desk: Desk, hospital: str, after_s: float) -> None:
    """Killed at some moment after the head has approved: it is sent after the start, once."""
    referral = desk.new("submit", hospital)
    desk.approve(referral)
    time.sleep(after_s)
    desk.house.kill()
    desk.house.start()
    desk.until(referral, lambda seen: states(seen)[hospital] == "sent", within_s=40)
    requests, tasks = desk.kept_of(hospital, referral)
    assert (len(requests), len(tasks)) == (1, 1)
    _demand_a_word_before(records(desk.house), referral, "referral.approved")


@pytest.mark.parametrize("hospital", [CONDITIONAL, SEARCHED])
def test_a_kill_while_the_hospital_works_leaves_one_copy(desk: Desk, hospital: str) -> None:
    """It processes the first question and never answers; we are killed meanwhile; still one of each."""
    desk.sandbox.trouble(hospital, "slow", seconds=2)
    referral = desk.new("break_glass", hospital, criteria=TICKED)
    time.sleep(0.8)
    desk.house.kill()
    time.sleep(2)
    desk.sandbox.mend(hospital)
    desk.sandbox.troubled = False
    desk.house.start()
    desk.until(referral, lambda seen: states(seen)[hospital] == "sent", within_s=60)
    requests, tasks = desk.kept_of(hospital, referral)
    assert (len(requests), len(tasks)) == (1, 1)
    _demand_a_word_before(records(desk.house), referral, "referral.glass_broken")


def test_where_nobody_can_tell_the_referral_stands_as_unconfirmed(desk: Desk) -> None:
    """No conditional create, no search: after a lost answer nothing is sent again, and a person rings."""
    desk.sandbox.trouble(BLIND, "reset_after", times=2)  # the version is asked first
    referral = desk.new("break_glass", BLIND, criteria=TICKED)
    seen = desk.until(referral, lambda now: states(now)[BLIND] == "unconfirmed")
    desk.house.kill()
    desk.sandbox.mend(BLIND)
    desk.sandbox.troubled = False
    desk.house.start()
    time.sleep(4)
    seen = desk.see(referral)
    assert (states(seen)[BLIND], seen["state"]) == ("unconfirmed", "unconfirmed")
    assert one(call["hospital"] for call in seen["calls"] if call["hospital"] == BLIND) == BLIND
    assert one(ask["trouble"] for ask in seen["asks"] if ask["hospital"] == BLIND) == "no_answer:cannot_tell"
    requests, tasks = desk.kept_of(BLIND, referral)
    assert len(requests) <= 1
    assert len(tasks) <= 1


def _demand_a_word_before(log: list[Record], referral: str, word: str) -> None:
    """Whatever was sent was decided before; each conveyance that was meant has one outcome at most."""
    told = [each for each in log if each.get("obj", {}).get("id") == referral]
    acts = [each["act"] for each in told]
    assert acts.index(word) < acts.index("referral.conveying")
    meant = [each["req"] for each in told if each["act"] == "referral.conveying"]
    ended = [each["req"] for each in told if each["act"] == "referral.conveyed" and each["req"] in meant]
    assert len(meant) == len(set(meant))
    assert len(ended) == len(set(ended))
