"""
Ten thousand notifications while the plug is pulled every five seconds and agencies fail half of the time.

Five agencies hear of 200 incidents, ten pictures each. Nothing may be lost, every copy of one has the same
id, each agency hears an incident's pictures in order, and the audit log holds one acceptance for each.
"""

import random
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx

from .bars import Bar
from .houses import House, Program, Sandbox

AGENCIES, INCIDENTS, PICTURES = 5, 200, 10
WANTED = AGENCIES * INCIDENTS * PICTURES
FAILING = 0.5
PULL_EVERY_S = 5.0
READY_S = 5.0
ASKERS = 16
PATIENCE_S = 900.0
SECRET = "whsec_Y29udG9oIHJhaGFzaWEgdW50dWsgdWppIGNvYmEh"  # noqa: S105  nobody's
FIRE = {"category": "fire", "severity": "severe", "area_code": "15.71.01"}
DONE = (200, 201, 412)
AGAIN = (202, 500, 503)
AGENCY = """
[[partners]]
id = "{name}"
kind = "webhook"
standing = "live"
name = "Contoh {name}"
phone = "0741-000"
limits = {{ concurrency = 16, queue = 16, attempts = 1 }}
  [partners.ladder]
  attempts_s = [0, 0.5, 1, 2, 4]
  each_s = 4
  deliver_for_s = 86400
  [partners.telling]
  channels = ["wire"]
  supersedes = false
  [partners.settings]
  hook_url = "http://127.0.0.1:{port}/{name}"
"""


class Taken(NamedTuple):
    """One copy that an agency took."""

    at: float
    agency: str
    id: str
    incident: str
    sequence: int


def measure(folder: Path) -> list[Bar]:
    """Flood, pull the plug again and again, wait until all has arrived, and look at what did."""
    names = [f"agency-{number}" for number in range(AGENCIES)]
    with Sandbox(folder) as sandbox, Program(folder, "agency", str(FAILING), str(folder)) as agency:
        house = flooded_house(folder, sandbox, agency.port, names)
        with house:
            with pulled(house) as starts:
                began = time.monotonic()
                flood(house)
                accepted = time.monotonic() - began
                until_all_arrived(house)
            took = time.monotonic() - began
            acceptances = audit_acceptances(house)
        return judged(taken_in(folder), acceptances, starts, accepted, took)


def flooded_house(
    folder: Path,
    sandbox: Sandbox,
    port: int,
    names: list[str],
    *,
    partners_text: str | None = None,
    kind: type[House] = House,
    **settings: str,
) -> House:
    """Return a gateway that tells these agencies, and nobody else, of incidents."""
    return kind(
        folder,
        sandbox,
        partners_text=partners_text or "".join(AGENCY.format(name=name, port=port) for name in names),
        secrets={f"{name}.secret": SECRET for name in names},
        capacity_refresh_s="3600",
        **settings,
    )


def flood(house: House) -> None:
    """Open every incident and draw its pictures, each question repeated until it is answered."""
    with ThreadPoolExecutor(ASKERS) as hands:
        list(hands.map(lambda number: one_incident(house, number), range(INCIDENTS)))


def one_incident(house: House, number: int) -> None:
    """Open one incident and update it; an answer that was lost is asked for again, and changes nothing."""
    with house.client("dispatcher") as dispatcher:
        name = opened(dispatcher, FIRE, key=f"open-{number}")
        for picture in range(2, PICTURES + 1):
            updated(dispatcher, name, {"casualties": {"injured": picture}}, version=picture - 1)


def opened(dispatcher: httpx.Client, body: object, *, key: str) -> str:
    """Open an incident, once by its *key*; return its id."""
    made = insist(dispatcher, "/v1/incidents", body, {"Idempotency-Key": key})
    return str(made.json()["incident"]["id"])


def updated(dispatcher: httpx.Client, incident: str, body: object, *, version: int) -> None:
    """Draw the picture that follows on *version*; it is there already where an answer was lost."""
    insist(dispatcher, f"/v1/incidents/{incident}/updates", body, {"If-Match": f'W/"{version}"'})


def insist(dispatcher: httpx.Client, path: str, body: object, headers: dict[str, str]) -> httpx.Response:
    """POST until it is answered with success, or with the word that it has happened before."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            answer = dispatcher.post(path, json=body, headers=headers, timeout=10)
            if answer.status_code in DONE:
                return answer
            assert answer.status_code in AGAIN, answer.text
        except httpx.TransportError:
            pass
        time.sleep(random.uniform(0.05, 0.3))
    raise AssertionError(f"{path} was never answered")


@contextmanager
def pulled(house: House) -> Iterator[list[float]]:
    """Kill -9 each five seconds after it was ready; yield how long each start took."""
    starts: list[float] = []
    over = threading.Event()

    def pull() -> None:
        while not over.wait(PULL_EVERY_S):
            house.kill()
            starts.append(house.start())

    puller = threading.Thread(target=pull)
    puller.start()
    try:
        yield starts
    finally:
        over.set()
        puller.join()


def until_all_arrived(house: House) -> None:
    """Wait until no notification is on its way any more."""
    deadline = time.monotonic() + PATIENCE_S
    while rows(house, "SELECT count(*) FROM notification WHERE delivery != 'delivered'") != 0:
        assert time.monotonic() < deadline, "some have not arrived"
        time.sleep(1)


def audit_acceptances(house: House) -> int:
    """Return how many acceptances the audit log holds."""
    return rows(house, "SELECT count(*) FROM audit_entry WHERE act = 'notification.accepted'")


def rows(house: House, query: str) -> int:
    """Return the one number *query* asks for; the gateway may be dead at that moment."""
    with closing(sqlite3.connect(house.data / "gerbang.db", timeout=30)) as connection:
        return int(connection.execute(query).fetchone()[0])


def taken_in(folder: Path) -> list[Taken]:
    """Return every copy that the agencies took, in that order."""
    found = []
    for line in (folder / "taken").read_text("ascii").splitlines():
        at, agency, name, incident, sequence = line.split("\t")
        found.append(Taken(float(at), agency, name, incident, int(sequence)))
    return found


def judged(
    taken: list[Taken], acceptances: int, starts: list[float], accepted: float, took: float
) -> list[Bar]:
    """Hold what arrived against what was promised."""
    ids: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    for each in taken:
        ids[each.agency, each.incident, each.sequence].add(each.id)
    return [
        Bar("flood.lost", f"of {WANTED}", WANTED - len(ids), "", at_most=0),
        Bar(
            "flood.other_id",
            "told twice under two ids",
            sum(len(of) > 1 for of in ids.values()),
            "",
            at_most=0,
        ),
        Bar("flood.disorder", "pictures before an earlier one", out_of_order(taken), "", at_most=0),
        Bar(
            "flood.accepted", "acceptances in the audit log, off by", abs(acceptances - WANTED), "", at_most=0
        ),
        Bar("flood.ready", f"slowest of {len(starts)} starts", max(starts), "s", at_most=READY_S),
        Bar("flood.ready.median", "", median(starts), "s"),
        Bar("flood.copies", "second copies, all of the same id", len(taken) - len(ids), ""),
        Bar("flood.taking", "until all were accepted", accepted, "s"),
        Bar("flood.all", "until all had arrived", took, "s"),
    ]


def out_of_order(taken: list[Taken]) -> int:
    """Return how often an agency was first told of a picture after a later one of the same incident."""
    newest: dict[tuple[str, str], int] = defaultdict(int)
    seen: set[str] = set()
    wrong = 0
    for each in taken:
        if each.id not in seen:
            lane = each.agency, each.incident
            wrong += each.sequence < newest[lane]
            newest[lane] = max(newest[lane], each.sequence)
        seen.add(each.id)
    return wrong
