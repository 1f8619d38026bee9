"""Files that must be there after a power cut and must not be refused space later."""

import os
from pathlib import Path

from gateway.people.secret_files import sync_folder

__all__ = ["keep_private", "reserve", "sync_folder"]

_BLOCK = bytes(1 << 20)


def keep_private(path: Path, content: bytes) -> None:
    """Make *path* hold *content*, readable by its owner only, whole or not at all. Raises OSError."""
    draft = path.with_name(f".{path.name}.draft")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        _write_all(file, content, 0)
        os.fsync(file)
    finally:
        os.close(file)
    draft.replace(path)
    sync_folder(path.parent)


def reserve(file: int, size: int) -> int:
    """
    Make *file* at least *size* bytes long, new space filled with zeros on disk; return its size.

    Zeros are written too: space that is only promised still needs room for the file system's own notes
    when it is first used. Raises OSError, and then leaves the file as long as it was.
    """
    there = os.fstat(file).st_size
    if there >= size:
        return there
    try:
        os.posix_fallocate(file, there, size - there)
        for offset in range(there, size, len(_BLOCK)):
            _write_all(file, _BLOCK[: size - offset], offset)
        os.fsync(file)
    except OSError:
        os.ftruncate(file, there)
        raise
    return size


def _write_all(file: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(file, data, offset)
        data, offset = data[written:], offset + written
