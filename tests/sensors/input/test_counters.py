from collections import Counter

from sensors.input.counters import Counters


def test_counts_by_reason_are_told_as_plain_numbers() -> None:
    counters = Counters(lines=5, handed_lines=2, skipped=Counter(header=2), shed=Counter(full=1))
    told = counters.plain()
    assert told["lines"] == 5
    assert told["skipped"] == {"header": 2}
    assert told["shed"] == {"full": 1}
    assert not any(isinstance(value, Counter) for value in told.values())
    assert counters.balance == 0
