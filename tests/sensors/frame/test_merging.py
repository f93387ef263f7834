"""A capture cut in two gives the flows of the whole, whatever the packets and the cut."""

import pathlib
import struct
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sensors.decode.layout import CHECKSUMS
from sensors.frame.border import divided
from sensors.frame.merging import joined, merged
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.span import spans
from situation.fields import FLOW_COLUMNS
from tests.faults.site import soak
from tests.sensors.building import SECOND, START, Timed, meter, pcap, udp, written
from tests.testdata import testdata

RULES = MeterSettings(
    tcp_idle_seconds=20, udp_idle_seconds=10, other_idle_seconds=10, linger_seconds=2,
    active_seconds=15,
)  # fmt: skip
TCP, UDP, ICMP, GRE = 6, 17, 1, 47
FIN, SYN, RST, ACK = 1, 2, 4, 16
ID = "citywatch.flow.id"
SUMS = (".packets", ".bytes", "_bytes", ".sum", ".sum_squares", ".zero_windows")
SEEN_BY_ONE_METER = (".retransmitted", ".disordered", ".rtt", ".state")
FLAGS = (SYN, SYN | ACK, ACK, ACK, ACK, FIN | ACK, FIN | ACK, RST, FIN | RST, SYN | FIN)


def frame(
    *, back: bool, protocol: int, flags: int, sequence: int, length: int, window: int, vlan: int
) -> bytes:
    """Return an Ethernet frame between two hosts."""
    ends, ports = [bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])], [4000, 80]
    if back:
        ends.reverse()
        ports.reverse()
    if protocol == TCP:
        head = struct.pack(">HHIIBBHHH", *ports, sequence, 0, 0x50, flags, window, 0, 0)
    elif protocol == UDP:
        head = struct.pack(">HHHH", *ports, 8 + length, 0)
    elif protocol == ICMP:
        head = struct.pack(">BBHI", 0 if back else 8, 0, 0, 0)
    else:
        head = b""
    body = head + b"x" * length
    start = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64 - length % 3, protocol, 0)
    tag = struct.pack(">HH", 0x8100, vlan) if vlan else b""
    return b"\2" * 12 + tag + b"\x08\0" + start + b"".join(ends) + body


FRAMES = st.builds(
    frame,
    back=st.booleans(),
    protocol=st.sampled_from([TCP, TCP, TCP, TCP, UDP, ICMP, GRE]),
    flags=st.sampled_from(FLAGS),
    sequence=st.integers(1, 3),
    length=st.sampled_from([0, 0, 10, 25]),
    window=st.sampled_from([0, 512]),
    vlan=st.sampled_from([0, 0, 7]),
)
PAUSES = st.sampled_from(
    [0, 1, SECOND // 2, SECOND, 3 * SECOND, 3 * SECOND, 11 * SECOND, 21 * SECOND]
)


@st.composite
def traffic(draw: st.DrawFn) -> list[Timed]:
    """Draw packets of few endpoints, in the order of time, so that all rules are met."""
    time, packets = START, []
    for _ in range(draw(st.integers(2, 30))):
        time += draw(PAUSES)
        packets.append((time, draw(FRAMES)))
    return packets


def plain(history: str | None) -> str:
    """Return a history without the letter that one meter has to see as a whole."""
    return "".join(letter for letter in history or "" if letter not in "tT")


def one_row_each(rows: pl.DataFrame) -> list[dict[str, object]]:
    """Return each flow with its records put together, in the order of time."""
    columns = [
        name
        for name in FLOW_COLUMNS
        if name not in (ID, "event.id", "event.duration", "citywatch.flow.tunnel.outer_id")
        and not name.endswith(SEEN_BY_ONE_METER)
    ]
    flows = (
        rows.sort("event.start", "event.id")
        .group_by(ID, maintain_order=True)
        .agg(combined(name) for name in columns)
    )
    order = ["event.start", "event.end", "network.community_id", "network.vlan.id"]
    return [
        row | {"citywatch.flow.history": plain(row["citywatch.flow.history"])}
        for row in flows.drop(ID).sort(order).iter_rows(named=True)
    ]


def combined(name: str) -> pl.Expr:
    """Return how records of one flow become one."""
    column = pl.col(name)
    if name.endswith(SUMS) or ".flags." in name:
        return column.sum()
    if name.endswith((".min", "ward.first")) or name in ("@timestamp", "event.start"):
        return column.min()
    if name.endswith((".max", "ward.last", "event.end")):
        return column.max()
    if name.endswith(".checksum"):
        return column.cast(pl.Enum(CHECKSUMS)).max()
    return column.last()


def assert_same(found: pl.DataFrame, whole: pl.DataFrame) -> None:
    assert found.columns == whole.columns
    assert found["event.id"].is_unique().all()
    theirs, ours = one_row_each(whole), one_row_each(found)
    assert len(ours) == len(theirs)
    for row, expected in zip(ours, theirs, strict=True):
        squares = {name: row.pop(name) for name in list(row) if name.endswith("sum_squares")}
        for name, value in squares.items():
            assert value == pytest.approx(expected.pop(name), rel=1e-9)
        assert row == expected


def parts(
    folder: pathlib.Path, packets: list[Timed], cut: int, rules: MeterSettings
) -> pl.DataFrame:
    """Meter what lies before and behind the cut, and merge the rows at the border."""
    first = meter(written(folder, pcap(packets[:cut]), "first.pcap"), rules).flows
    rest = replace(rules, part=1)
    second = meter(written(folder, pcap(packets[cut:]), "second.pcap"), rest).flows
    (first, early), (second, late) = divided(first, rules), divided(second, rest)
    end = int(pl.concat([second, late])["event.end"].to_physical().to_numpy().max())
    return pl.concat([joined(first, second, rules, end).flows, early, late])


@settings(
    max_examples=soak(60, 20_000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    packets=traffic(), cut=st.integers(1, 29), vlan_in_key=st.booleans(),
    active=st.sampled_from([4, 15, 1000]),
)  # fmt: skip
def test_a_capture_cut_anywhere_gives_the_flows_of_the_whole(
    tmp_path: pathlib.Path, packets: list[Timed], cut: int, active: int, *, vlan_in_key: bool
) -> None:
    rules = replace(RULES, vlan_in_key=vlan_in_key, active_seconds=active)
    whole = meter(written(tmp_path, pcap(packets)), rules).flows
    assert_same(parts(tmp_path, packets, min(cut, len(packets) - 1), rules), whole)


@pytest.mark.parametrize("name", ["ndpi/pcap/teams.pcap", "arkime/v6.pcap", "arkime/twovlan.pcap"])
def test_a_public_capture_cut_in_many_places_gives_the_flows_of_the_whole(
    tmp_path: pathlib.Path, name: str
) -> None:
    path = testdata("captures", name)
    whole = meter(path).flows
    for span in (at for number in range(2, 7) for at in spans(path, number)[1:2]):
        content = path.read_bytes()
        first = meter(written(tmp_path, content[: span.begin], "first.pcap")).flows
        rest = content[:24] + content[span.begin :]
        second = meter(written(tmp_path, rest, "second.pcap"), replace(DEFAULT_SETTINGS, part=1))
        assert_same(merged(first, second.flows, DEFAULT_SETTINGS), whole)


def test_a_flow_over_the_cut_keeps_the_id_of_its_first_part(tmp_path: pathlib.Path) -> None:
    packets = [(START + number * SECOND, udp()) for number in range(4)]
    first = meter(written(tmp_path, pcap(packets[:2]), "first.pcap")).flows
    rest = meter(written(tmp_path, pcap(packets[2:]), "rest.pcap"), replace(RULES, part=1)).flows
    whole = joined(first, rest, RULES)
    assert whole.flows[ID].to_list() == first[ID].to_list()
    assert whole.renamed.rows() == [(rest[ID].item(), first[ID].item())]
    assert whole.flows["citywatch.flow.both.iat.sum"].item() == 3 * SECOND
