"""People as pseudonyms: found by a number nobody can read, their data sealed under a key of their own."""

from .keys import PersonKeys, WrongKeys, open_keys
from .people import People, finish_rotation_some_time, watch
from .person import CannotUnseal, Person, about

__all__ = [
    "CannotUnseal",
    "People",
    "Person",
    "PersonKeys",
    "WrongKeys",
    "about",
    "finish_rotation_some_time",
    "open_keys",
    "watch",
]
