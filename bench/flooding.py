"""
A flood: agencies hear of many incidents, ten pictures each, while the plug is pulled again and again.

Nothing may be lost, every copy of one has the same id, each agency hears an incident's pictures in order, and
the audit log holds one acceptance for each.
"""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import NamedTuple, Protocol

import httpx
from sqlalchemy import NullPool, create_engine, text

from .bars import Bar
from .houses import Gateway, House, Sandbox

AGENCIES = tuple(f"agency-{number}" for number in range(5))
PICTURES = 10
FAILING = 0.5
PULL_EVERY_S = 5.0
ASKERS = 16
PATIENCE_S = 900.0
QUIET_S = 45.0  # longer than a start, what a dead one held and the longest pause of a ladder together
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
limits = {{ concurrency = {places}, queue = 16, attempts = 1 }}
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

TOLD = "  [partners.telling]\n"


class Forgotten(Exception):
    """The gateway has said yes to it, and knows nothing of it any more, or not enough."""


class Asks(Protocol):
    """Who asks: an `httpx.Client`, or one of several in turn."""

    def post(self, path: str, /, *, json: object, headers: dict[str, str], timeout: float) -> httpx.Response:
        """Ask."""
        ...


class Either:
    """Asks each of the gateways in turn, as a dispatch system that knows the address of both does."""

    def __init__(self, clients: Sequence[httpx.Client]) -> None:
        """Take a client a gateway."""
        self._next = cycle(clients)

    def post(self, path: str, /, *, json: object, headers: dict[str, str], timeout: float) -> httpx.Response:
        """Ask the next one."""
        return next(self._next).post(path, json=json, headers=headers, timeout=timeout)


class Taken(NamedTuple):
    """One copy that an agency took, and the most it ever had to hold at once."""

    at: float
    agency: str
    id: str
    incident: str
    sequence: int
    most: int


class Flood(NamedTuple):
    """What one flood came to; *starts* and the rest in seconds, *accepted* as the audit log has it."""

    wanted: int
    taken: list[Taken]
    accepted: int
    starts: list[float]
    taking_s: float
    all_s: float

    def bars(self, name: str, *, ready_s: float) -> list[Bar]:
        """Hold what arrived against what was promised."""
        return [
            Bar(f"{name}.lost", f"of {self.wanted}", self.lost, "", at_most=0),
            Bar(f"{name}.other_id", "told twice under two ids", self.other_ids, "", at_most=0),
            Bar(f"{name}.disorder", "pictures before an earlier one", self.disorder, "", at_most=0),
            Bar(f"{name}.accepted", "acceptances in the audit log, off by", self.off_by, "", at_most=0),
            Bar(f"{name}.ready", f"slowest of {len(self.starts)}", max(self.starts), "s", at_most=ready_s),
            Bar(f"{name}.ready.median", "", sorted(self.starts)[len(self.starts) // 2], "s"),
            Bar(f"{name}.copies", "second copies", len(self.taken) - self.wanted + self.lost, ""),
            Bar(f"{name}.taking", "until all were accepted", self.taking_s, "s"),
            Bar(f"{name}.all", "until all had arrived", self.all_s, "s"),
        ]

    @property
    def lost(self) -> int:
        """How many pictures no copy of which has arrived."""
        return self.wanted - len(self._ids())

    @property
    def other_ids(self) -> int:
        """How many pictures arrived under more than one id."""
        return sum(len(ids) > 1 for ids in self._ids().values())

    @property
    def off_by(self) -> int:
        """How far the audit log's acceptances are from what was wanted."""
        return abs(self.accepted - self.wanted)

    @property
    def disorder(self) -> int:
        """How often an agency was first told of a picture after a later one of the same incident."""
        newest: dict[tuple[str, str], int] = defaultdict(int)
        seen: set[str] = set()
        wrong = 0
        for each in self.taken:
            if each.id not in seen:
                lane = each.agency, each.incident
                wrong += each.sequence < newest[lane]
                newest[lane] = max(newest[lane], each.sequence)
            seen.add(each.id)
        return wrong

    def _ids(self) -> dict[tuple[str, str, int], set[str]]:
        ids: dict[tuple[str, str, int], set[str]] = defaultdict(set)
        for each in self.taken:
            ids[each.agency, each.incident, each.sequence].add(each.id)
        return ids


def agency(name: str, port: int, *, places: int = 16, more: str = "") -> str:
    """Return an agency's part of a partner file; *more* are further lines of what it is told."""
    text = AGENCY.format(name=name, port=port, places=places)
    return text.replace(TOLD, f"{TOLD}  {more}\n") if more else text


def house_of(
    folder: Path,
    sandbox: Sandbox,
    port: int,
    names: Sequence[str],
    *,
    partners_text: str | None = None,
    places: int = 16,
    kind: type[House] = House,
    **settings: str,
) -> House:
    """Return a gateway that tells these agencies, and nobody else, of incidents."""
    agencies = "".join(agency(name, port, places=places) for name in names)
    return kind(
        folder,
        sandbox,
        partners_text=partners_text or agencies,
        secrets={f"{name}.secret": SECRET for name in names},
        capacity_refresh_s="3600",
        **settings,
    )


def flooded(gateways: Sequence[Gateway], folder: Path, *, incidents: int, askers: int = ASKERS) -> Flood:
    """Flood, pull the plug again and again, wait until nothing arrives any more, and return what did."""
    house, *_ = gateways
    assert isinstance(house, House)
    wanted = len(AGENCIES) * incidents * PICTURES
    with pulled(gateways) as starts:
        began = time.monotonic()
        _ask(gateways, incidents, askers)
        taking_s = time.monotonic() - began
        last = _until_all_arrived(folder, wanted)
    for each in gateways:
        each.stop()
    acceptances = rows(house, "SELECT count(*) FROM audit_entry WHERE act = 'notification.accepted'")
    return Flood(wanted, taken_in(folder), acceptances, starts, taking_s, last - began)


def _ask(gateways: Sequence[Gateway], incidents: int, askers: int) -> None:
    """Open every incident and draw its pictures, each question repeated until it is answered."""
    with ThreadPoolExecutor(askers) as hands:
        list(hands.map(lambda number: _one_incident(gateways, number), range(incidents)))


def _one_incident(gateways: Sequence[Gateway], number: int) -> None:
    """Open one incident and update it; an answer that was lost is asked for again, and changes nothing."""
    with ExitStack() as stack:
        dispatcher = Either([stack.enter_context(each.client("dispatcher")) for each in gateways])
        try:
            name = opened(dispatcher, FIRE, key=f"open-{number}")
            for picture in range(2, PICTURES + 1):
                updated(dispatcher, name, {"casualties": {"injured": picture}}, version=picture - 1)
        except Forgotten:
            return  # it will be missed where all is counted


def opened(dispatcher: Asks, body: object, *, key: str) -> str:
    """Open an incident, once by its *key*; return its id."""
    made = insist(dispatcher, "/v1/incidents", body, {"Idempotency-Key": key})
    return str(made.json()["incident"]["id"])


def updated(dispatcher: Asks, incident: str, body: object, *, version: int) -> None:
    """Draw the picture that follows on *version*; it is there already where an answer was lost."""
    insist(dispatcher, f"/v1/incidents/{incident}/updates", body, {"If-Match": f'W/"{version}"'})


def insist(dispatcher: Asks, path: str, body: object, headers: dict[str, str]) -> httpx.Response:
    """POST until it is answered with success, or that it has happened before. Raises Forgotten."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            answer = dispatcher.post(path, json=body, headers=headers, timeout=10)
            if answer.status_code in DONE:
                return answer
            if answer.is_client_error:  # nothing is wrong with the question
                raise Forgotten(answer.text)
            assert answer.status_code in AGAIN, answer.text
        except httpx.TransportError:
            pass
        time.sleep(random.uniform(0.05, 0.3))
    raise AssertionError(f"{path} was never answered")


@contextmanager
def pulled(gateways: Sequence[Gateway]) -> Iterator[list[float]]:
    """Kill -9 one after the other, each five seconds after all were ready; yield how long the starts took."""
    starts: list[float] = []
    over = threading.Event()

    def pull() -> None:
        for each in cycle(gateways):
            if over.wait(PULL_EVERY_S):
                return
            each.kill()
            starts.append(each.start())

    puller = threading.Thread(target=pull)
    puller.start()
    try:
        yield starts
    finally:
        over.set()
        puller.join()


def _until_all_arrived(folder: Path, wanted: int) -> float:
    """Wait until all has arrived, or nothing has for QUIET_S; return when the last new one did."""
    arrived, last = 0, time.monotonic()
    while arrived < wanted and time.monotonic() - last < QUIET_S:
        time.sleep(1)
        now = len({(each.agency, each.incident, each.sequence) for each in taken_in(folder)})
        if now > arrived:
            arrived, last = now, time.monotonic()
    return last


def rows(house: House, query: str) -> int:
    """Return the one number *query* asks for."""
    engine = create_engine(house.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def taken_in(folder: Path) -> list[Taken]:
    """Return every copy that the agencies took, in that order."""
    found = []
    for line in (folder / "taken").read_text("ascii").splitlines():
        at, agency, name, incident, sequence, most = line.split("\t")
        found.append(Taken(float(at), agency, name, incident, int(sequence), int(most)))
    return found
