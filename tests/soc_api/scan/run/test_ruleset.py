"""What a change of rules touches of what was scanned before."""

from dataclasses import replace

import sqlalchemy as sa

from sensors.content.reading import VERSION
from situation.state.store import StateStore
from situation.state.tables import ScanRuleset
from soc_api.scan.run.ruleset import fingerprint_of, keep_ruleset
from tests.soc_api.scan.conftest import NOW, ruleset


def test_the_same_rules_touch_nothing(either_state: StateStore) -> None:
    rules = ruleset()
    for _ in range(2):
        with either_state.transaction() as session:
            touched = keep_ruleset(session, rules, NOW)
        assert not touched.touches(fingerprint_of(rules), 0)
        assert not touched.touches(fingerprint_of(rules), -1)
    with either_state.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ScanRuleset)) == 1


def test_rules_that_nobody_knows_any_more_touch_everything(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        touched = keep_ruleset(session, ruleset(), NOW)
    assert touched.touches("lost", 0)


def test_what_a_group_does_touches_the_files_that_woke_it(either_state: StateStore) -> None:
    rules = ruleset()
    with either_state.transaction() as session:
        keep_ruleset(session, rules, NOW)
    wakes, body = rules.group_fingerprints[0]
    groups = {**rules.group_fingerprints, 0: (wakes, f"{body} changed")}
    changed = replace(rules, group_fingerprints=groups, fingerprint="changed")
    with either_state.transaction() as session:
        touched = keep_ruleset(session, changed, NOW)
    before = fingerprint_of(rules)
    assert touched.touches(before, 0b1)
    assert not touched.touches(before, 0b10)


def test_what_wakes_a_group_touches_everything(either_state: StateStore) -> None:
    rules = ruleset()
    with either_state.transaction() as session:
        keep_ruleset(session, rules, NOW)
    _, body = rules.group_fingerprints[0]
    changed = replace(
        rules,
        group_fingerprints={**rules.group_fingerprints, 0: ("wakes otherwise", body)},
        fingerprint="changed",
    )
    with either_state.transaction() as session:
        touched = keep_ruleset(session, changed, NOW)
    assert touched.touches(fingerprint_of(rules), 0)


def test_readers_of_another_version_touch_everything(either_state: StateStore) -> None:
    rules = ruleset()
    with either_state.transaction() as session:
        keep_ruleset(session, rules, NOW)
    with either_state.transaction() as session:
        for row in session.scalars(sa.select(ScanRuleset)):
            row.readers = "older"
    changed = replace(rules, fingerprint="changed")
    with either_state.transaction() as session:
        touched = keep_ruleset(session, changed, NOW)
    assert VERSION != "older"
    assert touched.touches(fingerprint_of(rules), 0)
