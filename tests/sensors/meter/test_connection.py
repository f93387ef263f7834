"""What the meter says of the course of a connection: who began, history, state, losses, times."""

import pathlib

import pytest
from scapy.layers.inet import IP, TCP, UDP, fragment
from scapy.packet import Raw

from sensors.capture.reading import Reading
from sensors.frame.history import state_of
from sensors.meter.layout import NO_SLICES, NO_STATISTICS
from sensors.meter.memory import Memory
from sensors.meter.settings import MeterSettings
from tests.sensors.building import CLIENT, SERVER, Result, at, ether, meter, pcap, tcp, udp, written

FLOW = "citywatch.flow"


def segment(flags: str, sequence: int = 1, payload: bytes = b"", **other: int) -> bytes:
    """Return a TCP frame of the client, or of the server where `back` says so."""
    ends = (SERVER, CLIENT, 443, 40_000) if other.pop("back", 0) else (CLIENT, SERVER, 40_000, 443)
    header = TCP(sport=ends[2], dport=ends[3], flags=flags, seq=sequence, **other)
    return ether(IP(src=ends[0], dst=ends[1]) / header / Raw(payload))


def metered(folder: pathlib.Path, *frames: bytes) -> Result:
    return meter(written(folder, pcap((at(n / 10), frame) for n, frame in enumerate(frames))))


def conversation(frames: list[str]) -> list[bytes]:
    """Return frames with sequence numbers in order: flags, `<` of the server, `+` payload."""
    numbers, made = {True: 500, False: 100}, []
    for one in frames:
        flags, back, length = one.strip("<+"), "<" in one, 9 * ("+" in one)
        made.append(tcp(flags, back=back, length=length, sequence=numbers[back]))
        numbers[back] += length + ("S" in flags) + ("F" in flags)
    return made


@pytest.mark.parametrize(
    ("frames", "history", "state", "told"),
    [
        (["S", "<SA", "A", "PA+", "<PA+", "FA", "<FA", "A"], "ShADdFf", "SF", "syn"),
        (["S"], "S", "S0", "syn"),
        (["S", "<RA"], "Sr", "REJ", "syn"),
        (["S", "<SA", "A"], "ShA", "S1", "syn"),
        (["S", "<SA", "A", "R"], "ShAR", "RSTO", "syn"),
        (["S", "<SA", "A", "<R"], "ShAr", "RSTR", "syn"),
        (["S", "R"], "SR", "RSTOS0", "syn"),
        (["<SA", "A", "<FA"], "^hAf", "SHR", "syn"),
        (["A", "PA+", "<A"], "ADa", "OTH", "first"),
        (["<PA+", "A"], "^dA", "OTH", "port"),
        (["S", "<FRA"], "Si", "REJ", "syn"),
        (["SF"], "Q", "OTH", "first"),
    ],
)
def test_history_and_state_are_in_the_words_of_zeek(
    tmp_path: pathlib.Path, frames: list[str], history: str, state: str, told: str
) -> None:
    flow = metered(tmp_path, *conversation(frames)).flow
    assert flow["source.ip"] == CLIENT
    assert flow[f"{FLOW}.told_by"] == told
    assert (flow[f"{FLOW}.history"], flow[f"{FLOW}.state"]) == (history, state)


@pytest.mark.parametrize(
    ("history", "state"), [("Dd", "SF"), ("D", "S0"), ("^d", "SHR"), ("", "OTH")]
)
def test_udp_has_states_too(history: str, state: str) -> None:
    assert state_of(history, "udp") == state
    assert state_of(history, "icmp") == "OTH"


def test_a_known_port_of_the_sender_alone_turns_a_flow(tmp_path: pathlib.Path) -> None:
    answer = udp(source=SERVER, destination=CLIENT, ports=(123, 40_000))
    flow = metered(tmp_path, answer).flow
    assert (flow["source.ip"], flow["destination.port"]) == (CLIENT, 123)
    assert (flow[f"{FLOW}.told_by"], flow[f"{FLOW}.history"]) == ("port", "^d")
    both = udp(source=SERVER, destination=CLIENT, ports=(123, 123))
    assert metered(tmp_path, both).flow["source.ip"] == SERVER


@pytest.mark.parametrize(
    ("destination", "ports", "begins"),
    [
        (CLIENT, (67, 68), CLIENT),
        ("255.255.255.255", (67, 68), SERVER),
        ("239.1.2.3", (123, 40_000), SERVER),
        (SERVER, (68, 67), CLIENT),
    ],
)
def test_who_is_asked_did_not_begin_but_no_group_did(
    tmp_path: pathlib.Path, destination: str, ports: tuple[int, int], begins: str
) -> None:
    source = CLIENT if destination == SERVER else SERVER
    flow = metered(tmp_path, udp(source=source, destination=destination, ports=ports)).flow
    assert flow["source.ip"] == begins


def test_a_syn_with_fin_tells_nothing_and_the_port_does(tmp_path: pathlib.Path) -> None:
    flow = metered(tmp_path, tcp("SF", back=True), tcp("A")).flow
    assert (flow["source.ip"], flow[f"{FLOW}.told_by"]) == (CLIENT, "port")


def test_later_fragments_have_no_header_to_follow(tmp_path: pathlib.Path) -> None:
    head = TCP(sport=40_000, dport=443, flags="PA", seq=5)
    whole = IP(src=CLIENT, dst=SERVER, id=7) / head / Raw(b"f" * 90)
    frames = [ether(piece) for piece in fragment(whole, 32)]
    flow = metered(tmp_path, segment("S", 4), *frames).flow
    assert flow["source.packets"] == 1 + len(frames)
    assert flow[f"{FLOW}.forward.zero_windows"] == flow[f"{FLOW}.forward.retransmitted"] == 0
    assert flow[f"{FLOW}.forward.payload_bytes"] == 90
    assert flow[f"{FLOW}.history"] == "SD"


def test_segments_that_come_again_or_late_are_counted(tmp_path: pathlib.Path) -> None:
    ten = b"0123456789"
    flow = metered(
        tmp_path,
        segment("S", 0xFFFFFFF0),
        segment("A", 0xFFFFFFF1, ten),
        segment("A", 5, ten),
        segment("A", 0xFFFFFFFB, ten),
        segment("A", 5, ten),
        segment("A", 15, b"x", window=0),
    ).flow
    prefix = f"{FLOW}.forward"
    assert flow[f"{prefix}.disordered"] == 1
    assert flow[f"{prefix}.retransmitted"] == 1
    assert flow[f"{prefix}.zero_windows"] == 1
    assert flow[f"{FLOW}.history"] == "SDTW"


def test_the_round_trip_is_from_syn_to_the_last_packet_of_the_handshake(
    tmp_path: pathlib.Path,
) -> None:
    flow = metered(tmp_path, tcp("S"), tcp("S"), tcp("SA", back=True), tcp("A"), tcp("A")).flow
    assert flow[f"{FLOW}.rtt"] == 300_000_000
    assert flow[f"{FLOW}.isn"] == 1
    assert metered(tmp_path, tcp("A"), tcp("A")).flow[f"{FLOW}.rtt"] is None


def test_a_syn_with_another_number_opens_a_flow_where_data_went_both_ways(
    tmp_path: pathlib.Path,
) -> None:
    talk = [tcp("S"), tcp("SA", back=True), tcp("A", length=3), tcp("A", back=True, length=3)]
    assert len(metered(tmp_path, *talk, tcp("S", sequence=9)).flows) == 2
    assert len(metered(tmp_path, *talk, tcp("S", sequence=1)).flows) == 1
    assert len(metered(tmp_path, *talk[:3], tcp("S", sequence=9)).flows) == 1
    reasons = metered(tmp_path, *talk, tcp("S", sequence=9)).flows[f"{FLOW}.end_reason"]
    assert sorted(reasons) == ["end", "reopened"]


def test_first_and_last_packets_of_each_way_are_told(tmp_path: pathlib.Path) -> None:
    flow = metered(tmp_path, udp(), udp(), udp()).flow
    assert flow[f"{FLOW}.forward.first"] == flow["event.start"]
    assert flow[f"{FLOW}.forward.last"] == flow["event.end"]
    assert flow[f"{FLOW}.backward.first"] is None


def memory_after(folder: pathlib.Path, frames: list[bytes], level: int = 0) -> Memory:
    path = written(folder, pcap((at(n / 10), frame) for n, frame in enumerate(frames)))
    reading = Reading([path], block_packets=64)
    memory = Memory(MeterSettings(payloads=1), block_packets=64)
    memory.table.limits["level"] = level
    for block in reading.blocks():
        assert not list(memory.take(block, reading.refused))
    return memory


def test_heads_of_requests_are_kept_behind_the_first_payloads(tmp_path: pathlib.Path) -> None:
    payloads = [b"GET / HTTP/1.1\r\n", b"body", b"GET /2 HTTP/1.1\r\n", b"more", b"HTTP/1.1 200"]
    frames = [segment("A", 1, payload) for payload in payloads]
    slices, ring = memory_after(tmp_path, frames).slices()
    kept = [ring[one["at"] : one["at"] + one["length"]].tobytes() for one in slices]
    assert kept == [payloads[0], payloads[2], payloads[4]]


def test_a_system_port_says_alone_how_many_payloads_are_kept(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path, pcap((at(n), udp(ports=(4000, 500))) for n in range(3)))
    kept = []
    for command_port in (4000, 500):
        reading = Reading([path], block_packets=64)
        memory = Memory(MeterSettings(payloads=1), block_packets=64, command_ports=(command_port,))
        for block in reading.blocks():
            assert not list(memory.take(block, reading.refused))
        kept.append(len(memory.slices()[0]))
    assert kept == [1, 3]


def test_what_is_shed_is_counted_and_counters_go_on(tmp_path: pathlib.Path) -> None:
    frames = [udp(), udp(), udp(length=90)]
    assert memory_after(tmp_path, frames, NO_SLICES).tally().shed == {"payloads": 1}
    memory = memory_after(tmp_path, frames, NO_STATISTICS)
    assert memory.tally().shed == {"payloads": 1, "statistics": 3}
    assert not list(memory.finish())
    flows, ways = memory.records()
    assert ways["packets"].sum() == 3
    assert ways["bytes"].sum() == sum(map(len, frames))
    assert (ways["squares"].sum(), flows["iat_sum"].sum()) == (0, 0)


def test_a_flood_of_keys_stays_within_the_bound_and_is_counted(tmp_path: pathlib.Path) -> None:
    frame = bytearray(ether(IP(src=CLIENT, dst=SERVER) / UDP(sport=1, dport=2)))
    packets = []
    for number in range(5000):
        frame[26:30] = (0x0A000000 + number).to_bytes(4)
        packets.append((at(number / 1e6), bytes(frame)))
    result = meter(written(tmp_path, pcap(packets)), MeterSettings(max_flows=1000))
    assert result.counters.noted["flows_evicted"] == 4000
    assert result.counters.flows == 5000
