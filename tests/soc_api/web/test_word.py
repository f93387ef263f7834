import pathlib
import re
import string

import pytest

from soc_api.web import term
from soc_api.web.text import Text
from soc_api.web.visit import HERE
from soc_api.web.word import (
    WORDS,
    account,
    alert,
    data,
    desk,
    frame,
    incident,
    job,
    measure,
    notice,
    plan,
    playbook,
    portal,
    sensor,
)

FAMILIES = (
    "severity_", "grade_", "status_", "facet_", "kind_", "theme_", "filter_", "login_",
    "not_found", "bad_address", "broken", "away", "foreign", "unfit", "overtaken",
    "view_", "input_", "store_", "loss_", "dissected_",
    "ledger_", "loop_", "act_", "what_", "ask_", "wrong_", "short_", "hazard_", "answer_",
    "channel_", "statistics_",
    "truth_", "verdict_", "method_", "wish_", "item_", "delivery_", "refused_", "portal_",
    "plan_table_", "warning_", "outbox_", "permission_", "role_", "lacking", "stage_", "clock_",
    "change_", "mend_", "facts_of_", "unit_", "report_state_", "report_via_", "ransom_", "do_",
    "job_", "measure_", "point_",
    "data_act_", "data_what_", "data_view_", "data_facet_", "data_by_", "scan_state_",
    "catalogue_place_", "opening_", "mark_act_", "map_grade_", "map_curve_",
    "version_state_", "step_kind_", "step_state_", "step_awaits_", "effect_", "guarantee_",
    "run_tab_", "run_state_", "approval_", "dry_run_verdict_", "dry_run_source_",
)  # fmt: skip
"""Keys that templates put together from a code."""
PLAYBOOKS = HERE.parent.parent / "playbooks"
UNITS = ("persons", "minutes", "rmb")


def _sources() -> str:
    files = [*HERE.rglob("*.py"), *HERE.rglob("*.html")]
    return "\n".join(path.read_text() for path in files if path.parent.name != "word")


def _fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_a_phrase_is_there_in_both_languages_with_the_same_places(key: str) -> None:
    zh, en = WORDS[key]
    assert zh.strip()
    assert en.strip()
    assert _fields(zh) == _fields(en)


@pytest.mark.parametrize("key", sorted(WORDS))
def test_english_phrases_hold_no_chinese(key: str) -> None:
    if key != "other_language":
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", WORDS[key][1])


def test_every_word_that_a_page_asks_for_is_there() -> None:
    asked = set(re.findall(r"\b(?:t|word|_word)\(\"([a-z_0-9]+)\"[,)]", _sources()))
    assert asked
    assert asked <= WORDS.keys()


def test_no_word_is_kept_that_no_page_uses() -> None:
    sources = _sources()
    unused = [
        key
        for key in WORDS
        if f'"{key}"' not in sources
        and f"'{key}'" not in sources
        and not key.startswith(FAMILIES)
        and key not in UNITS
        and key.removesuffix("_one") not in WORDS.keys() - {key}
    ]
    assert not unused


@pytest.mark.parametrize(
    "table",
    ["DETECTORS", "TECHNIQUES", "CLOCKS", "ACTORS", "ACTIONS", "ROLES", "INDICATORS", "LOSSES"],
)
def test_every_code_has_a_name_in_both_languages(table: str) -> None:
    names: dict[str, Text] = getattr(term, table)
    assert all(name.zh and name.en for name in names.values())


def test_templates_hold_no_words_of_their_own() -> None:
    marked = {
        path.name: found
        for path in pathlib.Path(HERE / "templates").rglob("*.html")
        if (found := re.findall(r"[\u4e00-\u9fff]+", path.read_text()))
    }
    assert not marked


def test_no_phrase_stands_in_two_rooms() -> None:
    rooms = [
        frame, account, desk, alert, incident, notice, portal, plan, sensor, job, measure,
        playbook, data,
    ]  # fmt: skip
    assert len(WORDS) == sum(len(room.WORDS) for room in rooms)


def test_every_reason_of_a_refusal_is_said_in_words() -> None:
    sources = "\n".join(path.read_text() for path in PLAYBOOKS.rglob("*.py"))
    codes = set(re.findall(r"Refusal\(\s*\"([a-z_]+)\"", sources))
    assert codes
    assert {f"refused_{code}" for code in codes} <= WORDS.keys()
