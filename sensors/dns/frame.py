"""DNS messages as a frame with the columns of DNS_SCHEMA."""

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.dns.layout import NO_QUESTION, Book
from sensors.dns.name import split_names
from sensors.dns.port import KINDS, MDNS, NBNS, UNICAST
from sensors.dns.vocabulary import (
    NETBIOS_OPERATIONS,
    NO_CLASS,
    NO_CODE,
    class_names,
    code_names,
    operation_names,
    type_names,
)
from sensors.frame.column import (
    Buffer,
    Flags,
    Integers,
    Offsets,
    constant_column,
    nullable_column,
    text_column,
    time_column,
)
from sensors.frame.community import community_ids
from sensors.frame.identity import Identity
from sensors.frame.text import address_column
from sensors.frame.vocabulary import named_numbers, transport_names
from situation.fields import DNS_SCHEMA, KEYWORD_LIMIT, REST

_OCTET = np.uint64(0xFF)
_PAIR = np.uint64(0xFFFF)
_IDS = 65_536
_NETBIOS_CODES = 5
"""Codes of the NetBIOS name service that mean the same as in DNS."""

Columns = dict[str, pl.Series]


def _texts(ends: Integers, text: Buffer) -> pl.Series:
    """Return the texts that lie one behind the other, null where there is none."""

    def write(buffer: Buffer, offsets: Offsets) -> None:
        offsets[1:] = ends
        buffer[: offsets[-1]] = text[: offsets[-1]]

    longest = int(ends[-1]) // len(ends) + 1
    texts = text_column(len(ends), longest, write)
    absent = np.diff(ends, prepend=0) == 0
    return texts.set(pl.Series(absent), None) if absent.any() else texts


def _endpoints(slices: Rows, from_server: Flags) -> Columns:
    """Return client as source and server as destination, whoever sent the message."""
    versions = (slices["ports"] & _OCTET).astype(np.int64)
    a_port = (slices["ports"] >> PORT_A).astype(np.int64)
    b_port = ((slices["ports"] >> PORT_B) & _PAIR).astype(np.int64)
    client_is_b = (slices["side"] == 1) ^ from_server
    columns: Columns = {}
    for side, other in (("source", client_is_b), ("destination", ~client_is_b)):
        high = np.where(other, slices["b_high"], slices["a_high"])
        low = np.where(other, slices["b_low"], slices["a_low"])
        columns[f"{side}.ip"] = address_column(high, low, versions)
        columns[f"{side}.port"] = pl.Series(np.where(other, b_port, a_port))
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


def _questions(messages: Rows, book: Book) -> Columns:
    """Return what was asked."""
    is_answer = messages["is_answer"].astype(np.int64)
    kinds = messages["kind"]
    names = _texts(messages["name_end"], book.names)
    groups = np.where(messages["type"] == NO_QUESTION, NO_CLASS, messages["class"])
    operations = messages["operation"] + NETBIOS_OPERATIONS * (kinds == NBNS)
    return {
        "dns.id": named_numbers(_IDS).gather(messages["id"]),
        "dns.type": pl.Series(["query", "answer"]).gather(is_answer),
        "dns.op_code": operation_names().gather(operations),
        "event.action": pl.Series(["dns_query", "dns_answer"]).gather(is_answer),
        "dns.question.name": names,
        "dns.question.type": type_names().gather(messages["type"]),
        "dns.question.class": class_names().gather(groups),
        **_domains(names, kinds),
    }


def _answers(messages: Rows, book: Book) -> Columns:
    """Return what was answered, and as one JSON object all that has no column."""
    is_answer, codes = messages["is_answer"], messages["code"]
    named = is_answer & ((messages["kind"] != NBNS) | (codes <= _NETBIOS_CODES))
    versions = messages["version"]
    addresses = address_column(
        np.ascontiguousarray(messages["address_high"]),
        np.ascontiguousarray(messages["address_low"]),
        np.ascontiguousarray(versions),
    )
    return {
        "dns.response_code": code_names().gather(np.where(named, codes, NO_CODE)),
        "citywatch.dns.answers_count": nullable_column(messages["answers"], is_answer),
        "dns.answers.data": _texts(messages["data_end"], book.data).str.head(KEYWORD_LIMIT),
        "dns.resolved_ip": addresses.set(pl.Series(versions == 0), None),
        REST: _texts(messages["detail_end"], book.details),
    }


def dns_frame(messages: Rows, slices: Rows, book: Book, identity: Identity) -> pl.DataFrame:
    """Return one row for each message as DNS_SCHEMA, and the serial of its flow."""
    of_each = slices[messages["slice"]]
    count = len(messages)
    serials = np.ascontiguousarray(of_each["serial"])
    protocols = ((of_each["ports"] >> PROTOCOL) & _OCTET).astype(np.int64)
    # In mDNS both sides send to the group; who sends is the source.
    from_server = messages["is_answer"] & (messages["kind"] != MDNS)
    columns: Columns = {
        "serial": pl.Series(serials),
        "@timestamp": time_column(np.ascontiguousarray(of_each["time"])),
        "event.id": identity.event_ids(serials, np.ascontiguousarray(messages["number"]), "d"),
        "event.kind": constant_column("event", count),
        "event.dataset": constant_column("dns", count),
        **_endpoints(of_each, from_server),
        "network.transport": transport_names().gather(protocols),
        "network.protocol": pl.Series(KINDS).gather(messages["kind"]),
        "network.community_id": community_ids(of_each),
        "citywatch.flow.id": identity.flow_ids(serials),
        **_questions(messages, book),
        **_answers(messages, book),
        **identity.constants(count),
    }
    absent = {name: constant_column(None, count) for name in DNS_SCHEMA if name not in columns}
    return pl.DataFrame({name: (columns | absent)[name] for name in ("serial", *DNS_SCHEMA)})
