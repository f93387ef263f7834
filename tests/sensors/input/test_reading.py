"""What inputs hand over is what both stores take: held against the registry, row by row."""

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.input.reading import Crowd, Stream
from sensors.log.catalogue import SYSLOG
from sensors.log.line import LineReader
from situation.events.dataset import LOG
from situation.events.intake import check_batch
from situation.events.store import Batch
from tests.sensors.input.parts import NOW, reading

PEERS = ["192.0.2.1", "2001:db8::1"]


def refused(frame: pl.DataFrame) -> int:
    return len(check_batch(Batch(LOG, "b", frame)).rejected)


def crowd() -> Crowd:
    return Crowd(reading(kind=SYSLOG), "in-1", SYSLOG)


def test_a_message_without_a_time_takes_that_of_its_receipt() -> None:
    messages = [b"<34>Mar  2 03:00:00 host-1 su: with a time", b"no time at all"]
    frame = crowd().turn(messages, PEERS, NOW).frame
    assert frame["citywatch.log.time_origin"].to_list() == ["event", "received"]
    assert frame["@timestamp"][1] == NOW
    assert frame["citywatch.log.peer"].to_list() == PEERS
    assert refused(frame) == 0


def test_numbers_go_on_from_batch_to_batch() -> None:
    sender = crowd()
    ids = [
        identity
        for _ in range(3)
        for identity in sender.turn([b"a", b"b"], PEERS, NOW).frame["event.id"]
    ]
    assert ids == [f"in-1-{number}" for number in range(6)]


@settings(max_examples=40, deadline=None)
@given(messages=st.lists(st.binary(max_size=60), min_size=1, max_size=8))
def test_any_octets_become_rows_that_a_store_takes(messages: list[bytes]) -> None:
    messages = [b"<13>1 - - - - - - " + one if len(one) % 2 else one for one in messages]
    completed = crowd().turn(messages, [PEERS[len(one) % 2] for one in messages], NOW)
    assert completed.frame.height + completed.skipped.total() == len(messages)
    assert refused(completed.frame) == 0
    lines = LineReader().feed(b"\n".join(messages) + b"\n")
    whole = Stream(reading(kind=SYSLOG), "file", [], file="/var/log/messages").turn(lines, NOW)
    assert whole.frame.height + whole.skipped.total() == lines.count
    assert refused(whole.frame) == 0


def test_a_host_that_names_itself_alone_has_the_address_of_its_sender() -> None:
    one = b"<34>Mar  2 03:00:00 host-%d su: hello"
    sender = crowd()
    first = sender.turn([one % 1, one % 2], PEERS, NOW).frame
    assert first["host.ip"].to_list() == PEERS
    second = sender.turn([one % 3, one % 2], PEERS, NOW + dt.timedelta(seconds=1)).frame
    assert second["host.ip"].to_list() == [None, PEERS[1]]
