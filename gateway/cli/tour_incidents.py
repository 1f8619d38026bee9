"""The tour's steps about incidents: who is told, who has answered, and who is not connected yet."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from .gatewaylink import ask, link
from .guide import HERE, Disappointed, Guide, expect

PATIENCE_S = 20.0
POLICE, FIRE, DISASTER, ORDER = "polresta-jambi", "damkar", "bpbd", "satpol-pp"
HANDLED = {"outcome": "handled"}

Incident = dict[str, Any]
Line = dict[str, Any]


def told(guide: Guide) -> None:
    """An accident is reported: police and fire brigade have it at once; then their officers take it up."""
    with _brisk(guide, POLICE, FIRE):
        incident = _new(guide, "traffic_accident", casualties={"injured": 2})
        for partner in (POLICE, FIRE):
            line = _until(guide, incident, partner, lambda line: line["delivered_at"])
            expect(line["shown"] != "not_arrived", line["words"]["id"])
        for partner in (POLICE, FIRE):
            line = _until(guide, incident, partner, lambda line: line["state"] == "accepted")
            expect(line["human_confirmed"], f"{line['words']['id']}: only a person's word stops the ladder")
    _close(guide, incident)


def held(guide: Guide) -> None:
    """A flood concerns BPBD, which has no system yet: held is not told, and the operator is to ring."""
    incident = _new(guide, "flood")
    line = _line(guide, incident, DISASTER)
    expect(line["state"] == "held" and line["needs_phone_call"], line["words"]["id"])
    said = {"channel": "phone", "state": "accepted", "person": "Piket BPBD (contoh)"}
    path = f"/v1/notifications/{line['id']}/receipts"
    line = ask(guide.operator, "POST", path, json=said)["notification"]
    expect(line["human_confirmed"] and line["delivered_at"] is None, line["words"]["id"])
    _close(guide, incident)


def connected(guide: Guide) -> None:
    """BPBD gets its system: live by one command, it hears what still goes on, late and said to be late."""
    over, going_on = _new(guide, "flood"), _new(guide, "flood")
    ask(guide.dispatcher, "POST", f"/v1/incidents/{going_on}/updates", json={"narrative": "Air 60 cm"})
    _close(guide, over)
    try:
        done = _stands(guide, "live")
        expect(done["released"] >= 1, f"{done['released']} go out now, each with its newest picture")
        expect(done["in_digest"] >= 1, f"{done['in_digest']} are over: one digest tells of them")
        line = _until(guide, going_on, DISASTER, lambda line: line["delivered_at"])
        expect(line["delayed"] and line["held_since"], line["words"]["id"])
        expect(_line(guide, over, DISASTER)["state"] == "cancelled", "nothing looks told that was not")
        _close(guide, going_on)
    finally:
        _stands(guide, "planned")


def fetched(guide: Guide) -> None:
    """Satpol PP has no server: it fetches what it is told, and says that a person has taken it up."""
    incident = _new(guide, "public_facility")
    order = {"role": "partner", "holder": "tour", "partner": ORDER, "days": 1}
    key = ask(guide.admin, "POST", "/v1/keys", json=order)
    try:
        with link(key["key"]) as satpol:
            (item,) = [each for each in _all(satpol) if (each["message"] or {}).get("subject") == incident]
            line = _line(guide, incident, ORDER)
            expect(line["state"] == "delivered", f"number {item['number']}: {line['words']['id']}")
            said = {"state": "accepted", "by": "Danru (contoh)"}
            ask(satpol, "POST", f"/v1/inbox/{item['id']}/receipts", json=said)
            line = _line(guide, incident, ORDER)
            expect(line["human_confirmed"], line["words"]["id"])
            _close(guide, incident)
            _all(satpol)  # that it is over: nothing waits for it afterwards
    finally:
        ask(guide.admin, "DELETE", f"/v1/keys/{key['access_key']['id']}")


@contextmanager
def _brisk(guide: Guide, *agencies: str) -> Iterator[None]:
    """Have officers answer within a second, and then as they did before."""
    for agency in agencies:
        guide.door.put(f"/agencies/{agency}", json={"officer": "accepts", "after_s": 0.5}).raise_for_status()
    try:
        yield
    finally:
        for agency in agencies:
            guide.door.put(f"/agencies/{agency}", json={}).raise_for_status()


def _new(guide: Guide, category: str, **more: Any) -> str:
    place = {name: float(degrees) for name, degrees in HERE.items()}
    body = {"category": category, "narrative": "Contoh, bukan kejadian sebenarnya", **place, **more}
    return str(ask(guide.dispatcher, "POST", "/v1/incidents", json=body)["incident"]["id"])


def _close(guide: Guide, incident: str) -> None:
    ask(guide.dispatcher, "POST", f"/v1/incidents/{incident}/close", json=HANDLED)


def _stands(guide: Guide, standing: str) -> Any:
    body = {"standing": standing, "reason": "tour"}
    return ask(guide.admin, "POST", f"/v1/partners/{DISASTER}/standing", json=body)


def _all(partner: httpx.Client) -> list[Any]:
    """Return everything that partner was told, page by page."""
    found: list[Any] = []
    while True:
        since = found[-1]["number"] if found else 0
        page = ask(partner, "GET", "/v1/inbox", params={"since": since, "limit": 100})
        found += page["items"]
        if not page["more"]:
            return found


def _line(guide: Guide, incident: str, partner: str) -> Line:
    """Return the newest message to that partner."""
    seen: Incident = ask(guide.operator, "GET", f"/v1/incidents/{incident}")["incident"]
    return dict([line for line in seen["ladder"] if line["partner"] == partner][-1])


def _until(guide: Guide, incident: str, partner: str, wanted: Callable[[Line], object]) -> Line:
    deadline = time.monotonic() + PATIENCE_S
    while not wanted(line := _line(guide, incident, partner)):
        if time.monotonic() > deadline:
            raise Disappointed(f"after {PATIENCE_S:.0f} s still: {line['words']['en']}")
        time.sleep(0.2)
    return line


INCIDENTS: tuple[Callable[[Guide], None], ...] = (told, held, connected, fetched)
