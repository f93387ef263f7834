"""Keys and tokens that are known by their shape: one recogniser for each kind of them."""

import base64
import binascii
import pathlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from detect.classified.recogniser import Candidate
from detect.classified.secret.found import candidate
from detect.classified.secret.noise import bits, is_example

_FILE: Final = pathlib.Path(__file__).with_name("shapes.toml")
_LEFT, _RIGHT = r"(?<![0-9A-Za-z_-])", r"(?![0-9A-Za-z_-])"
_SURE: Final = 0.9
_JWT: Final = re.compile(
    _LEFT + r"(eyJ[A-Za-z0-9_-]{8,})\.(eyJ[A-Za-z0-9_-]{4,})\.([A-Za-z0-9_-]{16,})" + _RIGHT
)
_JWT_WAKE: Final = r"eyJ[A-Za-z0-9_-]{8,}\.eyJ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One row of shapes.toml."""

    key: str
    kind: str
    pattern: re.Pattern[str]
    literals: tuple[str, ...]
    wake: str
    entropy: float


def _read() -> tuple[Shape, ...]:
    rows = tomllib.loads(_FILE.read_text())["shape"]
    return tuple(
        Shape(
            key=row["key"],
            kind=row["kind"],
            pattern=re.compile(f"{_LEFT}(?:{row['pattern']}){_RIGHT}"),
            literals=tuple(row["literals"]),
            wake=row["wake"],
            entropy=row.get("entropy", 0.0),
        )
        for row in rows
    )


SHAPES: Final = _read()
"""All shapes."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """Finds the keys of one kind by their shape."""

    kind: str
    group: int

    @property
    def shapes(self) -> Sequence[Shape]:
        """Its rows."""
        return [shape for shape in SHAPES if shape.kind == self.kind]

    @property
    def wakes(self) -> tuple[str, ...]:
        """Patterns of which one stands in every key."""
        jwt = (_JWT_WAKE,) if self.kind == "token" else ()
        return (*(shape.wake for shape in self.shapes), *jwt)

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield the keys of a text."""
        for shape in self.shapes:
            if not any(literal in text for literal in shape.literals):
                continue
            for found in shape.pattern.finditer(text):
                if _is_key(found[0], shape):
                    yield self._candidate(found, shape.key)
        if self.kind == "token" and "eyJ" in text:
            for found in _JWT.finditer(text):
                if _is_jwt(found):
                    yield self._candidate(found, "jwt")

    def fits(self, cell: str) -> Candidate | None:
        """Return the key that is the whole of a cell."""
        return next((one for one in self.find(cell) if one.end - one.start == len(cell)), None)

    def _candidate(self, found: re.Match[str], check: str) -> Candidate:
        return candidate(self.kind, found.span(), _SURE, check, found[0])


def _is_key(value: str, shape: Shape) -> bool:
    if shape.entropy and bits(value) < shape.entropy:
        return False
    return not is_example(value)


def _is_jwt(found: re.Match[str]) -> bool:
    """Tell whether head and claims are JSON and the head names an algorithm (RFC 7519)."""
    try:
        head, claims = (orjson.loads(_decoded(found[part])) for part in (1, 2))
    except (ValueError, binascii.Error):
        return False
    return isinstance(head, dict) and isinstance(claims, dict) and "alg" in head


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
