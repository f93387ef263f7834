"""Windows events as JSON become columns; Sysmon's by the same way.

All data of an event stays in the rest under `winlog`, where rules look for it by its own names;
the columns are copies.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from sensors.log.document import turning
from sensors.log.document.framing import faulty, read_documents
from sensors.log.document.gathering import Sorting
from sensors.log.document.plan import Column, Object, Plan
from sensors.log.document.stream import LineKind, LineParser, is_document
from sensors.log.document.turning import Reception
from sensors.log.host import windows_code as codes
from sensors.log.host.windows_record import read_records
from sensors.log.host.windows_shape import is_windows, shaped
from sensors.log.host.windows_turning import given, hash_of, numbers, ports
from sensors.log.kind import FAULT, LINE, LogParser, Parsed, SourceRules
from sensors.log.mapping.pattern import UNPARSED

_DATA = "winlog/event_data"
_USER_DATA = "winlog/user_data"


def _data(name: str, field: str) -> Column:
    return Column(f"{_DATA}/{name}", field, given, kept=True)


def _number(name: str, field: str) -> Column:
    return Column(f"{_DATA}/{name}", field, numbers, kept=True)


_COMMON = (
    Column("time", "@timestamp"),
    Column("message", "message"),
    Column("winlog/event_id", "event.code", kept=True),
    Column("winlog/channel", "_channel", kept=True),
    Column("winlog/provider_name", "event.provider", kept=True),
    Column("winlog/record_id", "event.sequence", numbers, kept=True),
    Column("winlog/computer_name", "host.name", given, kept=True),
    Column("winlog/level", "_level", kept=True),
)
_SECURITY = (
    _data("SubjectUserName", "_subject"),
    _data("SubjectUserSid", "_subject_id"),
    _data("SubjectDomainName", "_subject_domain"),
    _data("TargetUserName", "_target"),
    _data("TargetUserSid", "_target_user_id"),
    _data("TargetSid", "_target_sid"),
    _data("TargetDomainName", "_target_domain"),
    _data("MemberName", "_member"),
    _data("MemberSid", "_member_id"),
    _data("IpAddress", "source.ip"),
    Column(f"{_DATA}/IpPort", "source.port", ports, kept=True),
    _data("WorkstationName", "_workstation"),
    _data("Workstation", "_station"),
    _data("Status", "_status"),
    _data("SubStatus", "_sub_status"),
    _data("ServiceName", "service.name"),
    _data("ServiceFileName", "_service_file"),
    _data("ProcessName", "_process"),
    _number("ProcessId", "_pid"),
    _data("NewProcessName", "_new_process"),
    _number("NewProcessId", "_new_pid"),
    _data("CommandLine", "process.command_line"),
    _data("ParentProcessName", "process.parent.executable"),
)
_EVENTLOG = (
    Column(f"{_USER_DATA}/SubjectUserName", "user.name", given, kept=True),
    Column(f"{_USER_DATA}/SubjectUserSid", "user.id", given, kept=True),
    Column(f"{_USER_DATA}/SubjectDomainName", "user.domain", given, kept=True),
)
_SERVICES = (
    _data("ServiceName", "_service"),
    _data("param1", "_first"),
    _data("ImagePath", "file.path"),
    _data("AccountName", "user.target.name"),
)
_SYSMON = (
    _data("Image", "_image"),
    _data("SourceImage", "_source_image"),
    _number("ProcessId", "_pid"),
    _number("SourceProcessId", "_source_pid"),
    _data("ProcessGuid", "_guid"),
    _data("SourceProcessGUID", "_source_guid"),
    _data("SourceProcessGuid", "_thread_guid"),
    _data("CommandLine", "process.command_line"),
    _data("CurrentDirectory", "process.working_directory"),
    _data("ParentImage", "process.parent.executable"),
    _number("ParentProcessId", "process.parent.pid"),
    _data("ParentCommandLine", "process.parent.command_line"),
    _data("User", "_user"),
    _data("SourceUser", "_source_user"),
    _data("Hashes", "_hashes"),
    _data("TargetFilename", "_target_file"),
    _data("ImageLoaded", "_loaded"),
    _data("PipeName", "_pipe"),
    _data("TargetObject", "registry.path"),
    _data("SourceIp", "source.ip"),
    Column(f"{_DATA}/SourcePort", "source.port", ports, kept=True),
    _data("SourceHostname", "source.domain"),
    _data("DestinationIp", "destination.ip"),
    Column(f"{_DATA}/DestinationPort", "destination.port", ports, kept=True),
    _data("DestinationHostname", "destination.domain"),
    Column(f"{_DATA}/Protocol", "network.transport", turning.lowered, kept=True),
    _data("QueryName", "dns.question.name"),
    _data("QueryResults", "_results"),
    _data("RuleName", "rule.name"),
)

_CODE = pl.col("event.code")


def _meaning(provider: str) -> tuple[pl.Expr, ...]:
    """Return what the table of meanings says of each number of a provider."""
    known = {code: one for (name, code), one in codes.MEANINGS.items() if name == provider}
    return tuple(
        _CODE.replace_strict(
            {code: getattr(meaning, attribute) for code, meaning in known.items()},
            default=default,
            return_dtype=pl.String,
        ).alias(f"event.{attribute}")
        for attribute, default in (
            ("category", "host"), ("type", "info"), ("action", None), ("outcome", None),
        )
    )  # fmt: skip


def _every_row(module: str) -> tuple[pl.Expr, ...]:
    channel = pl.col("_channel").fill_null("unknown").str.to_lowercase()
    channel = channel.str.replace_all(r"[^a-z0-9-]+", "_").str.slice(0, 100)
    dataset = pl.lit("sysmon.operational") if module == codes.SYSMON else "windows." + channel
    level = pl.col("_level")
    return (
        pl.lit(module).alias("event.module"),
        dataset.alias("event.dataset"),
        level.replace_strict(codes.LEVELS, default=level, return_dtype=pl.String).alias(
            "log.level"
        ),
    )


_SECURITY_SORTS = (
    _CODE.is_in(codes.TARGET_LOGS_ON).alias("_is_target"),
    _CODE.is_in(codes.GROUP_EVENTS).alias("_is_group"),
    _CODE.is_in(codes.ACCOUNT_EVENTS).alias("_is_account"),
    _CODE.is_in(codes.BY_STATUS).alias("_is_by_status"),
    (_CODE == "4688").alias("_is_process"),
    (_CODE == "4740").alias("_is_lockout"),
    _CODE.is_in(["4648", "4688"]).alias("_is_for_another"),
)
_STATUS = pl.when(pl.col("_status") == "0x0").then(pl.lit("success")).otherwise(pl.lit("failure"))
_SECURITY_ROW = (
    pl.when("_is_target").then("_target").otherwise("_subject").alias("user.name"),
    pl.when("_is_target")
    .then(pl.coalesce("_target_user_id", "_target_sid"))
    .otherwise("_subject_id")
    .alias("user.id"),
    pl.when(pl.col("_is_target") & ~pl.col("_is_lockout"))
    .then("_target_domain")
    .otherwise("_subject_domain")
    .alias("user.domain"),
    pl.when("_is_group")
    .then(pl.coalesce("_member", "_member_id"))
    .when("_is_account")
    .then("_target")
    .alias("user.target.name"),
    pl.when("_is_group").then("_target").alias("group.name"),
    pl.when("_is_for_another").then("_target").alias("user.effective.name"),
    pl.coalesce(
        "_workstation", "_station", pl.when("_is_lockout").then("_target_domain")
    ).alias("source.domain"),
    pl.when("_is_by_status").then(_STATUS).otherwise("event.outcome").alias(
        "event.outcome"
    ),
    pl.coalesce("_new_process", "_process").alias("process.executable"),
    pl.when("_is_process").then("_new_pid").otherwise("_pid").alias("process.pid"),
    pl.when("_is_process").then("_pid").alias("process.parent.pid"),
    pl.col("_service_file").alias("file.path"),
)  # fmt: skip
_REASON = (
    pl.when(pl.col("event.outcome").fill_null("") != "success")
    .then(pl.coalesce(pl.col("_sub_status").replace("0x0", None), pl.col("_status")))
    .alias("event.reason")
)
_NAME_PART = r"([^\\/]+)$"
_PROCESS_NAME = pl.col("process.executable").str.extract(_NAME_PART).alias("process.name")
_FILE_NAME = pl.col("file.path").str.extract(_NAME_PART).alias("file.name")
_IS_IMAGE_OF_PROCESS = _CODE.is_in(["1", "5", "25"])


def _user_part(number: int) -> pl.Expr:
    user = pl.coalesce("_user", "_source_user")
    return user.str.extract(r"^(?:([^\\]*)\\)?(.+)$", number)


def _hashes() -> tuple[pl.Expr, ...]:
    """Return hashes of the process where it starts, else of the file."""
    md5, sha1, sha256 = (hash_of("_hashes", name) for name in ("MD5", "SHA1", "SHA256"))
    return (
        pl.when(_IS_IMAGE_OF_PROCESS).then(md5).alias("process.hash.md5"),
        pl.when(_IS_IMAGE_OF_PROCESS).then(sha256).alias("process.hash.sha256"),
        pl.when(~_IS_IMAGE_OF_PROCESS).then(md5).alias("file.hash.md5"),
        pl.when(~_IS_IMAGE_OF_PROCESS).then(sha1).alias("file.hash.sha1"),
        pl.when(~_IS_IMAGE_OF_PROCESS).then(sha256).alias("file.hash.sha256"),
    )


_SYSMON_ROW = (
    pl.coalesce("_image", "_source_image").alias("process.executable"),
    pl.coalesce("_pid", "_source_pid").alias("process.pid"),
    pl.coalesce("_guid", "_source_guid", "_thread_guid").alias("process.entity_id"),
    _user_part(1).alias("user.domain"),
    _user_part(2).alias("user.name"),
    *_hashes(),
    pl.coalesce("_target_file", "_loaded", "_pipe").alias("file.path"),
    pl.col("_results").str.extract(r"(?:::ffff:)?((?:[0-9]{1,3}\.){3}[0-9]{1,3})").alias(
        "dns.resolved_ip"
    ),
)  # fmt: skip


def _plan(
    module: str, provider: str, columns: tuple[Column, ...], *stages: tuple[pl.Expr, ...],
    sorts: tuple[pl.Expr, ...] = (),
) -> Plan:  # fmt: skip
    """Return a plan whose first stage looks at no data, as `read_records` wants it."""
    first = (*_every_row(module), *_meaning(provider), *sorts)
    return Plan((*_COMMON, *columns), (first, *stages), pl.lit(""), "")


OTHER, NONE = "other", "none"
"""Plans of events of any other provider, and of objects that are no events."""

PLANS: Mapping[str, Plan] = {
    codes.SECURITY: _plan(
        "windows",
        codes.SECURITY,
        _SECURITY,
        _SECURITY_ROW,
        (_REASON, _PROCESS_NAME, _FILE_NAME),
        sorts=_SECURITY_SORTS,
    ),
    codes.EVENTLOG: _plan("windows", codes.EVENTLOG, _EVENTLOG),
    codes.SERVICES: _plan(
        "windows",
        codes.SERVICES,
        _SERVICES,
        (pl.coalesce("_service", "_first").alias("service.name"), _FILE_NAME),
    ),
    codes.SYSMON: _plan(
        codes.SYSMON, codes.SYSMON, _SYSMON, _SYSMON_ROW, (_PROCESS_NAME, _FILE_NAME)
    ),
    OTHER: _plan("windows", OTHER, ()),
    NONE: Plan((), ((pl.lit(UNPARSED).alias(FAULT),),), pl.lit('{"windows":'), "}"),
}


def _sort(value: Object) -> str:
    winlog = value.get("winlog")
    if not isinstance(winlog, dict):
        return NONE
    provider = winlog.get("provider_name")
    return codes.PROVIDERS.get(provider, OTHER) if isinstance(provider, str) else OTHER


def _read(lines: pl.Series, reception: Reception) -> Parsed:
    """Read many records of one form at a time, all other lines one by one."""
    frames = read_records(lines, PLANS, _sort, reception)
    others = _others(lines, [frame[LINE] for frame in frames], reception)
    frames.append(others.frame)
    return Parsed(pl.concat(frames, how="diagonal").sort(LINE), others.skipped)


def _others(lines: pl.Series, done: Sequence[pl.Series], reception: Reception) -> Parsed:
    """Read the lines whose numbers are not among those that are done."""
    is_left = pl.repeat(value=True, n=len(lines), eager=True)
    for read in done:
        is_left.scatter(read, values=False)
    left = is_left.arg_true()
    if left.is_empty():
        return Parsed(faulty(left, UNPARSED))
    parsed = read_documents(lines.gather(left), PLANS, Sorting(_sort, shaped), reception)
    frame = parsed.frame.with_columns(left.gather(parsed.frame[LINE]).alias(LINE))
    return Parsed(frame, parsed.skipped)


def message_parser(rules: SourceRules) -> LogParser:
    """Return a parser of events that come in an envelope."""
    return LineParser(SourceRules(zone=rules.zone, year=rules.year), _read)


MESSAGE_MARK = r'^\{.*"(?:winlog|EventID)":'
"""What tells an event as the message of syslog, as a pattern of polars."""

WINDOWS_EVENT = LineKind(
    "windows-event",
    "Windows events as JSON, or EVTX files",
    lambda line: is_document(line, is_windows),
    _read,
)
