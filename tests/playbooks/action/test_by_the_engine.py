"""The actions as the engine performs them: written as YAML, rehearsed, run, taken back."""

import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest

from playbooks.action.catalogue import ACTIONS
from playbooks.cacao.form import compile_form
from playbooks.cacao.playbook import Playbook
from playbooks.cacao.reading import read_playbook
from playbooks.execution.house import House
from playbooks.execution.readiness import faults_of
from playbooks.execution.rehearsal import rehearse
from playbooks.execution.undoing import undo_step
from playbooks.incident.tasks import finish_task
from situation.events.dataset import FLOW, dataset_of
from situation.events.opening import open_event_store
from situation.events.store import Batch
from situation.state.store import StateStore
from situation.state.tables import Alert, Delivery, Incident, Notice, Suppression, Task
from tests.detect.frames import MORNING, flow, flows
from tests.playbooks.execution.ground import LEAD, Ground
from tests.playbooks.incident.case import PLAN, every, opened, tasks, the
from tests.playbooks.intrusion import ASSETS, FRONT_END, NOW
from tests.playbooks.outbox.post import add_contact
from tests.playbooks.suppressing import SCANNER, came, claim

FORM = f"""
key: known-scanner
version: 1
dated: 2026-03-01
name: {{zh: 已知扫描器, en: A known scanner}}
about: {{zh: 测试, en: for a test}}
types: [investigation]
variables:
  own: {{type: bool, value: false}}
  seen: {{type: integer, value: 0}}
  verdict: {{type: string, value: ""}}
steps:
  - step: look-up
    name: {{zh: 核对, en: look up}}
    action: enrich
    with: {{value: "{SCANNER}"}}
    out: {{is_own: own}}
  - step: ask
    name: {{zh: 查询, en: ask the store}}
    action: store_query
    with:
      dataset: flow
      where: {{eq: {{field: source.ip, value: "{SCANNER}"}}}}
    out: {{count: seen}}
  - step: ours
    name: {{zh: 属于本市, en: it is ours}}
    if: own = true
    then:
      - step: hide
        name: {{zh: 压制, en: hide}}
        action: suppress
        with: {{host: "{SCANNER}", detector: scan, days: 7, reason: 已知扫描器}}
  - step: tell
    name: {{zh: 告知, en: tell}}
    action: mail
    with: {{title_zh: 已压制, text_zh: "流量 ${{seen}} 条"}}
  - step: check
    name: {{zh: 核实, en: check}}
    action: manual_task
    with: {{title_zh: 核实扫描授权, role: duty_lead}}
    out: {{answer: verdict}}
  - step: order
    name: {{zh: 整改, en: order}}
    action: open_rectification
    with: {{items: ["登记扫描授权"], reason: "核实结果：${{verdict}}"}}
"""


@pytest.fixture
def ground(either_state: StateStore, tmp_path: pathlib.Path) -> Iterator[Ground]:
    house = House(plan=PLAN, assets=ASSETS, actions=ACTIONS)
    made = Ground(either_state, tmp_path, house=house)
    with either_state.transaction() as session:
        add_contact(session, "值班席", department="市网信办", role="desk", mail="desk@city.example")
    yield made
    made.close()


@pytest.fixture
def scanner() -> Playbook:
    return read_playbook(compile_form(FORM))


def _task(ground: Ground) -> Task:
    (task,) = tasks(ground.state, "playbook_step")
    return task


def _mails(ground: Ground) -> list[Delivery]:
    # The desk is told as well that somebody has to agree.
    return [one for one in every(ground.state, Delivery) if one.occasion.startswith("message:")]


def test_it_fits_to_be_published(scanner: Playbook) -> None:
    assert faults_of(scanner, actions=ACTIONS, plan=PLAN, knows=lambda _: True) == []


def test_a_run_does_each_thing_once_and_goes_on_by_the_answer(
    ground: Ground, scanner: Playbook
) -> None:
    incident = opened(ground.state)
    run = ground.start(scanner, cause=ground.about(incident))
    ground.settle()
    assert every(ground.state, Suppression) == []
    ground.agree(run)
    ground.settle()
    (mail,) = _mails(ground)
    assert mail.payload["text_zh"] == "流量 0 条"
    with ground.state.transaction() as session:
        finish_task(session, _task(ground).id, answer="已授权", by=LEAD, now=ground.clock.now())
    ground.settle()
    assert ground.run(run).state == "succeeded"
    (order,) = every(ground.state, Notice)
    assert "核实结果：已授权" in str(order.fields["cause"])
    assert len(every(ground.state, Suppression)) == len(_mails(ground)) == 1


def test_a_suppression_ages_and_what_it_hid_is_open_again(
    ground: Ground, scanner: Playbook
) -> None:
    run = ground.start(scanner, cause=ground.about(opened(ground.state)))
    ground.settle()
    ground.agree(run)
    ground.settle()
    hid = came(ground.state, claim(), now=ground.clock.now())
    assert hid.status == "suppressed"
    ground.later(dt.timedelta(days=7))
    ground.settle()
    assert the(ground.state, Alert, hid.id).status == "open"
    (row,) = every(ground.state, Suppression)
    assert row.ended_at is not None


def test_a_rehearsal_comes_to_the_same_actions_and_writes_nothing(
    ground: Ground, scanner: Playbook
) -> None:
    incident = opened(ground.state)
    before = len(every(ground.state, Task))
    with ground.state.reading() as session:
        seen = rehearse(
            session,
            ground.house,
            scanner,
            cause=ground.about(incident),
            variables={},
            assume={"seen": "0", "verdict": "已授权"},
            now=NOW,
        )
    assert len(every(ground.state, Task)) == before
    assert every(ground.state, Suppression) == []
    run = ground.start(scanner, cause=ground.about(incident))
    ground.settle()
    ground.agree(run)
    ground.settle()
    with ground.state.transaction() as session:
        finish_task(session, _task(ground).id, answer="已授权", by=LEAD, now=ground.clock.now())
    ground.settle()
    done = {step.action_sha256 for step in ground.steps(run) if step.action_sha256}
    assert {step.sha256 for step in seen.steps if step.sha256} == done
    assert len(done) == 6
    assert FRONT_END not in str([step.intent for step in seen.steps])


RAISING = """
key: raise-it
version: 1
dated: 2026-03-01
name: {zh: 升级, en: Raise}
about: {zh: 测试, en: for a test}
types: [notification]
steps:
  - step: up
    name: {zh: 升为Ⅱ级, en: raise to two}
    action: raise_grade
    with: {level: 2, reason: 已确认数据外传}
"""


def test_a_level_is_raised_only_once_people_have_agreed(ground: Ground) -> None:
    incident = opened(ground.state)
    run = ground.start(read_playbook(compile_form(RAISING)), cause=ground.about(incident))
    ground.settle()
    (asked,) = ground.pending(run)
    assert the(ground.state, Incident, incident.id).level == 4
    assert "clocks" in str(asked.intent["touches"])
    ground.agree(run)
    ground.settle()
    assert ground.run(run).state == "succeeded"
    assert the(ground.state, Incident, incident.id).level == 2
    with ground.state.transaction() as session:
        step = ground.step(run, "action").id
        undo_step(session, ground.house, step, reason="误判", by=LEAD, now=ground.clock.now())
    ground.settle()
    assert the(ground.state, Incident, incident.id).level == 2
    assert "Ⅳ级" in _task(ground).title_zh


COUNT = f"""
key: count-in-a-drill
version: 1
dated: 2026-03-01
name: {{zh: 演练中查询, en: Count in a drill}}
about: {{zh: 测试, en: for a test}}
types: [investigation]
variables:
  seen: {{type: integer, value: 0}}
  answered: {{type: string, value: none}}
steps:
  - step: ask
    name: {{zh: 查询, en: ask the store}}
    action: store_query
    with:
      dataset: flow
      where: {{eq: {{field: source.ip, value: "{SCANNER}"}}}}
    out: {{count: seen}}
  - step: gateway
    name: {{zh: 询问网关, en: ask the gateway}}
    action: openc2_query
    with: {{actuator: gateway, features: [versions]}}
    out: {{status: answered}}
"""


def test_a_drill_reads_its_own_records_and_asks_nobody_outside(ground: Ground) -> None:
    events = open_event_store(str(ground.folder / "events"))
    events.setup()
    rows = [flow(number, SCANNER, FRONT_END, 22) for number in range(3)]
    ground.clock.advance(MORNING + dt.timedelta(minutes=30) - ground.clock.now())
    events.write(Batch(dataset_of(FLOW, "d-1"), "drill", flows(rows)))
    events.write(Batch(dataset_of(FLOW, None), "real", flows(rows[:1])))
    incident = opened(ground.state, drill_id="d-1", now=ground.clock.now())
    run = ground.start(read_playbook(compile_form(COUNT)), cause=ground.about(incident))
    ground.settle()
    assert ground.run(run).state == "succeeded", ground.run(run).outcome
    assert ground.variable(run, "seen") == "3"
    assert ground.variable(run, "answered") == "none"
