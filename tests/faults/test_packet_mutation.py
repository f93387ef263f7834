"""Damaged packets in great number: no crash, no hang, nothing lost, no memory without bound."""

import faulthandler
import os
import resource
import subprocess
import sys

import pytest

from sensors.frame.identity import Identity
from sensors.meter.settings import MeterSettings
from sensors.metering import Meter
from tests.faults.mutants import Mutants, Seeds, seeds
from tests.faults.site import soak
from tests.testdata import ROOT

PACKETS = (20_000, 10_000_000)
INTERPRETED = (300, 100_000)
HANG_SECONDS = (120, 3600)
FEW = (("captures", "hostile"),)
"""Read without compilation, too, which takes its time."""
MOST_MIB = 1024
"""What the process may grow by; the flow table is bounded below it."""
SETTINGS = MeterSettings(max_flows=200_000)


@pytest.fixture(scope="module")
def grown() -> Seeds:
    return seeds()


def meter_mutants(grown: Seeds, count: int, seed: int) -> None:
    source = Mutants(grown, count, seed)
    meter = Meter(source, Identity("0" * 40, observer="test", drill_id=None), SETTINGS)
    packets = 0
    for block in source.blocks():
        for metered in meter.take(block):
            packets += int(metered.flows["network.packets"].sum())
    for metered in meter.finish():
        packets += int(metered.flows["network.packets"].sum())
    counters = meter.counters
    assert counters.packets == count
    assert counters.reconciles()
    assert packets == counters.metered + counters.inner


def test_damaged_packets_are_metered_or_refused_and_memory_stays_bounded(grown: Seeds) -> None:
    meter_mutants(grown, 4096, seed=1)  # everything is loaded and allocated once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faulthandler.dump_traceback_later(soak(*HANG_SECONDS), exit=True)
    try:
        meter_mutants(grown, soak(*PACKETS), seed=2)
    finally:
        faulthandler.cancel_dump_traceback_later()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MOST_MIB


def test_damaged_packets_do_the_same_without_compilation() -> None:
    script = (
        "from tests.faults.mutants import seeds\n"
        "from tests.faults.test_packet_mutation import meter_mutants\n"
        f"meter_mutants(seeds({FEW}), {soak(*INTERPRETED)}, seed=3)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        timeout=soak(*HANG_SECONDS),
        check=False,
    )
    assert run.returncode == 0, run.stderr[-4000:]
