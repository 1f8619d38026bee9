"""The resources of several kinds that one server keeps."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sandbox.fhir.shelf import Resource, Shelf, Stamping


class Store:
    """A shelf for each kind; the server gives the ids. *owners* says whose a resource is, by its id."""

    def __init__(self, stamping: Stamping, kinds: Iterable[str]) -> None:
        self.stamping = stamping
        self.shelves = {kind: Shelf(stamping) for kind in kinds}
        self.owners: dict[str, str] = {}

    def create(self, resource: Resource, at: datetime) -> Resource:
        """Keep a new resource under an id of our own and return it as kept."""
        return self.keep({**resource, "id": str(uuid4())}, at)

    def keep(self, resource: Resource, at: datetime) -> Resource:
        """Keep the next version of *resource*."""
        return self.shelves[resource["resourceType"]].put(resource, at)

    def get(self, kind: str, resource_id: str) -> Resource | None:
        """Return the newest version, None for an unknown id."""
        return self.shelves[kind].get(resource_id)

    def follow(self, kind: str, reference: Resource | None) -> Resource | None:
        """Return what a relative or absolute reference points at, None if it is not kept here."""
        words = str((reference or {}).get("reference", "")).split("/")
        return self.get(kind, words[-1]) if words[-2:-1] == [kind] else None

    def all(self, kind: str) -> list[Resource]:
        """Return the newest version of each, in the order of their coming."""
        return list(self.shelves[kind])

    def clear(self) -> None:
        """Forget everything."""
        self.shelves = {kind: Shelf(self.stamping) for kind in self.shelves}
        self.owners.clear()


def identifiers_of(resource: Resource) -> set[tuple[str, str]]:
    """Return (system, value) of each business identifier."""
    return {(item.get("system", ""), item.get("value", "")) for item in resource.get("identifier", [])}


def has_identifier(resource: Resource, wanted: str) -> bool:
    """Whether the resource carries the token `system|value` or `value`."""
    system, bar, value = wanted.rpartition("|")
    return any((not bar or had[0] == system) and had[1] == value for had in identifiers_of(resource))
