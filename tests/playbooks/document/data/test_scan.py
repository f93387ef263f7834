from playbooks.document.data import scan_data
from playbooks.document.data.saying import both
from tests.playbooks.document import case
from tests.playbooks.document.case import PLAN


def rows(name: str, **changes: object) -> list[dict[str, object]]:
    found = scan_data(PLAN, case.scan_figures(**changes))[name]
    assert isinstance(found, list)
    return found


def test_the_report_names_whose_it_is_and_the_highest_grade() -> None:
    data = scan_data(PLAN, case.scan_figures())
    assert data["title"] == both(
        "全市数据分类分级扫描报告", "Report on the scan of classified data: the city"
    )
    assert data["grade"] == both("重要数据", "important")
    one = scan_data(PLAN, case.scan_figures(department="示例市人社局", departments=()))
    assert str(one["title"]).count("示例市人社局") == 2
    assert one["grade"] == both("未定级", "not graded")


def test_a_department_shows_its_grades_the_gravest_first() -> None:
    first, second = rows("departments")
    assert first["grades"] == both(
        "重要数据 1、一般4级 120、一般2级 900", "important 1, general 4 120, general 2 900"
    )
    assert (second["open"], second["overdue"]) == (1, 0)


def test_a_finding_shows_kind_number_and_place_and_no_value() -> None:
    (row,) = rows("worst")
    assert row["path"] == "人社共享\npub/2026/名单.xlsx"
    assert row["kinds"] == both("居民身份证号、姓名", "resident identity number, name of a person")
    assert (row["persons"], row["due"]) == (1180, "2026-03-09")
    assert row["state"] == both("复扫退回", "given back")


def test_figures_are_added_up_over_departments() -> None:
    said = {str(each["label"]): each["value"] for each in rows("fields")}
    assert said[str(both("在册资源", "resources known"))] == both("1,331", "1,331")
    assert said[str(both("未整改发现", "findings not put right"))] == both("13", "13")


def test_marks_of_secrecy_are_counted_and_left_away_where_there_are_none() -> None:
    assert scan_data(PLAN, case.scan_figures())["marks"] == "2"
    assert scan_data(PLAN, case.scan_figures(marks=0))["marks"] == ""
