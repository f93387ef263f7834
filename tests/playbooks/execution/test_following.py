"""What happened starts the playbooks that wait for it: each once, whoever looks and how often."""

import datetime as dt
import pathlib
import threading

import pytest

from playbooks.execution.following import CURSOR, LINES_AT_ONCE, start_due
from playbooks.execution.house import House
from playbooks.execution.versions import retire
from playbooks.incident.clocks import sweep_clocks
from playbooks.incident.hand import open_by_hand
from playbooks.plan import load_plan
from playbooks.service import fold
from playbooks.warning.acts import adopt_warning
from situation.clock import SetClock
from situation.state.store import StateStore, audit
from situation.state.tables import Cursor, Incident, PlaybookRun, PlaybookVersion, StepRun, Task
from tests.playbooks.execution.written import HOUSE, installed, written
from tests.playbooks.incident.case import (
    HOUR,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    SECOND,
    clock,
    every,
    graded,
    led,
    opened,
    the,
    told,
)
from tests.playbooks.intrusion import ASSETS, NOW, alert, intrusion, put
from tests.playbooks.plan.altered import altered
from tests.playbooks.warning.test_acts import directory, drafted, issue

DAY = dt.timedelta(days=1)
GUESSED = "{on: detector, is: [guessing_success]}"
GRADE_3 = "{on: grade, level: 3}"
FILES = {"host_ip": "10.20.2.11", "destination_ip": "10.20.2.11"}


def look(
    state: StateStore,
    now: dt.datetime = NOW,
    house: House = HOUSE,
    since: int | None = None,
) -> int:
    """Look as an engine does, and return how many runs were opened."""
    return start_due(state, house, SetClock(now), since=since)


def watching(state: StateStore, *triggers: str) -> None:
    """Publish a playbook for each trigger and let an engine have looked at the empty desk."""
    installed(state, *(written(f"book-{n}", triggers=each) for n, each in enumerate(triggers)))
    assert look(state) == 0


def keys(state: StateStore) -> list[str]:
    with state.reading() as session:
        runs = session.query(PlaybookRun.trigger, PlaybookVersion.key).join(
            PlaybookVersion, PlaybookVersion.id == PlaybookRun.version_id
        )
        return sorted(f"{key} by {trigger}" for trigger, key in runs)


def test_an_alert_of_an_incident_starts_a_playbook_once(either_state: StateStore) -> None:
    watching(either_state, GUESSED, "{on: detector, is: [upload]}")
    incident = opened(either_state)
    assert look(either_state) == 1
    assert look(either_state, NOW + HOUR) == 0
    (run,) = every(either_state, PlaybookRun)
    assert (run.trigger, run.started_by, run.incident_id) == ("detector", "system", incident.id)
    assert (run.object_kind, run.object_id, run.started_at) == ("incident", incident.id, NOW)
    assert every(either_state, StepRun) != []


def test_the_facts_of_the_cause_fill_the_variables(either_state: StateStore) -> None:
    bound = "attacker: {type: ip-addr, from: incident.remote_ip}"
    installed(either_state, written(triggers=GUESSED, variables=bound))
    opened(either_state)
    assert look(either_state) == 1
    (run,) = every(either_state, PlaybookRun)
    assert run.variables["__attacker__"] == {"type": "ip-addr", "value": "203.0.113.77"}


def test_each_playbook_is_told_of_the_alerts_that_it_is_about(either_state: StateStore) -> None:
    bound = "far: {type: ip-addr, from: incident.remote_ip}"
    installed(
        either_state,
        written("guessed", triggers=GUESSED, variables=bound),
        written("sent", triggers="{on: detector, is: [upload]}", variables=bound),
    )
    opened(either_state, intrusion())
    assert look(either_state) == 2
    far = {
        the(either_state, PlaybookVersion, run.version_id).key: run.variables["__far__"]
        for run in every(either_state, PlaybookRun)
    }
    assert far == {
        "guessed": {"type": "ip-addr", "value": "203.0.113.77"},
        "sent": {"type": "ip-addr", "value": "198.51.100.23"},
    }


def test_a_grade_starts_it_when_it_is_reached_and_not_before(either_state: StateStore) -> None:
    watching(either_state, GRADE_3, "{on: grade, level: 2}")
    incident = opened(either_state)
    assert look(either_state) == 0
    told(either_state, incident.id, LEVEL_3)
    assert look(either_state) == 1
    told(either_state, incident.id, LEVEL_2)
    assert look(either_state) == 1
    assert keys(either_state) == ["book-0 by grade", "book-1 by grade"]


def test_category_and_sub_category_start_it(either_state: StateStore) -> None:
    watching(
        either_state,
        "{on: category, is: [network_attack]}",
        "{on: category, is: [network_attack/credential_attack]}",
        "{on: category, is: [data_security/data_theft]}",
    )
    incident = opened(either_state)
    assert incident.category == "network_attack/credential_attack"
    assert look(either_state) == 2
    assert keys(either_state) == ["book-0 by category", "book-1 by category"]


def test_an_incident_sets_off_two_triggers_of_a_playbook_and_starts_it_once(
    either_state: StateStore,
) -> None:
    watching(either_state, f"{GUESSED}\n  - {GRADE_3}\n  - {{on: category}}")
    incident = opened(either_state)
    assert look(either_state) == 1
    told(either_state, incident.id, LEVEL_3)
    assert look(either_state) == 0


def test_an_alert_that_joins_an_incident_starts_what_waits_for_it(
    either_state: StateStore,
) -> None:
    watching(either_state, "{on: detector, is: [upload]}", "{on: category, is: [data_security]}")
    first, *others = intrusion()
    put(either_state, [first, alert("guessing_success", 1, severity=4)])
    fold(either_state, PLAN, ASSETS, SetClock(NOW), drill_id=None)
    assert look(either_state) == 0
    put(either_state, [others[-1]])
    fold(either_state, PLAN, ASSETS, SetClock(NOW), drill_id=None)
    assert look(either_state) == 2
    assert len(every(either_state, Incident)) == 1


def test_each_incident_starts_it_for_itself(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    for number in range(3):
        opened(either_state, [alert("guessing_success", number, severity=4, **FILES)])
    assert look(either_state) == 3
    assert len({run.object_id for run in every(either_state, PlaybookRun)}) == 3


def test_once_a_day_is_once_for_all_incidents_of_a_day(either_state: StateStore) -> None:
    watching(either_state, "{on: detector, is: [guessing_success], once: day}")
    for number in range(3):
        opened(either_state, [alert("guessing_success", number, severity=4, **FILES)])
    assert look(either_state) == 1
    opened(either_state, [alert("guessing_success", 8, severity=4, **FILES)])
    assert look(either_state, NOW + HOUR) == 0
    opened(either_state, [alert("guessing_success", 9, severity=4, **FILES)])
    assert look(either_state, NOW + DAY) == 1


def test_an_incident_of_a_drill_starts_a_run_of_the_drill(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    opened(either_state, drill_id="d1")
    assert look(either_state) == 1
    (run,) = every(either_state, PlaybookRun)
    assert run.drill_id == "d1"


def by_hand(state: StateStore) -> Incident:
    with state.transaction() as session:
        return open_by_hand(
            session,
            PLAN,
            title_zh="电话报告",
            title_en="",
            category="network_attack/credential_attack",
            department="示例市交通局",
            discovered_at=NOW,
            drill_id=None,
            by=LEAD,
            now=NOW,
        )


def test_an_incident_by_hand_starts_nothing_before_it_is_graded(either_state: StateStore) -> None:
    watching(either_state, "{on: category, is: [network_attack]}")
    incident = by_hand(either_state)
    assert look(either_state) == 0
    led(either_state, incident.id, "submit", "grade")
    assert look(either_state) == 1


def test_an_incident_that_is_over_by_now_starts_nothing(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    incident = opened(either_state)
    led(either_state, incident.id, "withdraw", reason="误报")
    assert look(either_state) == 0


def test_a_playbook_that_is_no_longer_published_starts_nothing(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    (version,) = every(either_state, PlaybookVersion)
    with either_state.transaction() as session:
        seen = version.version
        retire(session, version.id, reason="停用", by=LEAD, expected_version=seen, now=NOW)
    opened(either_state)
    assert look(either_state) == 0


def test_a_playbook_starts_nothing_for_what_was_looked_at_before_it_was_published(
    either_state: StateStore,
) -> None:
    watching(either_state, "{on: detector, is: [upload]}")
    incident = opened(either_state)
    assert look(either_state) == 0
    installed(either_state, written("later", triggers=GUESSED))
    assert look(either_state) == 0
    told(either_state, incident.id, LEVEL_3)
    assert look(either_state) == 1


def test_a_warning_starts_it_when_it_is_issued(either_state: StateStore) -> None:
    watching(either_state, "{on: warning, is: [yellow, orange]}", "{on: warning, is: [red]}")
    with either_state.transaction() as session:
        directory(session)
        warning = drafted(session)
    assert look(either_state) == 0
    with either_state.transaction() as session:
        issue(session, warning, SECOND)
    assert look(either_state) == 1
    assert look(either_state) == 0
    (run,) = every(either_state, PlaybookRun)
    assert (run.trigger, run.object_kind, run.object_id) == ("warning", "warning", warning.id)


def test_a_warning_that_a_superior_issued_starts_it_too(either_state: StateStore) -> None:
    watching(either_state, "{on: warning, is: [orange]}")
    with either_state.transaction() as session:
        directory(session)
        warning = issue(session, drafted(session, colour="orange"), SECOND)
        assert warning.state == "proposed"
    assert look(either_state) == 0
    with either_state.transaction() as session:
        adopt_warning(
            session,
            PLAN,
            warning.id,
            issuer_level="province",
            issuer="省委网信办",
            by=SECOND,
            expected_version=warning.version,
            now=NOW,
        )
    assert look(either_state) == 1


def test_a_clock_near_its_end_starts_it_once_a_clock(either_state: StateStore) -> None:
    watching(either_state, "{on: clock, is: [T-OTH-1], minutes: 60}")
    incident = graded(either_state, LEVEL_3)
    due = clock(either_state, "T-OTH-1").due_at
    assert due is not None
    assert look(either_state, due - HOUR - dt.timedelta(seconds=1)) == 0
    assert look(either_state, due - HOUR) == 1
    assert look(either_state, due) == 0
    (run,) = every(either_state, PlaybookRun)
    assert (run.trigger, run.incident_id) == ("clock", incident.id)


def test_a_clock_that_was_met_starts_nothing(either_state: StateStore) -> None:
    watching(either_state, "{on: clock, is: [T-OTH-1], minutes: 60}")
    graded(either_state, LEVEL_3)
    row = clock(either_state, "T-OTH-1")
    with either_state.transaction() as session:
        session.get_one(type(row), row.id).state = "met"
    assert row.due_at is not None
    assert look(either_state, row.due_at - HOUR) == 0


@pytest.mark.parametrize(("late", "starts"), [(HOUR, 1), (2 * DAY, 0)])
def test_a_clock_that_ran_out_while_nobody_looked_starts_it_for_a_day(
    either_state: StateStore, late: dt.timedelta, starts: int
) -> None:
    watching(either_state, "{on: clock, is: [T-OTH-1], minutes: 60}")
    graded(either_state, LEVEL_3)
    due = clock(either_state, "T-OTH-1").due_at
    assert due is not None
    with either_state.transaction() as session:
        sweep_clocks(session, due + late)
    assert look(either_state, due + late) == starts


def test_a_clock_starts_nothing_that_was_published_after_its_end(
    either_state: StateStore,
) -> None:
    graded(either_state, LEVEL_3)
    due = clock(either_state, "T-OTH-1").due_at
    assert due is not None
    book = written(triggers="{on: clock, is: [T-OTH-1], minutes: 60}")
    installed(either_state, book, now=due + HOUR)
    assert look(either_state, due + HOUR) == 0


PERIOD = """
[[heightened_period]]
key = "congress"
zh = "大会"
en = "congress"
start = 2026-03-03T00:00:00+08:00
end = 2026-03-05T00:00:00+08:00
sla_factor = 0.5
instrument = "city_plan"
clause = "重保"
source = "6.5"
mark = "project"
verified = false
"""


def test_heightened_duty_starts_it_once_a_period(
    either_state: StateStore, tmp_path: pathlib.Path
) -> None:
    folder = altered(tmp_path / "plan", "responses.toml", "heightened_period = []", PERIOD)
    house = House(plan=load_plan(folder), assets=HOUSE.assets, actions=HOUSE.actions)
    watching(either_state, "{on: period}", "{on: period, is: [spring]}")
    assert look(either_state, NOW - DAY, house) == 0
    assert look(either_state, NOW, house) == 1
    assert look(either_state, NOW + DAY, house) == 0
    (run,) = every(either_state, PlaybookRun)
    assert (run.trigger, run.object_kind, run.object_id) == ("period", "period", "congress")


def test_the_first_look_takes_what_is_still_hot_and_leaves_the_years(
    either_state: StateStore,
) -> None:
    old = opened(either_state, intrusion(), now=NOW - 2 * DAY)
    over = opened(either_state, [alert("guessing_success", 1, severity=4, **FILES)])
    led(either_state, over.id, "withdraw", reason="误报")
    hot = opened(either_state)
    installed(either_state, written(triggers=GUESSED))
    assert look(either_state) == 1
    assert [run.object_id for run in every(either_state, PlaybookRun)] == [hot.id]
    told(either_state, old.id, LEVEL_2)
    assert look(either_state) == 1


def test_the_first_look_can_be_told_where_to_begin(either_state: StateStore) -> None:
    old = opened(either_state, now=NOW - 9 * DAY)
    installed(either_state, written(triggers=GUESSED))
    assert look(either_state, since=0) == 1
    assert [run.object_id for run in every(either_state, PlaybookRun)] == [old.id]


def test_nothing_is_missed_while_no_engine_looks(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    for number in range(3):
        opened(either_state, [alert("guessing_success", number, severity=4, **FILES)])
    assert look(either_state, NOW + 9 * DAY) == 3


def test_lines_that_wake_nobody_are_passed_by(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    with either_state.transaction() as session:
        for number in range(2 * LINES_AT_ONCE):
            audit(session, NOW, "he", "login.grant", kind="account", object_id=str(number))
    assert look(either_state) == 0
    opened(either_state)
    assert look(either_state) == 1
    position = the(either_state, Cursor, CURSOR).position
    assert position is not None
    assert int(position) > 2 * LINES_AT_ONCE


def test_what_cannot_start_is_left_to_people_and_the_others_start(
    either_state: StateStore,
) -> None:
    broken = "count: {type: integer, value: 0, from: incident.title}"
    installed(
        either_state,
        written("broken", triggers=GUESSED, variables=broken),
        written("whole", triggers=GUESSED),
    )
    incident = opened(either_state)
    assert look(either_state) == 1
    assert keys(either_state) == ["whole by detector"]
    (task,) = (row for row in every(either_state, Task) if row.kind == "playbook_unstarted")
    assert "剧本broken" in task.title_zh
    assert (task.object_kind, task.object_id) == ("incident", incident.id)
    assert look(either_state) == 0


def test_what_cannot_start_for_a_clock_is_not_tried_for_ever(either_state: StateStore) -> None:
    broken = "count: {type: integer, value: 0, from: clock.addressee}"
    near = "{on: clock, is: [T-OTH-1], minutes: 60}"
    installed(either_state, written(triggers=near, variables=broken))
    assert look(either_state) == 0
    graded(either_state, LEVEL_3)
    due = clock(either_state, "T-OTH-1").due_at
    assert due is not None
    assert [look(either_state, due - HOUR), look(either_state, due)] == [0, 0]
    with either_state.reading() as session:
        lines = session.query(Task).filter(Task.kind == "playbook_unstarted").count()
    assert lines == 1


def test_a_version_that_cannot_be_read_stops_no_other(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    foreign = PlaybookVersion(
        playbook_id="playbook--1",
        number=1,
        key="from-another-release",
        name_zh="旧剧本",
        name_en="old",
        document={"type": "playbook"},
        sha256="0" * 64,
        state="published",
        written_by="lin",
        written_at=NOW,
    )
    with either_state.transaction() as session:
        session.add(foreign)
    for number in range(2):
        opened(either_state, [alert("guessing_success", number, severity=4, **FILES)])
        assert look(either_state) == 1
    tasks = [row.title_zh for row in every(either_state, Task) if row.kind == "playbook_unstarted"]
    assert len(tasks) == 1
    assert "旧剧本" in tasks[0]


def test_several_engines_at_once_start_each_cause_once(either_state: StateStore) -> None:
    installed(either_state, written(triggers=GUESSED))
    for number in range(8):
        opened(either_state, [alert("guessing_success", number, severity=4, **FILES)])
    ready, counts = threading.Barrier(4), []

    def engine() -> None:
        ready.wait()
        counts.append(look(either_state))

    threads = [threading.Thread(target=engine) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) + look(either_state) == 8
    assert len(every(either_state, PlaybookRun)) == 8


class Dying:
    """A clock that ends its engine at the second look at it, inside the transaction."""

    def __init__(self) -> None:
        self._looks = 0

    def now(self) -> dt.datetime:
        """Return the time, once."""
        self._looks += 1
        if self._looks > 1:
            raise SystemExit
        return NOW


def test_an_engine_that_dies_before_its_commit_loses_nothing(either_state: StateStore) -> None:
    watching(either_state, GUESSED)
    opened(either_state)
    with pytest.raises(SystemExit):
        start_due(either_state, HOUSE, Dying())
    assert every(either_state, PlaybookRun) == []
    assert look(either_state) == 1
