"""Linux audit: one row a record, as columns; the records of one event share `event.sequence`."""

from collections.abc import Mapping, Sequence

import polars as pl

from sensors.log.document import span, turning
from sensors.log.document.framing import read_documents
from sensors.log.document.gathering import Sorting
from sensors.log.document.plan import Column, Object, Plan
from sensors.log.document.stream import LineParser
from sensors.log.document.turning import Reception
from sensors.log.host.audit_record import read_record
from sensors.log.kind import LogParser, Parsed, SourceRules

NAME = "auditd"

_MEANINGS: Mapping[str, tuple[str, str, str]] = {
    "USER_AUTH": ("authentication", "start", "authentication"),
    "USER_LOGIN": ("authentication", "start", "logon"),
    "USER_LOGOUT": ("authentication", "end", "logoff"),
    "USER_ACCT": ("authentication", "info", "account-checked"),
    "USER_ERR": ("authentication", "info", "account-error"),
    "CRED_ACQ": ("authentication", "info", "credentials-acquired"),
    "CRED_REFR": ("authentication", "info", "credentials-refreshed"),
    "CRED_DISP": ("authentication", "info", "credentials-dropped"),
    "USER_START": ("session", "start", "session-opened"),
    "USER_END": ("session", "end", "session-closed"),
    "LOGIN": ("session", "info", "login-identity-set"),
    "USER_CMD": ("process", "start", "command-run"),
    "ADD_USER": ("iam", "creation", "account-created"),
    "DEL_USER": ("iam", "deletion", "account-deleted"),
    "ADD_GROUP": ("iam", "creation", "group-created"),
    "DEL_GROUP": ("iam", "deletion", "group-deleted"),
    "USER_CHAUTHTOK": ("iam", "change", "password-changed"),
    "USER_MGMT": ("iam", "change", "account-changed"),
    "GRP_MGMT": ("iam", "change", "group-changed"),
    "SYSCALL": ("process", "info", "system-call"),
    "EXECVE": ("process", "start", "executed"),
    "PROCTITLE": ("process", "info", "title"),
    "CWD": ("process", "info", "working-directory"),
    "SECCOMP": ("process", "denied", "system-call-denied"),
    "PATH": ("file", "info", "path"),
    "AVC": ("process", "denied", "access-denied"),
    "USER_AVC": ("process", "denied", "access-denied"),
    "SERVICE_START": ("process", "start", "service-started"),
    "SERVICE_STOP": ("process", "end", "service-stopped"),
    "CONFIG_CHANGE": ("configuration", "change", "audit-configuration-changed"),
    "NETFILTER_CFG": ("configuration", "change", "packet-filter-changed"),
    "DAEMON_START": ("configuration", "start", "audit-started"),
    "DAEMON_END": ("configuration", "end", "audit-ended"),
}
"""Category, type and action by the type of the record."""

_OUTCOMES = {
    "success": "success", "yes": "success", "1": "success",
    "failed": "failure", "no": "failure", "0": "failure",
}  # fmt: skip


def _times(values: Sequence[object], reception: Reception) -> pl.Series:
    return span.since_1970(turning.reals(values, reception))


def _data(name: str, field: str) -> Column:
    return Column(f"data/{name}", field)


_COLUMNS = (
    Column("time", "@timestamp", _times),
    Column("serial", "event.sequence"),
    Column("node", "host.name"),
    Column("type", "event.code"),
    Column("arguments", "_arguments"),
    Column("data/res", "_result", kept=True),
    Column("data/success", "_success", kept=True),
    _data("acct", "_account"),
    _data("addr", "source.ip"),
    _data("hostname", "source.domain"),
    _data("pid", "process.pid"),
    _data("ppid", "process.parent.pid"),
    _data("comm", "process.name"),
    _data("exe", "process.executable"),
    _data("cwd", "process.working_directory"),
    _data("proctitle", "_title"),
    _data("cmd", "_command"),
    Column("data/uid", "_uid", kept=True),
    Column("data/id", "_id", kept=True),
    _data("name", "_name"),
    _data("path", "_path"),
    _data("unit", "service.name"),
    _data("key", "rule.name"),
    Column("enriched/UID", "_user", kept=True),
    Column("enriched/ID", "_target", kept=True),
    Column("enriched/EUID", "_effective", kept=True),
)
_CODE = pl.col("event.code")
_IS_BARE = (_CODE == "AVC") & ~pl.col("_name").str.starts_with("/")
"""SELinux names the last part of a path alone."""
_IS_SSH = pl.col("process.executable").fill_null("").str.ends_with("/sshd")
_IS_ACCOUNT_CHANGE = pl.col("event.category") == "iam"
_IS_LOGIN = pl.col("event.category").is_in(["authentication", "session"])
"""Of a login the `uid` is that of the program which asks, `id` that of the account."""


def _meaning(place: int, otherwise: pl.Expr) -> pl.Expr:
    known = {code: meaning[place] for code, meaning in _MEANINGS.items()}
    return _CODE.replace_strict(known, default=otherwise, return_dtype=pl.String)


_FIRST = (
    pl.lit(NAME).alias("event.module"),
    pl.lit("auditd.log").alias("event.dataset"),
    _meaning(0, pl.lit("host")).alias("event.category"),
    _meaning(1, pl.lit("info")).alias("event.type"),
    _meaning(2, _CODE.str.to_lowercase()).alias("event.action"),
    pl.coalesce("_result", "_success")
    .replace_strict(_OUTCOMES, default=None, return_dtype=pl.String)
    .alias("event.outcome"),
    pl.coalesce("_arguments", "_command", "_title").alias("process.command_line"),
    pl.coalesce("_path", pl.when(~_IS_BARE).then("_name")).alias("file.path"),
    pl.when(_IS_BARE).then("_name").alias("file.name"),
    pl.coalesce("process.name", pl.col("process.executable").str.extract("([^/]+)$")).alias(
        "process.name"
    ),
)
_SECOND = (
    pl.when(_IS_LOGIN).then("_id").otherwise("_uid").alias("user.id"),
    pl.when(_IS_ACCOUNT_CHANGE)
    .then("_user")
    .when(_IS_LOGIN)
    .then(pl.coalesce("_account", "_target"))
    .otherwise("_user")
    .alias("user.name"),
    pl.when(_IS_ACCOUNT_CHANGE).then(pl.coalesce("_account", "_target")).alias("user.target.name"),
    pl.when(pl.col("_effective") != pl.col("_user"))
    .then("_effective")
    .alias("user.effective.name"),
    # sshd asks PAM, and then tells of the login itself: that is no second try
    pl.when(_IS_SSH & (_CODE == "USER_AUTH"))
    .then(pl.lit("info"))
    .otherwise("event.type")
    .alias("event.type"),
    # Without an address the name is that of the host itself
    pl.when(pl.col("source.domain") != pl.col("source.ip"))
    .then("source.domain")
    .alias("source.domain"),
)

_PLANS = {NAME: Plan(_COLUMNS, (_FIRST, _SECOND), pl.lit('{"auditd":'), "}")}


def _plan_of(_: Object) -> str:
    return NAME


def read_records(lines: pl.Series, reception: Reception) -> Parsed:
    """Return the columns of records, whatever may stand before them."""
    return read_documents(lines, _PLANS, Sorting(_plan_of, load=read_record), reception)


def message_parser(rules: SourceRules) -> LogParser:
    """Return a parser of the records alone, for what comes in an envelope."""
    return LineParser(SourceRules(zone=rules.zone, year=rules.year), read_records)
