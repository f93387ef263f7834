"""LEEF, the Log Event Extended Format: bare messages and such behind a syslog header."""

import polars as pl

from sensors.log.document import turning
from sensors.log.document.framing import read_documents
from sensors.log.document.gathering import Sorting
from sensors.log.document.plan import Column, Object
from sensors.log.document.stream import LineParser
from sensors.log.document.turning import Reception
from sensors.log.kind import LogParser, Parsed, SourceRules
from sensors.log.security.event_format import read_leef
from sensors.log.security.event_plan import plan, times

NAME = "leef"

_COLUMNS = (
    Column("pairs/sev", "_severity", kept=True),
    Column("pairs/devTime", "@timestamp", times),
    Column("pairs/src", "source.ip"),
    Column("pairs/srcPort", "source.port"),
    Column("pairs/srcMAC", "source.mac", turning.hardware_addresses),
    Column("pairs/srcPostNAT", "source.nat.ip"),
    Column("pairs/srcPostNATPort", "source.nat.port"),
    Column("pairs/srcBytes", "source.bytes"),
    Column("pairs/srcPackets", "source.packets"),
    Column("pairs/dst", "destination.ip"),
    Column("pairs/dstPort", "destination.port"),
    Column("pairs/dstMAC", "destination.mac", turning.hardware_addresses),
    Column("pairs/dstPostNAT", "destination.nat.ip"),
    Column("pairs/dstPostNATPort", "destination.nat.port"),
    Column("pairs/dstBytes", "destination.bytes"),
    Column("pairs/dstPackets", "destination.packets"),
    Column("pairs/proto", "network.transport", turning.lowered),
    Column("pairs/usrName", "user.name"),
    Column("pairs/domain", "user.domain"),
    Column("pairs/accountName", "user.target.name"),
    Column("pairs/identHostName", "source.domain"),
    Column("pairs/cat", "rule.category"),
    Column("pairs/policy", "rule.ruleset"),
    Column("pairs/action", "event.action"),
    Column("pairs/outcome", "event.outcome", kept=True),
    Column("pairs/reason", "event.reason"),
    Column("pairs/msg", "message"),
    Column("pairs/url", "url.original"),
    Column("pairs/method", "http.request.method"),
    Column("pairs/userAgent", "user_agent.original"),
    Column("pairs/fileName", "file.name"),
    Column("pairs/filePath", "file.path"),
    Column("pairs/devName", "host.name"),
)

_PLANS = {
    NAME: plan(NAME, _COLUMNS, pl.coalesce("message", "event.code").alias("message")),
}


def _plan_of(_: Object) -> str:
    return NAME


def read_messages(lines: pl.Series, reception: Reception) -> Parsed:
    """Return the columns of LEEF messages, whose header may lack `LEEF:` and have a text before."""
    return read_documents(lines, _PLANS, Sorting(_plan_of, load=read_leef), reception)


def message_parser(rules: SourceRules) -> LogParser:
    """Return a parser of the messages alone, for what comes in an envelope."""
    return LineParser(SourceRules(zone=rules.zone, year=rules.year), read_messages)
