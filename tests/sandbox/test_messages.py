"""What wakes people: the SMS gateway and the push service, over a real socket."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from sandbox.messages.sealed import BrowserKeys, Unreadable, opened
from tests.sandbox.conftest import trouble
from tests.sandbox.sealing import b64, point, sealed, unb64

SMS = {"Authorization": "Bearer demo-sms"}
TEXT = {"to": "+628110000112", "text": "Contoh: putusan diminta", "reference": "w-contoh-1"}


@pytest.fixture
def clean(sandbox: httpx.Client) -> Iterator[httpx.Client]:
    """The sandbox, with no message left afterwards."""
    yield sandbox
    sandbox.delete("/door/messages").raise_for_status()


def shown(client: httpx.Client) -> list[dict[str, Any]]:
    """Return what the door shows."""
    return client.get("/door/messages").raise_for_status().json()["messages"]


def test_a_text_is_sent_once_however_often_it_is_asked_for(clean: httpx.Client) -> None:
    """202, then 200 with the same id for the same reference; one message stands in the box."""
    answers = [clean.post("/sms/send", json=TEXT, headers=SMS) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    (message,) = shown(clean)
    assert {name: message[name] for name in TEXT} == TEXT
    assert message["channel"] == "sms"
    clean.post("/sms/send", json={**TEXT, "reference": "w-contoh-2", "channel": "whatsapp"}, headers=SMS)
    assert [message["channel"] for message in shown(clean)] == ["sms", "whatsapp"]
    clean.delete("/door/messages").raise_for_status()
    assert shown(clean) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": "0811000112"}, "to"),
        ({"to": "+1555000112"}, "to"),
        ({"text": ""}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"reference": None}, "reference"),
        ({"reference": "a b"}, "reference"),
        ({"channel": "fax"}, "channel"),
    ],
)
def test_wrong_texts_are_named_and_not_sent(clean: httpx.Client, change: dict[str, Any], field: str) -> None:
    """400 with the field; nothing in the box."""
    answer = clean.post("/sms/send", json={**TEXT, **change}, headers=SMS)
    assert (answer.status_code, answer.json()["fields"]) == (400, [field])
    assert shown(clean) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{"])
def test_a_body_that_is_none(clean: httpx.Client, body: bytes) -> None:
    """400 as well."""
    assert clean.post("/sms/send", content=body, headers=SMS).status_code == 400


def test_the_gateway_wants_its_token(clean: httpx.Client) -> None:
    """401 without it, with another, and when the door says so."""
    assert clean.post("/sms/send", json=TEXT).status_code == 401
    assert clean.post("/sms/send", json=TEXT, headers={"Authorization": "Bearer demo-x"}).status_code == 401
    trouble(clean, "sms", "unauthorized", times=1)
    assert clean.post("/sms/send", json=TEXT, headers=SMS).status_code == 401
    assert shown(clean) == []


def test_a_text_whose_answer_was_lost_was_sent(clean: httpx.Client) -> None:
    """`reset_after` at the gateway: the second try with the same reference sends nothing more."""
    trouble(clean, "sms", "reset_after", times=1)
    with pytest.raises(httpx.TransportError):
        clean.post("/sms/send", json=TEXT, headers=SMS)
    assert clean.post("/sms/send", json=TEXT, headers=SMS).status_code == 200
    assert len(shown(clean)) == 1


class Sender:
    """An application server with a VAPID key, signing by py-vapid: not by our own code."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.vapid = Vapid02(private_key=self.key)
        self.public = b64(point(self.key))

    def subscription(self, sender: str | None = None) -> dict[str, Any]:
        """Let a browser subscribe."""
        wish = {"applicationServerKey": sender}
        return self.client.post("/door/push", json=wish).raise_for_status().json()

    def authorization(self, **claims: Any) -> str:
        """Return the header; *claims* stand in place of good ones."""
        origin = str(self.client.base_url).rstrip("/")
        good = {"aud": origin, "exp": int(time.time()) + 3600, "sub": "mailto:contoh@example.invalid"}
        return self.vapid.sign({**good, **claims})["Authorization"]

    def push(self, subscription: dict[str, Any], body: bytes | None = None, **headers: Any) -> httpx.Response:
        """Send; a header of None is left out."""
        content = sealed(b"Contoh", subscription["keys"]) if body is None else body
        usual = {"TTL": "60", "Content-Encoding": "aes128gcm", "Authorization": self.authorization()}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in {**usual, **given}.items() if value is not None}
        return self.client.post(subscription["endpoint"], content=content, headers=sent)


@pytest.fixture
def sender(clean: httpx.Client) -> Sender:
    """Somebody with a key of his own."""
    return Sender(clean)


def test_a_push_is_read_by_its_browser(sender: Sender) -> None:
    """201 with Location and TTL; the text is what was sealed, padding gone."""
    subscription = sender.subscription(sender.public)
    body = sealed("Putusan ✓".encode(), subscription["keys"], padding=100)
    answer = sender.push(subscription, body, Urgency="high", Topic="r-contoh")
    assert (answer.status_code, answer.headers["ttl"]) == (201, "60")
    assert answer.headers["location"].startswith(f"{sender.client.base_url}".rstrip("/") + "/push/messages/")
    (message,) = shown(sender.client)
    assert (message["text"], message["readable"]) == ("Putusan ✓", True)
    assert (message["urgency"], message["topic"], message["ttl"]) == ("high", "r-contoh", 60)
    assert message["subscription"] == subscription["id"]


def test_the_example_of_rfc_8291_opens() -> None:
    """Appendix A, byte for byte."""
    private = int.from_bytes(unb64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    keys = BrowserKeys(ec.derive_private_key(private, ec.SECP256R1()), unb64("BTBZMqHH6r4Tts7J_aSIgg"))
    body = unb64(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6P"
        "Bru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert opened(body, keys) == b"When I grow up, I want to be a watermelon"
    for wrong in (body[:-1], body[:40], b"", bytes(200), body[:16] + bytes(4) + body[20:]):
        with pytest.raises(Unreadable):
            opened(wrong, keys)


def test_what_is_sealed_for_another_is_taken_and_not_read(sender: Sender) -> None:
    """201 as real services answer; the browser drops it, and the door says so."""
    one, other = sender.subscription(), sender.subscription()
    assert sender.push(one, sealed(b"x", other["keys"])).status_code == 201
    assert sender.push(one, sealed(b"x", one["keys"], size=17)).status_code == 201
    assert [(row["readable"], row["text"]) for row in shown(sender.client)] == [(False, None)] * 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"TTL": None}, 400),
        ({"TTL": "-1"}, 400),
        ({"Content_Encoding": None}, 415),
        ({"Content_Encoding": "aesgcm"}, 415),
        ({"Urgency": "now"}, 400),
        ({"Topic": "a b"}, 400),
        ({"Topic": "x" * 33}, 400),
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer x"}, 401),
        ({"Authorization": "vapid t=a.b.c, k=x"}, 403),
        ({"body": bytes(4097)}, 413),
        ({"body": b""}, 415),
    ],
)
def test_a_push_lacks_nothing(sender: Sender, headers: dict[str, Any], status: int) -> None:
    """Each header is wanted as the RFCs have it, and no more than 4096 bytes."""
    answer = sender.push(sender.subscription(), **headers)
    assert answer.status_code == status
    assert shown(sender.client) == []


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.contoh.invalid"},
        {"exp": 1},
        {"exp": int(time.time()) + 3 * 86400},
    ],
)
def test_the_sender_proves_itself_for_this_service_and_now(sender: Sender, claims: dict[str, Any]) -> None:
    """Another audience, a past exp, one more than 24 hours ahead: 403."""
    authorization = sender.authorization(**claims)
    assert sender.push(sender.subscription(), Authorization=authorization).status_code == 403
    assert shown(sender.client) == []


def test_a_token_belongs_to_its_key_and_a_subscription_to_its_sender(sender: Sender) -> None:
    """Another key beside the token, or a subscription made for another sender: 403."""
    other = Sender(sender.client)
    mixed = sender.authorization().partition("k=")[0] + f"k={other.public}"
    assert sender.push(sender.subscription(), Authorization=mixed).status_code == 403
    assert sender.push(sender.subscription(other.public)).status_code == 403
    assert sender.push(sender.subscription(sender.public)).status_code == 201


def test_a_browser_that_is_gone(sender: Sender) -> None:
    """410 after it left, 404 for one that never was."""
    subscription = sender.subscription()
    sender.client.delete(f"/door/push/{subscription['id']}").raise_for_status()
    assert sender.push(subscription).status_code == 410
    unknown = {**subscription, "endpoint": f"{subscription['endpoint']}x"}
    assert sender.push(unknown).status_code == 404
    assert sender.client.delete("/door/push/nobody").status_code == 422
    assert sender.client.post("/door/push", json={"applicationServerKey": 1}).status_code == 422


def test_the_push_service_may_be_busy(sender: Sender) -> None:
    """Trouble happens here as everywhere, and nothing is delivered."""
    trouble(sender.client, "push", "429", seconds=7, times=1)
    answer = sender.push(sender.subscription())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert shown(sender.client) == []
