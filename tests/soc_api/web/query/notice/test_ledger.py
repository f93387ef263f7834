import datetime as dt

import pytest

from situation.state.store import StateStore
from soc_api.web.query.notice.ledger import LedgerFilter, ledger_page, month_span, recent_months
from tests.soc_api.web.city import NOW
from tests.soc_api.web.docket import HOUSING, fill


def _at(*parts: int) -> dt.datetime:
    year, month, day, hour = parts
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("month", "begin", "end"),
    [
        ("2026-03", _at(2026, 2, 28, 16), _at(2026, 3, 31, 16)),
        ("2025-12", _at(2025, 11, 30, 16), _at(2025, 12, 31, 16)),
        ("2028-02", _at(2028, 1, 31, 16), _at(2028, 2, 29, 16)),
    ],
)
def test_a_month_is_that_of_the_city(month: str, begin: dt.datetime, end: dt.datetime) -> None:
    assert month_span(month) == (begin, end)


def test_months_run_back_over_the_turn_of_the_year() -> None:
    # 17:00 UTC on the last of January is February in the city.
    assert recent_months(_at(2026, 1, 31, 17), 4) == ["2026-02", "2026-01", "2025-12", "2025-11"]


def test_the_ledger_is_the_same_on_both_databases(either_state: StateStore) -> None:
    ids = fill(either_state)
    with either_state.reading() as session:
        page = ledger_page(session, LedgerFilter(), NOW, page=1)
        here = ledger_page(session, LedgerFilter(departments=(HOUSING,)), NOW, page=1)
        late = ledger_page(session, LedgerFilter(overdue=True), NOW, page=1)
        march = ledger_page(session, LedgerFilter(months=("2026-03",), text="弱口令"), NOW, page=1)
        february = ledger_page(session, LedgerFilter(months=("2026-02",)), NOW, page=1)
    order = [line.row.id for line in page.lines]
    assert len(order) == page.total == 13
    assert order.index(ids["supervised"]) < order.index(ids["unsigned"]) < order.index(ids["wish"])
    assert order.index(ids["wish"]) < order.index(ids["passed"]) < order.index(ids["dismissed"])
    assert page.tabs["closed"] == 2
    assert {line.row.id for line in here.lines} == {ids["recheck"], ids["wish"], ids["dismissed"]}
    assert {ids["supervised"], ids["unsigned"]} <= {line.row.id for line in late.lines}
    assert all(line.is_late for line in late.lines)
    assert {line.row.id for line in march.lines} == {ids["unsigned"], ids["dismissed"]}
    assert february.total == 0
    facets = {facet.field: dict(facet.values) for facet in here.facets}
    assert facets["level"] == {"3": 2, "4": 1}
    assert facets["month"] == {"2026-03": 3}
