import pytest

from situation.state.store import StateStore
from soc_api.jobs.catalogue import JOBS
from soc_api.web.query.data.catalogue import catalogue_page
from soc_api.web.query.data.map import ROWS_SHOWN, Side, curves, map_view
from soc_api.web.query.data.scan import run_lines, target_lines
from tests.soc_api.web.city import NOW, plan
from tests.soc_api.web.data_world import HR, TARGETS, crowd, fill


@pytest.fixture
def state(either_state: StateStore) -> StateStore:
    with either_state.transaction() as session:
        fill(session)
    return either_state


def test_a_row_counts_places_by_grade_with_what_is_new(state: StateStore) -> None:
    with state.reading() as session:
        view = map_view(session, NOW, by="department", changed=False, whole=False)
    line = next(line for line in view.lines if line.row.name == HR)
    assert [cell.amount for cell in line.cells] == [0, 2, 12, 41, 60, 18]
    assert [cell.new for cell in line.cells] == [0, 0, 1, 0, 0, 0]
    assert [cell.shade for cell in line.cells] == ["h0", "h3", "h1", "h2", "h2", "h1"]
    assert (line.open_findings, line.new_findings, line.is_changed) == (3, 2, True)
    assert view.changed == 2
    assert view.last is not None
    assert (view.last.unreadable, view.last.new_findings) == (3, 2)


def test_many_departments_are_folded_into_the_last_row(state: StateStore) -> None:
    with state.transaction() as session:
        crowd(session, 200)
    with state.reading() as session:
        view = map_view(session, NOW, by="department", changed=False, whole=False)
        whole = map_view(session, NOW, by="department", changed=False, whole=True)
    assert len(view.lines) == ROWS_SHOWN
    assert view.lines[-1].others == 55 - (ROWS_SHOWN - 1)
    assert len(whole.lines) == 55
    amounts = [sum(cell.amount for cell in line.cells) for line in view.lines]
    assert sum(amounts) == sum(cell.amount for cell in view.total.cells)


@pytest.mark.parametrize("by", ["place", "class"])
def test_the_map_stands_by_place_and_by_class(state: StateStore, by: Side) -> None:
    with state.reading() as session:
        view = map_view(session, NOW, by=by, changed=False, whole=False)
    assert {line.open_findings for line in view.lines} <= {0}
    if by == "place":
        assert {line.row.name for line in view.lines} == set(TARGETS)


def test_the_trend_counts_grave_places_and_open_findings(state: StateStore) -> None:
    with state.reading() as session:
        grave, unsettled = curves(session, NOW, HR)
        nobody = curves(session, NOW, "")[0]
    assert (grave.values[0], grave.values[-1], grave.change) == (13, 18, 5)
    assert unsettled.bars[-1] == 100
    assert nobody.values == grave.values


def test_targets_and_runs_tell_how_far_they_are(state: StateStore) -> None:
    with state.reading() as session:
        targets = {line.name: line for line in target_lines(session, TARGETS, JOBS, plan(), NOW)}
        runs = run_lines(session, TARGETS, NOW)
    nas = targets["hr-nas"].last_run
    assert nas is not None
    assert (nas.opened, [amount for _, amount in nas.unreadable]) == (2, [2, 1])
    database = targets["health-db"].open_run
    assert database is not None
    assert (database.percent, database.is_open) == (50, True)
    assert [line.row.state for line in runs] == ["running", "done", "failed", "done"]


def test_the_catalogue_stands_against_what_was_found(state: StateStore) -> None:
    with state.reading() as session:
        page = catalogue_page(session, department="", key=None, page=1)
        other = catalogue_page(session, department=HR, key=b"k" * 32, page=9)
    found = {line.row.dataset: (line.found_grade, line.places) for line in page.lines}
    assert found == {"参保人员明细": (0, 0), "门诊就诊": (4, 1), "馆藏目录": (0, 0)}
    assert (other.page, other.total, [name for name, _ in other.undeclared]) == (1, 1, [HR])
