"""The pauses between tries: growing, jittered, capped; then one probe an interval."""

from hypothesis import given
from hypothesis import strategies as st

from sensors.delivery.circuit import (
    LONGEST_PAUSE_SECONDS,
    OPENS_AFTER,
    PROBE_SECONDS,
    STOPPED_SECONDS,
    Circuit,
)


def _longest(_least: float, most: float) -> float:
    return most


@given(st.integers(1, 200))
def test_the_circuit_opens_after_five_failures_in_a_row(failures: int) -> None:
    circuit = Circuit()
    for _ in range(failures):
        circuit = circuit.failed("away", 100.0, chance=_longest)
    assert circuit.state == ("open" if failures >= OPENS_AFTER else "closed")
    assert 0 < circuit.wait_seconds(100.0) <= LONGEST_PAUSE_SECONDS


def test_pauses_double_with_full_jitter() -> None:
    pauses = []
    circuit = Circuit()
    for _ in range(OPENS_AFTER - 1):
        circuit = circuit.failed("away", 0.0, chance=_longest)
        pauses.append(circuit.retry_at)
    assert pauses == [0.5, 1.0, 2.0, 4.0]
    assert Circuit().failed("away", 0.0, chance=lambda least, _most: least).retry_at == 0.0


def test_an_open_circuit_probes_once_an_interval() -> None:
    circuit = Circuit(failures=OPENS_AFTER).failed("away", 10.0)
    assert circuit.wait_seconds(10.0) == PROBE_SECONDS


def test_a_wait_that_the_store_names_is_kept() -> None:
    assert Circuit().failed("full", 0.0, least_seconds=60.0).wait_seconds(0.0) == 60.0


def test_a_stopped_circuit_says_why_and_waits_for_a_person() -> None:
    circuit = Circuit().stopped("no right", 5.0)
    assert (circuit.state, circuit.reason) == ("stopped", "no right")
    assert circuit.wait_seconds(5.0) == STOPPED_SECONDS
    assert circuit.wait_seconds(5.0 + STOPPED_SECONDS) == 0.0
