"""What a parser found becomes values of the registry; what does not fit is kept beside them."""

import datetime as dt
import json

import polars as pl
import pytest

from sensors.log.conformity import OVERLONG, VALUE, conformed
from sensors.log.kind import FAULT, LINE
from sensors.log.rest import REST_CHARACTERS
from situation.fields import BY_NAME, KEYWORD_LIMIT, REST


def _one(**columns: object) -> dict[str, object]:
    names = {name.replace("__", "."): [value] for name, value in columns.items()}
    frame = conformed(pl.DataFrame({LINE: [0], **names}, schema_overrides={LINE: pl.UInt32}))
    for name, dtype in frame.schema.items():
        assert name in {LINE, REST} or dtype == BY_NAME[name].polars_type
    row = frame.row(0, named=True)
    if row.get(REST):
        row[REST] = json.loads(row[REST])
    return row


def _misfit(name: str, text: str) -> dict[str, object]:
    return {REST: {"misfit": {name: text}}, FAULT: VALUE}


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), (" 7 ", 7), (7, 7), (7.0, 7), ("-1", -1), (True, 1)]
)
def test_numbers_are_read(text: object, number: int) -> None:
    assert _one(source__port=text)["source.port"] == number


@pytest.mark.parametrize("text", ["many", "7x", "1e400", "9223372036854775808", "1.5"])
def test_a_number_that_does_not_fit_goes_into_the_rest(text: str) -> None:
    row = _one(source__port=text)
    assert row["source.port"] is None
    assert row.items() >= _misfit("source.port", text).items()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan", "-inf"])
def test_a_number_that_is_not_finite_goes_into_the_rest(value: object) -> None:
    assert _one(citywatch__alert__score=value)[FAULT] == VALUE


@pytest.mark.parametrize(
    ("text", "truth"), [("true", True), ("NO", False), ("1", True), (False, False), ("x", None)]
)
def test_truth_is_read(text: object, truth: object) -> None:
    assert _one(tls__established=text)["tls.established"] is truth


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("02:00:00:00:00:1f", "02-00-00-00-00-1F"),
        ("0200.0000.001f", "02-00-00-00-00-1F"),
        ("02-00-00-00-00-1F", "02-00-00-00-00-1F"),
        ("no address", "no address"),
    ],
)
def test_hardware_addresses_have_one_form(text: str, address: str) -> None:
    assert _one(source__mac=text)["source.mac"] == address


def test_addresses_become_canonical_and_names_go_beside_them() -> None:
    assert _one(source__ip="2001:DB8:0::1")["source.ip"] == "2001:db8::1"
    row = _one(source__ip="desk.example.test")
    assert (row["source.ip"], row["source.address"]) == (None, "desk.example.test")
    assert FAULT not in row


def test_an_address_with_no_field_beside_it_goes_into_the_rest() -> None:
    assert _one(observer__ip="nowhere").items() >= _misfit("observer.ip", "nowhere").items()


def test_keywords_are_clipped_at_their_limit() -> None:
    kept = _one(user__name="中" * 2000)["user.name"]
    assert kept == "中" * KEYWORD_LIMIT


def test_undeclared_columns_move_into_the_rest() -> None:
    row = _one(strange={"deep": [1, 2]}, other=5)
    assert row[REST] == {"misfit": {"strange": '{"deep":[1,2]}', "other": "5"}}


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-02T03:04:05Z",
        dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        dt.datetime(2026, 1, 2, 11, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=8))),
    ],
)
def test_dates_are_read(value: object) -> None:
    assert _one(event__start=value)["event.start"] == dt.datetime(
        2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC
    )


@pytest.mark.parametrize("value", ["1969-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "soon", "9"])
def test_dates_that_no_column_holds_go_into_the_rest(value: str) -> None:
    row = _one(event__start=value)
    assert row["event.start"] is None
    assert row[FAULT] == VALUE


def test_a_rest_that_is_too_long_is_left_out_and_told() -> None:
    row = _one(**{REST: json.dumps({"a": "x" * REST_CHARACTERS})})
    assert (row[REST], row[FAULT]) == (None, OVERLONG)


def test_a_misfit_joins_the_rest_that_is_there() -> None:
    row = _one(**{REST: '{"a":1}', "source.port": "x"})
    assert row[REST] == {"a": 1, "misfit": {"source.port": "x"}}


def test_a_rest_holds_no_declared_name_at_its_first_level() -> None:
    row = _one(**{REST: '{"message":7,"a":{"message":8},"user.name":"x"}'})
    assert row[REST] == {"a": {"message": 8}, "misfit": {"message": 7, "user.name": "x"}}
