import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_api.web.query.reason import AXIS_WIDTH, reason_bar

figures = st.one_of(
    st.none(),
    st.floats(min_value=0, max_value=1e18),
    st.integers(min_value=0, max_value=10**15),
)
FIELDS = ("observed", "usual", "usual_low", "usual_high", "peers")


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, figures)))
def test_every_mark_lies_on_the_axis_in_the_order_of_the_values(
    values: dict[str, float | None],
) -> None:
    bar = reason_bar({"zh": "量", "en": "volume", "unit": "octets", **values})
    placed = [
        (value, place)
        for value, place in (
            (bar.observed, bar.at_observed),
            (bar.usual, bar.at_usual),
            (bar.usual_low, bar.at_low),
            (bar.usual_high, bar.at_high),
            (bar.peers, bar.at_peers),
        )
        if value is not None and place is not None
    ]
    assert all(0 < place < AXIS_WIDTH for _, place in placed)
    ordered = [place for _, place in sorted(placed)]
    assert ordered == sorted(ordered)


def test_what_is_not_known_has_no_mark() -> None:
    bar = reason_bar({"zh": "量", "en": "volume", "unit": "count", "observed": 3})
    assert (bar.at_usual, bar.at_low, bar.at_high, bar.at_peers) == (None, None, None, None)
    assert bar.times_usual is None


def test_ten_times_more_is_the_same_step_anywhere() -> None:
    bar = reason_bar({"observed": 10_000, "usual": 100, "usual_low": 10, "usual_high": 1000})
    assert bar.at_low is not None
    assert bar.at_usual is not None
    assert bar.at_high is not None
    steps = (bar.at_usual - bar.at_low, bar.at_high - bar.at_usual, bar.at_observed - bar.at_high)
    assert max(steps) - min(steps) < 0.3


@pytest.mark.parametrize("value", [math.nan, math.inf, "12", True, None, [1]])
def test_a_figure_that_is_none_is_read_as_not_known(value: object) -> None:
    assert reason_bar({"observed": 1, "usual": value}).usual is None


def test_how_many_times_the_usual() -> None:
    assert reason_bar({"observed": 57.0, "usual": 1}).times_usual == 57
