"""Versions as ETags, so that nobody changes what they have not seen."""

import re
from typing import Annotated

from fastapi import Header

from gateway.problems import Problem

IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the reading.")]

_ETAG = re.compile('(?:W/)?"([0-9]{1,9})"')


def etag(version: int) -> str:
    """Return the ETag of a version; weak: ladders move on without one."""
    return f'W/"{version}"'


def version(said: str | None) -> int | None:
    """Return the version an ETag stands for, None where none is named. Raises Problem `wrong-input`."""
    if said is None:
        return None
    found = _ETAG.fullmatch(said.strip())
    if found is None:
        raise Problem("wrong-input", errors=[("header.if-match", "not_an_etag", "Is no ETag of ours.")])
    return int(found.group(1))
