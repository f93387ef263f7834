"""More senders, fields and octets than anybody means well by: bounded, counted, kept."""

import contextlib
import json
import pathlib
import socket
from collections import Counter
from collections.abc import Iterator

from situation.sensor_status import SensorStatus
from tests.faults.senders import line
from tests.faults.site import Site, files, free_ports, reported, resident_mib, site, soak, syslog
from tests.faults.sums import ALL, originals

SOURCES = 1000
ROUNDS = soak(3, 100)
MOST_MIB = 900
"""Memory of the sensor in all; about 350 of them are its code and libraries."""
FIELDS = 10_000
LONG_OCTETS = 10 * 2**20
LONGEST_TEXT = 65_536
HOSTILE = (
    b"x" * LONG_OCTETS,
    b"<13>1 2026-11-26T12:00:00Z h a - - - nul \0 in the middle",
    b"\0" * 1000,
    b"<13>1 2026-11-26T12:00:00Z h a - - - \xff\xfe\x80 no encoding",
    b"\xff" * 1000,
    "<13>1 2026-11-26T12:00:00Z h a - - - 登录成功".encode("gb18030"),
    b"[" * 100_000,
    b"<13>1 2026-11-26T12:00:00Z h a - [x " + b'a="b" ' * FIELDS + b"] many parameters",
)
WIDE = (
    json.dumps({f"field_{number:05d}": number for number in range(FIELDS)}).encode(),
    json.dumps({f"f{number}": 1 for number in range(FIELDS // 2)}).encode(),
    b'{"deep": ' * 5000 + b"1" + b"}" * 5000,
    json.dumps({"message": "x" * LONG_OCTETS}).encode(),
    b'{"message": "\\u0000", "\\u0000": "\\ud800"}',
)


def address(number: int) -> str:
    """Return the address of a sender, one of a thousand on the loopback interface."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


@contextlib.contextmanager
def senders(kind: socket.SocketKind, port: int) -> Iterator[list[socket.socket]]:
    """Yield the open sockets of all senders, each at its own address."""
    with contextlib.ExitStack() as opened:
        sockets = [
            opened.enter_context(socket.socket(socket.AF_INET, kind)) for _ in range(SOURCES)
        ]
        for number, one in enumerate(sockets):
            one.bind((address(number), 0))
            one.connect(("127.0.0.1", port))
        yield sockets


def received(report: SensorStatus) -> dict[str, int]:
    """Return the lines that each input received."""
    return {one.name: one.received for one in report.inputs}


def test_a_thousand_senders_are_all_heard(tmp_path: pathlib.Path) -> None:
    tcp, udp = free_ports(2)
    sent: Counter[str] = Counter()
    with site(tmp_path, {"tcp": syslog(tcp), "udp": syslog(udp, "udp")}) as own:
        own.start()
        own.await_ready(tcp)
        with (
            senders(socket.SOCK_STREAM, tcp) as callers,
            senders(socket.SOCK_DGRAM, udp) as others,
        ):
            for turn in range(ROUNDS):
                for name, sockets in (("tcp", callers), ("udp", others)):
                    for number, one in enumerate(sockets):
                        text = line(f"{name}-{number}-{turn}")
                        one.sendall(f"{text}\n".encode())
                        sent[text] += 1
            reported(own, lambda report: sum(received(report).values()) == sent.total())
        assert resident_mib(own) < MOST_MIB
        assert own.stop().spool.stored == sent.total()
        with own.store() as store:
            assert originals(store) == sent
            peers = {
                peer
                for frame in store.scan(ALL, ["citywatch.log.peer"])
                for peer in frame["citywatch.log.peer"]
            }
    assert peers == {address(number) for number in range(SOURCES)}


def test_hostile_lines_are_kept_in_bounded_memory(tmp_path: pathlib.Path) -> None:
    (port,) = free_ports(1)
    (tmp_path / "logs").mkdir()
    (tmp_path / "wide").mkdir()
    inputs = {
        "files": files(tmp_path / "logs"),
        "wide": {**files(tmp_path / "wide"), "kind": "json-lines"},
        "tcp": syslog(port),
    }
    expected = {"files": len(HOSTILE), "wide": len(WIDE), "tcp": len(HOSTILE)}
    with site(tmp_path, inputs) as own:
        own.start()
        own.await_ready(port)
        (tmp_path / "logs" / "app.log").write_bytes(b"\n".join(HOSTILE) + b"\n")
        (tmp_path / "wide" / "app.json").write_bytes(b"\n".join(WIDE) + b"\n")
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(b"\n".join(HOSTILE) + b"\n")
        reported(own, lambda report: received(report) == expected)
        assert resident_mib(own) < MOST_MIB
        last = own.stop()
        assert all(sum(one.faults.values()) >= len(WIDE) // 2 for one in last.inputs)
        assert last.spool.stored == sum(expected.values())
        assert last.spool.dead_letters == {}
        assert lengths(own).total() == sum(expected.values())
        assert max(lengths(own)) == LONGEST_TEXT


def lengths(own: Site) -> Counter[int]:
    """Return how many raw lines of each length the store holds."""
    with own.store() as store:
        texts = originals(store)
    return Counter(len(text) for text in texts.elements())
