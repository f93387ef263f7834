"""What techniques point to and what alerts prove."""

import pytest

from playbooks.plan import load_plan
from soc_api.web.term import TECHNIQUES

PLAN = load_plan()


@pytest.mark.parametrize("technique", sorted(TECHNIQUES))
def test_every_technique_that_the_desk_names_has_a_type(technique: str) -> None:
    row = PLAN.technique(technique)
    assert row is not None
    category, sub = PLAN.sub_category(row.sub_category)
    assert f"{category.key}/{sub.key}" == row.sub_category


TYPES = [
    ("T1486", "malicious_program/ransomware"),
    ("T1110.003", "network_attack/credential_attack"),
    ("T1499", "network_attack/denial_of_service"),
    ("T1048.003", "data_security/data_theft"),
    ("T1491.001", "network_attack/web_defacement"),
    ("T1505.003", "network_attack/backdoor_implant"),
]


@pytest.mark.parametrize(("technique", "name"), TYPES)
def test_a_technique_points_to_its_type(technique: str, name: str) -> None:
    row = PLAN.technique(technique)
    assert row is not None
    assert row.sub_category == name


def test_a_technique_that_nobody_listed_points_to_nothing() -> None:
    assert PLAN.technique("T9999") is None
    assert PLAN.technique("") is None


OUTAGES = [
    (("server_errors", ""), "portal", False, "outage_minutes.portal_city_up"),
    (("log_silence", ""), "portal", False, "outage_minutes.portal_city_up"),
    (("server_errors", ""), "portal", True, "outage_minutes.cii_main_function"),
    (("server_errors", ""), "district_portal", False, "outage_minutes.portal_other"),
    (("server_errors", ""), "database", False, None),
    (("scan", "T1046"), "portal", False, None),
    (("page_changed", "T1491.002"), "web", False, "deface.other_minutes"),
]


@pytest.mark.parametrize(("names", "role", "cii", "fact"), OUTAGES)
def test_an_alert_tells_of_an_outage_by_role_and_importance(
    *, names: tuple[str, str], role: str, cii: bool, fact: str | None
) -> None:
    assert PLAN.outage_fact(*names, role, cii=cii) == fact


def test_no_alert_concludes_a_whole_outage_of_cii() -> None:
    assert "outage_minutes.cii_whole" not in {row.fact for row in PLAN.outage_rules}
