"""The tour's steps about referrals: the head decides, an emergency waits for nobody, a telephone counts."""

import time
from collections.abc import Callable
from typing import Any

from .gatewaylink import ask
from .guide import HERE, Guide, expect

PATIENT = {"name": "Contoh Pasien", "nik": "1571015203909901", "sex": "female"}
PATIENCE_S = 20.0
SYSTEM, OTHER, TELEPHONE = "rs-siloam", "rsu-mayang", "rsud-sayoeti"


def approved(guide: Guide) -> None:
    """A routine referral waits for the head, who approves what she sees; the hospital accepts."""
    guide.decides(SYSTEM, "accept")
    referral = _new(guide, "submit", SYSTEM)
    expect(referral["state"] == "submitted", f"{referral['text']} (until {referral['run_out_at']})")
    path = f"/v1/referrals/{referral['id']}"
    page = guide.approver.get(path)
    decision = {"decision": "approve", "screen": page.json()["screen"]}
    ask(guide.approver, "POST", f"{path}/decision", json=decision, headers={"If-Match": page.headers["ETag"]})
    seen = _until(guide, path, "accepted")
    expect(seen["destination"] == SYSTEM, f"{seen['text']}: {seen['destination_name']}")


def declined(guide: Guide) -> None:
    """An emergency goes at once; the first hospital declines, and the next is asked by itself."""
    guide.decides(SYSTEM, "decline")
    for hospital in ("rsud-raden-mattaher", "rsu-baiturrahim", "rs-islam-arafah", OTHER):
        guide.decides(hospital, "accept")
    referral = _new(guide, "break_glass", SYSTEM, criteria=["reduced_consciousness"])
    expect(referral["clearance"] == "break_glass", referral["text"])
    seen = _until(guide, f"/v1/referrals/{referral['id']}", "accepted")
    expect(seen["destination"] != SYSTEM, f"{seen['text']}: {seen['destination_name']}")
    expect(seen["owed"][0]["what"] == "review", f"the head owes a review until {seen['owed'][0]['deadline']}")


def rung(guide: Guide) -> None:
    """A hospital with only a telephone is rung, and what the nurse says counts as a system's answer."""
    referral = _new(guide, "break_glass", TELEPHONE, criteria=["haemodynamic"])
    call = referral["calls"][0]
    expect(referral["needs_phone_call"], f"{call['name']}: {call['text']}, {call['phone']}")
    said = {"hospital": TELEPHONE, "state": "accepted", "channel": "phone", "person": "Perawat jaga (contoh)"}
    path = f"/v1/referrals/{referral['id']}"
    answer = ask(guide.operator, "POST", f"{path}/answers", json=said)["referral"]
    expect(answer["state"] == "accepted", answer["text"])


def arrived(guide: Guide) -> None:
    """The patient leaves and arrives; the hospital's own record is closed."""
    found = ask(guide.dispatcher, "GET", "/v1/referrals")["referrals"]
    line = next(each for each in found if each["state"] == "accepted" and each["destination"] == SYSTEM)
    path = f"/v1/referrals/{line['id']}"
    ask(guide.dispatcher, "POST", f"{path}/departure", json={})
    answer = ask(guide.dispatcher, "POST", f"{path}/arrival", json={})["referral"]
    expect(answer["state"] == "arrived", answer["text"])


def _new(guide: Guide, then: str, hospital: str, **more: Any) -> Any:
    place = {name: float(degrees) for name, degrees in HERE.items()}
    body = {"need": "icu", "then": then, "hospitals": [hospital], "patient": PATIENT, **place, **more}
    return ask(guide.dispatcher, "POST", "/v1/referrals", json=body)["referral"]


def _until(guide: Guide, path: str, state: str) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        seen = ask(guide.operator, "GET", path)
        if seen["state"] == state or time.monotonic() > deadline:
            expect(seen["state"] == state, f"{state} within {PATIENCE_S:.0f} s")
            return seen
        time.sleep(0.3)


REFERRALS: tuple[Callable[[Guide], None], ...] = (approved, declined, rung, arrived)
