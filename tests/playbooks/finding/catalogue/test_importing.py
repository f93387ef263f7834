"""A catalogue from a CSV file: good rows taken, faults told by line, a repeat changes nothing."""

import pytest
import sqlalchemy as sa

from playbooks.finding.catalogue import Imported, import_csv
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import AuditLine, CatalogueEntry
from tests.playbooks.finding.scene import DEPARTMENT, NOW, OFFICER, furnish

KEY = b"k" * 32
FILE = f"""\ufeff单位,数据集,级别,路径,扫描目标,开放属性,已列入目录,应有类型,人口
{DEPARTMENT},社保缴费,一般3级,社保/**,人社共享,不予开放,否,resident_id、bank_card,1200000
{DEPARTMENT},公示名单,1,公示/*,,无条件开放,,,
{DEPARTMENT},重点人群,重要数据,,,,是,,
没有的单位,甲,2,,,,,,
{DEPARTMENT},乙,绝密,,,,,,
{DEPARTMENT},丙,2,,,,也许,,
"""


def taken(state: StateStore, text: str = FILE) -> Imported:
    furnish_once(state)
    with state.transaction() as session:
        return import_csv(session, text, key=KEY, by=OFFICER, now=NOW)


def furnish_once(state: StateStore) -> None:
    with state.reading() as session:
        there = session.scalar(sa.select(sa.func.count()).select_from(CatalogueEntry))
    if not there:
        furnish(state)


def test_good_rows_are_taken_and_faults_told_by_line(either_state: StateStore) -> None:
    done = taken(either_state)
    assert (done.added, done.changed, done.unchanged) == (3, 0, 0)
    assert [line for line, _ in done.faults] == [5, 6, 7]
    assert ["department" in done.faults[0][1], "grade" in done.faults[1][1]] == [True, True]
    with either_state.reading() as session:
        rows = session.scalars(sa.select(CatalogueEntry).order_by(CatalogueEntry.id)).all()
    assert [(row.dataset, row.grade, row.pattern) for row in rows] == [
        ("社保缴费", 3, "社保/**"),
        ("公示名单", 1, "公示/*"),
        ("重点人群", 5, "**"),
    ]
    assert (rows[0].opening, rows[0].expected) == ("none", ["resident_id", "bank_card"])
    assert (rows[0].population, rows[2].registered) == (1_200_000, True)


def test_the_same_file_again_changes_nothing(either_state: StateStore) -> None:
    taken(either_state)
    with either_state.reading() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(AuditLine))
    again = taken(either_state)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    with either_state.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AuditLine)) == before


def test_a_changed_row_is_changed(either_state: StateStore) -> None:
    taken(either_state)
    again = taken(either_state, FILE.replace("一般3级", "一般4级"))
    assert (again.added, again.changed, again.unchanged) == (0, 1, 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a column is missing: dataset, department, grade"),
        ("department,dataset\nx,y\n", "a column is missing: grade"),
        ("department,dataset,grade,colour\n", "no such column: colour"),
    ],
)
def test_what_is_no_catalogue_is_refused_whole(
    either_state: StateStore, text: str, reason: str
) -> None:
    with pytest.raises(Malformed, match=reason):
        taken(either_state, text)


def test_a_short_row_is_a_fault_and_not_the_end(either_state: StateStore) -> None:
    done = taken(either_state, f"department,dataset,grade\n{DEPARTMENT}\n{DEPARTMENT},甲,2\n")
    assert (done.added, [line for line, _ in done.faults]) == (1, [2])
