"""The command `gerbang`: serve, and the verbs of people who run or examine it."""

import argparse
import os
import sys
from collections.abc import Sequence

from gateway import logs
from gateway.cli import accounts, audit, keys, openapi, partners, serve, tour
from gateway.cli.wrong import Wrong
from gateway.db import CannotRead, CannotWrite
from gateway.ground import CannotStart


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    top = argparse.ArgumentParser(prog="gerbang", description=__doc__)
    verbs = top.add_subparsers(required=True, metavar="VERB")
    for room in (serve, keys, accounts, partners, audit, openapi, tour):
        room.add_verbs(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; what a person got wrong is said in a sentence, without a traceback."""
    chosen = parser().parse_args(arguments)
    os.umask(0o077)  # the first verb makes the database: names, password hashes and who told what stand in it
    logs.configure(level="warning")  # standard output is for what the verb prints
    try:
        return int(chosen.run(chosen) or 0)
    except (Wrong, CannotStart) as wrong:
        print(f"gerbang: {wrong}", file=sys.stderr)  # noqa: T201  a command line prints
        return 2
    except (CannotWrite, CannotRead) as sick:
        print(f"gerbang: the database does not serve: {sick}", file=sys.stderr)  # noqa: T201  as above
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
