"""What the answers of a DNS message say first: any data, and an address."""

from collections.abc import Sequence

import polars as pl

from sensors.log.document.turning import Reception, texts
from situation.events.address import canonical

_TRIED = 64
"""Answers that are looked at for an address."""
_LAST_CHARACTERS = "0123456789abcdefABCDEF:"
"""What an address may end with; most names do not, and so need not be tried."""


def data(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return the data of the first answer: of objects with `rdata`, or of plain texts."""
    return texts([next(iter(_answers(value)), None) for value in values], reception)


def addresses(values: Sequence[object], _: Reception) -> pl.Series:
    """Return the first answer that is an IP address."""
    return pl.Series([_address(value) for value in values], dtype=pl.String)


def _answers(value: object) -> list[str]:
    members = value[:_TRIED] if isinstance(value, list) else []
    found = [member.get("rdata") if isinstance(member, dict) else member for member in members]
    return [member for member in found if isinstance(member, str)]


def _address(value: object) -> str | None:
    return next((answer for answer in _answers(value) if _is_address(answer)), None)


def _is_address(text: str) -> bool:
    return text[-1:] in _LAST_CHARACTERS and canonical(text) is not None
