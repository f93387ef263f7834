"""Judging a text that somebody typed: in memory, under a key that is thrown away."""

import io
import secrets

from detect.classified.ruleset import Ruleset
from detect.classified.scanner import Scanner
from sensors.content.limits import Limits
from sensors.content.reading import read
from situation.content.verdict import Verdict
from soc_api.scan.key import OCTETS

NAME = "text.txt"


def try_text(ruleset: Ruleset, text: str, *, name: str) -> Verdict:
    """Return what a scan would say of a text file of that name."""
    scanner = Scanner(ruleset, secrets.token_bytes(OCTETS), name or NAME)
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    for piece in read(stream, name or NAME, Limits()):
        scanner.take(piece)
    return scanner.verdict(None)
