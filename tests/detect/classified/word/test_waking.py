"""What recognisers of words find, the prefilter wakes."""

import random

import pytest

from corpus.labelled import positives
from detect.classified.normal import folded
from detect.classified.prefilter import Prefilter, wakes_of
from detect.classified.word.catalogue import WORD_RECOGNISERS

_FILTERS = (Prefilter(wakes_of(WORD_RECOGNISERS)), Prefilter(wakes_of(WORD_RECOGNISERS), pure=True))
_PIECES = (
    "姓名", "申请人", "name", "地址", "住址", "诊断", "主诉", "现病史", "既往史", "宗教信仰",
    "性别", "出生日期", "：", ":", " ",
    "　", "，", ",", "（", "）", "=", "|", "→", "【", "】", "\n", "\t", "是", "王秀英", "李明",
    "周**", "迪丽·艾山", "佛教", "男",
    "1990-03-07", "肺炎", "广东省", "深圳市", "南山区", "某某路5号", "花园3栋501", "十二号",
    "440301199003070019", "有限公司",
    "江城诚和物流", "13800138000", "的", "办理", '"', "'", "盗窃罪", "逾期2次", "二级", "本科",
    "、", ";", "。",
)  # fmt: skip


def _check(text: str) -> None:
    normal = folded(text)
    found = {1 << rule.group for rule in WORD_RECOGNISERS if next(rule.find(normal), None)}
    for prefilter in _FILTERS:
        mask = prefilter.awake(text.encode())
        assert all(mask & bit for bit in found), text


@pytest.mark.parametrize("kind", ["name", "address", "company"])
def test_every_form_of_the_corpus_wakes_its_group(kind: str) -> None:
    for sample in positives(kind, 600, seed="waking"):
        _check(sample.text)


def test_random_rows_of_labels_signs_and_values_wake_what_finds_something() -> None:
    dice = random.Random(7)  # noqa: S311 - seeded rows
    for _ in range(2000):
        _check("".join(dice.choices(_PIECES, k=dice.randint(3, 12))))


def test_clean_prose_wakes_nothing() -> None:
    text = (
        "第三条 县级以上人民政府应当建立健全工作制度。申请人应当提交书面申请。"
        "当事人、利害关系人有权陈述。负责人对结果负责，法定代表人变更的，应当办理登记。"
        "患者享有知情权。根据〔2026〕12号文件执行。"
    )
    assert all(prefilter.awake(text.encode()) == 0 for prefilter in _FILTERS)
