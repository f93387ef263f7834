"""The key under which values are hashed to count them. It never leaves its file and the memory."""

import os
import pathlib
import secrets

from situation.faults import Misconfigured
from situation.settings import Settings

FILE_NAME = "scan.key"
OCTETS = 32


def open_key(settings: Settings) -> bytes:
    """Return the key of this installation; the first scan makes it, for its owner alone to read.

    Raises `Misconfigured` where the file that the settings name cannot be read or is too short,
    or where none can be made.
    """
    named = settings.scan.key_file
    path = named or settings.store.folder / FILE_NAME
    try:
        if named is None:
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror}", where="scan.key_file") from error
    if len(key) < OCTETS:
        raise Misconfigured(f"{path} has to hold {OCTETS} octets or more", where="scan.key_file")
    return key


def _make(path: pathlib.Path) -> None:
    """Make the key unless it is there; of several that try at once one wins and its key holds."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(OCTETS))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
