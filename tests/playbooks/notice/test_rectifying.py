"""A rectification order of the platform is drafted once and whole, and can be printed."""

from playbooks.document.data import notice_data
from playbooks.notice.entry import edited
from playbooks.notice.rectifying import Order, draft_rectification, rectification_id_of
from situation.state.store import StateStore
from situation.state.tables import Incident, Notice
from tests.playbooks.incident.case import every, opened
from tests.playbooks.notice.desk import NOW, PLAN

ORDER = Order(
    key="step-1",
    department="示例市数据局",
    items=("更换全部口令", "关闭对外的 445 端口"),
    reason="口令被猜解后成功登录",
    basis="国家预案 4.2",
)


def _drafted(state: StateStore, incident: Incident, order: Order = ORDER) -> Notice:
    with state.transaction() as session:
        merged = session.get_one(Incident, incident.id)
        return draft_rectification(session, PLAN, merged, order, now=NOW)


def test_an_order_of_one_key_is_drafted_once(either_state: StateStore) -> None:
    incident = opened(either_state)
    first, second = _drafted(either_state, incident), _drafted(either_state, incident)
    assert first.id == second.id == rectification_id_of("step-1")
    assert [one.number for one in every(either_state, Notice)] == [first.number]


def test_its_form_passes_as_one_that_a_person_filled_in(either_state: StateStore) -> None:
    notice = _drafted(either_state, opened(either_state))
    assert edited(PLAN, notice, {"cause": "改过的事由"}).keys() == notice.fields.keys()


def test_an_order_without_a_clause_is_based_on_its_incident(either_state: StateStore) -> None:
    incident = opened(either_state)
    plain = Order(key="2", department="示例市数据局", items=("甲",), reason="乙", basis="")
    basis = _drafted(either_state, incident, plain).fields["basis"]
    assert isinstance(basis, dict)
    assert basis["value"] == [{"zh": f"事件 {incident.id}", "en": f"incident {incident.id}"}]


def test_it_is_printed_with_what_is_required(either_state: StateStore) -> None:
    data = notice_data(PLAN, _drafted(either_state, opened(either_state)))
    assert "更换全部口令" in str(data["fields"])


def test_an_order_of_a_drill_says_so(either_state: StateStore) -> None:
    notice = _drafted(either_state, opened(either_state, drill_id="drill-1"))
    assert notice.title_zh.startswith("【演练】")
    assert "演练" in notice.number
    assert notice.drill_id == "drill-1"
