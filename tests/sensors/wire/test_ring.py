"""The ring of a real interface: what was sent is read, once, with its tag and its length."""

import contextlib
import time
from collections.abc import Iterator

import pytest

from sensors.wire.packet_socket import RingSettings
from sensors.wire.ring import Ring
from situation.faults import Misconfigured, Unavailable
from tests.sensors.building import udp
from tests.sensors.wire.cables import FAR, NEAR, run, send, tagged, varied

pytestmark = pytest.mark.usefixtures("wired")

FRAME = udp(100)
SECONDS = 20


@contextlib.contextmanager
def ring(interface: str = FAR, **values: object) -> Iterator[Ring]:
    settings = RingSettings(interface=interface, **{"ring_mib": 2, **values})  # type: ignore[arg-type] # by name
    opened = Ring(settings, block_packets=256, where="inputs.wire")
    try:
        yield opened
    finally:
        opened.close()


def read(opened: Ring, count: int) -> list[tuple[int, int, int, bytes]]:
    """Read so many packets: captured and wire octets, tag, frame."""
    found: list[tuple[int, int, int, bytes]] = []
    end = time.monotonic() + SECONDS
    while len(found) < count:
        assert time.monotonic() < end, f"{len(found)} of {count}"
        opened.wait(0.1)
        for block in opened.read():
            for one in block.records[: block.packets]:
                octets = block.data.octets[one["at"] : one["at"] + one["captured"]].tobytes()
                found.append((int(one["captured"]), int(one["wire"]), int(one["tag"]), octets))
    opened.count()
    return found


def test_what_is_sent_is_read_whole_and_in_order() -> None:
    sent = list(varied(FRAME, 1000))
    began = time.time_ns()
    with ring() as opened:
        send(sent)
        found = read(opened, len(sent))
        assert [octets for *_, octets in found] == sent
        assert opened.packets == opened.seen == len(sent)
        assert opened.octets == sum(map(len, sent))
        assert opened.drops == opened.refused.sum() == 0
        assert opened.link == 1
        assert opened.first is not None
        assert opened.last is not None
        assert began <= opened.first <= opened.last <= time.time_ns()


def test_the_tag_that_the_kernel_took_off_stands_beside_the_frame() -> None:
    sent = [FRAME, tagged(FRAME, 7), tagged(FRAME, 0x6005, 0x88A8), tagged(tagged(FRAME, 9), 8)]
    with ring() as opened:
        send(sent)
        found = read(opened, len(sent))
    assert [tag for _, _, tag, _ in found] == [0, 0x8100_0007, 0x88A8_6005, 0x8100_0008]
    assert [wire for _, wire, _, _ in found] == [len(frame) for frame in sent]
    assert [octets for *_, octets in found[:3]] == [FRAME] * 3
    assert found[3][3] == tagged(FRAME, 9)


def test_a_filter_lets_pass_what_it_says_also_by_the_tag_that_is_off() -> None:
    frames = [*varied(FRAME, 10, 5000), tagged(FRAME, 7), tagged(FRAME, 8)]
    with ring(filter="src port 5003") as ports, ring(filter="vlan 7") as tags:
        send(frames)
        assert read(ports, 1)[0][3] == frames[3]
        assert read(tags, 1)[0][2] == 0x8100_0007
        assert (ports.seen, tags.seen) == (1, 1)


def test_a_filter_that_is_none_is_refused_in_the_words_of_libpcap() -> None:
    with pytest.raises(Misconfigured, match=r"inputs\.wire: filter 'prt 80': .*syntax error"):
        ring(filter="prt 80").__enter__()


def test_members_of_a_group_share_the_packets_by_flow() -> None:
    with ring(group=77) as first, ring(group=77) as second:
        send(frame for frame in varied(FRAME, 500) for _ in range(2))
        end = time.monotonic() + SECONDS
        ports: dict[int, list[int]] = {}
        while first.packets + second.packets < 1000 and time.monotonic() < end:
            for number, one in enumerate((first, second)):
                one.wait(0.05)
                for block in one.read():
                    for at in block.records["at"][: block.packets]:
                        port = int.from_bytes(block.data.octets[at + 34 : at + 36].tobytes())
                        ports.setdefault(port, []).append(number)
        assert first.packets + second.packets == 1000
        assert min(first.packets, second.packets) > 0
    assert len(ports) == 500
    assert all(one == other for one, other in ports.values())


def test_what_a_reader_that_sleeps_misses_is_counted() -> None:
    frame = udp(1400)
    with ring() as opened:
        sent = send(frame for _ in range(4000))
        while opened.wait(0.2):
            for _ in opened.read():
                pass
        opened.count()
        assert opened.drops > 0
        assert opened.freezes > 0
        assert opened.noted() == {"ring_frozen": opened.freezes}
        assert opened.seen == sent == opened.packets + opened.drops


def test_what_is_not_read_at_the_end_is_a_drop() -> None:
    with ring() as opened:
        sent = send(varied(FRAME, 300))
        opened.count(is_last=True)
        assert opened.drops == sent


def test_on_the_loopback_each_packet_is_read_once() -> None:
    with ring("lo") as opened:
        send([FRAME] * 5, "lo")
        read(opened, 5)
        assert opened.wait(0.2) is False
        assert opened.seen == 5


def test_how_full_the_ring_is() -> None:
    with ring() as opened:
        assert opened.waiting == 0
        send([FRAME])
        assert opened.wait(SECONDS)
        assert opened.waiting == 1 / opened.length
        read(opened, 1)
        assert opened.waiting == 0


def test_an_interface_that_goes_down_says_so() -> None:
    with ring() as opened:
        run("link", "set", FAR, "down")
        with pytest.raises(Unavailable, match=f"interface {FAR} cannot be read any more"):
            opened.wait(SECONDS)


def test_what_is_there_or_missing_is_named() -> None:
    run("link", "set", NEAR, "down")
    with pytest.raises(Misconfigured, match=f"ip link set {NEAR} up"):
        ring(NEAR).__enter__()
    with pytest.raises(Misconfigured, match=f"no interface 'eth77'; there are: {FAR}, lo, {NEAR}"):
        ring("eth77").__enter__()


def test_a_ring_that_is_too_large_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"no ring of 1000000 MiB"):
        ring(ring_mib=1_000_000).__enter__()
