import datetime as dt

import pytest

from sensors.content.office.workbook.cells import Value, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (13800138000.0, "13800138000"),
        (0.25, "0.25"),
        (1e20, "1e+20"),
        (True, "TRUE"),
        (dt.datetime(2026, 11, 27), "2026-11-27"),  # noqa: DTZ001 - cells have no zone
        (dt.datetime(2026, 11, 27, 8, 30), "2026-11-27 08:30:00"),  # noqa: DTZ001 - same
        (dt.date(2026, 11, 27), "2026-11-27"),
        (dt.time(8, 30), "08:30:00"),
        ("文字", "文字"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value: Value, text: str) -> None:
    assert shown(value) == text
