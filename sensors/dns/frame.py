"""DNS messages as a frame with the columns of DNS_SCHEMA."""

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.decode.layout import Rows
from sensors.dns.layout import Book
from sensors.dns.name import split_names
from sensors.dns.port import KINDS, UNICAST
from sensors.dns.turning import Turned, turned
from sensors.dns.vocabulary import class_names, code_names, operation_names, type_names
from sensors.frame.column import (
    Buffer,
    Integers,
    Offsets,
    constant_column,
    integer_column,
    nullable_column,
    text_column,
    time_column,
)
from sensors.frame.community import community_ids
from sensors.frame.identity import Identity
from sensors.frame.text import address_column
from sensors.frame.vocabulary import named_numbers, transport_names
from situation.fields import DNS_SCHEMA, KEYWORD_LIMIT, REST

_IDS = 65_536

Columns = dict[str, pl.Series]


def _texts(ends: Integers, text: Buffer) -> pl.Series:
    """Return the texts that lie one behind the other, null where there is none."""

    def write(buffer: Buffer, offsets: Offsets) -> None:
        offsets[1:] = ends
        buffer[: ends[-1]] = text[: ends[-1]]

    longest = int(ends[-1]) // len(ends) + 1
    return text_column(len(ends), longest, write, np.diff(ends, prepend=0) > 0)


def _endpoints(rows: Turned) -> Columns:
    """Return client as source and server as destination, whoever sent the message."""
    versions = rows.integers["version"]
    columns: Columns = {}
    for side in ("source", "destination"):
        high, low = (rows.words[f"{side}_{word}"] for word in ("high", "low"))
        columns[f"{side}.ip"] = address_column(high, low, versions)
        columns[f"{side}.port"] = integer_column(rows.integers[f"{side}_port"])
    return columns


def _domains(names: pl.Series, kinds: npt.NDArray[np.int64]) -> Columns:
    """Return the registered domain and what stands before it; names of one link have none."""
    others = kinds != UNICAST
    asked = names.set(pl.Series(others), None) if others.any() else names
    parts = pl.DataFrame({"name": asked}).join(
        split_names(asked), on="name", how="left", maintain_order="left"
    )
    return {
        "dns.question.registered_domain": parts["registered"],
        "dns.question.subdomain": parts["subdomain"],
    }


def _questions(rows: Turned, book: Book) -> Columns:
    """Return what was asked."""
    asked = rows.integers
    names = _texts(asked["name_end"], book.names)
    return {
        "dns.id": named_numbers(_IDS).gather(asked["id"]),
        "dns.type": pl.Series(["query", "answer"]).gather(asked["is_answer"]),
        "dns.op_code": operation_names().gather(asked["operation"]),
        "event.action": pl.Series(["dns_query", "dns_answer"]).gather(asked["is_answer"]),
        "dns.question.name": names,
        "dns.question.type": type_names().gather(asked["type"]),
        "dns.question.class": class_names().gather(asked["class"]),
        **_domains(names, asked["kind"]),
    }


def _answers(rows: Turned, book: Book) -> Columns:
    """Return what was answered, and as one JSON object all that has no column."""
    answered = rows.integers
    data = _texts(answered["data_end"], book.data)
    if np.diff(answered["data_end"], prepend=0).max() > KEYWORD_LIMIT:
        data = data.str.head(KEYWORD_LIMIT)
    high, low = rows.words["address_high"], rows.words["address_low"]
    return {
        "dns.response_code": code_names().gather(answered["code"]),
        "citywatch.dns.answers_count": nullable_column(
            answered["answers"], answered["is_answer"] > 0
        ),
        "dns.answers.data": data,
        "dns.resolved_ip": address_column(high, low, answered["address_version"]),
        REST: _texts(answered["detail_end"], book.details),
    }


def dns_frame(messages: Rows, book: Book, identity: Identity) -> pl.DataFrame:
    """Return one row for each message as DNS_SCHEMA, and the serial of its flow."""
    count = len(messages)
    rows = turned(messages)
    serials = rows.integers["serial"]
    columns: Columns = {
        "serial": integer_column(serials),
        "@timestamp": time_column(rows.integers["time"]),
        "event.id": identity.event_ids(serials, rows.integers["number"], "d"),
        "event.kind": constant_column("event", count),
        "event.dataset": constant_column("dns", count),
        **_endpoints(rows),
        "network.transport": transport_names().gather(rows.integers["protocol"]),
        "network.protocol": pl.Series(KINDS).gather(rows.integers["kind"]),
        "network.community_id": community_ids(messages),
        "citywatch.flow.id": identity.flow_ids(serials),
        **_questions(rows, book),
        **_answers(rows, book),
        **identity.constants(count),
    }
    absent = {name: constant_column(None, count) for name in DNS_SCHEMA if name not in columns}
    return pl.DataFrame({name: (columns | absent)[name] for name in ("serial", *DNS_SCHEMA)})
