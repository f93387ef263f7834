from detect.classified.finds.table import TableFinds
from situation.content.piece import Grid
from tests.detect.classified.reading import ruleset
from tests.detect.classified.scanning import KEY, counts, grid, scanned

ID = "440301199003070019"


def finds(*, counted: frozenset[str] = frozenset({"resident_id", "mobile"})) -> TableFinds:
    return TableFinds(ruleset(), KEY, counted)


def test_counts_tell_whole_cells_from_what_stands_within() -> None:
    mask, counts = finds().take(grid(("证件", "备注"), (ID, f"身份证{ID}"), (ID, "无")))
    assert counts == [{"resident_id": 2}, {"text:resident_id": 1}]
    assert mask & 1


def test_masked_cells_are_counted_apart() -> None:
    _, counts = finds().take(grid(("证件",), (ID,), ("440301********0019",)))
    assert counts == [{"resident_id": 1, "masked:resident_id": 1}]


def test_rows_are_those_of_all_tables() -> None:
    tables = finds()
    tables.take(grid(("a",), ("1",), ("2",), name="one"))
    tables.take(grid(("a",), ("3",), name="one", first_row=4))
    tables.take(grid(("a",), ("1",), name="two", total_rows=500))
    assert tables.rows == 503


def test_without_a_verdict_what_is_sure_is_counted_and_what_is_weak_is_not() -> None:
    tables = finds()
    tables.take(grid(("", "b"), (ID, "E12345678")))
    assert [(found.kind, found.count) for found, _ in tables.finds([])] == [("resident_id", 1)]


def test_an_empty_table_is_nothing() -> None:
    tables = finds()
    assert tables.take(Grid(name="t", header=("a",), columns=((),))) == (0, [{}])
    assert list(tables.finds([])) == []


def test_a_tenth_of_the_numbers_of_a_column_is_a_phone_by_chance() -> None:
    meters = [
        f"{first}{n:010}" for n in range(3_801_234_561, 3_801_234_571) for first in range(1, 8)
    ]
    verdict = scanned(grid(("水表",), *((each,) for each in meters)))
    assert counts(verdict) == {}


def test_names_that_a_second_row_of_headings_announces_are_all_counted() -> None:
    people = ("王秀英", "李明", "周文涛", "赵铁柱", "吴桂芝", "孙丽娟", "陈建国", "刘桂兰")
    rows = (("姓名", "证号"), ("王秀英 性别男，联系人：李明", ""), *((one, ID) for one in people))
    assert counts(scanned(grid(("基本信息", ""), *rows)))["name"] == 8
