"""The protocols that are read: one row each. Another protocol is a module and a line here."""

from sensors.protocol.command import ftp, imap, pop, smtp, telnet
from sensors.protocol.parser import Parser
from sensors.protocol.secure import dtls, quic, ssh, tls
from sensors.protocol.web import http

PARSERS: tuple[Parser, ...] = (
    *tls.PARSERS, ssh.PARSER, dtls.PARSER, quic.PARSER,
    http.PARSER, *smtp.PARSERS, *ftp.PARSERS, *pop.PARSERS, *imap.PARSERS, telnet.PARSER,
)  # fmt: skip
"""In the order in which they are asked; strong signatures come first."""

MESSAGE_PORTS = tuple({port for one in PARSERS if one.messages for port in one.ports})
"""Ports on which message follows message as long as a conversation lasts."""
