"""One hospital's FHIR resources with their versions, as the server keeps them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stamping:
    """How a server writes versions (from the previous one and the time) and times."""

    version: Callable[[str | None, datetime], str]
    time: Callable[[datetime], str]


class Shelf:
    """Resources of one type by id, in the order they were first put."""

    def __init__(self, stamping: Stamping) -> None:
        self._stamping = stamping
        self._resources: dict[str, Resource] = {}

    def put(self, resource: Resource, at: datetime) -> Resource:
        """Keep *resource* as its next version and return it as kept."""
        before = self._resources.get(resource["id"])
        meta = {key: value for key, value in resource.get("meta", {}).items() if key != "versionId"}
        meta["versionId"] = self._stamping.version(version_of(before) if before else None, at)
        meta["lastUpdated"] = self._stamping.time(at)
        kept = {**resource, "meta": meta}
        self._resources[resource["id"]] = kept
        return kept

    def get(self, resource_id: str) -> Resource | None:
        """Return the newest version, None for an unknown id."""
        return self._resources.get(resource_id)

    def __iter__(self) -> Iterator[Resource]:
        """Yield the newest version of each resource; changes meanwhile do no harm."""
        return iter(list(self._resources.values()))


def version_of(resource: Resource) -> str:
    """Return the resource's version id."""
    return str(resource["meta"]["versionId"])
