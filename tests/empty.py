"""An empty state store on SQLite: migrated once, and copied for each test that wants one."""

import functools
import pathlib
import tempfile

from situation.state.store import StateStore, open_state_store


def open_empty(folder: pathlib.Path) -> StateStore:
    """Open a new state store in `folder`, which may hold none yet."""
    folder.mkdir(exist_ok=True)
    path = folder / "state.db"
    with path.open("xb") as file:
        file.write(_migrated())
    return open_state_store(f"sqlite:///{path}")


@functools.cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="citywatch-empty-") as name:
        path = pathlib.Path(name) / "state.db"
        # What is closed stands in one file.
        open_state_store(f"sqlite:///{path}").close()
        return path.read_bytes()
