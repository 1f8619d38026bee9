"""Earthquakes in the shape of BMKG's three files: the same fields, all texts; one object, or a list of 15."""

from datetime import timedelta, timezone
from typing import Any

from .observatory import Quake

_WIB = timezone(timedelta(hours=7))
_LISTED = 15
_STRONG = 5.0


def autogempa(quakes: list[Quake]) -> dict[str, Any]:
    """Return the newest one."""
    newest = quakes[0]
    return _file({**_row(newest), **_potential(newest), **_felt(newest), "Shakemap": "contoh.mmi.jpg"})


def gempaterkini(quakes: list[Quake]) -> dict[str, Any]:
    """Return the newest strong ones."""
    strong = [each for each in quakes if each.magnitude >= _STRONG]
    return _file([{**_row(each), **_potential(each)} for each in strong[:_LISTED]])


def gempadirasakan(quakes: list[Quake]) -> dict[str, Any]:
    """Return the newest that were felt."""
    felt = [each for each in quakes if each.felt]
    return _file([{**_row(each), **_felt(each)} for each in felt[:_LISTED]])


FILES = {"autogempa": autogempa, "gempaterkini": gempaterkini, "gempadirasakan": gempadirasakan}


def _file(content: object) -> dict[str, Any]:
    return {"Infogempa": {"gempa": content}}


def _row(quake: Quake) -> dict[str, str]:
    local, (latitude, longitude) = quake.at.astimezone(_WIB), quake.point
    return {
        "Tanggal": f"{local:%d %b %Y}",
        "Jam": f"{local:%H:%M:%S} WIB",
        "DateTime": quake.at.isoformat(timespec="seconds"),
        "Coordinates": f"{latitude:.2f},{longitude:.2f}",
        "Lintang": f"{abs(latitude):.2f} {'LS' if latitude < 0 else 'LU'}",
        "Bujur": f"{longitude:.2f} BT",
        "Magnitude": f"{quake.magnitude:.1f}",
        "Kedalaman": f"{quake.depth_km} km",
        "Wilayah": quake.region,
    }


def _potential(quake: Quake) -> dict[str, str]:
    return {"Potensi": "Berpotensi tsunami" if quake.tsunami else "Tidak berpotensi tsunami"}


def _felt(quake: Quake) -> dict[str, str]:
    return {"Dirasakan": quake.felt} if quake.felt else {}
