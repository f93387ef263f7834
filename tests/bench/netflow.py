"""Flow records a second that the decoder makes columns of, ids and Community IDs included."""

import random
import time
from collections.abc import Callable, Sequence

from sensors.netflow.decoder import Datagram, Decoder
from tests.sensors.netflow.exporting import (
    BASIC,
    UPTIME,
    VARIABLE,
    Field,
    Record,
    basic,
    data,
    datagram,
    template_9,
    template_10,
    v5,
    v9,
    v10,
)

DATAGRAMS, BATCH, ROUNDS = 4_000, 500, 3
BAR = 200_000
MOST_RECORDS = 30

ROUTER: tuple[Field, ...] = (
    *BASIC, (15, 4), (10, 4), (14, 4), (5, 1), (16, 4), (17, 4), (9, 1), (13, 1), (61, 1),
)  # fmt: skip
"""What a router sends of each flow: 19 fields, nine of which have no column."""
PROBE: tuple[Field, ...] = (*BASIC[:8], (152, 8), (153, 8), (10, 4), (371, VARIABLE))

Export = Callable[[int, Sequence[Record]], bytes]


def _record(values: random.Random) -> dict[int, int | bytes]:
    made = basic(
        source=values.getrandbits(32),
        destination=values.getrandbits(32),
        sport=values.getrandbits(16),
        dport=values.getrandbits(16),
        protocol=values.choice((6, 6, 6, 17, 17, 1)),
        packets=values.getrandbits(12),
        octets=values.getrandbits(20),
        start=UPTIME - 60_000 - values.getrandbits(16),
        end=UPTIME - values.getrandbits(15),
    )
    others = {field[0]: values.getrandbits(8) for field in ROUTER[len(BASIC) :]}
    times = {152: 1_790_000_000_000 - values.getrandbits(20), 153: 1_790_000_000_000}
    return {**made, **others, **times, 371: b"user%d" % values.getrandbits(values.choice((4, 20)))}


def _sent(export: Export) -> tuple[list[Datagram], int]:
    """Return datagrams of 24 to 30 records of one exporter, and how many records they hold."""
    values = random.Random(1)  # noqa: S311 - the same traffic in every run
    pool = [_record(values) for _ in range(5_000)]
    sizes = [values.randrange(24, MOST_RECORDS + 1) for _ in range(DATAGRAMS)]
    starts = [values.randrange(len(pool) - MOST_RECORDS) for _ in sizes]
    sent = [
        datagram(export(number, pool[start : start + size]))
        for number, (start, size) in enumerate(zip(starts, sizes, strict=True))
    ]
    return sent, sum(sizes)


def _speed(template: bytes, export: Export) -> float:
    """Return records a second, the best of some rounds."""
    sent, records = _sent(export)
    best = 0.0
    for _ in range(ROUNDS):
        decoder = Decoder(observer="bench")
        decoder.decode([datagram(template), *sent[:10]])
        decoder = Decoder(observer="bench")
        decoder.decode([datagram(template)])
        began = time.perf_counter()
        for start in range(0, DATAGRAMS, BATCH):
            decoder.decode(sent[start : start + BATCH])
        best = max(best, records / (time.perf_counter() - began))
        if decoder.counters.records != records:
            raise ValueError(f"{decoder.counters.records} of {records} records came out")
    return best


def run() -> None:
    """Print the speed of each version; the bar is that of v9."""
    versions: dict[str, tuple[bytes, Export]] = {
        "v5": (v9(), lambda _, records: v5(*records)),
        "v9, 19 fields": (
            v9(template_9(256, ROUTER)),
            lambda n, records: v9(data(256, ROUTER, *records, padded=True), sequence=n + 1),
        ),
        "IPFIX, 12 fields, one of varying length": (
            v10(template_10(256, PROBE)),
            lambda _, records: v10(data(256, PROBE, *records)),
        ),
    }
    for name, (template, export) in versions.items():
        speed = _speed(template, export)
        met = "" if "v9" not in name else f" (bar: {BAR:,}{'' if speed >= BAR else ', MISSED'})"
        print(f"netflow {name}: {speed:,.0f} records/s to columns{met}")


if __name__ == "__main__":
    run()
