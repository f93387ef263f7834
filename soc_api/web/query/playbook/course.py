"""The course of a run, told from the log of the engine and from what people decided."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import ActionLog, PlaybookRun, PlaybookVersion, StepRun
from soc_api.web.query.playbook.approval import Card
from soc_api.web.query.playbook.naming import LOG, LOG_GLYPHS, STARTS
from soc_api.web.term import named
from soc_api.web.text import Text
from soc_api.web.told import told

LINES_SHOWN = 200
"""So many lines of the log are told, the newest; the audit holds all."""

_DECIDED = {
    "approve": Text("审批同意", "Agreed"),
    "refuse": Text("审批驳回", "Refused"),
}
_ENDS = {
    "succeeded": Text("执行完毕", "The run is done"),
    "failed": Text("执行失败", "The run failed"),
    "stopped": Text("已停止", "The run was stopped"),
}
_END_GLYPHS = {"succeeded": "done", "failed": "late", "stopped": "soon"}
NOTHING = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry: what happened, to which step, by whom (an account, empty for the platform)."""

    at: dt.datetime
    glyph: str
    what: Text
    detail: Text = NOTHING
    by: str = ""
    step_run_id: str = ""


def course_of(
    session: Session,
    run: PlaybookRun,
    version: PlaybookVersion,
    cards: Sequence[Card],
    names: Mapping[str, Text],
) -> list[Told]:
    """Return what happened in a run, the newest first.

    `names` are those of its steps by id; a step with an empty name is not told.
    """
    entries = [
        *_logged(session, run, names),
        *(entry for card in cards for entry in _decided(card)),
        *_ends(run, version),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _logged(session: Session, run: PlaybookRun, names: Mapping[str, Text]) -> Iterator[Told]:
    rows = session.execute(
        sa.select(ActionLog, StepRun.step_id, StepRun.purpose)
        .join(StepRun, StepRun.id == ActionLog.step_run_id)
        .where(ActionLog.run_id == run.id, ActionLog.what.not_in(_TOLD_BY_APPROVALS))
        .order_by(ActionLog.id.desc())
        .limit(LINES_SHOWN)
    )
    for row, step_id, purpose in rows:
        what = named(LOG, row.what)
        name = names.get(step_id, Text(step_id, step_id))
        if name == NOTHING:
            continue
        undo = Text("撤销", ", taking back") if purpose == "undo" else NOTHING
        yield Told(
            at=row.at,
            glyph=LOG_GLYPHS.get(row.what, "done"),
            what=Text(f"{undo.zh}{what.zh}：{name.zh}", f"{what.en}{undo.en}: {name.en}"),
            detail=_detail(row),
            by="" if row.by == _PLATFORM else row.by,
            step_run_id=row.step_run_id,
        )


_PLATFORM = "system"
_TOLD_BY_APPROVALS = ("ask", "agree")


def _detail(row: ActionLog) -> Text:
    zh, en = str(row.detail.get("zh", "")), str(row.detail.get("en", ""))
    if zh or en:
        return Text(zh or en, en or zh)
    plain = str(row.detail.get("error") or row.detail.get("reason") or "")
    if plain:
        return told(plain)
    again = row.attempt > 1
    return Text(f"第 {row.attempt} 次", f"attempt {row.attempt}") if again else NOTHING


def _decided(card: Card) -> Iterator[Told]:
    name, row = card.step_name, card.row
    yield Told(
        at=row.asked_at,
        glyph="wait",
        what=Text(f"申请审批：{name.zh}", f"Approval asked for: {name.en}"),
        step_run_id=row.step_run_id,
    )
    for vote in card.votes:
        verdict = _DECIDED.get(vote.vote, Text(vote.vote, vote.vote))
        yield Told(
            at=vote.at,
            glyph="done" if vote.vote == "approve" else "late",
            what=Text(f"{verdict.zh}：{name.zh}", f"{verdict.en}: {name.en}"),
            detail=Text(vote.remark, vote.remark),
            by=vote.person,
            step_run_id=row.step_run_id,
        )
    if row.state in ("expired", "void") and row.decided_at:
        gone = {
            "expired": Text("审批超时", "Approval timed out"),
            "void": Text("审批作废", "Approval void"),
        }[row.state]
        yield Told(
            at=row.decided_at,
            glyph="late",
            what=Text(f"{gone.zh}：{name.zh}", f"{gone.en}: {name.en}"),
            step_run_id=row.step_run_id,
        )


def _ends(run: PlaybookRun, version: PlaybookVersion) -> Iterator[Told]:
    by_hand = run.trigger == "hand"
    start = named(STARTS, run.trigger)
    yield Told(
        at=run.started_at,
        glyph="run",
        what=Text(
            f"{start.zh}，剧本 v{version.number}"
            if by_hand
            else f"由{start.zh}触发，剧本 v{version.number}",
            f"Started {start.en}, version {version.number}"
            if by_hand
            else f"Started by {start.en}, version {version.number}",
        ),
        detail=Text(run.reason, run.reason),
        by=run.started_by if by_hand else "",
    )
    if run.ended_at and run.state in _ENDS:
        yield Told(
            at=run.ended_at,
            glyph=_END_GLYPHS[run.state],
            what=_ENDS[run.state],
            detail=told(run.outcome),
        )
