"""Names of people in text."""

import pytest

from detect.classified.normal import folded
from detect.classified.word.name import NameRecogniser
from tests.detect.classified.reading import found

_FINDER = NameRecogniser()


def _names(text: str) -> list[str]:
    return [each.value for each in found(text) if each.kind == "name"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("姓名：王秀英，性别：女", ["王秀英"]),
        ("姓　　名：李明", ["李明"]),
        ("姓名 李明 部门 信息科", ["李明"]),
        ("姓名王秀英性别女民族汉", ["王秀英"]),
        ("联系人：周文涛先生 ", ["周文涛"]),
        ("申请人：王秀英、李明、周文涛", ["王秀英", "李明", "周文涛"]),
        ("被告人赵铁柱，男，1990年3月7日出生，汉族，农民。", ["赵铁柱"]),
        ("吴桂芝 440301199003070019", ["吴桂芝"]),
        ("12,吴桂芝,440301199003070019,正常", ["吴桂芝"]),
        ('{"userName": "王秀英", "age": 30}', ["王秀英"]),
        ("**承租人**：王秀英", ["王秀英"]),
        ("FN:王秀英\nTEL:1", ["王秀英"]),
        ("cn: 王秀英\nsn: 王", ["王秀英"]),
        ("│ 承租人 │ 王秀英 │ 性别 │", ["王秀英"]),
        ("接诊医生【王秀英】", ["王秀英"]),
        ("姓名：王 英\n", ["王 英"]),
        ("khxm=周文涛&id=3", ["周文涛"]),
        ("contact: John Smith", ["John Smith"]),
        ("<姓名>王秀英</姓名>", ["王秀英"]),
        ("<td>姓名</td><td>王秀英</td>", ["王秀英"]),
        ("【负责人】周文涛", ["周文涛"]),
        ("户主是李明\n审核意见：同意", ["李明"]),
        ("法定代表人（或负责人）：迪丽·艾山", ["迪丽·艾山"]),
        ("| 姓名 | 周文涛 |", ["周文涛"]),
        ("联系人:\n周文涛", ["周文涛"]),
    ],
)
def test_a_name_is_found_behind_its_sign(text: str, names: list[str]) -> None:
    assert _names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "应当载明当事人的姓名或者名称、住所。",
        "姓名、性别、年龄等个人信息。",
        "联系人：黄金路管理处",
        "申请人：南山区某某科技有限公司",
        "负责人：由市政府指定",
        "经办人：见附件",
        "申请人应当自收到通知之日起十日内补正。",
        "申请人、被申请人、第三人均可以委托代理人。",
        "product_name: 黄金",
        "hostname=nginx",
        "签字：盖章有效",
        "收件人：高新技术产业园",
        "学生、家长、教师应当遵守本规定。",
        "患者，应当及时就诊。",
        "承租人（房东）应当办理登记。",
        "学生是国家的未来，单位是社会的细胞。",
    ],
)
def test_words_behind_a_label_are_no_names(text: str) -> None:
    assert _names(text) == []


def test_a_name_in_running_text_is_not_looked_for() -> None:
    assert _names("昨天下午，周文涛来到南山区参加会议，李明也在。") == []


def test_a_masked_name_is_told_as_masked() -> None:
    (one,) = [each for each in found("姓名：周**，已核实") if each.kind == "name"]
    assert one.masked


def test_a_cell_that_is_a_name_fits_and_its_value_is_not_shown() -> None:
    fit = _FINDER.fits("周文涛")
    assert fit is not None
    assert "周文涛" not in repr(fit)
    assert _FINDER.fits("信息中心") is None


def test_a_name_in_full_width_signs_is_found() -> None:
    assert [one.value for one in _FINDER.find(folded("姓名　：　王秀英　性别"))] == ["王秀英"]
