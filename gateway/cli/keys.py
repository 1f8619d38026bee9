"""`gerbang keys`: access keys; `bootstrap` makes the first one while the gateway is not running."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.audit import SYSTEM
from gateway.access import entries, store
from gateway.access.keys import AccessKey, KeyOrder, mint
from gateway.access.roles import Role
from gateway.audit.files import keep_private
from gateway.db import Database
from gateway.ground import Ground, open_log, prepare, read_settings

from .gatewaylink import ask, link
from .wrong import Wrong


def add_verbs(verbs: Any) -> None:
    """Add `keys bootstrap | create | list | revoke`."""
    keys = verbs.add_parser("keys", help="access keys").add_subparsers(required=True, metavar="VERB")
    verb = keys.add_parser("bootstrap", help="make the first admin key; the gateway must not be running")
    verb.add_argument("--to", type=Path, help="write it there (owner only) before it is valid, print nothing")
    verb.set_defaults(run=bootstrap)
    verb = keys.add_parser("create", help="make a key; it is printed once")
    verb.add_argument("--role", required=True)
    verb.add_argument("--holder", required=True, help="who will use it")
    verb.add_argument("--partner", help="the partner a key of role `partner` speaks for")
    verb.add_argument("--days", type=int, help="days until it expires, 365 when absent")
    verb.set_defaults(run=create)
    keys.add_parser("list", help="list keys, never their secrets").set_defaults(run=list_keys)
    verb = keys.add_parser("revoke", help="end a key at once")
    verb.add_argument("id")
    verb.set_defaults(run=revoke)


def bootstrap(arguments: argparse.Namespace) -> None:
    """Print the first admin key, or file it. Raises Wrong while the gateway runs or an admin key exists."""
    with prepare(read_settings()) as ground:
        text = asyncio.run(_first_key(ground, file=arguments.to))
    if arguments.to is None:
        print(text)


async def _first_key(ground: Ground, *, file: Path | None) -> str:
    """Make the key with its audit entry, as the running gateway would; filed first, it cannot be lost."""
    database = Database(ground.settings.url, open_log(ground.settings))
    await database.start()
    try:
        if any(_opens(key) for key in await database.read(store.load_keys)):
            raise Wrong("there is an admin key already; it can make others: gerbang keys create")
        order = KeyOrder(Role.ADMIN, "bootstrap")
        environment = str(ground.settings.environment)
        key, text = mint(order, environment=environment, by=SYSTEM.id, at=datetime.now(UTC))
        entry = entries.created(key, "created", by=SYSTEM, request=None)
        if file is not None:
            keep_private(file, f"{text}\n".encode())
        await database.write(lambda connection: store.insert_key(connection, key), entries=[entry])
    finally:
        await database.close()
    return text


def _opens(key: AccessKey) -> bool:
    return key.role is Role.ADMIN and key.state(datetime.now(UTC)) in ("active", "expiring")


def create(arguments: argparse.Namespace) -> None:
    """Print a new key of the running gateway."""
    wanted = {name: getattr(arguments, name) for name in ("role", "holder", "partner", "days")}
    body = {name: value for name, value in wanted.items() if value is not None}
    with link() as gateway:
        print(ask(gateway, "POST", "/v1/keys", json=body)["key"])


def list_keys(arguments: argparse.Namespace) -> None:
    """Print one line per key."""
    del arguments
    with link() as gateway:
        for key in ask(gateway, "GET", "/v1/keys")["keys"]:
            state = "revoked" if key["revoked_at"] else f"expires {key['expires_at']}"
            speaks_for = f" ({key['partner']})" if key["partner"] else ""
            print(f"{key['id']}  {key['role']}{speaks_for}  {key['holder']}  {state}")


def revoke(arguments: argparse.Namespace) -> None:
    """End a key; from this moment on it opens nothing."""
    with link() as gateway:
        ask(gateway, "DELETE", f"/v1/keys/{arguments.id}")
    print(f"{arguments.id} revoked")
