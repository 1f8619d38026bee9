"""What a test tells an agency: bodies written by hand, signed by the library partners use and not by us."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

Json = dict[str, Any]

POLICE, DAMKAR = "polresta-jambi", "damkar"
_NUMBERS = count(1)


def new_id() -> str:
    """Return an id nobody has used yet."""
    return f"n-contoh{next(_NUMBERS):07}"


def event(message: str, **more: Any) -> Json:
    """Return the body of a webhook; *more* goes into its data."""
    now = datetime.now(UTC)
    return {
        "specversion": "1.0",
        "id": message,
        "source": "urn:gerbang:112-jambi",
        "type": "id.jambi.112.alert.v1",
        "subject": "i-contoh",
        "time": now.isoformat(),
        "expirytime": (now + timedelta(hours=1)).isoformat(),
        "sequence": 1,
        "datacontenttype": "application/json",
        "drill": False,
        "environment": "demo",
        "data": {"number": 1, "kind": "alert", "incident": "i-contoh", "category": "fire", **more},
    }


def case(message: str, *, case_id: str = "i-contoh", sequence: int = 1, **more: Any) -> Json:
    """Return an envelope that hands a case over; *more* goes into the case."""
    now = datetime.now(UTC)
    label = {"id": "Kejahatan", "en": "Crime"}
    told = {
        "caseId": case_id,
        "sequence": sequence,
        "status": "OPEN",
        "qualification": {"code": "CRIME", "label": label},
        "priority": "P1",
        **more,
    }
    return {
        "distributionID": f"id.jambi.112_{message}",
        "senderID": "id.jambi.112",
        "dateTimeSent": now.isoformat(),
        "dateTimeExpires": (now + timedelta(hours=1)).isoformat(),
        "distributionStatus": "Test",
        "distributionKind": "Report",
        "explicitAddress": {"scheme": "gerbang", "value": POLICE},
        "content": {"number": 1, "case": told},
    }


class Told:
    """One agency of a sandbox, and how to speak to it."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self.client = client
        self.name = name
        self.door = f"/door/agencies/{name}"
        row = client.get("/door/agencies").raise_for_status().json()[name]
        self.path, self.secret = row["path"], row["secret"]

    def headers(
        self, message: str, body: str, *, at: datetime | None = None, **secret: str
    ) -> dict[str, str]:
        """Return what proves *body*."""
        at = at or datetime.now(UTC)
        signature = Webhook(secret.get("secret", self.secret)).sign(message, at, body)
        return {
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
            "content-type": "application/json",
        }

    def tell(self, message: str, body: Json | str, **changes: Any) -> httpx.Response:
        """Post *body* signed; *changes* are headers in place of right ones."""
        text = body if isinstance(body, str) else json.dumps(body)
        changed = {name.replace("_", "-"): value for name, value in changes.items()}
        return self.client.post(self.path, content=text, headers=self.headers(message, text) | changed)

    def received(self) -> Json:
        """Return what the door shows of it."""
        shown: Json = self.client.get(f"{self.door}/received").raise_for_status().json()
        return shown

    def behave(self, **wish: Any) -> None:
        """Set the officer's script and the system's habits."""
        self.client.put(self.door, json=wish).raise_for_status()
