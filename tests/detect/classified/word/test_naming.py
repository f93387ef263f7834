"""Whether a word can be the name of a person."""

import pytest

from detect.classified.word.naming import (
    Fit,
    is_common_name,
    is_masked_name,
    name_fit,
    without_title,
)


@pytest.mark.parametrize("word", ["王秀英", "欧阳修", "李明", "司马光", "完颜洪烈", "谭颖"])
def test_a_common_surname_and_a_given_name_are_certain(word: str) -> None:
    assert name_fit(word) is Fit.CERTAIN
    assert is_common_name(word)


@pytest.mark.parametrize("word", ["买买提·艾力", "阿依古丽", "扎西次仁", "Zhang Wei", "陈方安生"])
def test_names_of_other_forms_are_possible_where_a_label_says_so(word: str) -> None:
    assert name_fit(word) is Fit.POSSIBLE


@pytest.mark.parametrize(
    "word",
    [
        "黄金",
        "深圳市",
        "高中",
        "安全员",
        "财务部",
        "方案",
        "路由器",
        "王",
        "1234",
        "",
        "不详",
        "一心一意",
    ],
)
def test_words_that_begin_like_names_are_none(word: str) -> None:
    assert name_fit(word) < Fit.LIKELY


def test_a_rare_surname_needs_more_than_itself() -> None:
    assert name_fit("仇英") >= Fit.LIKELY
    assert not is_common_name("仇英")


@pytest.mark.parametrize("word", ["王*", "欧阳**", "李某", "张*明", "*三", "赵●●"])
def test_a_name_with_hidden_parts_is_masked(word: str) -> None:
    assert is_masked_name(word)
    assert not is_masked_name(word.replace("*", "建").replace("某", "建").replace("●", "建"))


def test_the_form_of_address_is_cut_off() -> None:
    assert without_title("王秀英同志") == "王秀英"
    assert without_title("李明") == "李明"
    assert without_title("老师") == "老师"


def test_a_word_of_the_language_is_a_name_only_where_a_label_says_so() -> None:
    assert name_fit("方面") is Fit.POSSIBLE
    assert name_fit("高兴") is Fit.POSSIBLE
    assert not is_common_name("曾经")
