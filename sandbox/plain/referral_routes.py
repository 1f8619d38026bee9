"""`ServiceRequest` and `Task` on a plain hospital server: create, read, search, update, patch."""

from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.door.middleware import trouble_for
from sandbox.fhir.changes import check_version, etag, json_body, parsed
from sandbox.fhir.outcome import FhirError, Issue
from sandbox.fhir.patch import MEDIA_TYPE, patched
from sandbox.fhir.referral_check import check_referral
from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital
from sandbox.referrals.need import need_of, own_mind
from sandbox.referrals.sayings import Saying
from sandbox.referrals.store import Store
from sandbox.world import World

from .conditional import already_there
from .referral_desk import KINDS, PlainDesk
from .referral_rules import check_change, check_new, is_abort
from .referral_search import searchset_of, tests_of
from .search_route import base_of, fhir_answer

Answering = Callable[[Request, Hospital], Awaitable[Response]]


def referral_routes(
    world: World, room: Callable[[Answering], Callable[..., Awaitable[Response]]]
) -> list[Route]:
    """Return the routes of both kinds; *room* guards them as it does the server's others."""
    return [route for kind in KINDS for route in _Kind(world, kind).routes(room)]


class _Kind:
    """All that can be done to one kind of resource."""

    def __init__(self, world: World, kind: str) -> None:
        self._world = world
        self._kind = kind

    def routes(self, room: Callable[[Answering], Callable[..., Awaitable[Response]]]) -> list[Route]:
        one, many = f"/{self._kind}/{{id}}", f"/{self._kind}"
        return [
            Route(many, room(self._create), methods=["POST"]),
            Route(many, room(self._search)),
            Route(f"{many}/_search", room(self._search), methods=["POST"]),
            Route(one, room(self._read)),
            Route(one, room(partial(self._update, change=_replaced)), methods=["PUT"]),
            Route(one, room(partial(self._update, change=_patched)), methods=["PATCH"]),
        ]

    async def _create(self, request: Request, hospital: Hospital) -> Response:
        store = self._store(hospital)
        wanted = check_referral(await json_body(request), self._kind)
        if "no_conditional" not in hospital.row.habits:
            there = already_there(request, store, self._kind)
            if there is not None:
                return _answer(request, there, headers=self._address(request, hospital, there))
        if self._kind == "Task":
            check_new(wanted, store)
        kept = store.create(wanted, self._world.now())
        self._pass_on(hospital, store, kept)
        return _answer(request, kept, status=201, headers=self._address(request, hospital, kept))

    def _pass_on(self, hospital: Hospital, store: Store, task: Resource) -> None:
        """Let the hospital think about a new Task."""
        if self._kind != "Task":
            return
        reception = self._world.receptions[hospital.row.id]
        if is_abort(task):
            reception.asked_to_stop(task["id"])
            return
        order = store.follow("ServiceRequest", task.get("focus")) or {}
        emergency = "stat" in (task.get("priority"), order.get("priority"))
        name, need = hospital.row.id, need_of(order)

        def mind() -> Saying:  # the beds are looked at when the answer is due, and may be others by then
            return own_mind(self._world.hospitals[name], need=need, emergency=emergency)

        reception.asked(task["id"], mind)

    async def _search(self, request: Request, hospital: Hospital) -> Response:
        parameters = parse_qsl(request.url.query, keep_blank_values=True)
        if request.method == "POST":
            parameters += parse_qsl((await request.body()).decode("utf-8", "replace"))
        strict = "handling=strict" in request.headers.get("prefer", "")
        tests, ignored = tests_of(self._kind, parameters, hospital.row.habits, strict=strict)
        if trouble_for(request, "everything"):
            tests = []
        rows = [] if trouble_for(request, "nothing") else self._store(hospital).all(self._kind)
        found = [row for row in rows if all(test(row) for test in tests)]
        content = searchset_of(base_of(request, hospital), self._kind, parameters, found, ignored)
        return fhir_answer(content, later=trouble_for(request, "r5") is not None)

    async def _read(self, request: Request, hospital: Hospital) -> Response:
        kept = self._kept(request, hospital)
        if request.headers.get("if-none-match") == etag(kept):
            return Response(status_code=304, headers={"ETag": etag(kept)})
        return _answer(request, kept)

    async def _update(
        self, request: Request, hospital: Hospital, *, change: Callable[[Request, Resource, bytes], Resource]
    ) -> Response:
        body = await request.body()
        before = self._kept(request, hospital)  # from here on nothing may await: the version is compared
        check_version(request, before)
        after = check_referral(change(request, before, body), self._kind)
        if after.get("id") != before["id"]:
            raise FhirError(400, Issue("invalid", "the id differs from the address", expression="id"))
        check_change(before, after)
        return _answer(request, self._store(hospital).keep(after, self._world.now()))

    def _store(self, hospital: Hospital) -> Store:
        desk = self._world.receptions[hospital.row.id].desk
        assert isinstance(desk, PlainDesk)  # noqa: S101 - r4 hospitals have no other; for the type checker
        return desk.store

    def _kept(self, request: Request, hospital: Hospital) -> Resource:
        kept = self._store(hospital).get(self._kind, request.path_params["id"])
        if kept is None:
            raise FhirError(404, Issue("not-found", f"no such {self._kind}"))
        return kept

    def _address(self, request: Request, hospital: Hospital, kept: Resource) -> dict[str, str]:
        return {"Location": f"{base_of(request, hospital)}/{self._kind}/{kept['id']}"}


def _replaced(request: Request, before: Resource, body: bytes) -> Resource:
    del request, before
    whole: Resource = parsed(body)
    return whole


def _patched(request: Request, before: Resource, body: bytes) -> Resource:
    if request.headers.get("content-type", "").partition(";")[0] != MEDIA_TYPE:
        raise FhirError(415, Issue("not-supported", f"{MEDIA_TYPE} is wanted"))
    changed: Resource = patched(before, body)
    return changed


def _answer(
    request: Request, kept: Resource, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    later = trouble_for(request, "r5") is not None
    return fhir_answer(kept, later=later, status=status, headers={"ETag": etag(kept), **(headers or {})})
