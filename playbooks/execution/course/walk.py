"""A walk: one transaction's way through one run, from what was settled to what comes next.

A scope is a token that goes from step to step; a control step opens a scope for each branch and
waits until they have ended. Steps that do nothing outside the run are settled where they are
reached. Whoever walks holds the run's row.
"""

import datetime as dt
from collections import Counter, deque
from collections.abc import Iterator
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from playbooks.cacao.playbook import Playbook, Step, StepKind
from playbooks.execution.course.cancelling import let_go
from playbooks.execution.course.identity import (
    DO,
    TOP,
    UNDO,
    control_of,
    scope_of,
    step_run_id_of,
)
from playbooks.execution.course.inverse import (
    end_failure,
    has_to_take_back,
    open_undos,
    takes_back,
    tell_failure,
    undoable,
)
from playbooks.execution.course.keeping import keep_outputs
from playbooks.execution.course.log import note, note_run, short
from playbooks.execution.course.progress import (
    AT_ONCE,
    CONTROLS,
    ENDS,
    after_failure,
    after_success,
    branches,
    step_of,
)
from playbooks.execution.course.timing import AUTOMATIC, within_of
from playbooks.execution.course.token import is_alive
from playbooks.execution.house import House
from playbooks.execution.machine import OPEN, RUN, STEP, STOPPABLE
from playbooks.execution.rendering import variables_of
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import PlaybookRun, PlaybookVersion, StepRun

MOST_STEPS = 10_000
"""Steps that a run may have; one more and it fails."""

WORDS = {
    "ask": "ask",
    "agree": "agree",
    "begin": "begin",
    "again": "again",
    "wait": "waits",
    "release": "release",
    "doubt": "unsure",
    "finish": "done",
    "fail": "failed",
    "skip": "skipped",
    "cancel": "cancelled",
    "repeat": "repeat",
    "revive": "revive",
}
"""What the log calls an act."""


class Walk:
    """Moves the steps of a run whose row is held. `counts` tells what was moved, by act."""

    def __init__(
        self, session: Session, house: House, run: PlaybookRun, *, by: str, now: dt.datetime
    ) -> None:
        self.session, self.house, self.run = session, house, run
        self.by, self.now = by, now
        self.counts: Counter[str] = Counter()
        self._reached: deque[StepRun] = deque()

    @cached_property
    def playbook(self) -> Playbook:
        """Return the playbook that the run is pinned to; raise `Malformed` if it is none."""
        # The document is long, and read where the house has not read it before.
        late = [defer(PlaybookVersion.document)]
        version = self.session.get_one(PlaybookVersion, self.run.version_id, options=late)
        return self.house.playbook(version)

    def begin(self) -> None:
        """Open the first step of a run that was just started."""
        self._open(self.playbook.start, TOP)
        self._go_on()

    def reach(self, row: StepRun) -> None:
        """Settle a due step that does nothing outside the run."""
        self._reached.append(row)
        self._go_on()

    def move(self, row: StepRun, act: str, detail: JsonObject | None = None) -> None:
        """Move one step and write it down; nothing follows from it."""
        row.state = STEP.after(row.state, act, where=row.id)
        if row.state in STEP.terminal:
            row.ended_at, row.lease_until = self.now, None
        self.counts["undone" if (act, row.purpose) == ("finish", UNDO) else act] += 1
        note(self.session, row, WORDS[act], by=self.by, now=self.now, detail=detail)

    def finish(self, row: StepRun, detail: JsonObject | None = None) -> None:
        """End a step well; its outputs become variables, and the run goes on behind it."""
        if row.purpose == UNDO:
            self.move(row, "finish", detail)
            self._take_note_of_undo(row)
            return
        if self._is_alive(row):
            try:
                keep_outputs(self.run, self._step(row), row.outputs)
            except Malformed as fault:
                self.fail(row, str(fault))
                return
        self.move(row, "finish", detail)
        self._go_behind(row)

    def skip(self, row: StepRun, reason: str) -> None:
        """Leave a step out; the run goes on behind it."""
        self.move(row, "skip", {"reason": short(reason)})
        self._go_behind(row)

    def fail(self, row: StepRun, reason: str, *, is_late: bool = False) -> None:
        """End a step badly; what follows is the playbook's word, else the run fails.

        The task of one that `is_late` stays with its people, overdue: it has to be done all the
        same.
        """
        if not (is_late and row.awaits_kind == "task"):
            self._let_go(row, reason)
        if self._is_control(row):
            self._cancel_within(row, reason)
        row.error = short(reason)
        self.move(row, "fail", {"reason": row.error})
        if row.purpose == UNDO:
            tell_failure(self.session, row, now=self.now)
            return
        if self._is_alive(row):
            self._follow_failure(row)
            self._go_on()
        else:
            self._take_back_late(row)

    def give_up(self, reason: str) -> None:
        """Fail the run; a playbook that compensates takes back first what it contained."""
        if self.playbook.compensates and has_to_take_back(self.session, self.run):
            self.compensate("failed", reason)
        else:
            self.end("fail", reason)

    def compensate(self, ends_as: str, reason: str) -> None:
        """Take back what the run contained, newest first; then it ends as said."""
        self._cancel_open(reason)
        self.run.ends_as, self.run.outcome = ends_as, short(reason)
        self.run.state = RUN.after(self.run.state, "compensate", where=self.run.id)
        note_run(
            self.session, self.run, "compensate", by=self.by, now=self.now, reason=short(reason)
        )
        rows = undoable(self.session, self.run)
        open_undos(self.session, rows, by=self.by, now=self.now, reason=short(reason))

    def end(self, act: str, reason: str = "") -> None:
        """End the run; what is still open is cancelled."""
        self._cancel_open(reason)
        self.run.state = RUN.after(self.run.state, act, where=self.run.id)
        self.run.ended_at = self.now
        self.run.outcome = short(reason) or self.run.outcome
        said = {"state": self.run.state, "reason": self.run.outcome}
        note_run(self.session, self.run, "end", by=self.by, now=self.now, **said)

    def _cancel_open(self, reason: str) -> None:
        # What is under way outside ends by itself.
        for row in self._open_rows(STOPPABLE):
            self._cancel(row, reason)

    def _take_back_late(self, row: StepRun) -> None:
        """Take back a step that ended when its run was already taking back what it did."""
        if row.undo and row.undone_at is None and takes_back(self.session, self.run):
            open_undos(self.session, [row], by=self.by, now=self.now, reason="late")

    def _open(self, step_id: str, scope: str) -> None:
        step = step_of(self.playbook, step_id)
        self._refuse_excess(step, scope)
        due_at = self.now + step.delay
        row = StepRun(
            id=step_run_id_of(self.run.id, step_id, scope),
            run_id=self.run.id,
            step_id=step_id,
            scope=scope,
            purpose=DO,
            state=STEP.initial,
            due_at=due_at,
            deadline_at=self._deadline(step, due_at),
            attempts=0,
            action={},
            outputs={},
            undo={},
            opened_at=self.now,
        )
        self.session.add(row)
        self.session.flush()
        if step.kind in AT_ONCE and due_at <= self.now:
            self._reached.append(row)

    def _refuse_excess(self, step: Step, scope: str) -> None:
        if self.session.get(StepRun, step_run_id_of(self.run.id, step.id, scope)) is not None:
            raise Malformed("was reached before; only a loop repeats", where=step.id)
        if scope == TOP:
            return  # Without a loop around it there are no more steps than the playbook has.
        mine = sa.select(sa.func.count()).where(StepRun.run_id == self.run.id)
        if (self.session.scalar(mine) or 0) >= MOST_STEPS:
            raise Malformed(f"the run has more than {MOST_STEPS} steps", where=step.id)

    def _deadline(self, step: Step, due_at: dt.datetime) -> dt.datetime:
        if step.kind in CONTROLS and step.within is None:
            return self.run.deadline_at
        action = self.house.actions.get(step.call.action) if step.call else None
        within = AUTOMATIC if step.kind in ENDS else within_of(step, action)
        return min(due_at + within, max(self.run.deadline_at, due_at))

    def _go_on(self) -> None:
        while self._reached:
            row = self._reached.popleft()
            if row.state in (STEP.initial, "waiting"):
                self._settle(row)

    def _settle(self, row: StepRun) -> None:
        step = self._step(row)
        row.started_at = row.started_at or self.now
        if step.kind in ENDS:
            self.move(row, "finish")
            self._go_behind(row)
            return
        try:
            ways = branches(step, variables_of(self.run, step), row.attempts + 1)
        except Malformed as fault:
            self.fail(row, str(fault))
            return
        if not ways:
            self.move(row, "finish")
            self._go_behind(row)
            return
        if row.state == STEP.initial:
            self.move(row, "wait", {"branches": [way.name for way in ways]})
        row.attempts += 1
        for way in ways:
            self._open(way.step_id, scope_of(row.id, way.name))

    def _go_behind(self, row: StepRun) -> None:
        if not self._is_alive(row):
            self._take_back_late(row)
            return
        following = after_success(self._step(row))
        if following is None:
            self._end_scope(row.scope)
        else:
            self._open(following, row.scope)
        self._go_on()

    def _end_scope(self, scope: str) -> None:
        control_id = control_of(scope)
        if control_id is None:
            self.end("succeed")
            return
        within = StepRun.scope.startswith(f"{control_id}/")
        still = sa.select(StepRun.id).where(
            StepRun.run_id == self.run.id, within, StepRun.state.in_(OPEN)
        )
        if self.session.scalar(still.limit(1)) is not None:
            return
        control = self.session.get_one(StepRun, control_id)
        if self._step(control).kind is StepKind.WHILE:
            self._reached.append(control)
        else:
            self.move(control, "finish")
            self._go_behind(control)

    def _follow_failure(self, row: StepRun) -> None:
        following = after_failure(self._step(row))
        if following is not None:
            self._open(following, row.scope)
            return
        for control in self._enclosing(row):
            handler = after_failure(self._step(control))
            if handler is not None:
                self._fail_control(control, handler, row)
                return
        reason = f"{self._step(row).name.zh or row.step_id}: {row.error}"
        exception = self.playbook.exception
        if exception is None or self._was_reached(exception):
            self.give_up(reason)
            return
        self._cancel_open(reason)
        self.run.outcome = short(reason)
        self._open(exception, TOP)

    def _was_reached(self, step_id: str) -> bool:
        return self.session.get(StepRun, step_run_id_of(self.run.id, step_id)) is not None

    def _fail_control(self, control: StepRun, handler: str, cause: StepRun) -> None:
        reason = f"{cause.step_id}: {cause.error}"
        self._cancel_within(control, reason)
        control.error = short(reason)
        self.move(control, "fail", {"reason": control.error})
        self._open(handler, control.scope)

    def _enclosing(self, row: StepRun) -> Iterator[StepRun]:
        """Yield the control steps around a step, from the inside out."""
        control_id = control_of(row.scope)
        while control_id is not None:
            control = self.session.get_one(StepRun, control_id)
            yield control
            control_id = control_of(control.scope)

    def _cancel_within(self, control: StepRun, reason: str) -> None:
        for row in self._open_rows(STOPPABLE):
            if any(one.id == control.id for one in self._enclosing(row)):
                self._cancel(row, reason)

    def _let_go(self, row: StepRun, reason: str) -> None:
        let_go(self.session, row, reason=short(reason), now=self.now)
        if row.awaits_kind == "playbook_run":
            self._stop_child(row.awaits_id, reason)

    def _cancel(self, row: StepRun, reason: str) -> None:
        self._let_go(row, reason)
        self.move(row, "cancel", {"reason": short(reason)})

    def _stop_child(self, run_id: str, reason: str) -> None:
        child = self.session.get(PlaybookRun, run_id, with_for_update=True)
        if child is not None and child.state == RUN.initial:
            Walk(self.session, self.house, child, by=self.by, now=self.now).end("stop", reason)

    def _open_rows(self, states: tuple[str, ...]) -> list[StepRun]:
        mine = sa.select(StepRun).where(
            StepRun.run_id == self.run.id, StepRun.purpose == DO, StepRun.state.in_(states)
        )
        return list(self.session.scalars(mine.order_by(StepRun.opened_at, StepRun.id)))

    def _is_alive(self, row: StepRun) -> bool:
        return is_alive(self.session, self.run, row)

    def _take_note_of_undo(self, row: StepRun) -> None:
        if row.undoes is not None:
            self.session.get_one(StepRun, row.undoes).undone_at = self.now
            end_failure(self.session, row, now=self.now)

    def _is_control(self, row: StepRun) -> bool:
        return row.state == "waiting" and not row.awaits_kind

    def _step(self, row: StepRun) -> Step:
        return step_of(self.playbook, row.step_id)
