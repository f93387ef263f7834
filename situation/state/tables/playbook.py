"""Tables of playbooks: their versions, runs, steps, approvals, and what was tried."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonList, JsonObject, Row

_PUBLISHED = text("state = 'published'")


class PlaybookVersion(Row):
    """One version of a playbook; the database keeps what left its draft as it was.

    `state`: draft, review, published, refused, retired. Of one playbook at most one version is
    published.
    """

    __tablename__ = "playbook_version"
    __table_args__ = (
        UniqueConstraint("playbook_id", "number"),
        Index("ix_playbook_version_key", "key", "state"),
        Index(
            "ux_playbook_version_playbook_id",
            "playbook_id",
            unique=True,
            sqlite_where=_PUBLISHED,
            postgresql_where=_PUBLISHED,
        ),
        Index(
            "ux_playbook_version_key",
            "key",
            unique=True,
            sqlite_where=_PUBLISHED,
            postgresql_where=_PUBLISHED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    playbook_id: Mapped[str]
    """The CACAO id, playbook--UUID."""
    number: Mapped[int]
    key: Mapped[str]
    """The short name that people type."""
    name_zh: Mapped[str]
    name_en: Mapped[str]
    document: Mapped[JsonObject]
    """The CACAO 2.0 playbook, whole."""
    source: Mapped[str] = mapped_column(default="")
    """The YAML form that it was compiled from; empty where it came in as CACAO."""
    sha256: Mapped[str]
    """Of the document as `playbooks.cacao.playbook.digest_of` writes it."""
    state: Mapped[str] = mapped_column(default="draft")
    written_by: Mapped[str]
    written_at: Mapped[dt.datetime]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[dt.datetime | None]
    remark: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class PlaybookRun(Row):
    """One execution of a version, pinned to it.

    `state`: running, compensating, succeeded, failed, stopped. It has no thread: what it waits
    for stands in its steps.
    """

    __tablename__ = "playbook_run"
    __table_args__ = (
        Index("ix_playbook_run_state", "state", "started_at"),
        Index("ix_playbook_run_incident", "incident_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """Its number, R-2026-0318-11; that of a drill is 演练-R-..."""
    version_id: Mapped[int] = mapped_column(ForeignKey("playbook_version.id"))
    drill_id: Mapped[str | None]
    object_kind: Mapped[str]
    """What it is about: incident, warning, period, playbook_run (its parent), none."""
    object_id: Mapped[str]
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incident.id"))
    parent_step_id: Mapped[str | None]
    """The step of another run that waits for this one."""
    trigger: Mapped[str]
    """What started it: hand, grade, category, detector, warning, clock, period, playbook."""
    trigger_key: Mapped[str] = mapped_column(unique=True)
    """A cause starts a playbook once; by hand each start has a key of its own."""
    variables: Mapped[JsonObject]
    """By name (`__source__`): objects with `type` and `value`, the value as CACAO text."""
    state: Mapped[str] = mapped_column(default="running")
    started_by: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    started_at: Mapped[dt.datetime]
    deadline_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    """Why it ended as it did, in a sentence; empty where it succeeded."""
    ends_as: Mapped[str] = mapped_column(default="")
    """failed or stopped: what a run that takes back what it did becomes; else empty."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class StepRun(Row):
    """One step of a run, or its undoing. A waiting step is this row and nothing else.

    `state`: due (claimable from `due_at`), running (leased), approval, waiting (for the row that
    `awaits_kind` and `awaits_id` name), unsure (it died where nobody can tell whether it acted),
    done, failed, skipped, cancelled. `id` is its idempotency key: it is made of run, step, scope
    and purpose, never of the attempt.
    """

    __tablename__ = "step_run"
    __table_args__ = (
        UniqueConstraint("run_id", "step_id", "scope", "purpose"),
        Index("ix_step_run_due", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("playbook_run.id"))
    step_id: Mapped[str]
    """Id of the step in the workflow."""
    scope: Mapped[str] = mapped_column(default="")
    """Where in the run: empty at the top, else `<id of the control step's row>/<branch, turn>`."""
    purpose: Mapped[str] = mapped_column(default="do")
    """do, or undo: it takes back what the step of `undoes` did."""
    undoes: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="due")
    due_at: Mapped[dt.datetime]
    deadline_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None]
    lease_until: Mapped[dt.datetime | None]
    awaits_kind: Mapped[str] = mapped_column(default="")
    """task, notice, playbook_run, measure, or empty."""
    awaits_id: Mapped[str] = mapped_column(default="")
    action: Mapped[JsonObject]
    """The action as it is rendered: `name` and `parameters`; empty for a control step."""
    action_sha256: Mapped[str] = mapped_column(default="")
    outputs: Mapped[JsonObject]
    undo: Mapped[JsonObject]
    """What its inverse needs; empty where there is nothing to take back."""
    undone_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Approval(Row):
    """A step that people have to agree to, bound to the digest of the exact action.

    `state`: pending, approved, refused, expired, void (the action changed, or the run ended).
    """

    __tablename__ = "approval"
    __table_args__ = (
        Index("ix_approval_state", "state", "deadline_at"),
        Index("ix_approval_step", "step_run_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The id of the step, and which time it is that people are asked about it."""
    step_run_id: Mapped[str] = mapped_column(ForeignKey("step_run.id"))
    run_id: Mapped[str] = mapped_column(ForeignKey("playbook_run.id"))
    drill_id: Mapped[str | None]
    action: Mapped[JsonObject]
    action_sha256: Mapped[str]
    intent: Mapped[JsonObject]
    """What the approver reads, as `playbooks.action.intent.Intent.as_json` writes it."""
    effect: Mapped[str]
    rule: Mapped[str]
    """Key of the plan's row that asks for it."""
    quorum: Mapped[int]
    roles: Mapped[JsonList]
    asked_by: Mapped[str]
    """Who started the run; a person among them cannot approve."""
    asked_at: Mapped[dt.datetime]
    deadline_at: Mapped[dt.datetime]
    remind_at: Mapped[dt.datetime | None]
    """When the desk is told again; None once it was."""
    on_timeout: Mapped[str]
    """fail, skip or escalate."""
    state: Mapped[str] = mapped_column(default="pending")
    decided_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class ApprovalVote(Row):
    """What one person said to an approval. `vote`: approve, refuse."""

    __tablename__ = "approval_vote"
    __table_args__ = (UniqueConstraint("approval_id", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[str] = mapped_column(ForeignKey("approval.id"))
    person: Mapped[str]
    role: Mapped[str]
    vote: Mapped[str]
    remark: Mapped[str] = mapped_column(default="")
    at: Mapped[dt.datetime]


class ActionLog(Row):
    """One line of what an engine did with a step: begin, done, again, waits, failed, unsure ..."""

    __tablename__ = "action_log"
    __table_args__ = (Index("ix_action_log_run", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("playbook_run.id"))
    step_run_id: Mapped[str] = mapped_column(ForeignKey("step_run.id"))
    at: Mapped[dt.datetime]
    what: Mapped[str]
    attempt: Mapped[int]
    by: Mapped[str]
    detail: Mapped[JsonObject]
    """What came of it; digests in place of inputs, never a secret."""
