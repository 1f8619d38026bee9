"""VClaim 2.0, read only: one question about a member, by NIK or by card."""

import logging
import time
from collections.abc import Callable

import httpx

from adapters.wire import attempt, judge_status
from contracts import (
    CannotConvey,
    CoverageAnswer,
    CoverageQuestion,
    Garbled,
    NoAnswer,
    NotAccepted,
    PartnerError,
)

from .envelope import NOT_FOUND, Envelope, judge_code, read_envelope
from .sealed import CannotOpen, unseal
from .settings import Settings
from .signing import Signed, clock_is_off, sign
from .translate import Peserta, coverage_of, not_found, read_peserta


def _names_nobody(record: logging.LogRecord) -> bool:
    return not any("/Peserta/" in str(part) for part in (record.msg, *(record.args or ())))


# httpx logs the URL of every attempt at INFO, and VClaim has the NIK in its URL.
logging.getLogger("httpx").addFilter(_names_nobody)


class VClaim:
    """BPJS Kesehatan's VClaim; each attempt is signed anew and opened with its own second's key."""

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, *, now: Callable[[], float] = time.time
    ) -> None:
        """Take *now* as the clock: seconds since 1970 UTC."""
        self._http = http
        self._now = now
        self._root = str(settings.base_url).rstrip("/")
        self._consid = settings.consid
        self._secret = settings.secret.get_secret_value()
        self._headers = _standing_headers(http, settings)
        self._last_stayed_shut = False

    async def check_eligibility(self, question: CoverageQuestion) -> CoverageAnswer:
        """Ask once; what an answer means stands in `envelope` and `translate`."""
        signed = sign(consid=self._consid, secret=self._secret, at=self._now())
        response = await self._sent(self._request(question, signed))
        envelope = _accepted(response, signed)
        if envelope.code == NOT_FOUND:
            return not_found(envelope.message, envelope.response)
        return coverage_of(self._open(envelope.response, signed), question)

    def _request(self, question: CoverageQuestion, signed: Signed) -> httpx.Request:
        headers = [
            *self._headers,
            (b"X-timestamp", signed.timestamp.encode()),
            (b"X-signature", signed.signature.encode()),
        ]
        return httpx.Request("GET", f"{self._root}{_path(question)}", headers=headers)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        try:
            return await attempt(self._http, request)
        except PartnerError as fault:
            # The library's own error may repeat the URL, and the URL holds the number asked about.
            raise fault from None

    def _open(self, response: object, signed: Signed) -> Peserta:
        try:
            peserta = read_peserta(unseal(_sealed(response), key=signed.key))
        except CannotOpen as wrong:
            raise self._shut() from wrong
        self._last_stayed_shut = False
        return peserta

    def _shut(self) -> PartnerError:
        """
        Name an answer that does not open: chance the first time, a fault the second time running.

        An answer sealed for another second (a cache in between) opens when asked for again, with a
        new timestamp: NoAnswer lets the exchange do so. Twice in a row is a wrong secret or a
        changed wire, which asking again does not mend: Garbled raises the alarm.
        """
        kind = Garbled if self._last_stayed_shut else NoAnswer
        self._last_stayed_shut = True
        return kind("undecryptable")


def _standing_headers(http: httpx.AsyncClient, settings: Settings) -> list[tuple[bytes, bytes]]:
    """Return what every question carries, the client's own with it: merged anew it costs 40 us each."""
    headers = httpx.Headers(http.headers)
    headers.update(
        {
            "X-cons-id": settings.consid,
            "user_key": settings.user_key.get_secret_value(),
            "Accept": "application/json",
        }
    )
    return headers.raw


def _path(question: CoverageQuestion) -> str:
    """Write the catalogue's path, letter case and all; tglSEP is the local day of service."""
    day = question.service_date.isoformat()
    if question.nik is not None:
        return f"/Peserta/nik/{question.nik.reveal()}/tglSEP/{day}"
    if question.nokartu is not None:
        return f"/Peserta/nokartu/{question.nokartu.reveal()}/tglSEP/{day}"
    raise CannotConvey("nik")


def _accepted(response: httpx.Response, signed: Signed) -> Envelope:
    """
    Return the envelope of an answer that is one; blame the clock for a refusal if it is off.

    How a wrong time is refused is published nowhere, perhaps by "not found": a person is not.
    """
    try:
        judge_status(response)
        envelope = read_envelope(response.content, status=response.status_code)
        judge_code(envelope)
    except NotAccepted as refusal:
        if clock_is_off(response.headers.get("date"), signed.timestamp):
            raise NotAccepted("clock_skew") from refusal
        raise
    if envelope.code == NOT_FOUND and clock_is_off(response.headers.get("date"), signed.timestamp):
        raise NotAccepted("clock_skew")
    return envelope


def _sealed(response: object) -> str:
    """Return the sealed text; null under a success code is as good as an empty body."""
    if isinstance(response, str) and response:
        return response
    if response:
        raise Garbled("not_sealed")
    raise NoAnswer("empty_response")
