"""Whose keys are at hand: what is under way goes on while the key database is away."""

from collections import OrderedDict

from gateway.people import People, Person

AT_MOST = 5_000


class Known:
    """The people behind incidents, by pseudonym, those last asked for."""

    def __init__(self, people: People, *, at_most: int = AT_MOST) -> None:
        self._people = people
        self._at_most = at_most
        self._held: OrderedDict[str, Person] = OrderedDict()

    async def of_case(self, incident: str) -> Person:
        """Return whom an incident is sealed for, made if new. Raises CannotWrite."""
        return self._hold(await self._people.of_case(incident))

    async def find(self, subject: str) -> Person | None:
        """Return the person of that pseudonym, None when erased. Raises CannotRead."""
        found = self._held.get(subject) or await self._people.with_pseudonym(subject)
        return None if found is None else self._hold(found)

    def clear(self) -> None:
        """Forget everybody: somebody was erased."""
        self._held.clear()

    def _hold(self, person: Person) -> Person:
        self._held[person.pseudonym] = person
        self._held.move_to_end(person.pseudonym)
        while len(self._held) > self._at_most:
            self._held.popitem(last=False)
        return person
