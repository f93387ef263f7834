"""The list of kinds: what a log can be read as."""

import pathlib
from collections.abc import Mapping

from sensors.log.host.kinds import HOST_INNER, host_kinds
from sensors.log.kind import LogKind
from sensors.log.mapping.document import Document, read_document
from sensors.log.mapping.kind import MappingKind
from sensors.log.security.kinds import SECURITY_INNER, security_kinds
from sensors.log.syslog import Inner, SyslogKind, inner_of
from situation.faults import Misconfigured

_SHIPPED = pathlib.Path(__file__).parent / "kinds"


def _shipped(name: str) -> Document:
    return read_document(_SHIPPED / f"{name}.toml")


def _syslog_of(inner: tuple[Inner, ...]) -> SyslogKind:
    return SyslogKind(_shipped("syslog"), inner)


_HEADER = SyslogKind(_shipped("syslog"))


def mapping_kind(document: Document) -> MappingKind:
    """Return the kind of a mapping, behind a syslog header where it asks for one."""
    return MappingKind(document, _HEADER.envelope)


def _mapped(*names: str) -> tuple[MappingKind, ...]:
    return tuple(mapping_kind(_shipped(name)) for name in names)


_PROGRAMS = _mapped("sshd", "sudo", "su", "login", "accounts", "cron", "pam", "cisco")
"""Mappings of the messages of programs, which are no kinds by themselves."""

_SERVICES = _mapped(
    "nginx-access",
    "nginx-error",
    "apache-access",
    "apache-error",
    "haproxy",
    "squid",
    "bind",
    "dnsmasq",
    "postgresql",
    "postgresql-csv",
    "mysql-error",
    "mysql-general",
    "mysql-audit-json",
    "mysql-audit-csv",
    "iptables",
    "fortigate",
    "huawei-firewall",
    "h3c-firewall",
    "sangfor",
    "json-lines",
)

INNER: tuple[Inner, ...] = (
    *(inner_of(kind) for kind in _PROGRAMS),
    *(inner_of(kind) for kind in _SERVICES if kind.document.programs or kind.document.content),
    *SECURITY_INNER,
    *HOST_INNER,
)
"""Formats that lie in the messages of syslog, in the order in which they are offered."""

SYSLOG = SyslogKind(_shipped("syslog"), INNER)

_AUTH_LINE = (
    r"^(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+|1 \S+) \S+ "
    r"(?:sshd|sudo|su|login|systemd-logind|useradd|userdel|usermod|groupadd|passwd)\b"
)

AUTH = SyslogKind(
    _shipped("syslog").model_copy(
        update={
            "name": "auth",
            "title": "authentication log of a host: syslog of sshd, sudo, su, PAM, login, accounts",
            "likeness": (_AUTH_LINE,),
            "certainty": 0.9,
        }
    ),
    INNER,
)
"""The same as `SYSLOG`, under the name by which such files go."""

KINDS: tuple[LogKind, ...] = (
    SYSLOG,
    AUTH,
    *_SERVICES,
    *security_kinds(_syslog_of),
    *host_kinds(_syslog_of, INNER),
)


FAMILIES: Mapping[str, tuple[str, ...]] = {
    "apache": ("apache-access", "apache-error"),
    "eve": ("suricata-eve",),
    "evtx": ("windows-event",),
    "json": ("json-lines",),
    "mysql": ("mysql-error", "mysql-general", "mysql-audit-json", "mysql-audit-csv"),
    "nginx": ("nginx-access", "nginx-error"),
    "postgres": ("postgresql", "postgresql-csv"),
    "suricata": ("suricata-eve",),
    "sysmon": ("windows-event",),
    "windows": ("windows-event",),
    "zeek": ("zeek-tsv", "zeek-json"),
}
"""Products whose logs are of one of several kinds, or that go by another name."""


def kinds_named(name: str) -> tuple[LogKind, ...]:
    """Return the kinds of a product, among which one is guessed, or the one of that name."""
    return tuple(kind_named(one) for one in FAMILIES.get(name, (name,)))


def kind_named(name: str) -> LogKind:
    """Return the kind of that name, or of a mapping file; raise `Misconfigured` for neither."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    if name.endswith(".toml"):
        return mapping_kind(read_document(pathlib.Path(name)))
    known = ", ".join(sorted([*FAMILIES, *(kind.name for kind in KINDS)]))
    raise Misconfigured(f"there is no such kind of log; kinds: {known}", where=name)
