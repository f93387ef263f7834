"""The facts file: every key, range and refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.facts import parse_facts
from situation.faults import Malformed

REFUSED: list[tuple[object, str, str]] = [
    ({"people": 3}, "people", "unknown key"),
    ({"outage_minutes": {"cii": 3}}, "outage_minutes.cii", "unknown key"),
    ({"deface": {"homepage": 3}}, "deface.homepage", "unknown key"),
    ({"outage_minutes": {"cii_whole": -0.5}}, "outage_minutes.cii_whole", "at least 0"),
    ({"outage_minutes": 9}, "outage_minutes", "must be an object"),
    ({"share_city": 1.01}, "share_city", "at most 1"),
    ({"share_province": float("nan")}, "share_province", "finite"),
    ({"loss_rmb": json.loads("1e999")}, "loss_rmb", "finite"),
    ({"loss_rmb": 10**400}, "loss_rmb", "must be a number"),
    ({"loss_rmb": "5000000"}, "loss_rmb", "must be a number"),
    ({"loss_rmb": True}, "loss_rmb", "must be a number"),
    ({"persons_leaked": 1.5}, "persons_leaked", "whole number"),
    ({"operator": "bank"}, "operator", "'cii', 'central_organ' or 'other'"),
    ({"social_harm": "severe"}, "social_harm", "especially_major"),
    ({"exercise": 1}, "exercise", "true or false"),
    ({"ransomware": "yes"}, "ransomware", "must be an object"),
    ({"ransomware": {"amount": [1]}}, "ransomware.amount", "must be text"),
    ([], "facts", "must be an object of facts"),
    (None, "facts", "must be an object of facts"),
]


@pytest.mark.parametrize(("document", "where", "reason"), REFUSED)
def test_a_faulty_fact_is_refused_with_its_place_and_reason(
    document: object, where: str, reason: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        parse_facts(document)
    assert refusal.value.where == where
    assert reason in refusal.value.reason


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Malformed) as refusal:
        parse_facts({"share_city": 2, "loss_rmb": -1, "colour": "red"})
    for name in ("share_city", "loss_rmb", "colour"):
        assert name in str(refusal.value)


def test_nothing_is_a_valid_set_of_facts() -> None:
    assert parse_facts({}).document() == {}


def test_null_means_not_known() -> None:
    document = {"loss_rmb": None, "operator": None, "outage_minutes": {"cii_whole": None}}
    assert parse_facts(document) == parse_facts({})


def test_what_is_read_is_written_again() -> None:
    document = {
        "operator": "cii",
        "outage_minutes": {"cii_whole": 9.5, "portal_other": 0},
        "persons_leaked": 1_200_000,
        "deface": {"reposts": 10},
        "data_class": "core",
        "ransomware": {"amount": None, "method": "比特币"},
        "exercise": True,
    }
    assert parse_facts(document).document() == document


def test_measures_are_named_by_their_path() -> None:
    facts = parse_facts({"deface": {"views": 7}, "loss_rmb": 2.5, "ransomware": {"amount": 9}})
    assert facts.measures() == {"deface.views": 7, "loss_rmb": 2.5}


def test_persons_with_sensitive_data_are_persons() -> None:
    facts = parse_facts({"sensitive_persons_leaked": 5, "persons_leaked": 3})
    assert facts.measures()["persons_leaked"] == 5


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
    | st.dictionaries(
        st.sampled_from(["operator", "outage_minutes", "loss_rmb", "deface", "ransomware"]),
        st.none() | st.integers() | st.floats() | st.dictionaries(st.text(), st.integers()),
    )
)
def test_any_json_is_read_or_refused(document: object) -> None:
    try:
        facts = parse_facts(document)
    except Malformed:
        return
    assert parse_facts(facts.document()) == facts
