"""Flows put together from their records."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.session import FLOW_ID, IN_PAYLOAD, OUT_PAYLOAD, merge
from tests.detect.frames import INSIDER, OUTSIDER, flow, flows, shuffled

Piece = tuple[int, int, int]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 50), st.integers(0, 9000), st.integers(0, 9000)),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 5),
)
def test_records_of_a_flow_add_up_in_any_order(parts: list[list[Piece]], seed: int) -> None:
    rows = []
    for number, pieces in enumerate(parts):
        for piece, (wait, out, back) in enumerate(pieces):
            rows.append(
                flow(
                    100 * piece + wait, INSIDER, OUTSIDER, 22, out=out, back=back,
                    flow_id=f"f{number}", event_id=f"f{number}-{piece}",
                )
            )  # fmt: skip
    merged = merge(shuffled(flows(rows), seed)).sort(FLOW_ID)
    assert merged[OUT_PAYLOAD].to_list() == [sum(one[1] for one in pieces) for pieces in parts]
    assert merged[IN_PAYLOAD].to_list() == [sum(one[2] for one in pieces) for pieces in parts]
    assert merged["event.id"].to_list() == [f"f{number}-0" for number in range(len(parts))]
    spans = [100 * (len(one) - 1) + one[-1][0] - one[0][0] + 1.0 for one in parts]
    assert merged["seconds"].to_list() == pytest.approx(spans)


def test_a_record_that_comes_twice_counts_once() -> None:
    frame = flows([flow(0, INSIDER, OUTSIDER, 22, out=70)])
    assert merge(frame.vstack(frame))[OUT_PAYLOAD].to_list() == [70]
