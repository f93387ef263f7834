"""The pace of a scan."""

from soc_api.scan.run.pace import Pace


class _Time:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _pace(time: _Time, octets: int = 0, resources: int = 0) -> Pace:
    return Pace(octets, resources, monotonic=time.monotonic, sleep=time.sleep)


def test_without_limits_nothing_waits() -> None:
    time = _Time()
    pace = _pace(time)
    for _ in range(100):
        pace.take(10_000_000)
    assert time.now == 100.0


def test_octets_are_spread_over_the_time_that_they_may_take() -> None:
    time = _Time()
    pace = _pace(time, octets=1000)
    for _ in range(11):
        pace.take(500)
    assert time.now == 105.0


def test_the_slower_of_two_limits_holds() -> None:
    time = _Time()
    pace = _pace(time, octets=1000, resources=1)
    for _ in range(5):
        pace.take(100)
    assert time.now == 104.0


def test_what_was_not_used_is_no_credit_for_a_burst() -> None:
    time = _Time()
    pace = _pace(time, resources=2)
    pace.take(0)
    time.now += 60
    for _ in range(5):
        pace.take(0)
    assert time.now == 162.0
