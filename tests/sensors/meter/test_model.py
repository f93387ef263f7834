"""The kernel against a plain model of the same rules, over random traffic."""

import pathlib
import struct
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors.meter.settings import MeterSettings
from tests.faults.site import soak
from tests.sensors.building import RAW, SECOND, START, meter, pcap, written

HOSTS = ["10.0.0.1", "10.0.0.2", "192.0.2.9"]
FIN, SYN, RST, ACK = 1, 2, 4, 16
RULES = MeterSettings(
    tcp_idle_seconds=20, udp_idle_seconds=10, other_idle_seconds=10, linger_seconds=2,
    active_seconds=15, max_flows=1000,
)  # fmt: skip
TCP, UDP, GRE = 6, 17, 47
SERVER_PORT = 80


@dataclass(frozen=True)
class Sent:
    """A packet of the model."""

    time: int
    ends: tuple[int, int]
    ports: tuple[int, int]
    protocol: int
    flags: int
    sequence: int
    length: int

    def octets(self) -> bytes:
        """Return the packet, which begins with its IP header."""
        source, destination = (bytes(map(int, HOSTS[end].split("."))) for end in self.ends)
        if self.protocol == TCP:
            head = struct.pack(
                ">HHIIBBHHH", *self.ports, self.sequence, 0, 0x50, self.flags, 0, 0, 0
            )
        elif self.protocol == UDP:
            head = struct.pack(">HHHH", *self.ports, 8 + self.length, 0)
        else:
            head = b""
        body = head + b"x" * self.length
        start = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, self.protocol, 0)
        return start + source + destination + body

    @property
    def endpoints(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return sender and receiver."""
        ports = self.ports if self.protocol in (TCP, UDP) else (0, 0)
        return (self.ends[0], ports[0]), (self.ends[1], ports[1])


@dataclass
class Flow:
    """A flow of the model: its records as lists of packets."""

    initiator: tuple[int, int]
    records: list[list[Sent]]
    last: int
    firm: bool = False
    sequence: int | None = None
    fins: set[tuple[int, int]] = field(default_factory=set)
    spoke: set[tuple[int, int]] = field(default_factory=set)
    closed: bool = False

    def idle(self, protocol: int) -> int:
        """Return how long it may be quiet."""
        seconds = RULES.linger_seconds if self.closed else RULES.other_idle_seconds
        if protocol == TCP and not self.closed:
            seconds = RULES.tcp_idle_seconds
        return round(seconds * SECOND)


def is_continued(flow: Flow, packet: Sent) -> bool:
    """Tell whether the packet belongs to the flow."""
    if packet.time - flow.last > flow.idle(packet.protocol):
        return False
    opens = packet.protocol == TCP and packet.flags == SYN and packet.sequence != flow.sequence
    return not (opens and (flow.closed or len(flow.spoke) == 2))


def beginner(packet: Sent) -> tuple[int, int]:
    """Return who began, as far as a first packet tells: the sender, unless a server it is."""
    sender, receiver = packet.endpoints
    is_syn = packet.protocol == TCP and packet.flags & SYN
    return receiver if sender[1] == SERVER_PORT != receiver[1] and not is_syn else sender


def take(flow: Flow, packet: Sent) -> None:
    """Let the flow have the packet."""
    sender, receiver = packet.endpoints
    if flow.records[-1] and packet.time - flow.records[-1][0].time >= RULES.active_seconds * SECOND:
        flow.records.append([])
    if packet.protocol == TCP:
        if packet.flags & SYN and not flow.firm and len(flow.records) == 1:
            flow.firm = True
            flow.initiator = receiver if packet.flags & ACK else sender
        if packet.flags == SYN and flow.sequence is None:
            flow.sequence = packet.sequence
        if packet.flags == ACK and packet.length:
            flow.spoke.add(sender)
        if packet.flags & FIN:
            flow.fins.add(sender)
        flow.closed = flow.closed or bool(packet.flags & RST) or len(flow.fins) == 2
    flow.records[-1].append(packet)
    flow.last = packet.time


Row = tuple[int, int, str, int, str, int, int, int, int, bool]


def expected(packets: list[Sent]) -> list[Row]:
    """Return what the records have to be."""
    flows: dict[object, list[Flow]] = defaultdict(list)
    for packet in packets:
        history = flows[
            frozenset(packet.endpoints), packet.ends[0] == packet.ends[1], packet.protocol
        ]
        if not history or not is_continued(history[-1], packet):
            history.append(Flow(beginner(packet), [[]], packet.time))
        take(history[-1], packet)
    return sorted(
        row(flow, number) for history in flows.values() for flow in history
        for number in range(len(flow.records))
    )  # fmt: skip


def row(flow: Flow, number: int) -> Row:
    """Return the record of a flow."""
    packets = flow.records[number]
    forward = [packet for packet in packets if packet.endpoints[0] == flow.initiator]
    backward = [packet for packet in packets if packet.endpoints[0] != flow.initiator]
    others = [
        end for packet in flow.records[0] for end in packet.endpoints if end != flow.initiator
    ]
    other = others[0] if others else flow.initiator
    return (
        packets[0].time,
        packets[-1].time,
        HOSTS[flow.initiator[0]],
        flow.initiator[1],
        HOSTS[other[0]],
        other[1],
        len(forward),
        len(backward),
        sum(len(packet.octets()) for packet in packets),
        number == len(flow.records) - 1,
    )


@st.composite
def traffic(draw: st.DrawFn) -> list[Sent]:
    """Draw packets of few endpoints, close in time, so that all rules are met."""
    packets = []
    time = START
    for _ in range(draw(st.integers(1, 40))):
        time += draw(
            st.sampled_from([1, SECOND // 2, SECOND, 3 * SECOND, 11 * SECOND, 21 * SECOND])
        )
        ends = draw(st.sampled_from([(0, 1), (1, 0), (0, 2), (2, 0), (0, 0)]))
        same_ports = [] if ends == (0, 0) else [(80, 80)]
        packets.append(
            Sent(
                time=time,
                ends=ends,
                ports=draw(st.sampled_from([(80, 1024), (1024, 80), *same_ports])),
                protocol=draw(st.sampled_from([TCP, TCP, TCP, UDP, GRE])),
                flags=draw(st.sampled_from([SYN, SYN | ACK, ACK, ACK, FIN | ACK, RST])),
                sequence=draw(st.integers(1, 3)),
                length=draw(st.integers(0, 50)),
            )
        )
    return packets


@settings(
    max_examples=soak(50, 5_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(packets=traffic())
def test_the_kernel_and_the_model_give_the_same_records(
    tmp_path: pathlib.Path, packets: list[Sent]
) -> None:
    content = pcap([(packet.time, packet.octets()) for packet in packets], link=RAW)
    flows = meter(written(tmp_path, content), RULES).flows
    found = zip(
        flows["event.start"].to_physical(), flows["event.end"].to_physical(),
        flows["source.ip"], flows["source.port"], flows["destination.ip"],
        flows["destination.port"], flows["source.packets"], flows["destination.packets"],
        flows["network.bytes"], flows["citywatch.flow.final"], strict=True,
    )  # fmt: skip
    assert sorted(found) == expected(packets)


@pytest.mark.parametrize("rows", [2, 3, 50])
def test_small_batches_do_not_change_the_records(tmp_path: pathlib.Path, rows: int) -> None:
    packets = [
        Sent(START + n * SECOND, (n % 3, (n + 1) % 3), (80 + n % 5, 80), UDP, 0, 0, n % 9)
        for n in range(200)
    ]
    content = pcap([(packet.time, packet.octets()) for packet in packets], link=RAW)
    path = written(tmp_path, content)
    settings_ = MeterSettings(udp_idle_seconds=10, active_seconds=15, batch_rows=rows)
    found = meter(path, settings_).flows["network.packets"]
    assert sorted(found) == sorted(row_[6] + row_[7] for row_ in expected(packets))
