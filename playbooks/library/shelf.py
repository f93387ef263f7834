"""The shelf: forms of playbooks in folders, read and compiled, the city's own beside ours."""

import pathlib
from collections.abc import Iterable, Mapping

from playbooks.cacao.form import compile_form
from playbooks.cacao.reading import read_playbook
from situation.faults import Malformed, Misconfigured
from situation.state.columns import JsonObject

FOLDER = pathlib.Path(__file__).parent
"""Where the playbooks of the distribution lie."""

PATTERN = "*.yaml"

Shelved = tuple[JsonObject, str]
"""A CACAO document and the form that it was compiled from."""


def read_shelf(folders: Iterable[pathlib.Path] = (FOLDER,)) -> Mapping[str, Shelved]:
    """Return every playbook of some folders by its key; a later folder goes before an earlier.

    Raise `Misconfigured` with every fault at once.
    """
    found: dict[str, Shelved] = {}
    faults: list[str] = []
    for folder in folders:
        if not folder.is_dir():
            raise Misconfigured("is no folder", where=str(folder))
        for path in sorted(folder.glob(PATTERN)):
            try:
                document, source = _read(path)
                found[read_playbook(document).key] = (document, source)
            except Malformed as fault:
                faults.append(str(fault))
    if faults:
        raise Misconfigured.listing(faults, where=", ".join(map(str, folders)))
    return found


def _read(path: pathlib.Path) -> Shelved:
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no UTF-8"
        raise Malformed(f"cannot be read: {reason}", where=path.name) from error
    return compile_form(source, path.name), source
