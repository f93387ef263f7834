"""Kinds of headers below IP, and the numbers by which one header names the next."""

import numpy as np
import numpy.typing as npt

from sensors.compilation import called, compiled, integer

IPV4, IPV6 = 4, 6
"""Where a walk ends well: an IP header of this version."""
NOTHING, OPAQUE = 0, 1
"""No header at all, and one that nobody here reads."""

(
    LINK_TYPE,  # the EtherType stands here
    ETHERNET,  # the destination's address stands here
    VLAN,
    LLC,
    NSH,
    MACSEC,
    WCCP,
    ERSPAN_3,
) = range(10, 18)
(
    BARE,  # IP that says its version itself
    FAMILY,
    SLL2,
    NFLOG,
) = range(20, 24)
(
    MPLS,
    PPPOE,
    PPP,
    HDLC,
    FRAME_RELAY,
    NLPID,
) = range(24, 30)
WIFI, PADDED_WIFI, SWAPPED_WIFI, RADIOTAP, PRISM, AVS, PPI = range(30, 37)
VN_TAG, E_TAG, BACKBONE, FABRIC_PATH, META_DATA, ETHER_IP, ERSPAN_2 = range(40, 47)
LAST_ETHER, LAST_HOST, LAST_SERIAL = ERSPAN_3, NFLOG, NLPID
"""Kinds up to these are read in one place each."""
_KINDS = 47

Numbers = npt.NDArray[np.int64]


def _rows(*rows: tuple[int, ...]) -> Numbers:
    return np.array(rows, np.int64)


def _by_kind(numbers: dict[int, int]) -> Numbers:
    return np.array([numbers.get(kind, 0) for kind in range(_KINDS)], np.int64)


LEAST: Numbers = _by_kind(
    {
        LINK_TYPE: 2, ETHERNET: 14, VLAN: 4, LLC: 3, NSH: 8, MACSEC: 6, WCCP: 4, ERSPAN_3: 12,
        BARE: 1, FAMILY: 4, SLL2: 20, NFLOG: 4, MPLS: 4, PPPOE: 6, PPP: 1, HDLC: 4,
        FRAME_RELAY: 5, NLPID: 1,
        WIFI: 24, PADDED_WIFI: 24, SWAPPED_WIFI: 24, RADIOTAP: 8, PRISM: 8, AVS: 8, PPI: 8,
        VN_TAG: 4, E_TAG: 6, BACKBONE: 4, FABRIC_PATH: 2, META_DATA: 6, ETHER_IP: 2, ERSPAN_2: 8,
    }
)  # fmt: skip
"""Octets that a header has at least; what is cut shorter is refused."""

FOLLOWS: Numbers = _by_kind(
    {
        VN_TAG: LINK_TYPE,
        E_TAG: LINK_TYPE,
        BACKBONE: ETHERNET,
        FABRIC_PATH: ETHERNET,
        META_DATA: LINK_TYPE,
        ETHER_IP: ETHERNET,
        ERSPAN_2: ETHERNET,
    }
)
"""What follows a header of fixed length; 0 for those that have to be read."""

_ETHER_TYPES = _rows(
    (0x0800, IPV4),
    (0x86DD, IPV6),
    (0x8100, VLAN),
    (0x88A8, VLAN),
    (0x9100, VLAN),
    (0x9200, VLAN),
    (0x8847, MPLS),
    (0x8848, MPLS),
    (0x8864, PPPOE),
    (0x880B, PPP),
    (0x6558, ETHERNET),
    (0x894F, NSH),
    (0x88E7, BACKBONE),
    (0x8926, VN_TAG),
    (0x893F, E_TAG),
    (0x8903, FABRIC_PATH),
    (0x8909, META_DATA),
    (0x88E5, MACSEC),
    (0x88BE, ERSPAN_2),
    (0x22EB, ERSPAN_3),
    (0x883E, WCCP),
)
"""EtherTypes, those included that hardly stand but in GRE (RFC 2784)."""

_PPP_PROTOCOLS = _rows((0x0021, IPV4), (0x0057, IPV6), (0x0281, MPLS), (0x0283, MPLS))
"""PPP protocol numbers (RFC 1661, 5072, 3032)."""

_NEXT_PROTOCOLS = _rows((1, IPV4), (2, IPV6), (3, ETHERNET), (4, NSH), (5, MPLS))
"""Next protocols of NSH (RFC 8300, 2.2) and VXLAN-GPE."""

_NETWORK_LAYERS = _rows((0xCC, IPV4), (0x8E, IPV6))
"""Network layer protocol identifiers (RFC 2427)."""

_FAMILIES = _rows((2, IPV4), (10, IPV6), (24, IPV6), (28, IPV6), (30, IPV6))
"""Address families of the systems that write them; for IPv6 they differ."""

_LINKS = _rows(
    (1, LINK_TYPE, 12),
    (0, FAMILY, 0),
    (9, PPP, 0),
    (12, BARE, 0),
    (14, BARE, 0),
    (50, PPP, 0),
    (51, PPPOE, 0),
    (101, BARE, 0),
    (104, HDLC, 0),
    (105, WIFI, 0),
    (107, FRAME_RELAY, 0),
    (108, FAMILY, 0),
    (113, LINK_TYPE, 14),
    (119, PRISM, 0),
    (127, RADIOTAP, 0),
    (163, AVS, 0),
    (192, PPI, 0),
    (228, BARE, 0),
    (229, BARE, 0),
    (239, NFLOG, 0),
    (276, SLL2, 0),
)
"""Link types of capture files (LINKTYPE_ of tcpdump.org), and how far in the header begins."""


@compiled
def _found(rows: Numbers, number: int) -> int:
    """Return the row of a number, -1 if there is none."""
    for row in range(len(rows)):
        if rows[row, 0] == number:
            return row
    return -1


@compiled
def _named(rows: Numbers, number: int) -> int:
    """Return the kind that a number names."""
    row = _found(rows, number)
    return integer(rows[row, 1]) if row >= 0 else OPAQUE


@called
def ether_kind(number: int) -> int:
    """Return what an EtherType announces."""
    return _named(_ETHER_TYPES, number)


@called
def ppp_kind(number: int) -> int:
    """Return what a PPP protocol number announces."""
    return _named(_PPP_PROTOCOLS, number)


@called
def next_kind(number: int) -> int:
    """Return what a next protocol of NSH or VXLAN-GPE announces."""
    return _named(_NEXT_PROTOCOLS, number)


@compiled
def network_kind(number: int) -> int:
    """Return what a network layer protocol identifier announces."""
    return _named(_NETWORK_LAYERS, number)


@compiled
def family_kind(number: int) -> int:
    """Return what an address family announces."""
    return _named(_FAMILIES, number)


@called
def link_kind(number: int, at: int) -> tuple[int, int]:
    """Return the kind of the first header of a frame at `at`, and where it begins.

    NOTHING if the link type is not known.
    """
    row = _found(_LINKS, number)
    if row < 0:
        return NOTHING, at
    return integer(_LINKS[row, 1]), at + integer(_LINKS[row, 2])
