"""Who carries out what is due: one sweep over the rows of every kind, one turn at a row at a time."""

from .turns import Kind, Turns

__all__ = ["Kind", "Turns"]
