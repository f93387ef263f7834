import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.classified.tally import EXACT, REGISTERS, Tally, estimate, merge

KEY = b"k" * 32


def tally_of(values: object, key: bytes = KEY) -> Tally:
    tally = Tally(key)
    tally.add(map(str, values))  # type: ignore[call-overload]
    return tally


def test_few_values_are_counted_exactly() -> None:
    tally = tally_of(range(EXACT))
    tally.add(["1", "2", "3"])
    assert len(tally) == EXACT == estimate(tally.sketch)


@pytest.mark.parametrize("number", [EXACT + 1, 3_000, 20_000, 200_000])
def test_many_are_estimated_within_five_percent(number: int) -> None:
    tally = tally_of(range(number))
    assert len(tally) == pytest.approx(number, rel=0.05)
    assert len(tally.sketch) == 1 + REGISTERS


@given(
    st.lists(st.integers(0, 3_000), max_size=1_500), st.lists(st.integers(0, 3_000), max_size=1_500)
)
def test_merging_is_counting_both(first: list[int], second: list[int]) -> None:
    both = merge([tally_of(first).sketch, tally_of(second).sketch])
    assert both == tally_of([*first, *second]).sketch
    assert both == merge([tally_of(second).sketch, tally_of(first).sketch])


def test_sketches_of_both_forms_merge() -> None:
    large, small = tally_of(range(5_000)), tally_of(range(4_990, 5_010))
    together = merge([small.sketch, large.sketch, b""])
    assert together == tally_of(range(5_010)).sketch == merge([large.sketch, small.sketch])


def test_nothing_is_counted_as_nothing() -> None:
    assert Tally(KEY).sketch == b""
    assert estimate(b"") == 0
    assert merge([]) == b""


def test_the_key_decides_the_hashes() -> None:
    assert tally_of(range(9)).sketch != tally_of(range(9), b"other").sketch


def test_no_value_stands_in_a_sketch() -> None:
    values = ["440301199003070019", "13800138000"]
    sketch = tally_of(values).sketch
    assert not any(value.encode() in sketch for value in values)


def test_estimates_have_no_bias() -> None:
    errors = [len(tally_of(range(10_000), bytes([key]))) / 10_000 - 1 for key in range(1, 30)]
    assert abs(sum(errors) / len(errors)) < 0.01
