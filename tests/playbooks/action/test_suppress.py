"""suppress: it shows what it would hide, hides, and is taken back without trace."""

import datetime as dt

import pytest
from pydantic import ValidationError

from situation.state.store import StateStore
from situation.state.tables import Alert, Suppression
from tests.playbooks.action.scene import KEY, RUN, done, given, intended, undone
from tests.playbooks.incident.case import every, the
from tests.playbooks.intrusion import FRONT_END, NOW, alert, put
from tests.playbooks.suppressing import SCANNER, came, claim

DAY = dt.timedelta(days=1)
SAID: dict[str, object] = {
    "host": SCANNER,
    "detector": "scan",
    "days": 30,
    "reason": "已知的漏洞扫描器",
}


def test_it_hides_until_its_end_and_names_that_as_when_it_is_undone(
    either_state: StateStore,
) -> None:
    outcome = done(either_state, "suppress", SAID)
    assert outcome.until == NOW + 30 * DAY
    assert outcome.outputs == {"suppression": KEY}
    row = the(either_state, Suppression, KEY)
    assert (row.host, row.detector, row.owner, row.run_id) == (SCANNER, "scan", "chen", RUN)
    assert came(either_state, claim()).status == "suppressed"


def test_taking_it_back_opens_what_it_hid_and_a_repeat_changes_nothing(
    either_state: StateStore,
) -> None:
    outcome = done(either_state, "suppress", SAID)
    hid = came(either_state, claim())
    assert "1" in undone(either_state, "suppress", outcome).told.en
    after = the(either_state, Alert, hid.id)
    assert (after.status, after.suppression_id) == ("open", None)
    undone(either_state, "suppress", outcome)
    assert the(either_state, Alert, hid.id).version == after.version


def test_a_step_that_is_performed_again_holds_the_same(either_state: StateStore) -> None:
    first = done(either_state, "suppress", SAID)
    assert done(either_state, "suppress", SAID, now=NOW + DAY) == first
    assert len(every(either_state, Suppression)) == 1


def test_an_intent_says_how_many_of_how_many_and_whose(either_state: StateStore) -> None:
    put(either_state, [alert("scan", 0, severity=3), alert("scan", 1), alert("beacon", 2)])
    intent = intended(either_state, "suppress", SAID | {"host": FRONT_END})
    assert "最近 30 天的 3 条告警中会隐藏 2 条，其中高危以上 1 条" in intent.touches.zh
    assert "would have hidden 2 of the 3 alerts of the last 30 days" in intent.touches.en
    assert "示例市数据局" in intent.touches.zh
    assert "数据交换前置机" in intent.what.zh
    assert "2026-04-02 20:00" in intent.how_long.zh
    assert intent.command == f"suppress host={FRONT_END} detector=scan days=30"
    assert every(either_state, Suppression) == []


def test_an_address_is_kept_in_its_one_form() -> None:
    _, parameters = given("suppress", **(SAID | {"host": "2001:DB8::0:1"}))
    assert parameters.model_dump()["host"] == "2001:db8::1"


@pytest.mark.parametrize(
    "wrong",
    [{"host": "10.20.10.0/24"}, {"host": "scanner"}, {"days": 91}, {"days": 0}, {"reason": " "}],
)
def test_parameters_out_of_bounds_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as raised:
        given("suppress", **(SAID | wrong))
    assert [error["loc"] for error in raised.value.errors()] == [tuple(wrong)]
