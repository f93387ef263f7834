import polars as pl

from sensors.input.counters import Counters
from sensors.meter.counters import Counters as Totals
from sensors.wire.tally import DIED, Tally


def rows(packets: list[int], depths: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"network.packets": packets, "citywatch.flow.tunnel.depth": depths})


def test_lives_add_up_and_what_one_died_with_is_shed() -> None:
    counters = Counters()
    tally = Tally(counters)
    first, second = tally.begin(), tally.begin()
    tally.add(first, Totals(packets=10, bytes=600, metered=8, refused={"not_ip": 2}, flows=3))
    tally.add(second, Totals(packets=5, bytes=300, metered=5, kernel_drops=4, flows=1))
    assert counters.balance == 0
    tally.add_rows(first, rows([3, 2, 9], [0, 0, 1]))
    tally.end(first, is_lost=True)
    assert counters.shed == {DIED: 3}
    assert (counters.lines, counters.handed_lines, counters.octets) == (15, 10, 900)
    assert counters.skipped == {"not_ip": 2}
    assert (counters.kernel_drops, counters.flows) == (4, 4)
    assert counters.balance == 0


def test_rows_beyond_the_last_totals_of_a_life_are_no_loss() -> None:
    counters = Counters()
    tally = Tally(counters)
    life = tally.begin()
    tally.add(life, Totals(packets=2, metered=2))
    tally.add_rows(life, rows([5], [0]))
    tally.end(life, is_lost=True)
    assert not counters.shed
    assert counters.balance == 0


def test_a_life_that_came_to_its_end_stays_in_the_sums() -> None:
    counters = Counters()
    tally = Tally(counters)
    life, idle = tally.begin(), tally.begin()
    tally.add(life, Totals(packets=2, metered=2))
    for one in (life, idle):
        tally.end(one, is_lost=False)
    assert counters.lines == counters.handed_lines == 2


def test_what_was_left_out_of_packets_is_a_fault_of_these() -> None:
    counters = Counters()
    tally = Tally(counters)
    totals = Totals(packets=2, metered=2, shed={"payloads": 7}, dns_refused={"cut": 1})
    tally.add(tally.begin(), totals)
    assert counters.faults == {"payloads_shed": 7, "dns_cut": 1}
    assert counters.balance == 0
