"""DNS messages as a frame with the columns of DNS_SCHEMA, and what the flows say of them."""

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.dns.layout import (
    MESSAGE,
    NAME_TEXT_LIMIT,
    NO_QUESTION,
    REFUSALS,
)
from sensors.dns.name import split_names
from sensors.dns.parse import parse
from sensors.dns.vocabulary import NO_CODE, code_names, type_names
from sensors.frame.column import (
    Buffer,
    Flags,
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
from sensors.meter.layout import ACTIVE
from sensors.octets import octets_of
from situation.fields import DNS_SCHEMA

_MESSAGES = 20_000
_TEXT_OCTETS = 2 * 1024 * 1024
_OCTET = np.uint64(0xFF)
_PAIR = np.uint64(0xFFFF)
_IDS = 65_536

_QUESTION_COLUMNS = (
    "dns.question.name",
    "dns.question.type",
    "dns.response_code",
    "citywatch.dns.answers_count",
)

_QUESTION_SCHEMA = {"serial": pl.Int64} | {name: DNS_SCHEMA[name] for name in _QUESTION_COLUMNS}


def _names(messages: Rows, text: Buffer) -> pl.Series:
    """Return the names, null where there is no question."""

    def write(buffer: Buffer, ends: Offsets) -> None:
        ends[1:] = messages["name_end"]
        buffer[: ends[-1]] = text[: ends[-1]]

    names = text_column(len(messages), NAME_TEXT_LIMIT, write)
    absent = messages["type"] == NO_QUESTION
    return names.set(pl.Series(absent), None) if absent.any() else names


def _endpoints(slices: Rows, is_answer: Flags) -> dict[str, pl.Series]:
    """Return client as source and server as destination, whoever sent the message."""
    versions = (slices["ports"] & _OCTET).astype(np.int64)
    a_port = (slices["ports"] >> PORT_A).astype(np.int64)
    b_port = ((slices["ports"] >> PORT_B) & _PAIR).astype(np.int64)
    client_is_b = (slices["side"] == 1) ^ is_answer
    columns: dict[str, pl.Series] = {}
    for side, other in (("source", client_is_b), ("destination", ~client_is_b)):
        high = np.where(other, slices["b_high"], slices["a_high"])
        low = np.where(other, slices["b_low"], slices["a_low"])
        columns[f"{side}.ip"] = address_column(high, low, versions)
        columns[f"{side}.port"] = pl.Series(np.where(other, b_port, a_port))
    return columns


def _questions(messages: Rows, text: Buffer) -> dict[str, pl.Series]:
    """Return what was asked and how it was answered."""
    is_answer = messages["is_answer"]
    names = _names(messages, text)
    split = split_names(names)
    parts = pl.DataFrame({"name": names}).join(split, on="name", how="left", maintain_order="left")
    return {
        "dns.id": named_numbers(_IDS).gather(messages["id"]),
        "dns.type": pl.Series(["query", "answer"]).gather(is_answer.astype(np.int64)),
        "event.action": pl.Series(["dns_query", "dns_answer"]).gather(is_answer.astype(np.int64)),
        "dns.question.name": names,
        "dns.question.type": type_names().gather(messages["type"]),
        "dns.question.registered_domain": parts["registered"],
        "dns.question.subdomain": parts["subdomain"],
        "dns.response_code": code_names().gather(np.where(is_answer, messages["code"], NO_CODE)),
        "citywatch.dns.answers_count": nullable_column(messages["answers"], is_answer),
    }


def _frame(messages: Rows, slices: Rows, text: Buffer, identity: Identity) -> pl.DataFrame:
    """Return one row for each message as DNS_SCHEMA, and the serial of its flow."""
    of_each = slices[messages["slice"]]
    count = len(messages)
    serials = np.ascontiguousarray(of_each["serial"])
    protocols = ((of_each["ports"] >> PROTOCOL) & _OCTET).astype(np.int64)
    columns: dict[str, pl.Series] = {
        "serial": pl.Series(serials),
        "@timestamp": time_column(np.ascontiguousarray(of_each["time"])),
        "event.id": identity.event_ids(serials, np.ascontiguousarray(messages["number"]), "d"),
        "event.kind": constant_column("event", count),
        "event.dataset": constant_column("dns", count),
        **_endpoints(of_each, messages["is_answer"]),
        "network.transport": transport_names().gather(protocols),
        "network.community_id": community_ids(of_each),
        "citywatch.flow.id": identity.flow_ids(serials),
        **_questions(messages, text),
        **identity.constants(count),
    }
    absent = {name: constant_column(None, count) for name in DNS_SCHEMA if name not in columns}
    return pl.DataFrame({name: (columns | absent)[name] for name in ("serial", *DNS_SCHEMA)})


class Messages:
    """Parses slices and keeps the messages until a batch takes them."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._messages = np.zeros(_MESSAGES, MESSAGE)
        self._text = np.zeros(_TEXT_OCTETS, np.uint8)
        self._refused: npt.NDArray[np.int64] = np.zeros(len(REFUSALS), np.int64)
        self._frames: list[pl.DataFrame] = []
        self._questions: list[pl.DataFrame] = []
        self.waiting = 0
        """Messages that no batch has taken yet."""
        self.count = 0
        """Messages in all."""

    def read(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        """Parse the slices, which point into `ring`."""
        data = octets_of(ring)
        number = 0
        while number < len(slices):
            number, made = parse(data, slices, number, (self._messages, self._text, self._refused))
            if made:
                self._keep(_frame(self._messages[:made], slices, self._text, self._identity))

    def _keep(self, frame: pl.DataFrame) -> None:
        self.waiting += len(frame)
        self.count += len(frame)
        self._frames.append(frame.drop("serial"))
        self._questions.append(frame.select("serial", *_QUESTION_COLUMNS))

    def take(self) -> pl.DataFrame:
        """Hand over the messages that wait."""
        frame = pl.concat([pl.DataFrame(schema=DNS_SCHEMA), *self._frames])
        self._frames.clear()
        self.waiting = 0
        return frame

    def questions(self, flows: Rows) -> pl.DataFrame:
        """Return the first question and answer by `serial`; those of `flows` that ended go."""
        none = pl.DataFrame(
            schema={"serial": pl.Int64} | {n: DNS_SCHEMA[n] for n in _QUESTION_COLUMNS}
        )
        first = (
            pl.concat([none, *self._questions])
            .group_by("serial", maintain_order=True)
            .agg(pl.col(name).drop_nulls().first() for name in _QUESTION_COLUMNS)
        )
        ended = pl.DataFrame({"serial": flows["serial"][flows["reason"] != ACTIVE]})
        self._questions = [first.join(ended, on="serial", how="anti", maintain_order="left")]
        return first

    def refused(self) -> dict[str, int]:
        """Return why payloads on the DNS port gave no message."""
        return {
            name: int(count) for name, count in zip(REFUSALS, self._refused, strict=True) if count
        }
