from sensors.meter.layout import EVERYTHING, NO_SLICES, NO_STATISTICS
from sensors.wire.shedding import LEVELS, Shedding


def test_levels_rise_with_the_ring_and_fall_later_than_they_rose() -> None:
    shedding = Shedding()
    shares = [0.1, 0.5, 0.51, 0.3, 0.81, 0.6, 0.41, 0.39, 0.26, 0.24, 0.45]
    seen = []
    for share in shares:
        changed = shedding.changes(share)
        seen.append((shedding.level, changed))
    slices, all_of_it = NO_SLICES, NO_STATISTICS
    assert seen == [
        (EVERYTHING, False),
        (EVERYTHING, False),
        (slices, True),
        (slices, False),
        (all_of_it, True),
        (all_of_it, False),
        (all_of_it, False),
        (slices, True),
        (slices, False),
        (EVERYTHING, True),
        (EVERYTHING, False),
    ]
    assert set(LEVELS) == {EVERYTHING, NO_SLICES, NO_STATISTICS}


def test_a_ring_that_fills_at_once_leaves_out_most_at_once() -> None:
    shedding = Shedding()
    assert shedding.changes(1.0)
    assert shedding.level == NO_STATISTICS
    assert shedding.changes(0.0)
    assert shedding.level == EVERYTHING
