import pytest

from detect.classified.finds.form import Form, is_form
from situation.content.piece import Grid
from situation.content.place import Place
from tests.detect.classified.scanning import counts, grid, scanned

ID = "440301199003070019"
FORM = grid(
    ("姓名", "王秀英", "性别", "女"),
    ("身份证号", ID, "护照号", "E12345678"),
    ("手机", "13800138000", "民族", "汉族"),
)
PEOPLE = tuple((name, ID, "教师") for name in ("王秀英", "李明", "周文涛"))


def test_labels_beside_their_values_make_a_form() -> None:
    assert is_form(FORM)
    assert is_form(grid(("姓名", "王秀英"), ("护照号", "E12345678"), ("手机", "13800138000")))


@pytest.mark.parametrize(
    "table",
    [
        grid(("姓名", "身份证号", "职业"), *PEOPLE),
        grid(("人员", "", ""), ("姓名", "身份证号", "手机"), *PEOPLE),
        grid(("职业", "岗位"), ("教师", "医生"), ("学生", "护士"), ("教师", "教师")),
        grid(("姓名", "身份证号"), ("王秀英", ID), total_rows=900),
        grid(
            ("单位", "代码", "办理人"),
            *(
                (f"云州{word}有限公司", f"{ID}{word}", "王秀英")
                for word in ("恒信", "蓝海", "安泰")
            ),
        ),
        Grid(name="t", header=("姓名", "手机"), columns=((), ())),
    ],
)
def test_tables_are_none(table: Grid) -> None:
    assert not is_form(table)


def test_what_stands_beside_a_label_is_found() -> None:
    found = counts(scanned(FORM))
    assert {"name", "resident_id", "passport", "mobile", "sex", "ethnicity"} <= found.keys()
    assert found["name"] == found["passport"] == 1


def test_a_place_is_that_of_the_cell() -> None:
    form = Form(FORM)
    assert form.place(form.text.index("E12345678") + 3) == Place(row=2, column="D")
    assert form.place(form.text.index("王秀英")) == Place(row=1, column="B")
