"""Connects the demo's agencies back: each gets a key, and its officers' words go to the gateway."""

from sandbox.agencies.table import AGENCIES
from sandbox.bpbd.station import NAME as BPBD

from .api import post, put

CALLING_BACK = (*(agency.id for agency in AGENCIES if agency.id != "dispatch"), BPBD)


def keys_of_agencies(url: str, *, admin: str, known: dict[str, str]) -> dict[str, str]:
    """Return their keys by their names in demo.env, making those that are missing. Raises Failed."""
    keys = {}
    for agency in (*CALLING_BACK, "dispatch"):
        name = _name(agency)
        order = {"role": "partner", "holder": f"demo {agency}", "partner": agency}
        keys[name] = known.get(name) or str(post(f"{url}/v1/keys", order, key=admin)["key"])
    return keys


def connect(url: str, sandbox: str, keys: dict[str, str]) -> None:
    """Have their officers read, accept and set out some seconds after a message came. Raises Failed."""
    for agency in CALLING_BACK:
        door = f"{sandbox}/door/{agency}" if agency == BPBD else f"{sandbox}/door/agencies/{agency}"
        receipts = f"{url}/v1/callbacks/{agency}/receipts"
        put(f"{door}/callback", {"token": keys[_name(agency)], "url": receipts})


def _name(agency: str) -> str:
    return f"GERBANG_KEY_OF_{agency.upper().replace('-', '_')}"
