import pytest

from situation.state.tables import Incident
from soc_api.web.query.incident.grade import (
    clauses_of,
    fact_source,
    fact_state,
    facts_of,
    grade_reasons,
    tellers_of,
)
from soc_api.web.text import Text
from tests.soc_api.web.city import plan

ROW = Incident(
    id="SJ-1",
    level=3,
    facts={"loss_rmb": 5, "outage_minutes": {"portal_city_up": 12}, "ransomware": {}},
    fact_sources={
        "loss_rmb": {"state": "assumed", "by": "zhou", "zh": "zhou：电话", "en": "zhou: phone"},
        "outage_minutes": {"state": "proved", "zh": "拨测", "en": "probe"},
        "object_importance": {"state": "proved", "zh": "资产台账", "en": "assets"},
        "business_loss": {"state": "assumed", "zh": "由告警推定", "en": "from the alert"},
    },
    reasons=[
        {"level": 4, "metric": "loss_rmb", "value": 5},
        {
            "level": 3,
            "metric": "object_importance x business_loss",
            "value": "x",
            "value_zh": "重要",
        },
        "not a reason",
    ],
)


def test_a_fact_inside_another_has_the_source_of_the_whole() -> None:
    assert fact_state(ROW, "outage_minutes.portal_city_up") == "proved"
    assert fact_source(ROW, "outage_minutes.portal_city_up", {}) == Text("拨测", "probe")


def test_who_told_a_fact_is_shown_by_name() -> None:
    assert tellers_of(ROW) == {"zhou"}
    assert fact_source(ROW, "loss_rmb", {"zhou": "值班长 周"}).zh == "值班长 周：电话"


def test_a_fact_without_a_source_is_assumed_and_from_nowhere() -> None:
    assert fact_state(ROW, "share_city") == "assumed"
    assert fact_source(ROW, "share_city", {}) == Text("", "")


def test_a_ransom_of_which_nothing_is_known_is_a_fact() -> None:
    facts = {fact.key: fact.value for fact in facts_of(ROW, {})}
    assert facts == {"loss_rmb": 5, "outage_minutes.portal_city_up": 12, "ransomware": True}


def test_a_reason_of_two_facts_is_as_sure_as_the_less_sure_one() -> None:
    gravest, mildest = grade_reasons(ROW, {})
    assert (gravest.level, gravest.state, gravest.source.zh) == (3, "assumed", "由告警推定")
    assert gravest.words == Text("重要", "x")
    assert mildest.level == 4


@pytest.mark.parametrize(
    ("key", "clause"),
    [
        ("outage_minutes.cii_whole", "网络安全事件分级指南 2a"),
        ("business_loss", "GB/T 20986-2023 网络安全事件分类分级指南 6.2"),
    ],
)
def test_a_fact_names_the_clauses_that_it_counts_for(key: str, clause: str) -> None:
    assert clause in [each.zh for each in clauses_of(plan(), key)]


def test_a_fact_that_counts_for_nothing_has_no_clause() -> None:
    assert clauses_of(plan(), "outage_minutes.portal_other") == []
