"""Slices of the meter become rows; what is kept meanwhile is bounded and counted."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl
import pytest

from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.frame.identity import Identity
from sensors.meter.layout import ACTIVE, END, FLOW, SLICE
from sensors.protocol import dissection
from sensors.protocol.catalogue import MESSAGE_PORTS, PARSERS
from sensors.protocol.dissection import Dissection
from sensors.protocol.parser import Fields, Parser
from situation.fields import KEYWORD_LIMIT, PROTOCOL_SCHEMA, REST

START = 1_700_000_000_000_000_000
TCP, UDP, IPV4 = 6, 17, 4
GET = b"GET /a HTTP/1.1\r\nHost: x.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: s\r\n\r\n"

Kept = tuple[int, str, bytes]
"""Serial of the flow, who sent it (`>` the client), and the payload."""


def slices_of(
    kept: Sequence[Kept], protocol: int = TCP, port: int = 80
) -> tuple[Rows, npt.NDArray[np.uint8]]:
    """Return slices in a ring; client is 10.0.0.2, the higher endpoint."""
    rows = np.zeros(len(kept), SLICE)
    at = 0
    sent: dict[tuple[int, str], int] = {}
    for number, (serial, who, octets) in enumerate(kept):
        row = rows[number]
        row["a_low"], row["b_low"] = 0x0A000001, 0x0A000002
        ports = port << int(PORT_A) | 40_000 << int(PORT_B) | protocol << int(PROTOCOL) | IPV4
        row["ports"] = ports
        row["serial"], row["time"] = serial, START + number
        row["at"], row["length"] = at, len(octets)
        row["side"], row["initiator"] = int(who == ">"), 1
        row["sequence"] = sent.get((serial, who), 0)
        row["number"] = number
        sent[serial, who] = int(row["sequence"]) + len(octets)
        at += len(octets)
    return rows, np.frombuffer(b"".join(octets for _, _, octets in kept), np.uint8)


def flows_of(*ended: tuple[int, int]) -> Rows:
    """Return records of flows: serial and reason of the end."""
    rows = np.zeros(len(ended), FLOW)
    rows["serial"] = [serial for serial, _ in ended]
    rows["reason"] = [reason for _, reason in ended]
    return rows


def opened(parsers: Sequence[Parser] = PARSERS) -> Dissection:
    return Dissection(Identity("f" * 40, observer="test", drill_id="drill-1"), parsers)


def speaking(**fields: object) -> Parser:
    """Return a parser that says the same of every datagram."""
    said: Fields = {name.replace("__", "."): value for name, value in fields.items()}
    return Parser(
        name="told",
        standard="ours",
        transport="udp",
        ports=(9,),
        begins=lambda _octets, _from_client: True,
        read=lambda _message: [said],
        fields=tuple(said),
    )


def row_of(parser: Parser) -> dict[str, object]:
    read = opened((parser,))
    read.read(*slices_of([(1, ">", b"x")], UDP, 9))
    return read.take().row(0, named=True)


def test_a_record_is_a_row_with_the_client_as_source() -> None:
    read = opened()
    read.read(*slices_of([(7, ">", GET), (7, "<", OK)]))
    assert (read.waiting, read.count) == (1, 1)
    frame = read.take()
    assert frame.columns[: len(PROTOCOL_SCHEMA)] == list(PROTOCOL_SCHEMA)
    row = frame.row(0, named=True)
    assert row["@timestamp"] == dt.datetime.fromtimestamp(1_700_000_000, dt.UTC)
    assert (row["source.ip"], row["source.port"]) == ("10.0.0.2", 40_000)
    assert (row["destination.ip"], row["destination.port"]) == ("10.0.0.1", 80)
    assert row["citywatch.flow.id"] == "f" * 20 + "000000000007"
    assert row["event.id"] == row["citywatch.flow.id"] + "p00000000"
    assert (row["event.dataset"], row["network.protocol"]) == ("http", "http")
    assert row["network.transport"] == "tcp"
    assert row["network.community_id"].startswith("1:")
    assert (row["observer.name"], row["citywatch.drill.id"]) == ("test", "drill-1")
    assert (row["event.kind"], row["event.category"]) == ("event", "network")
    assert row["url.domain"] == "x.example"
    assert orjson.loads(row[REST]) == {"http.response.server": "s"}
    assert (read.waiting, read.count) == (0, 1)


def test_a_batch_without_records_has_the_columns_nevertheless() -> None:
    assert dict(opened().take().schema) == PROTOCOL_SCHEMA


def test_a_conversation_says_its_rest_when_its_flow_ends_and_not_before() -> None:
    read = opened()
    read.read(*slices_of([(7, ">", GET)]))
    read.ended(flows_of((7, ACTIVE)))
    assert read.waiting == 0
    read.ended(flows_of((7, END)))
    assert read.take()["http.request.method"].to_list() == ["GET"]


def test_flows_are_labelled_while_they_last() -> None:
    read = opened()
    read.read(*slices_of([(1, ">", GET), (2, ">", b"\0\1\2"), (3, ">", GET)]))
    labels = read.labels(flows_of((1, ACTIVE), (2, END), (3, END), (1, END), (4, END)))
    assert labels.sort("serial").rows() == [(1, "http"), (3, "http")]
    read.ended(flows_of((1, END), (3, END)))
    assert read.labels(flows_of((1, END))).is_empty()


def test_conversations_beyond_the_limit_end_early_and_say_what_they_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dissection, "CONVERSATIONS", 3)
    read = opened()
    read.read(*slices_of([(serial, ">", GET) for serial in range(5)]))
    assert read.noted() == {"conversations_evicted": 2}
    assert read.take()["citywatch.flow.id"].str.slice(-1).to_list() == ["0", "1"]


def test_octets_under_way_beyond_the_limit_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dissection, "HELD_OCTETS", 100)
    read = opened()
    read.read(*slices_of([(serial, ">", b"GET / HTTP/1.1\r\n" + b"a" * 40) for serial in range(9)]))
    assert read.evicted == 8


def test_values_that_do_not_fit_are_clipped_or_kept_in_the_rest() -> None:
    row = row_of(
        speaking(
            user__name="x" * 5000,
            tls__version=["1.2", "1.3"],
            source__nat__ip="not an address",
            tls__server__not_after=2**62,
            odd__list=["a", "b"],
            odd__none=None,
        )
    )
    assert row["user.name"] == "x" * KEYWORD_LIMIT
    assert row["tls.version"] == "1.2"
    assert row["source.nat.ip"] is None
    rest = orjson.loads(str(row[REST]))
    assert rest["odd.list"] == ["a", "b"]
    assert "odd.none" not in rest
    assert rest["misfit"]["source.nat.ip"] == "not an address"


def test_no_parser_sets_what_identifies_a_record() -> None:
    row = row_of(speaking(event__id="mine", observer__name="mine", event__dataset="mine"))
    assert row["event.id"] != "mine"
    assert (row["observer.name"], row["event.dataset"]) == ("test", "told")


def test_a_parser_may_say_when_and_what_else_a_record_is() -> None:
    said = {"@timestamp": START + 5000, "event.action": "greeted", "event.type": "info"}
    row = row_of(speaking(**{name.replace(".", "__"): value for name, value in said.items()}))
    assert row["@timestamp"] == dt.datetime.fromtimestamp(1_700_000_000, dt.UTC).replace(
        microsecond=5
    )
    assert (row["event.action"], row["event.type"]) == ("greeted", "info")


def test_ports_where_message_follows_message_are_those_of_such_parsers() -> None:
    assert {21, 25, 502, 1883} <= set(MESSAGE_PORTS)
    assert 443 not in MESSAGE_PORTS


def test_frames_of_several_batches_join() -> None:
    read = opened()
    frames = []
    for payloads in ([(1, ">", GET), (1, "<", OK)], [(2, "<", b"HTTP/1.0 204 x\r\n\r\n")]):
        read.read(*slices_of(payloads))
        frames.append(read.take())
    assert pl.concat(frames, how="diagonal")["http.response.status_code"].to_list() == [200, 204]
