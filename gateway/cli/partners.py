"""`gerbang partners`: how each partner stands; make one live; try out its endpoint."""

import argparse
from typing import Any

from gateway.partners.shape import Standing, is_id

from . import partner_check
from .gatewaylink import ask, link
from .wrong import Wrong

STANDINGS = tuple(str(each) for each in Standing)


def add_verbs(verbs: Any) -> None:
    """Add `partners list | standing | golive | test | check`."""
    partners = verbs.add_parser("partners", help="partner agencies")
    partners = partners.add_subparsers(required=True, metavar="VERB")
    partners.add_parser("list", help="list partners and what waits for each").set_defaults(run=list_partners)
    verb = partners.add_parser("standing", help="say how far a partner is")
    verb.add_argument("name")
    verb.add_argument("standing", choices=STANDINGS)
    verb.add_argument("--reason", required=True, help="why; it stands in the audit log")
    verb.set_defaults(run=set_standing)
    verb = partners.add_parser("golive", help="tell it from now on, and of what is still open")
    verb.add_argument("name")
    verb.add_argument("--reason", default="golive", help="why; it stands in the audit log")
    verb.set_defaults(run=go_live)
    verb = partners.add_parser("test", help="have the running gateway send one test message")
    verb.add_argument("name")
    verb.set_defaults(run=send_test)
    verb = partners.add_parser("check", help="try out its real endpoint with drills: 0 all kept, 1 not")
    verb.add_argument("name")
    verb.set_defaults(run=partner_check.check)


def list_partners(arguments: argparse.Namespace) -> None:
    """Print one line per partner."""
    del arguments
    with link() as gateway:
        for partner in ask(gateway, "GET", "/v1/partners")["partners"]:
            print(_line(partner))


def _line(partner: dict[str, Any]) -> str:
    since = f" since {partner['standing_since']}" if partner["standing_since"] else ""
    burden = ", ".join(
        f"{'?' if partner[name] is None else partner[name]} {name}"
        for name in ("held", "waiting", "alarmed", "dead")
        if partner[name] != 0
    )
    words = (partner["id"], partner["kind"] or "telephone", f"{partner['standing']}{since}", partner["name"])
    return "  ".join((*words, burden) if burden else words)


def set_standing(arguments: argparse.Namespace) -> None:
    """Have the running gateway change it, and say what became of what had waited."""
    _change(_id(arguments), arguments.standing, arguments.reason)


def go_live(arguments: argparse.Namespace) -> None:
    """Have the partner told from now on, and say what was released, gathered and dropped."""
    _change(_id(arguments), str(Standing.LIVE), arguments.reason)


def _change(name: str, standing: str, reason: str) -> None:
    with link() as gateway:
        body = {"standing": standing, "reason": reason}
        done = ask(gateway, "POST", f"/v1/partners/{name}/standing", json=body, timeout=120)
    print(f"{done['name']} ({done['partner']}): {done['before']} -> {done['standing']}")
    for line in _told(done):
        print(f"  {line}")


def _told(done: dict[str, Any]) -> list[str]:
    """Say in words what became of what had waited."""
    words = {
        "released": "go out now, each with its newest picture, marked as delayed",
        "superseded": "older pictures need not go out any more",
        "in_digest": "were over before they could be told: one digest tells of them",
        "expired": "came too late to be of use, and are closed with that reason",
        "over": "drills are over and need not be told",
        "held": "are held from now on: it is NOT told, telephone",
    }
    said = [f"{done[name]} {text}" for name, text in words.items() if done[name]]
    if not done["finished"]:
        said.append("the rest follows by itself within seconds")
    return said or ["nothing had waited"]


def send_test(arguments: argparse.Namespace) -> int:
    """Print what came of one test message; 1 when it was not taken."""
    with link() as gateway:
        done = ask(gateway, "POST", f"/v1/partners/{_id(arguments)}/test", timeout=30)
    print(f"{done['name']} ({done['partner']}): {done['words']}, {done['elapsed_ms']} ms")
    for receipt in done["receipts"]:
        print(f"  receipt: {receipt['state']}")
    return 0 if done["taken"] else 1


def _id(arguments: argparse.Namespace) -> str:
    """Return the name given, which becomes part of an address. Raises Wrong."""
    name = arguments.name
    if not is_id(name):
        raise Wrong(f"{name!r} is no partner's id: small letters, digits and dashes")
    return name
