import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.facts import nested, parse_facts
from soc_api.web.fact_form import FIELDS, Reading, known, read, written
from soc_api.web.term import Names
from tests.soc_api.web.city import plan

OUTAGE = "outage_minutes.portal_city_up"


def _read(key: str, text: str) -> Reading:
    return read({key: text}, (), {}, {})


def test_every_fact_of_the_plan_is_asked_for() -> None:
    assert set(Names(plan()).facts()) <= FIELDS.keys()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("persons_leaked", "1,240,000", 1_240_000),
        ("persons_leaked", "124万", 1_240_000),
        ("persons_leaked", "1.2 亿", 120_000_000),
        ("persons_leaked", "0", 0),
        ("people_affected", "100，000", 100_000),
        (OUTAGE, "370", 370),
        (OUTAGE, "1.5", 1.5),
        ("loss_rmb", "4999999.99", 4_999_999.99),
        ("share_city", "30", 0.3),
        ("share_city", "30%", 0.3),
        ("business_loss", "severe", "severe"),
        ("ransomware", "yes", True),
        ("ransomware.amount", "未要求", "未要求"),
    ],
)
def test_a_fact_is_read_as_people_write_it(key: str, text: str, value: object) -> None:
    reading = _read(key, text)
    assert reading.values == {key: value}
    assert reading.faults == {}


@pytest.mark.parametrize(
    ("key", "text", "word"),
    [
        ("people_affected", "12 万？", "mend_whole"),
        ("people_affected", "1.5", "mend_whole"),
        ("people_affected", "-1", "mend_whole"),
        ("people_affected", "NaN", "mend_whole"),
        ("people_affected", "1e400", "mend_whole"),
        ("people_affected", "万", "mend_whole"),
        (OUTAGE, "six hours", "mend_number"),
        (OUTAGE, "Infinity", "mend_number"),
        ("share_city", "101", "mend_share"),
        ("share_city", "%", "mend_share"),
        ("business_loss", "enormous", "mend_choice"),
        ("ransomware", "maybe", "mend_yes"),
        ("ransomware.method", "x" * 201, "mend_text"),
    ],
)
def test_what_cannot_be_read_is_kept_as_a_fault_with_its_mending(
    key: str, text: str, word: str
) -> None:
    reading = _read(key, text)
    assert reading.values == {}
    assert reading.faults == {key: word}


def test_one_fault_leaves_the_other_facts_readable() -> None:
    reading = read({"loss_rmb": "?", OUTAGE: "12"}, (), {}, {})
    assert reading.values == {OUTAGE: 12}
    assert list(reading.faults) == ["loss_rmb"]


def test_an_emptied_field_says_that_the_fact_is_not_known() -> None:
    assert read({"loss_rmb": " "}, (), {"loss_rmb": 5}, {}).values == {"loss_rmb": None}


def test_what_was_not_touched_is_not_told() -> None:
    facts = {"loss_rmb": 5_000_000, "outage_minutes": {"portal_city_up": 12}}
    texts = {"loss_rmb": "5,000,000", OUTAGE: "12", "persons_leaked": ""}
    states = {"loss_rmb": "assumed", OUTAGE: "proved"}
    assert read(texts, ("loss_rmb",), facts, states).values == {}


def test_a_fact_whose_state_alone_changed_is_told() -> None:
    reading = read({"loss_rmb": "5"}, (), {"loss_rmb": 5}, {"loss_rmb": "assumed"})
    assert reading.values == {"loss_rmb": 5}
    assert reading.states == {"loss_rmb": "proved"}


def test_fields_that_are_no_facts_are_left_alone() -> None:
    assert read({"form_token": "x", "reason": "y", "exercise": "yes"}, (), {}, {}).values == {}


@given(st.integers(0, 10**15))
def test_a_count_that_was_written_reads_as_itself(value: int) -> None:
    text = written(FIELDS["persons_leaked"], value)
    assert _read("persons_leaked", text).values == {"persons_leaked": value}


@given(st.floats(0, 1))
def test_a_share_that_was_written_reads_as_itself_to_a_ten_thousandth(value: float) -> None:
    reading = _read("share_city", written(FIELDS["share_city"], value))
    (read_value,) = reading.values.values()
    assert read_value == pytest.approx(value, abs=1e-3)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=30)))
def test_whatever_is_typed_is_read_or_a_fault_and_the_plan_takes_what_is_read(
    texts: dict[str, str],
) -> None:
    reading = read(texts, (), {}, {})
    told = {key: {} if value is True else value for key, value in reading.values.items()}
    parse_facts(nested(told))
    filled = {key for key, text in texts.items() if text.strip()}
    assert reading.values.keys() | reading.faults.keys() == filled


def test_a_fact_is_found_by_its_path() -> None:
    facts = {"outage_minutes": {"cii_whole": 10}, "loss_rmb": 5}
    assert known(facts, "outage_minutes.cii_whole") == 10
    assert known(facts, "loss_rmb") == 5
    assert known(facts, "deface.views") is None


def test_a_value_that_the_plan_refuses_gives_way_to_a_fault() -> None:
    reading = read({"loss_rmb": "5", OUTAGE: "12"}, (), {}, {}).without("loss_rmb", "mend_refused")
    assert reading.values == {OUTAGE: 12}
    assert reading.faults == {"loss_rmb": "mend_refused"}
