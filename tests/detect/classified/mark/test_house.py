"""Wording for the house."""

import pytest

from detect.classified.normal import folded
from tests.detect.classified.mark.pages import PROSE, paragraphs, plain


@pytest.mark.parametrize(
    "line",
    [
        "内部资料 注意保存",
        "【内部资料，严禁外传】",
        "仅供内部参考",
        "此件不公开",
        "（阅后收回）",
        "工作秘密",
    ],
)
def test_wording_alone_on_its_line_is_told(line: str) -> None:
    for marks in (paragraphs((*PROSE, line)), plain((*PROSE, line))):
        assert [mark.classed for mark in marks] == ["work_secret"]
        assert marks[0].text in folded(line)


@pytest.mark.parametrize(
    "line",
    [
        "各单位应当加强内部资料的管理，建立健全借阅登记制度并定期检查。",
        "未经许可不得外传本系统中的任何数据，违者依照有关规定处理。",
        "国家秘密载体使用后收回，由保密工作机构统一保管。",
    ],
)
def test_wording_in_a_sentence_is_not(line: str) -> None:
    assert not paragraphs((*PROSE, line))
    assert not plain((*PROSE, line))
