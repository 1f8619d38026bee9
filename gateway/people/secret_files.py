"""Secret keys as files: a crash while one is made leaves none or a whole one, and nobody makes a second."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


class WrongKeys(Exception):
    """A key is missing or is another one than this house's; the message says what to restore."""


def make(path: Path, size: int) -> None:
    """Write *size* random bytes to *path* unless a file is there already. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, secrets.token_bytes(size))
        os.fsync(file)
    finally:
        os.close(file)
    try:
        with suppress(FileExistsError):
            os.link(draft, path)  # as O_EXCL: refuses when another process was first
    finally:
        draft.unlink()
    sync_folder(path.parent)


def read(path: Path, size: int, *, why: str) -> bytes:
    """Return the key in *path*. Raises WrongKeys, with *why* it must be restored, and OSError."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise WrongKeys(f"{path} is missing: restore it, {why}") from None
    if len(key) != size:
        raise WrongKeys(f"{path} must hold {size} bytes and holds {len(key)}: restore it, {why}")
    return key


def remove(path: Path) -> bool:
    """Delete *path* for good as far as its folder goes; say whether anything was there. Raises OSError."""
    # A crash while it was made may have left its draft: the same key under another name.
    names = [name for name in (path, *path.parent.glob(f".{path.name}.*")) if name.exists()]
    for name in names:
        name.unlink(missing_ok=True)
    if names:
        sync_folder(path.parent)
    return bool(names)


def sync_folder(folder: Path) -> None:
    """Make what was created or deleted in *folder* survive a power cut."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
