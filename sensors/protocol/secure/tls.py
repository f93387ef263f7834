"""TLS 1.0 to 1.3 and SSL 2.0 and 3.0 over TCP, and TLCP, their Chinese sister."""

from sensors.protocol.parser import Parser
from sensors.protocol.secure import ssl2
from sensors.protocol.secure.description import FIELDS
from sensors.protocol.secure.record import begins, finish, length, read

_MAJOR_TLS, _MAJOR_TLCP = 3, 1


def _begins_tls(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as all that are asked so
    return begins(octets, _MAJOR_TLS) or ssl2.begins(octets)


def _begins_tlcp(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as above
    return begins(octets, _MAJOR_TLCP)


TLS = Parser(
    name="tls",
    standard="RFC 8446, RFC 5246, RFC 6101",
    transport="tcp",
    ports=(443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 5061, 8443),
    begins=_begins_tls,
    length=length,
    read=read,
    finish=finish,
    fields=FIELDS,
    anywhere=True,
)

TLCP = Parser(
    name="tlcp",
    standard="GB/T 38636-2020",
    transport="tcp",
    ports=(443, 8443),
    begins=_begins_tlcp,
    length=length,
    read=read,
    finish=finish,
    fields=FIELDS,
    anywhere=True,
)

PARSERS = (TLS, TLCP)
