"""A hospital's own FHIR server, and every way it may mislead."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import respx

from adapters.hospital import ADAPTER, ability, pages
from adapters.hospital.settings import Settings
from contracts import (
    BedState,
    Busy,
    CannotConvey,
    CapacityReport,
    Garbled,
    Need,
    NoAnswer,
    NotAccepted,
    PartnerError,
    Refused,
    ReportsCapacity,
)
from tests.trust import TRUST

from .hospitals import PHYSICAL, R4, V2, asked, by_id, wire

ALL = {f"bed-{number}" for number in range(1, 9)}
Answer = bytes | int | httpx.Response


class Pretend:
    """A server that answers Location by its parameters; remembers what it was asked."""

    def __init__(self, metadata: Answer = b"", **by_question: Answer) -> None:
        """Take answers by the one parameter that tells questions apart; `first` for the first page."""
        self.metadata = metadata or wire("metadata-r4.json")
        self.answers = by_question
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.asked.append(request)
        if request.url.path.endswith("/metadata"):
            return respond(self.metadata)
        return respond(self.answers[self.question(asked(request))])

    def question(self, params: Mapping[str, str]) -> str:
        """Name the question."""
        if "_page" in params:
            return f"page_{params['_page']}"
        if "organization" in params and "filtered" in self.answers:
            return "filtered"
        return "plain" if not params and "plain" in self.answers else "first"

    def questions(self) -> list[dict[str, str]]:
        """Return the parameters of each question about Locations."""
        return [asked(request) for request in self.asked if request.url.path.endswith("/Location")]


def bed_at(code: str, at: str | None, **more: str) -> dict[str, Any]:
    """Return a bed of the tests' morning, last changed *at* that hour."""
    status = {"system": V2, "code": code, **more}
    bed = {"resourceType": "Location", "id": "b", "operationalStatus": status}
    bed["physicalType"] = {"coding": [{"system": PHYSICAL, "code": "bd"}]}
    return bed if at is None else bed | {"meta": {"lastUpdated": f"2026-11-20T{at}:00Z"}}


def respond(answer: Answer) -> httpx.Response:
    """Turn bytes, a status or a response into an answer."""
    if isinstance(answer, httpx.Response):
        return answer
    return httpx.Response(answer) if isinstance(answer, int) else httpx.Response(200, content=answer)


def connect(client: httpx.AsyncClient, **settings: Any) -> ReportsCapacity:
    """Connect to the pretended hospital."""
    port = ADAPTER.connect(Settings.model_validate({"base_url": R4, **settings}), client)
    assert isinstance(port, ReportsCapacity)
    return port


async def read(server: Pretend, **settings: Any) -> CapacityReport:
    """Ask the pretended server once."""
    with respx.mock(using="httpx") as router:
        router.route(host="rs.example").mock(side_effect=server)
        async with httpx.AsyncClient(verify=TRUST) as client:
            return await connect(client, **settings).report_capacity()


class TestReading:
    """A well-behaved server."""

    async def test_every_bed_is_read_with_its_need(self) -> None:
        """ICU by the ward around it, states by code, wards and rooms not counted."""
        report = await read(Pretend(first=wire("r4-beds.json")))
        beds = by_id(report)
        assert set(beds) == ALL
        assert beds["bed-1"].need is Need.ICU
        assert [bed.id for bed in report.beds if bed.state is BedState.FREE] == ["bed-1", "bed-3"]
        assert (report.origin, report.complete, report.remarks) == ("fhir", True, ())
        assert report.as_of is not None
        assert report.as_of.isoformat() == "2026-11-23T01:30:00+00:00"

    async def test_only_standard_parameters_are_asked(self) -> None:
        """R4 has no search parameter for physicalType, so none is sent."""
        server = Pretend(first=wire("r4-beds.json"))
        await read(server, organization="99000001", page_size=50)
        assert server.questions() == [{"organization": "Organization/99000001", "_count": "50"}]

    async def test_the_token_goes_along_and_accept_is_json(self) -> None:
        """Each question carries the configured bearer token."""
        server = Pretend(first=wire("r4-beds.json"))
        await read(server, token="synthetic-token")
        assert {request.headers["authorization"] for request in server.asked} == {"Bearer synthetic-token"}
        assert all("json" in request.headers["accept"] for request in server.asked)

    async def test_the_pages_are_followed(self) -> None:
        """Two pages are one answer."""
        report = await read(Pretend(first=wire("r4-page-1.json"), page_2=wire("r4-page-2.json")))
        assert (set(by_id(report)), report.complete, report.remarks) == (ALL, True, ())

    async def test_included_rows_are_no_matches(self) -> None:
        """A site that was included beside the matches is neither counted nor missed."""
        report = await read(Pretend(first=wire("r4-with-include.json")))
        assert (len(report.beds), report.complete, report.remarks) == (8, True, ())


class TestPages:
    """Pages that do not add up."""

    async def test_a_bed_on_two_pages_is_one_bed_in_its_last_state(self) -> None:
        """A bed taken between two pages comes twice; the later state counts."""
        server = Pretend(first=wire("r4-page-1.json"), page_2=wire("r4-page-2-repeats.json"))
        report = await read(server)
        assert len(report.beds) == 8
        assert by_id(report)["bed-3"].state is BedState.OCCUPIED
        assert report.remarks == ("duplicate_rows",)

    @pytest.mark.parametrize(
        ("one", "other", "state"),
        [
            (("U", "09:00"), ("O", "10:00"), BedState.OCCUPIED),
            (("O", "10:00"), ("U", "09:00"), BedState.OCCUPIED),
            (("U", "09:00"), ("O", "09:00"), BedState.UNKNOWN),
            (("U", "09:00"), ("O", None), BedState.UNKNOWN),
            (("O", None), ("U", None), BedState.UNKNOWN),
            (("U", None), ("U", "09:00"), BedState.FREE),
        ],
    )
    async def test_of_two_that_quarrel_without_order_neither_is_believed(
        self, one: tuple[str, str | None], other: tuple[str, str | None], state: BedState
    ) -> None:
        """The same bed free and taken, and no telling which came last: unknown, in either order."""
        entries = [{"resource": bed_at(code, at)} for code, at in (one, other)]
        body = json.dumps({"resourceType": "Bundle", "total": 1, "entry": entries}).encode()
        assert by_id(await read(Pretend(first=body)))["b"].state is state

    @pytest.mark.parametrize("severity", ["information", "warning"])
    @pytest.mark.parametrize("code", ["incomplete", "too-costly", "timeout", "throttled"])
    async def test_a_server_that_says_it_is_incomplete_is_heard(self, severity: str, code: str) -> None:
        """However politely."""
        page = json.loads(wire("r4-beds.json"))
        outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}
        page["entry"].append({"resource": outcome, "search": {"mode": "outcome"}})
        report = await read(Pretend(first=json.dumps(page).encode()))
        assert (len(report.beds), report.complete) == (8, False)
        assert report.remarks == ("outcome_incomplete",)

    async def test_a_page_of_a_million_rows_is_not_sorted_through(self) -> None:
        """More rows than any hospital has places: refused whole."""
        body = b'{"resourceType":"Bundle","entry":[' + b"1," * 20_000 + b"1]}"
        with pytest.raises(Garbled, match="too_many_rows"):
            await read(Pretend(first=body))

    async def test_a_display_of_megabytes_is_not_remembered(self) -> None:
        """Tables remember what they were asked: the row is unreadable, the others count."""
        page = json.loads(wire("r4-beds.json"))
        page["entry"].append({"resource": bed_at("U", None, display="x" * 5000)})
        report = await read(Pretend(first=json.dumps(page).encode()))
        assert (len(report.beds), report.complete) == (8, False)
        assert "unreadable_row" in report.remarks

    async def test_a_page_that_leads_back_ends_the_reading(self) -> None:
        """Nothing is asked twice, and the rest is said to be missing."""
        server = Pretend(first=wire("r4-page-1.json"), page_2=wire("r4-page-2-loops.json"))
        report = await read(server)
        assert (len(report.beds), report.complete) == (8, False)
        assert "page_loop" in report.remarks
        assert len(server.questions()) == 2

    async def test_pages_without_news_end_the_reading(self) -> None:
        """A server that ignores its own page token sends the first page for ever."""
        endless = wire("r4-page-1.json")
        pages = {
            f"page_{number}": endless.replace(b"_page=2", f"_page={number + 1}".encode())
            for number in range(2, 9)
        }
        server = Pretend(first=endless, **pages)
        report = await read(server)
        assert "page_loop" in report.remarks
        assert len(server.questions()) == 2

    @pytest.mark.parametrize(("cap", "most"), [("PAGE_CAP", 3), ("ROW_CAP", 20)])
    async def test_a_server_that_never_ends_is_left_at_a_cap(
        self, monkeypatch: pytest.MonkeyPatch, cap: str, most: int
    ) -> None:
        """New rows on every page, for ever: read up to the cap, and said to be incomplete."""
        monkeypatch.setattr(pages, cap, most)

        def endless(request: httpx.Request) -> httpx.Response:
            number = int(asked(request).get("_page", "1"))
            rows = [{"resource": bed_at("U", None) | {"id": f"b-{number}-{each}"}} for each in range(10)]
            link = [{"relation": "next", "url": f"{R4}/Location?_page={number + 1}"}]
            return httpx.Response(200, json={"resourceType": "Bundle", "entry": rows, "link": link})

        with respx.mock(using="httpx") as router:
            router.get(path="/fhir/metadata").respond(404)
            route = router.get(path="/fhir/Location").mock(side_effect=endless)
            async with httpx.AsyncClient(verify=TRUST) as http:
                report = await connect(http).report_capacity()
        assert (report.complete, "page_cap" in report.remarks) == (False, True)
        assert route.call_count == len(report.beds) // 10 <= 3

    async def test_a_page_of_withheld_rows_only_is_not_the_end(self) -> None:
        """Rows behind it count; what was withheld makes it incomplete."""
        page = json.loads(wire("r4-page-1.json"))
        outcome = {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "information", "code": "suppressed"}],
        }
        page["entry"] = [{"resource": outcome}]
        report = await read(Pretend(first=json.dumps(page).encode(), page_2=wire("r4-page-2.json")))
        assert (bool(report.beds), report.complete, "suppressed" in report.remarks) == (True, False, True)

    async def test_a_missing_next_link_is_noticed(self) -> None:
        """The server says 12 and sends 5: the counts are lower bounds."""
        report = await read(Pretend(first=wire("r4-missing-next.json")))
        assert (report.complete, report.remarks) == (False, ("page_missing",))

    async def test_a_missing_total_is_no_fault(self) -> None:
        """Servers need not send one."""
        report = await read(Pretend(first=wire("r4-total-absent.json")))
        assert (report.complete, report.remarks) == (True, ())

    async def test_a_total_smaller_than_the_rows_is_only_odd(self) -> None:
        """What was read was read."""
        report = await read(Pretend(first=wire("r4-total-too-small.json")))
        assert (len(report.beds), report.complete, report.remarks) == (8, True, ("total_too_small",))

    async def test_a_next_link_to_another_host_is_refused(self) -> None:
        """The token would go along."""
        with respx.mock(using="httpx", assert_all_called=False) as router:
            elsewhere = router.route(host="elsewhere.example").respond(200)
            router.route(host="rs.example").mock(side_effect=Pretend(first=wire("r4-next-elsewhere.json")))
            async with httpx.AsyncClient(verify=TRUST) as client:
                with pytest.raises(Garbled) as told:
                    await connect(client, token="synthetic-token").report_capacity()
        assert told.value.detail == "next_elsewhere"
        assert not elsewhere.called

    @pytest.mark.parametrize(
        "link",
        [
            "http://rs.example/fhir/Location?_page=2",
            "https://rs.example:8443/fhir/Location?_page=2",
            "https://rs.example/other/Location?_page=2",
            "https://rs.example/fhir-of-others/Location?_page=2",
            "https://rs.example/fhir/../other/Location",
            "https://rs.example/fhir/%2e%2e/other/Location",
            "https://rs.example@elsewhere.example/fhir/Location",
            "https://user:pass@rs.example/fhir/Location",
            "//elsewhere.example/fhir/Location",
            "ftp://rs.example/fhir/Location",
            "https://[::1/fhir",
            "https://rs.example:port/fhir",
        ],
    )
    async def test_next_stays_on_the_server(self, link: str) -> None:
        """Another scheme, port, path or user is another place."""
        page = wire("r4-page-1.json").replace(f"{R4}/Location?_count=7&_page=2".encode(), link.encode())
        assert link.encode() in page
        with pytest.raises(Garbled):
            await read(Pretend(first=page))

    @pytest.mark.parametrize(
        "link", ["Location?_count=7&_page=2", "/fhir?_page=2", "https://RS.example:443/fhir?_page=2"]
    )
    async def test_next_may_be_written_in_many_ways(self, link: str) -> None:
        """Relative, at the base itself, with the default port."""
        page = wire("r4-page-1.json").replace(f"{R4}/Location?_count=7&_page=2".encode(), link.encode())
        report = await read(Pretend(first=page, page_2=wire("r4-page-2.json")))
        assert (len(report.beds), report.complete) == (8, True)

    async def test_one_odd_row_does_not_hide_a_hospital(self) -> None:
        """The odd one is left out and said; the others are read."""
        report = await read(Pretend(first=wire("r4-odd-row.json")))
        assert set(by_id(report)) == ALL - {"bed-2"}
        assert (report.complete, report.remarks) == (False, ("unreadable_row",))


class TestFilter:
    """Servers that do not understand what they are asked."""

    @pytest.mark.parametrize("answer", [wire("r4-empty.json"), 400, 404])
    async def test_an_empty_or_refused_filter_is_asked_without(self, answer: Answer) -> None:
        """Nothing, or a refusal, is not believed while the plain question finds beds."""
        filtered = respond(answer)
        if filtered.status_code == 400:
            filtered = httpx.Response(400, content=wire("outcome-not-supported.json"))
        server = Pretend(filtered=filtered, first=wire("r4-beds.json"))
        report = await read(server, organization="99000001")
        assert (set(by_id(report)), report.complete) == (ALL, True)
        assert report.remarks == ("filter_not_understood",)

    async def test_a_filter_answered_with_everything_is_applied_here(self) -> None:
        """Beds of the hospital next door are not ours."""
        report = await read(Pretend(first=wire("r4-everything.json")), organization="99000001")
        assert (set(by_id(report)), report.complete) == (ALL, True)
        assert report.remarks == ("filter_ignored",)

    async def test_a_count_that_is_not_understood_is_left_out_too(self) -> None:
        """A server that answers _count with nothing is asked with nothing but the type."""
        server = Pretend(first=wire("r4-empty.json"), plain=wire("r4-beds.json"))
        report = await read(server)
        assert (set(by_id(report)), server.questions()[-1]) == (ALL, {})

    async def test_an_empty_server_is_believed_to_be_empty_but_not_to_have_no_beds(self) -> None:
        """Even confirmed, "no beds" is no statement about a hospital."""
        server = Pretend(first=wire("r4-empty.json"))
        report = await read(server, organization="99000001")
        assert (report.beds, report.complete, report.as_of, report.remarks) == ((), False, None, ("no_beds",))
        assert len(server.questions()) == 3

    async def test_a_refusal_of_the_plainest_question_is_a_refusal(self) -> None:
        """Its code is passed on, its words are not."""
        refused = httpx.Response(400, content=wire("outcome-not-supported.json"))
        with pytest.raises(Refused) as told:
            await read(Pretend(first=refused))
        assert told.value.code == "not-supported"
        assert "1571" not in str(told.value)


class TestVersion:
    """Which FHIR the server speaks."""

    @pytest.mark.parametrize("version", ["r4", "r4b"])
    async def test_r4_and_r4b_are_read(self, version: str) -> None:
        """They have the same Location."""
        server = Pretend(metadata=wire(f"metadata-{version}.json"), first=wire("r4-beds.json"))
        assert len((await read(server)).beds) == 8

    @pytest.mark.parametrize(("version", "detail"), [("r5", "fhir_5"), ("stu3", "fhir_3")])
    async def test_other_versions_are_refused_by_name(self, version: str, detail: str) -> None:
        """Before a single bed is asked for."""
        server = Pretend(metadata=wire(f"metadata-{version}.json"))
        with pytest.raises(CannotConvey) as told:
            await read(server)
        assert (told.value.field, told.value.detail) == ("fhir_version", detail)
        assert server.questions() == []

    @pytest.mark.parametrize("metadata", [404, 401, 405, 500, wire("error-page.html"), b"{}"])
    async def test_a_server_without_metadata_is_judged_by_shape(self, metadata: Answer) -> None:
        """Some have none, or none for us."""
        assert len((await read(Pretend(metadata=metadata, first=wire("r4-beds.json")))).beds) == 8
        with pytest.raises(CannotConvey):
            await read(Pretend(metadata=metadata, first=wire("r5-beds.json")))

    @pytest.mark.parametrize("version", ["4.0", "4.3", "4.0.1"])
    async def test_a_version_of_two_parts_is_one(self, version: str) -> None:
        """Some servers leave the last number out."""
        metadata = json.dumps({"resourceType": "CapabilityStatement", "fhirVersion": version}).encode()
        assert len((await read(Pretend(metadata=metadata, first=wire("r4-beds.json")))).beds) == 8

    async def test_a_server_that_never_tells_its_version_is_read_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Hanging or broken at /metadata only: the beds are there, and the deadline is theirs."""
        monkeypatch.setattr(ability, "METADATA_S", 0.01)
        server = Pretend(first=wire("r4-beds.json"))

        async def hang(_: httpx.Request) -> httpx.Response:
            await asyncio.sleep(60)
            raise AssertionError

        for trouble in (hang, httpx.ReadError("broken")):
            with respx.mock(using="httpx", assert_all_called=False) as router:  # cut off is not "called"
                router.get(path="/fhir/metadata").mock(side_effect=trouble)
                router.route(host="rs.example").mock(side_effect=server)
                async with httpx.AsyncClient(verify=TRUST) as http:
                    assert len((await connect(http).report_capacity()).beds) == 8

    async def test_metadata_is_read_once(self) -> None:
        """The second question goes straight to the beds."""
        server = Pretend(first=wire("r4-beds.json"))
        with respx.mock(using="httpx") as router:
            router.route(host="rs.example").mock(side_effect=server)
            async with httpx.AsyncClient(verify=TRUST) as client:
                port = connect(client)
                await port.report_capacity()
                await port.report_capacity()
        assert [request.url.path for request in server.asked] == [
            "/fhir/metadata",
            "/fhir/Location",
            "/fhir/Location",
        ]

    async def test_a_busy_server_is_not_asked_on(self) -> None:
        """Too many questions is answered with patience, not with another question."""
        server = Pretend(metadata=httpx.Response(429, headers={"retry-after": "9"}))
        with pytest.raises(Busy) as told:
            await read(server)
        assert (told.value.retry_after, len(server.asked)) == (9.0, 1)


class TestAnswers:
    """Answers that are no search answer."""

    @pytest.mark.parametrize(
        ("answer", "error", "detail"),
        [
            (wire("error-page.html"), Garbled, "html"),
            (wire("answer.xml"), Garbled, "xml"),
            (httpx.Response(204), Garbled, "empty"),
            (b"", Garbled, "empty"),
            (b"\xef\xbb\xbf{}", Garbled, "not_fhir"),
            (b"nothing", Garbled, "not_json"),
            (wire("metadata-r4.json"), Garbled, "not_a_searchset"),
            (wire("outcome-information.json"), Garbled, "not_a_searchset"),
            (wire("outcome-throttled.json"), Busy, "issue_throttled"),
            (wire("outcome-lock-error.json"), Busy, "issue_lock-error"),
            (wire("outcome-timeout.json"), NoAnswer, "issue_timeout"),
            (wire("outcome-exception.json"), NoAnswer, "issue_exception"),
            (wire("outcome-login.json"), NotAccepted, "issue_login"),
            (httpx.Response(500, content=wire("outcome-throttled.json")), Busy, "issue_throttled"),
            (httpx.Response(500, content=wire("outcome-exception.json")), NoAnswer, "status_500"),
            (httpx.Response(409, content=wire("outcome-lock-error.json")), Busy, "issue_lock-error"),
            (httpx.Response(502, content=wire("error-page.html")), NoAnswer, "status_502"),
            (httpx.Response(401, content=wire("outcome-login.json")), NotAccepted, "status_401"),
        ],
    )
    async def test_each_has_a_name(self, answer: Answer, error: type[PartnerError], detail: str) -> None:
        """What to do next follows from the class, the reason from the code; a 200 proves nothing."""
        with pytest.raises(error) as told:
            await read(Pretend(first=answer))
        assert told.value.detail == detail
        assert "1571" not in repr(told.value)

    @pytest.mark.parametrize("code", ["suppressed", "not-supported"])
    async def test_a_rule_that_forbids_the_question_is_a_refusal(self, code: str) -> None:
        """With the server's code and our own words."""
        with pytest.raises(Refused) as told:
            await read(Pretend(first=wire(f"outcome-{code}.json")))
        assert told.value.code == code

    async def test_a_byte_order_mark_is_harmless(self) -> None:
        """Windows servers write one."""
        assert len((await read(Pretend(first=b"\xef\xbb\xbf" + wire("r4-beds.json")))).beds) == 8
