from playbooks.document.data import warning_data
from playbooks.document.data.saying import both
from tests.playbooks.document import case
from tests.playbooks.document.case import PLAN


def test_colour_issuer_and_time_stand_among_the_fields_of_the_plan() -> None:
    fields = warning_data(PLAN, case.warning())["fields"]
    assert isinstance(fields, list)
    said = {each["label"]["zh"]: each["value"]["zh"] for each in fields}
    order = [row.zh for row in PLAN.warning_fields]
    assert list(said) == [label for label in order if label in said]
    assert said["预警级别"] == "黄色预警"
    assert said["发布时间"] == "2026年3月2日9时00分"
    assert said["警示事项"] == "多地出现利用远程桌面的勒索软件攻击"


def test_a_type_of_the_plan_has_its_words_and_another_stands_as_written() -> None:
    row = case.warning()
    assert warning_data(PLAN, row)["category"] == both("网络攻击事件", "网络攻击事件")
    known = PLAN.sub_categories[0]
    row.category = known.name
    assert warning_data(PLAN, row)["category"] == both(known.zh, known.en)


def test_the_duties_are_those_of_the_colour() -> None:
    row = case.warning()
    yellow = warning_data(PLAN, row)["duties"]
    row.colour = "red"
    red = warning_data(PLAN, row)["duties"]
    assert isinstance(yellow, list)
    assert isinstance(red, list)
    assert [each["position"] for each in red] == list(range(1, len(PLAN.colour_duties("red")) + 1))
    assert len(red) > len(yellow)


def test_it_is_dated_by_what_happened_last() -> None:
    assert warning_data(PLAN, case.warning())["on"] == "2026-03-02"
    assert warning_data(PLAN, case.warning(lifted=True))["on"] == "2026-03-05"


def test_the_city_s_own_office_has_its_english_name_and_others_keep_theirs() -> None:
    row = case.warning()
    assert warning_data(PLAN, row)["office"] == both(PLAN.city.office_zh, PLAN.city.office_en)
    row.issuer = "示例区网信办"
    assert warning_data(PLAN, row)["office"] == both("示例区网信办", "示例区网信办")
