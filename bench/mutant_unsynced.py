"""`python -m bench.mutant_unsynced`: the gateway that answers before the disk has it, on a losing disk."""

import sys

from .losing_disk import serve

if __name__ == "__main__":
    # In WAL mode this syncs when the log is moved into the file, not when something is committed.
    sys.exit(serve({"PRAGMA synchronous=FULL": "PRAGMA synchronous=NORMAL"}))
