"""The desk hides a new alert that a suppression names, and nothing else."""

import dataclasses
import datetime as dt

import pytest

from detect.desk import put_on_desk
from situation.state.store import StateStore
from situation.state.tables import Alert, AuditLine
from tests.playbooks.incident.case import every
from tests.playbooks.intrusion import ASSETS, FRONT_END, NOW
from tests.playbooks.suppressing import DAY, begun, came, claim, row


def test_a_new_alert_that_fits_is_hidden_and_counted(either_state: StateStore) -> None:
    begun(either_state)
    touched, counts = put_on_desk(
        [claim(), claim(detector="beacon")], either_state, ASSETS, NOW, None
    )
    assert len(touched) == 2
    assert (counts["made"], counts["suppressed"]) == (2, 1)
    found = {one.detector: (one.status, one.suppression_id) for one in every(either_state, Alert)}
    assert found == {"scan": ("suppressed", "s1"), "beacon": ("open", None)}
    created = [line for line in every(either_state, AuditLine) if line.action == "alert.create"]
    assert [line.detail.get("suppression") for line in created] == ["s1", None]


def test_what_stands_on_the_desk_stays_there(either_state: StateStore) -> None:
    came(either_state, claim())
    begun(either_state)
    assert came(either_state, claim(), now=NOW + DAY).status == "open"


def test_an_alert_that_is_hidden_stays_hidden_while_it_grows(either_state: StateStore) -> None:
    begun(either_state)
    came(either_state, claim())
    grown = dataclasses.replace(claim(), event_count=99)
    after = came(either_state, grown)
    assert (after.status, after.event_count) == ("suppressed", 99)


@pytest.mark.parametrize(
    ("changed", "now"),
    [
        ({}, NOW + 30 * DAY),
        ({}, NOW - DAY),
        ({"detector": "beacon"}, NOW),
        ({"host": FRONT_END}, NOW),
        ({"drill_id": "drill-1"}, NOW),
    ],
)
def test_nothing_else_is_hidden(
    either_state: StateStore, changed: dict[str, object], now: dt.datetime
) -> None:
    begun(either_state, row("s1", **changed))
    assert came(either_state, claim(), now=now).status == "open"


def test_a_drill_has_its_own(either_state: StateStore) -> None:
    begun(either_state, row(drill_id="drill-1"))
    assert came(either_state, claim(), drill="drill-1").status == "suppressed"
    assert came(either_state, claim(), drill="drill-2").status == "open"
