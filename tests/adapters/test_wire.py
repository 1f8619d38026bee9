"""One attempt over HTTP, by the fault or the status that ended it."""

import socket
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wire import LONGEST_WAIT, attempt, judge_status, retry_after
from contracts import Busy, Garbled, NoAnswer, NotAccepted, PartnerError, Unreachable

URL = "https://rs.example/fhir/Location"


async def fail_with(fault: Exception) -> None:
    """Make one attempt that ends in *fault*."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise fault

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await attempt(client, client.build_request("GET", URL))


def caused(fault: Exception, cause: Exception) -> Exception:
    """Chain *cause* under *fault*, as transports do."""
    fault.__cause__ = cause
    return fault


@pytest.mark.parametrize(
    ("cause", "detail"),
    [
        (OSError("refused"), "connect"),
        (ssl.SSLCertVerificationError("expired"), "tls"),
        (socket.gaierror("no such name"), "dns"),
    ],
)
async def test_why_a_partner_is_unreachable_is_told(cause: Exception, detail: str) -> None:
    """A bad certificate, an unknown name and a closed port are mended by different people."""
    fault = caused(httpx.ConnectError("no"), caused(OSError("no"), cause))
    with pytest.raises(Unreachable) as told:
        await fail_with(fault)
    assert told.value.detail == detail


async def test_a_chain_of_causes_that_bites_its_own_tail_ends() -> None:
    """It once hung the event loop for good."""
    fault, other = httpx.ConnectError("no"), OSError("no")
    fault.__cause__, other.__context__ = other, fault
    with pytest.raises(Unreachable) as told:
        await fail_with(fault)
    assert told.value.detail == "connect"


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (httpx.ReadTimeout("slow"), "timeout"),
        (httpx.WriteTimeout("slow"), "timeout"),
        (httpx.ReadError("reset"), "reset"),
        (httpx.RemoteProtocolError("no answer"), "closed"),
    ],
)
async def test_what_was_sent_may_have_had_an_effect(fault: Exception, detail: str) -> None:
    """After sending, silence says nothing about the effect."""
    with pytest.raises(NoAnswer) as told:
        await fail_with(fault)
    assert told.value.detail == detail


@pytest.mark.parametrize("kind", [httpx.ReadError, httpx.DecodingError, httpx.RemoteProtocolError])
@pytest.mark.parametrize(
    ("words", "error", "detail"),
    [
        ("answer too long", Garbled, "too_long"),
        ("not_http", Garbled, "not_http"),
        ("sandbox_in_live", Garbled, "sandbox_in_live"),
        ("cut_short", NoAnswer, "cut_short"),
        ("address_forbidden", Unreachable, "address_forbidden"),
    ],
)
async def test_what_the_transport_says_in_words_is_believed(
    kind: type[httpx.RequestError], words: str, error: type[PartnerError], detail: str
) -> None:
    """Too long, no HTTP, sample data in live, a forbidden address: httpx has no class for them."""
    with pytest.raises(error) as told:
        await fail_with(kind(words))
    assert told.value.detail == detail


async def test_a_status_is_not_judged_by_the_attempt() -> None:
    """Whatever the partner answers is an answer; what it means is the adapter's to say."""
    transport = httpx.MockTransport(lambda request: httpx.Response(503, text="busy"))
    async with httpx.AsyncClient(transport=transport, follow_redirects=True) as client:
        response = await attempt(client, client.build_request("GET", URL))
    assert (response.status_code, response.text) == (503, "busy")


async def test_a_redirect_is_never_followed() -> None:
    """Not even by a client that would: our credentials stay where they belong."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"location": "https://elsewhere.example/"})

    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport, follow_redirects=True) as client:
        response = await attempt(client, client.build_request("GET", URL))
    assert asked == ["rs.example"]
    with pytest.raises(Garbled, match="redirect"):
        judge_status(response)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, Busy),
        (503, Busy),
        (500, NoAnswer),
        (502, NoAnswer),
        (408, NoAnswer),
        (401, NotAccepted),
        (403, NotAccepted),
    ],
)
def test_a_status_says_what_to_do_next(status: int, error: type[Exception]) -> None:
    """The code itself is the reason shown to people."""
    with pytest.raises(error, match=f"status_{status}"):
        judge_status(httpx.Response(status))


@pytest.mark.parametrize("status", [200, 201, 204, 400, 404, 409, 422])
def test_other_statuses_are_left_to_the_adapter(status: int) -> None:
    """What a 400 or 404 means differs from wire to wire."""
    judge_status(httpx.Response(status))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "86400"}, LONGEST_WAIT),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 01:00:20 GMT", "date": "Mon, 23 Nov 2026 01:00:00 GMT"}, 20.0),
        ({"retry-after": "Mon, 23 Nov 2026 01:00:00 GMT", "date": "Mon, 23 Nov 2026 01:00:20 GMT"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2099 01:00:00 GMT"}, LONGEST_WAIT),
        ({"retry-after": "Mon, 23 Nov 1999 01:00:00 GMT"}, 0.0),
    ],
)
def test_the_wait_a_partner_asks_for_is_bounded(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds or a date, held against the partner's own clock, never more than our longest wait."""
    assert retry_after(httpx.Response(503, headers=headers)) == seconds


@given(text=st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40))
def test_no_header_breaks_the_wait(text: str) -> None:
    """Whatever stands in Retry-After, the wait is none or within bounds."""
    response = httpx.Response(503, headers=[(b"retry-after", text.encode("latin-1"))])
    seconds = retry_after(response)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT
