import pytest

from sensors.refusal import REFUSALS
from soc_api.web.term import DETECTORS, LOSSES, Names, named
from soc_api.web.text import Text
from tests.soc_api.web.city import plan


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(plan())


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert named(DETECTORS, "new_detector") == Text("new_detector", "new_detector")


def test_the_plan_names_facts_types_and_values(names: Names) -> None:
    assert names.fact("loss_rmb").zh == "直接经济损失"
    assert names.unit("loss_rmb") == "rmb"
    assert names.value("operator", "cii").en == "CII operator"
    assert names.kind("upload").zh == "数据外传"
    assert names.type("data_security/data_theft").zh == "数据安全事件 / 数据窃取"


def test_what_the_plan_does_not_name_is_shown_by_its_key(names: Names) -> None:
    assert names.fact("x").zh == names.type("x").zh == names.value("x", "x").zh == "x"
    assert names.clause("某办法 4") == Text("某办法 4", "某办法 4")


def test_a_clause_is_told_in_english_by_its_instrument(names: Names) -> None:
    zh = "《国家网络安全事件报告管理办法》（2025）4"
    en = "National Cybersecurity Incident Reporting Measures (2025) 4"
    assert names.clause(zh) == Text(zh, en)


def test_the_facts_of_an_incident_are_the_keys_of_a_facts_file(names: Names) -> None:
    assert "outage_minutes.cii_whole" in names.facts()
    assert not [key for key in names.facts() if " " in key or key == "rest"]


def test_every_refusal_of_the_sensor_has_a_name() -> None:

    assert {name for name, _ in REFUSALS} <= LOSSES.keys()
