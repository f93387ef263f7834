"""The kinds of logs that hosts write of themselves."""

from collections.abc import Callable

from sensors.log.document.enveloped import EnvelopedKind
from sensors.log.host import auditd, windows_event
from sensors.log.host.audit_record import MARK
from sensors.log.host.journald import JournaldKind
from sensors.log.kind import LogKind
from sensors.log.syslog import Inner

AUDIT_INNER: tuple[Inner, ...] = (Inner(auditd.message_parser, (), MARK),)
"""Records of audit as messages of syslog."""

HOST_INNER: tuple[Inner, ...] = (
    *AUDIT_INNER,
    Inner(windows_event.message_parser, (), windows_event.MESSAGE_MARK),
)
"""What syslog's messages may hold."""


def host_kinds(
    syslog: Callable[[tuple[Inner, ...]], LogKind], inner: tuple[Inner, ...]
) -> tuple[LogKind, ...]:
    """Return the kinds; `syslog` makes one that hands messages on to formats.

    `inner` are the formats of the messages of programs, for the journal.
    """
    title = "Linux audit"
    envelope = syslog(AUDIT_INNER)
    return (
        windows_event.WINDOWS_EVENT,
        EnvelopedKind(auditd.NAME, title, MARK, auditd.message_parser, envelope),
        JournaldKind(inner),
    )
