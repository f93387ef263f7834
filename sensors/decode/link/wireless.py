"""Wireless frames (IEEE 802.11-2020, 9.2 and 9.3.2) and what radios put in front of them."""

from sensors.compilation import compiled
from sensors.decode.link.kind import (
    AVS,
    ETHERNET,
    LLC,
    OPAQUE,
    PADDED_WIFI,
    SWAPPED_WIFI,
    WIFI,
    link_kind,
)
from sensors.octets import Octets, big16, big32, little16, little32, octet
from sensors.refusal import ENCRYPTED_FRAME, TRUNCATED_FRAME

_HEADER, _ADDRESS, _QUALITY, _HIGH_THROUGHPUT = 24, 6, 2, 4
_DATA, _TYPE_MASK = 0x08, 0x0F
_WITHOUT_DATA, _WITH_QUALITY = 0x40, 0x80
_BOTH_SYSTEMS, _PROTECTED, _ORDER = 0x03, 0x40, 0x80
_FRAGMENT_NUMBER = 0x0F
_AGGREGATE = 0x80
_SNAP = 0xAAAA
_MORE_PRESENT, _HAS_TIME, _HAS_FLAGS, _PADDED = 0x80000000, 0x01, 0x02, 0x20
_PRESENT_WORDS = 8
_AVS_COOKIES = (0x80211001, 0x80211002)
_LONGEST_PRISM = 4096


@compiled
def _header_octets(control: int, flags: int) -> int:
    """Return the octets of a data frame's header."""
    length = _HEADER
    if flags & _BOTH_SYSTEMS == _BOTH_SYSTEMS:
        length += _ADDRESS
    if control & _WITH_QUALITY != 0:
        length += _QUALITY + (_HIGH_THROUGHPUT if flags & _ORDER != 0 else 0)
    return length


@compiled
def _is_aggregate(data: Octets, at: int, control: int, flags: int) -> bool:
    """Tell whether several frames lie in one (A-MSDU); each begins as an IEEE 802.3 frame."""
    if control & _WITH_QUALITY == 0:
        return False
    four = flags & _BOTH_SYSTEMS == _BOTH_SYSTEMS
    return octet(data, at + _HEADER + (_ADDRESS if four else 0)) & _AGGREGATE != 0


@compiled
def wireless(data: Octets, kind: int, at: int, end: int) -> tuple[int, int]:
    """Follow a data frame; of several in one, the first is followed."""
    control, flags = octet(data, at), octet(data, at + 1)
    if kind == SWAPPED_WIFI and control & _TYPE_MASK != _DATA:
        control, flags = flags, control
    if control & _TYPE_MASK != _DATA or control & _WITHOUT_DATA != 0:
        return OPAQUE, at
    if octet(data, at + 22) & _FRAGMENT_NUMBER != 0:
        return OPAQUE, at
    length = _header_octets(control, flags)
    start = at + ((length + 3) & ~3 if kind == PADDED_WIFI else length)
    if start + 3 > end:
        return -1 - TRUNCATED_FRAME, at
    if flags & _PROTECTED != 0 and big16(data, start) != _SNAP:
        return -1 - ENCRYPTED_FRAME, at
    return (ETHERNET if _is_aggregate(data, at, control, flags) else LLC), start


@compiled
def radiotap(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Step over a radiotap header; its flags tell whether the frame's header is padded."""
    length = little16(data, at + 2)
    if octet(data, at) != 0 or length < 8:  # noqa: PLR2004 - version, length, one word of fields
        return OPAQUE, at
    present = little32(data, at + 4)
    field = 4
    for _ in range(_PRESENT_WORDS):
        if at + field + 4 > end or little32(data, at + field) & _MORE_PRESENT == 0:
            break
        field += 4
    field += 4
    if present & _HAS_TIME != 0:
        field = ((field + 7) & ~7) + 8
    padded = present & _HAS_FLAGS != 0 and field < length and at + field < end
    if padded and octet(data, at + field) & _PADDED != 0:
        return PADDED_WIFI, at + length
    return WIFI, at + length


@compiled
def prism(data: Octets, at: int) -> tuple[int, int]:
    """Step over the header of Prism drivers, which some put an AVS header in place of."""
    if big32(data, at) in _AVS_COOKIES:
        return AVS, at
    length = little32(data, at + 4)
    if length > _LONGEST_PRISM:
        length = big32(data, at + 4)
    return (WIFI, at + length) if 8 <= length <= _LONGEST_PRISM else (OPAQUE, at)  # noqa: PLR2004 - code and length


@compiled
def avs(data: Octets, at: int) -> tuple[int, int]:
    """Step over an AVS header."""
    length = big32(data, at + 4)
    return (WIFI, at + length) if 8 <= length <= _LONGEST_PRISM else (OPAQUE, at)  # noqa: PLR2004 - cookie and length


@compiled
def per_packet(data: Octets, at: int) -> tuple[int, int]:
    """Step over per-packet information (PPI), which names the link type of the frame."""
    length = little16(data, at + 2)
    if length < 8:  # noqa: PLR2004 - its fixed part
        return OPAQUE, at
    kind, start = link_kind(little32(data, at + 4), at + length)
    return (kind, start) if kind != 0 else (OPAQUE, at)
