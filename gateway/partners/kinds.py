"""A kind is a folder under adapters/, found by its name: the gateway imports no adapter of its own accord."""

from importlib import import_module
from importlib.util import find_spec

from contracts import Adapter


class NoSuchKind(Exception):
    """There is no adapter of that name."""


def find(kind: str) -> Adapter:
    """Return the adapter of *kind*, already checked to be a plain name. Raises NoSuchKind."""
    spec = find_spec(f"adapters.{kind}")
    if spec is None or spec.submodule_search_locations is None:
        raise NoSuchKind(f"there is no folder adapters/{kind}")
    adapter = getattr(import_module(f"adapters.{kind}"), "ADAPTER", None)
    if not isinstance(adapter, Adapter):
        raise NoSuchKind(f"adapters/{kind} exports no ADAPTER")
    return adapter
