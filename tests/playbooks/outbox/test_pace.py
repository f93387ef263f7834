"""A bucket of tokens: no minute sees more than the limit, whenever they are taken."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from playbooks.outbox.pace import pace_of
from tests.playbooks.outbox.post import NOW

MINUTE = dt.timedelta(minutes=1)


@given(
    st.integers(min_value=2, max_value=120),
    st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=60),
)
def test_no_minute_sees_more_than_the_limit(per_minute: int, pauses: list[int]) -> None:
    pace = pace_of(per_minute, 40)
    tokens, counted_at, now = float(pace.burst), NOW, NOW
    sent: list[dt.datetime] = []
    for pause in pauses:
        now += dt.timedelta(seconds=pause)
        tokens = pace.level(tokens, counted_at, now)
        sent += [now] * int(tokens)
        tokens, counted_at = tokens - int(tokens), now
    for at in sent:
        assert sum(at <= other < at + MINUTE for other in sent) <= per_minute


@given(st.integers(min_value=2, max_value=600), st.floats(min_value=0, max_value=0.99))
def test_after_the_wait_there_is_a_token(per_minute: int, tokens: float) -> None:
    pace = pace_of(per_minute, 40)
    then = NOW + pace.wait(tokens)
    assert pace.level(tokens, NOW, then) >= 0.999


def test_a_clock_that_went_back_gives_no_tokens() -> None:
    assert pace_of(60, 10).level(1.0, NOW, NOW - MINUTE) == 1.0
