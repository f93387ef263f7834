"""The plan's tables about notices: kinds, forms, deadlines, chains, quiet hours."""

import datetime as dt
import itertools
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playbooks.plan import load_plan
from playbooks.plan.calendar import Limit
from playbooks.plan.notice import ChainStep, NoticeField
from situation.clock import CITY_ZONE
from situation.faults import Malformed, Misconfigured
from tests.playbooks.plan.altered import altered

PLAN = load_plan()
LEVELS = (1, 2, 3, 4)
HAZARDS = ("critical", "high", "medium", "low")
START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
CITED = {"instrument": "x", "clause": "1", "source": "S1", "mark": "V", "verified": True}

# Required columns of the import template (fact sheet 6.3 B) by their name.
STARRED = {
    "隐患编号", "隐患名称", "上报时间", "隐患 URL", "系统名称", "网站域名", "网站 IP",
    "归属地（省、市、区）", "隐患类型", "预警级别", "隐患级别", "发现时间", "隶属单位", "单位类型",
    "所属行业", "等保备案号", "隐患描述",
}  # fmt: skip


def test_there_are_five_kinds_with_numbers_of_their_own() -> None:
    keys = {row.key for row in PLAN.notice_kinds}
    assert keys == {"incident", "hazard", "warning", "rectification", "supervision"}
    numbers = {row.number for row in PLAN.notice_kinds}
    drills = {row.drill_number for row in PLAN.notice_kinds}
    assert len(numbers | drills) == 10
    assert all("演练" in each for each in drills)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(Malformed, match="'letter'") as fault:
        PLAN.notice_kind("letter")
    assert fault.value.where == "kind"


@pytest.mark.parametrize("kind", [row.key for row in PLAN.notice_kinds])
def test_every_kind_has_a_form_that_begins_alike(kind: str) -> None:
    keys = [row.key for row in PLAN.notice_form(kind)]
    assert keys[:9] == [
        "number", "title", "source", "issuer", "department", "issued_at", "handling_due",
        "request", "status",
    ]  # fmt: skip
    assert keys[-3:] == ["receipt_due", "feedback_due", "contact"]
    assert len(keys) == len(set(keys))


def test_a_hazard_notice_wants_what_the_template_stars() -> None:
    required = {row.zh for row in PLAN.notice_form("hazard") if row.required}
    assert required - STARRED == {"标题", "处置单位", "处理要求"}
    assert required >= STARRED


def test_the_form_of_an_incident_notice_has_its_own_name() -> None:
    assert PLAN.notice_fields == PLAN.notice_form("incident")
    assert len(PLAN.notice_fields) == 26


def test_answers_have_the_fields_of_the_tables() -> None:
    feedback = {row.key for row in PLAN.notice_form("feedback")}
    columns = {"truth", "cause", "measures", "result", "handled_at", "residual"}
    assert feedback >= columns | {"responsible", "phone"}
    assert {row.key for row in PLAN.notice_form("recheck")} >= {"verdict", "method", "opinion"}
    assert [step.key for step in PLAN.scale("truth")] == ["true", "false_alarm", "not_ours"]
    assert [step.key for step in PLAN.scale("verdict")] == ["passed", "partly", "failed"]


def test_a_choice_names_its_scale_and_no_other_field_does() -> None:
    row = {"form": "f", "key": "k", "zh": "字段", "en": "field", **CITED}
    for wrong in ({"input": "choice"}, {"input": "text", "scale": "level"}):
        with pytest.raises(ValidationError, match="scale"):
            NoticeField.model_validate({**row, **wrong})


DEADLINES = [
    (1, None, Limit(minutes=30), Limit(minutes=240)),
    (2, None, Limit(minutes=60), Limit(minutes=480)),
    (3, None, Limit(minutes=240), Limit(minutes=1440)),
    (4, None, Limit(working_days=1), Limit(working_days=3)),
    (4, "critical", Limit(minutes=240), Limit(minutes=1440)),
    (4, "high", Limit(working_days=1), Limit(working_days=3)),
    (4, "medium", Limit(working_days=1), Limit(working_days=7)),
    (4, "low", Limit(working_days=1), Limit(working_days=15)),
]


@pytest.mark.parametrize(("level", "hazard", "receipt", "feedback"), DEADLINES)
def test_deadlines_are_those_of_the_table(
    level: int, hazard: str | None, receipt: Limit, feedback: Limit
) -> None:
    row = PLAN.notice_deadline(level, hazard)
    assert (row.receipt, row.feedback) == (receipt, feedback)
    assert row.key == (f"{level}:{hazard}" if hazard else str(level))


def test_a_graver_notice_never_has_more_time() -> None:
    calendar = PLAN.calendar
    for hazard in (None, *HAZARDS):
        rows = [PLAN.notice_deadline(level, hazard) for level in LEVELS]
        for graver, milder in itertools.pairwise(rows):
            assert calendar.due(START, graver.receipt) <= calendar.due(START, milder.receipt)
            assert calendar.due(START, graver.feedback) <= calendar.due(START, milder.feedback)
    for level in LEVELS:
        rows = [PLAN.notice_deadline(level, hazard) for hazard in HAZARDS]
        for graver, milder in itertools.pairwise(rows):
            assert calendar.due(START, graver.feedback) <= calendar.due(START, milder.feedback)


def test_an_unknown_hazard_level_is_named() -> None:
    with pytest.raises(Malformed) as fault:
        PLAN.notice_deadline(3, "terrible")
    assert fault.value.where == "hazard_level"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("on", ["receipt", "feedback"])
def test_a_chain_ends_with_the_decision_on_supervision(level: int, on: str) -> None:
    deadline = PLAN.notice_deadline(level)
    limit = deadline.receipt if on == "receipt" else deadline.feedback
    due = PLAN.calendar.due(START, limit)
    steps = [step for step in PLAN.chain(level) if step.on == on]
    times = [step.due(START, due) for step in steps]
    assert times == sorted(times)
    assert START < times[0] < due
    assert [step.action for step in steps][-2:] == ["head", "supervise_decision"]
    assert {step.action for step in steps} == {"remind", "call", "head", "supervise_decision"}


def test_a_step_is_due_after_the_issue_before_the_end_or_after_it() -> None:
    row = {
        "levels": [1], "key": "k", "on": "receipt", "action": "remind", "roles": [], "zh": "提醒",
        "en": "remind", **CITED,
    }  # fmt: skip
    end = START + dt.timedelta(hours=10)
    for when, hours in (
        ({"after_issue_minutes": 120}, 2.0),
        ({"share_left": 0.1}, 9.0),
        ({"overdue_minutes": 30}, 10.5),
        ({"overdue_minutes": 0}, 10.0),
    ):
        step = ChainStep.model_validate({**row, **when})
        assert step.due(START, end) == START + dt.timedelta(hours=hours)
    for wrong in ({}, {"share_left": 0.1, "overdue_minutes": 0}):
        with pytest.raises(ValidationError, match="one of"):
            ChainStep.model_validate({**row, **wrong})


QUIET = [
    (4, (2026, 3, 3, 21, 59), (2026, 3, 3, 21, 59)),
    (4, (2026, 3, 3, 22, 0), (2026, 3, 4, 7, 30)),
    (4, (2026, 3, 4, 3, 0), (2026, 3, 4, 7, 30)),
    (4, (2026, 3, 4, 7, 30), (2026, 3, 4, 7, 30)),
    (3, (2026, 3, 4, 3, 0), (2026, 3, 4, 3, 0)),
]


@pytest.mark.parametrize(("level", "at", "released"), QUIET)
def test_a_mild_reminder_waits_for_the_morning(
    level: int, at: tuple[int, ...], released: tuple[int, ...]
) -> None:
    start = dt.datetime(*at, tzinfo=CITY_ZONE)  # type: ignore[arg-type, misc]
    end = dt.datetime(*released, tzinfo=CITY_ZONE)  # type: ignore[arg-type, misc]
    assert PLAN.quiet_hours.released(level, start) == end


@given(st.sampled_from([1, 2]), st.integers(0, 3_000_000))
def test_a_grave_level_never_waits(level: int, minutes: int) -> None:
    at = START + dt.timedelta(minutes=minutes)
    assert PLAN.quiet_hours.released(level, at) == at


FAULTS = [
    ('key = "supervision", zh', 'key = "letter", zh', "'supervision' is missing"),
    ('form = "recheck"', 'form = "recheque"', "unknown form 'recheque'"),
    ('scale = "truth"', 'scale = "lies"', "unknown scale 'lies'"),
    ("示网隐通〔", "示网应通〔", "stands twice"),
    ("from_level = 4", "from_level = 2", "quiet_hours.from_level"),
    ("receipt = { minutes = 30 }", "receipt = { minutes = 30, working_days = 1 }", "either"),
    ('level = 4, hazard_level = "low"', 'level = 4, hazard_level = "mild"', "hazard_level"),
    ("levels = [1, 2, 3, 4], key", "levels = [5], key", "levels.0"),
    ('levels = [3], key = "receipt_call"', 'levels = [1], key = "receipt_call"', "stands twice"),
]


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS)
def test_a_faulty_table_of_notices_is_refused(
    tmp_path: pathlib.Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason) as fault:
        load_plan(altered(tmp_path / "plan", "notices.toml", old, new))
    assert "notices.toml: " in fault.value.reason
