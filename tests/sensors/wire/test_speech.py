import dataclasses
import os
import threading

import polars as pl

from sensors.meter.counters import Counters
from sensors.meter.settings import MeterSettings
from sensors.wire.packet_socket import RingSettings
from sensors.wire.speech import Told, counts_of, heard, packed, say
from sensors.wire.start import Start, start_of


def test_what_is_said_is_heard_also_where_it_is_larger_than_the_pipe() -> None:
    frame = pl.DataFrame({"one": range(200_000), "two": [["a"]] * 200_000})
    things = [Told("ready"), Told("batch", {"name": "事件"}, frame), Told("end")]
    reader, writer = os.pipe()
    said = [piece for one in things for piece in packed(one)]
    speaker = threading.Thread(target=say, args=(writer, said))
    speaker.start()
    found = [heard(reader) for _ in things]
    speaker.join()
    os.close(writer)
    assert heard(reader) is None
    os.close(reader)
    assert [(one.kind, one.values) for one in found if one] == [
        (one.kind, one.values) for one in things
    ]
    assert found[1] is not None
    assert found[1].frame is not None
    assert found[1].frame.equals(frame)


def test_speech_that_breaks_off_is_the_end() -> None:
    reader, writer = os.pipe()
    said = b"".join(packed(Told("batch", {}, pl.DataFrame({"one": [1]}))))
    os.write(writer, said[:-1])
    os.close(writer)
    assert heard(reader) is None
    os.close(reader)


def test_counts_come_as_they_went() -> None:
    counters = Counters(packets=5, metered=3, refused={"not_ip": 2}, kernel_drops=1)
    assert counts_of(Told("counts", dataclasses.asdict(counters))) == counters


def test_a_start_is_one_line() -> None:
    start = Start(
        ring=RingSettings(interface="eth0", filter="port 1\nor port 2", group=3),
        observer="gate",
        worker=1,
        began=2,
        meter=MeterSettings(messages=5),
        where="inputs.eth0",
    )
    assert start.line().count(b"\n") == 1
    assert start_of(start.line()) == start
