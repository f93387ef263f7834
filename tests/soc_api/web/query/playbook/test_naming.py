import pytest

from playbooks.cacao.playbook import Clause, TriggerRow
from playbooks.execution.course.walk import WORDS
from playbooks.execution.machine import RUN, STEP
from playbooks.execution.trigger import KINDS
from soc_api.web import word
from soc_api.web.query.playbook.naming import LOG, STARTS, clause_text, trigger_text
from soc_api.web.term import Names
from tests.soc_api.web.city import plan


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(plan())


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        (
            TriggerRow(on="grade", level=2),
            "事件定为 Ⅱ 级或更高",
            "an incident is graded Ⅱ or graver",
        ),
        (
            TriggerRow(on="detector", values=("upload", "beacon"), level=3),
            "检测到外传量、信标，Ⅲ 级及以上",
            "detected: Upload volume, Beacon, grade Ⅲ or graver",
        ),
        (
            TriggerRow(on="detector", values=("port_scan",), once="day"),
            "检测到端口扫描，每天一次",
            "detected: Port scan, once a day",
        ),
        (TriggerRow(on="warning", values=("red",)), "发布红色预警", "a warning is issued: red"),
        (TriggerRow(on="warning"), "发布任一预警", "a warning is issued: any"),
        (
            TriggerRow(on="clock", values=("T-CITY",), minutes=30),
            "时限只剩 30 分钟：市内报告",
            "30 min left on: City report",
        ),
        (TriggerRow(on="period"), "重点保障时期开始", "a period of heightened duty begins"),
        (TriggerRow(on="moon"), "moon", "moon"),
    ],
)
def test_what_starts_a_playbook_is_said_in_words(
    names: Names, row: TriggerRow, zh: str, en: str
) -> None:
    assert trigger_text(names, row) == (zh, en)


def test_a_clause_bears_the_name_of_its_instrument() -> None:
    known = clause_text(plan(), Clause("national_plan_2017", "4.1"))
    assert known.zh == "《国家网络安全事件应急预案》（2017） 4.1"
    assert clause_text(plan(), Clause("none", "1")).en == "none 1"
    assert clause_text(plan(), None).zh == ""


def test_every_state_act_and_trigger_has_its_words(names: Names) -> None:
    assert set(WORDS.values()) <= LOG.keys()
    assert set(KINDS) <= STARTS.keys()
    assert all(trigger_text(names, TriggerRow(on=kind)).zh != kind for kind in KINDS)
    assert {f"step_state_{state}" for state in STEP.states} <= word.WORDS.keys()
    assert {f"run_state_{state}" for state in RUN.states} <= word.WORDS.keys()
