"""Facts that alerts tell: outages, persons, harm, types; and what a person's word is worth."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.evidence import (
    OUTAGE_GAP,
    Told,
    facts_told,
    is_listed,
    kind_of,
    merged,
)
from playbooks.facts import SCALES, flat, nested, parse_facts
from playbooks.grading import grade
from playbooks.plan import load_plan
from playbooks.plan.desk import OutageRule
from situation.state.tables import Alert
from tests.playbooks.intrusion import FRONT_END, MINUTE, T0, alert

PLAN = load_plan()
CII_OUTAGE = "outage_minutes.cii_main_function"


def lasting(category: str, minute: float, minutes: float, **more: object) -> Alert:
    start = T0 + minute * MINUTE
    return alert(category, minute, last_seen=start + minutes * MINUTE, **more)


def told(*alerts: Alert) -> dict[str, Told]:
    return facts_told(PLAN, alerts, None)


def values(*alerts: Alert) -> dict[str, object]:
    return {key: fact.value for key, fact in told(*alerts).items()}


def test_server_errors_of_critical_infrastructure_tell_minutes_to_be_confirmed() -> None:
    fact = told(lasting("server_errors", 0, 40.9))[CII_OUTAGE]
    assert (fact.value, fact.state) == (40, "assumed")
    assert "待核实" in fact.zh
    assert "40 min" in fact.en


def test_alerts_of_one_outage_are_counted_together_and_those_of_two_are_not() -> None:
    first = lasting("server_errors", 0, 20)
    second = lasting("server_errors", 25, 20)
    later = lasting("server_errors", 45 + OUTAGE_GAP / MINUTE + 1, 30)
    assert values(first, second)[CII_OUTAGE] == 45
    assert values(first, second, later)[CII_OUTAGE] == 45
    assert values(first, later)[CII_OUTAGE] == 30


def test_logs_that_fell_silent_prove_no_outage_of_critical_infrastructure() -> None:
    assert CII_OUTAGE not in values(lasting("log_silence", 0, 130))


def test_outages_of_two_hosts_are_not_added_up() -> None:
    one = lasting("server_errors", 0, 20)
    other = lasting("server_errors", 15, 30, host_ip="10.20.2.11")
    other.cii = True
    assert values(one, other)[CII_OUTAGE] == 30


def test_a_portal_of_the_city_has_its_own_minutes() -> None:
    portal = lasting("server_errors", 0, 130, host_ip="10.20.2.11")
    portal.role = "portal"
    assert values(portal)["outage_minutes.portal_city_up"] == 130


def test_what_proves_no_outage_tells_none() -> None:
    files = lasting("server_errors", 0, 130, host_ip="10.20.2.11")
    for each in (files, lasting("beacon", 0, 130), lasting("server_errors", 0, 0.5)):
        assert not [key for key in values(each) if key.startswith("outage")]


def test_the_minutes_of_a_defaced_page_count_as_those_of_another_than_the_home_page() -> None:
    page = lasting("page_changed", 0, 125, technique="T1491.002")
    told_of = facts_told(PLAN, [page], None)
    assert (told_of["deface.other_minutes"].value, told_of["deface.other_minutes"].state) == (
        125,
        "assumed",
    )
    assert grade(PLAN, parse_facts(nested({k: f.value for k, f in told_of.items()}))).level == 3


def test_a_city_may_say_that_the_page_is_its_home_page() -> None:
    like = PLAN.outage_rules[0]
    rule = OutageRule(
        **like.model_dump()
        | {"detector": "page_changed", "roles": (), "cii": None, "fact": "deface.home_minutes"}
    )
    plan = PLAN.model_copy(update={"outage_rules": (rule, *PLAN.outage_rules)})
    page = lasting("page_changed", 0, 45, technique="T1491")
    assert facts_told(plan, [page], None)["deface.home_minutes"].value == 45


def test_data_encrypted_for_ransom_start_with_a_severe_loss_to_be_confirmed() -> None:
    grave = alert("lockdown", 0, severity=4, technique="T1486")
    mild = alert("lockdown", 0, severity=2, technique="T1486")
    loss = told(grave)["business_loss"]
    assert (loss.value, loss.state) == ("severe", "assumed")
    assert "business_loss" not in values(mild)


def test_persons_that_a_detector_counted_are_persons_leaked_to_be_confirmed() -> None:
    few = alert("upload", 0, indicators={"persons": "40"})
    many = alert("upload", 1, indicators={"persons": "1200000", "sensitive_persons": 9})
    fact = told(few, many)["persons_leaked"]
    assert (fact.value, fact.state) == (1_200_000, "assumed")
    assert values(few, many)["sensitive_persons_leaked"] == 9
    assert "persons_leaked" not in values(alert("upload", 2, indicators={"persons": "many"}))


@pytest.mark.parametrize(
    ("technique", "name"),
    [
        ("T1486", "malicious_program/ransomware"),
        ("T1110.003", "network_attack/credential_attack"),
        ("T1046", "network_attack/network_scanning"),
    ],
)
def test_the_technique_names_a_kind_that_no_detector_row_names(technique: str, name: str) -> None:
    strange = alert("strange", 0, technique=technique)
    assert kind_of(PLAN, strange).sub_category == name
    assert is_listed(PLAN, strange)


def test_the_kind_of_alert_goes_before_its_technique() -> None:
    known = alert("upload", 0, technique="T1486")
    assert kind_of(PLAN, known) == PLAN.detector("upload")


def test_what_neither_kind_nor_technique_names_is_other_and_not_listed() -> None:
    strange = alert("strange", 0, technique="T9999")
    assert kind_of(PLAN, strange).key == "other"
    assert not is_listed(PLAN, strange)


def test_only_hosts_that_came_to_harm_count_for_the_object() -> None:
    scanned = alert("scan", 0, host_ip=FRONT_END)
    harmed = alert("beacon", 1, host_ip="10.20.2.11")
    facts = values(scanned, harmed)
    assert (facts["operator"], facts["object_importance"]) == ("other", "important")


def test_a_number_and_a_step_never_go_down_by_evidence() -> None:
    facts, sources = merged({}, {}, {CII_OUTAGE: Told(40, "assumed", "甲", "a")})
    facts, sources = merged(facts, sources, {CII_OUTAGE: Told(30, "assumed", "乙", "b")})
    assert facts == {"outage_minutes": {"cii_main_function": 40}}
    assert sources[CII_OUTAGE] == Told(40, "assumed", "甲", "a").source()
    facts, _ = merged(facts, sources, {CII_OUTAGE: Told(50, "assumed", "丙", "c")})
    assert flat(facts)[CII_OUTAGE] == 50


def test_the_word_of_a_person_stands_against_evidence_even_that_it_is_not_known() -> None:
    entered = {CII_OUTAGE: {"state": "proved", "origin": "person"}}
    facts = {"outage_minutes": {"cii_main_function": 5}}
    for held in (facts, {}):
        after, sources = merged(held, entered, {CII_OUTAGE: Told(90, "assumed", "甲", "a")})
        assert (after, sources) == (held, entered)


PATHS = st.dictionaries(
    st.sampled_from([CII_OUTAGE, "outage_minutes.portal_other", "deface.views", "loss_rmb"]),
    st.integers(min_value=0, max_value=10**9),
)


@given(PATHS, st.sampled_from([None, {}, {"amount": "3"}]))
def test_facts_by_path_are_facts_again(
    paths: dict[str, int], ransom: dict[str, object] | None
) -> None:
    document = nested(paths) | ({} if ransom is None else {"ransomware": ransom})
    assert nested(flat(document)) == document
    assert parse_facts(document) == parse_facts(nested(flat(document)))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["server_errors", "log_silence", "beacon", "upload", "scan"]),
            st.integers(min_value=0, max_value=300),
            st.integers(min_value=0, max_value=60),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda row: row[:2],
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_alerts_is_irrelevant_and_more_alerts_never_tell_less(
    rows: list[tuple[str, int, int]], chance: random.Random
) -> None:
    alerts = [lasting(*row) for row in rows]
    shuffled = alerts[:]
    chance.shuffle(shuffled)
    assert values(*shuffled) == values(*alerts)
    fewer, more = values(*alerts[:-1]) if alerts[:-1] else {}, values(*alerts)
    numbers = [key for key in fewer if key.startswith("outage")]
    assert all(int(str(more[key])) >= int(str(fewer[key])) for key in numbers)
    if "business_loss" in fewer:
        scale = SCALES["business_loss"]
        losses = [scale.index(str(facts["business_loss"])) for facts in (fewer, more)]
        assert losses == sorted(losses)
