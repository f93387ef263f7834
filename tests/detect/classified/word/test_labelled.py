"""Values that a list knows, behind their labels."""

import pytest

from tests.detect.classified.reading import found


def _values(text: str) -> dict[str, str]:
    kinds = {"religion", "criminal", "credit", "special_status", "medical", "birth_date", "sex",
             "ethnicity", "education"}  # fmt: skip
    return {each.kind: each.value for each in found(text) if each.kind in kinds}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("宗教信仰：佛教", {"religion": "佛教"}),
        ("性别：男　民族：汉族　出生日期：1990-03-07",
         {"sex": "男", "ethnicity": "汉族", "birth_date": "1990-03-07"}),
        ("临床诊断：2型糖尿病", {"medical": "2型糖尿病"}),
        ("前科情况：因盗窃罪被判处有期徒刑", {"criminal": "因盗窃罪被判处有期徒刑"}),
        ("残疾等级：二级", {"special_status": "二级"}),
        ("征信情况：逾期2次", {"credit": "逾期2次"}),
        ('"sex": "male", "education": "本科"', {"sex": "male", "education": "本科"}),
    ],
)  # fmt: skip
def test_a_value_that_the_list_knows_is_found(text: str, wanted: dict[str, str]) -> None:
    assert _values(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "诊断：应当由具备资质的机构作出",
        "宗教信仰自由受法律保护",
        "性别：不限",
        "征信：指依法采集信息的活动",
    ],
)
def test_sentences_behind_a_label_are_none(text: str) -> None:
    assert _values(text) == {}
