"""One suite for every folder under adapters/: what each of them promises, proven for each of them."""

import ast
import asyncio
import json
import re
import tomllib
from collections.abc import Awaitable, Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

import adapters
from contracts import (
    Busy,
    CapacityReport,
    ChecksEligibility,
    Conveyed,
    CoverageAnswer,
    Garbled,
    NoAnswer,
    NotAccepted,
    PartnerError,
    ReadsReceipts,
    ReferralAnswer,
    ReportsCapacity,
    ReportsWarnings,
    TakesAlerts,
    TakesChanges,
    TakesReferrals,
    Unreachable,
    WakesPeople,
    WarningReport,
)
from contracts.ports import Adapter
from tests.trust import TRUST

HOUSE = Path(adapters.__file__).parent
SHARED = {"cap"}  # a format of two kinds, and no kind of its own
KINDS = sorted({folder.parent.name for folder in HOUSE.glob("*/__init__.py")} - SHARED)
WIRE = Path(__file__).parents[1] / "wire"
PORTS = (
    ReportsCapacity,
    ChecksEligibility,
    TakesReferrals,
    TakesAlerts,
    TakesChanges,
    ReadsReceipts,
    ReportsWarnings,
    WakesPeople,
)
ANSWERS = (CapacityReport, CoverageAnswer, ReferralAnswer, Conveyed, WarningReport)
PROMISES = {
    "settings_documented",
    "secrets_masked",
    "client_injected",
    "every_fault_named",
    "same_key_twice_harmless",
    "logs_once_down_once_back",
    "unknown_code_kept",
    "wire_examples_dated",
    "sandbox_stateful",
    "owner_reachable",
}
SECRET_NAMES = re.compile("secret|token|password|(^|_)key$")
FAULTS: dict[str, tuple[Exception, type[PartnerError]]] = {
    "refused": (httpx.ConnectError("refused"), Unreachable),
    "connect timeout": (httpx.ConnectTimeout("slow"), Unreachable),
    "no free connection": (httpx.PoolTimeout("full"), Unreachable),
    "proxy": (httpx.ProxyError("proxy"), Unreachable),
    "scheme": (httpx.UnsupportedProtocol("gopher"), Unreachable),
    "read timeout": (httpx.ReadTimeout("slow"), NoAnswer),
    "write timeout": (httpx.WriteTimeout("slow"), NoAnswer),
    "reset while reading": (httpx.ReadError("reset"), NoAnswer),
    "reset while writing": (httpx.WriteError("reset"), NoAnswer),
    "closed without an answer": (httpx.RemoteProtocolError("closed"), NoAnswer),
    "cannot be unpacked": (httpx.DecodingError("gzip"), Garbled),
    "cut off for its length": (httpx.ReadError("answer too long"), Garbled),
    "any other transport fault": (httpx.TransportError("?"), PartnerError),
    "our own bad request": (httpx.LocalProtocolError("header"), PartnerError),
}
STATUSES: dict[int, type[PartnerError]] = {
    204: PartnerError,
    301: Garbled,
    302: Garbled,
    304: Garbled,
    307: Garbled,
    400: PartnerError,
    401: NotAccepted,
    403: NotAccepted,
    404: PartnerError,
    405: PartnerError,
    408: NoAnswer,
    409: PartnerError,
    410: PartnerError,
    418: PartnerError,
    422: PartnerError,
    429: Busy,
    500: NoAnswer,
    501: NoAnswer,
    502: NoAnswer,
    503: Busy,
    504: NoAnswer,
    599: NoAnswer,
}
GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \n ",
    "null": b"null",
    "number": b"7",
    "text": b'"ok"',
    "list": b"[]",
    "object": b"{}",
    "cut": b'{"resourceType": "Bundle", "entry": [{"resou',
    "deep": b"[" * 200_000,
    "deep object": b'{"a":' * 200_000,
    "not utf-8": b'{"resourceType": "\xff\xfe"}',
    "utf-16": '{"resourceType": "Bundle"}'.encode("utf-16"),
    "page": b"<!DOCTYPE html><html><body>502</body></html>",
    "xml": b'<?xml version="1.0"?><Bundle/>',
    "wrong shapes": b'{"resourceType": 5, "metaData": [], "response": {}, "entry": "x"}',
    "binary": bytes(range(256)) * 8,
}

pytestmark = pytest.mark.parametrize("kind", KINDS)


def folder(kind: str) -> Path:
    """Return the adapter's folder."""
    return HOUSE / kind


def adapter(kind: str) -> Adapter:
    """Return what the folder exports."""
    exported: Adapter = import_module(f"adapters.{kind}").ADAPTER
    return exported


def sample(kind: str) -> ModuleType:
    """Return the adapter's own sample settings and questions."""
    return import_module(f"tests.adapters.{kind}.sample")


def taken_by_status(kind: str) -> tuple[type, ...]:
    """Return what a success means whose body says nothing: an error, but where a status alone says it all."""
    allowed: tuple[type, ...] = getattr(sample(kind), "TAKEN_BY_STATUS", ())
    return (*allowed, PartnerError)


def meaning(kind: str, status: int) -> type | tuple[type, ...]:
    """Return what a status means, where the kind's own specification differs from HTTP's."""
    if status == 204:
        return taken_by_status(kind)
    own: dict[int, type[PartnerError]] = getattr(sample(kind), "STATUSES", {})
    return own.get(status, STATUSES[status])


def all_settings(kind: str) -> list[dict[str, Any]]:
    """Return every sample settings, one per way the adapter can be configured."""
    return [sample(kind).SETTINGS, *getattr(sample(kind), "MORE_SETTINGS", [])]


def secrets_of(model: BaseModel) -> list[str]:
    """Return the secrets an operator configured, in plain."""
    values = [getattr(model, name) for name in type(model).model_fields]
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


def card(kind: str) -> dict[str, Any]:
    """Read the adapter's card."""
    return tomllib.loads((folder(kind) / "card.toml").read_text())


def imports_of(path: Path) -> set[str]:
    """Return every module a file imports, relative ones by their dots."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def reached_from(path: Path) -> set[str]:
    """Return what a file and its siblings, as far as it imports them, import."""
    seen: set[Path] = set()
    found: set[str] = set()
    waiting = [path]
    while waiting:
        here = waiting.pop()
        seen.add(here)
        names = imports_of(here)
        found |= names
        near = [path.parent / f"{name.strip('.')}.py" for name in names if name.startswith(".")]
        waiting += [sibling for sibling in near if sibling.exists() and sibling not in seen]
    return found


Asking = Callable[[Any], Awaitable[object]]


async def ask_everything(kind: str, transport: httpx.AsyncBaseTransport | None = None) -> list[object]:
    """Ask each question under each sample settings; return answers and PartnerErrors, nothing else."""
    questions = [(raw, ask) for raw in all_settings(kind) for ask in sample(kind).ASK]
    return [await ask_once(kind, raw, ask, transport) for raw, ask in questions]


async def ask_once(
    kind: str, raw: dict[str, Any], ask: Asking, transport: httpx.AsyncBaseTransport | None
) -> object:
    """Ask one question of a newly connected partner; any error but a PartnerError passes through."""
    async with httpx.AsyncClient(transport=transport, verify=TRUST) as client:
        port = adapter(kind).connect(adapter(kind).settings.model_validate(raw), client)
        try:
            return await ask(port)
        except PartnerError as error:
            assert_discreet(error, kind, raw)
            return error


def assert_discreet(error: PartnerError, kind: str, raw: dict[str, Any]) -> None:
    """No secret, address or number of a person stands in what is logged or shown."""
    said = f"{error!r} {error}"
    hidden = secrets_of(adapter(kind).settings.model_validate(raw))
    assert not [secret for secret in hidden if secret in said]
    assert "example" not in said
    assert not re.search("[0-9]{13}", said)


class TestFolder:
    """What lies in the folder."""

    def test_it_exports_one_adapter(self, kind: str) -> None:
        """The gateway finds ADAPTER under the folder's name."""
        assert isinstance(adapter(kind), Adapter)
        assert adapter(kind).title
        assert 1_000 <= adapter(kind).answer_cap <= 64_000_000

    def test_it_tells_what_it_knows_of_the_wire(self, kind: str) -> None:
        """A newcomer finds a README with more than a title."""
        assert len((folder(kind) / "README.md").read_text()) > 500

    def test_its_card_is_complete(self, kind: str) -> None:
        """Owner, contact, specification with date, and every promise kept, owed or excused."""
        told = card(kind)
        assert told["kind"] == kind
        assert told["owner"]
        assert told["contact"]
        assert told["spec"]["name"]
        assert isinstance(told["spec"]["checked"], date)
        assert set(told["promises"]) == PROMISES
        for name, promise in told["promises"].items():
            assert promise["state"] in ("done", "todo", "exempt"), name
            assert promise["state"] == "done" or promise["why"], name

    def test_its_wire_examples_are_dated(self, kind: str) -> None:
        """Examples of the wire lie in tests/wire; a README beside them, or the adapter's, says from when."""
        examples = [path for path in (WIRE / kind).iterdir() if path.name != "README.md"]
        readmes = [path / "README.md" for path in (WIRE / kind, folder(kind))]
        told = " ".join(path.read_text() for path in readmes if path.exists())
        assert examples
        assert re.search(rf"tests/wire/{kind}|[Ww]ire examples", told)
        assert re.search(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", told)

    def test_it_makes_no_client_of_its_own(self, kind: str) -> None:
        """The partner's HTTP client, with its limits and its transport, is handed in."""
        for path in folder(kind).rglob("*.py"):
            made = re.findall(
                r"httpx\.(?:AsyncClient|Client|get|post|put|request|stream)\(", path.read_text()
            )
            assert not made, path.name

    def test_it_neither_retries_nor_knows_the_gateway(self, kind: str) -> None:
        """Retry, deadline and storage are the exchange's; no adapter knows another."""
        strangers = {f"adapters.{other}" for other in KINDS if other != kind}
        banned = {"tenacity", "gateway", "sandbox", "fastapi", "sqlalchemy", "aiohttp"} | strangers
        for path in folder(kind).rglob("*.py"):
            for name in imports_of(path):
                assert not [ban for ban in banned if name == ban or name.startswith(f"{ban}.")], path.name

    def test_translating_is_pure(self, kind: str) -> None:
        """What decides what an answer means never speaks to anybody."""
        reached = reached_from(folder(kind) / "translate.py")
        assert not {name for name in reached if name.split(".")[0] in ("httpx", "asyncio", "time")}
        assert "adapters.wire" not in reached


class TestSettings:
    """What an operator supplies."""

    def test_every_setting_is_explained(self, kind: str) -> None:
        """Each field has a sentence."""
        for name, field in adapter(kind).settings.model_fields.items():
            assert field.description, name

    def test_secrets_are_secrets(self, kind: str) -> None:
        """Whatever is named like a secret cannot be printed by accident."""
        for name, field in adapter(kind).settings.model_fields.items():
            if SECRET_NAMES.search(name):
                assert "SecretStr" in str(field.annotation), name

    def test_no_secret_shows(self, kind: str) -> None:
        """Neither printing the settings nor a refusal of wrong ones repeats a secret."""
        for raw in all_settings(kind):
            model = adapter(kind).settings.model_validate(raw)
            assert not [secret for secret in secrets_of(model) if secret in f"{model!r} {model}"]
            with pytest.raises(ValidationError) as refusal:
                adapter(kind).settings.model_validate({**raw, "no_such_setting": 1})
            assert not [secret for secret in secrets_of(model) if secret in str(refusal.value)]

    async def test_the_object_can_do_what_the_card_says(self, kind: str) -> None:
        """The capabilities on the card are the ports that the connected object satisfies."""
        for raw in all_settings(kind):
            async with httpx.AsyncClient(verify=TRUST) as client:
                port = adapter(kind).connect(adapter(kind).settings.model_validate(raw), client)
                able = [protocol.__name__ for protocol in PORTS if isinstance(port, protocol)]
                assert able == card(kind)["capabilities"]
                assert not [
                    secret
                    for secret in secrets_of(adapter(kind).settings.model_validate(raw))
                    if secret in repr(port)
                ]


class TestFaults:
    """Whatever happens on the wire has a name."""

    @pytest.mark.parametrize("name", FAULTS)
    async def test_every_transport_fault_is_named(self, kind: str, name: str) -> None:
        """Nothing sent, outcome unknown, unreadable: three different things."""
        fault, expected = FAULTS[name]
        with respx.mock(using="httpx") as router:
            router.route().mock(side_effect=fault)
            results = await ask_everything(kind)
        assert all(isinstance(result, expected) for result in results), results
        assert all(result.detail for result in results if isinstance(result, PartnerError))

    @pytest.mark.parametrize("body", [b"", b"<html>no</html>", b'{"a": 1}'], ids=["empty", "page", "json"])
    @pytest.mark.parametrize("status", STATUSES)
    async def test_every_status_is_named(self, kind: str, status: int, body: bytes) -> None:
        """A status other than success is an error with its own name, whatever comes with it."""
        headers = {"location": "https://elsewhere.example/", "retry-after": "7"}
        with respx.mock(using="httpx") as router:
            router.route().respond(status, content=body, headers=headers)
            results = await ask_everything(kind)
        assert all(isinstance(result, meaning(kind, status)) for result in results), results
        assert all(result.retry_after == 7 for result in results if isinstance(result, Busy))

    @pytest.mark.parametrize("name", GARBAGE)
    async def test_garbage_is_named(self, kind: str, name: str) -> None:
        """An answer that is none becomes an error and never an empty success."""
        with respx.mock(using="httpx") as router:
            router.route().respond(200, content=GARBAGE[name])
            results = await ask_everything(kind)
        assert all(isinstance(result, taken_by_status(kind)) for result in results), results

    async def test_a_redirect_is_not_followed(self, kind: str) -> None:
        """Our credentials never go where an answer points."""
        with respx.mock(using="httpx", assert_all_called=False) as router:
            elsewhere = router.route(host="elsewhere.example").respond(200)
            router.route().respond(302, headers={"location": "https://elsewhere.example/"})
            await ask_everything(kind)
        assert not elsewhere.called

    @settings(max_examples=60, deadline=None)
    @given(body=st.binary(max_size=300))
    def test_no_bytes_break_it(self, kind: str, body: bytes) -> None:
        """Any bytes at all lead to an answer of ours or to a PartnerError."""
        assert_only_ours(kind, body)

    @settings(max_examples=60, deadline=None)
    @given(value=st.data())
    def test_no_json_breaks_it(self, kind: str, value: st.DataObject) -> None:
        """Any JSON at all, also in the wrong places of the right shape, leads to no other error."""
        assert_only_ours(kind, json.dumps(value.draw(shapes())).encode())


def assert_only_ours(kind: str, body: bytes) -> None:
    """Answer everything with *body*; what comes back is a value of the contracts or a PartnerError."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    results = asyncio.run(ask_everything(kind, transport))
    assert all(isinstance(result, (*ANSWERS, *taken_by_status(kind))) for result in results)


def shapes() -> st.SearchStrategy[object]:
    """JSON in and around the shapes that partners use."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    anything = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
        max_leaves=25,
    )
    envelope = st.fixed_dictionaries(
        {"resourceType": st.sampled_from(["Bundle", "OperationOutcome", "CapabilityStatement", ""])},
        optional={
            "entry": st.lists(st.fixed_dictionaries({"resource": anything}), max_size=3),
            "total": anything,
        },
    )
    metadata = st.fixed_dictionaries({"metaData": anything, "response": anything})
    return anything | envelope | metadata


KEYS = st.sampled_from(
    "resourceType id meta lastUpdated status operationalStatus type physicalType partOf reference coding"
    " system code issue severity link relation url access_token expires_in metaData message response".split()
) | st.text(max_size=4)
