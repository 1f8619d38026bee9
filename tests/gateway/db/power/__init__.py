"""
Simulated power cuts under the real store: nothing acknowledged is lost, nothing is half there.

The house's own code runs (Database, Writer, Logbook, the capacity room's store) on an SQLite whose file
system is ours: every write, truncation, sync, creation and deletion is recorded in its order, and between
them each promise the house gave (an answered `await database.write(...)`, a published checkpoint). Then the
power is cut anywhere in that recording, a disk is made of what may have reached it, and plain `sqlite3`,
the verifier and the logbook open that disk.

What the model covers, all of it at once and by a seeded dice:

* what a file's last sync covered is there; of every write after it, nothing, all, a beginning with the last
  write torn, or any subset of its 512-byte sectors: a subset needs no order, so reordering is in it;
* a sector that was being written may hold garbage;
* a file's new size is kept or lost apart from its data: cut short, or longer with zeros or old garbage;
* truncations are kept or lost like writes;
* names are kept or lost apart from files: a new file may be gone though it was synced, a deleted one back,
  until the folder is synced (as SQLite's unix layer does when it first syncs a new log or journal);
* `-shm` is gone, or full of garbage.

What it does not cover: a disk that lies about a sync or whose synced sectors rot; a write that spoils bytes
beside its own range (SQLite assumes "powersafe overwrite" here as in production); the signing keys' files
and the spool, which are not SQLite's; the product's own SQLite library, since the recording is made by the
one in `apsw` (the images are opened by the product's). Syncs are believed, not executed.
"""
