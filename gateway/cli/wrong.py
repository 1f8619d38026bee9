"""What a person at the command line is told."""


class Wrong(Exception):
    """The verb cannot be carried out; the message says why and what to do."""
