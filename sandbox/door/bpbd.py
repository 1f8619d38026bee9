"""`/door/bpbd/...`: what BPBD was told, whether it has a system yet, and what its officer says."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.bpbd.acks import STEPS, Saying
from sandbox.bpbd.log import Log
from sandbox.bpbd.officer import SCRIPTS, Callback, Script
from sandbox.bpbd.station import AT_ONCE, REPEATS, Habits, Station
from sandbox.world import World

from .wishes import Wrong, number, read_wish, told


class BpbdDesk:
    """Shows and sets BPBD."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the routes of this desk; /door/bpbd itself makes trouble, as for every target."""
        return [
            Route("/door/bpbd/received", self.received),
            Route("/door/bpbd/received", self.forget, methods=["DELETE"]),
            Route("/door/bpbd/habits", told(self.behave), methods=["PUT"]),
            Route("/door/bpbd/habits", self.start_anew, methods=["DELETE"]),
            Route("/door/bpbd/secrets", told(self.believe), methods=["PUT"]),
            Route("/door/bpbd/callback", told(self.tell), methods=["PUT"]),
            Route("/door/bpbd/callback", self.tell_nobody, methods=["DELETE"]),
            Route("/door/bpbd/{message}", told(self.say), methods=["POST"]),
        ]

    @property
    def _station(self) -> Station:
        return self._world.station

    async def received(self, _: Request) -> Response:
        """Show every message that came, with its attempts, and what was told to 112."""
        callback = self._station.officer.callback
        counts = {"delivered": callback.delivered, "failed": callback.failed} if callback else None
        return JSONResponse({**self._station.log.as_json(), "callback": counts})

    async def forget(self, _: Request) -> Response:
        """Forget the messages."""
        self._station.log = Log()
        return Response(status_code=204)

    async def behave(self, request: Request) -> Response:
        """Set the officer's script and the system's habits; what is not named is as at the start."""
        station, wish = self._station, await read_wish(request)
        has_system = wish.get("has_system", True)
        if not isinstance(has_system, bool):
            raise Wrong("has_system must be true or false")
        at_once, repeats = _one_of(wish, "at_once", AT_ONCE), _one_of(wish, "repeats", REPEATS)
        officer = _one_of(wish, "officer", (station.start.name, *SCRIPTS))
        after_s, every_s = (number(wish, name, int, float) for name in ("after_s", "every_s"))
        first_s = station.start.after_s if after_s is None else after_s
        later_s = first_s if every_s is None else every_s
        station.officer.script = Script(officer, first_s, later_s, _text(wish, "reason"))
        station.habits = Habits(has_system, at_once, repeats)
        return JSONResponse({"has_system": has_system, "officer": officer, "at_once": at_once})

    async def start_anew(self, _: Request) -> Response:
        """Be as at the start."""
        self._station.renew()
        return Response(status_code=204)

    async def believe(self, request: Request) -> Response:
        """Take signatures of these secrets from now on."""
        secrets = (await read_wish(request)).get("secrets")
        fits = isinstance(secrets, list) and all(
            isinstance(each, str) and each.startswith("whsec_") for each in secrets
        )
        if not fits:
            raise Wrong("secrets must be a list of whsec_...")
        self._station.secrets = tuple(secrets or ())
        return Response(status_code=204)

    async def tell(self, request: Request) -> Response:
        """Acks go to 112 from now on, with this key; *url* in place of what messages name."""
        wish = await read_wish(request)
        token = _text(wish, "token")
        if token is None:
            raise Wrong("token must be a text")
        self._station.officer.callback = Callback(token, _text(wish, "url"))
        return Response(status_code=204)

    async def tell_nobody(self, _: Request) -> Response:
        """It says nothing any more, and drops what it was about to say."""
        self._station.officer.close()
        return Response(status_code=204)

    async def say(self, request: Request) -> Response:
        """Say one step to one message, now; show how 112 answered."""
        wish = await read_wish(request)
        message = self._station.log.find(request.path_params["message"])
        if message is None:
            raise Wrong("no such message came")
        saying = _saying(wish)
        try:
            answer = await self._station.officer.say(message, saying, patient=False)
        except LookupError as missing:
            raise Wrong(str(missing)) from None
        return JSONResponse({"step": saying.step, "status": answer and answer[0]})


def _saying(wish: dict[str, Any]) -> Saying:
    step = _one_of(wish, "step", ("", *STEPS))
    if not step:
        raise Wrong(f"step must be one of {', '.join(STEPS)}")
    named = wish.get("named", True) is not False
    return Saying(step, named, _text(wish, "reason"), _text(wish, "reference"))


def _one_of(wish: dict[str, Any], name: str, choices: tuple[str, ...]) -> str:
    """Return the choice, the first of *choices* where none is named."""
    chosen = wish.get(name, choices[0])
    if chosen not in choices:
        raise Wrong(f"{name} must be one of {', '.join(each for each in choices if each)}")
    return str(chosen)


def _text(wish: dict[str, Any], name: str) -> str | None:
    value = wish.get(name)
    if value is not None and not (isinstance(value, str) and value):
        raise Wrong(f"{name} must be a text, or null")
    return value
