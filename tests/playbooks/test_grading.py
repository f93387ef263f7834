"""The grader against the vectors of the plan: levels, clocks, flags."""

import datetime as dt
import json
import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.facts import SCALES, Facts, parse_facts
from playbooks.grading import (
    Grade,
    GradeClock,
    clock_due,
    grade,
    grade_document,
    is_missed,
    regrade,
)
from playbooks.plan.document import load_plan

PLAN = load_plan()
T0 = dt.datetime(2026, 3, 17, 17, 38, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def graded(document: Mapping[str, object]) -> Grade:
    return grade(PLAN, parse_facts(document), T0)


def outage(**minutes: float) -> dict[str, object]:
    return {"outage_minutes": minutes}


def defaced(**numbers: float) -> dict[str, object]:
    return {"deface": numbers}


def matrix(importance: str, loss: str) -> dict[str, object]:
    return {"object_importance": importance, "business_loss": loss}


LEVELS: list[tuple[str, dict[str, object], int]] = [
    ("1", {"operator": "cii"} | outage(cii_whole=599 / 60), 4),
    ("2", {"operator": "cii"} | outage(cii_whole=10), 3),
    ("3a", {"operator": "cii"} | outage(cii_main_function=29), 4),
    ("3b", {"operator": "cii"} | outage(cii_main_function=30), 3),
    ("4", {"operator": "cii"} | outage(cii_whole=360), 1),
    ("5a", outage(portal_city_up=119), 4),
    ("5b", outage(portal_city_up=120), 3),
    ("5c", outage(portal_city_up=360), 2),
    ("5d", outage(portal_city_up=1440), 2),
    ("6", outage(portal_other=420), 4),
    ("7", outage(portal_province_up=1440), 1),
    ("8", {"persons_leaked": 999_999}, 4),
    ("9a", {"persons_leaked": 1_000_000}, 3),
    ("9b", {"persons_leaked": 10_000_000}, 2),
    ("9c", {"persons_leaked": 100_000_000}, 1),
    ("10a", {"loss_rmb": 4_999_999.99}, 4),
    ("10b", {"loss_rmb": 5_000_000}, 3),
    ("10c", {"loss_rmb": 20_000_000}, 2),
    ("10d", {"loss_rmb": 100_000_000}, 1),
    ("11", {"people_affected": 100_000, "share_city": 0.006}, 3),
    ("12a", {"share_city": 0.30}, 3),
    ("12b", {"share_city": 0.50}, 2),
    ("13", defaced(home_minutes=30, views=200), 3),
    ("14", defaced(other_minutes=119, reposts=999, views=9_999), 4),
    ("15", {"persons_leaked": 1_200_000} | outage(cii_whole=420), 1),
    ("22a", matrix("special", "severe"), 2),
    ("22b", matrix("important", "severe"), 3),
    ("22c", matrix("general", "especially_severe"), 3),
    ("22d", matrix("important", "minor"), 4),
    ("23", matrix("important", "considerable") | {"social_harm": "major"}, 2),
    ("24", {"sector": "miit", "sensitive_persons_leaked": 5_000_000}, 2),
    ("24 without the sector", {"sensitive_persons_leaked": 5_000_000}, 3),
    ("nothing known", {}, 4),
    ("half a province", {"share_province": 0.5}, 1),
    ("no matrix without loss", {"object_importance": "special"}, 4),
]


@pytest.mark.parametrize(
    ("document", "level"), [row[1:] for row in LEVELS], ids=[row[0] for row in LEVELS]
)
def test_the_level_of_a_vector(document: dict[str, object], level: int) -> None:
    assert graded(document).level == level


def clocks_from(result: Grade, start: str) -> list[tuple[str, int, str]]:
    return [
        (clock.id, clock.limit_minutes, clock.addressee)
        for clock in result.clocks
        if clock.start == start and clock.statutory
    ]


def test_cii_reports_to_its_protection_department_and_the_police_within_an_hour() -> None:
    result = graded({"operator": "cii"} | outage(cii_whole=10))
    assert clocks_from(result, "discovery") == [
        ("T-CII-1", 60, "保护工作部门"),
        ("T-CII-1", 60, "公安机关"),
    ]
    assert clocks_from(result, "receipt") == []


def test_cii_of_the_gravest_level_goes_on_within_half_an_hour_of_receipt() -> None:
    result = graded({"operator": "cii"} | outage(cii_whole=360))
    assert [(c[0], c[1]) for c in clocks_from(result, "receipt")] == [("T-CII-2", 30)]


def test_an_outage_of_cii_starts_the_cii_clocks_whoever_reports() -> None:
    ids = {clock.id for clock in graded(outage(cii_whole=10)).clocks}
    assert "T-CII-1" in ids
    assert "T-OTH-1" not in ids


def test_a_central_organ_reports_within_two_hours_and_goes_on_within_one() -> None:
    result = graded({"operator": "central_organ", "loss_rmb": 20_000_000})
    assert [(c[0], c[1]) for c in clocks_from(result, "discovery")] == [("T-GOV-1", 120)]
    assert [(c[0], c[1]) for c in clocks_from(result, "receipt")] == [("T-GOV-2", 60)]


def test_a_municipal_department_at_level_3_has_one_statutory_clock_and_no_onward_one() -> None:
    result = graded({"loss_rmb": 5_000_000})
    assert clocks_from(result, "discovery") == [("T-OTH-1", 240, "省级网信部门")]
    assert clocks_from(result, "receipt") == []


def test_a_municipal_department_at_level_2_goes_on_from_the_province_within_an_hour() -> None:
    result = graded({"loss_rmb": 20_000_000})
    assert [c[:2] for c in clocks_from(result, "discovery")] == [("T-OTH-1", 240)]
    assert [c[:2] for c in clocks_from(result, "receipt")] == [("T-OTH-2", 60)]


def test_a_general_incident_starts_no_clock() -> None:
    assert graded({"loss_rmb": 1}).clocks == ()


def test_a_clock_from_discovery_has_its_due_time_and_one_from_receipt_has_none() -> None:
    clocks = {clock.id: clock for clock in graded({"loss_rmb": 20_000_000}).clocks}
    assert clocks["T-OTH-1"].due_at == T0 + 4 * HOUR
    assert clocks["T-OTH-2"].due_at is None


def test_the_closing_report_is_due_thirty_days_after_the_end_of_the_response() -> None:
    clock = _of(graded({"loss_rmb": 5_000_000}), "T-FIN")
    ended = dt.datetime(2026, 3, 1, 10, 0, tzinfo=dt.timezone(8 * HOUR))
    assert clock.start == "response_end"
    assert clock_due(ended, clock.limit_minutes).date() == dt.date(2026, 3, 31)


def _of(result: Grade, clock_id: str) -> GradeClock:
    return next(clock for clock in result.clocks if clock.id == clock_id)


def test_the_last_instant_of_a_limit_is_in_time() -> None:
    due = clock_due(T0, 240)
    assert not is_missed(due, due)
    assert is_missed(due, due + dt.timedelta(microseconds=1))


FLAGS: list[tuple[dict[str, object], str, str]] = [
    (outage(cii_whole=599 / 60), "cii_threat_report", "18条"),
    ({"persons_leaked": 999_999}, "leak_human_decision", "较大量"),
    (outage(portal_other=420), "portal_human_decision", "区县门户"),
    ({"data_class": "core"}, "data_class_human_decision", "核心数据"),
    ({"persons_leaked": 1_000_000}, "pipl_notice", "个人"),
    ({"ransomware": {}}, "ransom_fields_missing", "赎金"),
    (
        {"ransomware": {"amount": 3, "method": None, "date": "未知"}},
        "ransom_fields_missing",
        "方式",
    ),
    ({"sector": "miit", "loss_rmb": 5_000_000}, "miit_at_once", "立即"),
    ({"sector": "finance"}, "finance_human_decision", "金融"),
    ({"people_affected": 100_000}, "unverified_basis", "待核对"),
    ({"exercise": True}, "exercise", "演练"),
]


@pytest.mark.parametrize(("document", "code", "words"), FLAGS)
def test_a_flag_puts_to_a_person_what_numbers_cannot_decide(
    document: dict[str, object], code: str, words: str
) -> None:
    flags = {flag.code: flag for flag in graded(document).flags}
    assert words in flags[code].zh
    assert flags[code].en


def test_a_ransom_that_was_not_demanded_is_a_complete_answer() -> None:
    ransom = {"amount": "未要求", "method": "未要求", "date": "未知"}
    assert graded({"ransomware": ransom}).flags == ()


def test_both_reasons_are_kept_and_the_gravest_stands_first() -> None:
    result = graded({"persons_leaked": 1_200_000} | outage(cii_whole=420))
    assert [(r.metric, r.level, r.value, r.threshold) for r in result.reasons] == [
        ("outage_minutes.cii_whole", 1, 420, 360),
        ("persons_leaked", 3, 1_200_000, 1_000_000),
    ]


def test_each_instrument_that_applies_gives_its_own_reason() -> None:
    result = graded({"sector": "miit", "sensitive_persons_leaked": 5_000_000})
    found = {(reason.instrument_en.split()[0], reason.level) for reason in result.reasons}
    assert found == {("MIIT", 2), ("MIIT", 3), ("Cybersecurity", 3)}


def test_what_meets_no_condition_has_the_catch_all_as_its_reason() -> None:
    (reason,) = graded({}).reasons
    assert (reason.metric, reason.level, reason.value) == ("rest", 4, None)


def test_an_exercise_runs_every_clock() -> None:
    real = graded({"loss_rmb": 20_000_000})
    drill = graded({"loss_rmb": 20_000_000, "exercise": True})
    assert drill.clocks == real.clocks


def test_level_4_is_split_for_the_citys_daily_work() -> None:
    assert graded({"persons_leaked": 100_000}).split == "A"
    assert graded({"persons_leaked": 99_999}).split == "B"
    assert graded(outage(cii_main_function=0)).split == "B"
    assert graded({"persons_leaked": 1_000_000}).split is None


def test_the_answer_is_json_with_the_keys_of_the_contract() -> None:
    document = json.loads(json.dumps(grade_document(graded({"loss_rmb": 20_000_000}))))
    assert document["level"] == 2
    reason_keys = {"instrument", "clause", "metric", "value", "threshold", "level"}
    assert reason_keys <= document["reasons"][0].keys()
    clock_keys = {"id", "addressee", "limit_minutes", "start"}
    assert all(clock_keys <= clock.keys() for clock in document["clocks"])
    flags = grade_document(graded({"exercise": True}))["flags"]
    assert isinstance(flags, list)
    assert {"code", "sentence"} <= flags[0].keys()


def test_growth_from_3_to_2_keeps_the_first_clock_and_starts_the_onward_one() -> None:
    first = graded({"loss_rmb": 5_000_000})
    running = {clock.key for clock in first.clocks}
    grown = parse_facts({"loss_rmb": 20_000_000})
    again = regrade(PLAN, grown, level=first.level, running=running, at=T0 + 2 * HOUR)
    assert again.grade.level == 2
    assert ("T-OTH-1", "省级网信部门") in again.unchanged
    assert [clock.id for clock in again.started] == ["T-OTH-2"]
    assert again.withdrawn == ()
    assert "follow_up_report_due" in {flag.code for flag in again.grade.flags}


def test_a_clock_that_starts_by_a_regrade_counts_from_when_its_cause_was_known() -> None:
    grown = parse_facts({"loss_rmb": 5_000_000})
    again = regrade(PLAN, grown, level=4, running=(), at=T0 + 2 * HOUR)
    assert {clock.due_at for clock in again.started if clock.id == "T-OTH-1"} == {T0 + 6 * HOUR}


def test_a_level_is_never_lowered_by_a_regrade() -> None:
    again = regrade(PLAN, parse_facts({}), level=2, running=(), at=T0)
    assert again.grade.level == 2
    assert {clock.id for clock in again.grade.clocks} >= {"T-OTH-1", "T-OTH-2"}


def test_a_clock_of_another_kind_of_operator_is_withdrawn() -> None:
    running = {("T-OTH-1", "省级网信部门")}
    facts = parse_facts({"operator": "cii", "loss_rmb": 5_000_000})
    again = regrade(PLAN, facts, level=3, running=running, at=T0)
    assert again.withdrawn == (("T-OTH-1", "省级网信部门"),)
    assert "T-CII-1" in {clock.id for clock in again.started}


MEASURES = [
    *[f"outage_minutes.{name}" for name in type(Facts().outage_minutes).model_fields],
    *[f"deface.{name}" for name in type(Facts().deface).model_fields],
    "people_affected",
    "share_province",
    "share_city",
    "persons_leaked",
    "sensitive_persons_leaked",
    "loss_rmb",
]
BARS = sorted({row.at_least for row in PLAN.thresholds})


def numbers(name: str) -> st.SearchStrategy[float]:
    if name.startswith("share"):
        return st.sampled_from([0.0, 0.29, 0.3, 0.49, 0.5, 1.0])
    return st.sampled_from([0, 9, *(int(bar) - 1 for bar in BARS if bar >= 1), *map(int, BARS)])


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    document: dict[str, object] = {}
    for path, value in flat.items():
        head, _, tail = path.partition(".")
        inner = document.get(head)
        document[head] = (
            (inner if isinstance(inner, dict) else {}) | {tail: value} if tail else value
        )
    return document


@st.composite
def flat_facts(draw: st.DrawFn) -> dict[str, object]:
    flat: dict[str, object] = {
        name: draw(numbers(name)) for name in draw(st.lists(st.sampled_from(MEASURES), unique=True))
    }
    scales = draw(st.lists(st.sampled_from(sorted(SCALES)), unique=True))
    flat |= {scale: draw(st.sampled_from(SCALES[scale])) for scale in scales}
    sector = draw(st.sampled_from([None, "miit", "finance"]))
    return (
        flat
        | {"operator": draw(st.sampled_from(["cii", "central_organ", "other"]))}
        | ({"sector": sector} if sector else {})
    )


@st.composite
def harm_and_more_harm(draw: st.DrawFn) -> tuple[dict[str, object], dict[str, object]]:
    less = draw(flat_facts())
    more = draw(flat_facts()) | {key: less[key] for key in ("operator", "sector") if key in less}
    if "sector" not in less:
        more.pop("sector", None)
    for key, value in less.items():
        scale = SCALES.get(key)
        worse = more.get(key, value)
        if scale:
            more[key] = max(str(value), str(worse), key=scale.index)
        elif isinstance(value, (int, float)) and isinstance(worse, (int, float)):
            more[key] = max(value, worse)
    return less, more


@given(harm_and_more_harm())
def test_more_harm_never_lowers_a_grade(
    pair: tuple[dict[str, object], dict[str, object]],
) -> None:
    less, more = pair
    assert graded(nested(more)).level <= graded(nested(less)).level


@given(flat_facts(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(
    flat: dict[str, object], chance: random.Random
) -> None:
    shuffled = list(flat.items())
    chance.shuffle(shuffled)
    assert graded(nested(dict(shuffled))) == graded(nested(flat))


@given(flat_facts(), st.integers(min_value=1, max_value=4))
def test_a_regrade_accounts_for_every_clock(flat: dict[str, object], level: int) -> None:
    running = {("T-OTH-1", "省级网信部门"), ("T-CII-1", "公安机关")}
    again = regrade(PLAN, parse_facts(nested(flat)), level=level, running=running, at=T0)
    assert again.grade.level <= level
    assert set(again.unchanged) | set(again.withdrawn) == running
    started = {clock.key for clock in again.started}
    assert {clock.key for clock in again.grade.clocks} == started | set(again.unchanged)
