"""Datagrams over real sockets of the loopback address."""

import pathlib
import socket
import threading

import pytest

from sensors.input.network.datagram import Datagrams, kernel_drops
from sensors.input.network.flow_export import FlowExports
from sensors.input.network.gathering import ROOM_LINES, Gathering
from sensors.input.network.listening import peer_text, receiver
from sensors.record import Priority
from situation.clock import SystemClock
from situation.events.dataset import FLOW
from situation.events.intake import check_batch
from situation.events.store import Batch
from situation.faults import Misconfigured
from situation.fields import FLOW_SCHEMA
from tests.sensors.input.parts import VERBATIM, Shelf, clock, reading


def opened(shelf: Shelf) -> tuple[Datagrams, Gathering]:
    gathering = Gathering(reading(), VERBATIM, shelf, SystemClock())
    sockets = receiver("127.0.0.1", 0, where="inputs.in")
    return Datagrams(sockets, gathering, is_text=True), gathering


def send(datagrams: Datagrams, *messages: bytes, host: str = "127.0.0.1") -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((host, 0))
        for message in messages:
            sender.sendto(message, ("127.0.0.1", datagrams.port))


def test_each_datagram_is_a_message_of_its_sender() -> None:
    shelf = Shelf()
    datagrams, gathering = opened(shelf)
    send(datagrams, b"<34>one\n", b"<34>two\nlines", b"", b"\0", host="127.0.0.2")
    send(datagrams, "<34>三".encode("gb18030"), host="127.0.0.3")
    datagrams.receive(5.0)
    gathering.end()
    frame = shelf.frame()
    assert frame["message"].to_list() == ["<34>one", "<34>two\nlines", "<34>三"]
    assert frame["citywatch.log.peer"].to_list() == ["127.0.0.2", "127.0.0.2", "127.0.0.3"]
    assert frame["citywatch.log.time_origin"].unique().to_list() == ["received"]
    assert gathering.counters.skipped == {"blank": 2}
    assert gathering.counters.lines == 5
    assert gathering.counters.balance == 0
    datagrams.close()


def test_a_thousand_senders_share_a_batch() -> None:
    shelf = Shelf()
    datagrams, gathering = opened(shelf)
    for number in range(1000):
        send(datagrams, b"<34>from %d" % number, host=f"127.1.{number // 250}.{number % 250 + 1}")
    while gathering.counters.lines + len(gathering._messages) < 1000:  # noqa: SLF001 - what is held
        datagrams.receive(5.0)
    gathering.end()
    assert shelf.frame()["citywatch.log.peer"].n_unique() == 1000
    assert len([record for record in shelf.kept if record.frame.height]) < 20
    datagrams.close()


def test_what_finds_no_room_is_read_and_counted_as_shed() -> None:
    shelf = Shelf(room=0)
    gathering = Gathering(reading(), VERBATIM, shelf, clock())
    held = [b"message"] * 1000
    for _ in range(100):
        gathering.add_or_shed(held, ["192.0.2.1"] * 1000)
    counters = gathering.counters
    assert counters.shed["no_room"] > 0
    assert counters.waiting + len(gathering._messages) <= 2 * ROOM_LINES  # noqa: SLF001 - what is held
    shelf.room = 10**9
    gathering.end()
    assert counters.lines == 100_000
    assert counters.events + counters.shed["no_room"] == 100_000
    assert counters.balance == 0


def test_what_the_kernel_dropped_is_told(tmp_path: pathlib.Path) -> None:
    del tmp_path
    sockets = receiver("127.0.0.1", 0, where="inputs.in")
    sockets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(200):
            sender.sendto(b"x" * 1000, sockets.getsockname())
    waiting = 0
    while True:
        try:
            sockets.recvfrom(2000)
        except BlockingIOError:
            break
        waiting += 1
    assert kernel_drops(sockets) == 200 - waiting > 0
    sockets.close()


def test_it_receives_in_a_thread_until_it_is_stopped() -> None:
    shelf, stop = Shelf(), threading.Event()
    datagrams, gathering = opened(shelf)
    thread = threading.Thread(target=datagrams.run, args=(stop,))
    thread.start()
    send(datagrams, b"<34>one")
    while not shelf.rows:
        assert not stop.wait(0.01)
    send(datagrams, b"<34>two")
    stop.set()
    thread.join()
    assert shelf.messages() == ["<34>one", "<34>two"]
    assert shelf.durable == len(shelf.kept)
    assert gathering.counters.kernel_drops == 0
    datagrams.close()


def test_a_port_that_is_taken_and_an_address_that_is_none_are_told() -> None:
    taken = receiver("127.0.0.1", 0, where="inputs.in")
    with pytest.raises(Misconfigured, match=r"inputs\.in: 127\.0\.0\.1 port \d+ is taken"):
        receiver("127.0.0.1", taken.getsockname()[1], where="inputs.in")
    with pytest.raises(Misconfigured, match="is no IP address"):
        receiver("everywhere", 0, where="inputs.in")
    taken.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::1")],
)
def test_a_peer_is_told_as_fields_hold_it(host: str, expected: str) -> None:
    assert peer_text(host) == expected


def netflow5(*, records: int, sequence: int = 0) -> bytes:
    """Return a NetFlow v5 datagram (Cisco), made of zeros but for what a flow needs."""
    head = b"".join(
        value.to_bytes(octets)
        for value, octets in (
            (5, 2), (records, 2), (100_000, 4), (1_772_438_400, 4), (0, 4), (sequence, 4), (0, 4),
        )
    )  # fmt: skip
    record = (
        bytes([10, 0, 0, 1, 10, 0, 0, 2, 0, 0, 0, 0]) + bytes(4)
        + (3).to_bytes(4) + (300).to_bytes(4) + (90_000).to_bytes(4) + (95_000).to_bytes(4)
        + (1234).to_bytes(2) + (53).to_bytes(2) + bytes([0, 0, 17]) + bytes(9)
    )  # fmt: skip
    return head + record * records


def test_flow_exports_become_flows_and_what_is_none_is_skipped() -> None:
    shelf = Shelf()
    exports = FlowExports(reading(), shelf, clock())
    datagrams = Datagrams(receiver("127.0.0.1", 0, where="inputs.in"), exports, is_text=False)
    send(datagrams, netflow5(records=2), b"rubbish")
    datagrams.receive(5.0)
    exports.end()
    frame = shelf.frame()
    assert frame["source.ip"].to_list() == ["10.0.0.1"] * 2
    assert set(FLOW_SCHEMA) <= set(frame.columns)
    assert not check_batch(Batch(FLOW, "b", frame)).rejected
    assert {record.priority for record in shelf.kept} == {Priority.FLOW}
    assert exports.counters.lines == 2
    assert exports.counters.events == 2
    assert exports.counters.skipped.total() == 1
    assert exports.counters.balance == 0
    datagrams.close()
