"""Private keys as text: PEM (RFC 7468), OpenSSH, OpenPGP, PuTTY, and bare ones behind a label."""

import re
from collections.abc import Iterator
from typing import Final

from detect.classified.recogniser import Candidate
from detect.classified.secret.found import candidate
from detect.classified.secret.noise import bits
from detect.classified.secret.shape import Shaped

_SURE: Final = 0.95
_LABELLED: Final = 0.8
_LEAST: Final = 40
_LEAST_BITS: Final = 4.0
_LOOKED_AT: Final = 400

_PEM: Final = re.compile(
    r"-{4,5} ?BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)? ?-{4,5}"
    r"(?P<body>(?:[^-]|-(?!-{3})){0,16000})(?P<end>-{4,5} ?END [A-Z0-9 ]{0,40}-{4,5})?"
)
_PUTTY: Final = re.compile(
    r"PuTTY-User-Key-File-\d: [^\n]{1,60}\n(?:[^\n]{0,200}\n){1,60}?Private-Lines: \d+\s+"
    r"(?P<body>[A-Za-z0-9+/=\s]{40,16000})"
)
_BARE: Final = re.compile(
    r"(?i:private[_.-]?key|priv[_-]?key|prikey|私钥)\w{0,12}[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
    r"(?P<body>MI[A-Za-z0-9+/]{98,6000}={0,2}|[0-9a-fA-F]{64})(?![0-9A-Za-z+/])"
)
_PRIVATE: Final = re.compile(r"rivate|RIVATE|priv|pri[kK]ey|PRI_?KEY|私钥")
_HEAD: Final = re.compile(r"^[A-Za-z-]+: .*$", re.MULTILINE)
_NO_KEY: Final = re.compile(r"[^A-Za-z0-9+/=]")


class PrivateKey:
    """Finds private keys, encrypted ones as well: whoever has one can try its password at home."""

    kind = "private_key"

    def __init__(self, group: int) -> None:
        self.group = group
        self._shaped = Shaped(self.kind, group)

    @property
    def wakes(self) -> tuple[str, ...]:
        """Patterns of which one stands in every key."""
        bare = r"(?i)(?:private[_.\-]?key|priv[_\-]?key|prikey|私钥)"
        return ("PRIVATE KEY", "PuTTY-User-Key-File", bare, *self._shaped.wakes)

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield the keys of a text."""
        for found in (*_PEM.finditer(text), *_PUTTY.finditer(text)):
            body = _body(found["body"])
            if _is_key(body):
                yield self._candidate(found.span(), body, _SURE)
        bare = _BARE.finditer(text) if _PRIVATE.search(text) else ()
        for found in bare:
            if bits(found["body"]) >= _LEAST_BITS or len(found["body"]) == 64:  # noqa: PLR2004 - octets of SM2 in hex
                yield self._candidate(found.span("body"), found["body"], _LABELLED)
        yield from self._shaped.find(text)

    def fits(self, cell: str) -> Candidate | None:
        """Return the key that a cell holds."""
        return next(self.find(cell), None) if "PRIVATE KEY" in cell else self._shaped.fits(cell)

    def _candidate(self, span: tuple[int, int], body: str, confidence: float) -> Candidate:
        return candidate(self.kind, span, confidence, "private_key", body)


def _body(text: str) -> str:
    # In JSON and in environment files the ends of lines are written as two characters.
    return _NO_KEY.sub("", _HEAD.sub("", text.replace("\\n", "\n").replace("\\r", "")))


def _is_key(body: str) -> bool:
    return len(body) >= _LEAST and bits(body[:_LOOKED_AT]) >= _LEAST_BITS
