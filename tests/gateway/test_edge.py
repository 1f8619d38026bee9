"""What happens to every question at the gate, whatever is behind it."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from gateway.access.roles import Role
from gateway.edge import LARGEST_BODY, Edge
from gateway.passage import current_request_id, new_id, request_id
from tests.gateway.gate import CANARY, Gate, ask_raw, key_for


@pytest.fixture
async def dispatcher():
    """Stand before the small gateway with a dispatcher's key."""
    key, text = key_for(Role.DISPATCHER)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        yield gate, caller, [(b"authorization", b"Bearer " + text.encode())]


def _edge(app, **options):
    return Edge(app, environment="demo", registry=CollectorRegistry(), **options)


async def _fine(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"fine"})


async def test_every_answer_carries_environment_id_and_protection(dispatcher):
    """Good answers, refusals and what does not exist alike."""
    _, caller, _ = dispatcher
    seen = set()
    for path in ("/open", "/v1/who", "/v1/nothing", "/v1/broken"):
        headers = (await caller.get(path)).headers
        assert headers["gerbang-environment"] == "demo"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        seen.add(headers["gerbang-request-id"])
    assert len(seen) == 4


async def test_a_page_may_set_its_own_policy():
    """The console needs its style sheet; nothing is sent twice."""

    async def page(scope, receive, send):
        own = [(b"content-security-policy", b"default-src 'self'")]
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body"})

    _, headers, _ = await ask_raw(_edge(page))
    policies = [value for name, value in headers if name == b"content-security-policy"]
    assert policies == [b"default-src 'self'"]


async def test_an_answer_used_twice_does_not_collect_headers():
    """A prebuilt answer stays as it was built."""
    own = [(b"content-type", b"text/plain")]

    async def prebuilt(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body"})

    edge = _edge(prebuilt)
    first, second = await ask_raw(edge), await ask_raw(edge)
    assert len(first[1]) == len(second[1])
    assert len(own) == 1


def test_an_id_never_looks_like_somebodys_number():
    """Letters only; and no two alike."""
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(each.isalpha() and len(each) == 32 for each in ids)


async def test_one_id_is_shared_by_everything_a_question_causes():
    """Route, log lines and answer; never an id the caller chose."""
    seen = []

    async def app(scope, receive, send):
        from starlette.requests import Request

        seen.extend((request_id(Request(scope)), current_request_id()))
        await _fine(scope, receive, send)

    chosen = [(b"gerbang-request-id", CANARY.encode()), (b"traceparent", b"00-" + b"1" * 32 + b"-01-01")]
    _, headers, _ = await ask_raw(_edge(app), headers=chosen)
    own = dict(headers)[b"gerbang-request-id"].decode()
    assert seen == [own, own]
    assert own != CANARY


async def test_a_body_that_says_it_is_too_large_is_not_even_opened():
    """413 without the route having been asked."""
    asked = []

    async def app(scope, receive, send):
        asked.append(1)

    headers = [(b"content-length", str(LARGEST_BODY + 1).encode())]
    status, _, body = await ask_raw(_edge(app), method="POST", headers=headers)
    assert (status, asked) == (413, [])
    assert b"urn:gerbang:problem:body-too-large" in body


@pytest.mark.parametrize("declared", [None, b"10", b"-5", b"1e3", "١".encode()])
async def test_a_body_that_grows_too_large_is_cut_off(dispatcher, declared):
    """Chunked or lying about its length: it is counted."""
    gate, _, headers = dispatcher
    headers = [*headers, (b"content-type", b"application/json")]
    if declared is not None:
        headers.append((b"content-length", declared))
    body = [b"[" * 65536] * 5
    status, _, said = await ask_raw(gate.app, method="POST", path="/v1/persons", headers=headers, body=body)
    assert (status, b"body-too-large" in said) == (413, True)


async def test_a_body_of_the_largest_size_passes(dispatcher):
    """The cap is the cap, not one less."""
    gate, _, headers = dispatcher
    body = b'{"nik": "1571015203909901"}'
    padded = body + b" " * (LARGEST_BODY - len(body))
    headers = [*headers, (b"content-type", b"application/json")]
    status, _, _ = await ask_raw(gate.app, method="POST", path="/v1/persons", headers=headers, body=[padded])
    assert status == 200


async def test_the_unexpected_is_a_500_without_a_word_of_it(dispatcher):
    """No traceback, no exception text, no NIK; the id leads to the log."""
    _, caller, _ = dispatcher
    response = await caller.get("/v1/broken")
    assert response.status_code == 500
    assert response.json()["type"] == "urn:gerbang:problem:broken"
    assert response.json()["fault"] == "gerbang"
    assert response.json()["request"] == response.headers["gerbang-request-id"]
    for word in (CANARY, "ValueError", "Traceback", "gate.py"):
        assert word not in response.text


async def test_what_breaks_after_the_answer_began_is_not_answered_twice():
    """The server sees an unfinished answer and closes the connection."""

    async def half(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    status, _, body = await ask_raw(_edge(half))
    assert (status, body) == (200, b"")


async def test_times_are_counted_by_template_and_never_by_path(dispatcher):
    """A path may hold a NIK, and each new one would be a new series."""
    gate, caller, _ = dispatcher
    for number in range(5):
        await caller.get(f"/v1/items/{number}")
        await caller.get(f"/v1/{CANARY}{number}")
        await caller.request(f"FOO{CANARY[:number]}", "/open")
    text = generate_latest(gate.registry).decode()
    counts = sorted(line for line in text.splitlines() if line.startswith("gerbang_http_seconds_count"))
    assert counts == [
        'gerbang_http_seconds_count{method="GET",route="/v1/items/{item}",status="200"} 5.0',
        'gerbang_http_seconds_count{method="GET",route="unmatched",status="404"} 5.0',
        'gerbang_http_seconds_count{method="other",route="/open",status="405"} 5.0',
    ]
    assert CANARY not in text


async def test_nothing_but_http_is_spoken_here():
    """A WebSocket has no role to declare."""
    sent = []

    async def send(message):
        sent.append(message)

    await _edge(_fine)({"type": "websocket"}, None, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_the_lifespan_passes_untouched():
    """Start and stop are the application's."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)

    scope = {"type": "lifespan"}
    await _edge(app)(scope, None, None)
    assert seen == [scope]
