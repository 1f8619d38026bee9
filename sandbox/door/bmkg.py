"""`/door/bmkg/...`: publish, worsen, withdraw, expire and cancel warnings, and have the earth shake."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.bmkg.observatory import Observatory
from sandbox.bmkg.routes import LANGUAGES
from sandbox.world import World

from .wishes import Wrong, number, read_wish, told

_SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
_STATUSES = ("Actual", "Exercise", "Test")


class BmkgDesk:
    """Shows and sets what BMKG has published."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the routes of this desk; /door/bmkg itself makes trouble, as for every target."""
        warning = "/door/bmkg/warnings/{identifier}"
        return [
            Route("/door/bmkg/warnings", self.show),
            Route("/door/bmkg/warnings", told(self.publish), methods=["POST"]),
            Route("/door/bmkg/warnings", self.start_anew, methods=["DELETE"]),
            Route("/door/bmkg/quakes", told(self.shake), methods=["POST"]),
            Route("/door/bmkg/limit", told(self.limit), methods=["PUT"]),
            Route(warning, told(self.withdraw), methods=["DELETE"]),
            Route(f"{warning}/expire", told(self.expire), methods=["POST"]),
            Route(f"{warning}/worsen", told(self.worsen), methods=["POST"]),
            Route(f"{warning}/cancel", told(self.cancel), methods=["POST"]),
        ]

    @property
    def _observatory(self) -> Observatory:
        return self._world.observatory

    async def show(self, _: Request) -> Response:
        """Show what is listed."""
        listed = [
            {"identifier": each.identifier, "code": each.code, "expires": each.expires.isoformat()}
            for each in self._observatory.warnings
        ]
        quakes = [
            {"at": each.at.isoformat(), "magnitude": each.magnitude} for each in self._observatory.quakes
        ]
        return JSONResponse({"warnings": listed, "quakes": quakes})

    async def publish(self, request: Request) -> Response:
        """Publish a warning that touches Kota Jambi, or does not."""
        wish = await read_wish(request)
        languages = wish.get("languages", list(LANGUAGES))
        if not isinstance(languages, list) or not languages or set(languages) - set(LANGUAGES):
            raise Wrong(f"languages must be some of {', '.join(LANGUAGES)}")
        hours = number(wish, "hours", int, float)
        warning = self._observatory.publish(
            touches=_truth(wish, "touches", default=True),
            hours=2.0 if hours is None else hours,
            event=_text(wish, "event", "OET-194"),
            severity=_one_of(wish, "severity", _SEVERITIES, "Moderate"),
            status=_one_of(wish, "status", _STATUSES, "Actual"),
            languages=tuple(languages),
            broken=_truth(wish, "broken", default=False),
        )
        return JSONResponse({"identifier": warning.identifier, "code": warning.code}, 201)

    async def start_anew(self, _: Request) -> Response:
        """Be as at the start."""
        self._observatory.renew()
        return Response(status_code=204)

    async def shake(self, request: Request) -> Response:
        """Have the earth shake near Kota Jambi, or far away."""
        wish = await read_wish(request)
        magnitude, hours_ago = (number(wish, name, int, float) for name in ("magnitude", "hours_ago"))
        quake = self._observatory.shake(
            touches=_truth(wish, "touches", default=True),
            magnitude=5.8 if magnitude is None else magnitude,
            tsunami=_truth(wish, "tsunami", default=False),
            hours_ago=hours_ago or 0,
        )
        return JSONResponse({"at": quake.at.isoformat()}, 201)

    async def limit(self, request: Request) -> Response:
        """Allow more or fewer requests a minute."""
        wanted = number(await read_wish(request), "per_minute", int)
        if wanted is None:
            raise Wrong("per_minute must be a number from 0 on")
        self._observatory.per_minute = wanted
        return Response(status_code=204)

    async def withdraw(self, request: Request) -> Response:
        """Take it off the list without a word."""
        self._with(request, self._observatory.withdraw)
        return Response(status_code=204)

    async def expire(self, request: Request) -> Response:
        """Have it over now, and listed still."""
        self._with(request, self._observatory.expire)
        return Response(status_code=204)

    async def worsen(self, request: Request) -> Response:
        """Have it say something worse."""
        self._with(request, self._observatory.worsen)
        return Response(status_code=204)

    async def cancel(self, request: Request) -> Response:
        """Publish a CAP Cancel of it."""
        word = self._with(request, self._observatory.cancel)
        return JSONResponse({"identifier": word.identifier}, 201)

    def _with(self, request: Request, act: Callable[[str], Any]) -> Any:
        try:
            return act(request.path_params["identifier"])
        except LookupError as missing:
            raise Wrong(str(missing)) from None


def _truth(wish: dict[str, Any], name: str, *, default: bool) -> bool:
    value = wish.get(name, default)
    if not isinstance(value, bool):
        raise Wrong(f"{name} must be true or false")
    return value


def _one_of(wish: dict[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    value = wish.get(name, default)
    if value not in choices:
        raise Wrong(f"{name} must be one of {', '.join(choices)}")
    return str(value)


def _text(wish: dict[str, Any], name: str, default: str) -> str:
    value = wish.get(name, default)
    if not isinstance(value, str) or not value.isascii() or not value.replace("-", "").isalnum():
        raise Wrong(f"{name} must be a code")
    return value
