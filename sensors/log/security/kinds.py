"""The kinds of tools that watch the network."""

from collections.abc import Callable

from sensors.log.document.enveloped import EnvelopedKind
from sensors.log.kind import LogKind
from sensors.log.security import cef, eve, leef
from sensors.log.security.event_format import CEF_MARK, LEEF_MARK
from sensors.log.security.zeek_json import ZEEK_JSON
from sensors.log.security.zeek_tsv import ZEEK_TSV
from sensors.log.syslog import Inner

CEF_INNER = (
    Inner(cef.message_parser, ("CEF",), r"^ ?[0-9]+\|"),
    Inner(cef.message_parser, (), rf"\b{CEF_MARK}"),
)
LEEF_INNER = (
    Inner(leef.message_parser, ("LEEF",), r"^ ?[0-9.]+\|"),
    Inner(leef.message_parser, (), rf"\b{LEEF_MARK}"),
)
"""Both as formats of syslog's messages; the tag of old syslog is the name of the format."""

SECURITY_INNER: tuple[Inner, ...] = (
    *CEF_INNER,
    *LEEF_INNER,
    Inner(eve.message_parser, (), eve.MESSAGE_MARK),
)
"""What syslog's messages may hold."""


def security_kinds(syslog: Callable[[tuple[Inner, ...]], LogKind]) -> tuple[LogKind, ...]:
    """Return the kinds; `syslog` makes one that hands messages on to formats."""
    return (
        eve.SURICATA_EVE,
        ZEEK_TSV,
        ZEEK_JSON,
        EnvelopedKind("cef", "CEF", CEF_MARK, cef.message_parser, syslog(CEF_INNER)),
        EnvelopedKind(
            "leef", "LEEF 1.0 and 2.0", LEEF_MARK, leef.message_parser, syslog(LEEF_INNER)
        ),
    )
