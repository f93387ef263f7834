"""Names of folders as IMAP servers list them: RFC 3501, 5.1.3 (modified UTF-7) and 7.2.2 (LIST)."""

import base64
import re
from dataclasses import dataclass

_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?P<between>\\?.)"|NIL) (?P<name>.*)', re.DOTALL)
_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")
_NO_FOLDER = frozenset({b"\\noselect", b"\\nonexistent"})


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: as people see it, as its server wants it, and what divides the steps of its name.

    `between` is empty where the server has no folders within folders.
    """

    name: str
    quoted: str
    between: str

    def is_in(self, name: str) -> bool:
        """Tell whether it is the folder of that name or lies in it; an empty name holds all."""
        return not name or self.name == name or self.name.startswith(name + (self.between or "/"))


def folder_of(listed: bytes | tuple[bytes, bytes]) -> Folder | None:
    """Return the folder of an answer to LIST; None for a name that holds no mails itself."""
    line = listed if isinstance(listed, bytes) else listed[0]
    found = _LISTED.match(line)
    if found is None or _NO_FOLDER & set(found["flags"].lower().split()):
        return None
    raw = _unquoted(found["name"]) if isinstance(listed, bytes) else listed[1]
    between = (found["between"] or b"").decode("ascii", "replace")[-1:]
    return Folder(decoded(raw), _quoted(raw), between)


def decoded(raw: bytes) -> str:
    """Return a name in modified UTF-7 as text; one that is none is taken as UTF-8."""
    parts = _SHIFTED.split(raw)
    try:
        return "".join(
            _shifted(part) if number % 2 else part.decode() for number, part in enumerate(parts)
        )
    except ValueError:
        return raw.decode("utf-8", "backslashreplace")


def _shifted(part: bytes) -> str:
    if not part:
        return "&"
    padded = part.replace(b",", b"/") + b"=" * (-len(part) % 4)
    return base64.b64decode(padded, validate=True).decode("utf-16-be")


def _unquoted(name: bytes) -> bytes:
    if name.startswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return name


def _quoted(raw: bytes) -> str:
    # Octets go through the library as the characters of Latin-1 that it encodes again.
    return '"' + re.sub(r'(["\\])', r"\\\1", raw.decode("latin-1")) + '"'
