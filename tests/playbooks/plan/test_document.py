"""The plan that comes with the distribution, and how a faulty one is refused."""

import pathlib
import shutil

import pytest

from playbooks.flag import CONDITIONS
from playbooks.plan.document import FOLDER, Plan, load_plan
from situation.faults import Misconfigured

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
WHOLLY_UNVERIFIED = {
    "matrix": 12,
    "splits": 8,
    "rest": 1,
    "detectors": 14,
    "object_rules": 3,
    "measures": 14,
    "notice_deadlines": 4,
    "notice_fields": 26,
    "city": 1,
    "correlation": 1,
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


def test_the_tables_without_any_verified_row_are_listed() -> None:
    assert {kind: len(unverified(kind)) for kind in WHOLLY_UNVERIFIED} == WHOLLY_UNVERIFIED
    kinds = {kind for kind, row in PLAN.sourced() if not row.verified}
    partly = {"thresholds", "clocks", "instruments", "flags", "value_grades", "sub_categories"}
    assert kinds == set(WHOLLY_UNVERIFIED) | partly


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
    assert {row.key for row in PLAN.detectors} == kinds | logs | {"anomaly", "other"}


def test_a_kind_of_alert_that_nobody_listed_is_other() -> None:
    assert PLAN.detector("teleport").key == "other"


def test_every_flag_of_the_grader_has_its_sentence() -> None:
    assert {row.code for row in PLAN.flags} >= set(CONDITIONS)


def changed(folder: pathlib.Path, file: str, old: str, new: str) -> pathlib.Path:
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


FAULTS = [
    ("city.toml", "receipt_minutes", "reciept_minutes", "reciept_minutes"),
    ("city.toml", 'mark = "project"\nverified = false', 'mark = "V"\nverified = false', "agree"),
    ("city.toml", 'mark = "project"', 'mark = "sure"', "'sure'"),
    ("city.toml", "224.0.0.0/4", "224.0.0.1/4", "host bits"),
    ("city.toml", "level = 2\n", "level = 1\n", "none for level 2"),
    ("clocks.toml", '"reporting_2025"', '"reporting_2024"', "unknown instrument"),
    ("thresholds.toml", "at_least = 1_440", "at_least = 300", "not above"),
    ("thresholds.toml", "share_province", "share_country", "unknown metric"),
    ("thresholds.toml", '"special", loss = "severe"', '"special", loss = "minor"', "twice"),
    ("detectors.toml", "data_security/data_theft", "data_security/x", "unknown type"),
    ("detectors.toml", '["exfiltration"]', '["escape"]', "unknown stage"),
    ("detectors.toml", 'key = "other"', 'key = "others"', "'other' is missing"),
    ("categories.toml", "category = [", "category = [[", "categories.toml"),
    ("words.toml", "metric = [", "city = {}\nmetric = [", "stands in"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), FAULTS)
def test_a_faulty_plan_is_refused_with_file_and_reason(
    tmp_path: pathlib.Path, file: str, old: str, new: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        load_plan(changed(tmp_path / "plan", file, old, new))


def test_all_faults_of_a_plan_are_told_at_once(tmp_path: pathlib.Path) -> None:
    folder = changed(tmp_path / "plan", "city.toml", "window_hours", "window_days")
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


def test_an_empty_folder_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="instrument"):
        load_plan(tmp_path)


def test_the_plan_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        PLAN.city.zh = "别的市"
    assert isinstance(PLAN, Plan)
