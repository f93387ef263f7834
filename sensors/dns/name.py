"""Domain names in messages (RFC 1035, 3.1 and 4.1.4), and the domain that was registered."""

import functools

import polars as pl
from publicsuffixlist import PublicSuffixList

from sensors.compilation import called, compiled
from sensors.frame.column import Buffer
from sensors.frame.text import put_decimal, put_hexadecimal
from sensors.octets import Octets, big16, octet

_POINTER, _POINTER_MASK = 0xC0, 0x3FFF
_LABEL_LIMIT, _NAME_LIMIT = 63, 254
_DOT, _BACKSLASH, _QUOTE = ord("."), ord("\\"), ord('"')
_TAB, _LINE_FEED, _RETURN = ord("\t"), ord("\n"), ord("\r")
_T, _N, _R = ord("t"), ord("n"), ord("r")
_UPPER_A, _UPPER_Z, _TO_LOWER = ord("A"), ord("Z"), 32
_FIRST_PRINTABLE, _LAST_PRINTABLE = 32, 126
_HALF_LARGEST, _NETBIOS_OCTETS = 15, 16
_SPACE, _LESS, _GREATER = ord(" "), ord("<"), ord(">")
_BROKEN = -1
_REMEMBERED = 65_536


@compiled
def _escape(value: int) -> int:
    """Return the letter that stands behind a backslash for a character, 0 if none does."""
    if value in (_BACKSLASH, _QUOTE):
        return value
    if value == _TAB:
        return _T
    if value == _LINE_FEED:
        return _N
    return _R if value == _RETURN else 0


@compiled
def _put_escaped(text: Buffer, at: int, value: int) -> int:
    """Write a backslash and the three digits of an octet; return the end."""
    text[at] = _BACKSLASH
    for place, unit in ((1, 100), (2, 10), (3, 1)):
        put_decimal(text, at + place, value // unit % 10)
    return at + 4


@called
def put_character(text: Buffer, at: int, value: int) -> int:
    """Write one character, escaped as ECS asks for dns.question.name; return the end."""
    letter = _escape(value)
    if letter != 0:
        text[at] = _BACKSLASH
        text[at + 1] = letter
        return at + 2
    if value < _FIRST_PRINTABLE or value > _LAST_PRINTABLE:
        return _put_escaped(text, at, value)
    text[at] = value
    return at + 1


@compiled
def _put_of_label(text: Buffer, at: int, value: int) -> int:
    """Write one character of a label in lower case; return the end.

    A dot inside a label is escaped too, so that labels stay apart.
    """
    if value == _DOT:
        return _put_escaped(text, at, value)
    lower = value + _TO_LOWER if _UPPER_A <= value <= _UPPER_Z else value
    return put_character(text, at, lower)


@called
def _put_label(data: Octets, at: int, text: Buffer, out: int) -> int:
    """Write the label at `at`; return the end of the text."""
    for place in range(octet(data, at)):
        out = _put_of_label(text, out, octet(data, at + 1 + place))
    return out


@called
def put_name(data: Octets, span: tuple[int, int, int], text: Buffer, out: int) -> tuple[int, int]:
    """Write a name in lower case; return the offset behind it and the end of the text.

    `span` is where the message begins, where the name begins, where the octets end. The offset
    is -1 for a name that is broken: it runs out of the octets, is longer than 255 octets, or
    has a pointer that does not lead back (which is how loops are made).
    """
    base, at, end = span
    start, length, behind, bound = out, 0, _BROKEN, at
    while at < end:
        size = octet(data, at)
        if size == 0:
            if out == start:
                text[out] = _DOT
                out += 1
            return (at + 1 if behind == _BROKEN else behind), out
        if size >= _POINTER:
            target = base + (big16(data, at) & _POINTER_MASK) if at + 2 <= end else bound
            if target >= bound:
                break
            behind = at + 2 if behind == _BROKEN else behind
            at = bound = target
            continue
        length += size + 1
        if size > _LABEL_LIMIT or length > _NAME_LIMIT or at + 1 + size > end:
            break
        if out > start:
            text[out] = _DOT
            out += 1
        out = _put_label(data, at, text, out)
        at += 1 + size
    return _BROKEN, start


@called
def skip_name(data: Octets, at: int, end: int) -> int:
    """Return the offset behind a name, -1 if the octets end before it."""
    while at < end:
        size = octet(data, at)
        if size == 0:
            return at + 1
        if size >= _POINTER:
            return at + 2 if at + 2 <= end else _BROKEN
        if size > _LABEL_LIMIT:
            return _BROKEN
        at += 1 + size
    return _BROKEN


@compiled
def _half(data: Octets, at: int) -> int:
    """Return the four bits that a letter of a NetBIOS name stands for, BROKEN if it is none."""
    value = octet(data, at) - _UPPER_A
    return value if 0 <= value <= _HALF_LARGEST else _BROKEN


@called
def _put_netbios_label(data: Octets, at: int, text: Buffer, out: int) -> int:
    """Write the 16 octets that a label's 32 letters stand for, the last as its number in <>.

    Spaces at the end go. The end is BROKEN for another label.
    """
    filled = start = out
    for place in range(_NETBIOS_OCTETS):
        high, low = _half(data, at + 2 * place), _half(data, at + 2 * place + 1)
        if high < 0 or low < 0:
            return _BROKEN
        if place == _NETBIOS_OCTETS - 1:
            text[filled] = _LESS
            filled = put_hexadecimal(text, filled + 1, high << 4 | low, 2)
            text[filled] = _GREATER
            return filled + 1
        out = put_character(text, out, high << 4 | low)
        filled = out if high << 4 | low not in (_SPACE, 0) else filled
    return start


@called
def put_netbios_name(
    data: Octets, span: tuple[int, int, int], text: Buffer, out: int
) -> tuple[int, int]:
    """Write a name of the NetBIOS name service (RFC 1001, 14.1) as `put_name` does a domain's."""
    base, at, end = span
    target = at
    if at + 2 <= end and octet(data, at) >= _POINTER:
        target = base + (big16(data, at) & _POINTER_MASK)
    is_there = target <= at and target + 2 * _NETBIOS_OCTETS < end
    if is_there and octet(data, target) == 2 * _NETBIOS_OCTETS:
        written = _put_netbios_label(data, target + 1, text, out)
        if written != _BROKEN:
            return skip_name(data, at, end), written
    return put_name(data, span, text, out)


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@functools.lru_cache(maxsize=_REMEMBERED)
def registered_domain(name: str) -> str | None:
    """Return the label below the public suffix with it; None for a suffix or no domain name."""
    domain: str | None = _suffixes().privatesuffix(name)
    return domain


def split_names(names: pl.Series) -> pl.DataFrame:
    """Return `name`, `registered` and `subdomain` (null without one) for each distinct name."""
    distinct = names.drop_nulls().unique(maintain_order=True).alias("name")
    frame = pl.DataFrame(distinct).with_columns(
        registered=pl.Series([registered_domain(name) for name in distinct], dtype=pl.String)
    )
    longer = pl.col("name").str.len_bytes() - pl.col("registered").str.len_bytes()
    return frame.with_columns(
        subdomain=pl.when(longer > 1).then(pl.col("name").str.head(longer - 1))
    )
