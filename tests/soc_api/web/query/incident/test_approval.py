from situation.state.store import StateStore
from situation.state.tables import GradeChange, Notice
from soc_api.permission import Permission
from soc_api.web.query.incident.approval import approvals
from tests.soc_api.web.busy_incident import ask_down
from tests.soc_api.web.city import DRILL, INCIDENT, NOW, add_incidents


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


def test_downgrades_and_notices_wait_in_one_list_the_longest_waiting_first(
    either_state: StateStore,
) -> None:
    with either_state.transaction() as session:
        add_incidents(session)
        ask_down(session)
        session.add_all([_notice("sign_off"), _notice("issued"), _notice("draft")])
        session.flush()
        found = approvals(session, None, NOW)
        drilled = approvals(session, DRILL, NOW)
    assert [(each.permission, each.asker) for each in found] == [
        (Permission.APPROVE_GRADE, "lin"),
        (Permission.SIGN_OFF, "he"),
    ]
    assert (found[0].before, found[0].after) == (3, 4)
    assert found[1].due is not None
    assert drilled == []


def test_what_was_decided_waits_no_more(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_incidents(session)
        session.get_one(GradeChange, ask_down(session)).state = "refused"
        session.flush()
        assert approvals(session, None, NOW) == []
