"""Playbooks on the desk: versions, runs in every state, approvals; the same ones every time."""

import datetime as dt
import functools
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from playbooks.action.intent import Change, Intent
from playbooks.cacao.form import compile_form
from playbooks.cacao.playbook import Playbook, Words, digest_of
from playbooks.cacao.reading import read_playbook
from playbooks.execution.course.identity import step_run_id_of
from situation.state.columns import JsonObject
from situation.state.tables import (
    ActionLog,
    Approval,
    ApprovalVote,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
)
from tests.soc_api.web.city import DRILL, DRILL_INCIDENT, INCIDENT, NOW, SMALL_INCIDENT

LEAK = "leak-response"
DEEP = "deep-one"
DRAFT = "draft-one"

WAITING_RUN = "R-2026-0318-11"
UNSURE_RUN = "R-2026-0318-12"
FAILED_RUN = "R-2026-0318-13"
DONE_RUN = "R-2026-0317-04"
LONG_RUN = "R-2026-0318-14"
DRILL_RUN = "演练-R-2026-0318-1"

AUTHOR, STARTER = "lin", "chen"
"""Who wrote the playbook, and who started the runs."""
TARGET = "198.51.100.23"

LEAK_FORM = """\
key: leak-response
version: {version}
dated: 2026-03-01
name: {{zh: 数据外传处置, en: Data sent out}}
about:
  zh: 有数据外传迹象时的核对、取证、封禁、通报和报告。
  en: What follows when data were sent out.
types: [investigation, mitigation]
within: 7d
if_it_fails: compensate
triggers:
  - {{on: grade, level: 3}}
  - {{on: detector, is: [upload, dns_tunnel], level: 2}}
  - {{on: clock, is: [T-CITY], minutes: 30}}
variables:
  attacker: {{type: ip-addr, from: incident.destination_ip}}
  hours: {{type: integer, value: {hours}}}
  known: {{type: integer, value: 0}}
  count: {{type: integer, value: 0}}
steps:
  - step: look-up
    name: {{zh: 核对告警与资产, en: Look up alerts and assets}}
    action: enrich
    with: {{value: "$attacker"}}
    out: {{indicators: known}}
    clause: national_plan_2017 4.1
  - step: evidence
    name: {{zh: 留存证据, en: Keep evidence}}
    action: packet_slice
    clause: national_plan_2017 4.1
  - step: block
    name: {{zh: 边界封禁, en: Block at the border}}
    action: block_address
    with: {{address: "$attacker", hours: "$hours", reason: 数据外传的对端}}
    clause: national_plan_2017 4.2
    on_timeout: skip
  - step: both
    name: {{zh: 通报与核实, en: Notify and find out}}
    parallel:
      - - step: notice
          name: {{zh: 通知单位并要求改口令, en: Tell the department and have passwords changed}}
          action: draft_notice
          clause: national_plan_2017 4.2
      - - step: persons
          name: {{zh: 核实泄露人数, en: Find the number of persons}}
          action: manual_task
          with: {{title_zh: 核实泄露人数, title_en: Find the number of persons, role: analyst}}
          within: 2h
          clause: reporting_2025 4
  - step: decide
    name: {{zh: 是否已知恶意, en: Known to be bad}}
    if: known > 0
    then:
      - step: query
        name: {{zh: 查其余主机, en: Look for other hosts}}
        action: store_query
        with: {{dataset: flow, where: {{eq: {{field: destination.ip, value: "$attacker"}}}}}}
        out: {{count: count}}
    else:
      - step: report
        name: {{zh: 起草首次报告, en: Draft the first report}}
        action: manual_task
        with: {{title_zh: 起草首次报告, title_en: Draft the first report}}
        clause: reporting_2025 7
  - step: observe
    name: {{zh: 观察 24 小时, en: Watch for 24 hours}}
    wait: 24h
    clause: national_plan_2017 4.2
"""

DRAFT_FORM = """\
key: draft-one
version: 1
dated: 2026-03-01
name: {zh: 起草中的剧本, en: A playbook being written}
about: {zh: 还没有写完。, en: Not finished.}
types: [investigation]
steps:
  - step: only
    name: {zh: 只有一步, en: The only step}
    action: no_such_action
"""

_LONG = "核对市疾病预防控制中心公共卫生应急信息平台建设运营办公室的全部外联主机并留存证据"


def _deep_form() -> str:
    head = f"""\
key: {DEEP}
version: 1
dated: 2026-03-01
name:
  zh: 市疾病预防控制中心公共卫生应急信息平台失陷主机的核实封禁通报与全过程恢复处置
  en: Everything about a compromised host of the public health emergency platform
about: {{zh: 最坏的情形。, en: The worst case.}}
types: [mitigation]
if_it_fails:
  - step: tell
    name: {{zh: 告知值班长, en: Tell the duty lead}}
    action: manual_task
    with: {{title_zh: 处置失败, title_en: It failed}}
variables:
  listed: {{type: bool, value: true}}
  count: {{type: integer, value: 3}}
  kind: {{type: string, value: web}}
steps:
"""
    return head + "\n".join(_nest(0, "  ", "s")) + "\n"


def _nest(depth: int, indent: str, name: str) -> list[str]:
    lines = []
    for rank in range(4):
        lines += [
            f"{indent}- step: {name}-{rank}",
            f"{indent}  name:",
            f"{indent}    zh: {_LONG}第{depth}层{rank}",
            f"{indent}    en: Look at every host in turn, depth {depth} number {rank}, and keep it",
            f"{indent}  action: manual_task",
            f"{indent}  with: {{title_zh: 核对, title_en: Look}}",
            f"{indent}  clause: national_plan_2017 4.{rank % 2 + 1}",
        ]
    if depth >= 5:
        return lines
    inner = _nest(depth + 1, indent + "      ", f"{name}-x")
    other = [line.replace(f"{name}-x", f"{name}-y") for line in _leaf(indent + "      ", name)]
    kind = depth % 4
    lines.append(f"{indent}- step: {name}-c")
    if kind == 0:
        lines += [f"{indent}  parallel:", f"{indent}    -", *inner, f"{indent}    -", *other]
    elif kind == 1:
        lines += [f"{indent}  if: listed = true AND (count > 2 OR kind = 'mail')"]
        lines += [f"{indent}  then:", *inner, f"{indent}  else:", *other]
    elif kind == 2:
        lines += [f"{indent}  while: count > 0", f"{indent}  turns: 24", f"{indent}  do:", *inner]
    else:
        lines += [f"{indent}  switch: kind", f"{indent}  cases:", f"{indent}    web:", *inner]
        lines += [f"{indent}    default:", *other]
    return lines


def _leaf(indent: str, name: str) -> list[str]:
    return [
        f"{indent}- step: {name}-y",
        f"{indent}  name: {{zh: 另一支, en: The other branch}}",
        f"{indent}  action: manual_task",
        f"{indent}  with: {{title_zh: 核对, title_en: Look}}",
    ]


@functools.cache
def form_of(key: str, version: int = 1) -> str:
    """Return the form of a playbook of this world."""
    if key == LEAK:
        return LEAK_FORM.format(version=version, hours=24 * version)
    return DRAFT_FORM if key == DRAFT else _deep_form()


@functools.cache
def playbook(key: str, version: int = 1) -> Playbook:
    """Return a playbook of this world as it is read."""
    return read_playbook(compile_form(form_of(key, version)))


@functools.cache
def _step_ids(key: str, version: int) -> dict[str, str]:
    return {step.name.en: step.id for step in playbook(key, version).steps.values()}


def add_playbooks(session: Session) -> dict[str, int]:
    """Add the playbooks with their versions; return the ids by key and number (`key-2`)."""
    states = (
        (LEAK, 1, "retired"),
        (LEAK, 2, "published"),
        (LEAK, 3, "review"),
        (DEEP, 1, "published"),
        (DRAFT, 1, "draft"),
    )
    return {
        f"{key}-{number}": add_version(session, key, number, state).id
        for key, number, state in states
    }


def add_version(session: Session, key: str, number: int, state: str) -> PlaybookVersion:
    """Add one version of a playbook."""
    read = playbook(key, number)
    reviewed = state in ("published", "retired")
    row = PlaybookVersion(
        playbook_id=read.id,
        number=number,
        key=key,
        name_zh=read.name.zh,
        name_en=read.name.en,
        document=read.document,
        source=form_of(key, number),
        sha256=read.digest,
        state=state,
        written_by=AUTHOR,
        written_at=NOW - dt.timedelta(days=30 - number),
        reviewed_by="wang" if reviewed else None,
        reviewed_at=NOW - dt.timedelta(days=29 - number) if reviewed else None,
    )
    session.add(row)
    session.flush()
    return row


@dataclass
class Course:
    """A run that is told step by step; each step takes a minute."""

    session: Session
    run: PlaybookRun
    key: str
    number: int
    at: dt.datetime
    rows: dict[str, StepRun] = field(default_factory=dict)

    def step(self, name: str, state: str, **values: object) -> StepRun:
        """Add a step by its English name, and a line of the log."""
        step_id = _step_ids(self.key, self.number)[name]
        scope = str(values.pop("scope", ""))
        call = playbook(self.key, self.number).steps[step_id].call
        over = state in ("done", "failed", "skipped", "cancelled")
        shown: dict[str, object] = {
            "id": step_run_id_of(self.run.id, step_id, scope),
            "run_id": self.run.id,
            "step_id": step_id,
            "scope": scope,
            "state": state,
            "due_at": self.at,
            "deadline_at": self.at + dt.timedelta(minutes=15),
            "attempts": 1,
            "action": {"name": call.action, "parameters": call.parameters} if call else {},
            "action_sha256": digest_of({"name": call.action}) if call else "",
            "outputs": {},
            "undo": {},
            "opened_at": self.at,
            "started_at": self.at if state != "due" else None,
            "ended_at": self.at + dt.timedelta(seconds=2) if over else None,
        }
        row = StepRun(**(shown | values))
        self.session.add(row)
        self.session.flush()
        self.log(row, {"done": "done", "failed": "failed", "approval": "ask"}.get(state, "begin"))
        self.rows[name] = row
        self.at += dt.timedelta(minutes=1)
        return row

    def undoing(self, name: str, state: str, due_at: dt.datetime, **values: object) -> StepRun:
        """Add the step that takes another one back."""
        of = self.rows[name]
        shown: dict[str, object] = {
            "id": step_run_id_of(self.run.id, of.step_id, of.id, "undo"),
            "run_id": self.run.id,
            "step_id": of.step_id,
            "scope": of.id,
            "purpose": "undo",
            "undoes": of.id,
            "state": state,
            "due_at": due_at,
            "deadline_at": due_at + dt.timedelta(minutes=15),
            "action": of.action,
            "outputs": {},
            "undo": {},
            "opened_at": self.at,
        }
        row = StepRun(**(shown | values))
        self.session.add(row)
        self.session.flush()
        return row

    def log(self, row: StepRun, what: str, detail: JsonObject | None = None) -> None:
        """Add a line of the log."""
        self.session.add(
            ActionLog(
                run_id=self.run.id,
                step_run_id=row.id,
                at=self.at,
                what=what,
                attempt=row.attempts,
                by="system",
                detail=detail or {},
            )
        )


def add_run(
    session: Session,
    run_id: str,
    version_id: int,
    *,
    key: str = LEAK,
    number: int = 2,
    state: str = "running",
    incident_id: str | None = INCIDENT,
    ago: dt.timedelta = dt.timedelta(minutes=24),
    **values: object,
) -> Course:
    """Add a run without steps, and return its course."""
    start = NOW - ago
    shown: dict[str, object] = {
        "id": run_id,
        "version_id": version_id,
        "object_kind": "incident" if incident_id else "none",
        "object_id": incident_id or "",
        "incident_id": incident_id,
        "trigger": "grade",
        "trigger_key": f"key-of-{run_id}",
        "variables": {},
        "state": state,
        "started_by": STARTER,
        "started_at": start,
        "deadline_at": start + dt.timedelta(days=7),
    }
    run = PlaybookRun(**(shown | values))
    session.add(run)
    session.flush()
    return Course(session, run, key, number, start)


def intent(target: str = TARGET) -> Intent:
    """Return what a block would do."""
    lines = tuple(
        f"+ deny ip {way}   # {WAITING_RUN} 到 03-19 02:30"
        for way in (f"any host {target}", f"host {target} any")
    )
    return Intent(
        command=f"deny ip {target}/32 both at 边界防火墙组 A（2 台） for 24 h",
        what=Words(f"两个方向都丢弃与 {target} 的通信", f"drop both ways with {target}"),
        how_long=Words("24 小时，3 月 19 日 02:30 自动解除", "24 hours, ends 19 Mar 02:30"),
        undo=Words("删除同一规则；撤销记录已存", "delete the same rule; its record is kept"),
        touches=Words("近 7 天只有 gjj-app-03 联系过它", "in 7 days only gjj-app-03 spoke to it"),
        changes=(Change("fw-a1  第 212 行后", lines), Change("fw-a2  第 208 行后", lines)),
    )


def add_approval(session: Session, step: StepRun, **values: object) -> Approval:
    """Add an approval of a step that asks for it."""
    shown: dict[str, object] = {
        "id": f"{step.id}-1",
        "step_run_id": step.id,
        "run_id": step.run_id,
        "drill_id": None,
        "action": step.action,
        "action_sha256": step.action_sha256,
        "intent": intent().as_json(),
        "effect": "contain",
        "rule": "contain_general",
        "quorum": 1,
        "roles": ["duty_lead", "administrator"],
        "asked_by": STARTER,
        "asked_at": NOW - dt.timedelta(minutes=5),
        "deadline_at": NOW + dt.timedelta(minutes=12, seconds=43),
        "on_timeout": "skip",
    }
    row = Approval(**(shown | values))
    session.add(row)
    session.flush()
    return row


def waiting_run(session: Session, version_id: int) -> Course:
    """Add a run whose block waits for approval."""
    course = add_run(session, WAITING_RUN, version_id)
    course.step("Look up alerts and assets", "done", outputs={"indicators": "0"})
    course.step("Keep evidence", "done", outputs={"sha256": "6b1f0c92" * 8, "count": "3"})
    add_approval(session, course.step("Block at the border", "approval"))
    return course


def add_runs(session: Session, ids: dict[str, int], *, drill: bool = True) -> dict[str, str]:
    """Add a run in every state; return the ids of the approvals by what becomes of them.

    With `drill` also one of the drill, whose incident has to be there.
    """
    leak, deep = ids[f"{LEAK}-2"], ids[f"{DEEP}-1"]
    waiting = waiting_run(session, leak)
    _unsure_run(session, leak)
    _failed_run(session, leak)
    done = _done_run(session, leak)
    _long_run(session, deep)
    if drill:
        _drill_run(session, leak)
    return {
        "pending": f"{waiting.rows['Block at the border'].id}-1",
        "approved": f"{done.rows['Block at the border'].id}-1",
    }


def _unsure_run(session: Session, version_id: int) -> None:
    course = add_run(session, UNSURE_RUN, version_id, incident_id=SMALL_INCIDENT, trigger="hand")
    course.run.reason = "电话要求"
    course.step("Look up alerts and assets", "done")
    course.step("Keep evidence", "unsure", error="the engine died while it was under way")


def _failed_run(session: Session, version_id: int) -> None:
    course = add_run(
        session,
        FAILED_RUN,
        version_id,
        state="failed",
        ended_at=NOW - dt.timedelta(minutes=20),
        outcome="边界封禁失败：防火墙组 A 三次没有应答",
        trigger="detector",
    )
    course.step("Look up alerts and assets", "done")
    course.step("Keep evidence", "done")
    course.step(
        "Block at the border",
        "failed",
        attempts=4,
        error="point fw-a did not answer in 10 s",
        ended_at=course.run.ended_at,
    )


def _done_run(session: Session, version_id: int) -> Course:
    course = add_run(
        session,
        DONE_RUN,
        version_id,
        state="succeeded",
        ago=dt.timedelta(hours=30),
        ended_at=NOW - dt.timedelta(hours=4),
    )
    course.step("Look up alerts and assets", "done")
    course.step("Keep evidence", "done")
    blocked = course.step("Block at the border", "done", undo={"network": f"{TARGET}/32"})
    course.undoing("Block at the border", "due", NOW + dt.timedelta(hours=2))
    add_approval(
        session,
        blocked,
        state="approved",
        asked_at=blocked.opened_at - dt.timedelta(minutes=3),
        decided_at=blocked.opened_at,
    )
    session.add(
        ApprovalVote(
            approval_id=f"{blocked.id}-1",
            person="zhou",
            role="duty_lead",
            vote="approve",
            remark="同意，先封 24 小时",
            at=blocked.opened_at,
        )
    )
    return course


def _long_run(session: Session, version_id: int) -> None:
    course = add_run(session, LONG_RUN, version_id, key=DEEP, number=1)
    names = [name for name in _step_ids(DEEP, 1) if name.startswith("Look at every")]
    for name in names[:12]:
        row = course.step(name, "done", outputs={"hosts": "2001:db8:4f2a:77b0:0:1:2:3 " * 20})
        for attempt in range(16):
            course.log(row, "again", {"reason": f"attempt {attempt}: the store is away"})
    course.step(names[12], "waiting", awaits_kind="task", awaits_id="none")


def _drill_run(session: Session, version_id: int) -> None:
    course = add_run(session, DRILL_RUN, version_id, incident_id=DRILL_INCIDENT, drill_id=DRILL)
    row = course.step("Block at the border", "approval")
    add_approval(session, row, drill_id=DRILL)
