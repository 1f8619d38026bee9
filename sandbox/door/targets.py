"""Whom a request is for: the names it goes by at the door, nearest first."""

from starlette.datastructures import Headers
from starlette.types import Scope

from sandbox.world import World

ALL_HOSPITALS, ALL_AGENCIES, SATUSEHAT, VCLAIM = "hospitals", "agencies", "satusehat", "vclaim"
ALONE = (
    SATUSEHAT,
    VCLAIM,
    "sms",
    "push",
    "bpbd",
    "bmkg",
)  # targets that are no hospital, each a system of its own
_FIRST_PARTS = {"vclaim-rest": VCLAIM, "sms": "sms", "push": "push", "bpbd": "bpbd", "bmkg": "bmkg"}
_KNOWN = frozenset(
    "metadata Location Organization ServiceRequest Task CarePlan accesstoken Peserta sms push"
    " cases hook cap nowcast TEWS".split()
)


def bearer_of(scope: Scope) -> str:
    """Return the bearer token, empty when there is none."""
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def targets_of(scope: Scope, world: World) -> tuple[str, ...]:
    """Return () for what is no partner's."""
    parts = f"{scope['path']}/".split("/")
    if parts[1] == "rs" and len(parts) > 2 and parts[2] in world.hospitals:
        return (parts[2], ALL_HOSPITALS)
    if parts[1] == ALL_AGENCIES and parts[2] in world.agencies:
        return (parts[2], ALL_AGENCIES)
    if parts[1] == "satusehat":
        holder = world.tokens.holder(bearer_of(scope), world.now())
        return (holder, SATUSEHAT, ALL_HOSPITALS) if holder else (SATUSEHAT, ALL_HOSPITALS)
    name = _FIRST_PARTS.get(parts[1])
    return (name,) if name else ()


def question_of(scope: Scope) -> str:
    """Return the kind of question, without any number from the path."""
    kind = next((part for part in scope["path"].split("/") if part in _KNOWN), "other")
    return f"{scope['method']} {kind}"


def systems_of(name: str, world: World) -> frozenset[str]:
    """Return the systems behind a target's name; empty for no target."""
    if name == ALL_HOSPITALS:
        return frozenset({"r4", "satusehat"})
    if name == ALL_AGENCIES or name in world.agencies:
        return frozenset({"agency"})
    if name in ALONE:
        return frozenset({name})
    hospital = world.hospitals.get(name)
    return frozenset({hospital.row.system} if hospital and hospital.bearers else ())
