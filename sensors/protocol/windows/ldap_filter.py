"""Filters of LDAP searches as text (RFC 4515)."""

import re
from collections.abc import Iterator

from sensors.protocol.ber import CONSTRUCTED, CONTEXT, Element
from sensors.protocol.text import cleaned, text_of
from situation.fields import KEYWORD_LIMIT

_SETS = {CONTEXT | CONSTRUCTED: "&", CONTEXT | CONSTRUCTED | 1: "|", CONTEXT | CONSTRUCTED | 2: "!"}
_COMPARED = {
    CONTEXT | CONSTRUCTED | 3: "=",
    CONTEXT | CONSTRUCTED | 5: ">=",
    CONTEXT | CONSTRUCTED | 6: "<=",
    CONTEXT | CONSTRUCTED | 8: "~=",
}
_SUBSTRINGS = CONTEXT | CONSTRUCTED | 4
_PRESENT = CONTEXT | 7
_EXTENSIBLE = CONTEXT | CONSTRUCTED | 9
_FINAL = CONTEXT | 2
_PARTS_LIMIT = 64
_SPECIAL = re.compile(r"[\\*()\x00]")


def filter_text(found: Element) -> str:
    """Return a filter as text, clipped. Raises Malformed where it is none."""
    return cleaned("".join(_pieces(found, [0])))


def _pieces(found: Element, written: list[int]) -> Iterator[str]:
    """Yield the text of a filter; what lies beyond the limit of a field is left out."""
    written[0] += 1
    if written[0] > _PARTS_LIMIT:
        yield "(...)"
        return
    yield "("
    if found.tag in _SETS:
        yield _SETS[found.tag]
        for part in found.inside():
            if written[0] <= _PARTS_LIMIT:
                yield from _pieces(part, written)
    else:
        yield _single(found)
    yield ")"


def _single(found: Element) -> str:
    if found.tag in _COMPARED:
        name, value = _pair(found)
        return f"{_text(name)}{_COMPARED[found.tag]}{_text(value)}"
    if found.tag == _SUBSTRINGS:
        return _substrings(found)
    if found.tag == _PRESENT:
        return f"{text_of(found.value())}=*"
    if found.tag == _EXTENSIBLE:
        return _extensible(found)
    return "?"


def _pair(found: Element) -> tuple[Element | None, Element | None]:
    parts = found.inside()
    return next(parts, None), next(parts, None)


def _text(found: Element | None) -> str:
    """Return a value with what means something in a filter written as its number."""
    if found is None:
        return ""
    plain = text_of(found.value()[:KEYWORD_LIMIT])
    return _SPECIAL.sub(lambda special: f"\\{ord(special[0]):02x}", plain)


def _substrings(found: Element) -> str:
    name, parts = _pair(found)
    texts = [] if parts is None else list(parts.inside())[:_PARTS_LIMIT]
    joined = "*".join(_text(part) for part in texts)
    before = "" if texts and texts[0].tag == CONTEXT else "*"
    behind = "" if texts and texts[-1].tag == _FINAL else "*"
    return f"{_text(name)}={before}{joined}{behind}"


def _extensible(found: Element) -> str:
    parts = {part.tag: part for part in list(found.inside())[:4]}
    rule, name, value = (parts.get(CONTEXT | number) for number in (1, 2, 3))
    ruled = f":{_text(rule)}" if rule is not None else ""
    return f"{_text(name)}{ruled}:={_text(value)}"
