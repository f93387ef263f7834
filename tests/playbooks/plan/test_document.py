"""The plan that comes with the distribution, and how a faulty one is refused."""

import pathlib
from collections import Counter

import pytest

from playbooks.flag import CONDITIONS
from playbooks.plan.document import Plan, load_plan
from situation.faults import Misconfigured
from tests.playbooks.plan.altered import altered

PLAN = load_plan()

UNVERIFIED_BARS = {
    "grading_2025:outage_minutes.portal_province_up:3": "M 0.85",
    "grading_2025:outage_minutes.portal_city_up:3": "M 0.85",
    "grading_2025:outage_minutes.cii_whole:2": "M 0.8",
    "grading_2025:outage_minutes.cii_main_function:2": "M 0.8",
    "grading_2025:people_affected:2": "M 0.9",
    "grading_2025:people_affected:3": "M 0.9",
    "grading_2025:deface.home_minutes:2": "M 0.88",
    "grading_2025:deface.home_minutes:3": "M 0.88",
    "grading_2025:deface.other_minutes:2": "M 0.88",
    "grading_2025:deface.other_minutes:3": "M 0.88",
    "grading_2025:deface.reposts:2": "M 0.88",
    "grading_2025:deface.reposts:3": "M 0.88",
    "grading_2025:deface.views:2": "M 0.88",
    "grading_2025:deface.views:3": "M 0.88",
    "miit_2024:outage_minutes.telecom:1": "M 0.85",
    "miit_2024:loss_rmb:1": "V draft",
    "miit_2024:loss_rmb:3": "M 0.8",
    "miit_2024:persons_leaked:1": "V draft",
    "miit_2024:persons_leaked:3": "M 0.8",
    "miit_2024:sensitive_persons_leaked:1": "V draft",
    "miit_2024:sensitive_persons_leaked:3": "M 0.8",
}
UNVERIFIED_CLOCKS = {
    "T-MIIT:MIIT by phone (by the local industry regulator)": "M 0.75",
    "T-MIIT:MIIT in writing (by the local industry regulator)": "M 0.75",
    "T-CITY:city cyberspace office by phone": "project",
    "T-CITY:city cyberspace office in writing": "project",
    "T-INV:cyber emergency office (investigation and assessment)": "M 0.95",
}
UNVERIFIED_INSTRUMENTS = {
    "national_plan_2017": "M 0.93",
    "gbt_38645": "P 0.9",
    "finance": "P 0.7",
    "city_plan": "project",
    "practice": "P 0.5",
    "mlps_2007": "M 0.9",
}
UNVERIFIED_FLAGS = {
    "portal_human_decision": "P 0.85",
    "finance_human_decision": "M 0.7",
    "unverified_basis": "project",
    "exercise": "project",
    "department_unknown": "project",
    "related_incident": "project",
    "notice_supplement_due": "project",
}
UNVERIFIED_DUTIES = {
    "D-DSL-53": "M 0.9",
    "D-MIIT-2": "M 0.7",
    "D-PLAN-6": "M 0.95",
    "D-PLAN-8": "M 0.95",
}
UNVERIFIED_WARNING_DUTIES = {
    "red,orange:tell_head": "project",
    "red,orange:counter_plan": "project",
    "red,orange:teams": "project",
    "red,orange:report_up": "M 0.95",
}
UNVERIFIED_WARNING_FIELDS = {
    "time_limit": "M 0.95",
    "number": "P 0.8",
    "document_number": "P 0.8",
    "classification": "P 0.8",
    "audience": "P 0.8",
    "feedback_wanted": "P 0.8",
    "contact": "P 0.8",
    "lift_number": "P 0.8",
}
UNVERIFIED_REPORT_FIELDS = {
    "event:scene": "M 0.9",
    "closing:nature": "M 0.95",
    "closing:impact": "M 0.95",
    "closing:opinion": "M 0.95",
    "closing:improvement": "M 0.95",
}
UNVERIFIED_TASKS = [
    "enter_duty",
    "enter_duty",
    "enter_duty",
    "harden",
    "send_liaison",
    *["track"] * 2,
]
UNVERIFIED_FORMS = {
    "incident": 26,
    "supervision": 16,
    "warning": 15,
    "rectification": 7,
    "feedback": 7,
    "receipt": 5,
    "hazard": 3,
}
WHOLLY_UNVERIFIED = {
    "matrix": 12,
    "splits": 9,
    "rest": 1,
    "detectors": 17,
    "techniques": 57,
    "outage_rules": 6,
    "object_rules": 3,
    "measures": 17,
    "responses": 4,
    "approval_rules": 6,
    "colours": 4,
    "issuers": 4,
    "notice_kinds": 5,
    "notice_deadlines": 20,
    "chain_steps": 25,
    "quiet_hours": 1,
    "working_hours": 1,
    "city": 1,
    "correlation": 1,
}
PARTLY_UNVERIFIED = {
    "thresholds",
    "clocks",
    "instruments",
    "flags",
    "value_grades",
    "sub_categories",
    "duties",
    "warning_duties",
    "warning_fields",
    "report_fields",
    "response_tasks",
    "form_fields",
}


def unverified(kind: str) -> dict[str, str]:
    return {row.name: row.mark for k, row in PLAN.sourced() if k == kind and not row.verified}


def test_every_unverified_row_of_law_is_listed() -> None:
    assert unverified("thresholds") == UNVERIFIED_BARS
    assert unverified("clocks") == UNVERIFIED_CLOCKS
    assert unverified("instruments") == UNVERIFIED_INSTRUMENTS
    assert unverified("flags") == UNVERIFIED_FLAGS
    assert unverified("value_grades") == {
        "gbt_20986:social_harm:especially_major": "M 0.85",
        "gbt_20986:social_harm:major": "M 0.85",
        "gbt_20986:social_harm:considerable": "M 0.85",
        "gbt_20986:social_harm:general": "M 0.85",
        "miit_2024:data_class:core": "M 0.9",
    }
    assert unverified("duties") == UNVERIFIED_DUTIES


def test_every_unverified_row_of_forms_and_duties_is_listed() -> None:
    assert unverified("warning_duties") == UNVERIFIED_WARNING_DUTIES
    assert unverified("warning_fields") == UNVERIFIED_WARNING_FIELDS
    assert unverified("report_fields") == UNVERIFIED_REPORT_FIELDS
    tasks = [row.name for kind, row in PLAN.sourced() if kind == "response_tasks"]
    open_tasks = [
        row.name for kind, row in PLAN.sourced() if kind == "response_tasks" and not row.verified
    ]
    assert len(tasks) == 21
    assert sorted(open_tasks) == UNVERIFIED_TASKS
    forms = Counter(row.form for row in PLAN.form_fields if not row.verified)
    assert forms == UNVERIFIED_FORMS


def test_the_tables_without_any_verified_row_are_listed() -> None:
    assert {kind: len(unverified(kind)) for kind in WHOLLY_UNVERIFIED} == WHOLLY_UNVERIFIED
    kinds = {kind for kind, row in PLAN.sourced() if not row.verified}
    assert kinds == set(WHOLLY_UNVERIFIED) | PARTLY_UNVERIFIED


def test_only_the_merged_category_has_unverified_sub_categories() -> None:
    assert {name.split("/")[0] for name in unverified("sub_categories")} == {"irregular_operation"}


def test_every_row_of_a_rule_names_its_source_and_clause() -> None:
    assert all(row.source and row.clause for _, row in PLAN.sourced())


def test_the_standard_has_77_sub_categories_in_10_categories() -> None:
    assert len(PLAN.categories) == 10
    assert len(PLAN.sub_categories) == 77


def test_graver_objects_and_losses_never_have_a_milder_level() -> None:
    cells = {(str(cell.object), str(cell.loss)): cell.level for cell in PLAN.matrix}
    losses = ["minor", "considerable", "severe", "especially_severe"]
    for importance in ("general", "important", "special"):
        levels = [cells[importance, loss] for loss in losses]
        assert levels == sorted(levels, reverse=True)


def test_every_detector_of_the_system_has_its_row() -> None:
    kinds = {"scan", "sweep", "guessing", "guessing_success", "dns_tunnel", "beacon", "upload"}
    logs = {"web_attack", "web_attack_success", "web_scan", "server_errors", "log_silence"}
    scans = {"secret_mark", "data_exposure", "credential_exposure"}
    others = {"anomaly", "other"}
    assert {row.key for row in PLAN.detectors} == kinds | logs | scans | others


def test_a_kind_of_alert_that_nobody_listed_is_other() -> None:
    assert PLAN.detector("teleport").key == "other"


def test_every_flag_of_the_grader_has_its_sentence() -> None:
    assert {row.code for row in PLAN.flags} >= set(CONDITIONS)


FAULTS = [
    ("city.toml", "office_zh", "ofice_zh", r"city.toml: city.ofice_zh"),
    ("city.toml", 'mark = "project"\nverified = false', 'mark = "V"\nverified = false', "agree"),
    ("city.toml", 'mark = "project"', 'mark = "sure"', "'sure'"),
    ("city.toml", "224.0.0.0/4", "224.0.0.1/4", "host bits"),
    ("city.toml", '"示网预〔{year}〕第{serial:03d}号"', '"示网预〔{year}〕"', "year or serial"),
    ("city.toml", '"示网预〔{year}〕第{serial:03d}号"', '"示网预{serial}"', "year or serial"),
    ("city.toml", "第{serial:03d}号", "第{number}号", "no pattern with year and serial"),
    ("clocks.toml", '"reporting_2025"', '"reporting_2024"', "clocks.toml: .*unknown instrument"),
    ("clocks.toml", 'source = "S18"', 'source = "S99"', "clocks.toml: .*unknown source 'S99'"),
    ("thresholds.toml", "at_least = 1_440", "at_least = 300", "not above"),
    ("thresholds.toml", "share_province", "share_country", "thresholds.toml: .*unknown metric"),
    ("thresholds.toml", '"special", loss = "severe"', '"special", loss = "minor"', "twice"),
    ("detectors.toml", "data_security/data_theft", "data_security/x", "unknown type"),
    ("detectors.toml", '["exfiltration"]', '["escape"]', "unknown stage"),
    ("detectors.toml", 'key = "other"', 'key = "others"', "'other' is missing"),
    ("categories.toml", "category = [", "category = [[", "categories.toml"),
    ("words.toml", "metric = [", "city = {}\nmetric = [", "stands in"),
    ("sources.toml", 'id = "S2"', 'id = "S1"', "source S1 stands twice"),
    ("sources.toml", 'read_on = "2026-11"', 'read_on = "2026-13"', r"source.0.read_on \(F\)"),
    ("techniques.toml", "network_attack/phishing", "network_attack/fishing", "unknown type"),
    ("techniques.toml", '"T1595"', '"1595"', "technique.0.id"),
    ("techniques.toml", '"outage_minutes.portal_other"', '"outage_hours"', "unknown fact"),
    ("techniques.toml", 'detector = "server_errors"', 'detector = "ping"', "unknown detector"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), FAULTS)
def test_a_faulty_plan_is_refused_with_file_and_reason(
    tmp_path: pathlib.Path, file: str, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        load_plan(altered(tmp_path / "plan", file, old, new))


def test_all_faults_of_a_plan_are_told_at_once(tmp_path: pathlib.Path) -> None:
    folder = altered(tmp_path / "plan", "city.toml", "window_hours", "window_days")
    clocks = folder / "clocks.toml"
    clocks.write_text(
        clocks.read_text(encoding="utf-8")
        .replace("T-CII-1", "", 1)
        .replace("statutory = true", 'statutory = "yes"', 1),
        encoding="utf-8",
    )
    with pytest.raises(Misconfigured) as refusal:
        load_plan(folder)
    for part in ("correlation.window_hours", "correlation.window_days", "clock.0.statutory"):
        assert part in refusal.value.reason


def test_a_fault_names_file_row_and_key(tmp_path: pathlib.Path) -> None:
    folder = altered(tmp_path / "plan", "clocks.toml", "limit_minutes = 60", "limit_minutes = 0")
    with pytest.raises(Misconfigured, match=r"clocks.toml: clock.0.limit_minutes \(T-CII-1\): "):
        load_plan(folder)


def test_an_empty_folder_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="there is no TOML file"):
        load_plan(tmp_path)


def test_the_plan_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        PLAN.city.zh = "别的市"
    assert isinstance(PLAN, Plan)


def test_the_digest_tells_plans_apart_that_say_other_things(tmp_path: pathlib.Path) -> None:
    other = load_plan(altered(tmp_path / "a", "city.toml", "示例市", "别的市"))
    commented = load_plan(altered(tmp_path / "b", "city.toml", "# Alerts", "# The alerts"))
    assert PLAN.digest == load_plan().digest == commented.digest
    assert PLAN.digest != other.digest
