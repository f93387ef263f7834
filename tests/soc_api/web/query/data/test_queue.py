import pytest

from playbooks.finding.sending import send
from playbooks.person import Person
from situation.state.store import StateStore
from situation.state.tables import DataFinding
from soc_api.web.query.data.queue import (
    PAGE_ROWS,
    FindingFilter,
    finding_page,
    last_scans,
    withheld_count,
)
from tests.soc_api.web.city import NOW, plan
from tests.soc_api.web.data_world import BEGUN, NAS, crowd, fill


@pytest.fixture
def state(either_state: StateStore) -> StateStore:
    with either_state.transaction() as session:
        fill(session)
    return either_state


def test_what_is_due_stands_by_effect_then_by_age(state: StateStore) -> None:
    with state.reading() as session:
        page = finding_page(session, FindingFilter(), page=1)
    assert {line.row.rule for line in page.lines[:2]} == {"V05", "V08"}
    assert [line.row.rule for line in page.lines[2:]] == ["V07", "V11"]
    assert page.tabs == {
        "due": 4, "new": 2, "handling": 2, "closed": 0, "set_aside": 0, "all": 6
    }  # fmt: skip
    assert page.withheld == 2


def test_facets_count_every_kind_of_a_finding(state: StateStore) -> None:
    wanted = FindingFilter(view="all", kinds=("name",))
    with state.reading() as session:
        page = finding_page(session, wanted, page=1)
    facets = {facet.field: dict(facet.values) for facet in page.facets}
    assert page.total == 2
    assert facets["kind"] == {
        "bank_card": 2, "name": 2, "resident_id": 2, "medical": 1, "password": 1
    }  # fmt: skip
    assert facets["rule"] == {"V05": 1, "V08": 1}
    assert facets["severity"] == {"1": 2}


def test_new_is_what_the_last_whole_scan_saw_first(state: StateStore) -> None:
    with state.reading() as session:
        assert last_scans(session) == {NAS: BEGUN}
        page = finding_page(session, FindingFilter(view="new"), page=1)
    assert {line.row.rule for line in page.lines} == {"V05", "V08"}
    assert all(line.is_new for line in page.lines)


def test_a_path_is_searched_as_it_is_typed(state: StateStore) -> None:
    with state.reading() as session:
        for text, amount in (("参保导出_0317", 2), ("%", 0), ("PROD.yml", 1)):
            page = finding_page(session, FindingFilter(text=text, view="all"), page=1)
            assert page.total == amount, text


def test_a_finding_in_a_notice_that_is_not_issued_waits_for_that(state: StateStore) -> None:
    officer = Person("song", "data_officer")
    with state.transaction() as session:
        finding = session.query(DataFinding).filter_by(rule="V11").one()
        send(session, plan(), [finding.id], by=officer, now=NOW)
    with state.reading() as session:
        lines = finding_page(session, FindingFilter(), page=1).lines
    assert {line.row.rule: line.state for line in lines}["V11"] == "sent"


def test_a_long_queue_comes_in_pages(state: StateStore) -> None:
    with state.transaction() as session:
        crowd(session, 250)
    with state.reading() as session:
        first = finding_page(session, FindingFilter(view="all"), page=1)
        last = finding_page(session, FindingFilter(view="all"), page=99)
    assert (first.total, first.pages, len(first.lines)) == (256, 3, PAGE_ROWS)
    assert (last.page, last.first, len(last.lines)) == (3, 201, 56)
    severities = [line.row.severity for line in (*first.lines, *last.lines)]
    assert severities == sorted(severities)


def test_marks_of_secrecy_are_counted_and_not_listed(state: StateStore) -> None:
    with state.reading() as session:
        assert withheld_count(session) == 2
        lines = finding_page(session, FindingFilter(view="all"), page=1).lines
    assert not [line for line in lines if line.row.restricted]
