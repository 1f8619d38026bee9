"""SATUSEHAT Rujukan: the offer as a transaction, the hospital's answer in its Task, then the referral."""

from collections.abc import Awaitable, Callable
from functools import partial
from random import SystemRandom
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.door.middleware import trouble_for
from sandbox.fhir.changes import check_version, etag, json_body
from sandbox.fhir.outcome import FHIR_JSON, JsonAnswer
from sandbox.fhir.patch import MEDIA_TYPE, patched
from sandbox.fhir.referral_check import check_referral
from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital
from sandbox.referrals.need import need_of, own_mind
from sandbox.referrals.sayings import Saying
from sandbox.world import World

from . import referral_rules as rules
from .faults import BUSINESS_RULE, Refused
from .paging import MOST, links_of, searchset
from .referral_search import found_among
from .referral_words import KINDS, NUMBER, asked_by, target_of
from .transaction import Offer, read_offer, response_of

Answering = Callable[[Request, Hospital], Awaitable[Response]]
Room = Callable[[Answering], Callable[[Request], Awaitable[Response]]]

_JSON = "application/json"


def referral_routes(world: World, room: Room) -> list[Route]:
    """Return the routes below the platform's FHIR address; *room* guards them as it does the others."""
    desk = _Referrals(world)
    routes = [Route("/", room(desk.offer), methods=["POST"])]
    for kind in KINDS:
        many = [f"/{kind}{slash}" for slash in ("", "/")]  # the platform's own links carry the slash
        routes += [Route(path, room(partial(desk.search, kind=kind))) for path in many]
        routes.append(Route(f"/{kind}/{{id}}", room(partial(desk.read, kind=kind))))
        routes.append(Route(f"/{kind}/{{id}}", room(partial(desk.patch, kind=kind)), methods=["PATCH"]))
    routes.append(Route("/ServiceRequest", room(desk.refer), methods=["POST"]))
    return routes


def offer_route(world: World, room: Room, path: str) -> Route:
    """Return the route of the platform's FHIR address itself, which takes offers without a slash too."""
    return Route(path, room(_Referrals(world).offer), methods=["POST"])


class _Referrals:
    """The platform's store of referrals, seen by whoever holds a token."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.platform

    async def offer(self, request: Request, hospital: Hospital) -> Response:
        offer = read_offer(await json_body(request))
        targets = {each.row.organization for each in self._world.of_system("satusehat")}
        for resource in offer.resources:
            rules.check_own(resource, hospital.row.organization)
            rules.check_new(resource, self._store)
        for task in offer.tasks:
            rules.check_offer(task, targets)
        rules.check_plan(offer.plan)
        now = self._world.now()
        kept = [self._store.keep(resource, now) for resource in offer.resources]
        self._store.owners |= dict.fromkeys((row["id"] for row in kept), hospital.row.organization)
        self._pass_on(offer)
        return JsonAnswer(response_of(_base_of(request), kept), media_type=_JSON)

    def _pass_on(self, offer: Offer) -> None:
        """Let each hospital that is asked think about its Task."""
        by_organization = {each.row.organization: each for each in self._world.of_system("satusehat")}
        for task in offer.tasks:
            name = by_organization[str(target_of(task))].row.id
            self._world.receptions[name].asked(task["id"], partial(self._mind, name, task))

    def _mind(self, name: str, task: Resource) -> Saying:
        emergency = task.get("priority") == "stat"
        return own_mind(self._world.hospitals[name], need=need_of(task), emergency=emergency)

    async def refer(self, request: Request, hospital: Hospital) -> Response:
        order = check_referral(await json_body(request), "ServiceRequest")
        rules.check_own(order, hospital.row.organization)
        rules.check_new(order, self._store)
        rules.check_referral_order(order, self._store)
        kept = self._store.create(_numbered(order), self._world.now())
        self._store.owners[kept["id"]] = hospital.row.organization
        address = f"{_base_of(request)}/ServiceRequest/{kept['id']}"
        headers = {"ETag": etag(kept), "Location": address}
        return JsonAnswer(kept, 201, headers, media_type=_JSON)

    async def search(self, request: Request, hospital: Hospital, *, kind: str) -> Response:
        parameters = parse_qsl(request.url.query)
        rows = [row for row in self._store.all(kind) if self._may_see(hospital, row)]
        found = found_among(rows, [] if trouble_for(request, "everything") else parameters)
        if trouble_for(request, "nothing"):
            found = []
        base = _base_of(request)
        page = searchset(base, found[:MOST], links_of(base, kind, parameters, None), frozenset())
        return JsonAnswer(page, media_type=_JSON)

    async def read(self, request: Request, hospital: Hospital, *, kind: str) -> Response:
        return _one(self._kept(request, hospital, kind))

    async def patch(self, request: Request, hospital: Hospital, *, kind: str) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != MEDIA_TYPE:
            raise Refused(415, "not-supported", f"Content-Type must be {MEDIA_TYPE}")
        body = await request.body()
        before = self._kept(request, hospital, kind)  # from here on nothing may await
        check_version(request, before)
        after = check_referral(patched(before, body, lenient=True), kind)
        if any(after.get(name) != before.get(name) for name in ("id", "identifier", "owner", "requester")):
            raise Refused(400, "business-rule", "id, identifier, owner and requester stay as they are")
        return _one(self._store.keep(after, self._world.now()))

    def _kept(self, request: Request, hospital: Hospital, kind: str) -> Resource:
        kept = self._store.get(kind, request.path_params["id"])
        if kept is None:
            raise Refused(404, "not-found", f"no such {kind}")
        if not self._may_see(hospital, kept):
            raise Refused(403, "business-rule", BUSINESS_RULE)
        return kept

    def _may_see(self, hospital: Hospital, row: Resource) -> bool:
        return hospital.row.organization in {self._store.owners[row["id"]], *asked_by(row)}


def _base_of(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/satusehat/fhir-r4/v1"


def _one(kept: Resource) -> Response:
    return JsonAnswer(kept, headers={"ETag": etag(kept)}, media_type=FHIR_JSON)


def _numbered(order: Resource) -> Resource:
    """Give the referral its national number: ten digits, only ever by the platform."""
    others = [item for item in order.get("identifier", []) if item.get("system") != NUMBER]
    number = f"{SystemRandom().randrange(10**9, 10**10)}"
    return {**order, "identifier": [*others, {"system": NUMBER, "value": number}]}
