"""The protocols that are read: one row each. Another protocol is a module and a line here."""

from sensors.protocol.command import ftp, imap, pop, smtp, telnet
from sensors.protocol.industry import bacnet, dnp3, hart, iec104, mms, modbus
from sensors.protocol.industry.controller import enip, fins, melsec, profinet, s7comm, s7plus
from sensors.protocol.parser import Parser
from sensors.protocol.secure import dtls, quic, ssh, tls
from sensors.protocol.service import dhcp, dhcp6, ntp, sip, snmp
from sensors.protocol.thing import coap, mqtt
from sensors.protocol.web import http
from sensors.protocol.windows import dcerpc, kerberos, ldap, rdp, smb

PARSERS: tuple[Parser, ...] = (
    *tls.PARSERS, ssh.PARSER, dtls.PARSER, quic.PARSER,
    http.PARSER, *smtp.PARSERS, *ftp.PARSERS, *pop.PARSERS, *imap.PARSERS, telnet.PARSER,
    *dnp3.PARSERS, s7comm.PARSER, s7plus.PARSER, mms.PARSER, bacnet.PARSER, modbus.PARSER,
    *iec104.PARSERS, *enip.PARSERS, *hart.PARSERS, *fins.PARSERS, *melsec.PARSERS, profinet.PARSER,
    *mqtt.PARSERS, coap.PARSER,
    *snmp.PARSERS, *sip.PARSERS, dhcp.PARSER, dhcp6.PARSER, ntp.PARSER,
    smb.PARSER, dcerpc.PARSER, rdp.PARSER, *kerberos.PARSERS, *ldap.PARSERS,
)  # fmt: skip
"""In the order in which they are asked; strong signatures come first."""

MESSAGE_PORTS = tuple({port for one in PARSERS if one.messages for port in one.ports})
"""Ports on which message follows message as long as a conversation lasts."""

COMMAND_PORTS = tuple(
    {port for one in PARSERS if "citywatch.ics.act" in one.fields for port in one.ports}
)
"""Ports on which any message may be a command to a machine, however many went before it."""
