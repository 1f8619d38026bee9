"""Shelves for rooms that are built by hand."""


class Bare:
    """A shelf on which nothing stays."""

    async def put(self, name: str, kept: object) -> bool:
        """Keep nothing."""
        return False

    async def drop(self, *names: str) -> None:
        """Nothing lies here."""

    async def try_again(self) -> None:
        """Nothing is owed."""
