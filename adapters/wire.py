"""
One attempt over HTTP: a partner's transport faults and statuses, named by what to do next.

An adapter builds its own exchange and reads its own answers; this file only says what became of
one attempt. The `detail` of every error is a short stable code, shown to people as the reason:
`connect dns tls pool address_forbidden` (nothing was sent), `timeout reset closed cut_short`
(outcome unknown), `too_long not_http encoding redirect` (unreadable), `status_503` and the like.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from contracts import Busy, CannotConvey, Garbled, NoAnswer, NotAccepted, PartnerError, Unreachable

LONGEST_WAIT = 300.0  # seconds; a partner asking for more is asked again after this all the same

# In this order: the first class that fits decides. ReadTimeout is a TimeoutException, and so on.
_FAULTS: tuple[tuple[type[Exception], type[PartnerError], str], ...] = (
    (httpx.ConnectTimeout, Unreachable, "connect_timeout"),
    (httpx.PoolTimeout, Unreachable, "pool"),
    (httpx.ConnectError, Unreachable, "connect"),
    (httpx.ProxyError, Unreachable, "proxy"),
    (httpx.UnsupportedProtocol, Unreachable, "scheme"),
    (httpx.TimeoutException, NoAnswer, "timeout"),
    (httpx.RemoteProtocolError, NoAnswer, "closed"),
    (httpx.NetworkError, NoAnswer, "reset"),
    (httpx.DecodingError, Garbled, "encoding"),
    (httpx.TooManyRedirects, Garbled, "redirect"),
    (httpx.HTTPError, NoAnswer, "transport"),
)
_DEEPER = ((ssl.SSLError, "tls"), (socket.gaierror, "dns"))
# What the partner's transport says in these very words, because no class of httpx does.
_TOLD: dict[str, tuple[type[PartnerError], str]] = {
    "answer too long": (Garbled, "too_long"),
    "not_http": (Garbled, "not_http"),
    "sandbox_in_live": (Garbled, "sandbox_in_live"),
    "cut_short": (NoAnswer, "cut_short"),
    "address_forbidden": (Unreachable, "address_forbidden"),
}
_SECONDS = re.compile("[0-9]{1,9}")


async def attempt(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """
    Send *request* once and return the whole answer, whatever its status.

    Raises Unreachable when nothing was sent, NoAnswer when the outcome is unknown, Garbled for an
    answer that cannot be unpacked or was cut off for its length.
    """
    try:
        return await client.send(request, follow_redirects=False)
    except httpx.LocalProtocolError as wrong:
        raise CannotConvey("request", "protocol") from wrong
    except httpx.HTTPError as fault:
        raise _named(fault) from fault


def judge_status(response: httpx.Response) -> None:
    """
    Raise what the status alone says; every other status is the adapter's to read.

    Raises Busy for 429 and 503, NoAnswer for 408 and the other 5xx, NotAccepted for 401 and 403,
    Garbled for a redirect: none is followed, since it could lead our credentials elsewhere.
    """
    status = response.status_code
    code = f"status_{status}"
    if status in (429, 503):
        raise Busy(code, retry_after=retry_after(response))
    if status == 408 or status >= 500:
        raise NoAnswer(code)
    if status in (401, 403):
        raise NotAccepted(code)
    if 300 <= status < 400:
        raise Garbled("redirect")


def retry_after(response: httpx.Response) -> float | None:
    """
    Return the seconds the partner asks us to wait, 0 to LONGEST_WAIT; None where it names none.

    Both forms of RFC 9110 are read. A date is held against the partner's own clock (its `Date`
    header), so that a wrong clock does not lengthen the wait.
    """
    text = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST_WAIT)
    until = _http_date(text)
    if until is None:
        return None
    now = _http_date(response.headers.get("date", "")) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT)


def _named(fault: httpx.HTTPError) -> PartnerError:
    if str(fault) in _TOLD:
        error, code = _TOLD[str(fault)]
        return error(code)
    error, code = next((error, code) for kind, error, code in _FAULTS if isinstance(fault, kind))
    return error(_deeper(fault, code) if error is Unreachable else code)


def _deeper(fault: BaseException, code: str) -> str:
    """Tell a refused certificate and an unknown name from a plain refusal to connect."""
    for cause in _chain(fault):
        for kind, name in _DEEPER:
            if isinstance(cause, kind):
                return name
    return code


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """Yield *fault* and what led to it; a chain may bite its own tail, and then ends there."""
    cause: BaseException | None = fault
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
