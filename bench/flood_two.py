"""
The flood on PostgreSQL with two gateways, one of which is killed -9 every five seconds, in turn.

What a killed one held the other takes over; no agency has to hold more than its limit, whoever asks.
"""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import postgres

from .bars import Bar
from .flooding import AGENCIES, FAILING, flooded, house_of
from .houses import House, Program, Sandbox, Second

INCIDENTS, ASKERS = 200, 4  # no faster than is delivered: a backlog would hide who takes over
HOLDING_S = 0.05  # long enough for an agency's places to be full
PLACES = 8
READY_S, TAKEN_OVER_S = 10.0, 15.0
LOOK_S = 0.1
CUT_OFF_S = 2.0  # an exchange is over long before that, if nobody was killed over it
_UNDER_WAY = "SELECT id, attempts FROM notification WHERE delivery = 'queued' AND attempts != failures"


def measure(folder: Path) -> list[Bar]:
    """Flood two gateways; the server syncs as a real one does."""
    binaries, home = postgres.find_binaries(), postgres.make_folder(durable=True)
    assert binaries is not None, "no PostgreSQL is here"
    server = postgres.start(binaries, home, fsync=True)
    try:
        return _measured(folder, server)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _measured(folder: Path, server: postgres.Server) -> list[Bar]:
    for name in ("house", "keys"):
        server.run(f"create database {name}")
    with (
        Sandbox(folder) as sandbox,
        Program(folder, "agency", str(FAILING), str(HOLDING_S), str(folder)) as agency,
        house_of(
            folder,
            sandbox,
            agency.port,
            AGENCIES,
            places=PLACES,
            database_url=server.url("house"),
            keys_url=server.url("keys"),
            secrets_dir=str(folder / "var" / "secrets"),
            replica="a",
        ) as house,
        _second(folder, house) as second,
        _watched(server) as taken_over,
    ):
        flood = flooded([house, second], folder, incidents=INCIDENTS, askers=ASKERS)
    most = max(each.most for each in flood.taken)
    return [
        *flood.bars("flood_two", ready_s=READY_S),
        Bar("flood_two.at_once", "most an agency had to hold", most, "", at_most=PLACES),
        Bar(
            "flood_two.taken_over",
            f"slowest of {len(taken_over)} a killed one held",
            max(taken_over),
            "s",
            at_most=TAKEN_OVER_S,
        ),
    ]


@contextmanager
def _second(folder: Path, house: House) -> Iterator[Second]:
    gateway = Second(folder, house)
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


@contextmanager
def _watched(server: postgres.Server) -> Iterator[list[float]]:
    """Yield how long each attempt that was cut off stayed without an outcome, until somebody tried again."""
    took: list[float] = []
    over = threading.Event()

    def watch() -> None:
        since: dict[tuple[str, int], float] = {}
        with psycopg.connect(
            host=str(server.folder), user="gerbang", dbname="house", autocommit=True
        ) as here:
            while not over.wait(LOOK_S):
                now = time.monotonic()
                under_way = {(row[0], row[1]) for row in here.execute(_UNDER_WAY)}
                lasted = [now - since.pop(each) for each in since.keys() - under_way]
                took.extend(each for each in lasted if each > CUT_OFF_S)
                since |= dict.fromkeys(under_way - since.keys(), now)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield took
    finally:
        over.set()
        watcher.join()
