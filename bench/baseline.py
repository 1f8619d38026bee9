"""
`python -m bench.baseline FILE PORT`: what the capacity answer is compared with.

A FastAPI application without middleware, whose one route returns the 16 hospitals of FILE as a model
built beforehand, by its return annotation; same server, same collector settings.
"""

import gc
import sys
from datetime import datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Reason(BaseModel):
    """As in the answer of the gateway."""

    code: str
    text: str


class Hospital(BaseModel):
    """One hospital's line."""

    rank: int
    distance_km: float | None
    travel_min: int | None
    id: str
    name: str
    phone: str | None
    free: int | None
    total: int | None
    soon: int
    state_unknown: int
    free_by_class: dict[str, int]
    free_for_sex: int | None
    as_of: datetime | None
    age_s: int | None
    origin: str | None
    mode: str
    freshness: str
    confidence: str
    outcome: str
    outcome_reason: str | None
    able: bool | None
    reasons: list[Reason]


class Capacity(BaseModel):
    """The whole answer."""

    environment: str
    request: str
    need: str
    asked_at: datetime
    complete: bool
    known: int
    of: int
    audit: str
    hospitals: list[Hospital]


def build(prebuilt: Capacity) -> FastAPI:
    """Return the application that answers with *prebuilt*."""
    app = FastAPI()

    @app.get("/v1/capacity")
    async def answer() -> Capacity:
        return prebuilt

    return app


def main(file: Path, port: int) -> None:
    """Serve as the gateway serves."""
    app = build(Capacity.model_validate_json(file.read_bytes()))
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 100)
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning", server_header=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
