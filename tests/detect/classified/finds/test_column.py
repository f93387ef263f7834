from detect.classified.finds.column import Pass, pass_over
from detect.classified.settling import ACCEPTED
from tests.detect.classified.reading import ruleset

ID = "440301199003070019"
CARD = "6222024000000000014"


def passed(header: str, *cells: str, named: str = "") -> Pass:
    return pass_over(ruleset(), header, cells, named)


def rows_of(found: Pass, kind: str) -> list[int]:
    return [row for fits in found.whole if fits.kind == kind for row in fits.rows]


def test_whole_cells_are_found_with_their_rows() -> None:
    found = passed("身份证号", ID, "", "无", "11010519491231002x", f" '{ID}", f"{ID}.0")
    assert rows_of(found, "resident_id") == [0, 3, 4, 5]
    assert {value for fits in found.whole for value in fits.values} == {ID, "11010519491231002X"}


def test_one_cell_is_of_one_kind() -> None:
    found = passed("", ID, CARD, "13800138000")
    assert (
        rows_of(found, "resident_id"),
        rows_of(found, "bank_card"),
        rows_of(found, "mobile"),
    ) == ([0], [1], [2])


def test_the_kind_that_the_heading_names_comes_first() -> None:
    both = "620102900307001"
    assert rows_of(passed("身份证号", both), "resident_id_15") == [0]
    assert rows_of(passed("护照号", "E12345678"), "passport") == [0]


def test_a_heading_wakes_what_has_no_shape_of_its_own() -> None:
    assert rows_of(passed("电话", "82101234", "82105678"), "landline") == [0, 1]
    assert passed("编码", "82101234").whole == []


def test_longer_cells_are_read_as_text_with_their_rows() -> None:
    found = passed("备注", "无", f"身份证{ID}，电话13800138000", "x" * 50, "联系人电话13900139000")
    assert [(row, each.kind) for row, each in found.within] == [
        (1, "resident_id"), (1, "mobile"), (3, "mobile"),
    ]  # fmt: skip


def test_no_cell_is_the_label_of_the_next() -> None:
    found = passed("备注", "护照号", "E12345678 已收", "其他")
    assert found.within == []


def test_the_kind_that_a_heading_makes_of_every_cell_is_not_looked_for_again() -> None:
    cells = ("姓名：张三", "姓名：李四")
    assert {each.kind for _, each in passed("姓名", *cells).within} == {"name"}
    assert passed("姓名", *cells, named="name").within == []


def test_cells_with_line_ends_keep_their_rows() -> None:
    found = passed("备注", "第一行\n第二行", f"说明如下\n{ID}", ID)
    assert rows_of(found, "resident_id") == [2]
    assert [row for row, _ in found.within] == [1]


def test_full_width_cells_are_folded() -> None:
    assert rows_of(passed("", "４４０３０１１９９００３０７００１９"), "resident_id") == [0]
    assert rows_of(
        passed("", "a\u200b\nb", "４４０３０１１９９００３０７００１９"), "resident_id"
    ) == [1]


def test_what_fails_its_checksum_alone_is_counted_as_near() -> None:
    found = passed("", *(f"{ID[:-1]}{last}" for last in "0123456789X"))
    assert found.near["resident_id"] == 10
    assert rows_of(found, "resident_id") == [9]


def test_nothing_awake_costs_nothing() -> None:
    assert passed("说明", "一", "二") == Pass(0)


def test_weak_shapes_are_kept_for_the_verdict_of_the_column() -> None:
    found = passed("", "E12345678", "E87654321")
    assert rows_of(found, "passport") == [0, 1]
    assert all(fits.confidence < ACCEPTED for fits in found.whole)
