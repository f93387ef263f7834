"""TLS 1.0 to 1.3 and SSL 2.0 and 3.0 over TCP, and TLCP, their Chinese sister."""

from sensors.protocol.parser import Parser, Sample
from sensors.protocol.secure import ssl2
from sensors.protocol.secure.description import FIELDS
from sensors.protocol.secure.record import (
    APPLICATION,
    CHANGE,
    HANDSHAKE,
    begins,
    finish,
    goes_on,
    length,
    read,
)

_MAJOR_TLS, _MAJOR_TLCP = 3, 1

_SAMPLE = bytes.fromhex(
    "16030300530100004f03036363636363636363636363636363636363636363636363636363636363"
    "6363630000061301c02f009c0100002000000013001100000e706f7274616c2e6578616d706c6500"
    "2b00050403040303"
)
_SAMPLE_TLCP = bytes.fromhex(
    "160101002f0100002b01016363636363636363636363636363636363636363636363636363636363"
    "636363000004e013e0530100"
)


def _begins_tls(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    return begins(octets, _MAJOR_TLS) or ssl2.begins(octets) or goes_on(octets)


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
    first=frozenset((*range(CHANGE, APPLICATION + 1), *ssl2.FIRST)),
    partial=True,
    samples=(
        Sample(
            _SAMPLE,
            {
                "tls.client.server_name": "portal.example",
                "tls.client.ja3": "0497ac917c52c0d35f834ab1f8c93e1e",
                "citywatch.tls.client.ja4": "t13d030200_159d175d8039_b9a491fefe05",
            },
        ),
    ),
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
    first=frozenset((HANDSHAKE,)),
    partial=True,
    samples=(
        Sample(
            _SAMPLE_TLCP,
            {"tls.client.supported_ciphers": ["ECC_SM4_CBC_SM3", "ECC_SM4_GCM_SM3"]},
        ),
    ),
)

PARSERS = (TLS, TLCP)
