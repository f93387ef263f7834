import pytest

from situation.state.store import StateStore
from situation.state.tables import Account, Approval, Drill, GradeChange, Notice
from soc_api.permission import Permission
from soc_api.web.query.desk.approval import Decision, decisions
from tests.soc_api.web.busy_incident import ask_down
from tests.soc_api.web.city import DRILL, INCIDENT, NOW, add_incidents
from tests.soc_api.web.holding import APPROVAL, RUN, hold


@pytest.fixture
def waiting(either_state: StateStore) -> StateStore:
    with either_state.transaction() as session:
        add_incidents(session)
        hold(session)
    return either_state


def _decisions(state: StateStore, drill_id: str | None = None) -> list[Decision]:
    with state.reading() as session:
        return decisions(session, drill_id, NOW)


def _account(name: str, role: str) -> Account:
    return Account(name=name, role=role, display_name=name)


def _notice(status: str) -> Notice:
    return Notice(
        id=f"n-{status}",
        number=f"{status} 号",
        incident_id=INCIDENT,
        department="市教育局",
        contact="",
        level=3,
        title_zh="通报",
        title_en="notice",
        fields={},
        status=status,
        drafted_by="lin",
        submitted_by="he",
        receipt_due=NOW,
        feedback_due=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def test_an_action_is_told_in_its_own_words_with_the_time_that_is_left(waiting: StateStore) -> None:
    (found,) = _decisions(waiting)
    assert (found.kind, found.permission) == ("action", Permission.APPROVE_ACTION)
    assert found.title.zh == "边界封禁 198.51.100.23，24 小时"
    assert found.about.zh == "数据外传处置"
    assert found.link == f"/playbooks/runs/{RUN}"
    assert found.due is not None
    assert found.due.seconds_left == 12 * 60
    assert (found.agreed, found.quorum) == (1, 2)


def test_an_action_without_words_is_told_as_the_command(waiting: StateStore) -> None:
    with waiting.transaction() as session:
        session.get_one(Approval, APPROVAL).intent = {"command": "deny ip 198.51.100.23/32"}
    assert _decisions(waiting)[0].title.en == "deny ip 198.51.100.23/32"


@pytest.mark.parametrize(
    ("name", "role", "concerned"),
    [
        ("zhou", "duty_lead", True),
        ("he", "duty_lead", False),
        ("root", "administrator", False),
        ("lin", "analyst", False),
        ("lin", "duty_lead", True),
    ],
)
def test_it_waits_for_whose_role_decides_until_they_have(
    waiting: StateStore, name: str, role: str, *, concerned: bool
) -> None:
    (found,) = _decisions(waiting)
    assert found.concerns(_account(name, role)) is concerned
    assert (name in found.own) == (name == "lin")


def test_what_is_decided_waits_no_more(waiting: StateStore) -> None:
    with waiting.transaction() as session:
        session.get_one(Approval, APPROVAL).state = "approved"
    assert _decisions(waiting) == []


def test_a_drill_asks_for_its_own(waiting: StateStore) -> None:
    with waiting.transaction() as session:
        session.add(Drill(id=DRILL, scenario="intrusion", started_at=NOW, result={}))
        hold(session, drill_id=DRILL)
    assert [each.document for each in _decisions(waiting, DRILL)] == [f"d-{RUN}"]
    assert [each.document for each in _decisions(waiting)] == [RUN]


def test_all_kinds_stand_together_what_is_due_first_on_top(waiting: StateStore) -> None:
    with waiting.transaction() as session:
        ask_down(session)
        session.add_all([_notice("sign_off"), _notice("issued"), _notice("draft")])
    found = _decisions(waiting)
    assert {each.kind: each.own for each in found} == {
        "downgrade": {"lin"},
        "sign_off": {"he"},
        "action": {"lin"},
    }
    limits = [each.due.due_at for each in found if each.due]
    assert limits == sorted(limits)
    assert [each.due is None for each in found] == sorted(each.due is None for each in found)
    down = next(each for each in found if each.kind == "downgrade")
    assert (down.before, down.after) == (3, 4)
    assert next(each for each in found if each.kind == "sign_off").due is not None
    assert _decisions(waiting, DRILL) == []


def test_a_downgrade_that_was_decided_waits_no_more(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_incidents(session)
        session.get_one(GradeChange, ask_down(session)).state = "refused"
    assert _decisions(either_state) == []
