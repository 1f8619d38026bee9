"""One attempt at VClaim, from the question to the answer, over a pretended insurer."""

import logging
import traceback
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from adapters.bpjs.client import VClaim
from contracts import (
    Busy,
    Coverage,
    CoverageQuestion,
    Garbled,
    NoAnswer,
    Nokartu,
    NotAccepted,
    PartnerError,
    Refused,
    Unreachable,
)
from tests.trust import TRUST

from .insurer import BY_CARD, BY_NIK, DAY, NIK, NOKARTU, ROOT, SETTINGS, answer, envelope, example, peserta

GOLDEN = example("golden.json")
NOW = 1_700_000_000
NIK_PATH = f"/vclaim-rest/Peserta/nik/{NIK}/tglSEP/2026-11-24"
CARD_PATH = f"/vclaim-rest/Peserta/nokartu/{NOKARTU}/tglSEP/2026-11-24"


@pytest.fixture
def insurer() -> Iterator[respx.MockRouter]:
    """Answer for the insurer; a test says what."""
    with respx.mock(using="httpx") as router:
        yield router


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Stand for the partner's own HTTP client, which the gateway hands in."""
    async with httpx.AsyncClient(verify=TRUST) as client:
        yield client


@pytest.fixture
def vclaim(http: httpx.AsyncClient) -> VClaim:
    """Stand at a fixed second."""
    return VClaim(SETTINGS, http, now=lambda: NOW + 0.5)


async def test_the_golden_answer_is_an_active_member(insurer: respx.MockRouter, vclaim: VClaim) -> None:
    """Signed, sent, opened and read: the vector made by other programs comes out as coverage."""
    route = insurer.get(path=CARD_PATH).mock(return_value=envelope(response=GOLDEN["response"]))
    found = await vclaim.check_eligibility(BY_CARD)
    assert (found.coverage, found.status_text, found.doubt) == (Coverage.ACTIVE, "AKTIF", None)
    assert route.calls.last.request.headers["x-signature"] == GOLDEN["signature"]
    assert route.calls.last.request.headers["x-timestamp"] == str(NOW)


@pytest.mark.parametrize(("question", "path"), [(BY_NIK, NIK_PATH), (BY_CARD, CARD_PATH)])
async def test_both_numbers_are_asked_by_their_own_path(
    insurer: respx.MockRouter, vclaim: VClaim, question: CoverageQuestion, path: str
) -> None:
    """The path is the catalogue's; the day is the local day of service as it was given."""
    insurer.get(url=f"https://vclaim.example{path}").mock(
        side_effect=lambda request: answer(request, peserta())
    )
    assert (await vclaim.check_eligibility(question)).coverage is Coverage.ACTIVE


async def test_each_attempt_is_signed_anew_and_opened_by_its_own_second(
    insurer: respx.MockRouter, http: httpx.AsyncClient
) -> None:
    """The clock is read once an attempt, so a second that passes under way changes nothing."""
    seconds = iter([NOW, NOW + 1])
    vclaim = VClaim(SETTINGS, http, now=lambda: next(seconds))
    route = insurer.get(path=NIK_PATH).mock(side_effect=lambda request: answer(request, peserta()))
    for _ in range(2):
        assert (await vclaim.check_eligibility(BY_NIK)).coverage is Coverage.ACTIVE
    sent = [made.request.headers for made in route.calls]
    assert [headers["x-timestamp"] for headers in sent] == [str(NOW), str(NOW + 1)]
    assert sent[0]["x-signature"] != sent[1]["x-signature"]


async def test_a_number_they_do_not_know_is_not_found(insurer: respx.MockRouter, vclaim: VClaim) -> None:
    """Code 201 is an answer, not an error; their words go with it."""
    insurer.get(path=NIK_PATH).mock(return_value=envelope("201", "Peserta tidak ditemukan"))
    found = await vclaim.check_eligibility(BY_NIK)
    assert (found.coverage, found.status_text) == (Coverage.NOT_FOUND, "Peserta tidak ditemukan")


async def test_not_found_with_a_member_beside_it_is_unknown(
    insurer: respx.MockRouter, vclaim: VClaim
) -> None:
    """An answer that contradicts itself is no statement."""
    insurer.get(path=NIK_PATH).mock(return_value=envelope(201, "OK", "c2VhbGVk"))
    found = await vclaim.check_eligibility(BY_NIK)
    assert (found.coverage, found.doubt) == (Coverage.UNKNOWN, "code_mismatch")


FAILURES: list[tuple[httpx.Response | Exception, type[PartnerError], str]] = [
    (httpx.ConnectError("refused"), Unreachable, "connect"),
    (httpx.ConnectTimeout("slow"), Unreachable, "connect_timeout"),
    (httpx.ReadTimeout("silent"), NoAnswer, "timeout"),
    (httpx.RemoteProtocolError("cut"), NoAnswer, "closed"),
    (httpx.Response(502, html="<html>bad gateway</html>"), NoAnswer, "status_502"),
    (httpx.Response(500, html="<html>Runtime Error</html>"), NoAnswer, "status_500"),
    (httpx.Response(503, headers={"retry-after": "7"}), Busy, "status_503"),
    (httpx.Response(429, text="Limits exceeded"), Busy, "status_429"),
    (httpx.Response(401, text="Authentication failed"), NotAccepted, "status_401"),
    (httpx.Response(403, text="Authentication parameters missing"), NotAccepted, "status_403"),
    (httpx.Response(302, headers={"location": "https://elsewhere.example/"}), Garbled, "redirect"),
    (httpx.Response(404, html="<html>not found</html>"), Garbled, "wrong_path"),
    (httpx.Response(200), NoAnswer, "empty_body"),
    (httpx.Response(200, html="<html>maintenance</html>"), NoAnswer, "html"),
    (httpx.Response(200, text="OK"), NoAnswer, "not_json"),
    (httpx.Response(200, json={}), Garbled, "no_metadata"),
    (envelope("401", "x"), NotAccepted, "code_401"),
    (envelope("201", "Unauthorized!"), NotAccepted, "unauthorized"),
    (envelope("412", "tglSEP salah"), Refused, "412: tglSEP salah"),
    (envelope(500, "Internal error"), Refused, "500: Internal error"),
    (envelope(response=None), NoAnswer, "empty_response"),
    (envelope(response=""), NoAnswer, "empty_response"),
    (envelope(response=peserta()), Garbled, "not_sealed"),
    (envelope(response="c2VhbGVk"), NoAnswer, "undecryptable"),
]


@pytest.mark.parametrize(("given", "error", "reason"), FAILURES, ids=[reason for _, _, reason in FAILURES])
async def test_every_failure_is_named_by_what_to_do_next(
    insurer: respx.MockRouter,
    vclaim: VClaim,
    given: httpx.Response | Exception,
    error: type[PartnerError],
    reason: str,
) -> None:
    """Neither a page nor an empty answer is ever read as a statement about the person."""
    route = insurer.get(path=NIK_PATH)
    route.side_effect, route.return_value = (given, None) if isinstance(given, Exception) else (None, given)
    with pytest.raises(PartnerError) as caught:
        await vclaim.check_eligibility(BY_NIK)
    assert (caught.type, caught.value.detail) == (error, reason)
    assert route.call_count == 1


async def test_the_wait_they_ask_for_is_passed_on(insurer: respx.MockRouter, vclaim: VClaim) -> None:
    """A busy insurer may say for how many seconds."""
    insurer.get(path=NIK_PATH).respond(503, headers={"retry-after": "7"})
    with pytest.raises(Busy) as caught:
        await vclaim.check_eligibility(BY_NIK)
    assert caught.value.retry_after == 7.0


@pytest.mark.parametrize("seconds_off", [-1, 1])
async def test_an_answer_sealed_for_another_second_is_asked_again_once(
    insurer: respx.MockRouter, vclaim: VClaim, seconds_off: int
) -> None:
    """Once is chance, twice running is a fault for the operator; one that opens clears the memory."""
    route = insurer.get(path=NIK_PATH)
    wrong = lambda request: answer(request, peserta(), seconds_off=seconds_off)  # noqa: E731 - two small plays
    right = lambda request: answer(request, peserta())  # noqa: E731 - as above
    route.side_effect = wrong
    for error in (NoAnswer, Garbled, Garbled):
        with pytest.raises(error, match="undecryptable"):
            await vclaim.check_eligibility(BY_NIK)
    route.side_effect = right
    assert (await vclaim.check_eligibility(BY_NIK)).coverage is Coverage.ACTIVE
    route.side_effect = wrong
    with pytest.raises(NoAnswer, match="undecryptable"):
        await vclaim.check_eligibility(BY_NIK)


async def test_a_sealed_text_without_a_member_is_garbled_at_once(
    insurer: respx.MockRouter, vclaim: VClaim
) -> None:
    """The key was right, so asking again would bring the same."""
    insurer.get(path=NIK_PATH).mock(side_effect=lambda request: answer(request, '"0301R0011126V000001"'))
    with pytest.raises(Garbled, match="no_peserta"):
        await vclaim.check_eligibility(BY_NIK)


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(401),
        envelope("403", "x"),
        envelope("201", "Unauthorized"),
        envelope("201", "X-timestamp expired"),  # how a wrong time is refused is published nowhere
    ],
)
async def test_a_refusal_while_the_clocks_differ_blames_the_clock(
    insurer: respx.MockRouter, vclaim: VClaim, refusal: httpx.Response
) -> None:
    """A wrong clock makes every signature wrong: mend it before doubting the keys."""
    refusal.headers["date"] = "Tue, 14 Nov 2023 22:23:20 GMT"
    insurer.get(path=NIK_PATH).mock(return_value=refusal)
    with pytest.raises(NotAccepted, match="clock_skew"):
        await vclaim.check_eligibility(BY_NIK)


async def test_another_person_in_the_answer_is_unknown(insurer: respx.MockRouter, vclaim: VClaim) -> None:
    """Asked by card, answered with another card: nothing is stated and nothing passed on."""
    asked = CoverageQuestion(service_date=DAY, nokartu=Nokartu("0000000000026"))
    insurer.get().mock(side_effect=lambda request: answer(request, peserta()))
    found = await vclaim.check_eligibility(asked)
    assert (found.coverage, found.doubt, found.segment) == (Coverage.UNKNOWN, "other_person", None)


CANARIES = [
    httpx.Response(200, text=f"no such person {NIK}"),
    httpx.Response(200, html=f"<html>{NIK}</html>"),
    httpx.Response(404, html=f"<html>/Peserta/nik/{NIK}</html>"),
    httpx.Response(500, text=NIK),
    httpx.Response(401, text=NIK),
    httpx.Response(302, headers={"location": f"https://elsewhere.example/{NIK}"}),
    httpx.Response(200, json={"metaData": {NIK: NIK}}),
    httpx.Response(200, json=[NIK]),
    httpx.Response(200, content=b'{"metaData":{"message":"' + NIK.encode() + b"\xff"),
    envelope("999", f"NIK {NIK} salah, kartu {NOKARTU}"),
    envelope(NIK, NIK),
    envelope(response=NIK),
    envelope(response={"peserta": {"nik": NIK}}),
    httpx.RemoteProtocolError(f"400, message='Bad status line', url='{ROOT}/Peserta/nik/{NIK}'"),
    httpx.ReadTimeout(""),
    httpx.ConnectError(""),
]


@pytest.mark.parametrize("given", CANARIES)
async def test_no_failure_names_the_person(
    insurer: respx.MockRouter,
    vclaim: VClaim,
    caplog: pytest.LogCaptureFixture,
    given: httpx.Response | Exception,
) -> None:
    """Neither number stands in an error, its whole traceback, or a log line, at any level."""
    route = insurer.get(path=NIK_PATH)
    route.side_effect, route.return_value = (given, None) if isinstance(given, Exception) else (None, given)
    with caplog.at_level(logging.DEBUG), pytest.raises(PartnerError) as caught:
        await vclaim.check_eligibility(BY_NIK)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    told += repr((caught.value.args, getattr(caught.value, "reason", ""), vclaim))
    assert NIK not in told
    assert NOKARTU not in told


@pytest.mark.parametrize(
    "text", ['{{"peserta":{{"nik":"{0}"', '{{"peserta":"{0}"}}', '"{0}"', "{0} is no JSON"]
)
async def test_no_odd_member_names_the_person(
    insurer: respx.MockRouter, vclaim: VClaim, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """What was inside the seal does not come out through an error either."""
    insurer.get(path=NIK_PATH).mock(side_effect=lambda request: answer(request, text.format(NIK)))
    with caplog.at_level(logging.DEBUG), pytest.raises(PartnerError) as caught:
        await vclaim.check_eligibility(BY_NIK)
    assert NIK not in "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text


async def test_a_good_answer_leaves_no_name_in_log_or_repr(
    insurer: respx.MockRouter, vclaim: VClaim, caplog: pytest.LogCaptureFixture
) -> None:
    """The HTTP library would log the URL, and the URL holds the NIK; other partners' lines stay."""
    insurer.get(path=NIK_PATH).mock(side_effect=lambda request: answer(request, peserta()))
    with caplog.at_level(logging.DEBUG):
        found = await vclaim.check_eligibility(BY_NIK)
        logging.getLogger("httpx").info("HTTP Request: %s %s", "GET", httpx.URL(f"{ROOT}/referensi"))
    assert NIK not in repr(found) + caplog.text
    assert "/referensi" in caplog.text
