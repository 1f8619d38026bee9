"""The command `gerbang`: serve, and the verbs of people who run or examine it."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from gateway import logs
from gateway.cli.wrong import Wrong

# By verb, the module that has it: each stands on other libraries, and who runs one waits for no other's.
VERBS = {
    "serve": "serve",
    "migrate": "serve",
    "keys": "keys",
    "accounts": "accounts",
    "partners": "partners",
    "audit": "audit",
    "openapi": "openapi",
    "tour": "tour",
}


def parser(verb: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of that verb, of all for any other word."""
    top = argparse.ArgumentParser(prog="gerbang", description=__doc__)
    verbs = top.add_subparsers(required=True, metavar="VERB")
    for module in [VERBS[verb]] if verb in VERBS else dict.fromkeys(VERBS.values()):
        import_module(f"gateway.cli.{module}").add_verbs(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; what a person got wrong is said in a sentence, without a traceback."""
    said = sys.argv[1:] if arguments is None else arguments
    chosen = parser(said[0] if said else None).parse_args(said)
    os.umask(0o077)  # the first verb makes the database: names, password hashes and who told what stand in it
    logs.configure(level="warning")  # standard output is for what the verb prints
    try:
        return int(chosen.run(chosen) or 0)
    except KeyboardInterrupt:
        return 130
    except Exception as failure:
        sentence = _sentence(failure)
        if sentence is None:
            raise
        print(f"gerbang: {sentence}", file=sys.stderr)  # noqa: T201  a command line prints
        return 2


def _sentence(failure: Exception) -> str | None:
    """Return what a person is told of it, None where it is a mistake of ours."""
    if isinstance(failure, Wrong):
        return str(failure)
    from gateway.db import CannotRead, CannotWrite  # here: not every verb opens a database
    from gateway.ground import CannotStart

    if isinstance(failure, CannotRead | CannotWrite):
        return f"the database does not serve: {failure}"
    return str(failure) if isinstance(failure, CannotStart) else None


if __name__ == "__main__":
    sys.exit(main())
