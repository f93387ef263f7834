"""What the way of every file gives for some octets, and parts of it."""

import io
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from sensors.content.limits import Limits
from sensors.content.reading import read
from situation.content.piece import Grid, Passage, Piece, Unreadable
from situation.content.place import Role

PLAIN = Limits(ocr=False)


def pieces_of(data: bytes, name: str = "file", limits: Limits = PLAIN) -> list[Piece]:
    """Return all pieces of a file."""
    return list(read(io.BytesIO(data), name, limits))


def texts(pieces: Sequence[Piece], role: Role | None = None) -> list[str]:
    """Return the texts of the passages, of one role; never the name of the file itself."""
    return [
        piece.text
        for piece in pieces
        if isinstance(piece, Passage)
        and (piece.place.role == role if role else piece.place.role != "name")
    ]


def passage(pieces: Sequence[Piece], text: str) -> Passage:
    """Return the only passage with a text."""
    (found,) = (piece for piece in pieces if isinstance(piece, Passage) and piece.text == text)
    return found


def grids(pieces: Sequence[Piece]) -> list[Grid]:
    """Return the grids."""
    return [piece for piece in pieces if isinstance(piece, Grid)]


def reasons(pieces: Sequence[Piece]) -> list[str]:
    """Return why something could not be read."""
    return [piece.reason for piece in pieces if isinstance(piece, Unreadable)]


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a package of the parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def damaged(data: bytes, count: int) -> Iterator[bytes]:
    """Yield `count` damaged forms: cut off, with bits turned, stretches replaced, sizes forged."""
    dice = random.Random(len(data))  # noqa: S311 - the same damage again at each run
    for number in range(count):
        hurt = bytearray(data)
        at = dice.randrange(len(hurt) - 4)
        if number % 4 == 0:
            del hurt[at:]
        elif number % 4 == 1:
            for _ in range(dice.choice((1, 3, 30))):
                hurt[dice.randrange(len(hurt))] ^= 1 << dice.randrange(8)
        elif number % 4 == 2:
            stretch = dice.choice((4, 64, 512))
            hurt[at : at + stretch] = dice.randbytes(stretch)
        else:
            hurt[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", bytes(4), b"\xff\xff\xff\x7f"))
        yield bytes(hurt)
