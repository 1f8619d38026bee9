"""Two gateways on one PostgreSQL: both serve; one is killed, the other has what it held; both logs hold."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.postgres import Server, fresh
from tests.running import House, Sandbox, Second
from tests.trust import TRUST

from .evidence import Record, records
from .referral_desk import Desk, events, states

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("as_anybody_does")]

READY_S = 10.0
TAKEN_OVER_S = 15.0
SEARCHED, CONDITIONAL = "rs-bratanata", "rs-siloam"
TICKED = ["haemodynamic"]
_names = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, postgres: Server) -> Iterator[House]:
    """The first gateway, `a`; people's keys lie on PostgreSQL too, and secrets in a folder that all share."""
    folder = tmp_path_factory.mktemp("house")
    postgres.run("create database keys_of_two")
    try:
        with fresh(postgres) as url:
            settings = {
                "database_url": url,
                "keys_url": postgres.url("keys_of_two"),
                "secrets_dir": str(folder / "var" / "secrets"),
                "replica": "a",
                "capacity_refresh_s": "1",
                "approval_reminder_s": "3",
                "answer_routine_s": "120",
            }
            with House(folder, sandbox, **settings) as running:
                yield running
    finally:
        postgres.run("drop database keys_of_two with (force)")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Second]:
    """The second gateway, `b`, running."""
    gateway = Second(tmp_path_factory.mktemp("second"), house)
    gateway.start()
    yield gateway
    gateway.stop()


def _until(wanted: Callable[[], object], *, within_s: float) -> float:
    """Wait until it is so; return the seconds it took."""
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < within_s, "it does not come"
        time.sleep(0.05)
    return time.monotonic() - began


def _see(gateway: House | Second, referral: str) -> dict[str, Any]:
    with gateway.client("operator") as operator:
        return dict(operator.get(f"/v1/referrals/{referral}").raise_for_status().json())


def _logs(told: list[Record], act: str) -> list[str]:
    """Return in whose logs *act* stands, in the order of time."""
    its = sorted((each["ts"], each["log"].split("/")[1]) for each in told if each["act"] == act)
    return [log for _, log in its]


def test_both_serve_the_same_house(house: House, second: Second, sandbox: Sandbox) -> None:
    """What one is told the other knows: a referral, declared beds, a key that was made."""
    desk = Desk(house, sandbox)
    desk.hospital(CONDITIONAL, "accept")
    referral = desk.new("break_glass", CONDITIONAL, criteria=TICKED)
    _until(lambda: states(_see(second, referral))[CONDITIONAL] == "chosen", within_s=20)
    with house.client("admin") as admin, second.client("dispatcher") as dispatcher:
        made = admin.post("/v1/keys", json={"role": "auditor", "holder": "of a"}).json()
        headers = {"Authorization": f"Bearer {made['key']}"}
        _until(
            lambda: (
                httpx.get(
                    f"{second.url}/v1/alarms", headers=headers, trust_env=False, verify=TRUST
                ).status_code
                == 200
            ),
            within_s=8,
        )
        told = {"need": "icu", "free": 7, "told_by": "Perawat jaga (contoh)"}
        with house.client("operator") as operator:
            operator.put("/v1/hospitals/rsud-sayoeti/declared-capacity", json=told).raise_for_status()

        def free() -> Any:
            seen = dispatcher.get("/v1/capacity", params={"need": "icu"}).json()["hospitals"]
            return next(each["free"] for each in seen if each["id"] == "rsud-sayoeti")

        _until(lambda: free() == 7, within_s=8)
    assert {each["act"] for each in records(house)} >= {"referral.conveyed"}


def test_one_goes_round_for_both(house: House, second: Second) -> None:
    """Hospitals are asked once a round, not once a round by everybody; when it dies the other one goes on."""
    time.sleep(4)
    before = records(house)
    rounds = _logs(before, "capacity.refreshed")
    assert set(rounds[-3:]) == {"a"}
    house.kill()
    _until(lambda: _logs(records(house), "capacity.refreshed")[-1] == "b", within_s=TAKEN_OVER_S)
    assert house.start() < READY_S
    time.sleep(3)
    assert set(_logs(records(house), "capacity.refreshed")[-2:]) == {"b"}


def test_what_a_killed_one_held_is_taken_over(
    house: House, second: Second, sandbox: Sandbox, record_property: Callable[[str, object], None]
) -> None:
    """Conveyances under way when the plug is pulled: one copy at the hospital each, and in time."""
    desk = Desk(house, sandbox)
    desk.hospital(SEARCHED, "silent")
    sandbox.trouble(SEARCHED, "slow", seconds=3)
    referrals = [desk.new("break_glass", SEARCHED, criteria=TICKED) for _ in range(6)]
    waiting = desk.new("submit", CONDITIONAL)
    time.sleep(0.5)
    house.kill()
    sandbox.mend(SEARCHED)
    sandbox.troubled = False

    def all_sent() -> bool:
        return all(states(_see(second, each))[SEARCHED] == "sent" for each in referrals)

    took_s = _until(all_sent, within_s=TAKEN_OVER_S)
    record_property("figure", f"six conveyances of a killed gateway: taken over after {took_s:.1f} s")
    for referral in referrals:
        requests, tasks = desk.kept_of(SEARCHED, referral)
        assert (len(requests), len(tasks)) == (1, 1)
    _until(lambda: "reminder" in events(_see(second, waiting)), within_s=TAKEN_OVER_S)
    assert house.start() < READY_S
    told = [each for each in records(house) if each.get("obj", {}).get("id") in {*referrals, waiting}]
    assert len({each["log"] for each in told}) == 2
    assert sum(each["act"] == "referral.reminded" for each in told) == 1


def test_the_export_holds_both_logs_and_is_intact(house: House, second: Second) -> None:
    """Each has its own chain and keys; whoever examines them needs no more than the export."""
    time.sleep(1.5)
    folder = house.export()
    said = house.gerbang("audit", "verify", str(folder), "--policy", str(folder / "policy.txt"))
    assert "INTACT" in said
    assert {each["log"].split("/")[1] for each in records(house)} == {"a", "b"}


def test_a_third_of_the_same_name_does_not_start(house: House, second: Second, tmp_path: Path) -> None:
    """It could not write its log, and would take turns all the same; it says which name is taken."""
    twin = Second(tmp_path, house, replica="a")
    with pytest.raises(AssertionError, match="GERBANG_REPLICA: a gateway named a is running already"):
        twin.start()
    with house.client("dispatcher") as dispatcher:
        assert dispatcher.get("/v1/capacity", params={"need": "icu"}).json()["audit"] == "durable"


def test_two_may_make_a_new_house_at_once(
    tmp_path: Path, sandbox: Sandbox, house: House, postgres: Server
) -> None:
    """On empty databases and an empty folder of secrets: one makes each thing, the other finds it."""
    names = [f"new_{next(_names)}", f"new_keys_{next(_names)}"]
    for name in names:
        postgres.run(f"create database {name}")
    new = {"GERBANG_DATABASE_URL": postgres.url(names[0]), "GERBANG_KEYS_URL": postgres.url(names[1])}
    both = [Second(tmp_path, house, replica=name) for name in ("one", "two")]
    secrets = tmp_path / "secrets"
    secrets.mkdir(mode=0o700)
    for file in (house.data / "secrets").iterdir():
        if not file.name.endswith(".key"):
            (secrets / file.name).write_bytes(file.read_bytes())
    try:
        for each in both:
            each.environment |= new | {"GERBANG_SECRETS_DIR": str(secrets)}
        with ThreadPoolExecutor() as pool:
            assert len(list(pool.map(Second.start, both))) == 2
    finally:
        for each in both:
            each.stop()
        for name in names:
            postgres.run(f"drop database {name} with (force)")
