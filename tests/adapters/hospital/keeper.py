"""A pretend FHIR server that keeps what it is given, with faults on demand at any request."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from .hospitals import wire

Json = dict[str, Any]
Fault = Callable[[httpx.Request], httpx.Response]
KINDS = ("ServiceRequest", "Task", "CarePlan")


def lost(request: httpx.Request) -> httpx.Response:
    """Have no answer: the connection breaks."""
    raise httpx.ReadError("reset", request=request)


def refused(request: httpx.Request) -> httpx.Response:
    """Have nothing sent."""
    raise httpx.ConnectError("refused", request=request)


class Keeper:
    """
    ServiceRequest and Task as an R4 hospital keeps them.

    *conditional* is whether If-None-Exist is honoured (and declared). *search* is how a search by identifier
    is answered: by `identifier`, with `everything`, with `nothing`, with 400 (`refused`), or with everything
    and a warning beside (`warning`).
    """

    def __init__(self, *, conditional: bool = True, search: str = "identifier", bodies: bool = True) -> None:
        """Take *bodies*: whether a write is answered with the resource or with its address only."""
        self.conditional, self.search, self.bodies = conditional, search, bodies
        self.kept: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}
        self.asked: list[httpx.Request] = []
        self.faults: dict[int, tuple[Fault, bool]] = {}  # by request number: what is answered, done or not
        self.before: dict[str, Callable[[], None]] = {}  # by "METHOD Kind": what happens just before, once

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.asked.append(request)
        fault, is_done = self.faults.get(len(self.asked), (None, True))
        answer = self._answer(request) if is_done else None
        if fault is not None:
            return fault(request)
        assert answer is not None
        return answer

    def all(self, kind: str) -> list[Json]:
        """Return everything kept of a kind."""
        return list(self.kept[kind].values())

    def one(self, kind: str) -> Json:
        """Return the only resource of a kind."""
        (only,) = self.all(kind)
        return only

    def say(self, **elements: Any) -> None:
        """Change the only fulfil Task, as the hospital does."""
        task = next(each for each in self.all("Task") if each["code"]["coding"][0]["code"] != "abort")
        self._keep("Task", task | elements)

    def writes(self) -> list[str]:
        """Return the method and kind of every write, in order."""
        told = [each for each in self.asked if each.method != "GET"]
        return [f"{each.method} {each.url.path.split('/')[2]}" for each in told]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/fhir").strip("/").split("/")
        if path == ["metadata"]:
            return httpx.Response(200, json=self._metadata())
        self.before.pop(f"{request.method} {path[0]}", lambda: None)()
        if request.method == "POST":
            return self._create(path[0], request)
        if len(path) == 1:
            return self._searched(path[0], request.url.params.get("identifier", ""))
        if path[1] not in self.kept[path[0]]:
            return httpx.Response(404)
        if request.method == "PUT":
            return self._replace(path[0], path[1], request)
        return self._show(self.kept[path[0]][path[1]], 200)

    def _create(self, kind: str, request: httpx.Request) -> httpx.Response:
        condition = request.headers.get("if-none-exist", "").removeprefix("identifier=")
        there = self._with(kind, condition) if self.conditional and condition else []
        if len(there) > 1:
            return httpx.Response(412)
        if there:
            return self._show(there[0], 200)
        resource = json.loads(request.content) | {"id": f"{kind[0].lower()}{len(self.kept[kind]) + 1}"}
        return self._show(self._keep(kind, resource), 201)

    def _replace(self, kind: str, key: str, request: httpx.Request) -> httpx.Response:
        if request.headers.get("if-match") != _etag(self.kept[kind][key]):
            return httpx.Response(412)
        return self._show(self._keep(kind, json.loads(request.content)), 200)

    def _keep(self, kind: str, resource: Json) -> Json:
        known = self.kept[kind].get(resource["id"])
        version = int(known["meta"]["versionId"]) + 1 if known else 1
        meta = resource.get("meta", {}) | {"versionId": str(version)}
        self.kept[kind][resource["id"]] = resource | {"meta": meta}
        return self.kept[kind][resource["id"]]

    def _with(self, kind: str, token: str) -> list[Json]:
        system, _, value = token.partition("|")
        wanted = {"system": system, "value": value}
        return [each for each in self.all(kind) if wanted in each.get("identifier", [])]

    def _searched(self, kind: str, token: str) -> httpx.Response:
        if self.search == "refused":
            return httpx.Response(400, content=wire("outcome-not-supported.json"))
        found = {"identifier": self._with(kind, token), "nothing": []}.get(self.search, self.all(kind))
        rows: list[Json] = [{"resource": each} for each in found]
        if self.search == "warning":
            issue = {"severity": "warning", "code": "not-supported"}
            rows.append({"resource": {"resourceType": "OperationOutcome", "issue": [issue]}})
        return httpx.Response(200, json={"resourceType": "Bundle", "type": "searchset", "entry": rows})

    def _show(self, resource: Json, status: int) -> httpx.Response:
        place = f"http://inner.example/fhir/{resource['resourceType']}/{resource['id']}/_history/1"
        headers = {"location": place, "etag": _etag(resource)}
        if status == 200 and self.asked[-1].method == "GET":
            return httpx.Response(200, json=resource, headers=headers)
        return httpx.Response(status, json=resource if self.bodies else None, headers=headers)

    def _metadata(self) -> Json:
        told = [{"type": kind, "conditionalCreate": self.conditional} for kind in KINDS]
        rest = [{"mode": "server", "resource": told}]
        return {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": rest}


def _etag(resource: Json) -> str:
    return f'W/"{resource["meta"]["versionId"]}"'
