"""Thousands of broken questions: no crash, and the canary's number nowhere it was not sent."""

import io
import random
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from prometheus_client import generate_latest

from gateway.access import store
from gateway.access.roles import Role
from gateway.db import Database
from tests.gateway.gate import CANARY, Gate, Notebook, ask_raw, key_for, log_into

SEED = 20261124
QUESTIONS = 5000

PERSON = f'{{"nik": "{CANARY}", "age": 40, "weight": 61.5, "notes": ["a"]}}'.encode()
NEW_KEY = b'{"role": "dispatcher", "holder": "desk", "days": 3}'
BEDS = b"need=icu&lat=-1.6&fresh=true&limit=3&word=a"

# Whole questions, each good as it stands.
WHOLE = [
    (Role.DISPATCHER, "GET", "/v1/beds", BEDS, b""),
    (Role.DISPATCHER, "POST", "/v1/persons", b"", PERSON),
    (Role.DISPATCHER, "GET", "/v1/items/7", b"deep=1", b""),
    (Role.AUDITOR, "GET", "/v1/who", b"", b""),
    (Role.ADMIN, "POST", "/v1/keys", b"", NEW_KEY),
    (Role.ADMIN, "DELETE", "/v1/keys/abcdefghij", b"", b""),
    (Role.ADMIN, "GET", "/v1/keys", b"", b""),
    (Role.PARTNER, "GET", "/open", f"nik={CANARY}".encode(), b""),
]
TYPES = [b"application/json", b"text/plain", b"application/x-www-form-urlencoded", b"", b"application/\xff"]
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", CANARY]
SPLINTERS = [
    *(b"\\ud800", b"NaN", b"1e999", b"-0", b"\x00", b"\xff", b"%00", b"%ff", b"&", b"=", b'"', b"{", b"[[[["),
    *(
        b"9" * 40,
        b"null",
        b"true",
        b"\r\n",
        CANARY.encode(),
        b"..",
        b"/",
        "é".encode(),
        b"%ED%A0%80",
        b"need=",
    ),
]


def _mutated(chance: random.Random, text: bytes) -> bytes:
    broken = bytearray(text)
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(broken) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            broken[at:at] = chance.choice(SPLINTERS)
        elif kind == 1:
            del broken[at : at + chance.randrange(1, 8)]
        elif kind == 2 and at < len(broken):
            broken[at] = chance.randrange(256)
        else:
            broken[at:at] = broken[:at][-20:]
    return bytes(broken)


def _question(chance: random.Random, keys: dict[Role, bytes]) -> dict[str, Any]:
    """Return one of the whole questions with none, one or all of its parts broken."""

    def maybe(text: bytes) -> bytes:
        return _mutated(chance, text) if chance.random() < 0.4 else text

    role, method, path, query, body = chance.choice(WHOLE)
    sent = maybe(body)
    return {
        "method": method if chance.random() < 0.9 else chance.choice(METHODS),
        "path": maybe(path.encode()).decode("utf-8", "surrogateescape"),
        "query": maybe(query),
        "headers": [
            (b"authorization", b"Bearer " + (keys[role] if chance.random() < 0.9 else maybe(keys[role]))),
            (b"content-type", chance.choice(TYPES)),
            (b"x-nik", CANARY.encode()),
            (b"idempotency-key", maybe(b"order-%d" % chance.randrange(1000))),
            (b"gerbang-request-id", CANARY.encode()),
        ],
        "body": [sent[:10], sent[10:]],
    }


@pytest.mark.slow
async def test_no_broken_question_breaks_the_gate_or_spreads_a_nik(sqlite_url):
    """Path, query, headers and body, broken in every way: every answer below 500, the number in none."""
    chance, notebook, log = random.Random(SEED), Notebook(), io.BytesIO()
    database = Database(sqlite_url, notebook)
    await database.start()
    keys = {role: key_for(role, at=datetime.now(UTC)) for role in Role}
    for key, _ in keys.values():
        await database.write(partial(store.insert_key, key=key), entries=[object()])
    texts = {role: text.encode() for role, (_, text) in keys.items()}
    statuses: Counter[int] = Counter()
    with log_into(log, level="debug"):
        async with Gate([], database=database) as gate:
            gate.clock.at = datetime.now(UTC)
            for _ in range(QUESTIONS):
                status, headers, said = await ask_raw(gate.app, **_question(chance, texts))
                statuses[status] += 1
                assert status < 500, said
                assert CANARY.encode() not in said, said
                assert CANARY.encode() not in repr(headers).encode()
            assert CANARY not in generate_latest(gate.registry).decode()
            assert CANARY not in repr(gate.notebook.entries)
    await database.close()
    assert CANARY not in repr(notebook.entries)
    assert CANARY.encode() not in log.getvalue()
    assert all(statuses[status] > 50 for status in (200, 201, 401, 404, 405, 422)), statuses
