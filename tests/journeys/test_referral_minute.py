"""A hospital's system is away for a whole minute; beside the others, since that takes one."""

import time

import pytest

from tests.running import House, Sandbox

from .referral_desk import Desk, states

HOSPITAL = "rs-siloam"


@pytest.mark.soak
def test_a_hospital_unreachable_for_a_minute_is_asked_when_it_is_back(house: House, sandbox: Sandbox) -> None:
    """Sixty seconds of refused connections: the operator is told to ring; then one copy arrives by itself."""
    desk = Desk(house, sandbox)
    desk.hospital(HOSPITAL, "silent")
    desk.sandbox.trouble(HOSPITAL, "refuse")
    referral = desk.new("submit", HOSPITAL)
    desk.approve(referral)
    desk.until(referral, lambda now: now["needs_phone_call"])
    time.sleep(60)
    desk.sandbox.mend(HOSPITAL)
    desk.sandbox.troubled = False
    desk.until(referral, lambda seen: states(seen)[HOSPITAL] == "sent", within_s=75)
    requests, tasks = desk.kept_of(HOSPITAL, referral)
    assert (len(requests), len(tasks)) == (1, 1)
