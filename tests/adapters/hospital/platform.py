"""A pretend SATUSEHAT that keeps referrals: transactions, JSON Patch, duplicates refused, numbers given."""

import json
from typing import Any

import httpx

from .hospitals import wire
from .keeper import Json, Keeper

BASE = "/fhir-r4/v1"
NUMBER = {"system": "http://sys-ids.kemkes.go.id/referral-number-satusehat", "value": "3000000200"}


class Platform(Keeper):
    """Answers at https://platform.example; *search* as at a Keeper."""

    def __init__(self, *, search: str = "identifier", tells_what_it_made: bool = True) -> None:
        """Take whether a transaction is answered with the places of what it made."""
        super().__init__(conditional=False, search=search)
        self._tells = tells_what_it_made

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/accesstoken"):
            return httpx.Response(200, content=wire("satusehat-token.json"))
        if path.rstrip("/") == BASE:
            return self._transaction(request)
        kind, _, key = path.removeprefix(f"{BASE}/").partition("/")
        if request.method == "PATCH":
            return self._patched(kind, key, request)
        inner = httpx.Request(
            request.method,
            f"https://platform.example/fhir/{kind}{'/' if key else ''}{key}",
            params=request.url.params,
            content=request.content,
        )
        return super()._answer(inner)

    def _create(self, kind: str, request: httpx.Request) -> httpx.Response:
        resource = json.loads(request.content)
        if self._has(resource):
            return httpx.Response(400, content=wire("rujukan-duplicate.json"))
        if kind == "ServiceRequest":
            resource["identifier"].append(NUMBER)
        return super()._create(kind, httpx.Request("POST", request.url, content=json.dumps(resource)))

    def _has(self, resource: Json) -> bool:
        own = resource["identifier"][0]
        return any(own in each["identifier"] for each in self.all(resource["resourceType"]))

    def _transaction(self, request: httpx.Request) -> httpx.Response:
        entries = json.loads(request.content)["entry"]
        if any(self._has(entry["resource"]) for entry in entries):
            return httpx.Response(400, content=wire("rujukan-duplicate.json"))
        text = request.content.decode()
        for entry in entries:
            kind = entry["resource"]["resourceType"]
            text = text.replace(entry["fullUrl"], f"{kind}/{kind[0].lower()}{len(self.kept[kind]) + 1}")
        for entry in json.loads(text)["entry"]:
            kind = entry["resource"]["resourceType"]
            self._keep(kind, entry["resource"] | {"id": f"{kind[0].lower()}{len(self.kept[kind]) + 1}"})
        return httpx.Response(200, content=wire("rujukan-made.json") if self._tells else b"{}")

    def _patched(self, kind: str, key: str, request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"] == "application/json-patch+json"
        changes: dict[str, Any] = {}
        for step in json.loads(request.content):
            assert step["op"] == "add"
            changes[step["path"].removeprefix("/")] = step["value"]
        return httpx.Response(200, json=self._keep(kind, self.kept[kind][key] | changes))
