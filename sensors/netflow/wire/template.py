"""Templates: how the records of a set are laid out (RFC 3954, 5.2 and 6.1; RFC 7011, 3.4)."""

import functools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sensors.netflow.wire.element import (
    ENTERPRISE_BIT,
    Element,
    Type,
    element_of_version_9,
)
from situation.faults import Malformed

VARIABLE = 0xFFFF
"""Length of a field that tells its length in each record (RFC 7011, 7)."""
MOST_FIELDS = 512
FIRST_DATA_SET = 256
NETFLOW_5, NETFLOW_9, IPFIX = 5, 9, 10
_VERSION_9_OPTIONS, _IPFIX_OPTIONS = 1, 3

_HEAD_OCTETS, _FIELD_OCTETS, _ENTERPRISE_OCTETS = 4, 4, 4
_OPTIONS_HEAD_OCTETS = 6
_WHOLE = {1: "u1", 2: ">u2", 4: ">u4", 8: ">u8"}
_WIDE = 16

_SCOPES = {1: 144, 2: 10, 3: 141, 4: 0, 5: 145}
"""Scope of v9 (RFC 3954, 6.1) to element: system, interface, line card, cache, template."""


class FieldSpecifier(NamedTuple):
    """One field: its element and octets, or VARIABLE."""

    element: Element
    octets: int


@dataclass(frozen=True)
class Template:
    """Layout of records; the first `scopes` fields of an options template say what it is about."""

    fields: tuple[FieldSpecifier, ...]
    scopes: int = 0

    @functools.cached_property
    def least(self) -> int:
        """Octets of the shortest record."""
        return sum(1 if field.octets == VARIABLE else field.octets for field in self.fields)

    @functools.cached_property
    def is_fixed(self) -> bool:
        """Whether all records have the same length."""
        return all(field.octets != VARIABLE for field in self.fields)

    @functools.cached_property
    def layout(self) -> np.dtype[np.void]:
        """Structured type of the fields with a length of their own, `f<position>`."""
        return np.dtype(
            [
                (f"f{position}", *_kind(field))
                for position, field in enumerate(self.fields)
                if field.octets != VARIABLE
            ]
        )


def _kind(field: FieldSpecifier) -> tuple[str] | tuple[str, tuple[int]]:
    if field.element.type == Type.IPV6 and field.octets == _WIDE:
        return (">u8", (2,))
    if field.octets in _WHOLE:
        return (_WHOLE[field.octets],)
    return ("u1", (field.octets,))


class Learned(NamedTuple):
    """What one record of a template set says: None withdraws the template."""

    number: int
    template: Template | None


def templates_of(version: int, number: int, body: bytes) -> Iterator[Learned]:
    """Return what the template set `number` of a message says.

    Raises Malformed, at once or where it breaks off: `set_number`, `template_number`,
    `template_length`, `template_too_wide`, `template_without_octets`.
    """
    read = _SETS.get((version, number))
    if read is None:
        raise Malformed("set_number")
    return read(body)


def is_options_set(number: int) -> bool:
    """Tell whether the sets of this number hold options templates."""
    return number in (_VERSION_9_OPTIONS, _IPFIX_OPTIONS)


def _version_9_templates(body: bytes) -> Iterator[Learned]:
    """Yield the templates of a v9 set."""
    at = 0
    while len(body) - at >= _HEAD_OCTETS:
        number, count = struct.unpack_from("!HH", body, at)
        if number < FIRST_DATA_SET:
            _check_padding(body[at:])
            return
        at += _HEAD_OCTETS
        fields = _version_9_fields(body, at, count)
        at += count * _FIELD_OCTETS
        yield Learned(number, _checked(Template(fields)))


def _version_9_options(body: bytes) -> Iterator[Learned]:
    """Yield the options templates of a v9 set."""
    at = 0
    while len(body) - at >= _OPTIONS_HEAD_OCTETS:
        number, scope_octets, option_octets = struct.unpack_from("!HHH", body, at)
        if number < FIRST_DATA_SET:
            _check_padding(body[at:])
            return
        at += _OPTIONS_HEAD_OCTETS
        if scope_octets % _FIELD_OCTETS or option_octets % _FIELD_OCTETS:
            raise Malformed("template_length")
        scopes = _version_9_scopes(body, at, scope_octets // _FIELD_OCTETS)
        at += scope_octets
        options = _version_9_fields(body, at, option_octets // _FIELD_OCTETS)
        at += option_octets
        yield Learned(number, _checked(Template(scopes + options, len(scopes))))


def _ipfix_templates(body: bytes, *, options: bool) -> Iterator[Learned]:
    """Yield the templates or options templates of an IPFIX set, withdrawals included."""
    at = 0
    while len(body) - at >= _HEAD_OCTETS:
        number, count = struct.unpack_from("!HH", body, at)
        if number == 0:
            _check_padding(body[at:])
            return
        at += _HEAD_OCTETS
        if count == 0:
            yield Learned(number, None)
            continue
        scopes = 0
        if options:
            _check_room(body, at, 2)
            (scopes,) = struct.unpack_from("!H", body, at)
            at += 2
        fields, at = _ipfix_fields(body, at, count)
        if scopes > count or number < FIRST_DATA_SET:
            raise Malformed("template_number")
        yield Learned(number, _checked(Template(fields, scopes)))


_SETS: dict[tuple[int, int], Callable[[bytes], Iterator[Learned]]] = {
    (NETFLOW_9, 0): _version_9_templates,
    (NETFLOW_9, _VERSION_9_OPTIONS): _version_9_options,
    (IPFIX, 2): lambda body: _ipfix_templates(body, options=False),
    (IPFIX, _IPFIX_OPTIONS): lambda body: _ipfix_templates(body, options=True),
}


def _check_padding(rest: bytes) -> None:
    if rest.strip(b"\0"):
        raise Malformed("template_number")


def _check_room(body: bytes, at: int, octets: int) -> None:
    if len(body) - at < octets:
        raise Malformed("template_length")


def _checked(template: Template) -> Template:
    if len(template.fields) > MOST_FIELDS:
        raise Malformed("template_too_wide")
    if template.least == 0:
        raise Malformed("template_without_octets")
    return template


def _pairs(body: bytes, at: int, count: int) -> Iterator[tuple[int, int]]:
    _check_room(body, at, count * _FIELD_OCTETS)
    return struct.iter_unpack("!HH", body[at : at + count * _FIELD_OCTETS])


def _version_9_fields(body: bytes, at: int, count: int) -> tuple[FieldSpecifier, ...]:
    return tuple(
        FieldSpecifier(element_of_version_9(number), _version_9_length(octets))
        for number, octets in _pairs(body, at, count)
    )


def _version_9_scopes(body: bytes, at: int, count: int) -> tuple[FieldSpecifier, ...]:
    return tuple(
        FieldSpecifier(Element(0, _SCOPES.get(number, 0)), _version_9_length(octets))
        for number, octets in _pairs(body, at, count)
    )


def _version_9_length(octets: int) -> int:
    if octets == VARIABLE:
        raise Malformed("template_length")
    return octets


def _ipfix_fields(body: bytes, at: int, count: int) -> tuple[tuple[FieldSpecifier, ...], int]:
    fields = []
    for _ in range(count):
        _check_room(body, at, _FIELD_OCTETS)
        number, octets = struct.unpack_from("!HH", body, at)
        at += _FIELD_OCTETS
        enterprise = 0
        if number & ENTERPRISE_BIT:
            _check_room(body, at, _ENTERPRISE_OCTETS)
            (enterprise,) = struct.unpack_from("!I", body, at)
            at += _ENTERPRISE_OCTETS
        fields.append(FieldSpecifier(Element(enterprise, number & ~ENTERPRISE_BIT), octets))
    return tuple(fields), at


def _version_5() -> Template:
    """Return the record of v5 as a template, its fields by the elements that mean the same."""
    layout = (
        (8, 4), (12, 4), (15, 4), (10, 2), (14, 2), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2),
        (11, 2), (210, 1), (6, 1), (4, 1), (5, 1), (16, 2), (17, 2), (9, 1), (13, 1), (210, 2),
    )  # fmt: skip
    return Template(tuple(FieldSpecifier(Element(0, number), octets) for number, octets in layout))


VERSION_5 = _version_5()
"""Record of NetFlow v5 (Cisco, NetFlow Export Datagram Format, table B-4)."""
