"""CEF, the Common Event Format: bare messages and such behind a syslog header."""

import polars as pl

from sensors.log.document import turning
from sensors.log.document.framing import read_documents
from sensors.log.document.gathering import Sorting
from sensors.log.document.plan import Column, Object
from sensors.log.document.stream import LineParser
from sensors.log.document.turning import Reception
from sensors.log.kind import LogParser, Parsed, SourceRules
from sensors.log.security.event_format import read_cef
from sensors.log.security.event_plan import plan, times

NAME = "cef"

_COLUMNS = (
    Column("name", "rule.name"),
    Column("severity", "_severity", kept=True),
    Column("pairs/rt", "_receipt", times),
    Column("pairs/start", "event.start", times),
    Column("pairs/end", "event.end", times),
    Column("pairs/src", "source.ip"),
    Column("pairs/c6a2", "_source_six", kept=True),
    Column("pairs/spt", "source.port"),
    Column("pairs/shost", "source.domain"),
    Column("pairs/smac", "source.mac", turning.hardware_addresses),
    Column("pairs/sourceTranslatedAddress", "source.nat.ip"),
    Column("pairs/sourceTranslatedPort", "source.nat.port"),
    Column("pairs/dst", "destination.ip"),
    Column("pairs/c6a3", "_destination_six", kept=True),
    Column("pairs/dpt", "destination.port"),
    Column("pairs/dhost", "destination.domain"),
    Column("pairs/dmac", "destination.mac", turning.hardware_addresses),
    Column("pairs/destinationTranslatedAddress", "destination.nat.ip"),
    Column("pairs/destinationTranslatedPort", "destination.nat.port"),
    Column("pairs/destinationServiceName", "service.name"),
    Column("pairs/suser", "user.name"),
    Column("pairs/suid", "user.id"),
    Column("pairs/sntdom", "user.domain"),
    Column("pairs/duser", "user.target.name"),
    Column("pairs/sproc", "process.name"),
    Column("pairs/spid", "process.pid"),
    Column("pairs/act", "event.action"),
    Column("pairs/app", "network.protocol", turning.lowered),
    Column("pairs/proto", "network.transport", turning.lowered),
    Column("pairs/in", "source.bytes"),
    Column("pairs/out", "destination.bytes"),
    Column("pairs/msg", "_message"),
    Column("pairs/cat", "rule.category"),
    Column("pairs/outcome", "event.outcome", kept=True),
    Column("pairs/reason", "event.reason"),
    Column("pairs/request", "url.original"),
    Column("pairs/requestMethod", "http.request.method"),
    Column("pairs/requestClientApplication", "user_agent.original"),
    Column("pairs/requestContext", "http.request.referrer"),
    Column("pairs/fname", "file.name"),
    Column("pairs/filePath", "file.path"),
    Column("pairs/fsize", "file.size"),
    Column("pairs/dvc", "observer.ip"),
    Column("pairs/dvchost", "host.name"),
    Column("pairs/deviceInboundInterface", "observer.ingress.interface.name"),
    Column("pairs/deviceOutboundInterface", "observer.egress.interface.name"),
)

_PLANS = {
    NAME: plan(
        NAME,
        _COLUMNS,
        pl.coalesce("_receipt", "event.start", "event.end").alias("@timestamp"),
        pl.coalesce("_message", "rule.name").alias("message"),
        pl.coalesce("source.ip", "_source_six").alias("source.ip"),
        pl.coalesce("destination.ip", "_destination_six").alias("destination.ip"),
    )
}


def _plan_of(_: Object) -> str:
    return NAME


def read_messages(lines: pl.Series, reception: Reception) -> Parsed:
    """Return the columns of CEF messages, whose header may lack `CEF:` and have a text before."""
    return read_documents(lines, _PLANS, Sorting(_plan_of, load=read_cef), reception)


def message_parser(rules: SourceRules) -> LogParser:
    """Return a parser of the messages alone, for what comes in an envelope."""
    return LineParser(SourceRules(zone=rules.zone, year=rules.year), read_messages)
