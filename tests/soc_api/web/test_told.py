import pytest

from playbooks.cacao.form import compile_form
from playbooks.cacao.reading import read_playbook
from playbooks.execution.course import performing, sweeping
from playbooks.execution.readiness import faults_of
from situation.faults import Malformed
from soc_api.web.told import SENTENCES, marked, told
from tests.soc_api.web.city import plan
from tests.soc_api.web.playbook_world import DRAFT, form_of, playbook


@pytest.mark.parametrize(
    ("said", "zh"),
    [
        ("nobody agreed in time", "超时无人批准"),
        ("边界封禁: its time ran out", "边界封禁：已到时限"),
        ("turns more than 24 times", "循环超过 24 次"),
        ("the helper cannot be reached: connection refused", "防火墙代理不在：连接被拒绝"),
        (
            "http://203.0.113.9/health: does not answer: timed out",
            "http://203.0.113.9/health：没有应答：超时",
        ),
        (
            "feeds.cert /srv/cert.csv line 3: the head line lacks value",
            "feeds.cert /srv/cert.csv 第 3 行：表头缺 value",
        ),
        ("feeds.cert cannot be read: no such file", "feeds.cert 无法读取：没有这个文件"),
        (
            "form: line 9: Field required; line 12: there is no such step",
            "表单：第 9 行：必须填写；第 12 行：没有这个步骤",
        ),
        ("variable hours: 'x' is no integer", "变量 hours：“x”不是 integer"),
        ("with.hours: Input should be a valid integer, unable to parse", "with.hours：须是整数"),
    ],
)
def test_a_sentence_is_told_whole_in_chinese(said: str, zh: str) -> None:
    text = told(said)
    assert text.en == said
    assert text.zh == zh


@pytest.mark.parametrize(
    "said",
    [
        "the moon is away",
        "variable hours: the moon is away",
        "its time ran out; the moon is away",
        "the firewall helper is away: the moon is away",
        "",
    ],
)
def test_what_no_row_knows_stays_whole_as_it_is(said: str) -> None:
    assert told(said).zh == said


def test_the_reasons_of_the_engine_have_a_row() -> None:
    for said in (performing.LATE, performing.OVER, sweeping.GONE):
        assert told(said).zh != said


def test_what_stands_against_a_draft_is_told_in_chinese() -> None:
    faults = faults_of(playbook(DRAFT), actions={}, plan=plan(), knows=lambda _: True)
    assert [told(fault).zh for fault in faults if "no_such_action" in fault]
    for fault in faults:
        assert told(fault).zh != fault


def test_what_a_form_lacks_is_told_in_chinese() -> None:
    with pytest.raises(Malformed) as caught:
        read_playbook(compile_form(form_of(DRAFT).replace("types: [investigation]\n", "")))
    assert told(str(caught.value)).zh != str(caught.value)


def test_english_on_a_chinese_page_is_marked_and_escaped() -> None:
    said = "the moon <is> away"
    assert str(marked(said, "zh")) == '<span lang="en">the moon &lt;is&gt; away</span>'
    assert marked(said, "en") == said
    assert marked("处置点 A 没有应答", "zh") == "处置点 A 没有应答"
    assert marked("R-2026-0318-11", "zh") == "R-2026-0318-11"


def test_the_part_that_is_english_is_marked_behind_a_chinese_name() -> None:
    said = str(marked("边界封禁: the moon is away", "zh"))
    assert said == '边界封禁：<span lang="en">the moon is away</span>'


def test_no_sentence_stands_twice() -> None:
    patterns = [pattern.pattern for pattern, _ in SENTENCES]
    assert len(set(patterns)) == len(patterns)
