"""SATUSEHAT: the token, the tree of departments, and pages whose total counts only themselves."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from adapters.hospital import ADAPTER, satusehat
from adapters.hospital.settings import Settings
from adapters.hospital.token import Tokens
from contracts import (
    Bed,
    BedState,
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

from .hospitals import PHYSICAL, PLATFORM, asked, by_id, coded, wire
from .sample import MORE_SETTINGS

OAUTH = "https://platform.example/oauth2/v1"
SETTINGS = Settings.model_validate(MORE_SETTINGS[-1])


class Platform:
    """The platform: gives out tokens, knows three departments on two levels, pages its Locations."""

    def __init__(self, answers: Mapping[str, bytes] | None = None, *, lists: bool = True) -> None:
        """Take *answers* in place of the usual ones; without *lists*, commas are not understood."""
        self.lists = lists
        self.answers = answers or {}
        self.asked: list[httpx.Request] = []
        self.valid = "demo-access-token"
        self.tokens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.asked.append(request)
        if request.url.path.endswith("/accesstoken"):
            return self.token()
        if request.headers["authorization"] != f"Bearer {self.valid}":
            return httpx.Response(401, json={"fault": {"faultstring": "Invalid access token"}})
        name = self.organizations(request) if "Organization" in request.url.path else self.locations(request)
        return httpx.Response(200, content=self.answers.get(name) or wire(f"satusehat-{name}.json"))

    def token(self) -> httpx.Response:
        """Give out a token; each is a new one."""
        self.tokens += 1
        self.valid = f"demo-access-token-{self.tokens}"
        granted = wire("satusehat-token.json").replace(b"demo-access-token", self.valid.encode())
        return httpx.Response(200, content=granted)

    def organizations(self, request: httpx.Request) -> str:
        """Name the answer to a question for departments."""
        parents = asked(request)["partof"].split(",")
        if len(parents) > 1 and not self.lists:
            return "no-organizations"
        if "dept-dalam" in parents:
            return "subdepartments"
        return "departments" if "99000010" in parents else "no-organizations"

    def locations(self, request: httpx.Request) -> str:
        """Name the page of Locations asked for."""
        if "," in asked(request).get("organization", "") and not self.lists:
            return "no-organizations"
        return "locations-2" if "_page_token" in request.url.params else "locations-1"

    def questions(self, kind: str, parameter: str) -> list[str]:
        """Return what was asked for *kind*, first pages only."""
        found = [asked(one) for one in self.asked if one.url.path.endswith(f"/{kind}")]
        return [params[parameter] for params in found if "_page_token" not in params]


ROOT = "99000010"


class Country:
    """A platform made of a tree of organisations and one bed each in some; reads lists as told."""

    def __init__(self, tree: Mapping[str, list[str]], *, beds_in: list[str], lists: str = "all") -> None:
        """Take who is below whom; *lists* are read whole, to the `first` comma, or `refused`."""
        self.tree = tree
        self.beds_in = beds_in
        self.lists = lists
        self.listed: list[list[str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path.endswith("/accesstoken"):
            return httpx.Response(200, content=wire("satusehat-token.json"))
        params = asked(request)
        names = (params.get("partof") or params["organization"]).split(",")
        self.listed += [names] if "organization" in params else []
        if len(names) > 1 and self.lists == "refused":
            return httpx.Response(400)
        names = names[:1] if self.lists == "first" else names
        rows = self.below(names) if "partof" in params else self.beds(names)
        entries = [{"resource": row} for row in rows]
        return httpx.Response(200, json={"resourceType": "Bundle", "type": "searchset", "entry": entries})

    def below(self, names: list[str]) -> list[dict[str, Any]]:
        """Return the organisations directly below *names*."""
        found = [(child, name) for name in names for child in self.tree.get(name, ())]
        return [
            {"resourceType": "Organization", "id": child, "partOf": {"reference": f"Organization/{name}"}}
            for child, name in found
        ]

    def beds(self, names: list[str]) -> list[dict[str, Any]]:
        """Return the beds of *names*."""
        return [
            {
                "resourceType": "Location",
                "id": f"bed-{name}",
                "physicalType": {"coding": [coded("bd", PHYSICAL)]},
                "managingOrganization": {"reference": f"Organization/{name}"},
            }
            for name in names
            if name in self.beds_in
        ]


async def read(
    platform: Callable[[httpx.Request], httpx.Response], times: int = 1, settings: Settings = SETTINGS
) -> CapacityReport:
    """Ask the pretended platform as often as told; return the last report."""
    with respx.mock(using="httpx") as router:
        router.route(host="platform.example").mock(side_effect=platform)
        async with httpx.AsyncClient(verify=TRUST) as client:
            port = ADAPTER.connect(settings, client)
            assert isinstance(port, ReportsCapacity)
            for _ in range(times):
                report = await port.report_capacity()
    return report


class TestBeds:
    """What is found, and what it is for."""

    async def test_beds_of_all_departments_are_found_with_their_need(self) -> None:
        """ICU and IGD by the room, VIP room as a bed, unknown code as unknown, class from the room."""
        report = await read(Platform())
        told = {key: (bed.need, bed.state, bed.kelas) for key, bed in by_id(report).items()}
        assert told == {
            "k-210-1": (Need.WARD, BedState.FREE, "1"),
            "k-210-2": (Need.WARD, BedState.OCCUPIED, "1"),
            "k-210-3": (Need.WARD, BedState.UNKNOWN, "1"),
            "vip-1": (Need.WARD, BedState.FREE, "vip"),
            "icu-1": (Need.ICU, BedState.FREE, "1"),
            "icu-2": (Need.ICU, BedState.OCCUPIED, "1"),
            "resus-1": (Need.IGD, BedState.FREE, None),
            "observasi-1": (Need.IGD, BedState.SOON, None),
        }
        assert report.complete
        assert report.remarks == ("coordinates_swapped", "unknown_state")

    async def test_the_page_total_is_not_taken_for_the_result(self) -> None:
        """Two pages of 6 and 8 both say their own size; nothing is missing."""
        report = await read(Platform())
        assert "page_missing" not in report.remarks
        assert "total_too_small" not in report.remarks

    async def test_a_full_last_page_without_a_next_link_is_not_trusted(self) -> None:
        """A forgotten link looks like the end; where no total can tell, the counts are lower bounds."""
        page = json.loads(wire("satusehat-locations-2.json"))
        asked_for = {**MORE_SETTINGS[-1], "page_size": len(page["entry"])}
        report = await read(Platform(), settings=Settings.model_validate(asked_for))
        assert (len(report.beds), report.complete) == (8, False)
        assert "page_full" in report.remarks

    async def test_a_bed_that_moves_while_pages_are_turned_is_noticed(self) -> None:
        """Newest first: a bed freed between two pages pushes another from page 2 back to page 1, unseen."""
        page = json.loads(wire("satusehat-locations-2.json"))
        page["entry"].append(json.loads(wire("satusehat-locations-1.json"))["entry"][0])
        report = await read(Platform({"locations-2": json.dumps(page).encode()}))
        assert not report.complete
        assert "rows_moved" in report.remarks

    async def test_withheld_locations_make_it_incomplete(self) -> None:
        """No consent for two Locations: the counts are lower bounds."""
        report = await read(Platform({"locations-2": wire("satusehat-locations-withheld.json")}))
        assert (len(report.beds), report.complete) == (8, False)
        assert "suppressed" in report.remarks

    async def test_withheld_departments_make_it_incomplete(self) -> None:
        """Beds of a department we may not see are beds we do not know."""
        report = await read(Platform({"departments": wire("satusehat-departments-withheld.json")}))
        assert not report.complete
        assert "suppressed" in report.remarks


class TestTree:
    """How departments are walked."""

    async def test_departments_are_walked_level_by_level_in_lists(self) -> None:
        """The hospital stands last in the list: its own departments prove that all of it was read."""
        platform = Platform()
        await read(platform)
        assert platform.questions("Organization", "partof") == [
            "99000010",
            "dept-dalam,dept-igd,99000010",
            "dept-icu",
        ]
        assert platform.questions("Location", "organization") == ["99000010,dept-dalam,dept-igd,dept-icu"]

    async def test_where_lists_are_not_understood_each_is_asked_alone(self) -> None:
        """An empty answer to a list is not believed."""
        platform = Platform(lists=False)
        report = await read(platform)
        assert len(report.beds) == 8
        assert platform.questions("Organization", "partof")[1:] == [
            "dept-dalam,dept-igd,99000010",
            "dept-dalam",
            "dept-igd",
            "99000010",
            "dept-icu",
        ]
        assert platform.questions("Location", "organization")[1:] == [
            "99000010",
            "dept-dalam",
            "dept-igd",
            "dept-icu",
        ]

    async def test_many_departments_are_asked_in_parts(self) -> None:
        """Sixty departments make three addresses of bearable length, once lists have proved to be read."""
        country = Country({ROOT: [f"dept-{number}" for number in range(60)]}, beds_in=["dept-3", "dept-59"])
        for _ in range(2):
            country.listed.clear()
            report = await read(country)
        assert len(report.beds) == 2
        assert [len(names) for names in country.listed if len(names) > 1] == [25, 25, 11]

    @pytest.mark.parametrize("lists", ["all", "first", "refused"])
    async def test_no_bed_is_missed_whatever_a_platform_makes_of_lists(self, lists: str) -> None:
        """Read whole, read to the first comma, or refused: every department's bed is found."""
        tree = {ROOT: ["a", "b"], "b": ["c"]}
        report = await read(Country(tree, beds_in=[ROOT, "a", "c"], lists=lists))
        assert (set(by_id(report)), report.complete) == ({f"bed-{ROOT}", "bed-a", "bed-c"}, True)

    async def test_a_tree_that_never_ends_is_left_at_a_cap(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """More departments than any hospital has: read up to there, and said to be incomplete."""
        monkeypatch.setattr(satusehat, "DEPARTMENT_CAP", 3)
        report = await read(
            Country({ROOT: ["a", "b"], "a": ["c", "d"], "d": ["e"]}, beds_in=[ROOT, "a", "e"])
        )
        assert (set(by_id(report)), report.complete) == ({f"bed-{ROOT}", "bed-a"}, False)
        assert "department_cap" in report.remarks

    async def test_the_platform_is_asked_for_no_more_than_it_gives(self) -> None:
        """It caps pages at 100 rows: asked for 200, a page of 100 would not look full."""
        platform = Platform()
        await read(platform, settings=Settings.model_validate({**MORE_SETTINGS[-1], "page_size": 200}))
        counts = {asked(one).get("_count") for one in platform.asked if "Location" in one.url.path}
        assert counts - {None} == {"100"}

    async def test_the_owner_nearest_to_a_bed_decides_whose_it_is(self) -> None:
        """A room of ours inside another hospital's building is ours, and theirs inside ours is not."""

        def place(key: str, kind: str, owner: str | None, inside: str | None = None) -> dict[str, Any]:
            row = {"resourceType": "Location", "id": key, "physicalType": {"coding": [coded(kind, PHYSICAL)]}}
            row |= {"managingOrganization": {"reference": f"Organization/{owner}"}} if owner else {}
            return row | ({"partOf": {"reference": f"Location/{inside}"}} if inside else {})

        rows = [
            place("building", "bu", "other"),
            place("our-room", "ro", ROOT, "building"),
            place("our-bed", "bd", None, "our-room"),
            place("their-room", "ro", "other", "our-room"),
            place("their-bed", "bd", None, "their-room"),
        ]
        country = Country({}, beds_in=[])
        country.beds = lambda names: rows  # type: ignore[method-assign]  # this once
        assert set(by_id(await read(country))) == {"our-bed"}

    async def test_rows_from_elsewhere_in_the_tree_are_not_followed(self) -> None:
        """A platform that ignored the question would send the whole country."""
        stranger = {"resourceType": "Organization", "id": "far", "partOf": {"reference": "Organization/1"}}
        rootless = {"resourceType": "Organization", "id": "root"}
        rows = [{"resource": stranger}, {"resource": rootless}]
        answer = json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": rows}).encode()
        platform = Platform({"departments": answer})
        await read(platform)
        assert platform.questions("Location", "organization") == ["99000010"]

    async def test_departments_in_a_circle_end(self) -> None:
        """A department that is its own ancestor is walked once."""
        rows = [
            {
                "resource": {
                    "resourceType": "Organization",
                    "id": name,
                    "partOf": {"reference": f"Organization/{above}"},
                }
            }
            for name, above in (("a", "99000010"), ("99000010", "a"))
        ]
        circle = json.dumps({"resourceType": "Bundle", "entry": rows}).encode()
        platform = Platform({"departments": circle, "subdepartments": circle, "no-organizations": circle})
        await read(platform)
        assert len(platform.questions("Organization", "partof")) == 2


class TestToken:
    """The access token."""

    async def test_many_askers_at_once_make_one_token(self) -> None:
        """Twenty reports, one question for a token, and one more when it was forgotten."""
        platform = Platform()
        with respx.mock(using="httpx") as router:
            router.route(host="platform.example").mock(side_effect=platform)
            async with httpx.AsyncClient(verify=TRUST) as client:
                port = ADAPTER.connect(SETTINGS, client)
                assert isinstance(port, ReportsCapacity)
                await asyncio.gather(*(port.report_capacity() for _ in range(20)))
                assert platform.tokens == 1
                platform.valid = "forgotten"
                await asyncio.gather(*(port.report_capacity() for _ in range(20)))
        assert platform.tokens == 2

    async def test_it_is_asked_for_the_platforms_way(self) -> None:
        """grant_type in the query, credentials in a form body, no Basic authentication."""
        platform = Platform()
        await read(platform)
        request = platform.asked[0]
        assert (request.method, str(request.url)) == (
            "POST",
            f"{OAUTH}/accesstoken?grant_type=client_credentials",
        )
        assert parse_qs(request.content.decode()) == {
            "client_id": ["demo-client"],
            "client_secret": ["synthetic-client-secret"],
        }
        assert "authorization" not in request.headers

    async def test_it_is_kept(self) -> None:
        """Two questions, one token."""
        platform = Platform()
        await read(platform, times=2)
        assert platform.tokens == 1

    async def test_a_token_refused_early_is_replaced_once(self) -> None:
        """The platform forgot it: one new token, and the question goes on."""
        platform = Platform()

        def forgetful(request: httpx.Request) -> httpx.Response:
            if len(platform.asked) == 3:
                platform.valid = "another"
            return platform(request)

        assert len((await read(forgetful)).beds) == 8
        assert platform.tokens == 2

    async def test_a_platform_that_refuses_every_token_is_not_asked_for_ever(self) -> None:
        """Twice is enough: our credentials are not accepted."""
        platform = Platform()

        def stubborn(request: httpx.Request) -> httpx.Response:
            answer = platform(request)
            return answer if request.method == "POST" else httpx.Response(401)

        with pytest.raises(NotAccepted):
            await read(stubborn)
        assert platform.tokens == 2

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (httpx.Response(401, json={"ErrorCode": "invalid_client"}), NotAccepted),
            (httpx.Response(400, json={"error": "invalid_client"}), NotAccepted),
            (httpx.Response(404, text="not here"), Refused),
            (httpx.Response(500, json={"fault": {"faultstring": "?"}}), NoAnswer),
            (httpx.Response(200, json={}), Garbled),
            (httpx.Response(200, json={"access_token": ""}), Garbled),
            (httpx.Response(200, json={"access_token": "a\r\nX-Evil: 1"}), Garbled),
            (httpx.Response(200, json={"access_token": "töken"}), Garbled),
            (httpx.Response(200, json={"access_token": 7}), Garbled),
            (httpx.Response(200, text="<html>"), Garbled),
        ],
    )
    async def test_without_a_token_the_fault_is_named(
        self, answer: httpx.Response, error: type[PartnerError]
    ) -> None:
        """And no question goes out without one."""
        asked_for: list[str] = []

        def platform(request: httpx.Request) -> httpx.Response:
            asked_for.append(request.method)
            return answer

        with pytest.raises(error):
            await read(platform)
        assert asked_for == ["POST"]

    @pytest.mark.parametrize(
        ("expires_in", "kept_for", "gone_after"),
        [
            ("3599", 3530.0, 3540.0),
            (3599, 3530.0, 3540.0),
            ("100", 45.0, 51.0),
            (None, 230.0, 241.0),
            ("soon", 230.0, 241.0),
            ("0", -1.0, 0.0),
        ],
    )
    async def test_it_is_given_up_before_its_end(
        self, expires_in: Any, kept_for: float, gone_after: float
    ) -> None:
        """A minute early, or at half its life; numbers come as text."""
        now, given = 1000.0, 0

        def grant(request: httpx.Request) -> httpx.Response:
            nonlocal given
            given += 1
            return httpx.Response(200, json={"access_token": f"t{given}", "expires_in": expires_in})

        async with httpx.AsyncClient(transport=httpx.MockTransport(grant)) as client:
            tokens = Tokens(client, oauth_url=OAUTH, client_id="c", client_secret="s", clock=lambda: now)
            assert await tokens.token() == "t1"
            if kept_for > 0:
                now = 1000.0 + kept_for
                assert await tokens.token() == "t1"
            now = 1000.0 + gone_after
            assert await tokens.token() == "t2"


async def test_the_report_holds_beds_and_nothing_of_the_wire() -> None:
    """Above the adapter there are only our own words."""
    report = await read(Platform())
    assert all(type(bed) is Bed for bed in report.beds)
    assert PLATFORM not in repr(report)
