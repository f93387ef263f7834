"""Numbers of devices and SIM cards (3GPP TS 23.003, ITU-T E.118) and of network cards."""

import re
from typing import Final

from detect.classified.number.check import luhn
from detect.classified.number.number import Number, always
from detect.classified.recogniser import GAP, LIKELY, SEPARATOR, SHAPE, Judged, behind

_IMEI: Final = Judged(SHAPE + 0.05, ("luhn", "reporting_body"))
_OTHER_IMEI: Final = Judged(SHAPE - 0.02, ("luhn",))
_BODIES: Final = re.compile("(?:01|10|3[0-5]|4[459]|5[0-4]|86|9[1789])")
"""First digits of the bodies that hand out type allocation codes."""


def _imei(value: str) -> Judged | None:
    if not luhn(value):
        return None
    return _IMEI if _BODIES.match(value) else _OTHER_IMEI


_ICCID: Final = Judged(LIKELY - 0.05, ("luhn", "issuer"))
_ICCID_INNER: Final = Judged(SHAPE + 0.1, ("luhn", "issuer"))
_ICCID_SHAPE: Final = Judged(SHAPE, ("issuer",))


def _iccid(value: str) -> Judged:
    """Judge a card number by its check digit. Some issuers write one digit more behind it."""
    if not value.isdecimal():
        return _ICCID_SHAPE
    if luhn(value):
        return _ICCID
    return _ICCID_INNER if luhn(value[:19]) else _ICCID_SHAPE


def _hexadecimal(found: str) -> str:
    return re.sub(r"[^0-9A-Fa-f]", "", found).upper()


_MAC: Final = Judged(LIKELY, ("unicast",))
_TIME_LIKE: Final = Judged(SHAPE + 0.15, ("unicast",))


def _mac(value: str) -> Judged | None:
    if value in {"0" * 12, "F" * 12} or int(value[1], 16) & 1:
        return None
    clock = value.isdecimal() and all(value[at] < "6" for at in range(0, 12, 2))
    return _TIME_LIKE if clock else _MAC


_PAIR: Final = "[0-9A-Fa-f]{2}"

DEVICE_NUMBERS: Final = (
    Number(
        kind="imei",
        group=11,
        wakes=(f"[0-9]{{2}}{GAP}[0-9]{{6}}{GAP}[0-9]{{6}}{GAP}[0-9]",),
        shape=rf"[0-9]{{15}}|[0-9]{{2}}({SEPARATOR})[0-9]{{6}}\1[0-9]{{6}}\1[0-9]"
        rf"|[0-9]{{6}}({SEPARATOR})[0-9]{{2}}\2[0-9]{{6}}\2[0-9]",
        judge=_imei,
        left=behind("imei"),
    ),
    Number(
        kind="imsi",
        group=11,
        wakes=("460[0-9]{12}", f"460{GAP}[0-9]{{2}}{GAP}[0-9]{{10}}"),
        shape=rf"460[0-9]{{12}}|460({SEPARATOR})[0-9]{{2}}\1[0-9]{{10}}",
        judge=always(SHAPE + 0.1, "country"),
        left=behind("imsi"),
    ),
    Number(
        kind="iccid",
        group=11,
        wakes=("8986(?: ?[0-9A-Fa-f]){15}",),
        shape=r"8986[0-9]{2}[0-9A-F]{13,14}|8986(?: [0-9]{4}){3} [0-9]{3,4}",
        judge=_iccid,
        left=behind("iccid"),
    ),
    Number(
        kind="meid",
        group=11,
        wakes=("(?i)[A-F][0-9A-F]{13}",),
        shape=r"[A-F][0-9A-F]{13}(?:\([0-9A-F]\)|[0-9A-F])?|[a-f][0-9a-f]{13}",
        judge=always(SHAPE),
        form=lambda found: _hexadecimal(found)[:14],
    ),
    Number(
        kind="mac",
        group=12,
        wakes=(
            f"{_PAIR}(?::{_PAIR}){{5}}",
            f"{_PAIR}(?:-{_PAIR}){{5}}",
            r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
        ),
        shape=rf"{_PAIR}([:\-]){_PAIR}(?:\1{_PAIR}){{4}}|(?:[0-9A-Fa-f]{{4}}\.){{2}}[0-9A-Fa-f]{{4}}",
        judge=_mac,
        form=_hexadecimal,
        left=r"(?<![0-9A-Za-z])(?<![^0-9A-Za-z][0-9A-Fa-f]{2}[:\-])(?<![0-9A-Fa-f]{4}\.)",
        right=r"(?![0-9A-Za-z]|[:\-.][0-9A-Fa-f]{2})",
        decimals=True,
    ),
)
