"""Values of JSON become columns of the kind that is wanted, or null."""

from collections.abc import Callable, Sequence

import polars as pl
import pytest

from sensors.log.document import turning
from sensors.log.document.turning import Reception
from sensors.log.kind import SourceRules
from tests.sensors.log.yielded import RECEIVED

AT = Reception(SourceRules(), RECEIVED)
DEEP: object = {"a": [1]}

Turn = Callable[[Sequence[object], Reception], pl.Series]


@pytest.mark.parametrize(
    ("turn", "values", "found"),
    [
        (turning.texts, ["a", "", None], ["a", None, None]),
        (turning.texts, [1, 2**64 - 1, None], ["1", "18446744073709551615", None]),
        (turning.texts, [True, 1.5, "a", DEEP, ["x"], ["x", "y"], []],
         ["true", "1.5", "a", None, "x", None, None]),
        (turning.lowered, ["TCP", 6], ["tcp", "6"]),
        (turning.hardware_addresses, ["02:aa:00:00:00:01"], ["02-AA-00-00-00-01"]),
        (turning.names, ["flow", "Flow", "a b", "", "x" * 65], ["flow", None, None, None, None]),
        (turning.wholes, [1, 2**63, -(2**63), None], [1, None, -(2**63), None]),
        (turning.wholes, ["7", "7.0", "x", 7.5, True, DEEP, "9" * 40], [7, 7, *[None] * 5]),
        (turning.reals, [1.5, None], [1.5, None]),
        (turning.reals, ["1.5", 2, "x", DEEP, False], [1.5, 2.0, None, None, None]),
        (turning.truths, [True, False, None], [True, False, None]),
        (turning.truths, ["true", "F", 1, DEEP], [True, False, None, None]),
        (turning.seconds, [0.25, "1"], [250_000_000, 1_000_000_000]),
        (turning.counts, [["a", "b"], [], "a", None], [2, 0, 1, None]),
        (turning.firsts, [["a", "b"], [], "c", [DEEP]], ["a", None, "c", None]),
    ],
)  # fmt: skip
def test_what_fits_is_turned_and_all_else_is_null(
    turn: Turn, values: list[object], found: list[object]
) -> None:
    assert turn(values, AT).to_list() == found


@pytest.mark.parametrize("odd", ["nan", "inf", float("inf"), "1e400", "0x10", "١"])
def test_odd_numbers_are_survived(odd: object) -> None:
    assert turning.wholes([odd], AT).dtype == pl.Int64
    assert turning.reals([odd], AT).dtype == pl.Float64
    assert turning.seconds([odd], AT).dtype == pl.Int64


def test_times_are_texts_or_counts() -> None:
    values = ["2026-03-02T09:15:00", "2026-03-02T01:15:00.5Z", 1772414100, 1772414100250, "x", DEEP]
    found = turning.instants(values, AT).to_physical()
    base = 1772414100000000000
    assert found.to_list() == [base, base + 5 * 10**8, base, base + 25 * 10**7, None, None]


def test_times_of_certificates_are_in_utc_where_they_name_no_zone() -> None:
    found = turning.certificate_times(["2027-01-01T00:00:00"], AT)
    assert found.to_physical().to_list() == [1798761600000000000]
